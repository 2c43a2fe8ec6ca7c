"""The words of the ledger: what is deprecated, what says so, when it was seen, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from monitor.contract.types import Direction
from monitor.ledger.prose_dates import Duration
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

DIGEST = 8
"""The characters of the digest of a subject's identity (48 bits)."""

DUE_SOON_DAYS = 30
"""How many days before the early deadline a reader is told that it is near."""


WHOLE = frozenset({"operation", "webhook", "callback"})
"""The kinds of subject that a document serves as a whole."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that can be deprecated, as the document shows it.

    `kind` is `operation`, `webhook` or `callback`; of what is smaller `parameter`, `header`, `media type`, `property`,
    `schema`, `enum value`, `security scheme`; `document` for all that it describes, `url` for the watched URL itself.
    `method` is upper case. `path` is the path template, for a webhook its name; both are None for what hangs on no
    operation. `name` tells what is smaller from its neighbours, in words: `limit in query`, `Boat > colour`;
    of a callback, whose path is its expression, what it is called and by which operation: `moored of POST /v1/boats`.
    """

    kind: str
    method: str | None
    path: str | None
    pointer: str
    name: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is a whole operation, webhook or callback."""
        return self.kind in WHOLE

    def __str__(self) -> str:
        if self.kind == "operation":
            return f"{self.method} {self.path}"
        if not self.name:
            return f"{self.kind} {self.path or self.pointer}"
        if self.kind == "callback":
            return f"{self.kind} {self.name}"
        where = " ".join(word for word in (self.method, self.path) if word)
        return f"{self.kind} {self.name} of {where}" if where else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to call a subject deprecated: its `kind`, the words found and where they stand.

    `kind` is `deprecated-flag`, `prose`, `extension` or `header`. `certain`: it says so of now, not only of a day to
    come. `ends` is the day of the removal that it gives, `lasts` the time until it, `since` the day since when.
    A document says nothing of when it was seen: `first_seen` and `last_seen` are what the book fills in.
    """

    kind: str
    strength: Strength
    text: str
    pointer: str
    certain: bool = True
    ends: date | None = None
    lasts: Duration | None = None
    since: date | None = None
    first_seen: Interval | None = None
    last_seen: datetime | None = None

    @property
    def words(self) -> tuple[str, str]:
        """What makes two sights of evidence the same: it may move in the document."""
        return (self.kind, self.text)


@dataclass(frozen=True, slots=True)
class Mark:
    """One deprecated subject in one snapshot, with what says so.

    `successor` is what its prose names, `tag` the first tag of an operation; or None. `directions` are those in which
    a client meets a part of a shared definition; empty for all else.
    """

    subject: Subject
    evidence: tuple[Evidence, ...]
    successor: str | None = None
    tag: str | None = None
    directions: tuple[Direction, ...] = ()

    @property
    def strong(self) -> bool:
        """Whether more than prose says so."""
        return any(item.strength == "strong" for item in self.evidence)


