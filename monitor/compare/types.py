"""Types: those that a schema accepts, whichever of its keywords says so, and the keywords that say nothing of them."""

from __future__ import annotations

from typing import Final

from monitor.compare import all_of, keywords
from monitor.compare.changes import KeywordWithoutEffect
from monitor.compare.context import Context, Scope, Wire
from monitor.compare.keywords import Types
from monitor.compare.statements import Statements
from monitor.contract import Contract, Node
from monitor.values import JsonValue, join, same

_BY_TYPE: Final = {
    "string": ("minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType", "contentSchema"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": (
        "items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems",
        "unevaluatedItems",
    ),
    "object": (
        "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties",
        "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties",
    ),
}  # fmt: skip
"""The only type that a keyword says something of (JSON Schema 2020-12, 4.3.1; `format` says it of the format)."""

OF_SCALARS: Final = frozenset({*_BY_TYPE["string"], *_BY_TYPE["number"], "enum", "const", "format"})
"""Keywords that say something of single values."""

_TYPE_OF: Final = {keyword: name for name, listed in _BY_TYPE.items() for keyword in listed}


def accepted(contract: Contract, node: Node, stated: Types) -> Types:
    """The types of the values that a schema lists, as far as `stated` lets them in; `stated` where it lists none."""
    values = listed(contract, node)
    if values is None:
        return stated
    of_values = frozenset(name for value in values if (name := type_of(value)) is not None)
    found = keywords.narrower(of_values, stated)
    # Where `type` lets in none of the listed values (`type: string, enum: [1]`) the list was written carelessly.
    return found if found or not of_values else stated


def listed(contract: Contract, node: Node) -> list[JsonValue] | None:
    """The values of the first `enum` or `const` of a schema or a member of its `allOf`; None where there is none."""
    for part in all_of.parts(contract, node) if "allOf" in node.mapping else (node,):
        members = part.mapping
        if "const" in members:
            return [members["const"]]
        if isinstance(members.get("enum"), list):
            values: list[JsonValue] = members["enum"]
            return values
    return None


def type_of(value: JsonValue) -> str | None:
    """The narrowest type that a value is of; None for `null` (JSON Schema 2020-12, 4.2.3: `1.0` is an integer)."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if isinstance(value, int) or value.is_integer() else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else None


def shared(before: Types, after: Types, wire: Wire) -> Types:
    """The types that values may be of on both sides: what else differs of them, their own keywords tell."""
    if wire.is_text and before != after:
        return None  # a text is a number there
    return keywords.narrower(before, after)


def without_idle(
    context: Context, scope: Scope, before: Node, after: Node, stated: tuple[Types, Types]
) -> tuple[Node, Node]:
    """The two schemas without the keywords of types that went or came: what they said is told with the type.

    Where the types are the same every keyword is compared: by the letter `maxLength` decides nothing of an integer, but
    whoever bounds one so means something by it.
    """
    both = shared(*stated, scope.wire)
    if stated[0] == stated[1] or both is None or isinstance(before, Statements) or isinstance(after, Statements):
        return before, after
    keys = sorted(str(key) for key in before.mapping.keys() | after.mapping.keys())
    idle = [key for key in keys if _has_type(key, stated) and not _has_type(key, (both,))]
    if any(isinstance(node.mapping.get("required"), bool) for node in (before, after)):
        idle = [key for key in idle if key != "required"]  # the parameter's, in Swagger 2.0
    for key in idle:
        if not same(before.mapping.get(key), after.mapping.get(key)):
            places = [join(node.pointer, key) if key in node.mapping else None for node in (before, after)]
            values = {"old": before.mapping.get(key), "new": after.mapping.get(key)}
            context.emit(scope, KeywordWithoutEffect, (places[0], places[1]), keyword=key, **values)
    return (before.without(idle), after.without(idle)) if idle else (before, after)


def _has_type(keyword: str, sides: tuple[Types, ...]) -> bool:
    """Whether one of these lets in values of the type that a keyword says something of."""
    name = _TYPE_OF.get(keyword)
    if name is None:
        return False
    return any(types is None or name in types or (name == "number" and "integer" in types) for types in sides)
