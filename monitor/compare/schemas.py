"""Two schemas: what differs between the sets of values that they accept.

A schema is first unwrapped: `$ref`s are followed, `allOf` with one member and nullable wrappers are taken off, so that
the ways of writing the same thing compare as the same thing. A pair that a `$ref` led to is compared once, in a frame
of its own.
"""

from __future__ import annotations

from typing import Any

from monitor.compare import all_of, applicators, discriminators, keywords, objects, texts, unions, wrappers
from monitor.compare.changes import (
    BecameNonNullable,
    BecameNullable,
    DefaultAdded,
    DefaultChanged,
    DefaultRemoved,
    ElementDeprecated,
    ElementUndeprecated,
    KeywordWithoutEffect,
    TypeChanged,
)
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import leftovers
from monitor.compare.wrappers import Unwrapped, is_null
from monitor.contract import Contract, Node
from monitor.values import join, same

_PARAMETER_MEMBERS = frozenset({"name", "in", "collectionFormat", "allowEmptyValue"})
"""In Swagger 2.0 a parameter is its own schema; these members are the parameter's."""


def compare_schemas(
    context: Context, scope: Scope, before: Node, after: Node, *, of_property: bool = False, null_told: bool = False
) -> None:
    """Compare two schemas as they are used in one place.

    `of_property`: their `readOnly` marks are told already; `null_told`: whether they accept `null` is.
    """
    mine, yours = wrappers.unwrap(context.before, before), wrappers.unwrap(context.after, after)
    if not of_property:
        _idle_marks(context, scope, mine, yours)
    if mine.layers or yours.layers:
        _annotations(context, scope, mine.annotations, yours.annotations)
        unions.compare_nulls(context, scope, mine.nulls, yours.nulls)
    if null_told:
        mine.nullable = yours.nullable = True
    if mine.core.referenced or yours.core.referenced:
        _refer(context, scope, (before, after), (mine, yours))
    else:
        compare_cores(context, scope, mine.core, yours.core, nullable=(mine.nullable, yours.nullable))


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
    own = _accepts_null(context.before, sides[0].core), _accepts_null(context.after, sides[1].core)
    accepts = sides[0].nullable or own[0], sides[1].nullable or own[1]
    wrapped = sides[0].nullable or sides[1].nullable
    if wrapped and accepts[0] != accepts[1]:
        kind = BecameNullable if accepts[1] else BecameNonNullable
        context.emit(scope, kind, (places[0].pointer, places[1].pointer))
    # What a definition says of `null` is nothing to those who let `null` in themselves: it is told here, not there.
    context.refer(scope, sides[0].core, sides[1].core, null_told=wrapped and own[0] != own[1])


def _accepts_null(contract: Contract, node: Node) -> bool:
    mapping = _as_mapping(node)
    return _nullable(contract, mapping) or _anything(contract, mapping)


def _nullable(contract: Contract, node: Node) -> bool:
    value = node.mapping
    if contract.dialect.nullable(value):
        return True
    return any(
        is_null(contract, branch) for keyword in ("oneOf", "anyOf") for branch in unions.branches(node.child(keyword))
    )


def compare_cores(
    context: Context, scope: Scope, before: Node, after: Node, *, nullable: tuple[bool, bool] = (False, False)
) -> None:
    """Compare two schemas without wrappers, keyword by keyword. `nullable`: what their wrappers said."""
    if not scope.first_time("schema", before, after):
        return
    context.budget.spend()
    mine, yours = _as_mapping(before), _as_mapping(after)
    had_null = nullable[0] or _nullable(context.before, mine)
    has_null = nullable[1] or _nullable(context.after, yours)
    if had_null != has_null and not _anything(
        context.before if has_null else context.after, mine if has_null else yours
    ):
        context.emit(scope, BecameNullable if has_null else BecameNonNullable, (before.pointer, after.pointer))
    if unions.transition(context, scope, mine, yours) or _is_other_type(context, scope, mine, yours):
        _annotations(context, scope, _annotations_of(mine), _annotations_of(yours))
        return
    if _is_union(mine) != _is_union(yours):
        mine, yours = _without_bare(context.before, mine), _without_bare(context.after, yours)
    null = had_null or has_null
    if "allOf" in mine.mapping or "allOf" in yours.mapping:
        mine, yours = all_of.compare_all_of(context, scope, mine, yours, null=null)
    else:
        objects.compare_objects(context, scope, objects.plain(mine), objects.plain(yours))
    compare_part(context, scope, mine, yours, null=null)


