"""Which snapshots are suspect: what they lack, what confirms them, and which are passed over for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.ledger import Confirmation, Loss, Observation, State, book, doubts, flaps

History = Callable[..., list[Observation]]

FULL = [f"GET /v1/things/{number}" for number in range(20)]
STALE = FULL[:15]


def test_a_snapshot_whose_loss_the_next_one_takes_back_is_suspect(history: History) -> None:
    observations = history(("2026-01-01", *FULL), ("2026-01-02", *STALE), ("2026-01-03", *FULL))
    assert flaps(observations) == {2}


def test_all_snapshots_of_a_flap_are_suspect(history: History) -> None:
    observations = history(
        ("2026-01-01", *FULL), ("2026-01-02", *STALE), ("2026-01-03", *STALE[1:]), ("2026-01-04", *FULL, "GET /new")
    )
    assert flaps(observations) == {2, 3}


def test_a_loss_that_stays_is_no_flap(history: History) -> None:
    observations = history(("2026-01-01", *FULL), ("2026-01-02", *STALE), ("2026-01-03", *STALE, "GET /new"))
    assert flaps(observations) == frozenset()


def test_the_newest_imported_snapshot_is_not_suspect_until_a_later_one_takes_its_loss_back(history: History) -> None:
    known = history(("2026-01-01", *FULL), ("2026-01-02", *STALE))
    assert flaps(known) == frozenset()


def test_a_loss_that_comes_back_in_part_is_no_flap(history: History) -> None:
    observations = history(("2026-01-01", *FULL), ("2026-01-02", *FULL[:10]), ("2026-01-03", *FULL[:13]))
    assert flaps(observations) == frozenset()


def test_a_loss_that_comes_back_after_many_snapshots_is_no_flap(history: History) -> None:
    between = [(f"2026-01-0{day}", *STALE, f"GET /new/{day}") for day in range(2, 6)]
    observations = history(("2026-01-01", *FULL), *between, ("2026-01-06", *FULL))
    assert flaps(observations) == frozenset()


def test_one_operation_that_goes_and_comes_is_an_event(history: History) -> None:
    observations = history(("2026-01-01", *FULL), ("2026-01-02", *FULL[1:]), ("2026-01-03", *FULL))
    assert flaps(observations) == frozenset()


def test_a_small_part_of_a_large_document_is_an_event(history: History) -> None:
    large = [f"GET /v1/things/{number}" for number in range(100)]
    observations = history(("2026-01-01", *large), ("2026-01-02", *large[4:]), ("2026-01-03", *large))
    assert flaps(observations) == frozenset()


def test_flags_that_vanish_in_numbers_and_are_back_are_a_flap_and_nobody_was_reinstated(history: History) -> None:
    flagged = [f"{operation}!" for operation in FULL[:5]] + FULL[5:]
    observations = history(
        ("2026-01-01", *FULL), ("2026-01-02", *flagged), ("2026-01-03", *FULL), ("2026-01-04", *flagged)
    )
    suspect = flaps(observations)
    assert suspect == {3}
    entries = book(observations, today=date(2026, 1, 4), window_months=3, version_pattern=None, suspect=suspect)
    assert {(entry.state, len(entry.episodes)) for entry in entries} == {(State.DEPRECATED, 1)}


def test_a_snapshot_seen_again_a_week_later_was_really_served(history: History) -> None:
    observations = history(("2026-01-01", *FULL), ("2026-01-02", *STALE), ("2026-01-09", *STALE), ("2026-01-10", *FULL))
    assert flaps(observations) == frozenset()


def test_renamed_path_parameters_are_no_loss(history: History) -> None:
    before = [f"GET /v1/things/{{id}}/{number}" for number in range(5)]
    after = [f"GET /v1/things/{{thing}}/{number}" for number in range(5)]
    observations = history(("2026-01-01", *before), ("2026-01-02", *after), ("2026-01-03", *before))
    assert flaps(observations) == frozenset()


def test_no_observations_have_no_flap() -> None:
    assert flaps([]) == frozenset()


def test_three_lost_operations_are_enough_and_three_quarters_back_are_enough(history: History) -> None:
    assert flaps(history(("2026-01-01", *FULL), ("2026-01-02", *FULL[3:]), ("2026-01-03", *FULL))) == {2}
    assert flaps(history(("2026-01-01", *FULL), ("2026-01-02", *FULL[4:]), ("2026-01-03", *FULL[1:]))) == {2}


def test_the_third_next_snapshot_may_still_take_the_loss_back(history: History) -> None:
    between = [(f"2026-01-0{day}", *STALE, f"GET /new/{day}") for day in range(2, 5)]
    assert flaps(history(("2026-01-01", *FULL), *between, ("2026-01-05", *FULL))) == {2, 3, 4}


def test_an_operation_that_goes_with_its_flag_is_one_loss(history: History) -> None:
    flagged = [f"{operation}!" for operation in FULL[:2]] + FULL[2:]
    assert flaps(history(("2026-01-01", *flagged), ("2026-01-02", *FULL[2:]), ("2026-01-03", *flagged))) == frozenset()


def test_what_follows_a_flap_is_measured_against_the_last_good_snapshot(history: History) -> None:
    half_back = FULL[:6] + FULL[9:]
    observations = history(
        ("2026-01-01", *FULL), ("2026-01-02", *FULL[8:]), ("2026-01-03", *half_back), ("2026-01-04", *FULL)
    )
    assert flaps(observations) == {2, 3}


def test_most_of_the_flags_gone_at_once_are_suspect_in_a_large_document_too(history: History) -> None:
    large = [f"GET /v1/things/{number}" for number in range(200)]
    flagged = [f"{operation}!" for operation in large[:6]] + large[6:]
    half_gone = large[:3] + flagged[3:]
    fewer_gone = large[:2] + flagged[2:]
    assert flaps(history(("2026-01-01", *flagged), ("2026-01-02", *half_gone), ("2026-01-03", *flagged))) == {2}
    assert (
        flaps(history(("2026-01-01", *flagged), ("2026-01-02", *fewer_gone), ("2026-01-03", *flagged))) == frozenset()
    )


@pytest.mark.parametrize(("day", "suspect"), [("2026-03-31", frozenset()), ("2026-04-01", frozenset({3}))])
def test_the_operations_of_long_ago_are_an_old_copy_however_little_they_lack(
    history: History, day: str, suspect: frozenset[int]
) -> None:
    newer = [*FULL, "GET /v1/new"]
    observations = history(("2026-01-01", *FULL), ("2026-01-02", *newer), (day, *FULL), ("2026-04-02", *newer))
    assert flaps(observations) == suspect


# --- as it is seen live: the future is not known ---------------------------------------------------------------------


def live(observations: list[Observation]) -> list[Observation]:
    return [replace(seen, imported=False) for seen in observations]


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def test_a_large_loss_is_suspect_from_its_first_sight(history: History) -> None:
    found = doubts(live(history(("2026-01-01", *FULL), ("2026-01-02", *STALE))))
    assert (found.unconfirmed, found.flaps, dict(found.confirmed)) == ({2}, frozenset(), {})
    assert found.loss == Loss(at("2026-01-02"), operations=5, flags=0, of=20)


def test_it_is_a_slip_when_the_old_state_returns(history: History) -> None:
    found = doubts(live(history(("2026-01-01", *FULL), ("2026-01-02", *STALE), ("2026-01-04", *FULL))))
    assert (found.flaps, found.unconfirmed, found.loss) == ({2}, frozenset(), None)


def test_it_is_confirmed_by_a_check_that_sees_it_again_long_enough_after_the_first(history: History) -> None:
    seen = live(history(("2026-01-01", *FULL), *((f"2026-01-0{day}", *STALE) for day in range(2, 7))))
    assert doubts(seen[:4]).unconfirmed == {2}
    for known in (seen[:5], seen):
        found = doubts(known)
        assert (found.suspect, dict(found.confirmed)) == (frozenset(), {2: at("2026-01-05")})


def test_what_was_confirmed_and_comes_back_later_was_an_event(history: History) -> None:
    seen = live(history(("2026-01-01", *FULL), ("2026-01-02", *STALE), ("2026-01-05", *STALE), ("2026-01-06", *FULL)))
    assert doubts(seen).flaps == frozenset()


@pytest.mark.parametrize(
    ("confirmation", "confirmed"),
    [
        (Confirmation(timedelta(hours=36)), "2026-01-04"),
        (Confirmation(timedelta(days=9)), None),
        (Confirmation(timedelta(days=9), checks=2), "2026-01-03"),
        (Confirmation(timedelta(days=9), checks=3), "2026-01-04"),
        (Confirmation(timedelta(days=1), checks=3), "2026-01-03"),
        (Confirmation(checks=1), "2026-01-02"),
    ],
)
def test_the_time_and_the_number_of_checks_are_settings(
    history: History, confirmation: Confirmation, confirmed: str | None
) -> None:
    seen = live(history(("2026-01-01", *FULL), *((f"2026-01-0{day}", *STALE) for day in range(2, 5))))
    assert dict(doubts(seen, confirmation).confirmed) == ({} if confirmed is None else {2: at(confirmed)})


def test_versions_that_follow_and_still_lack_the_same_confirm_each_other(history: History) -> None:
    seen = live(history(("2026-01-01", *FULL), ("2026-01-02", *STALE), ("2026-01-05", *STALE, "GET /new")))
    assert dict(doubts(seen).confirmed) == {2: at("2026-01-05"), 3: at("2026-01-05")}


def test_more_than_three_versions_that_lack_the_same_are_no_slip(history: History) -> None:
    between = [(f"2026-01-02T0{hour}:00", *STALE, f"GET /new/{hour}") for hour in range(4)]
    seen = live(history(("2026-01-01", *FULL), *between))
    assert doubts(seen[:-1]).unconfirmed == {2, 3, 4}
    assert set(doubts(seen).confirmed) == {2, 3, 4, 5}


def test_an_imported_loss_is_believed_although_a_later_check_sees_it_too(history: History) -> None:
    seen = history(("2026-01-01", *FULL), ("2026-01-02", *STALE), ("2026-01-03", *STALE))
    seen[2] = replace(seen[2], imported=False)
    found = doubts(seen)
    assert (found.suspect, dict(found.confirmed)) == (frozenset(), {})


def test_a_loss_that_is_confirmed_confirms_no_larger_one_that_came_later(history: History) -> None:
    seen = live(history(("2026-01-01", *FULL), ("2026-01-02", *STALE), ("2026-01-05", *STALE[:5])))
    found = doubts(seen)
    assert dict(found.confirmed) == {2: at("2026-01-05")}
    assert (found.unconfirmed, found.loss) == ({3}, Loss(at("2026-01-05"), operations=10, flags=0, of=15))


def test_an_imported_loss_confirms_none_that_a_check_meets(history: History) -> None:
    seen = history(("2026-01-01", *FULL), ("2026-01-02", *STALE), ("2026-03-01", *STALE[:5]))
    seen[2] = replace(seen[2], imported=False)
    found = doubts(seen)
    assert (found.unconfirmed, dict(found.confirmed)) == ({3}, {})
