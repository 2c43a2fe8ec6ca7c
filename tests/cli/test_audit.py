"""`specwatch audit`: whether a provider kept its promise."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def watched(specwatch, place):
    """A source with two versions: the older one, and one that lost a property."""
    for name, day in (("before", "2026-03-01"), ("after", "2026-04-01")):
        (place / f"{name}.yaml").rename(place / f"{day}_{name}.yaml")
    specwatch("add", "lanterns", "https://lanterns.example/openapi.yaml", "--promise", "incident-io")
    assert specwatch("import", "lanterns", "2026-03-01_before.yaml", "2026-04-01_after.yaml").code == 0
    return specwatch


def test_the_broken_promise_is_told_in_every_format(watched):
    for form in ("text", "json", "markdown", "html"):
        result = watched("audit", "lanterns", "--today", "2026-05-01", "--format", form)
        assert result.code == 0
        assert "`lit`" in result.out or "<code>lit</code>" in result.out or '"lit"' in result.out
    assert json.loads(watched("audit", "lanterns", "--format", "json").out)["clauses"][1]["broken"] == 1


def test_without_since_all_that_is_stored_is_looked_at(watched):
    out = watched("audit", "lanterns", "--today", "2030-01-01").out
    assert "Seen from 2026-03-01 to 2026-04-01, as of 2030-01-01: 2 versions" in out
    assert "kept       1 of 1 new version" not in out


def test_a_span_is_half_open(watched):
    out = watched("audit", "lanterns", "--since", "2026-03-01", "--until", "2026-04-01", "--today", "2026-05-01").out
    assert "1 version, 0 pairs of neighbours compared" in out


def test_without_a_promise_it_is_wrong_use_and_says_what_to_do(watched):
    watched("set", "lanterns", "--no-promise")
    result = watched("audit", "lanterns")
    assert (result.code, result.out) == (2, "")
    assert "specwatch set lanterns --promise" in result.err
