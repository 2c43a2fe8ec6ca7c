"""What goes over the wire: parameters, bodies, responses, headers, media types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from monitor.compare import statuses
from monitor.compare.changes import (
    Change,
    DocsChanged,
    HeaderAdded,
    HeaderBecameOptional,
    HeaderBecameRequired,
    HeaderRemoved,
    KeywordWithoutEffect,
    LinkAdded,
    LinkChanged,
    LinkRemoved,
    MediaTypeAdded,
    MediaTypeNarrowed,
    MediaTypeParametersChanged,
    MediaTypeRemoved,
    MediaTypeSpellingChanged,
    MediaTypeWidened,
    ParameterAdded,
    ParameterBecameOptional,
    ParameterBecameRequired,
    ParameterPlaceChanged,
    ParameterRemoved,
    ParameterSerializationChanged,
    PathParameterRenamed,
    RequestBodyAdded,
    RequestBodyBecameOptional,
    RequestBodyBecameRequired,
    RequestBodyRemoved,
    ResponseStatusAdded,
    ResponseStatusNarrowed,
    ResponseStatusRemoved,
    ResponseStatusWidened,
    SchemaAdded,
    SchemaRemoved,
)
from monitor.compare.context import Context, Scope, Wire
from monitor.compare.encodings import compare_encodings
from monitor.compare.leftovers import DOCS, leftovers
from monitor.compare.malformed import compare_malformed
from monitor.compare.media_types import taken_apart, within
from monitor.compare.references import compare_beside_references
from monitor.compare.schemas import compare_schemas, defaults, lifecycle
from monitor.compare.serialization import compare_serialization
from monitor.compare.xml_objects import compare_root_names
from monitor.contract import Contract, Direction, Header, MediaType, Node, Operation, Parameter, Response
from monitor.values import join, same


def _is_clean(context: Context, before: Node, after: Node) -> bool:
    """Whether both are the same shared definition, and nothing it reaches differs."""
    return before.pointer == after.pointer and before.referenced and not context.is_dirty(before.pointer)


def _unchanged(context: Context, before: Node, after: Node) -> bool:
    """Whether two parameters or headers are the same: all of one is said in its place."""
    return _is_clean(context, before, after) or context.is_unchanged(before, after)


def _received(operation: Operation) -> Direction:
    return Direction.REQUEST if operation.inverted else Direction.RESPONSE


def _sent(operation: Operation) -> Direction:
    return Direction.RESPONSE if operation.inverted else Direction.REQUEST


# --- parameters ------------------------------------------------------------------------------------------------------


def compare_parameters(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Pair parameters by name and place, those of the path by their position in the path template."""
    mine = _parameters(context.before.parameters(before), before.ref.path)
    yours = _parameters(context.after.parameters(after), after.ref.path)
    _misnamed(mine, yours)
    _moved(mine, yours)
    direction = _sent(after)
    for key, parameter in sorted(mine.items(), key=lambda entry: entry[0]):
        other = yours.get(key)
        place = scope.at(f"{parameter.place} {(other or parameter).name}", direction)
        if other is None:
            _parameter_presence(context, place, ParameterRemoved, parameter, (parameter.node.use, None))
        else:
            compare_beside_references(context, place, parameter.node, other.node)
            if not _unchanged(context, parameter.node, other.node):
                compare_parameter(context, place, parameter, other)
    for key, parameter in sorted(yours.items(), key=lambda entry: entry[0]):
        if key not in mine:
            place = scope.at(f"{parameter.place} {parameter.name}", direction)
            _parameter_presence(context, place, ParameterAdded, parameter, (None, parameter.node.use))


def _parameter_presence(
    context: Context, scope: Scope, kind: type[Change], parameter: Parameter, places: tuple[str | None, str | None]
) -> None:
    values: dict[str, Any] = {"old" if places[0] is not None else "new": parameter.node.value}
    if parameter.ignored:
        context.emit(scope, KeywordWithoutEffect, places, keyword=parameter.name, **values)
    else:
        named = {"name": parameter.name, "place": parameter.place, "required": parameter.required}
        context.emit(scope, kind, places, **named, **values)


def _ignored(context: Context, scope: Scope, before: Parameter | Header, after: Parameter | Header) -> None:
    """Tell of a header that the specification has other means to declare, and ignores, that it differs."""
    mine, yours = before.node, after.node
    if not same(mine.value, yours.value) or context.is_dirty(mine.pointer):
        values = {"old": mine.value, "new": yours.value}
        context.emit(scope, KeywordWithoutEffect, (mine.pointer, yours.pointer), keyword=after.name, **values)


