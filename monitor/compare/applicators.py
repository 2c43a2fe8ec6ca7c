"""Schemas inside schemas: items, conditions, exclusions, dependencies, names, encoded content.

Where a value, or a part of it, must fit one more schema, a narrower one narrows the whole. `not` is the reverse, and
`if` neither: both are decided by comparing what they hold aside from the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from monitor.compare import evaluated, keywords, listings, objects, schemas, spelling, unions
from monitor.compare.changes import (
    BoundDecreased,
    BoundIncreased,
    Change,
    ClosedPatternPropertyAdded,
    ContentAdded,
    ContentChanged,
    ContentRemoved,
    DependentRequiredAdded,
    DependentRequiredRemoved,
    Effect,
    ExclusionAdded,
    ExclusionChanged,
    ExclusionNarrowed,
    ExclusionRemoved,
    ExclusionUndecided,
    ExclusionWidened,
    ItemsAdded,
    ItemsRemoved,
    KeywordWithoutEffect,
    ObjectBecameListed,
    PatternPropertyAdded,
    PatternPropertyRemoved,
    SubschemaAdded,
    SubschemaChanged,
    SubschemaRemoved,
)
from monitor.compare.context import Context, Scope
from monitor.compare.evaluated import ANYTHING
from monitor.compare.leftovers import leftovers
from monitor.compare.relations import relation
from monitor.contract import Node
from monitor.values import JsonObject, parse, same

_COVARIANT: tuple[tuple[str, Callable[[JsonObject], bool]], ...] = (
    ("propertyNames", lambda _: True),
    ("contentSchema", lambda schema: "contentMediaType" in schema),
    ("unevaluatedItems", lambda schema: "items" not in schema),
)
"""Keywords with one schema that parts of a value must fit, and where they have effect (JSON Schema 2020-12): a narrower
schema narrows the whole."""


def compare_applicators(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare every keyword that holds a schema, but for `properties` and `allOf`."""
    before, after = spelling.alike(before, after, "items", "unevaluatedItems", ("contains",))
    scope = replace(scope, ruled_out=ruled_out(before, after) or scope.ruled_out)
    unions.compare_unions(context, scope, before, after)
    mine, yours = before.mapping, after.mapping
    for keyword, has_effect in _COVARIANT:
        if keyword in mine or keyword in yours:
            pair = [node.child(keyword) if has_effect(node.mapping) else _nothing(node) for node in (before, after)]
            if pair[0].value is None and pair[1].value is None:
                without_effect(context, scope, before, after, keyword)
            else:
                _subschema(context, scope.at(f"({keyword})"), pair[0], pair[1], keyword)
    for keywords_, compare in _COMPARED:
        if any(keyword in mine or keyword in yours for keyword in keywords_):
            compare(context, scope, before, after)


def ruled_out(before: Node, after: Node) -> tuple[Node, Node] | None:
    """What two schemas say in so many words of names that none of the schemas of the value lists."""
    rest = before.child("unevaluatedProperties"), after.child("unevaluatedProperties")
    return rest if all(is_schema(node) and node.value not in ANYTHING for node in rest) else None


def is_schema(node: Node) -> bool:
    """Whether there is a schema at a place."""
    return isinstance(node.value, dict | bool)


def without_effect(context: Context, scope: Scope, before: Node, after: Node, keyword: str) -> None:
    """Tell that a keyword differs which decides nothing where it stands."""
    mine, yours = before.child(keyword), after.child(keyword)
    if (keyword in before.mapping or keyword in after.mapping) and not same(mine.value, yours.value):
        places = _at(mine), _at(yours)
        context.emit(scope, KeywordWithoutEffect, places, old=mine.value, new=yours.value, keyword=keyword)


def _nothing(node: Node) -> Node:
    """The place of a keyword that is not there, or might as well not be."""
    return Node(node.pointer, None)


def _at(node: Node) -> str | None:
    return None if node.value is None else node.pointer


