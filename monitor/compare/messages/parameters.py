"""Parameters: pairing them, and what each says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monitor.compare.changes import (
    Change,
    DocsChanged,
    KeywordWithoutEffect,
    ParameterAdded,
    ParameterBecameOptional,
    ParameterBecameRequired,
    ParameterPlaceChanged,
    ParameterRemoved,
    ParameterSerializationChanged,
    PathParameterRenamed,
)
from monitor.compare.context import Context, Scope, Wire
from monitor.compare.messages.bodies import compare_media_types
from monitor.compare.messages.fields import (
    compare_other_content,
    compare_rest,
    content_differs,
    schemas_of,
    tell_ignored,
)
from monitor.compare.messages.limits import compare_limits_alone
from monitor.compare.messages.shared import TEMPLATED, one_sided, sent, stated_at, unchanged
from monitor.compare.references import compare_beside_references
from monitor.compare.schemas import compare_schemas, defaults, lifecycle
from monitor.compare.serialization import compare_serialization
from monitor.contract import Node, Operation, Parameter
from monitor.values import same


def compare_parameters(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Pair parameters by name and place, those of the path by their position in the path template."""
    mine = _parameters(context.before.parameters(before), before.ref.path)
    yours = _parameters(context.after.parameters(after), after.ref.path)
    _misnamed(mine, yours)
    _moved(mine, yours)
    direction = sent(after)
    for key, parameter in sorted(mine.items(), key=lambda entry: entry[0]):
        other = yours.get(key)
        place = scope.at(f"{parameter.place} {(other or parameter).name}", direction)
        if other is None:
            _parameter_presence(context, place, ParameterRemoved, parameter, (parameter.node.use, None))
        else:
            compare_beside_references(context, place, parameter.node, other.node)
            if not unchanged(context, parameter.node, other.node):
                compare_parameter(context, place, parameter, other)
    for key, parameter in sorted(yours.items(), key=lambda entry: entry[0]):
        if key not in mine:
            place = scope.at(f"{parameter.place} {parameter.name}", direction)
            _parameter_presence(context, place, ParameterAdded, parameter, (None, parameter.node.use))


def _parameter_presence(
    context: Context, scope: Scope, kind: type[Change], parameter: Parameter, places: tuple[str | None, str | None]
) -> None:
    values: dict[str, Any] = {"old" if places[0] is not None else "new": parameter.node.value}
    if parameter.ignored or parameter.place == "path":
        # Operations are paired with as many parameters in their path templates: it is sent, declared or not.
        context.emit(scope, KeywordWithoutEffect, places, keyword=parameter.name, **values)
        if not parameter.ignored:
            stated = parameter.schema or next((each.schema for each in parameter.media_types), None)
            if stated is not None:
                compare_limits_alone(context, scope.written(Wire.TEXT), stated, gone=kind is ParameterRemoved)
    else:
        named = {"name": parameter.name, "place": parameter.place, "required": parameter.required}
        context.emit(scope, kind, places, **named, **values)


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
    return _corrected(found, path)


def _corrected(found: dict[tuple[str, str], Parameter], path: str) -> dict[tuple[str, str], Parameter]:
    """The parameters; the one of the path that its template does not name has the place that no other has in it."""
    misnamed = [key for key in found if key[0] == "path" and not key[1].startswith("#")]
    named = {parameter.name for key, parameter in found.items() if key[0] == "path"}
    unnamed = [match.start() for match in TEMPLATED.finditer(path) if match[0][1:-1] not in named]
    free = [("path", f"#{path.count('{', 0, start)}") for start in unnamed]
    if len(misnamed) == len(free) == 1:
        found[free[0]] = found.pop(misnamed[0])
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
        tell_ignored(context, scope, before, after)
        return
    if before.required != after.required:
        kind = ParameterBecameRequired if after.required else ParameterBecameOptional
        values = {"old": before.required, "new": after.required, "required": after.required}
        context.emit(scope, kind, stated_at(nodes, "required"), **named, **values)
    elif "path" in (before.place, after.place) and before.place == after.place:
        _idle_requirement(context, scope, nodes)
    if before.place == after.place == "path" and before.name != after.name:
        values = {"old": before.name, "new": after.name}
        context.emit(scope, PathParameterRenamed, stated_at(nodes, "name"), **named, **values)
    if before.place == after.place == "querystring" and before.name != after.name:
        values = {"old": before.name, "new": after.name, "keyword": "name"}
        context.emit(scope, DocsChanged, stated_at(nodes, "name"), **values)
    if before.place != after.place:
        values = {"old": before.place, "new": after.place}
        context.emit(scope, ParameterPlaceChanged, stated_at(nodes, "in"), **named, **values)
    elif before.schema is not None and after.schema is not None:
        written = before.serialization, after.serialization
        compare_serialization(context, scope, nodes, written, ParameterSerializationChanged, **named)
    lifecycle(context, scope, *nodes, "parameter")
    _parameter_schema(context, scope, before, after)
    compare_rest(context, scope, before, after, "parameter")


def _idle_requirement(context: Context, scope: Scope, nodes: tuple[Node, Node]) -> None:
    """`required` of a path parameter is always true (OAS 3.0.4, section 4.8.12.2): leaving it out is a slip."""
    old, new = (node.mapping.get("required") for node in nodes)
    if not same(old, new):
        context.emit(scope, KeywordWithoutEffect, stated_at(nodes, "required"), old=old, new=new, keyword="required")


def _parameter_schema(context: Context, scope: Scope, before: Parameter, after: Parameter) -> None:
    if content_differs(before, after):
        compare_other_content(context, scope, before, after, after.place)
        return
    inside = scope.written(_written(before, after))
    mine, yours = schemas_of(before, after)
    if mine is not None and yours is not None:
        compare_schemas(context, inside, _as_schema(mine), _as_schema(yours))
    else:
        holders = [side.schema or Node(side.node.pointer, {}) for side in (before, after)]
        defaults(context, scope, holders[0], holders[1], "parameter" if inside.wire.optional else "schema")
        one_sided(context, scope, before.schema, after.schema)
    compare_media_types(context, scope, before.media_types, after.media_types)


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
