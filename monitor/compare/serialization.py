"""How values are written as text: `style` and `explode`, `collectionFormat` in 2.0, and what may stand unescaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from monitor.compare.changes import (
    Change,
    KeywordWithoutEffect,
    ParameterSerializationChanged,
    PartSerializationChanged,
    SpellingAllowed,
    SpellingDisallowed,
)
from monitor.compare.context import Context, Scope
from monitor.compare.keywords import SCALARS
from monitor.contract import Node
from monitor.values import JsonValue, join, same

Written = Mapping[str, JsonValue]
"""The members that decide how a value is written, with the defaults of the specification filled in."""

_EXPLODED: Final = ("form", "cookie")
"""The styles whose `explode` is true unless it is stated (OAS 3.0.4, section 4.8.12.2)."""


def compare_serialization(
    context: Context,
    scope: Scope,
    nodes: tuple[Node, Node],
    written: tuple[Written, Written],
    kind: type[Change],
    **named: Any,
) -> None:
    """Compare how two values are written; `kind` is the change to tell, with the facts in `named`.

    Where one side does not say how, as of a 2.0 parameter that is no list, its type tells.
    """
    mine, yours = written
    for keyword in ("allowReserved", "allowEmptyValue"):
        if keyword in mine and keyword in yours:
            compare_spelling(context, scope, nodes, keyword, (mine[keyword], yours[keyword]))
    if "style" not in mine or "style" not in yours or (_form(mine) == _form(yours)):
        return
    if any("collectionFormat" in node.mapping for node in nodes):
        old, new = (node.mapping.get("collectionFormat", "csv") for node in nodes)
        context.emit(
            scope, kind, _places(nodes, "collectionFormat"), old=old, new=new, keyword="collectionFormat", **named
        )
        return
    if not same(mine["style"], yours["style"]):
        _tell(context, scope, nodes, written, kind, "style", named)
        if all(side["explode"] is (side["style"] in _EXPLODED) for side in written):
            return
    if not same(mine["explode"], yours["explode"]):
        single = all(_is_scalar(context, side, node) for side, node in enumerate(nodes))
        if single:
            # One value has nothing to be taken apart.
            kind, named = KeywordWithoutEffect, {}
        _tell(context, scope, nodes, written, kind, "explode", named)


def _form(side: Written) -> tuple[JsonValue, JsonValue]:
    return side["style"], side["explode"]


def _tell(
    context: Context,
    scope: Scope,
    nodes: tuple[Node, Node],
    written: tuple[Written, Written],
    kind: type[Change],
    keyword: str,
    named: Mapping[str, Any],
) -> None:
    values = {"old": written[0][keyword], "new": written[1][keyword], "keyword": keyword}
    context.emit(scope, kind, _places(nodes, keyword), **values, **named)


def compare_spelling(
    context: Context, scope: Scope, nodes: tuple[Node, Node], keyword: str, values: tuple[JsonValue, JsonValue]
) -> None:
    """Compare whether a value may also be written with reserved characters as they are, or as nothing at all."""
    old, new = values
    if old is new:
        return
    kind: type[Change] = SpellingAllowed if new is True else SpellingDisallowed
    if keyword == "allowEmptyValue" and any(node.mapping.get("in", "header") not in _MAY_BE_EMPTY for node in nodes):
        kind = KeywordWithoutEffect
    context.emit(scope, kind, _places(nodes, keyword), old=old, new=new, keyword=keyword)


_MAY_BE_EMPTY: Final = ("query", "formData")
"""Where `allowEmptyValue` counts (OAS 3.0.4, section 4.8.12.2; OAS 2.0, Parameter Object)."""


def _is_scalar(context: Context, side: int, node: Node) -> bool:
    contract = (context.before, context.after)[side]
    schema = contract.refs.follow(node.child("schema")) if "schema" in node.mapping else node
    types = contract.dialect.types(schema.mapping)
    return types is not None and types <= SCALARS


def _places(nodes: tuple[Node, Node], keyword: str) -> tuple[str, str]:
    first, second = (join(node.pointer, keyword) if keyword in node.mapping else node.pointer for node in nodes)
    return first, second


# --- Swagger 2.0, where parameters are their own schemas -------------------------------------------------------------


def compare_own_serialization(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare how a form's field, or the list inside a list, is written where the schema itself says it (OAS 2.0)."""
    if before.mapping.get("in") == after.mapping.get("in") == "formData":
        views = (
            contract.dialect.parameter(contract.refs, node)
            for contract, node in ((context.before, before), (context.after, after))
        )
        mine, yours = (view.serialization if view else {} for view in views)
        compare_serialization(context, scope, (before, after), (mine, yours), PartSerializationChanged)
    elif is_list_inside(scope, before, after):
        old, new = (node.mapping.get("collectionFormat", "csv") for node in (before, after))
        if not same(old, new):
            place, name = scope.where.replace("[]", "").split(" ")[-2:]
            values = {"old": old, "new": new, "keyword": "collectionFormat", "place": place, "name": name}
            places = _places((before, after), "collectionFormat")
            context.emit(scope, ParameterSerializationChanged, places, **values)


def is_list_inside(scope: Scope, *nodes: Node) -> bool:
    """Whether the schemas are Items Objects: what is in a list that is written as text (OAS 2.0, Items Object)."""
    return (
        scope.where.endswith("[]")
        and " " in scope.where
        and scope.wire.is_text
        and not any("in" in node.mapping for node in nodes)
    )
