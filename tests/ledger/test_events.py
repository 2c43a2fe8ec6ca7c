"""The events of a history: each thing that happened to what is deprecated, once, and none before its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from monitor.ledger import Done, EventKind, book, events, unannounced_removals

LAST = date(2026, 12, 31)


@pytest.fixture
def told(history):
    """The events of a short history under a window of three months: (day, kind, subject)."""

    def run(*sights, today=LAST):
        seen = history(*sights)
        entries = book(seen, today=today, window_months=3, version_pattern=None)
        found = events(entries, unannounced_removals(seen), today)
        return [(each.day.isoformat(), str(each.kind), str(each.subject)) for each in found]

    return run


FLAGGED = (("2026-01-10", "GET /a"), ("2026-01-11", "GET /a!"))


def test_a_deprecation_runs_from_its_flag_over_both_turns_to_its_end(told):
    assert told(*FLAGGED, ("2026-06-01", "GET /a!"), ("2026-06-02",)) == [
        ("2026-01-11", "deprecated", "GET /a"),
        ("2026-03-11", "due soon", "GET /a"),
        ("2026-04-11", "overdue, still served", "GET /a"),
        ("2026-06-02", "removed in time", "GET /a"),
    ]


def test_what_goes_early_or_is_taken_back_has_no_turns_after_that(told):
    assert told(*FLAGGED, ("2026-02-01",)) == [
        ("2026-01-11", "deprecated", "GET /a"),
        ("2026-02-01", "removed early", "GET /a"),
    ]
    assert told(*FLAGGED, ("2026-02-01", "GET /a")) == [
        ("2026-01-11", "deprecated", "GET /a"),
        ("2026-02-01", "reinstated", "GET /a"),
    ]


def test_each_episode_has_its_own_deadline(told):
    kinds = [
        kind
        for _, kind, _ in told(*FLAGGED, ("2026-05-01", "GET /a"), ("2026-07-01", "GET /a"), ("2026-07-02", "GET /a!"))
    ]
    once = ["deprecated", "due soon", "overdue, still served"]
    assert kinds == [*once, "reinstated", *once]


def test_what_was_never_flagged_goes_unannounced_and_only_once(told):
    assert told(("2026-01-10", "GET /a", "GET /b"), ("2026-01-11", "GET /b")) == [
        ("2026-01-11", "removed unannounced", "GET /a")
    ]
    again = told(*FLAGGED, ("2026-02-01", "GET /a"), ("2026-03-01",))
    assert [kind for _, kind, _ in again] == ["deprecated", "reinstated", "removed unannounced"]


def test_nothing_is_told_before_its_day_and_each_thing_once(told):
    sights = (*FLAGGED, ("2026-06-01", "GET /a!"))
    days = [date(2026, 1, 1) + timedelta(weeks=week) for week in range(52)]
    books = [
        told(*(sight for sight in sights if sight[0] <= day.isoformat()), today=day)
        for day in days
        if day > date(2026, 1, 11)
    ]
    for earlier, later in pairwise(books):
        assert later[: len(earlier)] == earlier
    assert all(day <= LAST.isoformat() for day, _, _ in books[-1])
    assert len(set(books[-1])) == len(books[-1]) == 3


def test_what_somebody_is_done_with_is_an_event(history):
    entries = book(history(*FLAGGED), today=LAST, window_months=None, version_pattern=None)
    done = Done(datetime(2026, 2, 3, 12, tzinfo=UTC), "ada", "we call v2")
    found = events([replace(entries[0], done=done)], (), LAST)
    assert [(each.kind, each.day) for each in found][1:] == [(EventKind.DONE, date(2026, 2, 3))]
