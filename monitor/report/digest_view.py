"""The parts of the weekly email, ready for its two templates, which only loop over them.

Words between backticks are names: the HTML sets them as code, the plain text leaves the backticks out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Urgency = Literal["bad", "soon", "later"]
"""How a row is set off: a break or a failure, a deadline that is near or passed, anything else."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of each kind is shown before the rest is counted."""

    sources: int
    acts: int
    points: int
    lines: int
    deadlines: int
    operations: int


LADDER: Final = (
    Limits(sources=40, acts=20, points=20, lines=8, deadlines=20, operations=5),
    Limits(sources=30, acts=15, points=12, lines=6, deadlines=12, operations=5),
    Limits(sources=20, acts=12, points=8, lines=4, deadlines=8, operations=3),
    Limits(sources=15, acts=10, points=4, lines=2, deadlines=5, operations=2),
    Limits(sources=10, acts=8, points=2, lines=1, deadlines=2, operations=1),
)
"""From much to little; the first with which the email is small enough is taken."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number at the top of the mail, what it counts, of how many where that is more, and how it is set off."""

    number: str
    label: str
    of: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: by when (`in 10 days`, and the day where there is one), what, and more words about it."""

    when: str
    day: str
    urgency: Urgency
    what: str
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point: its head, the promise's word or None, its sentences, each with its rule or "", and what is cut.

    `use` is whether the reader meets it, in words; empty where nothing is known of that.
    """

    head: str
    promise: str | None
    urgency: Urgency
    lines: tuple[tuple[str, str], ...]
    more: str
    notes: tuple[str, ...]
    use: str = ""


@dataclass(frozen=True, slots=True)
class SightRow:
    """What was first seen in one version; `when` names the source too where there are several."""

    when: str
    points: tuple[PointRow, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Changes under a title, and lines that close it: what was cut, what is not shown, with the command for it."""

    title: str
    sights: tuple[SightRow, ...]
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One open window: who closes, when, and how much of it has gone by and is left, in percent."""

    name: str
    count: str
    when: str
    gone: int
    left: int
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class HealthRow:
    """How a source is doing: its state in a word, and sentences about it."""

    name: str
    state: str
    urgency: Urgency
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookRow:
    """What is new in the book under one state: when, and the things, each in a line."""

    state: str
    when: str
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """The whole email, before it has a form.

    `quiet` has the few lines of a week with nothing new; then all between `counts` and `book` is empty. `rest` are the
    counts of what no section tells. The lines of `acts_more`, `windows_more`, `health_more` and `book_more` close their
    sections.
    """

    subject: str
    title: str
    preheader: str
    verdict: tuple[str, ...]
    counts: tuple[Count, ...]
    quiet: tuple[str, ...]
    acts: tuple[Act, ...]
    acts_more: tuple[str, ...]
    sections: tuple[Section, ...]
    rest: tuple[str, ...]
    windows: tuple[WindowRow, ...]
    windows_more: tuple[str, ...]
    health: tuple[HealthRow, ...]
    health_more: tuple[str, ...]
    book: tuple[BookRow, ...]
    book_more: tuple[str, ...]
    foot: tuple[str, ...]
