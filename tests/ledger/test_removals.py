"""Operations that went without a word."""

from __future__ import annotations

from collections.abc import Callable

from monitor.ledger import Observation, unannounced_removals

History = Callable[..., list[Observation]]


def told(observations: list[Observation], suspect: frozenset[int] = frozenset()) -> list[tuple[str, str, str | None]]:
    return [
        (
            str(removal.subject),
            removal.removed.by.date().isoformat(),
            removal.returned and removal.returned.by.date().isoformat(),
        )
        for removal in unannounced_removals(observations, suspect)
    ]


def test_an_operation_that_leaves_unflagged_was_removed_unannounced(history: History) -> None:
    assert told(history(("2026-01-01", "GET /a", "GET /b"), ("2026-01-02", "GET /b"))) == [
        ("GET /a", "2026-01-02", None)
    ]


def test_an_operation_that_leaves_with_its_flag_is_not_listed(history: History) -> None:
    assert told(history(("2026-01-01", "GET /a!", "GET /b"), ("2026-01-02", "GET /b"))) == []


def test_each_time_that_an_operation_goes_is_listed_with_its_return(history: History) -> None:
    observations = history(
        ("2026-01-01", "GET /a", "GET /b"),
        ("2026-01-02", "GET /b"),
        ("2026-01-03", "GET /a", "GET /b"),
        ("2026-01-04", "GET /b"),
    )
    assert told(observations) == [("GET /a", "2026-01-02", "2026-01-03"), ("GET /a", "2026-01-04", None)]


def test_a_renamed_path_parameter_is_no_removal(history: History) -> None:
    assert told(history(("2026-01-01", "GET /a/{id}"), ("2026-01-02", "GET /a/{key}"))) == []


def test_a_suspect_snapshot_removes_nothing(history: History) -> None:
    observations = history(("2026-01-01", "GET /a"), ("2026-01-02", "GET /b"), ("2026-01-03", "GET /a"))
    assert told(observations, frozenset({2})) == []
