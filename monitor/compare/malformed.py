"""Members whose value is none that OpenAPI allows there (`minLength: "5"`, a number among `parameters`).

Comparators read what they understand and pass over the rest, as most programs that use the document do. That such a
member differs is said all the same: what somebody made of it nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monitor.compare.changes import Unclassified
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import details
from monitor.contract import Node
from monitor.values import JsonObject, JsonValue, join, same

Check = Callable[[JsonValue], bool]


def _flag(value: JsonValue) -> bool:
    return isinstance(value, bool)


def _text(value: JsonValue) -> bool:
    return isinstance(value, str)


def _number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _object(value: JsonValue) -> bool:
    return isinstance(value, dict)


def _array(value: JsonValue) -> bool:
    return isinstance(value, list)


def _schema(value: JsonValue) -> bool:
    return isinstance(value, dict | bool)


def _either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def _list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def _map_of(check: Check) -> Check:
    return lambda value: (
        isinstance(value, dict) and all(check(item) or str(name).startswith("x-") for name, item in value.items())
    )


def _each(names: str, check: Check) -> dict[str, Check]:
    return dict.fromkeys(names.split(), check)


_FORMS: Mapping[str, Mapping[str, Check]] = {
    "schema": {
        **_each("nullable x-nullable deprecated readOnly writeOnly uniqueItems", _flag),
        **_each("minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains", _number),
        **_each("minimum maximum", _number),
        **_each("exclusiveMinimum exclusiveMaximum", _either(_flag, _number)),
        **_each("allOf oneOf anyOf prefixItems", _list_of(_schema)),
        **_each("properties patternProperties dependentSchemas", _map_of(_schema)),
        **_each("additionalProperties contains propertyNames unevaluatedItems unevaluatedProperties", _schema),
        **_each("not if then else", _schema),
        "items": _either(_schema, _list_of(_schema)),
        "enum": _array,
        "type": _either(_text, _list_of(_text)),
        "required": _list_of(_text),
        "dependentRequired": _map_of(_list_of(_text)),
        "discriminator": _either(_object, _text),
        "$ref": _text,
    },
    "parameter": {
        **_each("required deprecated", _flag),
        "schema": _schema,
        "content": _map_of(_object),
        "$ref": _text,
    },
    "header": {
        **_each("required deprecated", _flag),
        "schema": _schema,
        "content": _map_of(_object),
        "$ref": _text,
    },
    "body": {"required": _flag, "content": _map_of(_object), "$ref": _text},
    "media type": {"schema": _schema},
    "response": {
        "content": _map_of(_object),
        "headers": _map_of(_object),
        "links": _map_of(_object),
        "schema": _schema,
        "$ref": _text,
    },
    "operation": {
        "security": _list_of(_map_of(_list_of(_text))),
        "servers": _list_of(_object),
        **_each("consumes produces schemes", _list_of(_text)),
        **_each("responses callbacks", _map_of(_object)),
        "deprecated": _flag,
        "requestBody": _object,
    },
    "path item": {
        **_each("get put post delete options head patch trace query additionalOperations", _object),
        "servers": _list_of(_object),
        "$ref": _text,
    },
    "root": {
        "security": _list_of(_map_of(_list_of(_text))),
        "servers": _list_of(_object),
        **_each("consumes produces schemes", _list_of(_text)),
        **_each("paths parameters responses securityDefinitions", _map_of(_object)),
        "definitions": _map_of(_schema),
        "components": _map_of(_map_of(_schema)),
    },
}
"""By the kind of object: members of which only values of these forms are compared, and any other is passed over."""


def compare_malformed(context: Context, scope: Scope, before: Node, after: Node, kind: str) -> None:
    """Report each member of two objects that differs and whose value, on either side, is of no form that is known."""
    mine, yours = before.mapping, after.mapping
    if mine is yours:
        return
    forms = _FORMS[kind]
    if kind == "root":
        webhooks = (*context.before.webhooks, *context.after.webhooks)
        forms = {**forms, **dict.fromkeys(webhooks, _map_of(_object))}
    if "in" in mine or "in" in yours:  # in Swagger 2.0 a parameter is its own schema, and `required` is the parameter's
        forms = {**forms, "required": _either(_flag, _list_of(_text))}
    for key in sorted(forms.keys() & (mine.keys() | yours.keys())):
        well_formed = all(key not in side or forms[key](side[key]) for side in (mine, yours))
        if not well_formed and not (key in mine and key in yours and same(mine[key], yours[key])):
            _tell(context, scope, key, before, after)


def _tell(context: Context, scope: Scope, key: str, before: Node, after: Node) -> None:
    places = _place(before, key), _place(after, key)
    old, new = before.mapping.get(key), after.mapping.get(key)
    found = details(old, new) if None not in places else ()
    context.emit(scope, Unclassified, places, old=old, new=new, keyword=key, details=found)


def _place(node: Node, key: str) -> str | None:
    members: JsonObject = node.mapping
    return join(node.pointer, key) if key in members else None
