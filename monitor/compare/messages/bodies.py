"""Request bodies, media types and what is in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monitor.compare.changes import (
    BodyParameterRenamed,
    Change,
    MediaTypeAdded,
    MediaTypeNarrowed,
    MediaTypeParametersChanged,
    MediaTypeRemoved,
    MediaTypeSpellingChanged,
    MediaTypeWidened,
    RequestBodyAdded,
    RequestBodyBecameOptional,
    RequestBodyBecameRequired,
    RequestBodyRemoved,
)
from monitor.compare.context import Context, Scope, Wire
from monitor.compare.encodings import compare_encodings
from monitor.compare.leftovers import leftovers
from monitor.compare.malformed import compare_malformed
from monitor.compare.media_types import taken_apart, within
from monitor.compare.messages.shared import is_clean, one_sided, sent, stated_at
from monitor.compare.references import compare_beside_references
from monitor.compare.schemas import compare_schemas
from monitor.compare.xml_objects import compare_root_names
from monitor.contract import Contract, MediaType, Node, Operation


def compare_bodies(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Compare what the operations take as a request body."""
    mine, yours = context.before.request_body(before), context.after.request_body(after)
    place = scope.at("body", sent(after))
    values: dict[str, Any]
    if mine is None or yours is None:
        if yours is not None:
            values = {"new": yours.node.value, "required": yours.required}
            context.emit(place, RequestBodyAdded, (None, yours.node.use), **values)
        elif mine is not None:
            context.emit(place, RequestBodyRemoved, (mine.node.use, None), old=mine.node.value)
        return
    compare_beside_references(context, place, mine.node, yours.node)
    if is_clean(context, mine.node, yours.node):
        return
    place = context.into(place, mine.node, yours.node)
    names = [side.node.mapping.get("name") for side in (mine, yours)]
    if None not in names and names[0] != names[1]:
        values = {"old": names[0], "new": names[1], "name": names[1], "place": "body", "required": yours.required}
        context.emit(place, BodyParameterRenamed, stated_at((mine.node, yours.node), "name"), **values)
    if "required" in {**mine.node.mapping, **yours.node.mapping}:
        # The fields of a form in Swagger 2.0 say it themselves.
        _requirement(context, place, (mine.node, yours.node), mine.required, yours.required)
    compare_media_types(context, place, mine.media_types, yours.media_types)
    compare_malformed(context, place, mine.node, yours.node, "body")
    leftovers(context, place, mine.node, yours.node, context.claimed["body"])


