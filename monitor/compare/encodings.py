"""Encoding Objects: how the parts of a multipart body and the fields of a form are written (OAS 3.0.4, 4.8.15)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from monitor.compare import all_of, messages, wrappers
from monitor.compare.changes import (
    Change,
    KeywordWithoutEffect,
    PartContentTypeChanged,
    PartContentTypeNarrowed,
    PartContentTypeWidened,
    PartSerializationChanged,
)
from monitor.compare.context import Context, Scope
from monitor.compare.keywords import SCALARS
from monitor.compare.leftovers import leftovers
from monitor.compare.media_types import taken_apart, within
from monitor.compare.serialization import compare_serialization
from monitor.contract import Contract, MediaType, Node
from monitor.values import join, same

ENCODINGS: Final = frozenset({"encoding", "prefixEncoding", "itemEncoding"})
"""Members that hold Encoding Objects: of a Media Type Object, and in OAS 3.2 of an Encoding Object too."""

_STYLES: Final = ("style", "explode", "allowReserved")
"""The members that write a value as a query parameter is written (OAS 3.0.4, section 4.8.15.1)."""

_UNDERSTOOD: Final = ENCODINGS | set(_STYLES) | {"contentType", "headers"}
_MULTIPART: Final = "multipart"


class Part(NamedTuple):
    """What is encoded, on one side: the Encoding Object (of value None where there is none) and the schema.

    A Media Type Object is one as well: it holds Encoding Objects and a schema.
    """

    encoding: Node
    schema: Node | None


def compare_encodings(context: Context, scope: Scope, before: MediaType, after: MediaType) -> None:
    """Compare how the parts of two bodies are written; where a body has no parts, Encoding Objects have no effect."""
    names = taken_apart(before.name), taken_apart(after.name)
    if all(name.has_parts for name in names):
        sides = Part(before.node, before.schema), Part(after.node, after.schema)
        _inner(context, scope, sides, names[1].kind)
    else:
        for keyword in sorted(ENCODINGS):
            _without_effect(context, scope, (before.node, after.node), keyword)


def _without_effect(context: Context, scope: Scope, nodes: tuple[Node, Node], keyword: str) -> None:
    old, new = (node.mapping.get(keyword) for node in nodes)
    if not same(old, new):
        context.emit(scope, KeywordWithoutEffect, _places(nodes, keyword), old=old, new=new, keyword=keyword)


def _places(nodes: tuple[Node, Node], keyword: str) -> tuple[str | None, str | None]:
    first, second = (join(node.pointer, keyword) if keyword in node.mapping else None for node in nodes)
    return first, second


def _inner(context: Context, scope: Scope, holders: tuple[Part, Part], kind: str) -> None:
    """Compare the Encoding Objects that two holders have, part by part."""
    named = [holder.encoding.child("encoding") for holder in holders]
    for name in sorted(named[0].mapping.keys() | named[1].mapping.keys()):
        schemas = _property(context.before, holders[0], name), _property(context.after, holders[1], name)
        if schemas == (None, None) and all(holder.schema is not None for holder in holders):
            # It must be the name of a property (OAS 3.0.4, section 4.8.14.1).
            _without_effect(context, scope, (named[0], named[1]), name)
            continue
        _part(context, scope.at(name), (named[0].child(name), named[1].child(name)), schemas, kind)
    listed = [holder.encoding.child("prefixEncoding") for holder in holders]
    for index in range(max(len(node.value) if isinstance(node.value, list) else 0 for node in listed)):
        schemas = _item(holders[0], index), _item(holders[1], index)
        _part(context, scope.at(f"[{index}]"), (listed[0].child(index), listed[1].child(index)), schemas, kind)
    each = holders[0].encoding.child("itemEncoding"), holders[1].encoding.child("itemEncoding")
    _part(context, scope.at("[]"), each, (_item(holders[0]), _item(holders[1])), kind)


def _property(contract: Contract, holder: Part, name: str) -> Node | None:
    if holder.schema is None:
        return None
    for part in all_of.parts(contract, wrappers.unwrap(contract, holder.schema).core):
        if name in part.child("properties").mapping:
            return part.child("properties", name)
    return None


def _item(holder: Part, index: int | None = None) -> Node | None:
    item_schema = holder.encoding.child("itemSchema")
    found = [] if holder.schema is None else [holder.schema.child("items")]
    if holder.schema is not None and index is not None:
        found.insert(0, holder.schema.child("prefixItems", index))
    return next((node for node in (*found, item_schema) if node.value is not None), None)


def _part(
    context: Context, scope: Scope, nodes: tuple[Node, Node], schemas: tuple[Node | None, Node | None], kind: str
) -> None:
    """Compare the Encoding Objects of one part. What is said of a part that came or went is told with the part."""
    if same(nodes[0].value, nodes[1].value) or (schemas[0] is None) != (schemas[1] is None):
        return
    sides = Part(nodes[0], schemas[0]), Part(nodes[1], schemas[1])
    if kind == _MULTIPART:
        _content_type(context, scope, sides)
        _headers(context, scope, nodes)
    else:
        if all(_is_styled(node) for node in nodes):
            _without_effect(context, scope, nodes, "contentType")
        else:
            _content_type(context, scope, sides)
        _without_effect(context, scope, nodes, "headers")
    # In multipart bodies 3.0 ignores it and 3.1 does not; that it counts is the careful reading.
    _styles(context, scope, sides)
    _inner(context, scope, sides, kind)
    leftovers(context, scope, *nodes, _UNDERSTOOD)


# --- contentType -----------------------------------------------------------------------------------------------------


def _content_type(context: Context, scope: Scope, sides: tuple[Part, Part]) -> None:
    stated = [side.encoding.mapping.get("contentType") for side in sides]
    if same(*stated):
        return
    defaults = (
        _default_type(contract, side.schema)
        for contract, side in zip((context.before, context.after), sides, strict=True)
    )
    was, now = (str(said or default) for said, default in zip(stated, defaults, strict=True))
    narrower, wider = _within(now, was), _within(was, now)
    if narrower and wider:
        return
    kind: type[Change] = PartContentTypeNarrowed if narrower else PartContentTypeWidened
    kind = kind if narrower or wider else PartContentTypeChanged
    places = _places((sides[0].encoding, sides[1].encoding), "contentType")
    context.emit(scope, kind, places, old=stated[0], new=stated[1], was=was, now=now)


def _within(special: str, general: str) -> bool:
    """Whether every media type of one list is of one in the other."""
    return all(any(within(each, other) for other in general.split(",")) for each in special.split(","))


def _default_type(contract: Contract, schema: Node | None) -> str:
    """The media type of a part whose Encoding Object states none, by the type of its value (OAS 3.0.4, 4.8.15.1)."""
    core = wrappers.unwrap(contract, schema).core if schema is not None else Node("", {})
    types = contract.dialect.types(core.mapping)
    if types == frozenset({"array"}) and core.mapping.get("items") is not None:
        return _default_type(contract, core.child("items"))
    if types == frozenset({"object"}) or (types is None and {"properties", "allOf"} & core.mapping.keys()):
        return "application/json"
    is_binary = core.mapping.get("format") == "binary" or "contentEncoding" in core.mapping
    return "text/plain" if types and types <= SCALARS and not is_binary else "application/octet-stream"


# --- headers, style --------------------------------------------------------------------------------------------------


def _headers(context: Context, scope: Scope, nodes: tuple[Node, Node]) -> None:
    views = []
    for contract, node in zip((context.before, context.after), nodes, strict=True):
        holder = node.child("headers")
        names = sorted(str(name) for name in holder.mapping)
        found = ((name, contract.refs.follow(holder.child(name))) for name in names)
        views.append(tuple(contract.dialect.header(contract.refs, name, header) for name, header in found))
    messages.compare_headers(context, scope, *views)


def _is_styled(node: Node) -> bool:
    """Whether the value is written as a query parameter is: then `contentType` says nothing (OAS 3.0.4, 4.8.15.1)."""
    return any(keyword in node.mapping for keyword in _STYLES)


def _styles(context: Context, scope: Scope, sides: tuple[Part, Part]) -> None:
    nodes = sides[0].encoding, sides[1].encoding
    if not any(_is_styled(node) for node in nodes):
        return
    flat = all(
        _is_flat(contract, side.schema) for contract, side in zip((context.before, context.after), sides, strict=True)
    )
    if flat or all(_is_styled(node) for node in nodes):
        written = _written(nodes[0]), _written(nodes[1])
        compare_serialization(context, scope, nodes, written, PartSerializationChanged)
        return
    # An object is JSON until a style is stated: whatever that is, it is written otherwise.
    keyword = next(keyword for keyword in _STYLES if any(keyword in node.mapping for node in nodes))
    old, new = (node.mapping.get(keyword) for node in nodes)
    context.emit(scope, PartSerializationChanged, _places(nodes, keyword), old=old, new=new, keyword=keyword)


def _written(node: Node) -> dict[str, Any]:
    style = node.mapping.get("style", "form")
    said = {"style": style, "explode": style == "form", "allowReserved": False}
    return {keyword: node.mapping.get(keyword, default) for keyword, default in said.items()}


def _is_flat(contract: Contract, schema: Node | None) -> bool:
    """Whether a value, or each item of a list, is one text: written as `style: form`, `explode: true` would."""
    return _default_type(contract, schema) == "text/plain"
