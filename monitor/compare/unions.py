"""Schemas made of schemas: `oneOf`, `anyOf`, `allOf`.

Branches of a union are paired by identity (component, title), by equal content, then by best match, never by index.
`allOf` is compared by what it comes to: the properties of its members together, whichever member they stand in.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.compare import keywords, objects, schemas
from monitor.compare.changes import (
    AllOfBranchAdded,
    AllOfBranchRemoved,
    UnionAdded,
    UnionBranchAdded,
    UnionBranchRemoved,
    UnionRemoved,
)
from monitor.compare.context import Context, Scope
from monitor.contract import Contract, Node, target_of
from monitor.values import canonical_bytes
from monitor.values.pointer import parse

UNIONS = ("oneOf", "anyOf")
_ALIKE_INLINE = 0.5
_ALIKE_NAMED = 0.75
_OBJECT_KEYWORDS = frozenset({"type", "properties", "required", "additionalProperties", "allOf"})


def branches(holder: Node) -> Iterator[Node]:
    """The members of an array of schemas."""
    for index in range(len(holder.value) if isinstance(holder.value, list) else 0):
        node = holder.child(index)
        if isinstance(node.value, dict | bool):
            yield node


def _union(contract: Contract, node: Node, keyword: str) -> list[Node]:
    return [branch for branch in branches(node.child(keyword)) if not schemas.is_null(contract, branch)]


def compare_unions(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare `oneOf` with `oneOf` and `anyOf` with `anyOf`, or one with the other where each side has one."""
    mine = {keyword: found for keyword in UNIONS if (found := _union(context.before, before, keyword))}
    yours = {keyword: found for keyword in UNIONS if (found := _union(context.after, after, keyword))}
    if len(mine) == len(yours) == 1:
        ((keyword, left),), ((other, right),) = mine.items(), yours.items()
        _pair_up(context, scope, left, right, (keyword, other))
        return
    for keyword in UNIONS:
        left, right = mine.get(keyword, []), yours.get(keyword, [])
        if left and right:
            _pair_up(context, scope, left, right, (keyword, keyword))
        elif left or right:
            kind, node = (UnionRemoved, before) if left else (UnionAdded, after)
            place = node.child(keyword)
            places = (place.pointer, None) if left else (None, place.pointer)
            values = {"old": place.value} if left else {"new": place.value}
            context.emit(scope, kind, places, keyword=keyword, name=_names(left or right), **values)


def transition(context: Context, scope: Scope, before: Node, after: Node) -> bool:
    """Compare a plain schema with a union that has nothing but its branches; whether they were such a pair.

    The branch that the plain schema became is compared with it, the others were added (or removed).
    """
    mine, yours = _only_union(context.before, before), _only_union(context.after, after)
    if (mine is None) == (yours is None) or not _says_something(before if mine is None else after):
        return False
    keyword, found = mine or yours or ("", [])
    plain, contract = (after, context.before) if mine else (before, context.after)
    index = _counterpart(context.after if mine else context.before, plain, contract, found)
    if index is None:
        kind = UnionRemoved if mine else UnionAdded
        values = {"old": before.value, "new": after.value}
        context.emit(scope, kind, (before.pointer, after.pointer), keyword=keyword, name=_names(found), **values)
        return True
    pair = (found[index], plain) if mine else (plain, found[index])
    schemas.compare_schemas(context, scope, *pair)
    others = [branch for position, branch in enumerate(found) if position != index]
    _unpaired(context, scope, others if mine else [], [] if mine else others, (keyword, keyword))
    return True


def _only_union(contract: Contract, node: Node) -> tuple[str, list[Node]] | None:
    structural = [key for key in node.mapping if schemas.structural(key) and key != "type"]
    if len(structural) != 1 or structural[0] not in UNIONS:
        return None
    return structural[0], _union(contract, node, structural[0])


def _says_something(node: Node) -> bool:
    return any(schemas.structural(key) for key in node.mapping) and not any(key in node.mapping for key in UNIONS)


def _counterpart(contract: Contract, plain: Node, other: Contract, found: list[Node]) -> int | None:
    """Which branch of a union is the plain schema: the same component, the same content, or the most alike."""
    name, content = contract.component_name(plain.pointer), canonical_bytes(plain.value)
    scores = []
    for index, branch in enumerate(found):
        core = schemas.unwrap(other, branch).core
        named = name is not None and plain.referenced and other.component_name(core.pointer) == name
        score = 2.0 if named or canonical_bytes(core.value) == content else _alike(contract, plain, other, core)
        scores.append((score, -index))
    best, position = max(scores, default=(0.0, 0))
    return -position if best >= _ALIKE_INLINE else None


def branch_name(contract: Contract, node: Node) -> str:
    """The branch as a reader names it: its component, title, or type."""
    reference = target_of(node.value)
    if reference is not None:
        return parse(reference[1:])[-1] if reference.startswith("#/") else reference
    if node.referenced and (component := contract.component_name(node.pointer)):
        return component
    title = node.mapping.get("title")
    if isinstance(title, str):
        return title
    types = contract.dialect.types(node.mapping)
    return " or ".join(sorted(types)) if types else "schema"


def _names(found: list[Node]) -> str:
    return ", ".join(
        target.rpartition("/")[2] if (target := target_of(node.value)) else str(node.mapping.get("title", "schema"))
        for node in found
    )