def _parameters(listed: Iterable[Parameter], path: str) -> dict[tuple[str, str], Parameter]:
    found = {}
    for parameter in listed:
        position = path.find("{" + parameter.name + "}") if parameter.place == "path" else -1
        name = parameter.name.lower() if parameter.place == "header" else parameter.name
        order = path.count("{", 0, position) if position >= 0 else -1
        if parameter.place == "querystring":
            # It is all of the query, and there is one at most; its name is not sent (OAS 3.2, section 4.12.1).
            name = ""
        found[parameter.place, f"#{order}" if position >= 0 else name] = parameter
    return found


def _moved(mine: dict[tuple[str, str], Parameter], yours: dict[tuple[str, str], Parameter]) -> None:
    """Bring together what went from one place and came to another under the same name: it is sent elsewhere now."""
    gone: dict[str, list[tuple[str, str]]] = {}
    come: dict[str, list[tuple[str, str]]] = {}
    for key in sorted(mine.keys() ^ yours.keys()):
        parameter = mine.get(key) or yours[key]
        if not parameter.ignored:
            (gone if key in mine else come).setdefault(parameter.name.lower(), []).append(key)
    for name in sorted(gone.keys() & come.keys()):
        if len(gone[name]) == len(come[name]) == 1:
            (was,), (now,) = gone[name], come[name]
            if was[0] != now[0]:
                yours[was] = yours.pop(now)


def _misnamed(mine: dict[tuple[str, str], Parameter], yours: dict[tuple[str, str], Parameter]) -> None:
    """Bring together path parameters of one name of which only one side has its place in the path template.

    The other side's template names no such parameter: a slip of the document, which moved nothing on the wire.
    """
    left = {parameter.name: key for key, parameter in mine.items() if key[0] == "path" and key not in yours}
    right = {parameter.name: key for key, parameter in yours.items() if key[0] == "path" and key not in mine}
    for name in left.keys() & right.keys():
        mine[right[name]] = mine.pop(left[name])


def compare_parameter(context: Context, scope: Scope, before: Parameter, after: Parameter) -> None:
    """Compare two parameters that were paired."""
    nodes = before.node, after.node
    scope = context.into(scope, *nodes)
    named = {"name": after.name, "place": after.place}
    values: dict[str, Any]
    if before.ignored or after.ignored:
        _ignored(context, scope, before, after)
        return
    if before.required != after.required:
        kind = ParameterBecameRequired if after.required else ParameterBecameOptional
        values = {"old": before.required, "new": after.required, "required": after.required}
        context.emit(scope, kind, _places(nodes, "required"), **named, **values)
    elif "path" in (before.place, after.place) and before.place == after.place:
        _idle_requirement(context, scope, nodes)
    if before.place == after.place == "path" and before.name != after.name:
        values = {"old": before.name, "new": after.name}
        context.emit(scope, PathParameterRenamed, _places(nodes, "name"), **named, **values)
    if before.place == after.place == "querystring" and before.name != after.name:
        values = {"old": before.name, "new": after.name, "keyword": "name"}
        context.emit(scope, DocsChanged, _places(nodes, "name"), **values)
    if before.place != after.place:
        values = {"old": before.place, "new": after.place}
        context.emit(scope, ParameterPlaceChanged, _places(nodes, "in"), **named, **values)
    elif before.schema is not None and after.schema is not None:
        written = before.serialization, after.serialization
        compare_serialization(context, scope, nodes, written, ParameterSerializationChanged, **named)
    lifecycle(context, scope, *nodes, "parameter")
    _parameter_schema(context, scope, before, after)
    _rest(context, scope, before, after, "parameter")


def _rest(context: Context, scope: Scope, before: Parameter | Header, after: Parameter | Header, kind: str) -> None:
    """Compare what nothing else does. In Swagger 2.0 all members are those of the schema, and compared there."""
    own = _is_schema(before), _is_schema(after)
    if own != (True, True):
        mine, yours = (_words(side.node) if _is_schema(side) else side.node for side in (before, after))
        compare_malformed(context, scope, mine, yours, kind)
        leftovers(context, scope, mine, yours, context.claimed[kind])


def _is_schema(side: Parameter | Header) -> bool:
    """In Swagger 2.0 a parameter or header is its own schema."""
    return side.schema is side.node


