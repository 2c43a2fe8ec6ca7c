"""What people set wins over the evidence and survives; what they are done with reminds nobody until something happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from monitor.ledger import (
    Correction,
    Entry,
    Observation,
    State,
    Subject,
    book,
    corrected,
    correction_from,
    correction_object,
    with_manual_entries,
)

History = Callable[..., list[Observation]]
A = Subject("operation", "GET", "/v1/a", "/paths/~1v1~1a/get")
BASELINE = (("2026-01-20", "GET /v1/a!"), ("2026-02-20", "GET /v1/a!"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def said(day: str, **what: str) -> Correction:
    days = {key: date.fromisoformat(value) for key, value in what.items() if key in ("deadline", "since")}
    return Correction("set", A, at(day), "jo", "their mail", successor=what.get("successor"), **days)


def done(day: str, deadline: str | None) -> Correction:
    return Correction(
        "done", A, at(day), "jo", "we call v2", None if deadline is None else date.fromisoformat(deadline)
    )


def read(observations: list[Observation], *corrections: Correction, today: str) -> tuple[Entry, ...]:
    day = date.fromisoformat(today)
    seen = with_manual_entries([one for one in observations if one.seen_at.date() <= day], corrections)
    found = book(seen, today=day, window_months=3, version_pattern=None)
    return corrected(found, corrections, today=day, window_months=3)


def test_a_day_since_when_gives_the_baseline_its_deadline(history: History) -> None:
    (entry,) = read(history(*BASELINE), said("2026-02-01", since="2025-12-15"), today="2026-02-20")
    assert (entry.deadline, entry.state) == (date(2026, 3, 15), State.DUE_SOON)
    assert entry.deadline_basis == "3 calendar months after 2025-12-15, which jo set"
    assert entry.evidence[-1].text == "their mail (jo, 2026-02-01)"


def test_a_set_deadline_wins_over_the_window_and_the_last_word_counts(history: History) -> None:
    words = (said("2026-02-01", deadline="2027-01-01"), said("2026-02-02", deadline="2027-03-01"))
    (entry,) = read(history(*BASELINE), *words, today="2026-02-20")
    assert (entry.deadline, entry.deadline_basis) == (date(2027, 3, 1), "set by jo on 2026-02-02: their mail")


def test_an_entry_of_ones_own_needs_no_evidence_and_ends_with_the_operation(history: History) -> None:
    seen = history(("2026-01-01", "GET /v1/a", "GET /v1/b"), ("2026-03-01", "GET /v1/a"), ("2026-09-01", "GET /v1/b"))
    word = said("2026-02-01", since="2026-01-15", successor="GET /v2/a")
    (entry,) = read(seen[:1], word, today="2026-02-02")
    assert (entry.state, entry.deadline, entry.successor) == (State.DEPRECATED, date(2026, 4, 15), "GET /v2/a")
    (entry,) = read(seen, word, today="2026-09-02")
    assert (entry.state, entry.outcome) == (State.REMOVED, "unknown")
    (entry,) = read([*seen, *history(("2026-09-05", "GET /v1/b"))], word, today="2026-09-10")
    assert entry.state is State.REMOVED


def test_what_is_set_counts_however_often_the_book_is_made(history: History) -> None:
    seen, word = history(*BASELINE), said("2026-02-01", deadline="2027-01-01")
    assert read(seen, word, today="2026-02-20") == read(list(reversed(seen)), word, today="2026-02-20")


def test_who_is_done_is_asked_no_more(history: History) -> None:
    seen = history(("2026-01-01", "GET /v1/a"), ("2026-01-01T12:00", "GET /v1/a!"))
    (entry,) = read(seen, done("2026-02-01", "2026-04-01"), today="2026-03-20")
    assert entry.settled
    assert (entry.state, entry.standing) == (State.DUE_SOON, True)


def test_it_is_open_again_when_its_date_moves_or_it_begins_anew_or_is_taken_back(history: History) -> None:
    seen = history(("2026-01-01", "GET /v1/a"), ("2026-01-01T12:00", "GET /v1/a!"))
    word = done("2026-02-01", "2026-04-01")
    (moved,) = read(seen, word, said("2026-02-10", deadline="2026-05-01"), today="2026-03-20")
    (back,) = read([*seen, *history(("2026-03-01", "GET /v1/a"))], word, today="2026-03-20")
    assert back.state is State.REINSTATED
    (anew,) = read(
        [*seen, *history(("2026-03-01", "GET /v1/a"), ("2026-03-02", "GET /v1/a!"))], word, today="2026-03-20"
    )
    for entry in (moved, back, anew):
        assert entry.done is not None
        assert entry.done.reopened
        assert not entry.settled


def test_a_correction_survives_its_object() -> None:
    for each in (said("2026-02-01", since="2025-12-15", successor="x"), done("2026-02-01", None)):
        assert correction_from(correction_object(each)) == each