@dataclass(frozen=True, slots=True)
class Observation:
    """One sight of a snapshot: when (UTC, aware), which by its sequence, and what it says.

    The same snapshot may be seen many times. `imported`: the moment is the commit's or the file's, nobody looked then.
    `elsewhere`: it was asked for at another URL than the sight before.
    """

    seen_at: datetime
    snapshot: int
    outline: Outline
    imported: bool
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """What the ledger needs of one document: the operations that it serves, and the marks of what is deprecated.

    `promise` has the text of the sections of `info.description` that hold the provider's promise, by their headings.
    `parts` are the digests (`identity.digest`) of the smaller things that it serves, so that one which is no longer
    marked can be told from one that is gone: a document has thousands of them, and few are ever deprecated.
    `frozen` has the sentences that say it no longer follows the API: see `frozen.frozen_words`. `tags` are the names of
    the Tag Objects (OAS 3.0.4, section 4.8.22) of each operation that has some, sorted.
    """

    operations: tuple[Subject, ...]
    marks: tuple[Mark, ...]
    promise: Mapping[str, str] = field(default_factory=dict, hash=False)
    parts: frozenset[str] = frozenset()
    frozen: Mapping[str, str] = field(default_factory=dict, hash=False)
    tags: Mapping[Subject, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def flags(self) -> tuple[Mark, ...]:
        """The marks of whole operations that more than prose makes."""
        return tuple(mark for mark in self.marks if mark.subject.whole and mark.strong)

    def to_json(self) -> JsonObject:
        """The stored form: short lists, a pointer left out where it is the usual one. `from_json` reads it back."""
        return {
            "operations": [_short(subject) for subject in self.operations],
            "marks": [
                {
                    "subject": _short(mark.subject),
                    "evidence": [_short_evidence(item) for item in mark.evidence],
                    **({} if mark.successor is None else {"successor": mark.successor}),
                    **({} if mark.tag is None else {"tag": mark.tag}),
                    **({"directions": list(mark.directions)} if mark.directions else {}),
                }
                for mark in self.marks
            ],
            **({"promise": dict(self.promise)} if self.promise else {}),
            **({"parts": "".join(sorted(self.parts))} if self.parts else {}),
            **({"frozen": dict(self.frozen)} if self.frozen else {}),
            **({"tags": self._by_tag()} if self.tags else {}),
        }

    def _by_tag(self) -> JsonObject:
        """The places of the operations of each tag: there are few tags, and many operations have one."""
        found: JsonObject = {}
        for place, operation in enumerate(self.operations):
            for tag in self.tags.get(operation, ()):
                found.setdefault(tag, []).append(place)
        return found

    @classmethod
    def from_json(cls, value: JsonObject) -> Outline:
        """The outline that `to_json` wrote. Keys that it does not know are passed over.

        Raises KeyError, TypeError or ValueError when the value is no outline.
        """
        operations = tuple(_long(subject) for subject in value["operations"])
        marks = tuple(
            Mark(
                _long(mark["subject"]),
                tuple(_long_evidence(*item) for item in mark["evidence"]),
                mark.get("successor"),
                mark.get("tag"),
                tuple(Direction(each) for each in mark.get("directions", ())),
            )
            for mark in value["marks"]
        )
        packed = value.get("parts", "")
        parts = frozenset(packed[at : at + DIGEST] for at in range(0, len(packed), DIGEST))
        tags: dict[Subject, tuple[str, ...]] = {}
        for tag, tagged in sorted(value.get("tags", {}).items()):
            for place in tagged:
                tags[operations[place]] = (*tags.get(operations[place], ()), tag)
        return cls(operations, marks, value.get("promise", {}), parts, value.get("frozen", {}), tags)


@dataclass(frozen=True, slots=True)
class Interval:
    """A moment that is known to lie in `(after, by]`; `after` is None where nothing earlier was seen."""

    after: datetime | None
    by: datetime


@dataclass(frozen=True, slots=True)
class Episode:
    """One time that a subject was deprecated: when it began, and how it ended, if it did.

    `removed`: it left the document with its flag. `reinstated`: it was served without the flag afterwards. An episode
    has both when the subject came back after its removal, unflagged. `deadline` is its early one.
    """

    first_seen: Interval
    removed: Interval | None = None
    reinstated: Interval | None = None
    outcome: Outcome | None = None
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A given day of removal that was replaced by another, or withdrawn (`after` is None), and when that was seen."""

    before: date
    after: date | None
    seen: Interval

    @property
    def earlier(self) -> bool:
        """Whether less time is left than was given before: then the promise is at stake."""
        return self.after is not None and self.after < self.before


@dataclass(frozen=True, slots=True)
class Done:
    """Somebody's word that we no longer depend on a subject: it ends the reminders.

    `reopened`: since then it was reinstated, deprecated anew, or got another deadline, and reminders go on.
    """

    at: datetime
    by: str
    note: str
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """The row of one subject that is deprecated or once was. `first_seen`, deadlines and evidence are the last
    episode's.

    `deadline` is the early end, the day that a reader plans by; `deadline_late` the one that a removal is judged by.
    Each is the last day of the window. At most one of `removed` and `reinstated` is set: how it is now. `episodes` has
    every episode, oldest first, the last one included.

    `strength` is `weak` for what prose alone calls deprecated. `given` is the day of removal that the provider gives;
    `moves` are its changes in this episode. `service` is the first tag of an operation,
    else the beginning of its path; None for what is no operation. `watched`: it is the watched URL itself, or the
    operation that serves it. `done`: somebody said that we no longer depend on it. `set_at` is when somebody set
    something of it, oldest first. `directions` are those in which a client meets a part of a shared definition.
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
    strength: Strength = "strong"
    given: date | None = None
    moves: tuple[Move, ...] = ()
    service: str | None = None
    watched: bool = False
    done: Done | None = None
    set_at: tuple[datetime, ...] = ()
    directions: tuple[Direction, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether somebody is done with it and nothing has happened since."""
        return self.done is not None and not self.done.reopened

    @property
    def flagged(self) -> bool:
        """Whether it is a whole operation or webhook that more than prose calls deprecated."""
        return self.subject.whole and self.strength == "strong"

    @property
    def part(self) -> bool:
        """Whether it is smaller than an operation: a property, a parameter, a schema, an enum value."""
        return not self.subject.whole and self.subject.kind not in ("url", "document")

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
    if subject.name:
        return [*short, subject.pointer, subject.name]
    return short if subject.pointer == usual else [*short, subject.pointer]


def _long(value: list[Any]) -> Subject:
    kind, method, path, *rest = value
    pointer = rest[0] if rest else _usual_pointer(kind, method, path)
    if kind is None or pointer is None:
        raise ValueError(f"not a subject of the ledger: {value!r}")
    return Subject(kind, method, path, pointer, *rest[1:2])


def _short_evidence(item: Evidence) -> list[Any]:
    more: JsonObject = {} if item.certain else {"certain": False}
    more |= {key: day.isoformat() for key, day in (("ends", item.ends), ("since", item.since)) if day is not None}
    if item.lasts is not None:
        more["lasts"] = [item.lasts.count, item.lasts.unit]
    short: list[Any] = [item.kind, item.strength, item.text, item.pointer]
    return [*short, more] if more else short


def _long_evidence(kind: str, strength: Strength, text: str, pointer: str, more: JsonObject | None = None) -> Evidence:
    said = more or {}
    days = {key: date.fromisoformat(said[key]) if key in said else None for key in ("ends", "since")}
    lasts = Duration(*said["lasts"]) if "lasts" in said else None
    return Evidence(kind, strength, text, pointer, said.get("certain", True), days["ends"], lasts, days["since"])
