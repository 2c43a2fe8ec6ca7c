"""What stands where in an OpenAPI document: which object a key leads to, and which of them can be components.

A kind with `*` is a list or map whose members are of that kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OTHER: Final = "other"
"""Whatever no table knows: extensions, texts, numbers. A `$ref` in it is replaced by what it names."""
DATA: Final = "data"
"""A value that somebody sends or receives. What looks like a reference in it is data too."""
ROOT: Final = "root"
SCHEMA: Final = "schema"

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_BRANCHES = (
    "properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies", "allOf", "anyOf",
    "oneOf", "prefixItems",
)  # fmt: skip
_SUBSCHEMAS = (
    "items", "not", "if", "then", "else", "contains", "additionalProperties", "additionalItems", "propertyNames",
    "unevaluatedItems", "unevaluatedProperties", "contentSchema",
)  # fmt: skip
_SHAPE = {"schema": SCHEMA, "content": "media type*", "items": SCHEMA, "example": DATA, "examples": "example*"}

_SECTIONS3 = {
    "schemas": SCHEMA, "responses": "response", "parameters": "parameter", "examples": "example",
    "requestBodies": "request body", "headers": "header", "securitySchemes": "security scheme", "links": "link",
    "callbacks": "callback",
}  # fmt: skip
_SECTIONS2 = {"definitions": SCHEMA, "responses": "response", "parameters": "parameter"}

_KINDS: Final[Mapping[str, Mapping[str, str]]] = {
    ROOT: {
        "paths": "path item*", "webhooks": "path item*", "components": "components", "definitions": "schema*",
        "parameters": "parameter*", "responses": "response*", "securityDefinitions": "security scheme*",
    },
    "components": {**{name: f"{kind}*" for name, kind in _SECTIONS3.items()}, "pathItems": "path item*"},
    "path item": {
        **dict.fromkeys(_METHODS, "operation"), "additionalOperations": "operation*", "parameters": "parameter*",
    },
    "operation": {
        "parameters": "parameter*", "requestBody": "request body", "responses": "response*", "callbacks": "callback*",
    },
    "parameter": _SHAPE,
    "header": _SHAPE,
    "request body": {"content": "media type*"},
    # In 2.0 a response has its schema itself, and examples by media type.
    "response": {
        "headers": "header*", "content": "media type*", "links": "link*", "schema": SCHEMA, "examples": "data*",
    },
    "media type": {
        **_SHAPE, "itemSchema": SCHEMA, "encoding": "encoding*", "prefixEncoding": "encoding*",
        "itemEncoding": "encoding",
    },
    "encoding": {
        "headers": "header*", "encoding": "encoding*", "prefixEncoding": "encoding*", "itemEncoding": "encoding",
    },
    "example": {"value": DATA, "dataValue": DATA},
    SCHEMA: {
        **dict.fromkeys(_BRANCHES, "schema*"), **dict.fromkeys(_SUBSCHEMAS, SCHEMA),
        **dict.fromkeys(("example", "default", "const", "enum", "examples"), DATA),
    },
}  # fmt: skip

# Within an extension, such as webhooks under a key of the provider's own, names mean what they mean elsewhere.
_GUESSED: Final[Mapping[str, str]] = {
    **_KINDS["path item"], **_KINDS["operation"], "schema": SCHEMA, "content": "media type*", "headers": "header*",
}  # fmt: skip


def sections(*, swagger: bool) -> Mapping[str, str]:
    """The sections of components, by the kind that they hold: as pointers to them."""
    found = _SECTIONS2 if swagger else _SECTIONS3
    return {kind: f"/{name}" if swagger else f"/components/{name}" for name, kind in found.items()}


def member(kind: str, key: str | int) -> str:
    """The kind of what a key (or an index) of an object of a kind leads to."""
    if kind.endswith("*"):
        extension = isinstance(key, str) and key.startswith("x-") and kind != "schema*"
        return OTHER if extension else kind[:-1]
    if isinstance(key, int):
        return kind if kind == SCHEMA else OTHER  # `items` as a list
    if kind == "callback":
        return OTHER if key.startswith("x-") else "path item"
    if kind == OTHER:
        return _GUESSED.get(key, OTHER)
    return _KINDS.get(kind, {}).get(key, OTHER)
