"""Headers of responses and of the parts of a body."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.compare.changes import (
    Change,
    HeaderAdded,
    HeaderBecameOptional,
    HeaderBecameRequired,
    HeaderRemoved,
    KeywordWithoutEffect,
    ParameterSerializationChanged,
)
from monitor.compare.context import Context, Scope, Wire
from monitor.compare.leftovers import leftovers
from monitor.compare.messages.bodies import compare_media_types
from monitor.compare.messages.fields import (
    compare_other_content,
    compare_rest,
    content_differs,
    schemas_of,
    tell_ignored,
)
from monitor.compare.messages.shared import one_sided, stated_at, unchanged
from monitor.compare.references import compare_beside_references
from monitor.compare.schemas import compare_schemas, lifecycle
from monitor.compare.serialization import compare_serialization
from monitor.contract import Header


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
    if unchanged(context, *nodes):
        return
    scope = context.into(scope, *nodes)
    if before.ignored:
        tell_ignored(context, scope, before, after)
        return
    if before.required != after.required:
        kind = HeaderBecameRequired if after.required else HeaderBecameOptional
        values = {"old": before.required, "new": after.required, "required": after.required}
        context.emit(scope, kind, stated_at(nodes, "required"), name=after.name, **values)
    lifecycle(context, scope, *nodes, "header", name=after.name)
    if content_differs(before, after):
        compare_other_content(context, scope, before, after, "header")
        leftovers(context, scope, *nodes, context.claimed["header"])
        return
    mine, yours = schemas_of(before, after)
    if mine is not None and yours is not None:
        written = before.serialization, after.serialization
        named = {"name": after.name, "place": "header"}
        compare_serialization(context, scope, nodes, written, ParameterSerializationChanged, **named)
    if mine is not None and yours is not None:
        compare_schemas(context, scope.written(Wire.TEXT), mine, yours)
    else:
        one_sided(context, scope, before.schema, after.schema)
    compare_media_types(context, scope, before.media_types, after.media_types)
    compare_rest(context, scope, before, after, "header")
