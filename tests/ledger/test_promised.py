"""Of the section that holds the promise only a lasting change is one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.ledger import Interval, Observation, Outline, promise_changes

OLD, NEW, NEWER = "Three months.", "Six months.", "No promise at all."


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def history(*sights: tuple[str, dict[str, str]]) -> list[Observation]:
    """Each sight is of a version of its own unless it says `=` before its day."""
    found: list[Observation] = []
    for day, promise in sights:
        again = day.startswith("=")
        sequence = found[-1].snapshot if again else len({one.snapshot for one in found}) + 1
        found.append(Observation(at(day.lstrip("=")), sequence, Outline((), (), promise), imported=True))
    return found


def days(*texts: str | None, name: str = "Compatibility") -> list[Observation]:
    """A version a day from 1 January 2026, with these texts of one section."""
    return history(
        *((f"2026-01-{day:02}", {} if text is None else {name: text}) for day, text in enumerate(texts, start=1))
    )


def told(observations: list[Observation]) -> list[tuple[str | None, str | None, str]]:
    return [(one.before, one.after, f"{one.confirmed_at:%d}") for one in promise_changes(observations)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), []),
        ((OLD,), []),
        ((OLD, NEW), []),
        ((OLD, NEW, OLD, OLD, OLD, OLD), []),
        ((OLD, None, None, None, OLD, OLD, OLD, OLD), []),
        ((OLD, None, None, None, None), [(OLD, None, "05")]),
        ((None, OLD, OLD, OLD, OLD, OLD), [(None, OLD, "05")]),
        ((OLD, NEW, NEW, NEW, NEW, NEW, NEW), [(OLD, NEW, "05")]),
        ((OLD, NEW, NEWER, NEWER, NEWER, NEWER), [(OLD, NEWER, "06")]),
        ((OLD, None, NEW, NEW, NEW, NEW), [(OLD, NEW, "06")]),
        ((OLD, NEW, NEW, NEW, NEW, OLD, OLD, OLD, OLD), [(OLD, NEW, "05"), (NEW, OLD, "09")]),
        ((OLD, "Three\n  months.", "Three\n  months.", "Three\n  months.", "Three\n  months."), []),
    ],
)
def test_a_change_is_told_once_it_is_still_so_in_the_next_three_versions(texts, expected):
    assert told(days(*texts)) == expected


def test_a_version_that_is_served_for_a_week_is_no_slip():
    served = history(
        ("2026-01-01", {"A": OLD}), ("2026-01-02", {"A": NEW}), ("=2026-01-08", {"A": NEW}), ("=2026-01-09", {"A": NEW})
    )
    assert promise_changes(served[:3]) == ()
    (change,) = promise_changes(served)
    assert change.first_seen == Interval(at("2026-01-01"), at("2026-01-02"))
    assert change.confirmed_at == at("2026-01-09")


def test_one_that_was_seen_once_and_is_back_months_later_was_never_confirmed():
    seen = history(
        ("2026-01-01", {"A": OLD}), ("2026-02-01", {}), ("2026-09-01", {"A": OLD}), ("2026-10-01", {"A": OLD})
    )
    assert promise_changes(seen) == ()


def test_suspect_versions_change_nothing():
    seen = days(OLD, NEW, NEW, NEW, NEW, NEW)
    assert promise_changes(seen, {2, 3, 4, 5, 6}) == ()


def test_a_section_under_another_heading_was_moved():
    seen = history(
        ("2026-01-01", {"Compatibility": OLD}),
        *((f"2026-01-0{day}", {"Rules > Compatibility": OLD}) for day in range(2, 9)),
    )
    assert promise_changes(seen) == ()


def test_sections_are_told_each_for_itself_in_the_order_of_time():
    seen = history(
        ("2026-01-01", {"A": OLD, "B": OLD}),
        ("2026-01-02", {"A": OLD, "B": NEW}),
        *((f"2026-01-0{day}", {"A": NEW, "B": NEW}) for day in range(3, 9)),
    )
    assert [(one.section, one.first_seen.by.day) for one in promise_changes(seen)] == [("B", 2), ("A", 3)]
    assert promise_changes(reversed(seen)) == promise_changes(seen)
