"""Schemas and values for the tests of the algebra: our own strategies, which aim at the boundaries keywords draw."""

from __future__ import annotations

import json
from datetime import date, datetime
from itertools import islice
from random import Random
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import jsonschema_rs
from hypothesis import strategies as st

NAMES = ("a", "b", "c")
WORDS = ("", "a", "ab", "red", "green", "abcd", "A1", "2024-01-31", "3fa85f64-5717-4562-b3fc-2c963f66afa6")
NUMBERS = (-2, -1, 0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 10)
SCALARS: tuple[Any, ...] = (None, False, True, *NUMBERS, *WORDS)
PATTERNS = ("^a", "^a+$", "^[a-c]*$", "b", "^(a|ab)$", "^[a-z]{2,3}$", "^.{2}$", r"^\d{4}-\d\d-\d\d$", "^(?!a)")


def _some(**keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keywords)


small = st.integers(0, 3)
numbers = _some(
    minimum=st.sampled_from(NUMBERS),
    maximum=st.sampled_from(NUMBERS),
    exclusiveMinimum=st.sampled_from(NUMBERS),
    exclusiveMaximum=st.sampled_from(NUMBERS),
    multipleOf=st.sampled_from((1, 2, 3, 0.5, 1.5)),
)
texts = _some(
    minLength=small,
    maxLength=small,
    pattern=st.sampled_from(PATTERNS),
    format=st.sampled_from(("date", "uuid", "email")),
)
listed = st.one_of(
    st.builds(lambda value: {"const": value}, st.sampled_from(SCALARS)),
    st.builds(
        lambda values: {"enum": values}, st.lists(st.sampled_from(SCALARS), min_size=1, max_size=4, unique_by=repr)
    ),
)


