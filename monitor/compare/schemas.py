"""Two schemas: what differs between the sets of values that they accept.

A schema is first unwrapped: `$ref`s are followed, `allOf` with one member and nullable wrappers are taken off, so that
the ways of writing the same thing compare as the same thing. A pair that a `$ref` led to is compared once, in a frame
of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from monitor.compare import (
    all_of,
    applicators,
    discriminators,
    evaluated,
    keywords,
    listed,
    listings,
    nulls,
    objects,
    spelling,
    statements,
    texts,
    types,
    unions,
    wrappers,
    xml_objects,
)
from monitor.compare.changes import (
    BecameNonNullable,
    BecameNullable,
    DefaultAdded,
    DefaultChanged,
    DefaultRemoved,
    ElementDeprecated,
    ElementUndeprecated,
    ExclusionAdded,
    ExclusionRemoved,
    KeywordWithoutEffect,
    Location,
    TypeChanged,
    Unclassified,
)
from monitor.compare.context import Context, Scope
from monitor.compare.keywords import Types
from monitor.compare.leftovers import leftovers
from monitor.compare.malformed import compare_malformed
from monitor.compare.serialization import compare_own_serialization, is_list_inside
from monitor.compare.statements import Statements
from monitor.compare.wrappers import Unwrapped
from monitor.contract import REFERENCES, Contract, Node, target_of
from monitor.values import join, same

_PARAMETER_MEMBERS = frozenset({"name", "in", "collectionFormat", "allowEmptyValue"})
"""In Swagger 2.0 a parameter is its own schema; these members are the parameter's."""

_NO_WORDS = frozenset({"nullable", "x-nullable", "discriminator"})
"""Of the keywords beside values those that say something of the schema that they stand in."""


def compare_schemas(
    context: Context, scope: Scope, before: Node, after: Node, *, of_property: bool = False, null_told: bool = False
) -> None:
    """Compare two schemas as they are used in one place.

    `of_property`: they differ, and their `readOnly` marks are told already; `null_told`: whether they accept `null` is.
    """
    if isinstance(before, Statements) or isinstance(after, Statements):
        _together(context, scope, before, after, null_told=null_told)
        return
    if not of_property and context.is_unchanged(before, after):
        return
    mine, yours = wrappers.unwrap(context.before, before), wrappers.unwrap(context.after, after)
    if not of_property:
        _idle_marks(context, scope, mine, yours)
    if mine.layers or yours.layers:
        _words_of_wrappers(context, scope, mine, yours)
        unions.compare_nulls(context, scope, mine.nulls, yours.nulls)
    # What had no effect in a version that went is nothing new in the one that came.
    heeded = context.before.dialect.ref_siblings != context.after.dialect.ref_siblings
    for keyword in () if heeded else sorted(mine.idle.keys() | yours.idle.keys()):
        sides = Node(before.pointer, mine.idle), Node(after.pointer, yours.idle)
        applicators.without_effect(context, scope, *sides, keyword)
    if null_told:
        mine.nullable = yours.nullable = True
    if mine.core.referenced or yours.core.referenced:
        _refer(context, scope, (before, after), (mine, yours))
    else:
        compare_cores(context, scope, mine.core, yours.core, nullable=(mine.nullable, yours.nullable))


def _together(context: Context, scope: Scope, before: Node, after: Node, *, null_told: bool) -> None:
    """Compare what several members of an `allOf` state of one thing, on either side, here and not by reference."""
    places = statements.places(before), statements.places(after)
    if places[0] != places[1] or any(context.is_dirty(place) for place in places[0]):
        mine, yours = statements.as_statements(before), statements.as_statements(after)
        compare_cores(context, scope, mine, yours, nullable=(null_told, null_told))


def _words_of_wrappers(context: Context, scope: Scope, before: Unwrapped, after: Unwrapped) -> None:
    """Compare what the wrappers say beside values; what the other side says inside instead is taken from there."""
    out, into = _moved_out(before, after), _moved_out(after, before)
    words = before.annotations, after.annotations
    if out:
        compare_annotations(context, scope, words[0].only(out), after.core.only(out))
        after.core = after.core.without(out)
    if into:
        compare_annotations(context, scope, before.core.only(into), words[1].only(into))
        before.core = before.core.without(into)
    compare_annotations(context, scope, words[0].without(out), words[1].without(into))


def _moved_out(one: Unwrapped, other: Unwrapped) -> frozenset[str]:
    """The words that stand on the wrappers of one side alone, and inside on the other side alone.

    What a definition says inside only the wrappers in a definition can have taken out.
    """
    layers = [layer for layer in one.layers if layer.referenced or not other.core.referenced]
    outside = {key for layer in layers for key in layer.mapping} - other.annotations.mapping.keys()
    if not one.core.referenced:
        outside -= one.core.mapping.keys()
    return frozenset(outside & other.core.mapping.keys() - _NO_WORDS)


