"""Unions of schemas: `oneOf`, `anyOf`.

Which branch became which, monitor/compare/pairing.py decides: never where it stands in its list.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from monitor.compare import all_of, keywords, nulls, overlaps, pairing, schemas, wrappers
from monitor.compare.changes import (
    AnyOfBecameOneOf,
    Change,
    Effect,
    KeywordWithoutEffect,
    OneOfBecameAnyOf,
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
from monitor.values import JsonValue
from monitor.values.pointer import parse

UNIONS = ("oneOf", "anyOf")


def branches(holder: Node) -> Iterator[Node]:
    """The members of an array of schemas."""
    for index in range(len(holder.value) if isinstance(holder.value, list) else 0):
        node = holder.child(index)
        if isinstance(node.value, dict | bool):
            yield node


def _union(contract: Contract, node: Node, keyword: str) -> list[Node]:
    """The branches of a union; those that only let `null` in are none, but where there is nothing else."""
    listed = list(branches(node.child(keyword)))
    return [branch for branch in listed if not wrappers.is_null(contract, branch)] or listed


def compare_unions(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare `oneOf` with `oneOf` and `anyOf` with `anyOf`, or one with the other where each side has one."""
    nulls = _nulls(context.before, before), _nulls(context.after, after)
    compare_nulls(context, scope, *nulls)
    mine = {keyword: found for keyword in _stated(before) if (found := _union(context.before, before, keyword))}
    yours = {keyword: found for keyword in _stated(after) if (found := _union(context.after, after, keyword))}
    if len(mine) == len(yours) == 1:
        ((keyword, left),), ((other, right),) = mine.items(), yours.items()
        if keyword != other:
            _other_keyword(context, scope, (before.child(keyword), after.child(other)), left, right)
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


def _other_keyword(
    context: Context, scope: Scope, places: tuple[Node, Node], before: list[Node], after: list[Node]
) -> None:
    """Tell that `oneOf` became `anyOf`, or the reverse: what fits several variants of the `oneOf` is refused by it.

    Where its variants are apart nothing does, and both accept the same.
    """
    opened = parse(places[0].pointer)[-1] == "oneOf"
    contract, found = (context.before, before) if opened else (context.after, after)
    pointers, values = (places[0].pointer, places[1].pointer), {"old": places[0].value, "new": places[1].value}
    if overlaps.are_apart(context, contract, found):
        context.emit(scope, KeywordWithoutEffect, pointers, keyword="oneOf" if opened else "anyOf", **values)
        return
    kind: type[Change] = OneOfBecameAnyOf if opened else AnyOfBecameOneOf
    name = ", ".join(branch_name(contract, node) for node in found)
    context.emit(scope, kind, pointers, keyword="anyOf" if opened else "oneOf", name=name, **values)


def _nulls(contract: Contract, node: Node) -> list[Node]:
    listed = (branch for keyword in _stated(node) for branch in branches(node.child(keyword)))
    return [branch for branch in listed if wrappers.is_null(contract, branch)]


def has_null(contract: Contract, node: Node) -> bool:
    """Whether a branch of a union accepts `null` alone."""
    return bool(_nulls(contract, node))


def _stated(node: Node) -> list[str]:
    return [keyword for keyword in UNIONS if keyword in node.mapping]


def compare_nulls(context: Context, scope: Scope, before: list[Node], after: list[Node]) -> None:
    """Tell what else is said in the branches that only let `null` in; that they do is told elsewhere."""
    for left, right in zip(before, after, strict=False):
        leftovers(context, scope, left, right, ("type", "enum", "const", "nullable"))


def transition(context: Context, scope: Scope, before: Node, after: Node) -> bool:
    """Compare a plain schema with a union that has nothing but its branches; whether they were such a pair.

    The branch that the plain schema became is compared with it, the others were added (or removed).
    """
    mine, yours = _only_union(context.before, before), _only_union(context.after, after)
    if not is_transition(context, before, after):
        return False
    keyword, found = mine or yours or ("", [])
    plain, contract = (after, context.before) if mine else (before, context.after)
    found = [_typed(contract, branch, before if mine else after) for branch in found]
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


def is_transition(context: Context, before: Node, after: Node) -> bool:
    """Whether a plain schema and a union that has nothing but its branches are before and after, or the reverse."""
    mine, yours = _only_union(context.before, before), _only_union(context.after, after)
    if (mine is None) == (yours is None) or not _says_something(
        *((context.before, before) if mine is None else (context.after, after))
    ):
        return False
    union, other = (before, after) if mine else (after, before)
    bare = bare_types(context.before if mine else context.after, union) is not None
    return not (bare and _has_types(context.after if mine else context.before, other))


def _has_types(contract: Contract, node: Node) -> bool:
    """Whether a schema lists several types: a union of nothing but types is such a list."""
    types = contract.dialect.types(node.mapping)
    return types is not None and len(types) > 1


