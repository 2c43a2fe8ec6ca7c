"""Made-up documents: small, with every kind of schema, and odd in places."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import hypothesis.strategies as st

from monitor.values import join

NAMES = st.sampled_from(["id", "name", "colour", "next", "items"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 9), st.sampled_from(["a", "b", "x y", ""]))
REFERENCES = st.sampled_from(["A", "B", "C"]).map(lambda name: {"$ref": f"#/components/schemas/{name}"})


def _leaf():
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "integer", "number", "boolean", "object", "array"]),
            "format": st.sampled_from(["int32", "int64", "date"]),
            "enum": st.lists(SCALARS, min_size=1, max_size=3),
            "minLength": st.integers(0, 5),
            "maximum": st.integers(0, 5),
            "pattern": st.sampled_from(["^a", "b$"]),
            "nullable": st.booleans(),
            "default": SCALARS,
            "description": st.sampled_from(["one", "two"]),
            "x-note": SCALARS,
            "oddity": st.integers(0, 2),
        },
    )


def _node(inner):
    return st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "items": inner,
            "additionalProperties": st.one_of(st.booleans(), inner),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=3),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "readOnly": st.booleans(),
            "deprecated": st.booleans(),
        },
    )


SCHEMAS = st.recursive(st.one_of(_leaf(), REFERENCES), _node, max_leaves=6)
VERSIONS = st.sampled_from(["3.0.3", "3.1.0", "3.2.0"])


@st.composite
def documents(draw, version=None):
    content = {"application/json": {"schema": draw(SCHEMAS)}}
    operation = {
        "parameters": [{"name": "q", "in": "query", "schema": draw(_leaf())}],
        "requestBody": {"content": content},
        "responses": {"200": {"description": "fine", "content": {"application/json": {"schema": draw(SCHEMAS)}}}},
    }
    return {
        "openapi": version or draw(VERSIONS),
        "info": {"title": "t", "version": "1"},
        "paths": {"/a/{id}": {"post": operation}, "/b": {"get": copy.deepcopy(operation)}},
        "components": {"schemas": {name: draw(SCHEMAS) for name in ("A", "B", "C")}},
    }


def places(value: Any, pointer: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Every entry of a document: its holder, its key, its pointer."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(entries):
        yield value, key, join(pointer, key)
        yield from places(inner, join(pointer, key))
