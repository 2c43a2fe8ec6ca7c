"""Every state of an entry, and every way from one to another. The promise gives three months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.ledger import (
    Book,
    Entry,
    Evidence,
    Interval,
    Mark,
    Observation,
    Outline,
    State,
    Subject,
    book,
    deadlines,
    identity,
)
from monitor.ledger.identity import digest
from monitor.ledger.prose_dates import Duration

History = Callable[..., list[Observation]]
OnlyEntry = Callable[..., Entry]
A, FLAGGED, REST = "GET /v1/a", "GET /v1/a!", "GET /v1/rest"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def between(after: str | None, by: str) -> Interval:
    return Interval(None if after is None else at(after), at(by))


# First seen


def test_first_seen_lies_between_the_last_snapshot_without_the_flag_and_the_first_with_it(
    only_entry: OnlyEntry,
) -> None:
    entry = only_entry(("2026-01-01", A), ("2026-01-10", A, REST), ("2026-01-20", FLAGGED), today="2026-01-20")
    assert entry.first_seen == between("2026-01-10", "2026-01-20")
    assert entry.state is State.DEPRECATED


def test_a_second_sight_of_the_same_snapshot_narrows_the_interval(only_entry: OnlyEntry) -> None:
    entry = only_entry(("2026-01-01", A), ("2026-01-19T06:00", A), ("2026-01-19T12:00", FLAGGED), today="2026-01-20")
    assert entry.first_seen == between("2026-01-19T06:00", "2026-01-19T12:00")


def test_an_operation_born_deprecated_counts_from_the_last_snapshot_without_the_operation(
    only_entry: OnlyEntry,
) -> None:
    entry = only_entry(("2026-01-01", REST), ("2026-01-20", REST, FLAGGED), today="2026-01-20")
    assert entry.first_seen == between("2026-01-01", "2026-01-20")
    assert entry.deadline == date(2026, 4, 1)


def test_deprecated_in_the_first_snapshot_of_all_has_no_first_end_and_no_deadline(only_entry: OnlyEntry) -> None:
    entry = only_entry(("2026-01-20", FLAGGED), today="2026-01-20")
    assert entry.first_seen == between(None, "2026-01-20")
    assert (entry.deadline, entry.deadline_late) == (None, None)
    assert entry.deadline_basis == "unknown, possibly past: already deprecated in the first snapshot (2026-01-20)"
    assert entry.state is State.DEPRECATED
    assert entry.days_left(date(2026, 1, 20)) is None


def test_deprecated_at_the_baseline_is_overdue_only_once_the_longest_window_is_past(only_entry: OnlyEntry) -> None:
    last_day = only_entry(("2026-01-20", FLAGGED), today="2026-04-20")
    assert (last_day.state, last_day.deadline_late) == (State.DEPRECATED, None)
    day_after = only_entry(("2026-01-20", FLAGGED), today="2026-04-21")
    assert (day_after.state, day_after.deadline) == (State.OVERDUE_STILL_SERVED, None)
    assert day_after.deadline_basis.endswith("past since 2026-04-20 at the latest")


# The deadline and the day


def test_the_deadline_is_the_early_end_and_the_late_end_is_kept(only_entry: OnlyEntry) -> None:
    entry = only_entry(("2025-11-30", A), ("2026-01-31", FLAGGED), today="2026-01-31")
    assert entry.deadline == date(2026, 2, 28)
    assert entry.deadline_late == date(2026, 4, 30)
    assert entry.deadline_basis.startswith(
        "3 calendar months after first seen deprecated, between 2025-11-30 and 2026-01-31"
    )


def test_an_interval_within_a_day_is_told_as_that_day(only_entry: OnlyEntry) -> None:
    entry = only_entry(("2026-01-31T06:00", A), ("2026-01-31T12:00", FLAGGED), today="2026-01-31")
    assert entry.deadline == entry.deadline_late == date(2026, 4, 30)
    assert entry.deadline_basis == "3 calendar months after first seen deprecated, on 2026-01-31"


@pytest.mark.parametrize(
    ("today", "state", "days_left"),
    [
        ("2026-01-10", State.DEPRECATED, 90),
        ("2026-03-10", State.DEPRECATED, 31),
        ("2026-03-11", State.DUE_SOON, 30),
        ("2026-04-10", State.DUE_SOON, 0),
        ("2026-04-11", State.OVERDUE_STILL_SERVED, -1),
        ("2028-04-10", State.OVERDUE_STILL_SERVED, -731),
    ],
)
def test_a_deprecation_becomes_due_soon_and_then_overdue_by_the_day_alone(
    only_entry: OnlyEntry, today: str, state: State, days_left: int
) -> None:
    entry = only_entry(("2026-01-10T06:00", A), ("2026-01-10T12:00", FLAGGED), today=today)
    assert entry.deadline == date(2026, 4, 10)
    assert (entry.state, entry.days_left(date.fromisoformat(today))) == (state, days_left)


def test_without_a_promised_window_there_is_no_deadline(only_entry: OnlyEntry) -> None:
    entry = only_entry(("2026-01-01", A), ("2026-01-20", FLAGGED), today="2030-01-01", months=None)
    assert (entry.state, entry.deadline, entry.deadline_late) == (State.DEPRECATED, None, None)
    assert entry.deadline_basis == "unknown: no promise that names a window"


# Removed


def test_a_removal_is_an_interval_too(only_entry: OnlyEntry) -> None:
    entry = only_entry(
        ("2026-01-01", A), ("2026-01-02", FLAGGED), ("2026-05-01", FLAGGED), ("2026-05-09", REST), today="2026-06-01"
    )
    assert entry.state is State.REMOVED
    assert entry.removed == between("2026-05-01", "2026-05-09")
    assert entry.days_left(date(2026, 6, 1)) is None


@pytest.mark.parametrize(
    ("last_served", "gone", "outcome"),
    [
        # Flagged in (10 January, 20 January]: the window ends between 10 and 20 April.
        ("2026-04-01", "2026-04-09", "early"),
        ("2026-04-01", "2026-04-10", "early"),
        ("2026-04-01", "2026-04-11", "unknown"),
        ("2026-04-15", "2026-04-16", "unknown"),
        ("2026-04-19", "2026-05-01", "unknown"),
        ("2026-04-20T01:00", "2026-04-20T02:00", "unknown"),
        ("2026-04-20", "2026-04-21", "in_time"),
        ("2026-05-01", "2026-05-02", "in_time"),
    ],
)
def test_a_removal_is_early_or_in_time_only_when_that_is_proven_at_both_ends(
    only_entry: OnlyEntry, last_served: str, gone: str, outcome: str
) -> None:
    entry = only_entry(
        ("2026-01-10", A), ("2026-01-20", FLAGGED), (last_served, FLAGGED), (gone, REST), today="2026-06-01"
    )
    assert entry.outcome == outcome


def test_what_was_deprecated_at_the_baseline_is_never_said_to_be_removed_early(only_entry: OnlyEntry) -> None:
    soon = only_entry(("2026-01-10", FLAGGED), ("2026-01-20", REST), today="2026-01-20")
    assert (soon.state, soon.outcome) == (State.REMOVED, "unknown")
    late = only_entry(("2026-01-10", FLAGGED), ("2026-04-10", FLAGGED), ("2026-04-12", REST), today="2026-05-01")
    assert (late.state, late.outcome) == (State.REMOVED, "in_time")


def test_a_removal_without_a_promised_window_has_an_unknown_outcome(only_entry: OnlyEntry) -> None:
    entry = only_entry(
        ("2026-01-01", A), ("2026-01-20", FLAGGED), ("2026-01-21", REST), today="2026-02-01", months=None
    )
    assert (entry.state, entry.outcome) == (State.REMOVED, "unknown")


def test_an_operation_removed_without_ever_being_flagged_is_no_entry(history: History) -> None:
    observations = history(("2026-01-01", A, REST), ("2026-01-20", REST))
    assert book(observations, today=date(2026, 2, 1), window_months=3, version_pattern=None) == ()


# Reinstated, and what comes after


def test_a_flag_taken_back_while_the_operation_is_served_reinstates_it(only_entry: OnlyEntry) -> None:
    entry = only_entry(("2026-01-01", A), ("2026-01-20", FLAGGED), ("2026-01-25", A), today="2027-01-01")
    assert (entry.state, entry.removed, entry.outcome) == (State.REINSTATED, None, None)
    assert entry.reinstated == between("2026-01-20", "2026-01-25")
    assert entry.days_left(date(2026, 1, 25)) is None
    assert entry.deadline_basis.startswith("no longer in force, the flag was taken back by 2026-01-25")
    assert entry.successor is None


def test_a_flag_set_again_opens_a_new_episode_and_keeps_the_old(only_entry: OnlyEntry) -> None:
    entry = only_entry(
        ("2026-01-01", A), ("2026-01-20", FLAGGED), ("2026-01-25", A), ("2026-06-01", FLAGGED), today="2026-06-01"
    )
    assert (entry.state, entry.deadline) == (State.OVERDUE_STILL_SERVED, date(2026, 4, 25))
    assert entry.first_seen == between("2026-01-25", "2026-06-01")
    assert [episode.first_seen for episode in entry.episodes] == [between("2026-01-01", "2026-01-20"), entry.first_seen]
    assert entry.episodes[0].reinstated == between("2026-01-20", "2026-01-25")
    assert entry.reinstated is None


def test_a_reinstated_operation_that_goes_unflagged_was_removed_unannounced(only_entry: OnlyEntry) -> None:
    entry = only_entry(
        ("2026-01-01", A), ("2026-01-20", FLAGGED), ("2026-01-25", A), ("2026-09-01", REST), today="2026-09-01"
    )
    assert (entry.state, entry.outcome) == (State.REMOVED, "unannounced")
    assert entry.removed == between("2026-01-25", "2026-09-01")
    assert entry.reinstated is None
    assert entry.episodes[0].reinstated == between("2026-01-20", "2026-01-25")


def test_a_removed_operation_that_comes_back_without_its_flag_is_reinstated(only_entry: OnlyEntry) -> None:
    entry = only_entry(
        ("2026-01-01", A), ("2026-01-20", FLAGGED), ("2026-02-01", REST), ("2026-03-01", A), today="2026-03-01"
    )
    assert (entry.state, entry.removed, entry.outcome) == (State.REINSTATED, None, None)
    assert entry.reinstated == between("2026-02-01", "2026-03-01")
    (episode,) = entry.episodes
    assert (episode.removed, episode.outcome) == (between("2026-01-20", "2026-02-01"), "early")


def test_a_removed_operation_that_comes_back_flagged_begins_a_new_episode(only_entry: OnlyEntry) -> None:
    entry = only_entry(
        ("2026-01-01", A), ("2026-01-20", FLAGGED), ("2026-02-01", REST), ("2026-03-01", FLAGGED), today="2026-03-01"
    )
    assert (entry.state, entry.removed) == (State.DEPRECATED, None)
    assert entry.first_seen == between("2026-02-01", "2026-03-01")
    assert [episode.outcome for episode in entry.episodes] == ["early", None]


def test_an_operation_removed_unannounced_that_comes_back_flagged_has_a_successor_again(history: History) -> None:
    observations = history(
        ("2026-01-01", A),
        ("2026-01-20", FLAGGED),
        ("2026-01-25", A),
        ("2026-02-01", REST),
        ("2026-03-01", FLAGGED, "GET /v2/a"),
    )
    (entry,) = book(observations, today=date(2026, 3, 1), window_months=3, version_pattern=r"^/v(\d+)/")
    assert entry.successor == "GET /v2/a"


def test_an_episode_keeps_the_first_time_that_its_flag_was_taken_back(only_entry: OnlyEntry) -> None:
    entry = only_entry(
        ("2026-01-01", A),
        ("2026-01-20", FLAGGED),
        ("2026-01-25", A),
        ("2026-02-01", REST),
        ("2026-03-01", A),
        today="2026-03-01",
    )
    assert entry.reinstated == between("2026-02-01", "2026-03-01")
    assert entry.episodes[0].reinstated == between("2026-01-20", "2026-01-25")


# Suspect snapshots, identity, order


def test_a_suspect_snapshot_opens_and_closes_nothing(history: History) -> None:
    observations = history(("2026-01-01", A), ("2026-01-20", FLAGGED), ("2026-02-01", REST), ("2026-02-02", FLAGGED))
    (entry,) = book(observations, today=date(2026, 2, 2), window_months=3, version_pattern=None, suspect=frozenset({3}))
    assert (entry.state, len(entry.episodes)) == (State.DEPRECATED, 1)
    born = history(("2026-01-01", A), ("2026-01-20", FLAGGED), ("2026-02-01", FLAGGED, REST))
    (entry,) = book(born, today=date(2026, 2, 2), window_months=3, version_pattern=None, suspect=frozenset({2}))
    assert entry.first_seen == between("2026-01-01", "2026-02-01")


def test_a_renamed_path_parameter_is_the_same_operation_shown_under_its_newest_name(only_entry: OnlyEntry) -> None:
    entry = only_entry(
        ("2026-01-01", "GET /v1/a/{id}"),
        ("2026-01-20", "GET /v1/a/{id}!"),
        ("2026-01-25", "GET /v1/a/{a_id}!"),
        today="2026-02-01",
    )
    assert (entry.state, entry.subject.path) == (State.DEPRECATED, "/v1/a/{a_id}")
    assert entry.first_seen == between("2026-01-01", "2026-01-20")


def test_a_webhook_is_a_subject_of_its_own_kind(history: History) -> None:
    observations = history(
        ("2026-01-01", "webhook incident.created", "POST incident.created"),
        ("2026-01-20", "webhook incident.created!", "POST incident.created"),
    )
    (entry,) = book(observations, today=date(2026, 2, 1), window_months=3, version_pattern=None)
    assert (entry.subject.kind, str(entry.subject)) == ("webhook", "webhook incident.created")


def test_names_of_webhooks_are_names_and_no_templates(history: History) -> None:
    observations = history(("2026-01-01", "webhook {a}!", "webhook {b}"))
    (entry,) = book(observations, today=date(2026, 2, 1), window_months=3, version_pattern=None)
    assert (entry.subject.path, entry.state) == ("{a}", State.DEPRECATED)
    renamed = history(("2026-01-01", "webhook {a}!"), ("2026-01-02", "webhook {b}!"))
    assert len(book(renamed, today=date(2026, 2, 1), window_months=3, version_pattern=None)) == 2


def test_entries_are_ordered_by_path_and_method(history: History) -> None:
    observations = history(("2026-01-01", "POST /b!", "GET /c!", "GET /b!", "PUT /a!"))
    entries = book(observations, today=date(2026, 2, 1), window_months=3, version_pattern=None)
    assert [str(entry.subject) for entry in entries] == ["PUT /a", "GET /b", "POST /b", "GET /c"]


def test_no_observations_make_an_empty_book() -> None:
    assert book([], today=date(2026, 2, 1), window_months=3, version_pattern=None) == ()


def test_a_book_refuses_an_observation_older_than_the_last() -> None:
    written = Book()
    written.see(Observation(at("2026-01-02"), 2, Outline((), ()), imported=False))
    with pytest.raises(ValueError, match="an observation of 2026-01-01"):
        written.see(Observation(at("2026-01-01"), 1, Outline((), ()), imported=False))


# What the promise is judged by


@pytest.mark.parametrize(
    ("last_served", "gone", "last_day"),
    [
        ("2026-04-01", "2026-04-10", date(2026, 4, 10)),
        ("2026-04-15", "2026-04-16", None),
        ("2026-04-20", "2026-04-21", date(2026, 4, 20)),
    ],
)
def test_the_deadline_to_judge_a_removal_by_agrees_with_the_outcome(
    history: History, last_served: str, gone: str, last_day: date | None
) -> None:
    observations = history(("2026-01-10", A), ("2026-01-20", FLAGGED), (last_served, FLAGGED))
    entries = book(observations, today=date(2026, 4, 1), window_months=3, version_pattern=None)
    found = deadlines(entries, before=at(last_served), after=at(gone))
    assert [(str(ref), day) for ref, day in found.items()] == ([] if last_day is None else [(A, last_day)])


def test_what_is_not_deprecated_any_more_has_no_deadline_to_judge_by(history: History) -> None:
    observations = history(("2026-01-01", A), ("2026-01-20", FLAGGED), ("2026-01-25", A))
    entries = book(observations, today=date(2026, 2, 1), window_months=3, version_pattern=None)
    assert deadlines(entries, before=at("2026-01-25"), after=at("2026-01-25") + timedelta(days=1)) == {}


# What prose says, what the provider gives


def said(subject: Subject, *evidence: Evidence) -> Outline:
    """An outline in which one subject is served, with what is said of it."""
    key = digest(identity(subject))
    marks = (Mark(subject, evidence),) if evidence else ()
    return Outline((subject,), marks) if subject.whole else Outline((), marks, parts=frozenset({key}))


def read_on(today: str, *sights: tuple[str, Outline], months: int | None = 3) -> Entry:
    seen = [Observation(at(day), number, shown, imported=True) for number, (day, shown) in enumerate(sights, start=1)]
    (entry,) = book(seen, today=date.fromisoformat(today), window_months=months, version_pattern=None)
    return entry


OPERATION = Subject("operation", "GET", "/v1/a", "/paths/~1v1~1a/get")
PROPERTY = Subject("property", None, None, "/components/schemas/Boat/properties/hull", "Boat > hull")
FLAG = Evidence("deprecated-flag", "strong", "deprecated: true", "/deprecated")
PROSE = Evidence("prose", "weak", "This is deprecated.", "/description")


def sunset(day: str) -> Evidence:
    return Evidence("extension", "strong", f"x-sunset: {day}", "/x", certain=False, ends=date.fromisoformat(day))


def test_prose_alone_makes_a_weak_entry() -> None:
    entry = read_on("2026-02-01", ("2026-01-01", said(OPERATION)), ("2026-01-20", said(OPERATION, PROSE)))
    assert (entry.state, entry.strength) == (State.DEPRECATED, "weak")


def test_a_flag_after_the_prose_counts_from_the_flag_and_keeps_the_words() -> None:
    sights = (
        ("2026-01-01", said(OPERATION)),
        ("2026-01-10", said(OPERATION, PROSE)),
        ("2026-02-10", said(OPERATION, FLAG, PROSE)),
    )
    entry = read_on("2026-03-01", *sights)
    assert (entry.strength, entry.first_seen) == ("strong", between("2026-01-10", "2026-02-10"))
    assert {item.kind for item in entry.evidence} == {"deprecated-flag", "prose"}


def test_a_flag_taken_back_is_reinstated_whatever_the_prose_still_says() -> None:
    sights = (("2026-01-01", said(OPERATION, FLAG, PROSE)), ("2026-02-01", said(OPERATION, PROSE)))
    assert read_on("2026-03-01", *sights).state is State.REINSTATED


def test_a_property_is_removed_when_it_is_gone_and_reinstated_when_only_the_words_are() -> None:
    marked, plain, gone = said(PROPERTY, PROSE), said(PROPERTY), Outline((), ())
    assert read_on("2026-03-01", ("2026-01-01", marked), ("2026-02-01", plain)).state is State.REINSTATED
    assert read_on("2026-03-01", ("2026-01-01", marked), ("2026-02-01", gone)).state is State.REMOVED


def test_evidence_says_when_it_was_first_and_last_seen() -> None:
    sights = (
        ("2026-01-01", said(OPERATION)),
        ("2026-01-10", said(OPERATION, FLAG, PROSE)),
        ("2026-02-10", said(OPERATION, FLAG)),
        ("2026-02-20", said(OPERATION, FLAG)),
    )
    flag, prose = read_on("2026-03-01", *sights).evidence
    assert (flag.first_seen, flag.last_seen) == (between("2026-01-01", "2026-01-10"), at("2026-02-20"))
    assert (prose.first_seen, prose.last_seen) == (between("2026-01-01", "2026-01-10"), at("2026-01-10"))


def test_a_given_date_is_the_deadline_before_the_promised_window() -> None:
    sights = (("2026-01-01", said(OPERATION)), ("2026-01-20", said(OPERATION, FLAG, sunset("2027-02-20"))))
    entry = read_on("2026-02-01", *sights)
    assert (entry.deadline, entry.given) == (date(2027, 2, 20), date(2027, 2, 20))
    assert entry.deadline_basis == "given by the provider (x-sunset: 2027-02-20)"
    assert read_on("2027-02-01", *sights).state is State.DUE_SOON


def test_a_given_date_within_the_promised_window_puts_the_promise_at_stake() -> None:
    sights = (("2026-01-01", said(OPERATION)), ("2026-01-20", said(OPERATION, FLAG, sunset("2026-03-01"))))
    entry = read_on("2026-02-01", *sights)
    assert (entry.deadline, entry.deadline_late) == (date(2026, 3, 1), date(2026, 4, 20))
    assert "before the promised window ends (2026-04-01), so the promise is at stake" in entry.deadline_basis


def test_a_removal_is_early_before_the_given_day_and_in_time_only_after_the_window_too() -> None:
    flagged = (("2026-01-01", said(OPERATION)), ("2026-01-20", said(OPERATION, FLAG, sunset("2026-03-01"))))
    gone = Outline((), ())
    assert read_on("2027-01-01", *flagged, ("2026-02-20", gone)).outcome == "early"
    assert read_on("2027-01-01", *flagged, ("2026-03-20", gone)).outcome == "unknown"
    served = ("2026-05-01", said(OPERATION, FLAG, sunset("2026-03-01")))
    assert read_on("2027-01-01", *flagged, served, ("2026-05-02", gone)).outcome == "in_time"


def test_a_given_date_alone_announces() -> None:
    entry = read_on("2026-02-01", ("2026-01-20", said(OPERATION, sunset("2027-02-20"))))
    assert (entry.state, entry.deadline) == (State.ANNOUNCED, date(2027, 2, 20))


def test_a_day_from_which_it_is_deprecated_announces_until_then() -> None:
    later = Evidence("extension", "strong", "x-deprecated-at: 2026-06-01", "/x", since=date(2026, 6, 1))
    sights = (("2026-01-01", said(OPERATION, later)),)
    assert read_on("2026-02-01", *sights, months=None).state is State.ANNOUNCED
    assert read_on("2026-06-01", *sights, months=None).state is State.DEPRECATED


def test_a_moved_date_is_an_event() -> None:
    entry = read_on(
        "2026-06-01",
        ("2026-01-01", said(OPERATION, FLAG, sunset("2027-02-20"))),
        ("2026-02-01", said(OPERATION, FLAG, sunset("2026-12-01"))),
        ("2026-03-01", said(OPERATION, FLAG)),
    )
    earlier, withdrawn = entry.moves
    assert (earlier.before, earlier.after, earlier.earlier) == (date(2027, 2, 20), date(2026, 12, 1), True)
    assert earlier.seen == between("2026-01-01", "2026-02-01")
    assert (withdrawn.after, withdrawn.earlier) == (None, False)
    assert entry.given is None


def test_a_given_length_counts_from_when_it_was_first_seen_at_both_ends() -> None:
    lasts = Evidence("prose", "weak", "It goes in 6 months.", "/d", certain=False, lasts=Duration(6, "months"))
    entry = read_on("2026-02-01", ("2026-01-01", said(OPERATION)), ("2026-01-20", said(OPERATION, FLAG, lasts)))
    assert (entry.deadline, entry.deadline_late) == (date(2026, 7, 1), date(2026, 7, 20))


def test_words_alone_and_a_component_with_another_name_accuse_nobody() -> None:
    inline = Subject("property", "GET", "/v1/a", "/p", "response 200 > hull")
    for subject, evidence, outcome in (
        (OPERATION, FLAG, "early"),
        (OPERATION, PROSE, "unknown"),
        (inline, FLAG, "early"),
        (inline, PROSE, "unknown"),
        (PROPERTY, FLAG, "unknown"),
    ):
        sights = (("2026-01-01", said(subject)), ("2026-01-20", said(subject, evidence)))
        assert read_on("2026-06-01", *sights, ("2026-02-01", Outline((), ()))).outcome == outcome
