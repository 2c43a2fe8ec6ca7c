"""The first flap rule: which snapshots are passed over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from monitor.ledger import Observation, State, book, flaps

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


def test_the_newest_snapshot_is_not_suspect_until_a_later_one_takes_its_loss_back(history: History) -> None:
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
