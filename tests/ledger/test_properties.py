"""The laws of the book, over random histories of a few operations."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ledger import (
    Book,
    Correction,
    Entry,
    Evidence,
    Interval,
    Mark,
    Observation,
    Outline,
    State,
    Subject,
    book,
    corrected,
    doubts,
    entry_from,
    entry_object,
    flaps,
    identity,
    with_manual_entries,
)
from monitor.ledger.identity import digest
from monitor.ledger.prose_dates import Duration

PATHS = ("/v1/a", "/v1/a/{id}", "/v2/a", "/v2/a/{id}", "/c", "Boat > colour", "Boat > name")
START = datetime(2025, 1, 1, tzinfo=UTC)


FLAG = Evidence("deprecated-flag", "strong", "deprecated: true", "/deprecated")
PROSE = Evidence("prose", "weak", "This is deprecated.", "/description")
SAID = {
    "flagged": (FLAG,),
    "in prose": (PROSE,),
    "both": (FLAG, PROSE),
    "dated": (
        FLAG,
        Evidence("extension", "strong", "x-sunset: 2025-09-01", "/s", certain=False, ends=date(2025, 9, 1)),
    ),
    "later": (
        FLAG,
        Evidence("extension", "strong", "x-sunset: 2026-09-01", "/s", certain=False, ends=date(2026, 9, 1)),
    ),
    "soon": (replace(PROSE, text="It will go in 2 months.", certain=False, lasts=Duration(2, "months")),),
}
"""What may be said of a thing."""


def _subject(path: str) -> Subject:
    if path.startswith("/"):
        return Subject("operation", "GET", path, f"/paths/{path.replace('/', '~1')}/get")
    return Subject("property", None, None, f"/components/schemas/{path}", path)


def _outline(states: list[str]) -> Outline:
    """One operation or property a path: absent, served, or served with what is said of its deprecation."""
    subjects = [(_subject(path), state) for path, state in zip(PATHS, states, strict=True) if state != "absent"]
    marks = [Mark(subject, SAID[state]) for subject, state in subjects if state in SAID]
    return Outline(
        tuple(subject for subject, _ in subjects if subject.whole),
        tuple(marks),
        parts=frozenset(digest(identity(subject)) for subject, _ in subjects if not subject.whole),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Observation]:
    """Up to twelve observations, oldest first; some are second sights of the snapshot before."""
    observations: list[Observation] = []
    moment, sequence = START, 0
    state = st.sampled_from(["absent", "served", *SAID])
    for _ in range(draw(st.integers(0, 12))):
        moment += timedelta(hours=draw(st.integers(0, 24 * 60)))
        if observations and draw(st.booleans()):
            shown = observations[-1].outline
        else:
            shown = _outline(draw(st.lists(state, min_size=len(PATHS), max_size=len(PATHS))))
            sequence += 1
        observations.append(Observation(moment, sequence, shown, imported=draw(st.booleans())))
    return observations


days = st.dates(date(2025, 1, 1), date(2028, 1, 1))
windows = st.one_of(st.none(), st.integers(0, 14))


def read(
    observations: list[Observation], today: date, months: int | None, suspect: frozenset[int] = frozenset()
) -> tuple[Entry, ...]:
    return book(observations, today=today, window_months=months, version_pattern=r"^/v(\d+)/", suspect=suspect)


@given(histories(), days, windows, st.data())
def test_a_book_extended_is_the_book_rebuilt(
    observations: list[Observation], today: date, months: int | None, data: st.DataObject
) -> None:
    suspect = flaps(observations)
    cut = data.draw(st.integers(0, len(observations)))
    grown = Book(suspect)
    for observation in observations[:cut]:
        grown.see(observation)
    assert grown.entries(today=today, window_months=months, version_pattern=r"^/v(\d+)/") == read(
        observations[:cut], today, months, suspect
    )
    for observation in observations[cut:]:
        grown.see(observation)
    assert grown.entries(today=today, window_months=months, version_pattern=r"^/v(\d+)/") == read(
        observations, today, months, suspect
    )


@given(histories(), days, windows, st.randoms(use_true_random=False))
def test_no_order_of_the_input_changes_the_book(
    observations: list[Observation], today: date, months: int | None, shuffle: random.Random
) -> None:
    mixed = []
    for observation in observations:
        operations, marks = list(observation.outline.operations), list(observation.outline.marks)
        shuffle.shuffle(operations)
        shuffle.shuffle(marks)
        mixed.append(
            replace(observation, outline=replace(observation.outline, operations=tuple(operations), marks=tuple(marks)))
        )
    shuffle.shuffle(mixed)
    assert flaps(mixed) == flaps(observations)
    assert read(mixed, today, months) == read(observations, today, months)


@given(histories(), days, windows)
def test_every_interval_is_ordered_and_every_episode_follows_the_one_before(
    observations: list[Observation], today: date, months: int | None
) -> None:
    for entry in read(observations, today, months):
        known: list[Interval] = []
        for episode in entry.episodes:
            known += [one for one in (episode.first_seen, episode.removed, episode.reinstated) if one is not None]
        for interval in known:
            assert interval.after is None or interval.after <= interval.by
        for earlier, later in itertools.pairwise(known):
            assert later.after is not None
            assert earlier.by <= later.after
        assert entry.first_seen == entry.episodes[-1].first_seen
        if entry.deadline is not None and entry.deadline_late is not None:
            assert entry.deadline <= entry.deadline_late


@given(histories(), days, windows)
def test_an_entry_is_standing_or_removed_or_reinstated_and_the_last_snapshot_says_which(
    observations: list[Observation], today: date, months: int | None
) -> None:
    last = observations[-1].outline if observations else Outline((), ())
    served = {identity(subject) for subject in last.operations}
    marked = [mark for seen in observations for mark in seen.outline.marks]
    strong = {identity(mark.subject) for mark in marked if mark.strong}
    flagged = {identity(mark.subject) for mark in last.marks if mark.strong or identity(mark.subject) not in strong}
    entries = read(observations, today, months)
    assert {identity(entry.subject) for entry in entries} == {identity(mark.subject) for mark in marked}
    for entry in entries:
        key = identity(entry.subject)
        if digest(key) in last.parts:
            served.add(key)
        assert (entry.strength == "strong") == (key in strong)
        assert entry.standing == (key in flagged)
        assert (entry.removed is not None) == (entry.state is State.REMOVED) == (key not in served)
        assert (entry.reinstated is not None) == (entry.state is State.REINSTATED) == (key in served - flagged)
        assert (entry.outcome is not None) == (entry.removed is not None)


@given(histories(), days, windows, st.data())
def test_an_ended_episode_is_never_rewritten_by_what_comes_later(
    observations: list[Observation], today: date, months: int | None, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(observations)))
    whole = {identity(entry.subject): (entry.episodes, entry.strength) for entry in read(observations, today, months)}
    for entry in read(observations[:cut], today, months):
        later, strength = whole[identity(entry.subject)]
        if strength != entry.strength:
            continue  # it rested on words alone, until more was said
        assert later[: len(entry.episodes) - 1] == entry.episodes[:-1]
        assert later[len(entry.episodes) - 1].first_seen == entry.first_seen


@given(histories(), days, windows)
def test_a_suspect_snapshot_counts_as_if_it_had_not_been_seen(
    observations: list[Observation], today: date, months: int | None
) -> None:
    suspect = flaps(observations)
    trusted = [seen for seen in observations if seen.snapshot not in suspect]
    assert read(observations, today, months, suspect) == read(trusted, today, months)


@given(histories())
def test_the_first_snapshot_is_never_suspect_and_the_newest_never_a_slip(observations: list[Observation]) -> None:
    found = doubts(observations)
    assert found.suspect <= {seen.snapshot for seen in observations[1:]}
    assert found.flaps <= {seen.snapshot for seen in observations[1:-1]}


@given(histories(), st.data())
def test_what_is_told_of_a_live_history_is_never_taken_back(
    observations: list[Observation], data: st.DataObject
) -> None:
    live = [replace(seen, imported=False) for seen in observations]
    cut = data.draw(st.integers(0, len(live)))
    known = {seen.snapshot for seen in live[:cut]}
    then, now = doubts(live[:cut]), doubts(live)
    assert then.flaps <= now.flaps
    assert then.confirmed.items() <= now.confirmed.items()
    # What is decided later was open then, and nothing else was.
    assert (known & now.flaps) - then.flaps <= then.unconfirmed
    assert known & (now.confirmed.keys() - then.confirmed.keys()) <= then.unconfirmed
    assert then.unconfirmed <= now.flaps | now.unconfirmed | now.confirmed.keys()
    assert not now.flaps & now.confirmed.keys()


@given(histories(), windows)
def test_time_alone_never_leads_back(observations: list[Observation], months: int | None) -> None:
    stages = [State.ANNOUNCED, State.DEPRECATED, State.DUE_SOON, State.OVERDUE_STILL_SERVED]
    before: dict[Subject, int] = {}
    for weeks in range(0, 160, 4):
        for entry in read(observations, START.date() + timedelta(weeks=weeks), months):
            if entry.standing:
                stage = stages.index(entry.state)
                assert stage >= before.get(entry.subject, 0)
                before[entry.subject] = stage


@settings(max_examples=50)
@given(histories(), days, windows)
def test_an_entry_survives_its_object(observations: list[Observation], today: date, months: int | None) -> None:
    for entry in read(observations, today, months):
        assert entry_from(json.loads(json.dumps(entry_object("name", entry)))) == entry
    for seen in observations:
        assert Outline.from_json(json.loads(json.dumps(seen.outline.to_json()))) == seen.outline


@given(histories(), days, windows, st.data())
def test_corrections_survive_that_the_book_is_made_again_in_any_order(
    observations: list[Observation], today: date, months: int | None, data: st.DataObject
) -> None:
    moments = st.integers(0, 24 * 400).map(lambda hours: START + timedelta(hours=hours))
    some_days = st.one_of(st.none(), days)
    said = st.builds(
        Correction,
        st.sampled_from(["set", "done"]),
        st.sampled_from(PATHS).map(_subject),
        moments,
        st.just("jo"),
        st.just("a mail"),
        some_days,
        some_days,
    )
    corrections = data.draw(st.lists(said, max_size=4, unique_by=lambda each: each.at))

    def made(seen: list[Observation], words: list[Correction]) -> tuple[Entry, ...]:
        suspect = flaps(seen)
        return corrected(
            read(list(with_manual_entries(seen, words)), today, months, suspect),
            words,
            today=today,
            window_months=months,
        )

    whole = made(observations, corrections)
    assert made(list(reversed(observations)), list(reversed(corrections))) == whole
    for entry in whole:
        words = [one for one in corrections if one.action == "set" and identity(one.subject) == identity(entry.subject)]
        dated = [one.deadline for one in sorted(words, key=lambda one: one.at) if one.deadline is not None]
        if dated:
            assert entry.deadline == dated[-1]
        assert entry_from(json.loads(json.dumps(entry_object("name", entry)))) == entry