def compare_requirement(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare whether two Request Body Objects must be sent."""
    was, now = (node.mapping.get("required") is True for node in (before, after))
    _requirement(context, scope, (before, after), was, now)


def _requirement(context: Context, scope: Scope, nodes: tuple[Node, Node], was: bool, now: bool) -> None:  # noqa: FBT001
    if was != now:
        kind = RequestBodyBecameRequired if now else RequestBodyBecameOptional
        context.emit(scope, kind, stated_at(nodes, "required"), old=was, new=now)


def compare_media_types(
    context: Context, scope: Scope, before: tuple[MediaType, ...], after: tuple[MediaType, ...]
) -> None:
    """Pair media types by name (RFC 9110, section 8.3.1) and compare their schemas."""
    mine = {media_type.name: media_type for media_type in before}
    yours = {media_type.name: media_type for media_type in after}
    pairs = {name: name for name in mine if name in yours}
    pairs |= _kindred(sorted(mine.keys() - pairs.keys()), sorted(yours.keys() - pairs.keys()))
    gone, come = sorted(mine.keys() - pairs.keys()), sorted(yours.keys() - set(pairs.values()))
    # What a range has still, and what came of one that went.
    covered = [(name, wide) for name in gone if (wide := _range_of(name, yours))]
    covered += [(wide, name) for name in come if (wide := _range_of(name, mine.keys() - yours.keys()))]
    values: dict[str, Any]
    for name in gone:
        if name not in {one for one, _ in covered}:
            values = {"old": mine[name].node.value, "media_type": name}
            context.emit(scope, MediaTypeRemoved, (mine[name].node.use, None), **values)
    for name in come:
        if name not in {other for _, other in covered}:
            values = {"new": yours[name].node.value, "media_type": name}
            context.emit(scope, MediaTypeAdded, (None, yours[name].node.use), **values)
    for name, other in sorted([*pairs.items(), *covered]):
        place = scope if len(yours) == 1 else scope.beside(f"({other})")
        compare_media_type(context, place, mine[name], yours[other])


def _range_of(name: str, others: Iterable[str]) -> str | None:
    """The media range among the others that a media type is in (RFC 9110, section 12.5.1)."""
    return next((wide for wide in sorted(others) if taken_apart(wide).is_range and within(name, wide)), None)


def _kindred(gone: list[str], come: list[str]) -> dict[str, str]:
    """The names that went, each with the one that came of which it is a special or general kind."""
    pairs: dict[str, str] = {}
    for name in gone:
        kin = [other for other in come if within(name, other) or within(other, name)]
        # The same media type written otherwise comes before one of another kind.
        kin.sort(key=lambda other: not (within(name, other) and within(other, name)))
        # Nothing is of both where their parameters differ, and yet it is one edit.
        kin += [other for other in come if taken_apart(name).essence == taken_apart(other).essence]
        if kin:
            pairs[name] = kin[0]
            come.remove(kin[0])
    return pairs


def compare_media_type(context: Context, scope: Scope, before: MediaType, after: MediaType) -> None:
    """Compare two media types that were paired, of one name or akin."""
    if before.name != after.name:
        narrower, wider = within(after.name, before.name), within(before.name, after.name)
        kind: type[Change] = MediaTypeNarrowed if narrower else MediaTypeWidened
        kind = MediaTypeSpellingChanged if narrower and wider else kind
        kind = kind if narrower or wider else MediaTypeParametersChanged
        places = before.node.pointer, after.node.pointer
        context.emit(scope, kind, places, old=before.name, new=after.name, was=before.name, now=after.name)
    items = before.node.child("itemSchema"), after.node.child("itemSchema")
    if (items[0].value is None) != (items[1].value is None) and None in (before.schema, after.schema):
        # A bare list and the items of a stream say the same (OAS 3.2, section 4.14.1).
        items = _listed(before) or items[0], _listed(after) or items[1]
        before, after = _without_list(before), _without_list(after)
    wire = _written_in(before, after)
    if before.schema is not None and after.schema is not None:
        compare_schemas(context, scope.written(wire), before.schema, after.schema)
        if wire is Wire.XML:
            compare_root_names(context, scope, before.schema, after.schema)
    else:
        one_sided(context, scope, before.schema, after.schema)
    compare_encodings(context, scope, before, after)
    _items(context, scope, *items)
    nodes = _own_members(context.before, before), _own_members(context.after, after)
    compare_malformed(context, scope, *nodes, "media type")
    leftovers(context, scope, *nodes, context.claimed["media type"])


def _listed(media_type: MediaType) -> Node | None:
    """The items of a schema that is a bare list, or None."""
    schema = media_type.schema
    is_list = schema is not None and schema.mapping.keys() == {"type", "items"} and schema.mapping["type"] == "array"
    return schema.child("items") if schema is not None and is_list else None


def _without_list(media_type: MediaType) -> MediaType:
    return media_type if _listed(media_type) is None else MediaType(media_type.name, media_type.node, None)


def _items(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare what each item of a stream fits: `itemSchema` (OAS 3.2, section 4.14.1)."""
    if before.value is not None and after.value is not None:
        compare_schemas(context, scope.at("[]"), before, after)
    else:
        sides = (node if node.value is not None else None for node in (before, after))
        one_sided(context, scope.at("[]"), *sides)


def _written_in(before: MediaType, after: MediaType) -> Wire:
    names = taken_apart(before.name), taken_apart(after.name)
    if all(name.is_text for name in names):
        return Wire.XML if all(name.is_xml for name in names) else Wire.DOCUMENT
    return Wire.ANY if all(name.may_be_xml for name in names) else Wire.JSON


def _own_members(contract: Contract, media_type: MediaType) -> Node:
    """In Swagger 2.0 the node is the body parameter or the response, which is looked at by itself."""
    return Node(media_type.node.pointer, {}) if contract.dialect.name == "2.0" else media_type.node
