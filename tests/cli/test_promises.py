"""What a shipped promise makes of a change may hang on what the change is about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.policy import promise_names

STANCE = Path(__file__).resolve().parents[2] / "docs/stance.md"


def document(name: str, longest: int, **root):
    schema = {"type": "object", "properties": {name: {"type": "string", "maxLength": longest}}}
    answer = {"description": "Fine.", "content": {"application/json": {"schema": schema}}}
    paths = {"/things": {"get": {"responses": {"200": answer}}}}
    return json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths, **root})


@pytest.fixture
def promised(place, specwatch):
    """The changes between two documents under a promise: rule to state."""

    def run(before: str, after: str, promise: str) -> dict[str, str]:
        (place / "one.json").write_text(before)
        (place / "two.json").write_text(after)
        found = specwatch("diff", "one.json", "two.json", "--promise", promise, "--format", "json").out
        return {change["rule"]: change["promise"] for change in json.loads(found)["changes"]}

    return run


@pytest.mark.parametrize(
    ("promise", "name", "state"),
    [
        ("incident-io", "incident_id", "allowed"),
        ("incident-io", "name", "broken"),
        ("stripe", "incident_id", "allowed"),
        ("stripe", "message", "allowed"),
        ("stripe", "name", "broken"),
        ("github", "incident_id", "broken"),
    ],
)
def test_a_longer_text_is_allowed_of_what_the_provider_named(promised, promise, name, state):
    assert promised(document(name, 10), document(name, 20), promise) == {"max-length-increased": state}


@pytest.mark.parametrize("promise", promise_names())
def test_that_a_server_is_said_is_held_against_nobody(promised, promise):
    silent, said = document("name", 10), document("name", 10, servers=[{"url": "https://api.example.com"}])
    assert promised(silent, said, promise) == {"server-list-added": "unstated"}
    assert promised(said, silent, promise) == {"server-list-removed": "unstated"}


def test_the_stance_names_every_shipped_promise():
    (line,) = [
        line for line in STANCE.read_text(encoding="utf-8").splitlines() if line.startswith("Shipped: `incident-io`")
    ]
    assert all(f"`{name}`" in line for name in promise_names())