def _idle_marks(context: Context, scope: Scope, before: Unwrapped, after: Unwrapped) -> None:
    """`readOnly` and `writeOnly` say something of properties only (OAS 3.0.4, section 4.8.24.2)."""
    for keyword in ("readOnly", "writeOnly"):
        was, now = wrappers.flag(context.before, before, keyword), wrappers.flag(context.after, after, keyword)
        if was != now:
            places = _marked_at(before, keyword), _marked_at(after, keyword)
            context.emit(scope, KeywordWithoutEffect, places, old=was, new=now, keyword=keyword)


def _marked_at(found: Unwrapped, keyword: str) -> str:
    holders = [layer for layer in (*found.layers, found.core) if keyword in layer.mapping]
    return join(holders[0].pointer, keyword) if holders else found.core.pointer


def _refer(context: Context, scope: Scope, places: tuple[Node, Node], sides: tuple[Unwrapped, Unwrapped]) -> None:
    """Have what the wrappers hold compared once, and tell here what they themselves say of `null`."""
    own = [
        nulls.says(contract, _as_mapping(side.core)) is not False
        for contract, side in zip((context.before, context.after), sides, strict=True)
    ]
    accepts = sides[0].nullable or own[0], sides[1].nullable or own[1]
    wrapped = sides[0].nullable or sides[1].nullable
    if wrapped and accepts[0] != accepts[1]:
        kind = BecameNullable if accepts[1] else BecameNonNullable
        context.emit(scope, kind, (places[0].pointer, places[1].pointer))
    if scope.branch:
        objects.compare_closing_of_part(context, scope, places, (sides[0].core, sides[1].core))
        objects.compare_listing_of_part(context, scope, (sides[0].core, sides[1].core))
    # What a definition says of `null` is nothing to those who let `null` in themselves: it is told here, not there.
    use = Location(places[0].use, places[1].use)
    context.refer(scope, sides[0].core, sides[1].core, use=use, null_told=wrapped and own[0] != own[1])


def compare_cores(
    context: Context, scope: Scope, before: Node, after: Node, *, nullable: tuple[bool, bool] = (False, False)
) -> None:
    """Compare two schemas without wrappers, keyword by keyword. `nullable`: what their wrappers said."""
    places = statements.places(before), statements.places(after)
    if not scope.first_time("schema" if len(places[0]) == len(places[1]) == 1 else f"schema {places}", before, after):
        return
    context.budget.spend()
    mine, yours = _as_mapping(before), _as_mapping(after)
    if target_of(mine.value) != target_of(yours.value):
        _lost_reference(context, scope, mine, yours)
        return
    said = nulls.says(context.before, mine), nulls.says(context.after, yours)
    had_null, has_null = (own or heard is True for own, heard in zip(nullable, said, strict=True))
    stated = _stated_types(context, mine, yours)
    told = (
        had_null != has_null
        and None not in said
        and not _is_told_else(context, mine, yours, stated, (had_null, has_null))
    )
    if told:
        context.emit(scope, BecameNullable if has_null else BecameNonNullable, (before.pointer, after.pointer))
    elif None in said:
        _idle_nulls(context, scope, mine, yours)
    if _is_nothing(mine) != _is_nothing(yours):
        _nothing(context, scope, mine, yours)
        return
    if unions.transition(context, scope, mine, yours) or _is_other_type(
        context, scope, mine, yours, stated, (had_null, has_null)
    ):
        compare_annotations(context, scope, _annotations_of(mine), _annotations_of(yours))
        return
    if _is_union(mine) != _is_union(yours):
        mine, yours = _without_bare(context.before, mine), _without_bare(context.after, yours)
    # Whoever marks a schema as nullable means it, whether its list repeats that or not (docs/stance.md).
    meant = had_null and has_null and (nulls.is_marked(mine) or nulls.is_marked(yours))
    null = told or meant or any(nullable)
    if meant:
        _idle_null_of_list(context, scope, mine, yours)
    # What a list of values lets in is of their types: what else is said of other types is told with the list.
    stated = types.accepted(context.before, mine, stated[0]), types.accepted(context.after, yours, stated[1])
    scope = _as_whole(scope, mine, yours)
    listings.compare_evaluated_items(context, scope, mine, yours)
    if "allOf" in mine.mapping or "allOf" in yours.mapping:
        mine, yours = all_of.compare_all_of(context, scope, mine, yours, null=null, stated=stated)
    else:
        mine, yours = types.without_idle(context, scope, mine, yours, stated)
        mine, yours = spelling.alike(mine, yours, "additionalProperties", "unevaluatedProperties")
        views = objects.plain(context.before, mine), objects.plain(context.after, yours)
        objects.compare_objects(context, scope, *views)
    compare_part(context, scope, mine, yours, null=null, stated=stated)


