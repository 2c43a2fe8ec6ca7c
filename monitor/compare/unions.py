"""Unions of schemas: `oneOf`, `anyOf`.

Branches are paired by identity (component, title), by equal content, then by best match, never by index.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.compare import all_of, schemas, wrappers
from monitor.compare.changes import (
    Effect,
    UnionAdded,
    UnionBecameAmbiguous,
    UnionBranchAdded,
    UnionBranchRemoved,
    UnionRemoved,
)
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import leftovers
from monitor.compare.relations import relation
from monitor.contract import Contract, Node, target_of
from monitor.values import canonical_bytes, same
from monitor.values.pointer import parse

UNIONS = ("oneOf", "anyOf")
_ALIKE_INLINE = 0.5
_ALIKE_NAMED = 0.75


def branches(holder: Node) -> Iterator[Node]:
    """The members of an array of schemas."""
    for index in range(len(holder.value) if isinstance(holder.value, list) else 0):
        node = holder.child(index)
        if isinstance(node.value, dict | bool):
            yield node


def _union(contract: Contract, node: Node, keyword: str) -> list[Node]:
    return [branch for branch in branches(node.child(keyword)) if not wrappers.is_null(contract, branch)]


def compare_unions(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare `oneOf` with `oneOf` and `anyOf` with `anyOf`, or one with the other where each side has one."""
    nulls = _nulls(context.before, before), _nulls(context.after, after)
    compare_nulls(context, scope, *nulls)
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


def _nulls(contract: Contract, node: Node) -> list[Node]:
    listed = (branch for keyword in UNIONS for branch in branches(node.child(keyword)))
    return [branch for branch in listed if wrappers.is_null(contract, branch)]


def compare_nulls(context: Context, scope: Scope, before: list[Node], after: list[Node]) -> None:
    """Tell what else is said in the branches that only let `null` in; that they do is told elsewhere."""
    for left, right in zip(before, after, strict=False):
        leftovers(context, scope, left, right, ("type", "enum", "const", "nullable"))


def transition(context: Context, scope: Scope, before: Node, after: Node) -> bool:
    """Compare a plain schema with a union that has nothing but its branches; whether they were such a pair.

    The branch that the plain schema became is compared with it, the others were added (or removed).
    """
    mine, yours = _only_union(context.before, before), _only_union(context.after, after)
    if (mine is None) == (yours is None) or not _says_something(
        *((context.before, before) if mine is None else (context.after, after))
    ):
        return False
    keyword, found = mine or yours or ("", [])
    plain, contract = (after, context.before) if mine else (before, context.after)
    found = [_typed(branch, before if mine else after, plain) for branch in found]
    if keyword == "oneOf" and mine is None and _is_ambiguous(context, before, found):
        values = {"old": before.value, "new": after.value, "keyword": keyword, "name": _names(found)}
        context.emit(scope, UnionBecameAmbiguous, (before.pointer, after.pointer), **values)
        return True
    index = _counterpart(context.after if mine else context.before, plain, contract, found)
    if index is None:
        kind = UnionRemoved if mine else UnionAdded
        values = {"old": before.value, "new": after.value}
        context.emit(scope, kind, (before.pointer, after.pointer), keyword=keyword, name=_names(found), **values)
        return True
    pair = (found[index], plain) if mine else (plain, found[index])
    schemas.compare_schemas(context, scope, *pair, null_told=True)
    others = [branch for position, branch in enumerate(found) if position != index]
    _unpaired(context, scope, others if mine else [], [] if mine else others, (keyword, keyword))
    return True


def _typed(branch: Node, union: Node, plain: Node) -> Node:
    """A branch with the type that stands beside the union, where the plain schema has it too."""
    stated = union.mapping.get("type")
    if stated is None or not same(stated, plain.mapping.get("type")) or target_of(branch.value) is not None:
        return branch
    return Node(branch.pointer, {"type": stated, **branch.mapping}, branch.referenced)


def _is_ambiguous(context: Context, plain: Node, found: list[Node]) -> bool:
    """Whether two branches accept all that the plain schema did: `oneOf` then refuses it."""
    covering = (relation(context, plain, branch, closed=True) in (Effect.NEUTRAL, Effect.WIDENED) for branch in found)
    return sum(covering) > 1


