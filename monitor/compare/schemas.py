"""Two schemas: what differs between the sets of values that they accept.

A schema is first unwrapped: `$ref`s are followed, `allOf` with one member and nullable wrappers are taken off, so that
the ways of writing the same thing compare as the same thing. A pair that a `$ref` led to is compared once, in a frame
of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from monitor.compare import keywords, objects, unions
from monitor.compare.changes import (
    BecameNonNullable,
    BecameNullable,
    DefaultAdded,
    DefaultChanged,
    DefaultRemoved,
    ElementDeprecated,
    ElementUndeprecated,
    ItemsAdded,
    ItemsRemoved,
    TypeChanged,
)
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import DOCS, leftovers
from monitor.contract import Contract, Node, target_of
from monitor.errors import ReferenceUnresolved
from monitor.values import JsonObject, join, same

ANNOTATIONS = DOCS | {
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "nullable",
    "x-nullable",
    "xml",
    "discriminator",
}
"""Schema keywords that do not by themselves decide which values are accepted."""

_PARAMETER_MEMBERS = frozenset({"name", "in", "collectionFormat", "allowEmptyValue"})
"""In Swagger 2.0 a parameter is its own schema; these members are the parameter's."""

_COVARIANT = ("contains", "propertyNames", "then", "else", "unevaluatedItems", "unevaluatedProperties")
"""Keywords with one schema that values, or parts of them, must fit: a narrower schema narrows the whole."""


@dataclass(slots=True)
class Unwrapped:
    """A schema without its wrappers; `layers` are the wrappers' own members, outermost first."""

    core: Node
    layers: list[Node] = field(default_factory=list)
    nullable: bool = False

    @property
    def annotations(self) -> Node:
        """The members of the wrappers together, the outermost winning."""
        merged: JsonObject = {}
        for layer in reversed(self.layers):
            merged.update(layer.mapping)
        return Node(self.layers[0].pointer if self.layers else self.core.pointer, merged)


def is_null(contract: Contract, node: Node) -> bool:
    """Whether a schema accepts `null` alone."""
    value = contract.refs.follow(node).mapping
    return value.get("type") in ("null", ["null"]) or value.get("enum") == [None] or value.get("const", 0) is None


def unwrap(contract: Contract, node: Node) -> Unwrapped:
    """Take off what does not change the accepted values; `null` that a wrapper lets in is noted."""
    found = Unwrapped(node)
    seen: set[str] = set()
    while isinstance(found.core.value, dict) and found.core.pointer not in seen:
        seen.add(found.core.pointer)
        inner = _reference(contract, found) if target_of(found.core.value) is not None else _wrapped(contract, found)
        if inner is None:
            break
        found.core = inner
    return found


def _reference(contract: Contract, found: Unwrapped) -> Node | None:
    value = found.core.value
    siblings = {key: member for key, member in value.items() if key != "$ref"}
    if contract.dialect.ref_siblings and any(structural(key) for key in siblings):
        parts = [{"$ref": value["$ref"]}, *siblings.get("allOf", [])]
        return Node(found.core.pointer, {**siblings, "allOf": parts}, found.core.referenced)
    try:
        target = contract.refs.hop(value["$ref"])
    except ReferenceUnresolved:
        return None
    if siblings:
        found.layers.append(Node(found.core.pointer, siblings))
    return target


def structural(key: str) -> bool:
    """Whether a keyword takes part in deciding which values are accepted."""
    return key not in ANNOTATIONS and not key.startswith("x-")


def _wrapped(contract: Contract, found: Unwrapped) -> Node | None:
    """The only branch of an `allOf`, `oneOf` or `anyOf` that says everything; None where the schema is no wrapper."""
    value, referenced = found.core.value, found.core.referenced
    saying = [key for key in value if structural(key)]
    if len(saying) != 1 or saying[0] not in ("allOf", "oneOf", "anyOf"):
        return None
    keyword = saying[0]
    branches = found.core.child(keyword)
    if not isinstance(branches.value, list) or "discriminator" in value:
        return None
    nodes = [branches.child(index) for index in range(len(branches.value))]
    rest = nodes if keyword == "allOf" else [node for node in nodes if not is_null(contract, node)]
    if len(rest) != 1:
        return None
    found.nullable = found.nullable or len(rest) < len(nodes) or value.get("nullable") is True
    found.layers.append(Node(found.core.pointer, {key: member for key, member in value.items() if key != keyword}))
    return Node(rest[0].pointer, rest[0].value, referenced)