def _words(node: Node) -> Node:
    """What OpenAPI 3 has a parameter or header say, and not its schema."""
    return Node(node.pointer, {key: value for key, value in node.mapping.items() if _is_word(key)})


def _is_word(key: str) -> bool:
    return key in DOCS or key.startswith("x-")


def _schemas(before: Parameter | Header, after: Parameter | Header) -> tuple[Node | None, Node | None]:
    """The two schemas; of a side that is its own schema without the words, where the other has them apart."""
    if _is_schema(before) == _is_schema(after):
        return before.schema, after.schema
    first, second = (_without_words(side.node) if _is_schema(side) else side.schema for side in (before, after))
    return first, second


def _without_words(node: Node) -> Node:
    members = {key: value for key, value in node.mapping.items() if key == "x-nullable" or not _is_word(key)}
    return Node(node.pointer, members, node.referenced)


def _idle_requirement(context: Context, scope: Scope, nodes: tuple[Node, Node]) -> None:
    """`required` of a path parameter is always true (OAS 3.0.4, section 4.8.12.2): leaving it out is a slip."""
    old, new = (node.mapping.get("required") for node in nodes)
    if not same(old, new):
        context.emit(scope, KeywordWithoutEffect, _places(nodes, "required"), old=old, new=new, keyword="required")


def _parameter_schema(context: Context, scope: Scope, before: Parameter, after: Parameter) -> None:
    if _content_differs(before, after):
        _other_content(context, scope, before, after, after.place)
        return
    inside = scope.written(_written(before, after))
    mine, yours = _schemas(before, after)
    if mine is not None and yours is not None:
        compare_schemas(context, inside, _as_schema(mine), _as_schema(yours))
    else:
        holders = [side.schema or Node(side.node.pointer, {}) for side in (before, after)]
        defaults(context, scope, holders[0], holders[1], "parameter" if inside.wire.optional else "schema")
        _one_sided(context, scope, before.schema, after.schema)
    compare_media_types(context, scope, before.media_types, after.media_types)


def _content_differs(before: Parameter | Header, after: Parameter | Header) -> bool:
    """Whether one has `content` and the other a schema, or both have media types that are not akin."""
    if len(before.media_types) == len(after.media_types) == 1:
        mine, yours = before.media_types[0].name, after.media_types[0].name
        return not (within(mine, yours) or within(yours, mine))
    sides = (before, after), (after, before)
    return any(
        one.schema is not None and not one.media_types and other.schema is None and len(other.media_types) == 1
        for one, other in sides
    )


def _other_content(
    context: Context, scope: Scope, before: Parameter | Header, after: Parameter | Header, place: str
) -> None:
    """Tell that a value is written in another media type, or in one at all; what it must fit is compared as well."""
    holders = [side.media_types[0] if side.media_types else None for side in (before, after)]
    schemas = [holder.schema if holder else side.schema for holder, side in zip(holders, (before, after), strict=True)]
    names = [
        holder.name if holder else f"style: {side.serialization.get('style')}"
        for holder, side in zip(holders, (before, after), strict=True)
    ]
    places = tuple(join(side.node.pointer, "content" if side.media_types else "schema") for side in (before, after))
    values = {"old": names[0], "new": names[1], "keyword": "content", "name": after.name, "place": place}
    context.emit(scope, ParameterSerializationChanged, (places[0], places[1]), **values)
    if schemas[0] is not None and schemas[1] is not None:
        compare_schemas(context, scope, schemas[0], schemas[1])
    else:
        _one_sided(context, scope, *schemas)


def _written(before: Parameter, after: Parameter) -> Wire:
    """How the value is written, and whether calls leave it out: nobody relies on the default of what must be sent."""
    if before.required or after.required:
        return Wire.REPEATED if _repeats(before) and _repeats(after) else Wire.TEXT
    return Wire.OPTIONAL_REPEATED if _repeats(before) and _repeats(after) else Wire.OPTIONAL


def _repeats(parameter: Parameter) -> bool:
    """Whether a list is written as the parameter once more for each item (OAS 3.0.4, section 4.8.12.3)."""
    written = parameter.serialization
    return parameter.place in ("query", "cookie") and written.get("style") == "form" and written.get("explode") is True


def _as_schema(node: Node) -> Node:
    """In Swagger 2.0 a parameter is its own schema; that it is deprecated is told of the parameter."""
    told = "in" in node.mapping and isinstance(node.mapping.get("deprecated"), bool)
    return node.without(("deprecated",)) if told else node