def _arrays(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _some(
        items=children,
        prefixItems=st.lists(children, min_size=1, max_size=2),
        minItems=small,
        maxItems=small,
        uniqueItems=st.booleans(),
        contains=children,
    )


def _objects(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _some(
        properties=st.dictionaries(st.sampled_from(NAMES), children, min_size=1, max_size=3),
        required=st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
        additionalProperties=st.one_of(st.booleans(), children),
        patternProperties=st.dictionaries(st.sampled_from(("^a", "b")), children, min_size=1, max_size=1),
        minProperties=small,
        maxProperties=small,
        unevaluatedProperties=st.just(False),
        dependentRequired=st.just({"a": ["b"]}),
        propertyNames=st.just({"maxLength": 1}),
    )


def _typed(kind: str, rest: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda typed, keywords: {**({"type": kind} if typed else {}), **keywords}, st.integers(0, 5).map(bool), rest
    )


leaves = st.one_of(
    st.booleans(),
    st.just({}),
    _typed("integer", numbers),
    _typed("number", numbers),
    _typed("string", texts),
    st.sampled_from([{"type": "null"}, {"type": "boolean"}, {"type": ["string", "null"]}]),
    listed,
)


def _larger(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(children, min_size=1, max_size=3)
    plain = st.one_of(_typed("array", _arrays(children)), _typed("object", _objects(children)))
    unions = _some(anyOf=several, oneOf=several, allOf=several)
    nots = st.one_of(
        st.builds(lambda each: {"not": each}, children),
        st.builds(lambda one, two, three: {"if": one, "then": two, "else": three}, children, children, children),
    )
    together = st.builds(lambda one, other: {**one, **other}, plain, unions)
    return st.one_of(plain, unions, together, nots)


def _recursive(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    tree = {"$ref": "#/$defs/Tree"}
    return st.builds(
        lambda value, needs, closed: {
            **tree,
            "$defs": {
                "Tree": {
                    "type": "object",
                    "properties": {"a": value, "b": {"type": "array", "items": tree}, "c": tree},
                    **({"required": needs} if needs else {}),
                    **({"additionalProperties": False} if closed else {}),
                }
            },
        },
        children,
        st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
        st.booleans(),
    )


bodies = st.recursive(leaves, _larger, max_leaves=6)
schemas = st.one_of(bodies, bodies, bodies, _recursive(leaves)).map(
    lambda each: each if isinstance(each, dict) else {"allOf": [each]}
)
"""Plain JSON Schemas, some of them recursive."""


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two schemas, mostly one and what a small edit makes of it: unlike ones say little of the algebra."""
    before = draw(schemas)
    if draw(st.integers(0, 3)) == 0:
        return before, draw(schemas)
    return before, edited(before, Random(draw(st.integers(0, 10_000))), draw(leaves))


def edited(schema: Any, random: Random, fresh: Any) -> Any:
    """A copy with one place changed: a keyword dropped, a number moved, a part replaced."""
    copy = json.loads(json.dumps(schema))
    places = list(_places(copy))
    holder, key = random.choice(places) if places else (None, None)
    if holder is None:
        return copy
    value = holder[key]
    if isinstance(value, bool) or (
        isinstance(value, dict | list) and random.random() < 0.3 and key not in ("$defs", "Tree")
    ):
        if isinstance(holder, dict):
            del holder[key]
    elif isinstance(value, int | float):
        holder[key] = max(0, value + random.choice((-1, 1))) if key != "multipleOf" else value * 2
    elif isinstance(value, dict) and key not in (
        "properties",
        "patternProperties",
        "$defs",
        "Tree",
        "dependentRequired",
        "propertyNames",
    ):
        holder[key] = fresh
    elif isinstance(value, list) and len(value) > 1:
        value.pop(random.randrange(len(value)))
    return copy


def _places(schema: Any) -> Any:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key not in ("$ref", "type", "format", "pattern"):
                yield schema, key
                yield from _places(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _places(value)


def values(before: Any, after: Any, random: Random, number: int = 120) -> list[Any]:
    """Values near the boundaries that both schemas draw."""
    scalars = [*SCALARS]
    for schema in (before, after):
        for holder, key in _places(schema):
            value = holder[key]
            if isinstance(value, int | float) and not isinstance(value, bool):
                scalars += [value, value - 1, value + 1, value + 0.25, value / 2]
                if isinstance(value, int) and 0 <= value < 50:
                    scalars += ["x" * value, "x" * (value + 1), "x" * max(0, value - 1)]
            if key in ("enum", "examples"):
                scalars += value
            if key == "const":
                scalars.append(value)
    return [*scalars, *(_value(scalars, random, 0) for _ in range(number))]


def _value(scalars: list[Any], random: Random, depth: int) -> Any:
    kind = random.randrange(4) if depth < 3 else 0
    if kind == 1:
        return [_value(scalars, random, depth + 1) for _ in range(random.randrange(4))]
    if kind > 1:
        names = random.sample([*NAMES, "d", "ab"], random.randrange(5))
        return {name: _value(scalars, random, depth + 1) for name in names}
    return random.choice(scalars)


def by_rust(schema: Any) -> Any:
    """jsonschema-rs."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid


_CHECKER = jsonschema.FormatChecker(formats=("date", "email", "ipv4", "ipv6", "uuid"))


@_CHECKER.checks("uri", raises=ValueError)
def _uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme and " " not in value)


@_CHECKER.checks("date", raises=ValueError)
def _date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 10 and bool(date.fromisoformat(value)))


@_CHECKER.checks("date-time", raises=ValueError)
def _date_time(value: object) -> bool:
    return not isinstance(value, str) or (value[10:11] in "Tt" and datetime.fromisoformat(value).tzinfo is not None)


def by_python(schema: Any) -> Any:
    """jsonschema, which has nothing in common with the other."""
    return jsonschema.Draft202012Validator(schema, format_checker=_CHECKER).is_valid


__all__ = ["by_python", "by_rust", "edited", "islice", "pairs", "schemas", "values"]