def _pair_up(context: Context, scope: Scope, before: list[Node], after: list[Node], said: tuple[str, str]) -> None:
    pairs, mine, yours = _pairs(context, before, after)
    for left, right in pairs:
        name = branch_name(context.after, right)
        schemas.compare_schemas(context, scope.at(f"({said[1]} {name})"), left, right)
    _unpaired(context, scope, mine, yours, said)


def _unpaired(context: Context, scope: Scope, before: list[Node], after: list[Node], said: tuple[str, str]) -> None:
    for node in before:
        name = branch_name(context.before, node)
        place = scope.at(f"({said[0]} {name})")
        context.emit(place, UnionBranchRemoved, (node.pointer, None), old=node.value, keyword=said[0], name=name)
    for node in after:
        name = branch_name(context.after, node)
        place = scope.at(f"({said[1]} {name})")
        context.emit(place, UnionBranchAdded, (None, node.pointer), new=node.value, keyword=said[1], name=name)


def _pairs(
    context: Context, before: list[Node], after: list[Node]
) -> tuple[list[tuple[Node, Node]], list[Node], list[Node]]:
    pairs: list[tuple[Node, Node]] = []
    mine, yours = list(before), list(after)
    for same_branch in (_same_identity, _same_content):
        for left in list(mine):
            right = next((node for node in yours if same_branch(context, left, node)), None)
            if right is not None:
                pairs.append((left, right))
                mine.remove(left)
                yours.remove(right)
    scores = sorted(
        (-_alike_branches(context, left, right), i, j)
        for i, left in enumerate(mine)
        for j, right in enumerate(yours)
        if _may_pair(context, left, right)
    )
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for _, i, j in scores:
        if i not in taken_left and j not in taken_right:
            pairs.append((mine[i], yours[j]))
            taken_left.add(i)
            taken_right.add(j)
    rest = [node for i, node in enumerate(mine) if i not in taken_left]
    return pairs, rest, [node for j, node in enumerate(yours) if j not in taken_right]


def _identity(node: Node) -> str | None:
    reference = target_of(node.value) or (node.pointer if node.referenced else None)
    title = node.mapping.get("title")
    return reference or (f"title {title}" if isinstance(title, str) else None)


def _same_identity(context: Context, left: Node, right: Node) -> bool:  # noqa: ARG001 - one of two ways to pair
    mine, yours = _identity(left), _identity(right)
    return mine is not None and mine == yours


def _same_content(context: Context, left: Node, right: Node) -> bool:
    mine, yours = schemas.unwrap(context.before, left).core, schemas.unwrap(context.after, right).core
    return canonical_bytes(mine.value) == canonical_bytes(yours.value)


def _may_pair(context: Context, left: Node, right: Node) -> bool:
    named = target_of(left.value) is not None or target_of(right.value) is not None
    return _alike_branches(context, left, right) >= (_ALIKE_NAMED if named else _ALIKE_INLINE)


def _alike_branches(context: Context, left: Node, right: Node) -> float:
    mine, yours = schemas.unwrap(context.before, left).core, schemas.unwrap(context.after, right).core
    return _alike(context.before, mine, context.after, yours)


def _alike(contract: Contract, left: Node, other: Contract, right: Node) -> float:
    """How alike two schemas are, 0 to 1: their types, then the share of property names they have in common."""
    types = contract.dialect.types(left.mapping), other.dialect.types(right.mapping)
    if types[0] != types[1]:
        return 0.0
    mine, yours = set(left.child("properties").mapping), set(right.child("properties").mapping)
    if not mine and not yours:
        return 0.6 if types[0] is not None else 0.0
    return len(mine & yours) / len(mine | yours)


def compare_all_of(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare two schemas of which at least one has `allOf`: properties together, other keywords member by member."""
    mine, yours = _parts(context.before, before), _parts(context.after, after)
    views = objects.ObjectView(pointer=before.pointer), objects.ObjectView(pointer=after.pointer)
    for view, parts in zip(views, (mine, yours), strict=True):
        for part in parts:
            objects.add(view, part)
    objects.compare_objects(context, scope, *views)
    pairs, gone, come = _pairs(context, mine[1:], yours[1:])
    for left, right in pairs:
        if scope.first_time("member", left, right):
            schemas.compare_part(context, scope, left, right)
    for kind, nodes in ((AllOfBranchRemoved, gone), (AllOfBranchAdded, come)):
        for node in nodes:
            if any(schemas.structural(key) and key not in _OBJECT_KEYWORDS for key in node.mapping):
                removed = kind is AllOfBranchRemoved
                places = (node.pointer, None) if removed else (None, node.pointer)
                name = branch_name(context.before if removed else context.after, node)
                values = {"old": node.value} if removed else {"new": node.value}
                context.emit(scope, kind, places, keyword="allOf", name=name, **values)


def types(contract: Contract, node: Node) -> frozenset[str] | None:
    """The types that a schema accepts, the members of its `allOf` together; None for any."""
    found = contract.dialect.types(node.mapping)
    for part in _parts(contract, node)[1:] if "allOf" in node.mapping else ():
        found = keywords.narrower(found, contract.dialect.types(part.mapping))
    return found


def _parts(contract: Contract, node: Node) -> list[Node]:
    """The schema and the members of its `allOf`, and of theirs, references followed; itself first."""
    found: list[Node] = []
    waiting, seen = [node], set[str]()
    while waiting:
        part = waiting.pop(0)
        if part.pointer in seen:
            continue
        seen.add(part.pointer)
        if isinstance(part.value, dict):
            found.append(part)
            waiting.extend(contract.refs.follow(branch) for branch in branches(part.child("allOf")))
    return found