def _is_union(node: Node) -> bool:
    return any(keyword in node.mapping for keyword in unions.UNIONS)


def _without_bare(contract: Contract, node: Node) -> Node:
    """A schema without a union of nothing but types, which is compared as the list of types that it is."""
    if unions.bare_types(contract, node) is None:
        return node
    return Node(node.pointer, {key: value for key, value in node.mapping.items() if key not in unions.UNIONS})


def _is_other_type(context: Context, scope: Scope, before: Node, after: Node) -> bool:
    """Tell a type that differs; whether that says all there is to say of the two schemas."""
    types = [all_of.types(contract, node) for contract, node in ((context.before, before), (context.after, after))]
    if _is_union(before) != _is_union(after):
        bare = unions.bare_types(context.before, before), unions.bare_types(context.after, after)
        types = [own if listed is None else listed for own, listed in zip(types, bare, strict=True)]
    if texts.one_or_list(context, scope, before, after, (types[0], types[1])):
        return True
    return keywords.compare_types(context, scope, before, after, *types) is TypeChanged


def compare_part(context: Context, scope: Scope, before: Node, after: Node, *, null: bool = False) -> None:
    """Compare everything but types, properties and `allOf`: what each member of an `allOf` says for itself."""
    keywords.compare_values(context, scope, before, after, null=null)
    applicators.compare_applicators(context, scope, before, after)
    _annotations(context, scope, before, after)


def _as_mapping(node: Node) -> Node:
    """A boolean schema as an object: `true` is `{}`, `false` is `{"not": {}}` (JSON Schema 2020-12, 4.3.2)."""
    if node.value is False:
        return Node(node.pointer, {"not": {}}, node.referenced)
    return node if isinstance(node.value, dict) else Node(node.pointer, {}, node.referenced)


def _anything(contract: Contract, node: Node) -> bool:
    """Whether a schema names no type and no list, so that `null` was accepted all along."""
    value = node.mapping
    typed = contract.dialect.types(value) is not None or any(
        key in value for key in ("enum", "const", "oneOf", "anyOf")
    )
    return not typed and "allOf" not in value


def _annotations_of(node: Node) -> Node:
    return Node(node.pointer, {key: value for key, value in node.mapping.items() if not wrappers.structural(key)})


def _annotations(context: Context, scope: Scope, before: Node, after: Node) -> None:
    lifecycle(context, scope, before, after, "schema")
    discriminators.compare_discriminators(context, scope, before, after)
    defaults(context, scope, before, after, "parameter" if scope.wire.optional else "schema")
    claimed = context.claimed["schema"]
    leftovers(context, scope, before, after, claimed | _PARAMETER_MEMBERS if "in" in before.mapping else claimed)


def lifecycle(context: Context, scope: Scope, before: Node, after: Node, subject: str) -> None:
    """`deprecated: true` came or went on a schema, property, parameter or header."""
    was, now = before.mapping.get("deprecated") is True, after.mapping.get("deprecated") is True
    if was == now:
        return
    kind = ElementDeprecated if now else ElementUndeprecated
    places = join(before.pointer, "deprecated") if was else None, join(after.pointer, "deprecated") if now else None
    name = scope.where.rpartition(" > ")[2] or (context.after.component_name(after.pointer) or "")
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
