"""The sentence that shows a change: readable however deep the change lies."""

import json

from monitor.jobs import Input, diff_documents
from monitor.report.witness_words import witness_words

WAY = ("configuration_of_the_rotation", "overrides_of_the_schedule", "working_hours_of_the_team", "classification")


def nested(leaf):
    for name in reversed(WAY):
        leaf = {
            "type": "object",
            "required": [name],
            "properties": {name: {"type": "array", "minItems": 1, "items": leaf}},
        }
    return leaf


def document(leaf) -> Input:
    body = {"content": {"application/json": {"schema": nested(leaf)}}}
    posted = {"requestBody": body, "responses": {"200": {"description": "Fine."}}}
    root = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/things": {"post": posted}}}
    return Input(json.dumps(root).encode(), "things.json")


def test_of_a_long_value_the_place_of_the_change_is_shown_and_the_way_to_it_is_not():
    found = diff_documents(document({"enum": ["red", "blue"]}), document({"enum": ["blue"]}))
    (change,) = found.changes
    assert witness_words(change) == (
        '`{… {"overrides_of_the_schedule": [{"working_hours_of_the_team": [{"classification": ["red"]}]}]} …}` was accepted '
        "by POST /things and is refused now."
    )


def test_braces_of_what_is_shown_are_closed():
    found = diff_documents(document({"enum": ["red", "blue"]}), document({"enum": ["blue"]}))
    words = witness_words(found.changes[0]) or ""
    shown = words.split("`")[1]
    assert shown.count("{") == shown.count("}")
    assert shown.count("[") == shown.count("]")
