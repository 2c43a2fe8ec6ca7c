"""Properties of every comparison: silence on what is equal, the same result at every run, no difference dropped."""

from __future__ import annotations

import copy
import json
import random

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from monitor.compare import compare
from monitor.contract import Contract
from monitor.reading.dialects import dialect_for
from monitor.values import same
from monitor.values.pointer import join

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


def found(before, after):
    sides = [Contract(root, dialect_for(root["openapi"])) for root in (before, after)]
    return compare(*sides)


def shuffled(value, random_):
    if isinstance(value, dict):
        keys = list(value)
        random_.shuffle(keys)
        return {key: shuffled(value[key], random_) for key in keys}
    return [shuffled(item, random_) for item in value] if isinstance(value, list) else value


calm = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(documents())
def test_a_document_does_not_differ_from_itself(document):
    assert found(document, copy.deepcopy(document)) == ()


@calm
@given(documents("3.1.0"), documents("3.1.0"), st.integers())
def test_the_order_of_keys_does_not_count(before, after, seed):
    random_ = random.Random(seed)
    assert found(before, after) == found(shuffled(before, random_), shuffled(after, random_))


@calm
@given(documents("3.0.3"), documents("3.0.3"))
def test_every_place_of_a_change_is_a_place_of_its_document(before, after):
    for change in found(before, after):
        assert change.places
        assert change.places[0] == change.location
        for root, pointers in ((before, {p.before for p in change.places}), (after, {p.after for p in change.places})):
            for pointer in pointers - {None}:
                assert exists(root, pointer), pointer


def exists(root, pointer):
    from monitor.values.pointer import resolve

    try:
        resolve(root, pointer)
    except LookupError:
        return False
    return True


def places(value, pointer=""):
    """Every place below the root, with its holder and key."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(entries):
        yield value, key, join(pointer, key)
        yield from places(inner, join(pointer, key))


@calm
@given(documents("3.1.0"), st.data())
def test_a_value_replaced_anywhere_is_in_some_change_at_that_place_or_above(document, data):
    changed = copy.deepcopy(document)
    spots = [spot for spot in places(changed) if not isinstance(spot[0][spot[1]], dict | list) and spot[1] != "openapi"]
    holder, key, pointer = data.draw(st.sampled_from(spots))
    new = data.draw(st.sampled_from([True, 7, "other", None]))
    if same(holder[key], new) or means_the_same(holder, key, new):
        return
    holder[key] = new
    pointers = [
        side for change in found(document, changed) for place in change.places for side in (place.before, place.after)
    ]
    assert any(
        side is not None and (pointer == side or pointer.startswith(side + "/") or side.startswith(pointer + "/"))
        for side in pointers
    ), json.dumps(document)


def means_the_same(holder, key, new):
    """Values that say what the old ones said: a flag that is not `true` is off, a bound that is no number bounds nothing."""
    old = holder[key]
    flags = ("nullable", "readOnly", "deprecated", "uniqueItems")
    if key in flags:
        return (old is True) == (new is True) or key == "nullable"
    if key in ("minLength", "maximum"):
        return True
    # An entry twice in `required` or `enum`, a `$ref` beside nothing else, types: covered by tests of their own.
    return isinstance(holder, list) or key in ("$ref", "type", "in", "name")


REFERRING = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {"/a": {"parameters": [{"$ref": "#/components/parameters/P"}], "put": {
        "parameters": [{"$ref": "#/components/parameters/Q"}],
        "requestBody": {"$ref": "#/components/requestBodies/B"},
        "responses": {"200": {"$ref": "#/components/responses/R"}}}}},
    "components": {
        "parameters": {"P": {"name": "p", "in": "query", "schema": {}}, "Q": {"name": "q", "in": "query", "schema": {}}},
        "requestBodies": {"B": {"content": {}}},
        "responses": {"R": {"description": "fine", "headers": {"X-A": {"$ref": "#/components/headers/H"}}}},
        "headers": {"H": {"schema": {}}},
    },
}  # fmt: skip


def test_what_is_written_beside_any_reference_is_told():
    references = [spot for spot in places(REFERRING) if spot[1] == "$ref"]
    assert len(references) == 5
    for _, _, pointer in references:
        above = pointer.removesuffix("/$ref")
        for key, kind in (
            ("description", "DocsChanged"),
            ("x-note", "ExtensionChanged"),
            ("required", "KeywordWithoutEffect"),
        ):
            changed = copy.deepcopy(REFERRING)
            holder = next(holder for holder, name, place in places(changed) if name == "$ref" and place == pointer)
            holder[key] = True
            told = [(type(change).__name__, change.location.after) for change in found(REFERRING, changed)]
            assert told == [(kind, join(above, key))]
            gone = [(type(change).__name__, change.location.before) for change in found(changed, REFERRING)]
            assert gone == told
