"""XML Objects: how the values of a schema are written where a body is XML (OAS 3.0.4, section 4.8.26)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from monitor.compare.changes import (
    Change,
    KeywordWithoutEffect,
    XmlNameChanged,
    XmlNamespaceChanged,
    XmlNodeChanged,
    XmlSpellingChanged,
)
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import leftovers
from monitor.contract import Contract, Node, target_of
from monitor.values import join, same
from monitor.values.pointer import parse

_NODE_KEYWORDS: Final = ("nodeType", "attribute", "wrapped")
_NAME_KEYWORDS: Final = ("name", "namespace", "prefix")
_UNDERSTOOD: Final = frozenset({*_NODE_KEYWORDS, *_NAME_KEYWORDS})
_CHARACTERS: Final = frozenset({"text", "cdata"})
"""Nodes that are characters alone; who reads XML is not told which of the two they were."""

_WORDS: Final = {
    "element": "an element",
    "attribute": "an attribute",
    "text": "text",
    "cdata": "a CDATA section",
    "none": "its content alone",
    "wrapped": "an element around its items",
}
_CHANGES: Final = (XmlNameChanged, XmlNamespaceChanged, XmlNodeChanged, XmlSpellingChanged)


def compare_xml(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare what two schemas say of XML; where none is written it has no effect, and is told as such."""
    mine, yours = before.child("xml"), after.child("xml")
    if same(mine.value, yours.value):
        return
    if not all(node.value is None or isinstance(node.value, dict) for node in (mine, yours)):
        leftovers(context, scope, before, after, (before.mapping.keys() | after.mapping.keys()) - {"xml"})
    elif not scope.wire.has_xml:
        _without_effect(context, scope, mine, yours)
    else:
        nodes = _node_type(before), _node_type(after)
        _node(context, scope, (mine, yours), nodes)
        _names(context, scope, (before, after), nodes)
        leftovers(context, scope, mine, yours, _UNDERSTOOD)


def _without_effect(context: Context, scope: Scope, mine: Node, yours: Node, keyword: str = "xml") -> None:
    places = (mine.pointer if mine.value is not None else None), (yours.pointer if yours.value is not None else None)
    context.emit(scope, KeywordWithoutEffect, places, old=mine.value, new=yours.value, keyword=keyword)


def _node_type(schema: Node) -> str:
    """The `nodeType` in the words of OAS 3.2 (section 4.26.2), whichever version says it; `wrapped` where it cannot be
    told that the schema is a list."""
    members, listed = schema.child("xml").mapping, _is_list(schema)
    stated = members.get("nodeType")
    if isinstance(stated, str):
        return "wrapped" if listed and stated == "element" else stated
    if members.get("attribute") is True:
        return "attribute"
    if listed is False:
        return "element"
    return "wrapped" if members.get("wrapped") is True else "none" if listed else "element"


def _is_list(schema: Node) -> bool | None:
    """Whether the schema is one of arrays; None where it does not say: beside a `$ref` others do."""
    stated = schema.mapping.get("type")
    if stated is None:
        return True if "items" in schema.mapping else None
    return "array" in stated if isinstance(stated, list) else stated == "array"


def _node(context: Context, scope: Scope, sides: tuple[Node, Node], nodes: tuple[str, str]) -> None:
    mine, yours = sides
    if nodes[0] != nodes[1]:
        keyword = next(key for key in _NODE_KEYWORDS if not same(mine.mapping.get(key), yours.mapping.get(key)))
        places, values = _places(sides, keyword), _values(sides, keyword)
        if set(nodes) == _CHARACTERS:
            context.emit(scope, XmlSpellingChanged, places, keyword=keyword, **values)
        else:
            unwrapped = _WORDS["none"] if "wrapped" in nodes else _WORDS["element"]
            was, now = (unwrapped if node == "element" else _WORDS.get(node, node) for node in nodes)
            context.emit(scope, XmlNodeChanged, places, was=was, now=now, **values)
    elif (mine.mapping.get("wrapped") is True) != (yours.mapping.get("wrapped") is True) and not any(
        "nodeType" in side.mapping for side in sides
    ):
        # `wrapped` of what is no list.
        _without_effect(context, scope, mine.child("wrapped"), yours.child("wrapped"), "wrapped")


