"""What parameters and headers have in common: a schema or content, words of their own, some that are ignored."""

from __future__ import annotations

from monitor.compare.changes import KeywordWithoutEffect, ParameterSerializationChanged
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import DOCS, leftovers
from monitor.compare.malformed import compare_malformed
from monitor.compare.media_types import within
from monitor.compare.messages.shared import one_sided
from monitor.compare.schemas import compare_schemas
from monitor.contract import Header, Node, Parameter
from monitor.values import join, same


def tell_ignored(context: Context, scope: Scope, before: Parameter | Header, after: Parameter | Header) -> None:
    """Tell of a header that the specification has other means to declare, and ignores, that it differs."""
    mine, yours = before.node, after.node
    if not same(mine.value, yours.value) or context.is_dirty(mine.pointer):
        values = {"old": mine.value, "new": yours.value}
        context.emit(scope, KeywordWithoutEffect, (mine.pointer, yours.pointer), keyword=after.name, **values)


def compare_rest(
    context: Context, scope: Scope, before: Parameter | Header, after: Parameter | Header, kind: str
) -> None:
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


def schemas_of(before: Parameter | Header, after: Parameter | Header) -> tuple[Node | None, Node | None]:
    """The two schemas; of a side that is its own schema without the words, where the other has them apart."""
    if _is_schema(before) == _is_schema(after):
        return before.schema, after.schema
    first, second = (_without_words(side.node) if _is_schema(side) else side.schema for side in (before, after))
    return first, second


def _without_words(node: Node) -> Node:
    members = {key: value for key, value in node.mapping.items() if key == "x-nullable" or not _is_word(key)}
    return Node(node.pointer, members, node.referenced)


def content_differs(before: Parameter | Header, after: Parameter | Header) -> bool:
    """Whether one has `content` and the other a schema, or both have media types that are not akin."""
    if len(before.media_types) == len(after.media_types) == 1:
        mine, yours = before.media_types[0].name, after.media_types[0].name
        return not (within(mine, yours) or within(yours, mine))
    sides = (before, after), (after, before)
    return any(
        one.schema is not None and not one.media_types and other.schema is None and len(other.media_types) == 1
        for one, other in sides
    )


def compare_other_content(
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
        one_sided(context, scope, *schemas)