_OF_THE_SAME = frozenset({"allOf", "anyOf", "oneOf", "if", "dependentSchemas"})
"""Keywords with more schemas of the same value (JSON Schema 2020-12 core, section 10.2), but for `$ref`."""


def _as_whole(scope: Scope, before: Node, after: Node) -> Scope:
    """The scope in which the two are the outermost schemas of a value, unless they are parts of others."""
    if scope.branch or (_OF_THE_SAME.isdisjoint(before.mapping) and _OF_THE_SAME.isdisjoint(after.mapping)):
        return scope
    return replace(scope, wholes=(before, after), ruled_out=applicators.ruled_out(before, after))


def _lost_reference(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell of a reference that leads nowhere, or no longer does: what it stands for nobody knows."""
    sides = before.mapping, after.mapping
    keyword = next(key for key in REFERENCES if any(isinstance(side.get(key), str) for side in sides))
    places = before.child(keyword), after.child(keyword)
    found = (
        place.pointer if place.value is not None else node.pointer
        for place, node in zip(places, (before, after), strict=True)
    )
    first, second = found
    values = {"old": places[0].value, "new": places[1].value}
    context.emit(scope, Unclassified, (first, second), keyword=keyword, **values)
    compare_annotations(context, scope, _annotations_of(before), _annotations_of(after))


def _is_nothing(node: Node) -> bool:
    """Whether a schema accepts no value: `false`, or `not` of anything."""
    return node.mapping.get("not") in evaluated.ANYTHING


def _nothing(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell that a schema accepts nothing now, or no longer: what else it says has no effect and is told with that."""
    kind = ExclusionAdded if _is_nothing(after) else ExclusionRemoved
    context.emit(scope, kind, (before.pointer, after.pointer), old=before.value, new=after.value)
    compare_annotations(context, scope, _annotations_of(before), _annotations_of(after))


def _stated_types(context: Context, before: Node, after: Node) -> tuple[Types, Types]:
    stated = all_of.types(context.before, before), all_of.types(context.after, after)
    if _is_union(before) == _is_union(after):
        return stated
    bare = unions.bare_types(context.before, before), unions.bare_types(context.after, after)
    return stated[0] if bare[0] is None else bare[0], stated[1] if bare[1] is None else bare[1]


def _is_told_else(
    context: Context, before: Node, after: Node, stated: tuple[Types, Types], null: tuple[bool, bool]
) -> bool:
    """Whether another change says that `null` came or went: a type of nothing else, or another value of `const`."""
    if stated[0] == stated[1] or None in stated or unions.is_transition(context, before, after):
        pass  # no other type is told
    elif any(types == frozenset() and not other for types, other in zip(stated, reversed(null), strict=True)):
        return True
    mine, yours = before.mapping, after.mapping
    return "const" in mine and "const" in yours and not same(mine["const"], yours["const"])


def _idle_nulls(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell of a `nullable` that decides nothing, as no type stands beside it (OAS 3.0.4, section 4.8.24.1)."""
    marks = [nulls.is_marked(node) for node in (before, after)]
    if marks[0] != marks[1]:
        places = [
            join(node.pointer, "nullable") if said else None for node, said in zip((before, after), marks, strict=True)
        ]
        context.emit(
            scope, KeywordWithoutEffect, (places[0], places[1]), old=marks[0], new=marks[1], keyword="nullable"
        )


def _idle_null_of_list(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell of a `null` that came to a list or went from it beside a mark that lets it in on both sides."""
    lists = before.mapping.get("enum"), after.mapping.get("enum")
    if not isinstance(lists[0], list) or not isinstance(lists[1], list):
        return
    if nulls.is_marked(before) and nulls.is_marked(after) and (None in lists[0]) != (None in lists[1]):
        places = join(before.pointer, "enum"), join(after.pointer, "enum")
        context.emit(scope, KeywordWithoutEffect, places, old=lists[0], new=lists[1], keyword="enum")


def _is_union(node: Node) -> bool:
    return any(keyword in node.mapping for keyword in unions.UNIONS)


def _without_bare(contract: Contract, node: Node) -> Node:
    """A schema without a union of nothing but types, which is compared as the list of types that it is."""
    if unions.bare_types(contract, node) is None:
        return node
    return Node(node.pointer, {key: value for key, value in node.mapping.items() if key not in unions.UNIONS})


def _is_other_type(
    context: Context,
    scope: Scope,
    before: Node,
    after: Node,
    stated: tuple[Types, Types],
    null: tuple[bool, bool],
) -> bool:
    """Tell a type that differs; whether that says all there is to say of the two schemas."""
    if stated[0] == stated[1]:
        return False
    if texts.one_or_list(context, scope, before, after, stated):
        return True
    mine, yours = types.accepted(context.before, before, stated[0]), types.accepted(context.after, after, stated[1])
    if mine == yours:
        if types.listed(context.before, before) is not None and types.listed(context.after, after) is not None:
            keywords.same_types(context, scope, before, after, *stated)
        return False
    return keywords.compare_types(context, scope, before, after, mine, yours, null=null) is TypeChanged


def compare_part(
    context: Context,
    scope: Scope,
    before: Node,
    after: Node,
    *,
    null: bool = False,
    stated: tuple[Types, Types] = (None, None),
) -> None:
    """Compare everything but types, properties and `allOf`: what each member of an `allOf` says for itself.

    `stated`: the types that each side accepts; None for any.
    """
    before, after = types.without_idle(context, scope, before, after, stated)
    before, after = listed.without_idle(context, scope, *spelling.encoded(before, after))
    both = types.shared(*stated, scope.wire)
    keywords.compare_values(context, scope, before, after, null=null, types=both)
    applicators.compare_applicators(context, scope, before, after)
    _ambiguous(context, scope, before, after)
    compare_annotations(context, scope, before, after)


def _ambiguous(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell of a reference by a name that several schemas have, of which one at least differs.

    Which of them a `$dynamicRef` leads to depends on the way there (JSON Schema 2020-12, 8.2.3.2), and a `$ref`
    on the `$id` around it: undecided.
    """
    reference = target_of(before.value)
    if reference is None or reference != target_of(after.value):
        return
    found = [*context.before.refs.candidates(reference), *context.after.refs.candidates(reference)]
    if any(context.is_dirty(node.pointer) for node in found):
        keyword = next(keyword for keyword in REFERENCES if before.mapping.get(keyword) == reference)
        places = before.child(keyword).pointer, after.child(keyword).pointer
        context.emit(scope, Unclassified, places, old=reference, new=reference, keyword=keyword)


def _as_mapping(node: Node) -> Node:
    """A boolean schema as an object: `true` is `{}`, `false` is `{"not": {}}` (JSON Schema 2020-12, 4.3.2)."""
    if node.value is False:
        return Node(node.pointer, {"not": {}}, node.referenced)
    return node if isinstance(node.value, dict) else Node(node.pointer, {}, node.referenced)


def _annotations_of(node: Node) -> Node:
    return Node(node.pointer, {key: value for key, value in node.mapping.items() if not wrappers.structural(key)})


def compare_annotations(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare what a schema says beside the values that it accepts: defaults, marks, descriptions."""
    lifecycle(context, scope, before, after, "schema")
    discriminators.compare_discriminators(context, scope, before, after)
    defaults(context, scope, before, after, "parameter" if scope.wire.optional else "schema")
    compare_malformed(context, scope, before, after, "schema")
    xml_objects.compare_xml(context, scope, before, after)
    compare_own_serialization(context, scope, before, after)
    claimed = context.claimed["schema"]
    if "in" in before.mapping or "in" in after.mapping:
        claimed |= _PARAMETER_MEMBERS
    elif is_list_inside(scope, before, after) or _is_header(context, scope):
        claimed |= {"collectionFormat"}
    leftovers(context, scope, before, after, claimed)


def _is_header(context: Context, scope: Scope) -> bool:
    """Whether the schema is a header, which in Swagger 2.0 is its own: how it is written is told of the header."""
    return context.after.dialect.name == "2.0" and scope.where.rpartition(" ")[0].endswith("header")


def lifecycle(
    context: Context, scope: Scope, before: Node, after: Node, subject: str, *, name: str | None = None
) -> None:
    """`deprecated: true` came or went on a schema, property, parameter or header (`name`: where it has its own)."""
    was, now = before.mapping.get("deprecated") is True, after.mapping.get("deprecated") is True
    if was == now:
        return
    kind = ElementDeprecated if now else ElementUndeprecated
    places = join(before.pointer, "deprecated") if was else None, join(after.pointer, "deprecated") if now else None
    name = name or scope.where.rpartition(" > ")[2] or (context.after.component_name(after.pointer) or "")
    context.emit(scope, kind, places, old=was, new=now, subject=subject, name=name)


def defaults(context: Context, scope: Scope, before: Node, after: Node, of: str) -> None:
    """`default` came, went or differs."""
    mine, yours = before.mapping, after.mapping
    if "default" not in mine and "default" not in yours:
        return
    first, second = (join(node.pointer, "default") if "default" in node.mapping else None for node in (before, after))
    values: dict[str, Any] = {"old": mine.get("default"), "new": yours.get("default"), "of": of}
    if first is None:
        context.emit(scope, DefaultAdded, (first, second), **values)
    elif second is None:
        context.emit(scope, DefaultRemoved, (first, second), **values)
    elif not same(mine["default"], yours["default"]):
        context.emit(scope, DefaultChanged, (first, second), **values)
