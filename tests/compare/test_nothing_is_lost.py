"""Properties of every comparison: silence on what is equal, the same result at every run, no difference dropped."""

from __future__ import annotations

import copy
import random

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from monitor.compare import compare
from monitor.contract import Contract
from monitor.reading.dialects import dialect_for
from monitor.values import join
from tests.compare.documents import documents, places


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
