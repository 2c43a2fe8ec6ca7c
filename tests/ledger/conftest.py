"""Histories written short: `history(("2026-01-01", "GET /v1/a", "GET /v1/b!"))`, where `!` means deprecated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest

from monitor.ledger import Entry, Evidence, Mark, Observation, Outline, Subject, book
from monitor.values import join


def _subject(text: str) -> Subject:
    method, path = text.rstrip("!").split(" ", 1)
    if method == "webhook":
        return Subject("webhook", "POST", path, join("/webhooks", path, "post"))
    return Subject("operation", method, path, join("/paths", path, method.lower()))


def _mark(text: str) -> Mark:
    subject = _subject(text)
    flag = Evidence("deprecated-flag", "strong", "deprecated: true", f"{subject.pointer}/deprecated")
    return Mark(subject, (flag,))


def _outline(*operations: str) -> Outline:
    return Outline(
        tuple(_subject(text) for text in operations),
        tuple(_mark(text) for text in operations if text.endswith("!")),
    )


def _history(*sights: Sequence[str]) -> list[Observation]:
    """One observation a tuple: the moment (ISO 8601, UTC), then what is there. Equal neighbours are one snapshot."""
    observations: list[Observation] = []
    for moment, *operations in sights:
        shown = _outline(*operations)
        sequence = 1
        if observations:
            last = observations[-1]
            sequence = last.snapshot if last.outline == shown else last.snapshot + 1
        observations.append(
            Observation(datetime.fromisoformat(moment).replace(tzinfo=UTC), sequence, shown, imported=True)
        )
    return observations


@pytest.fixture(scope="session")
def outline_of() -> Callable[..., Outline]:
    """Builds an outline: `outline_of("GET /a", "GET /b!")`."""
    return _outline


@pytest.fixture(scope="session")
def history() -> Callable[..., list[Observation]]:
    """Builds observations: `history(("2026-01-01", "GET /a"), …)`."""
    return _history


@pytest.fixture(scope="session")
def only_entry() -> Callable[..., Entry]:
    """The one entry of the book of a short history, read on `today`, under a promise of three months."""

    def only(*sights: Sequence[str], today: str, months: int | None = 3) -> Entry:
        entries = book(
            _history(*sights), today=date.fromisoformat(today), window_months=months, version_pattern=r"^/v(\d+)/"
        )
        assert len(entries) == 1, entries
        return entries[0]

    return only
