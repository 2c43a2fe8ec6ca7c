"""The parts of the weekly email, ready for its two templates.

Words between backticks are names: the HTML sets them as code, the plain text leaves the backticks out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of each kind is shown before the rest is counted."""

    sources: int
    points: int
    lines: int
    deadlines: int
    operations: int


LADDER: Final = (
    Limits(sources=40, points=30, lines=12, deadlines=20, operations=5),
    Limits(sources=30, points=15, lines=6, deadlines=12, operations=5),
    Limits(sources=20, points=8, lines=4, deadlines=8, operations=3),
    Limits(sources=15, points=4, lines=2, deadlines=5, operations=2),
    Limits(sources=10, points=1, lines=1, deadlines=2, operations=1),
)
"""From much to little; the first with which the email is small enough is taken."""


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """One deadline or end: its state's word, the day in words, and the services; `more` are not shown."""

    state: str
    urgent: bool
    when: str
    services: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point: its head, the promise's word or None, and its sentences."""

    head: str
    promise: str | None
    broken: bool
    lines: tuple[tuple[str, str], ...]
    more: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SightRow:
    """What was first seen in one version."""

    when: str
    points: tuple[PointRow, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Changes under a title; `more` is what was cut, in words, or empty."""

    title: str
    sights: tuple[SightRow, ...]
    more: str


@dataclass(frozen=True, slots=True)
class SourcePart:
    """One source that has something to tell. `blocks` are deadlines of smaller things: a title, rows, what was cut."""

    name: str
    headline: str
    about: str
    notes: tuple[str, ...]
    deadlines: tuple[DeadlineRow, ...]
    overdue: str
    blocks: tuple[tuple[str, tuple[DeadlineRow, ...], str], ...]
    besides: str
    ended: tuple[DeadlineRow, ...]
    more_deadlines: str
    sections: tuple[Section, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Mail:
    """The whole email, before it has a form."""

    subject: str
    title: str
    preheader: str
    totals: str
    checked: str
    alarms: tuple[tuple[str, str], ...]
    more_alarms: str
    sources: tuple[SourcePart, ...]
    more_sources: str
    quiet: tuple[str, ...]
    command: str