def _names(context: Context, scope: Scope, schemas: tuple[Node, Node], nodes: tuple[str, str]) -> None:
    sides = schemas[0].child("xml"), schemas[1].child("xml")
    implied = _implied_name(context, scope, schemas[1])
    nameless = all(node in ("none", *_CHARACTERS) for node in nodes)
    for keyword in _NAME_KEYWORDS:
        old, new = (side.mapping.get(keyword) for side in sides)
        if same(old, new):
            continue
        if nameless:
            _without_effect(context, scope, sides[0].child(keyword), sides[1].child(keyword), keyword)
            continue
        if keyword == "prefix":
            values = {"keyword": keyword, **_values(sides, keyword)}
            context.emit(scope, XmlSpellingChanged, _places(sides, keyword), **values)
            continue
        kind: type[Change] = XmlNameChanged if keyword == "name" else XmlNamespaceChanged
        if keyword == "name":
            old, new = (implied if value is None else value for value in (old, new))
        if not same(old, new):
            context.emit(scope, kind, _places(sides, keyword), old=old, new=new)


def _implied_name(context: Context, scope: Scope, schema: Node) -> str | None:
    """The name of the element where none is stated: the property's, the list's for its items, else the component's."""
    step = scope.where.rpartition(" > ")[2]
    if step:
        return None if scope.frame.operation is not None and step == scope.where else step.removesuffix("[]")
    pointer = schema.pointer
    return context.after.component_name(pointer) if len(parse(pointer)) <= _DEEPEST_COMPONENT else None


def compare_root_names(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare the names of two root elements that no XML Object states: they are those of the components."""
    found = [_root_name(contract, schema) for contract, schema in ((context.before, before), (context.after, after))]
    if None not in found and found[0] != found[1]:
        context.emit(scope, XmlNameChanged, (before.pointer, after.pointer), old=found[0], new=found[1])


def _root_name(contract: Contract, schema: Node) -> str | None:
    """The component that a schema refers to, where it names its root element (OAS 3.2, section 4.26.3)."""
    if target_of(schema.value) is None or "xml" in schema.mapping:
        return None
    target = contract.refs.follow(schema)
    is_named = "name" in target.child("xml").mapping or target_of(target.value) is not None or _is_list(target)
    return None if is_named else contract.component_name(target.pointer)


_DEEPEST_COMPONENT: Final = 3
"""`/components/schemas/Thing`: the pointer of a component has three tokens at most."""


def _places(sides: tuple[Node, Node], keyword: str) -> tuple[str | None, str | None]:
    first, second = (join(side.pointer, keyword) if keyword in side.mapping else None for side in sides)
    return first, second


def _values(sides: tuple[Node, Node], keyword: str) -> dict[str, Any]:
    return {"old": sides[0].mapping.get(keyword), "new": sides[1].mapping.get(keyword)}


def without_echoes(changes: Iterable[Change]) -> list[Change]:
    """The changes without those that say of XML Objects that they have no effect in JSON, where they have one in XML.

    A schema that is met in both is compared for each; the edit is one, and hurts those who read XML alone.
    """
    found = list(changes)
    told = {place for change in found if isinstance(change, _CHANGES) for place in _above(change)}
    if not told:
        return found
    return [change for change in found if not (_is_echo(change) and told & {*_both(change)})]


def _is_echo(change: Change) -> bool:
    return isinstance(change, KeywordWithoutEffect) and change.keyword == "xml"


def _both(change: Change) -> list[str]:
    return [place for place in (change.location.before, change.location.after) if place is not None]


def _above(change: Change) -> list[str]:
    """The XML Objects in which a change stands."""
    return [place.rpartition("/")[0] for place in _both(change)]
