"""What takes the place of a deprecated operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from monitor.ledger import Observation, Outline, book

History = Callable[..., list[Observation]]


def successor(observations: list[Observation], pattern: str | None = r"^/v(\d+)/") -> str | None:
    first, *_ = book(observations, today=date(2026, 2, 1), window_months=3, version_pattern=pattern)
    return first.successor


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        (["GET /v2/a/{a_id}"], "GET /v2/a/{a_id}"),
        (["GET /v2/a/{id}", "GET /v10/a/{id}", "GET /v3/a/{id}"], "GET /v10/a/{id}"),
        (["GET /v2/a/{id}", "GET /v3/a/{id}!"], "GET /v2/a/{id}"),
        (["GET /v0/a/{id}"], None),
        (["PUT /v2/a/{id}"], None),
        (["GET /v2/a"], None),
        (["GET /v2/a/{id}/more"], None),
        (["GET /a/{id}", "webhook /v2/a/{id}"], None),
    ],
)
def test_the_successor_is_the_same_resource_under_the_highest_living_version(
    history: History, served: list[str], expected: str | None
) -> None:
    assert successor(history(("2026-01-01", "GET /v1/a/{id}!", *served))) == expected


def test_without_a_version_pattern_no_successor_is_guessed(history: History) -> None:
    assert successor(history(("2026-01-01", "GET /v1/a!", "GET /v2/a")), pattern=None) is None


def test_a_version_in_the_middle_of_the_path_follows_the_pattern(history: History) -> None:
    assert successor(history(("2026-01-01", "GET /api/v1/a!", "GET /api/v2/a")), r"^/api/v(\d+)/") == "GET /api/v2/a"


def test_a_removed_operation_keeps_the_successor_that_is_served(history: History) -> None:
    assert successor(history(("2026-01-01", "GET /v1/a!", "GET /v2/a"), ("2026-02-01", "GET /v2/a"))) == "GET /v2/a"


@pytest.mark.parametrize(("named", "expected"), [("GET /people/{x}", "GET /people/{id}"), ("GET /gone", "GET /v2/a")])
def test_what_the_prose_names_comes_first_where_it_is_served(history: History, named: str, expected: str) -> None:
    (seen,) = history(("2026-01-01", "GET /v1/a!", "GET /v2/a", "GET /people/{id}"))
    marks = tuple(replace(mark, successor=named) for mark in seen.outline.marks)
    assert successor([replace(seen, outline=Outline(seen.outline.operations, marks))]) == expected
