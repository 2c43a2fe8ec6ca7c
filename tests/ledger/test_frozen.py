"""A document that says it no longer follows the API and does not change: found by its words, told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.ledger import Observation, Outline, frozen_sources, outline
from monitor.reading import contract_of, read
from monitor.values import canonical_bytes

URL = "https://api.quay.example/v1/openapi.json"
HALF = timedelta(days=180)
WORDS = "This document is frozen; see /v2/openapi.json."


def frozen(*, info: str = "", served: str = "") -> dict[str, str]:
    paths = {
        "/v1/openapi.json": {"get": {"description": served, "responses": {}}},
        "/v1/files/{id}": {"get": {"description": WORDS, "responses": {}}},
    }
    document = {"openapi": "3.0.3", "info": {"title": "Quay", "version": "1", "description": info}, "paths": paths}
    return dict(outline(contract_of(read(canonical_bytes(document), source="here"))).frozen)


@pytest.mark.parametrize(
    "words",
    [
        WORDS,
        "The schema returned from this endpoint does not contain new options and endpoints added in 2025 and later.",
        "This specification is no longer updated.",
        "The OpenAPI 2 definition is no longer being maintained.",
        "This file won't be kept up to date with the API.",
        "Our Swagger document will not receive updates.",
        "We no longer update this specification.",
        "This version of the spec has been frozen since May.",
        "The description no longer reflects the API.",
        "This reference is outdated.",
    ],
)
def test_the_many_ways_to_say_so_are_read(words):
    assert frozen(info=f"# Quay\n\nBerths and boats. {words} Call us.") == {"": words}
    assert frozen(served=words) == {"/v1/openapi.json": words}


@pytest.mark.parametrize(
    "words",
    [
        "Get the OpenAPI definition.",
        "This document is updated every day.",
        "If this document is out of date, tell us.",
        "Frozen accounts cannot be updated.",
        "A booking is not updated when the boat is.",
        "The response does not contain deleted boats.",
        "New versions of the API are described in this document.",
        "The schema may not reflect what beta endpoints return.",
    ],
)
def test_what_says_no_such_thing_is_passed_over(words):
    assert frozen(info=words, served=words) == {}


def sights(*days: str, said: dict[str, str] | None = None) -> list[Observation]:
    """Sights of one snapshot on some days; `|` begins the next one."""
    snapshot, found = 1, []
    for day in days:
        snapshot += day.startswith("|")
        moment = datetime.fromisoformat(day.lstrip("|")).replace(tzinfo=UTC)
        shown = Outline((), (), frozen={"": WORDS} if said is None else said)
        found.append(Observation(moment, snapshot, shown, imported=False))
    return found


def test_it_is_told_at_the_first_sight_after_the_time_and_once():
    (still,) = frozen_sources(sights("2026-01-01", "2026-06-29", "2026-07-02", "2026-07-09"), URL, HALF)
    assert (still.since, still.known_at) == tuple(datetime(2026, *day, tzinfo=UTC) for day in ((1, 1), (7, 2)))
    assert still.words == WORDS


def test_a_document_that_changes_or_says_nothing_is_not_frozen():
    assert frozen_sources(sights("2026-01-01", "2026-06-01", "|2026-06-02", "2026-09-01"), URL, HALF) == ()
    assert frozen_sources(sights("2026-01-01", "2027-01-01", said={}), URL, HALF) == ()


def test_what_an_operation_says_counts_where_it_serves_the_document():
    seen = sights("2026-01-01", "2027-01-01", said={"/v1/openapi.json": WORDS})
    assert len(frozen_sources(seen, URL, HALF)) == 1
    assert frozen_sources(seen, "https://api.quay.example/v3/openapi.json", HALF) == ()