def bare_types(contract: Contract, node: Node) -> frozenset[str] | None:
    """The types of a union that is a list of types written otherwise; None where it is none.

    `oneOf` of types that share values (`integer` and `number`) is none: such values are refused.
    """
    stated = [keyword for keyword in UNIONS if keyword in node.mapping]
    if len(stated) != 1 or "type" in node.mapping:
        return None
    names: list[str] = []
    for branch in _union(contract, node, stated[0]):
        types = contract.dialect.types(branch.mapping) if isinstance(branch.value, dict) else None
        if types is None or any(wrappers.structural(key) and key != "type" for key in branch.mapping):
            return None
        names.extend(types)
    apart = len(set(names)) == len(names) and not {"integer", "number"} <= set(names)
    return frozenset(names) if names and (apart or stated[0] == "anyOf") else None


def _only_union(contract: Contract, node: Node) -> tuple[str, list[Node]] | None:
    structural = [key for key in node.mapping if wrappers.structural(key) and key != "type"]
    if len(structural) != 1 or structural[0] not in UNIONS:
        return None
    return structural[0], _union(contract, node, structural[0])


def _says_something(contract: Contract, node: Node) -> bool:
    """Whether a schema is no union, itself or in a member of its `allOf`, and not one of anything either."""
    members = all_of.parts(contract, node) if "allOf" in node.mapping else [node]
    if any(keyword in member.mapping for member in members for keyword in UNIONS):
        return False
    return any(wrappers.structural(key) for key in node.mapping)


def _counterpart(contract: Contract, plain: Node, other: Contract, found: list[Node]) -> int | None:
    """Which branch of a union is the plain schema: the same component, the same content, or the most alike."""
    name, content = contract.component_name(plain.pointer), canonical_bytes(plain.value)
    scores = []
    for index, branch in enumerate(found):
        core = wrappers.unwrap(other, branch).core
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
    pairs, mine, yours = paired(context, before, after)
    for left, right in pairs:
        name = branch_name(context.after, right)
        schemas.compare_schemas(context, scope.part(f"({said[1]} {name})"), left, right)
    _unpaired(context, scope, mine, yours, said)


def _unpaired(context: Context, scope: Scope, before: list[Node], after: list[Node], said: tuple[str, str]) -> None:
    for node in before:
        name = branch_name(context.before, node)
        place = scope.part(f"({said[0]} {name})")
        context.emit(place, UnionBranchRemoved, (node.pointer, None), old=node.value, keyword=said[0], name=name)
    for node in after:
        name = branch_name(context.after, node)
        place = scope.part(f"({said[1]} {name})")
        context.emit(place, UnionBranchAdded, (None, node.pointer), new=node.value, keyword=said[1], name=name)


def paired(
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
    mine, yours = wrappers.unwrap(context.before, left).core, wrappers.unwrap(context.after, right).core
    return canonical_bytes(mine.value) == canonical_bytes(yours.value)


def _may_pair(context: Context, left: Node, right: Node) -> bool:
    titles = left.mapping.get("title"), right.mapping.get("title")
    named = target_of(left.value) is not None or target_of(right.value) is not None
    apart = named or (titles[0] != titles[1] and None not in titles)
    return _alike_branches(context, left, right) >= (_ALIKE_NAMED if apart else 0.0)


def _alike_branches(context: Context, left: Node, right: Node) -> float:
    mine, yours = wrappers.unwrap(context.before, left).core, wrappers.unwrap(context.after, right).core
    return _alike(context.before, mine, context.after, yours)


def _alike(contract: Contract, left: Node, other: Contract, right: Node) -> float:
    """How alike two schemas are, 0 to 1: the share of property names that they have in common; -1: not at all.

    Schemas of other types are not, nor are those that a property tells apart by its one value (`kind: {const: card}`).
    """
    types = contract.dialect.types(left.mapping), other.dialect.types(right.mapping)
    mine, yours = left.child("properties"), right.child("properties")
    if types[0] != types[1]:
        # A schema of anything is the only one that may be any other's.
        return 0.0 if None in types and not mine.mapping and not yours.mapping else -1.0
    shared = mine.mapping.keys() & yours.mapping.keys()
    tags = ((_only_value(mine.child(name)), _only_value(yours.child(name))) for name in shared)
    if any(None not in tag and tag[0] != tag[1] for tag in tags):
        return -1.0
    if not mine.mapping and not yours.mapping:
        return 0.6 if types[0] is not None else 0.0
    return len(shared) / len(mine.mapping.keys() | yours.mapping.keys())


def _only_value(node: Node) -> bytes | None:
    """The one value that a property can have, as canonical bytes."""
    members = node.mapping
    if "const" in members:
        return canonical_bytes(members["const"])
    listed = members.get("enum")
    return canonical_bytes(listed[0]) if isinstance(listed, list) and len(listed) == 1 else None
