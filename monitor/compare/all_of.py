"""`allOf`, compared by what it comes to, whichever of its members says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from monitor.compare import applicators, evaluated, keywords, listings, objects, pairing, schemas, unions, wrappers
from monitor.compare.changes import AllOfBranchAdded, AllOfBranchRemoved
from monitor.compare.context import Context, Scope
from monitor.compare.statements import Statements
from monitor.contract import Contract, Node
from monitor.values import canonical_bytes

_OBJECT_KEYWORDS = frozenset({"type", "properties", "required", "additionalProperties", "allOf"})


_TOGETHER = (
    ("enum", "const"),
    ("minimum", "exclusiveMinimum"),
    ("maximum", "exclusiveMaximum"),
    ("items", "prefixItems", "unevaluatedItems"),
    ("contains", "minContains", "maxContains"),
    ("if", "then", "else"),
    ("contentEncoding", "contentMediaType", "contentSchema"),
    ("oneOf", "anyOf", "discriminator"),
)
"""Keywords that are compared with one another; every other stands for itself."""

_GROUP = {keyword: group for group in _TOGETHER for keyword in group}


def compare_all_of(
    context: Context,
    scope: Scope,
    before: Node,
    after: Node,
    *,
    null: bool,
    stated: tuple[keywords.Types, keywords.Types],
) -> tuple[Node, Node]:
    """Compare two schemas of which at least one has `allOf`: properties together, other keywords member by member.

    A keyword that one place says on each side is compared between those places, wherever they are. The two schemas
    are returned without what was compared so.
    """
    mine, yours = parts(context.before, before), parts(context.after, after)
    pairs, gone, come = pairing.paired(context, mine[1:], yours[1:])
    views = objects.ObjectView(pointer=before.pointer), objects.ObjectView(pointer=after.pointer)
    contracts = context.before, context.after
    for side, members, lone in zip((0, 1), (mine, yours), (gone, come), strict=True):
        for part in members:
            objects.add(contracts[side], views[side], part, use=_use(context, part, lone, side))
    objects.compare_objects(context, scope, *views)
    moved = _moved(mine, yours, [(mine[0], yours[0]), *pairs])
    placed = {group for group, sides in moved.items() if any(map(evaluated.refuses_items, sides))}
    if placed and any(map(evaluated.looks_at_items, contracts, (before, after))):
        # What `unevaluatedItems` is about hangs on where it stands.
        moved = {group: sides for group, sides in moved.items() if group not in placed}
    for left, right in moved.values():
        schemas.compare_part(context, scope, left, right, null=null, stated=stated)
    for left, right in pairs:
        if scope.first_time("member", left, right):
            rest = _without(left, moved), _without(right, moved)
            schemas.compare_part(context, scope, *rest, null=null, stated=stated)
    news = _not_in(gone, yours), _not_in(come, mine)
    told = _unpaired(context, scope, *([_without(node, moved) for node in nodes] for nodes in news))
    alone = ([_without(node, moved) for node in nodes] for nodes in news)
    listings.compare_listed(context, scope, (before, after), *alone)
    read = [[node for node in _unheard(*side) if node.pointer not in told] for side in ((gone, yours), (come, mine))]
    _only_read(context, scope, *([_without(node, moved) for node in nodes] for nodes in read))
    _idle(context, scope, _ignored(context.before, mine), _ignored(context.after, yours))
    return _without(before, moved), _without(after, moved)


def _use(context: Context, part: Node, lone: list[Node], side: int) -> str | None:
    """The `$ref` by which one side alone has a member whose definition stands on both: that was edited, not this."""
    is_lone = any(part is each for each in lone)
    return part.used_at if is_lone and context.stands_on_both(part.pointer, side) else None


def _ignored(contract: Contract, members: list[Node]) -> dict[bytes, Node]:
    """What stands without effect beside the `$ref`s among the members, by its content."""
    found: dict[bytes, Node] = {}
    for part in members:
        for branch in unions.branches(part.child("allOf")):
            idle = {key: branch.mapping[key] for key in wrappers.idle_beside(contract, branch)}
            if idle:
                found.setdefault(canonical_bytes(idle), Node(branch.pointer, idle))
    return found


def _idle(context: Context, scope: Scope, before: dict[bytes, Node], after: dict[bytes, Node]) -> None:
    gone, come = (
        [side[key] for key in sorted(side.keys() - (before.keys() & after.keys()))] for side in (before, after)
    )
    for left, right in zip_longest(gone, come):
        mine, yours = left or Node(right.pointer, {}), right or Node(left.pointer, {})
        for keyword in sorted(mine.mapping.keys() | yours.mapping.keys()):
            applicators.without_effect(context, scope, mine, yours, keyword)


def _moved(
    mine: list[Node], yours: list[Node], paired: list[tuple[Node, Node]]
) -> dict[tuple[str, ...], tuple[Node, Node]]:
    """The keywords that one place says on each side, but another: the group of them to what the two places say."""
    # By identity: statements stand at the place of the first of them.
    together = {(id(left), id(right)) for left, right in paired}
    holders = _holders(mine), _holders(yours)
    found = {}
    for group in sorted(holders[0].keys() & holders[1].keys()):
        left, right = holders[0][group], holders[1][group]
        if len(left) == len(right) == 1 and (id(left[0]), id(right[0])) not in together:
            found[group] = left[0].only(group), right[0].only(group)
    return found


def _holders(members: list[Node]) -> dict[tuple[str, ...], list[Node]]:
    found: dict[tuple[str, ...], list[Node]] = {}
    for part in members:
        groups = {_GROUP.get(key, (key,)) for key in part.mapping if key not in _OBJECT_KEYWORDS}
        for group in groups:
            found.setdefault(group, []).append(part)
    return found


def _without(node: Node, moved: dict[tuple[str, ...], tuple[Node, Node]]) -> Node:
    if not moved:
        return node
    keys = {key for group in moved for key in group}
    members = {key: value for key, value in node.mapping.items() if key not in keys}
    return Node(node.pointer, members, node.referenced)


def _not_in(nodes: list[Node], members: list[Node]) -> list[Node]:
    """Those that do not merely say once more, or once less, what another member says of values."""
    if not nodes:
        return nodes
    said = {_of_values(member) for member in members}
    return [node for node in nodes if _of_values(node) not in said]


def _of_values(node: Node) -> bytes:
    return canonical_bytes({key: value for key, value in node.mapping.items() if wrappers.structural(key)})


def _unpaired(context: Context, scope: Scope, gone: list[Node], come: list[Node]) -> set[str]:
    """Tell the members that say something of values and have no counterpart; the pointers of those that were told."""
    told = set()
    for kind, nodes in ((AllOfBranchRemoved, gone), (AllOfBranchAdded, come)):
        for node in nodes:
            if any(wrappers.structural(key) and key not in _OBJECT_KEYWORDS for key in node.mapping):
                removed = kind is AllOfBranchRemoved
                places = (node.pointer, None) if removed else (None, node.pointer)
                name = unions.branch_name(context.before if removed else context.after, node)
                values = {"old": node.value} if removed else {"new": node.value}
                context.emit(scope, kind, places, keyword="allOf", name=name, **values)
                told.add(node.pointer)
    return told


def _unheard(nodes: list[Node], members: list[Node]) -> list[Node]:
    """Those whose words stand at no definition, nor at another member once more, as where a `$ref` was inlined."""
    said = {_words(member) for member in members} if nodes else set()
    return [node for node in nodes if not node.referenced and _words(node) not in said]


def _words(node: Node) -> bytes:
    return canonical_bytes({key: value for key, value in node.mapping.items() if not wrappers.structural(key)})


def _only_read(context: Context, scope: Scope, gone: list[Node], come: list[Node]) -> None:
    """Tell what members without a counterpart say beside values: defaults, descriptions."""
    for node in gone:
        schemas.compare_annotations(context, scope, node, Node(node.pointer, {}))
    for node in come:
        schemas.compare_annotations(context, scope, Node(node.pointer, {}), node)


def types(contract: Contract, node: Node) -> frozenset[str] | None:
    """The types that a schema accepts, the members of its `allOf` together; None for any."""
    found = contract.dialect.types(node.mapping)
    for part in parts(contract, node)[1:] if "allOf" in node.mapping else ():
        found = keywords.narrower(found, contract.dialect.types(part.mapping))
    return found


def parts(contract: Contract, node: Node) -> list[Node]:
    """The schema and the members of its `allOf`, and of theirs, references followed; itself first.

    `used_at` of a member is the outermost entry of an `allOf` whose reference led to it.
    """
    found: list[Node] = []
    waiting, seen = [node], set[str]()
    while waiting:
        part = waiting.pop(0)
        if part.pointer in seen:
            continue
        if not isinstance(part, Statements):  # they stand at the place of the first of them
            seen.add(part.pointer)
        if part.value is False:  # an object that says the same, so that it counts (JSON Schema 2020-12, 4.3.2)
            part = Node(part.pointer, {"not": {}}, part.referenced)
        if isinstance(part.value, dict):
            if part is node or part.mapping.keys() != {"allOf"}:  # an `allOf` in an `allOf` says nothing of its own
                found.append(part)
            for branch in unions.branches(part.child("allOf")):
                waiting.extend(_steps(contract, branch, part.used_at))
    return found


def _steps(contract: Contract, member: Node, used_at: str | None) -> Iterator[Node]:
    """What a member of an `allOf` comes to: what its wrappers say in words, and the schema that they hold.

    Whether it lets `null` in is asked of all members together (monitor/compare/nulls.py).
    """
    found = wrappers.unwrap(contract, member)
    yield from (layer for layer in found.layers if layer.value)
    use = used_at or (member.pointer if found.core.referenced else None)
    yield found.core if use is None else replace(found.core, used_at=use)
