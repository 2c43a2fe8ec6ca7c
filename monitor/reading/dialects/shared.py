"""What the versions of OpenAPI have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from monitor.contract import Node, Operation, References
from monitor.values import JsonObject, JsonValue

ANNOTATIONS = frozenset({"description", "summary", "example", "examples", "externalDocs"})
"""Members that only people read."""

SCHEMA_CLAIMED = frozenset(
    {
        "type", "nullable", "x-nullable", "format", "enum", "const", "default", "deprecated", "readOnly", "writeOnly",
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
        "items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems", "unevaluatedItems",
        "properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties",
        "maxProperties", "dependentSchemas", "unevaluatedProperties", "allOf", "oneOf", "anyOf", "then", "else", "$ref",
    }
)  # fmt: skip
"""Schema keywords that comparators understand, in any version."""

Bounded = tuple[float, bool, str]


def is_number(value: JsonValue) -> bool:
    """Whether a JSON value is a number (a boolean is none)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def merged_parameters(
    refs: References, operation: Operation, keep: Callable[[JsonObject], bool]
) -> Iterator[tuple[str, str, Node]]:
    """Name, place and node of each parameter that `keep` accepts: the path's first, overridden by the operation's.

    A parameter is identified by name and place (OAS 3.0.4, section 4.8.9.1); without both it is passed over.
    """
    found: dict[tuple[str, str], Node] = {}
    for holder in (operation.path_item, Node(operation.pointer, operation.node)):
        listed = holder.child("parameters")
        for index in range(len(listed.value) if isinstance(listed.value, list) else 0):
            node = refs.follow(listed.child(index))
            name, place = node.mapping.get("name"), node.mapping.get("in")
            if isinstance(name, str) and isinstance(place, str) and keep(node.mapping):
                found[name, place] = node
    for (name, place), node in found.items():
        yield name, place, node


def type_names(schema: JsonObject) -> frozenset[str] | None:
    """The names under `type`, `null` left out; None where any type goes, nothing where only `null` does."""
    stated = schema.get("type")
    if isinstance(stated, str):
        return frozenset({stated}) - {"null"}
    if isinstance(stated, list):
        return frozenset(name for name in stated if isinstance(name, str) and name != "null")
    return None


def null_stated(schema: JsonObject) -> bool:
    """Whether `nullable: true` or `null` among the types is stated; either is understood in every version."""
    stated = schema.get("type")
    return schema.get("nullable") is True or stated == "null" or (isinstance(stated, list) and "null" in stated)


def boolean_bound(schema: JsonObject, keyword: str, exclusive: str) -> Bounded | None:
    """A bound in the spelling of JSON Schema Draft 4, where `exclusiveMinimum: true` qualifies `minimum`."""
    value = schema.get(keyword)
    if not is_number(value):
        return numeric_bound(schema, keyword, exclusive, tighter=max) if is_number(schema.get(exclusive)) else None
    excluded = schema.get(exclusive) is True
    return float_or_int(value), excluded, exclusive if excluded else keyword


def numeric_bound(
    schema: JsonObject, keyword: str, exclusive: str, *, tighter: Callable[[float, float], float]
) -> Bounded | None:
    """A bound in the spelling of JSON Schema 2020-12, where both keywords are numbers and the tighter one counts."""
    found = [
        (float_or_int(schema[name]), name == exclusive, name)
        for name in (exclusive, keyword)
        if is_number(schema.get(name))
    ]
    if not found:
        return boolean_bound(schema, keyword, exclusive) if schema.get(exclusive) is True else None
    best = found[0][0] if len(found) == 1 else tighter(found[0][0], found[1][0])
    return next(bound for bound in found if bound[0] == best)


def float_or_int(value: JsonValue) -> float:
    """The number as it is; integers of any size compare exactly with floats in Python."""
    assert isinstance(value, int | float)
    return value
