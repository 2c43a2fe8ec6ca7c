"""Lifetimes: from when until when an operation was served."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.ledger import Interval, Lifetime, Observation, Outline, Subject, identity, lifetimes


def moment(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def subject(path: str) -> Subject:
    return Subject("operation", "GET", path, f"/paths/{path}/get")


def seen(day: int, *paths: str) -> Observation:
    return Observation(moment(day), day, Outline(tuple(map(subject, paths)), ()), imported=True)


def test_what_went_and_came_back_has_two_lifetimes():
    found = lifetimes([seen(1, "/a", "/b"), seen(2, "/a"), seen(3, "/a", "/b"), seen(4, "/a", "/b")])
    assert found[identity(subject("/a"))] == (Lifetime(Interval(None, moment(1))),)
    assert found[identity(subject("/b"))] == (
        Lifetime(Interval(None, moment(1)), Interval(moment(1), moment(2))),
        Lifetime(Interval(moment(2), moment(3))),
    )


def test_another_name_of_a_path_parameter_is_the_same_life():
    found = lifetimes([seen(1, "/a/{id}"), seen(2, "/a/{key}")])
    assert list(found.values()) == [(Lifetime(Interval(None, moment(1))),)]


def test_a_suspect_version_ends_no_life():
    found = lifetimes([seen(1, "/a"), seen(2), seen(3, "/a")], frozenset({2}))
    assert found[identity(subject("/a"))] == (Lifetime(Interval(None, moment(1))),)


def test_the_order_in_which_they_are_given_says_nothing():
    observations = [seen(1, "/a"), seen(2, "/b"), seen(3, "/a")]
    assert lifetimes(observations[::-1]) == lifetimes(observations)