def compare_schemas(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare two schemas as they are used in one place."""
    mine, yours = unwrap(context.before, before), unwrap(context.after, after)
    if mine.layers or yours.layers:
        _annotations(context, scope, mine.annotations, yours.annotations)
    if not (mine.core.referenced or yours.core.referenced):
        compare_cores(context, scope, mine.core, yours.core, nullable=(mine.nullable, yours.nullable))
        return
    accepts = [side.nullable or _nullable(contract, side.core) for contract, side in _sides(context, mine, yours)]
    if mine.nullable != yours.nullable and accepts[0] != accepts[1]:
        kind = BecameNullable if accepts[1] else BecameNonNullable
        context.emit(scope, kind, (before.pointer, after.pointer))
    context.refer(scope, mine.core, yours.core)


def _sides(context: Context, mine: Unwrapped, yours: Unwrapped) -> tuple[tuple[Contract, Unwrapped], ...]:
    return (context.before, mine), (context.after, yours)


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
    if "allOf" in mine.mapping or "allOf" in yours.mapping:
        unions.compare_all_of(context, scope, mine, yours)
    else:
        objects.compare_objects(context, scope, objects.plain(mine), objects.plain(yours))
    compare_part(context, scope, mine, yours, null=had_null or has_null)


def _is_other_type(context: Context, scope: Scope, before: Node, after: Node) -> bool:
    types = unions.types(context.before, before), unions.types(context.after, after)
    return keywords.compare_types(context, scope, before, after, *types) is TypeChanged


def compare_part(context: Context, scope: Scope, before: Node, after: Node, *, null: bool = False) -> None:
    """Compare everything but types, properties and `allOf`: what each member of an `allOf` says for itself."""
    keywords.compare_values(context, scope, before, after, null=null)
    _applicators(context, scope, before, after)
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
    return Node(node.pointer, {key: value for key, value in node.mapping.items() if not structural(key)})


def _annotations(context: Context, scope: Scope, before: Node, after: Node) -> None:
    lifecycle(context, scope, before, after, "schema")
    defaults(context, scope, before, after, "schema")
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


def _applicators(context: Context, scope: Scope, before: Node, after: Node) -> None:
    unions.compare_unions(context, scope, before, after)
    _items(context, scope, before, after)
    for keyword in _COVARIANT:
        _one_schema(context, scope, before.child(keyword), after.child(keyword), keyword)
    _prefix_items(context, scope, before, after)
    for keyword in ("patternProperties", "dependentSchemas"):
        _many_schemas(context, scope, before.child(keyword), after.child(keyword), keyword)


def _is_schema(node: Node) -> bool:
    return isinstance(node.value, dict | bool)


def _items(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.child("items"), after.child("items")
    if isinstance(mine.value, list) or isinstance(yours.value, list):
        # The tuple form of JSON Schema before 2020-12; not part of any OpenAPI version.
        leftovers(context, scope, _only(before, "items"), _only(after, "items"), ())
    elif _is_schema(mine) and _is_schema(yours):
        compare_schemas(context, scope.at("[]"), mine, yours)
    elif _is_schema(yours) and yours.value not in (True, {}):
        context.emit(scope.at("[]"), ItemsAdded, (None, yours.pointer), new=yours.value)
    elif _is_schema(mine) and mine.value not in (True, {}):
        context.emit(scope.at("[]"), ItemsRemoved, (mine.pointer, None), old=mine.value)


def _only(node: Node, keyword: str) -> Node:
    return Node(node.pointer, {keyword: node.mapping[keyword]} if keyword in node.mapping else {})


def _one_schema(context: Context, scope: Scope, before: Node, after: Node, keyword: str) -> None:
    if _is_schema(before) and _is_schema(after):
        compare_schemas(context, scope.at(f"({keyword})"), before, after)
    elif before.value is not None or after.value is not None:
        _leftover_pair(context, scope, before, after)


def _many_schemas(context: Context, scope: Scope, before: Node, after: Node, keyword: str) -> None:
    mine, yours = before.mapping, after.mapping
    for name in sorted(mine.keys() & yours.keys()):
        _one_schema(context, scope.at(f"({name})"), before.child(name), after.child(name), keyword)
    for name in sorted(mine.keys() ^ yours.keys()):
        _leftover_pair(context, scope, before.child(name), after.child(name))


def _prefix_items(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.child("prefixItems"), after.child("prefixItems")
    lengths = [len(node.value) if isinstance(node.value, list) else 0 for node in (mine, yours)]
    for index in range(max(lengths)):
        _one_schema(context, scope.at(f"[{index}]"), mine.child(index), yours.child(index), "prefixItems")


def _leftover_pair(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Report a keyword of which one side is missing, or is no schema."""
    holders = []
    for node in (before, after):
        holder, _, token = node.pointer.rpartition("/")
        holders.append(Node(holder, {} if node.value is None else {token: node.value}))
    leftovers(context, scope, holders[0], holders[1], ())