def _subschema(context: Context, scope: Scope, before: Node, after: Node, keyword: str, name: str = "") -> None:
    """One schema that holds beside the others, on either side or both; the schema of anything is none."""
    if not (_is_schema_or_absent(before) and _is_schema_or_absent(after)):
        leftovers(context, scope, _as_member(before), _as_member(after), ())
        return
    mine, yours = (is_schema(node) and node.value not in ANYTHING for node in (before, after))
    values = {"old": before.value, "new": after.value, "keyword": keyword}
    places = _at(before), _at(after)
    if mine and yours:
        schemas.compare_schemas(context, scope, before, after)
    elif mine or yours:
        context.emit(scope, SubschemaAdded if yours else SubschemaRemoved, places, name=name, **values)
    elif not same(before.value, after.value):
        context.emit(scope, KeywordWithoutEffect, places, **values)


def _is_schema_or_absent(node: Node) -> bool:
    return node.value is None or is_schema(node)


def _as_member(node: Node) -> Node:
    """The object that has only this member."""
    return Node(node.pointer.rpartition("/")[0], {} if node.value is None else {parse(node.pointer)[-1]: node.value})


def _items(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.child("items"), after.child("items")
    if isinstance(mine.value, list) or isinstance(yours.value, list):
        # The tuple form of JSON Schema before 2020-12; not part of any OpenAPI version.
        leftovers(context, scope, before.only(("items",)), after.only(("items",)), ())
    elif is_schema(mine) and is_schema(yours):
        schemas.compare_schemas(context, scope.at("[]"), mine, yours)
    elif is_schema(yours) and yours.value not in ANYTHING:
        context.emit(scope.at("[]"), ItemsAdded, (None, yours.pointer), new=yours.value)
    elif is_schema(mine) and mine.value not in ANYTHING:
        context.emit(scope.at("[]"), ItemsRemoved, (mine.pointer, None), old=mine.value)


def _prefix_items(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare position by position; where one side has no such position, its `items` say what stands there."""
    mine, yours = before.child("prefixItems"), after.child("prefixItems")
    lengths = [len(node.value) if isinstance(node.value, list) else 0 for node in (mine, yours)]
    if lengths[0] != lengths[1] and any(map(_leaves_items, (before, after))):
        rest = before.child("unevaluatedItems"), after.child("unevaluatedItems")
        values = {"old": rest[0].value, "new": rest[1].value, "keyword": "unevaluatedItems"}
        context.emit(scope.at("(unevaluatedItems)"), SubschemaChanged, (_at(mine), _at(yours)), **values)
        lengths = [min(lengths)] * 2
    for index in range(max(lengths)):
        pair = [
            holder.child(index) if index < length else _rest(node)
            for node, holder, length in zip((before, after), (mine, yours), lengths, strict=True)
        ]
        place = scope.at(f"[{index}]")
        if is_schema(pair[0]) and is_schema(pair[1]):
            schemas.compare_schemas(context, place, *pair)
        elif any(node.value in ANYTHING for node in pair):
            if scope.wholes is not None and all(map(evaluated.refuses_items, scope.wholes)):
                continue  # told of `unevaluatedItems`, to which the position is left, or is no longer
            values = {"old": pair[0].value, "new": pair[1].value, "keyword": "prefixItems"}
            context.emit(place, KeywordWithoutEffect, (_at(pair[0]), _at(pair[1])), **values)
        elif is_schema(pair[1]):
            context.emit(place, ItemsAdded, (None, pair[1].pointer), new=pair[1].value)
        elif is_schema(pair[0]):
            context.emit(place, ItemsRemoved, (pair[0].pointer, None), old=pair[0].value)


def _leaves_items(node: Node) -> bool:
    """Whether `unevaluatedItems` says of items what it does only as far as others do not look at them."""
    return evaluated.refuses_items(node) and any(key in node.mapping for key in (*spelling.LOOKING, "contains"))


def _rest(node: Node) -> Node:
    """What stands of items behind those that are listed one by one."""
    return node.child("unevaluatedItems" if "items" not in node.mapping else "items")


def _contains(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.child("contains"), after.child("contains")
    if not is_schema(mine) and not is_schema(yours):
        # Both counts count what `contains` finds (JSON Schema 2020-12, 6.4.4 and 6.4.5).
        without_effect(context, scope, before, after, "minContains")
        without_effect(context, scope, before, after, "maxContains")
        return
    looks = "unevaluatedItems" in before.mapping or "unevaluatedItems" in after.mapping
    if not looks and not (_counts_items(before) or _counts_items(after)):
        for keyword in ("contains", "minContains"):
            without_effect(context, scope, before, after, keyword)
        return
    if is_schema(mine) and is_schema(yours):
        capped = looks or "maxContains" in before.mapping or "maxContains" in after.mapping
        if not capped:
            schemas.compare_schemas(context, scope.at("(contains)"), mine, yours)
        elif not _alike(context, scope.at("(contains)"), mine, yours):
            values = {"old": mine.value, "new": yours.value, "keyword": "contains"}
            context.emit(scope, SubschemaChanged, (mine.pointer, yours.pointer), **values)
        _counts(context, scope, before, after)
        return
    if not looks and not _counts_items(after if is_schema(yours) else before):
        without_effect(context, scope, before, after, "contains")
        return
    # The counts of a `contains` that came or went are part of it. What it finds counts as looked at (JSON Schema
    # 2020-12 core, 11.2), so that beside `unevaluatedItems` it lets in as well as it refuses.
    kind: type[Change] = SubschemaChanged if looks else SubschemaAdded if is_schema(yours) else SubschemaRemoved
    values = {"old": mine.value, "new": yours.value, "keyword": "contains"}
    context.emit(scope.at("(contains)"), kind, (_at(mine), _at(yours)), **values)


def _counts_items(node: Node) -> bool:
    """Whether `contains` asks for anything: items that fit, or no more than so many (JSON Schema 2020-12, 10.3.1.3)."""
    stated = is_schema(node.child("contains"))
    return stated and (node.mapping.get("minContains") != 0 or "maxContains" in node.mapping)


def _counts(context: Context, scope: Scope, before: Node, after: Node) -> None:
    keywords.compare_sizes(context, scope, before, after, ("maxContains",))
    counts = [node.mapping.get("minContains", 1) for node in (before, after)]
    if not all(isinstance(count, int | float) and not isinstance(count, bool) for count in counts):
        leftovers(context, scope, before.only(("minContains",)), after.only(("minContains",)), ())
    elif counts[0] != counts[1]:
        kind = BoundIncreased if counts[1] > counts[0] else BoundDecreased
        places = _at(before.child("minContains")), _at(after.child("minContains"))
        context.emit(scope, kind, places, old=counts[0], new=counts[1], keyword="minContains")
    else:
        without_effect(context, scope, before, after, "minContains")


def _alike(context: Context, scope: Scope, before: Node, after: Node) -> bool:
    """Whether two schemas accept the same; what people read in them is told then."""
    if relation(context, before, after) is not Effect.NEUTRAL:
        return False
    schemas.compare_schemas(context, scope, before, after)
    return True


def _condition(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """`if` with its `then` and `else` is one statement; either of them without `if` says nothing."""
    mine, yours = before.child("if"), after.child("if")
    wholes = scope.wholes or (before, after)
    if not any(map(_decides, (before, after))):
        _idle_condition(context, scope, before, after)
    elif is_schema(mine) and is_schema(yours):
        looks = not context.is_unchanged(mine, yours) and _looks(context, wholes, mine, yours)
        if (looks and _looked_at(context, mine, yours)) or not _alike(context, scope.part("(if)"), mine, yours):
            values = {"old": mine.value, "new": yours.value, "keyword": "if"}
            context.emit(scope, SubschemaChanged, (mine.pointer, yours.pointer), **values)
        for keyword in _IN_PLACE:
            _subschema(context, scope.part(f"({keyword})"), before.child(keyword), after.child(keyword), keyword)
        listings.listed_go(context, scope, (before, after), _stands_alone(scope, before, after, _IN_PLACE))
        listings.listed_come(context, scope, (before, after), _stands_alone(scope, after, before, _IN_PLACE))
    elif not _decides(after if is_schema(yours) else before):
        _idle_condition(context, scope, before, after)
    else:
        kind: type[Change] = SubschemaAdded if is_schema(yours) else SubschemaRemoved
        shown = [node.only(("if", "then", "else")).value or None for node in (before, after)]
        values = {"old": shown[0], "new": shown[1], "keyword": "if"}
        context.emit(scope.part("(if)"), kind, (_at(mine), _at(yours)), **values)
        alone = [
            _stands_alone(scope, node, Node(node.pointer, {}), ("if", *_IN_PLACE)) if is_schema(asked) else []
            for node, asked in ((before, mine), (after, yours))
        ]
        listings.listed_go(context, scope, (before, after), alone[0])
        listings.listed_come(context, scope, (before, after), alone[1])


_IN_PLACE = ("then", "else")


def _idle_condition(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell of a condition that refuses nothing: what it looks at is listed all the same where it holds.

    Annotations of `if` count without `then` and `else` too (JSON Schema 2020-12 core, 10.2.2.1).
    """
    mine, yours = before.child("if"), after.child("if")
    differs = not same(mine.value, yours.value)
    if not differs and is_schema(mine) and not context.is_unchanged(mine, yours):  # behind a reference
        differs = _looked_at(context, mine, yours) or relation(context, mine, yours) is not Effect.NEUTRAL
    if differs and _looks(context, scope.wholes or (before, after), mine, yours):
        values = {"old": mine.value, "new": yours.value, "keyword": "if"}
        context.emit(scope, SubschemaChanged, (_at(mine), _at(yours)), **values)
    else:
        without_effect(context, scope, before, after, "if")
    for keyword in _IN_PLACE:
        without_effect(context, scope, before, after, keyword)


def _looks(context: Context, wholes: tuple[Node, Node], before: Node, after: Node) -> bool:
    """Whether what conditions look at is refused where they do not hold, or are not there."""
    sides = (context.before, before), (context.after, after)
    if any(map(evaluated.refuses_items, wholes)) and any(evaluated.items_of(*side) for side in sides):
        return True
    contracts = context.before, context.after
    if not any(evaluated.closes(*side) for side in zip(contracts, wholes, strict=True)):
        return False
    known = [evaluated.surely(*side).names.keys() for side in zip(contracts, wholes, strict=True)]
    found = [evaluated.in_place(*side, under_if=True, asked=False) for side in sides]
    return any(each.patterns or each.openings or each.names.keys() - (known[0] & known[1]) for each in found)


def _looked_at(context: Context, before: Node, after: Node) -> bool:
    """Whether two conditions look at different parts of a value."""
    mine = evaluated.in_place(context.before, before, under_if=True, asked=False)
    yours = evaluated.in_place(context.after, after, under_if=True, asked=False)
    return mine.keys != yours.keys or bool(mine.openings) != bool(yours.openings)


def _stands_alone(scope: Scope, one: Node, other: Node, keys: Iterable[str]) -> list[tuple[Scope, Node]]:
    """The schemas under these keywords that say something on one side, and nothing on the other."""
    return [
        (scope.part(f"({key})"), one.child(key))
        for key in keys
        if one.child(key).mapping and other.child(key).value in (None, *ANYTHING)
    ]


def _decides(node: Node) -> bool:
    """Whether a condition decides anything: `if` by itself does not (JSON Schema 2020-12, 10.2.2)."""
    return is_schema(node.child("if")) and any(
        is_schema(node.child(keyword)) and node.mapping[keyword] not in ANYTHING for keyword in ("then", "else")
    )


def _exclusion(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.child("not"), after.child("not")
    values = {"old": mine.value, "new": yours.value}
    if not (_is_schema_or_absent(mine) and _is_schema_or_absent(yours)):
        leftovers(context, scope, before.only(("not",)), after.only(("not",)), ())
    elif mine.value is None or yours.value is None:
        context.emit(
            scope, ExclusionAdded if mine.value is None else ExclusionRemoved, (_at(mine), _at(yours)), **values
        )
    else:
        effect = relation(context, mine, yours)
        if effect is Effect.NEUTRAL:
            schemas.compare_schemas(context, scope.part("(not)"), mine, yours)
        else:
            context.emit(scope, _EXCLUSIONS[effect], (mine.pointer, yours.pointer), **values)


_EXCLUSIONS: dict[Effect, type[Change]] = {
    Effect.NARROWED: ExclusionNarrowed,
    Effect.WIDENED: ExclusionWidened,
    Effect.CHANGED: ExclusionChanged,
    Effect.UNDECIDED: ExclusionUndecided,
}


def _dependent_schemas(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.child("dependentSchemas"), after.child("dependentSchemas")
    for name in sorted(mine.mapping.keys() | yours.mapping.keys()):
        place = scope.part(f"(with {name})")
        _subschema(context, place, mine.child(name), yours.child(name), "dependentSchemas", name)
    gone = [name for name in sorted(mine.mapping) if yours.child(name).value in (None, *ANYTHING)]
    come = [name for name in sorted(yours.mapping) if mine.child(name).value in (None, *ANYTHING)]
    listings.listed_go(
        context, scope, (before, after), [(scope.part(f"(with {name})"), mine.child(name)) for name in gone]
    )
    listings.listed_come(
        context, scope, (before, after), [(scope.part(f"(with {name})"), yours.child(name)) for name in come]
    )


def _dependent_required(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.child("dependentRequired"), after.child("dependentRequired")
    asked = _dependencies(mine), _dependencies(yours)
    for trigger, name in sorted(asked[0].keys() | asked[1].keys()):
        places = asked[0].get((trigger, name)), asked[1].get((trigger, name))
        if places[0] is None or places[1] is None:
            kind = DependentRequiredRemoved if places[1] is None else DependentRequiredAdded
            values = {"old": None, "new": name} if places[0] is None else {"old": name, "new": None}
            context.emit(scope, kind, places, trigger=trigger, name=name, **values)


def _dependencies(node: Node) -> dict[tuple[str, str], str]:
    """Each pair of a property and one that it asks for, with the place where that stands."""
    found = {}
    for trigger, listed in node.mapping.items():
        for index, name in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(name, str):
                found[str(trigger), name] = node.child(trigger, index).pointer
    return found


def _pattern_properties(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.child("patternProperties"), after.child("patternProperties")
    for name in sorted(mine.mapping.keys() | yours.mapping.keys()):
        left, right = mine.child(name), yours.child(name)
        place = scope.at(f"{{{name}}}")
        stated, silent = (right, before) if is_schema(right) else (left, after)
        opened = [_is_open(*side) for side in ((context, scope, before, 0), (context, scope, after, 1))]
        if is_schema(left) and is_schema(right):
            schemas.compare_schemas(context, place, left, right)
        elif stated.value in ANYTHING and opened[0 if silent is before else 1]:
            values = {"old": left.value, "new": right.value}
            if is_schema(right) and evaluated.rest(before) is None and evaluated.rest(after) is None:
                context.emit(scope, ObjectBecameListed, (None, right.pointer), **values)
            else:
                places = _at(left), _at(right)
                context.emit(place, KeywordWithoutEffect, places, keyword="patternProperties", **values)
        elif is_schema(right):
            values = {"old": left.value, "new": right.value, "pattern": name}
            known = opened[0] or _meets(context, name, before if scope.wholes is None else scope.wholes[0])
            closing = None if evaluated.rest(after) is None else evaluated.rest(before)
            if closing is None and scope.ruled_out is not None:
                closing = scope.ruled_out[0]
            if closing is not None and closing.mapping and evaluated.limits(context.before, closing):
                known = known or relation(context, closing, right) not in (Effect.NEUTRAL, Effect.WIDENED)
            ruled_out = closing is not None and objects.rules_out(context, closing, right)
            if ruled_out:
                context.emit(place, ClosedPatternPropertyAdded, (_at(left), right.pointer), open=False, **values)
            if known or not ruled_out:
                context.emit(place, PatternPropertyAdded, (_at(left), right.pointer), open=known, **values)
        elif is_schema(left):
            values = {"old": left.value, "new": right.value, "pattern": name, "open": opened[1]}
            context.emit(place, PatternPropertyRemoved, (left.pointer, _at(right)), **values)


def _meets(context: Context, pattern: str, node: Node) -> bool:
    """Whether names that are listed, or match another pattern, may match this one too: it holds of them as well."""
    listed = evaluated.in_place(context.before, node)
    others = [*map(keywords.exactly, listed.names), *listed.patterns]
    return any(keywords.may_meet(context, other, pattern) for other in others)


def _is_open(context: Context, scope: Scope, node: Node, side: int) -> bool:
    """Whether an object takes properties of any name: it says so, or it lists none, so there is nothing to close.

    `side`: 0 before, 1 after. As one of several schemas of a value it does if all of them do.
    """
    contract = (context.before, context.after)[side]
    return not any(evaluated.closes(contract, each) for each in listings.around(scope, (node, node), side))


def _contents(context: Context, scope: Scope, before: Node, after: Node) -> None:
    for keyword in ("contentEncoding", "contentMediaType"):
        mine, yours = before.child(keyword), after.child(keyword)
        if isinstance(mine.value, str) and isinstance(yours.value, str) and mine.value.lower() == yours.value.lower():
            without_effect(context, scope, before, after, keyword)  # upper and lower case are the same (RFC 2045, 5.1)
        elif not same(mine.value, yours.value):
            kind = ContentAdded if mine.value is None else ContentRemoved if yours.value is None else ContentChanged
            context.emit(scope, kind, (_at(mine), _at(yours)), old=mine.value, new=yours.value, keyword=keyword)


def _unevaluated(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """What `additionalProperties` has looked at is not unevaluated (JSON Schema 2020-12, 11.3): no effect beside it."""
    keyword = "unevaluatedProperties"
    mine, yours = (
        node.child(keyword) if "additionalProperties" not in node.mapping else _nothing(node)
        for node in (before, after)
    )
    if mine.value is None and yours.value is None:
        without_effect(context, scope, before, after, keyword)
    else:
        stated = (node if is_schema(node) else None for node in (mine, yours))
        listing = [evaluated.lists(*side) for side in ((context.before, before), (context.after, after))]
        objects.compare_openness(context, scope, *stated, lists=(listing[0], listing[1]))


_COMPARED: tuple[tuple[tuple[str, ...], Callable[[Context, Scope, Node, Node], None]], ...] = (
    (("items",), _items),
    (("prefixItems",), _prefix_items),
    (("contains", "minContains", "maxContains"), _contains),
    (("if", "then", "else"), _condition),
    (("not",), _exclusion),
    (("dependentSchemas",), _dependent_schemas),
    (("dependentRequired",), _dependent_required),
    (("patternProperties",), _pattern_properties),
    (("unevaluatedProperties",), _unevaluated),
    (("contentEncoding", "contentMediaType"), _contents),
)
"""Keywords that hang together, and what compares them."""
