"""The words of the ledger: what is deprecated, what says so, when it was seen, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from monitor.values import JsonObject, join

Strength = Literal["strong", "weak"]
"""`strong`: a keyword of the specification or a date; `weak`: prose alone."""

Outcome = Literal["in_time", "early", "unannounced", "unknown"]
"""What a removal was, judged by the window: see `monitor.ledger.book.outcome_of`."""


class State(StrEnum):
    """Where a deprecated subject stands (DESIGN, section 7). The reader is shown the state, so it goes by the early
    deadline.
    """

    ANNOUNCED = "announced"
    """A date is known, the flag is not there yet. Needs dated evidence, which the flag alone never is."""
    DEPRECATED = "deprecated"
    """Flagged and served; the deadline is more than `DUE_SOON_DAYS` away, or not known."""
    DUE_SOON = "due_soon"
    """Flagged and served; the early deadline is today or at most `DUE_SOON_DAYS` away."""
    OVERDUE_STILL_SERVED = "overdue_still_served"
    """Flagged and still served after the deadline."""
    REMOVED = "removed"
    """No longer in the document."""
    REINSTATED = "reinstated"
    """Served without the flag, after it had one."""


STANDING = frozenset({State.ANNOUNCED, State.DEPRECATED, State.DUE_SOON, State.OVERDUE_STILL_SERVED})
"""The states of a subject that is deprecated now and still served."""

DUE_SOON_DAYS = 30
"""How many days before the early deadline a reader is told that it is near."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that can be deprecated, as the document shows it.

    `kind` is `operation` or `webhook` today; a parameter, property or enum value is told from its neighbours by its
    `pointer`. `method` is upper case. `path` is the path template, for a webhook its name; both are None for what hangs
    on no operation.
    """

    kind: str
    method: str | None
    path: str | None
    pointer: str

    def __str__(self) -> str:
        if self.kind == "operation":
            return f"{self.method} {self.path}"
        return f"{self.kind} {self.path or self.pointer}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to call a subject deprecated: its `kind` (`deprecated-flag`), the words found and where they stand."""

    kind: str
    strength: Strength
    text: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One deprecated subject in one snapshot, with what says so; `successor` is what its prose names, or None."""

    subject: Subject
    evidence: tuple[Evidence, ...]
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One sight of a snapshot: when (UTC, aware), which by its sequence, and what it says.

    The same snapshot may be seen many times. `imported`: the moment is the commit's or the file's, nobody looked then.
    """

    seen_at: datetime
    snapshot: int
    outline: Outline
    imported: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What the ledger needs of one document: the operations that it serves, and the marks of what is deprecated.

    `promise` has the text of the sections of `info.description` that hold the provider's promise, by their headings.
    """

    operations: tuple[Subject, ...]
    marks: tuple[Mark, ...]
    promise: Mapping[str, str] = field(default_factory=dict, hash=False)

    def to_json(self) -> JsonObject:
        """The stored form: short lists, a pointer left out where it is the usual one. `from_json` reads it back."""
        return {
            "operations": [_short(subject) for subject in self.operations],
            "marks": [
                {
                    "subject": _short(mark.subject),
                    "evidence": [[item.kind, item.strength, item.text, item.pointer] for item in mark.evidence],
                    **({} if mark.successor is None else {"successor": mark.successor}),
                }
                for mark in self.marks
            ],
            **({"promise": dict(self.promise)} if self.promise else {}),
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> Outline:
        """The outline that `to_json` wrote. Keys that it does not know are passed over.

        Raises KeyError, TypeError or ValueError when the value is no outline.
        """
        operations = tuple(_long(subject) for subject in value["operations"])
        marks = tuple(
            Mark(
                _long(mark["subject"]),
                tuple(Evidence(kind, strength, text, pointer) for kind, strength, text, pointer in mark["evidence"]),
                mark.get("successor"),
            )
            for mark in value["marks"]
        )
        return cls(operations, marks, value.get("promise", {}))


@dataclass(frozen=True, slots=True)
class Interval:
    """A moment that is known to lie in `(after, by]`; `after` is None where nothing earlier was seen."""

    after: datetime | None
    by: datetime


@dataclass(frozen=True, slots=True)
class Episode:
    """One time that a subject was deprecated: when it began, and how it ended, if it did.

    `removed`: it left the document with its flag. `reinstated`: it was served without the flag afterwards. An episode
    has both when the subject came back after its removal, unflagged.
    """

    first_seen: Interval
    removed: Interval | None = None
    reinstated: Interval | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """The row of one subject that is deprecated or once was. `first_seen`, deadlines and evidence are the last
    episode's.

    `deadline` is the early end, the day that a reader plans by; `deadline_late` the one that a removal is judged by.
    Each is the last day of the window. At most one of `removed` and `reinstated` is set: how it is now. `episodes` has
    every episode, oldest first, the last one included.
    """

    subject: Subject
    state: State
    first_seen: Interval
    deadline: date | None
    deadline_late: date | None
    removed: Interval | None
    reinstated: Interval | None
    outcome: Outcome | None
    deadline_basis: str
    successor: str | None
    evidence: tuple[Evidence, ...]
    episodes: tuple[Episode, ...] = ()

    @property
    def standing(self) -> bool:
        """Whether it is deprecated now and still served."""
        return self.state in STANDING

    def days_left(self, today: date) -> int | None:
        """Days from today to the early deadline, negative when it is past; None when no deadline is running."""
        if self.deadline is None or not self.standing:
            return None
        return (self.deadline - today).days


def _usual_pointer(kind: str, method: str | None, path: str | None) -> str | None:
    """Where an operation stands when its path item is no reference."""
    if kind == "operation" and method is not None and path is not None:
        return join("/paths", path, method.lower())
    return None


def _short(subject: Subject) -> list[str | None]:
    short = [subject.kind, subject.method, subject.path]
    usual = _usual_pointer(subject.kind, subject.method, subject.path)
    return short if subject.pointer == usual else [*short, subject.pointer]


def _long(value: list[Any]) -> Subject:
    kind, method, path, *rest = value
    pointer = rest[0] if rest else _usual_pointer(kind, method, path)
    if kind is None or pointer is None:
        raise ValueError(f"not a subject of the ledger: {value!r}")
    return Subject(kind, method, path, pointer)