def _typed(contract: Contract, branch: Node, union: Node) -> Node:
    """A branch with the type that stands beside the union: it holds for each of them."""
    stated = union.mapping.get("type")
    if stated is None or not isinstance(branch.value, dict) or _is_of(contract, branch, union):
        return branch
    target = contract.refs.follow(branch)
    own = all_of.types(contract, target)
    both = keywords.narrower(own, contract.dialect.types(union.mapping)) or frozenset()
    is_null = nulls.says(contract, target) is not False and contract.dialect.nullable(union.mapping)
    types: JsonValue = [*sorted(both), *(["null"] if is_null else [])]
    if not types:  # no value is of two types: such a branch accepts nothing
        return Node(branch.pointer, {"not": {}}, branch.referenced)
    rest = {"allOf": [branch.value]} if target_of(branch.value) is not None else branch.value
    return Node(branch.pointer, {**rest, "type": stated if own is None else types}, branch.referenced)


def _is_of(contract: Contract, branch: Node, union: Node) -> bool:
    """Whether what a branch accepts is of the types beside the union already."""
    target = contract.refs.follow(branch)
    own, stated = all_of.types(contract, target), contract.dialect.types(union.mapping)
    is_null = nulls.says(contract, target) is not False and not contract.dialect.nullable(union.mapping)
    return own is not None and keywords.narrower(own, stated) == own and not is_null


def _is_ambiguous(context: Context, plain: Node, found: list[Node]) -> bool:
    """Whether several branches accept what the plain schema did: all of it, or single values. `oneOf` refuses that."""
    covering = (relation(context, plain, branch, closed=True) in (Effect.NEUTRAL, Effect.WIDENED) for branch in found)
    if sum(covering) > 1:
        return True
    was, sides = (context.before, plain), [(context.after, branch) for branch in found]
    meeting = [side for side in sides if overlaps.overlap(context, was, side)]
    return any(overlaps.overlap(context, *pair) for pair in combinations(meeting, 2))


def bare_types(contract: Contract, node: Node) -> frozenset[str] | None:
    """The types of a union that is a list of types written otherwise; None where it is none.

    `oneOf` of types that share values (`integer` and `number`) is none: such values are refused.
    """
    stated = _stated(node)
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
    name, mine, scores = contract.component_name(plain.pointer), pairing.Candidate(contract, plain), []
    for index, branch in enumerate(found):
        yours = pairing.Candidate(other, branch)
        named = plain.referenced and yours.core.referenced and other.component_name(yours.core.pointer) == name
        likeness = (2.0, 1.0) if named or yours.content == mine.content else pairing.likeness(mine, yours)
        scores.append((likeness, yours.content, -index))
    best, _, position = max(scores, default=((0.0, 0.0), b"", 0))
    return -position if best[0] >= pairing.ALIKE_INLINE else None


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
    pairs, mine, yours = pairing.paired(context, before, after)
    if said == ("oneOf", "oneOf"):
        yours = _overlapping(context, scope, pairs, yours)
    for left, right in pairs:
        name = branch_name(context.after, right)
        schemas.compare_schemas(context, scope.part(f"({said[1]} {name})", variant=True), left, right)
    _unpaired(context, scope, mine, yours, said)


def _overlapping(context: Context, scope: Scope, pairs: list[tuple[Node, Node]], added: list[Node]) -> list[Node]:
    """Tell of new variants that accept what another does: `oneOf` refuses it now. The others are returned."""
    rest = []
    for node in added:
        # Each pair costs a comparison aside; unions of hundreds of variants have a discriminator or are none.
        covered = any(_covers(context, left, right, node) for left, right in pairs[:_MOST_ASIDE])
        if not covered and not any(_meets(context, *pair, node) for pair in pairs):
            rest.append(node)
        else:
            values = {"old": None, "new": node.value, "keyword": "oneOf", "name": branch_name(context.after, node)}
            context.emit(scope, UnionBecameAmbiguous, (None, node.pointer), **values)
    return rest


_MOST_ASIDE = 8


def _covers(context: Context, left: Node, right: Node, added: Node) -> bool:
    mine, yours = pairing.Candidate(context.before, left), pairing.Candidate(context.after, added)
    if mine.properties or yours.properties or mine.types is None:
        return False  # what tells variants with properties apart is seldom written as a schema
    kept = (Effect.NEUTRAL, Effect.WIDENED)
    return relation(context, left, right) in kept and relation(context, left, added) in kept


def _meets(context: Context, left: Node, right: Node, added: Node) -> bool:
    """Whether a new variant takes single values that another took before and does still."""
    new = context.after, added
    return all(overlaps.overlap(context, side, new) for side in ((context.before, left), (context.after, right)))


def _unpaired(context: Context, scope: Scope, before: list[Node], after: list[Node], said: tuple[str, str]) -> None:
    for node in before:
        name = branch_name(context.before, node)
        place = scope.part(f"({said[0]} {name})", variant=True)
        context.emit(place, UnionBranchRemoved, (node.pointer, None), old=node.value, keyword=said[0], name=name)
    for node in after:
        name = branch_name(context.after, node)
        place = scope.part(f"({said[1]} {name})", variant=True)
        context.emit(place, UnionBranchAdded, (None, node.pointer), new=node.value, keyword=said[1], name=name)