def _places(nodes: tuple[Node, Node], keyword: str) -> tuple[str, str]:
    """Where a member stands; the object itself on a side that does not say it."""
    first, second = (join(node.pointer, keyword) if keyword in node.mapping else node.pointer for node in nodes)
    return first, second


def _one_sided(context: Context, scope: Scope, before: Node | None, after: Node | None) -> None:
    """A schema came where any value went, or the other way round."""
    if after is not None and before is None:
        context.emit(scope, SchemaAdded, (None, after.pointer), new=after.value)
    elif before is not None and after is None:
        context.emit(scope, SchemaRemoved, (before.pointer, None), old=before.value)


# --- bodies and responses --------------------------------------------------------------------------------------------


def compare_bodies(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Compare what the operations take as a request body."""
    mine, yours = context.before.request_body(before), context.after.request_body(after)
    place = scope.at("body", _sent(after))
    values: dict[str, Any]
    if mine is None or yours is None:
        if yours is not None:
            values = {"new": yours.node.value, "required": yours.required}
            context.emit(place, RequestBodyAdded, (None, yours.node.use), **values)
        elif mine is not None:
            context.emit(place, RequestBodyRemoved, (mine.node.use, None), old=mine.node.value)
        return
    compare_beside_references(context, place, mine.node, yours.node)
    if _is_clean(context, mine.node, yours.node):
        return
    place = context.into(place, mine.node, yours.node)
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
        context.emit(scope, kind, _places(nodes, "required"), old=was, new=now)


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
        _one_sided(context, scope, before.schema, after.schema)
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
        _one_sided(context, scope.at("[]"), *sides)


def _written_in(before: MediaType, after: MediaType) -> Wire:
    names = taken_apart(before.name), taken_apart(after.name)
    if all(name.is_text for name in names):
        return Wire.XML if all(name.is_xml for name in names) else Wire.DOCUMENT
    return Wire.ANY if all(name.may_be_xml for name in names) else Wire.JSON


def _own_members(contract: Contract, media_type: MediaType) -> Node:
    """In Swagger 2.0 the node is the body parameter or the response, which is looked at by itself."""
    return Node(media_type.node.pointer, {}) if contract.dialect.name == "2.0" else media_type.node


def compare_responses(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Pair responses by status and compare what comes back."""
    mine = {response.status: response for response in context.before.responses(before)}
    yours = {response.status: response for response in context.after.responses(after)}
    found, at = statuses.paired(mine, yours), scope.at("", _received(after))
    for status in found.same:
        compare_beside_references(context, _answer(at, status), mine[status].node, yours[status].node)
        if not _is_clean(context, mine[status].node, yours[status].node):
            compare_response(context, _answer(at, status), mine[status], yours[status])
    for status in found.gone:
        old = mine[status]
        values = {"old": old.node.mapping.get("description"), "status": status}
        context.emit(_answer(at, status), ResponseStatusRemoved, (old.node.use, None), **values)
    for status in found.come:
        new = yours[status]
        values = {"new": new.node.mapping.get("description"), "status": status}
        context.emit(_answer(at, status), ResponseStatusAdded, (None, new.node.use), **values)
    for status, narrow in found.wider.items():
        _covering(context, at, ResponseStatusWidened, [mine[each] for each in narrow], [yours[status]])
    for status, narrow in found.narrower.items():
        _covering(context, at, ResponseStatusNarrowed, [mine[status]], [yours[each] for each in narrow])
    for status, wide in found.beside.items():
        _compare_covered(context, _answer(at, status), mine[wide], yours[status])


def _answer(scope: Scope, status: str) -> Scope:
    return replace(scope, where=f"{scope.where}response {status}")


def _covering(
    context: Context, scope: Scope, kind: type[Change], before: list[Response], after: list[Response]
) -> None:
    """Tell of statuses that a range stands for now, or of a range that single statuses stand for now."""
    place = _answer(scope, ", ".join(side.status for side in before))
    words = {key: ", ".join(side.status for side in sides) for key, sides in (("was", before), ("now", after))}
    context.emit(place, kind, (before[0].node.use, after[0].node.use), **words)
    for old in before:
        for new in after:
            single = old if kind is ResponseStatusWidened else new
            _compare_covered(context, _answer(scope, single.status), old, new)


def _compare_covered(context: Context, scope: Scope, before: Response, after: Response) -> None:
    """Compare what comes back with a status that another response stands for on one side.

    Where one of the two says nothing of its body or its headers, the document only fell silent.
    """
    if before.media_types and after.media_types:
        compare_media_types(context, scope.beside("body"), before.media_types, after.media_types)
    if before.headers and after.headers:
        compare_headers(context, scope, before.headers, after.headers)


def compare_response(context: Context, scope: Scope, before: Response, after: Response) -> None:
    """Compare two responses of the same status."""
    scope = context.into(scope, before.node, after.node)
    compare_media_types(context, scope.beside("body"), before.media_types, after.media_types)
    compare_headers(context, scope, before.headers, after.headers)
    _links(context, scope, before.node.child("links"), after.node.child("links"))
    compare_malformed(context, scope, before.node, after.node, "response")
    leftovers(context, scope, before.node, after.node, context.claimed["response"])


def _links(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.mapping, after.mapping
    for name in sorted(mine.keys() | yours.keys()):
        old, new = context.before.refs.follow(before.child(name)), context.after.refs.follow(after.child(name))
        places = old.use if name in mine else None, new.use if name in yours else None
        place, values = scope.beside(f"link {name}"), {"old": old.value, "new": new.value, "name": name}
        if name not in mine or name not in yours:
            context.emit(place, LinkAdded if name in yours else LinkRemoved, places, **values)
            continue
        compare_beside_references(context, place, old, new)
        compare_link(context, context.into(place, old, new), old, new, name)


def compare_link(context: Context, scope: Scope, before: Node, after: Node, name: str) -> None:
    """Compare two links of one name."""
    sides = [{key: value for key, value in node.mapping.items() if key not in DOCS} for node in (before, after)]
    if not same(*sides):
        values = {"old": before.value, "new": after.value, "name": name}
        context.emit(scope, LinkChanged, (before.pointer, after.pointer), **values)
    leftovers(context, scope, before, after, sides[0].keys() | sides[1].keys())


def compare_headers(context: Context, scope: Scope, before: tuple[Header, ...], after: tuple[Header, ...]) -> None:
    """Pair headers by name, without regard to case (RFC 9110, section 5.1)."""
    mine = {header.name.lower(): header for header in before}
    yours = {header.name.lower(): header for header in after}
    for name in sorted(mine.keys() | yours.keys()):
        old, new = mine.get(name), yours.get(name)
        if old is not None and new is not None:
            compare_header(context, scope.beside(f"header {new.name}"), old, new)
        elif new is not None:
            _header_presence(context, scope, HeaderAdded, new, (None, new.node.use))
        elif old is not None:
            _header_presence(context, scope, HeaderRemoved, old, (old.node.use, None))


def _header_presence(
    context: Context, scope: Scope, kind: type[Change], header: Header, places: tuple[str | None, str | None]
) -> None:
    values: Mapping[str, object] = {"new" if kind is HeaderAdded else "old": header.node.value}
    named: Mapping[str, object] = {"name": header.name, "required": header.required}
    if header.ignored:
        kind, named = KeywordWithoutEffect, {"keyword": header.name}
    context.emit(scope.beside(f"header {header.name}"), kind, places, **values, **named)


def compare_header(context: Context, scope: Scope, before: Header, after: Header) -> None:
    """Compare two response headers of the same name."""
    nodes = before.node, after.node
    compare_beside_references(context, scope, *nodes)
    if _unchanged(context, *nodes):
        return
    scope = context.into(scope, *nodes)
    if before.ignored:
        _ignored(context, scope, before, after)
        return
    if before.required != after.required:
        kind = HeaderBecameRequired if after.required else HeaderBecameOptional
        values = {"old": before.required, "new": after.required, "required": after.required}
        context.emit(scope, kind, _places(nodes, "required"), name=after.name, **values)
    lifecycle(context, scope, *nodes, "header", name=after.name)
    if _content_differs(before, after):
        _other_content(context, scope, before, after, "header")
        leftovers(context, scope, *nodes, context.claimed["header"])
        return
    mine, yours = _schemas(before, after)
    if mine is not None and yours is not None:
        written = before.serialization, after.serialization
        named = {"name": after.name, "place": "header"}
        compare_serialization(context, scope, nodes, written, ParameterSerializationChanged, **named)
    if mine is not None and yours is not None:
        compare_schemas(context, scope.written(Wire.TEXT), mine, yours)
    else:
        _one_sided(context, scope, before.schema, after.schema)
    compare_media_types(context, scope, before.media_types, after.media_types)
    _rest(context, scope, before, after, "header")
