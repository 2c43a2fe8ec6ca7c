"""Statuses of responses: which are the same, and which cover one another (OAS 3.0.4, section 4.8.16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

DEFAULT = "default"


@dataclass(slots=True)
class Pairing:
    """The statuses of two operations by what became of them, each list sorted.

    `same`: on both sides. `wider`: a range that covers what went, to what went. `narrower`: a range that went, to what
    came of it. `beside`: what came, to the range that covered it and still stands beside it.
    """

    same: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    come: list[str] = field(default_factory=list)
    wider: dict[str, list[str]] = field(default_factory=dict)
    narrower: dict[str, list[str]] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)


def paired(before: Mapping[str, object], after: Mapping[str, object]) -> Pairing:
    """Pair statuses: by name, then those that went with what covers them now, and a range with what came of it."""
    found = Pairing(same=sorted(before.keys() & after.keys()))
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    for status in sorted(gone):
        wide = cover(status, after)
        # No other promises a success: `default` is for what else may come.
        if wide is not None and not (wide == DEFAULT and status.startswith("2")):
            found.wider.setdefault(wide, []).append(status)
    gone -= _all(found.wider)
    come -= found.wider.keys()
    for status in sorted(come):
        wide = cover(status, before)
        if wide in gone:
            found.narrower.setdefault(wide, []).append(status)
        elif wide is not None:
            found.beside[status] = wide
    found.gone = sorted(gone - found.narrower.keys())
    found.come = sorted(come - _all(found.narrower))
    return found


def cover(status: str, others: Iterable[str]) -> str | None:
    """The range that a status is of, else `default`, where `others` have it; None where nothing covers it."""
    listed = set(others) - {status}
    ranges = [f"{status[:1]}XX", DEFAULT] if status != DEFAULT else []
    return next((wide for wide in ranges if wide in listed), None)


def _all(groups: Mapping[str, list[str]]) -> set[str]:
    return {status for group in groups.values() for status in group}
