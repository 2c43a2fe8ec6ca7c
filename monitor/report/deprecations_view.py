"""What there is to say of a ledger, whatever its form: counts, chapters, and what a reader must be told beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from monitor.ledger import DUE_SOON_DAYS, Entry, Frozen, State, day_of
from monitor.policy import Use, Uses
from monitor.report.deprecations_words import (
    Group,
    deadline_count,
    deadline_words,
    fold_lines,
    frozen_words,
    groups,
    left_words,
    service_of,
)
from monitor.report.marks import use_of
from monitor.report.ours import UNUSED
from monitor.report.text import plain, plural

Listed = Sequence[tuple[str, tuple[Entry, ...]]]
"""The names of sources, each with its ledger."""

Still = Mapping[str, Frozen]
"""The sources that stand still, by name."""

Used = Mapping[str, Uses]
"""What the reader uses of each source, by name; a source of which nobody said so is missing."""

NOBODY: Final = "No source is watched yet: specwatch add NAME URL"
NOTHING: Final = "Nothing is deprecated, and nothing was."
_PARTS: Final = "Parts of operations, and what they share"
_PROSE_ALONE: Final = "Said in prose alone, which is weak evidence"


@dataclass(frozen=True, slots=True)
class Chapter:
    """Some of a ledger under a title, which the operations have none of; `weak` is what prose alone says.

    Of what is `unused` a line each is told, `lines`. `uses` are what the reader uses, where that is known.
    """

    title: str
    groups: tuple[Group, ...]
    weak: bool = False
    unused: bool = False
    lines: tuple[str, ...] = ()
    uses: Uses | None = None

    @property
    def count(self) -> int:
        """How many entries it has."""
        return sum(len(group.entries) for group in self.groups)


def chapters(ledger: Sequence[Entry], uses: Uses | None, today: date) -> tuple[Chapter, ...]:
    """Operations first, then what is smaller, then what prose alone says, then what the reader does not use; each that
    there is."""
    ours = [entry for entry in ledger if use_of(entry, uses) is not Use.NOT_USED]
    strong = [entry for entry in ours if entry.strength == "strong"]
    unused = groups(entry for entry in ledger if use_of(entry, uses) is Use.NOT_USED)
    found = (
        Chapter("", groups(entry for entry in strong if entry.subject.whole), uses=uses),
        Chapter(_PARTS, groups(entry for entry in strong if not entry.subject.whole), uses=uses),
        Chapter(_PROSE_ALONE, groups(entry for entry in ours if entry.strength == "weak"), weak=True, uses=uses),
        Chapter(UNUSED, unused, unused=True, lines=fold_lines(unused, today), uses=uses),
    )
    return tuple(chapter for chapter in found if chapter.groups)


def own_words(ledger: Sequence[Entry], uses: Uses | None) -> str:
    """`Yours: 3 deadlines, 1 within 30 days, 2 passed`; empty where nothing is known of what is used."""
    return "" if uses is None else f"Yours: {own_deadline_words([(ledger, uses)])}"


def own_deadline_words(ledgers: Iterable[tuple[Sequence[Entry], Uses | None]]) -> str:
    """`3 deadlines, 1 within 30 days, 2 passed`, over the ledgers of some sources: the same on a day in every form."""
    every = [own_deadlines(*each) for each in ledgers]
    count, soon, passed = (sum(counts) for counts in zip(*every, strict=True)) if every else (0, 0, 0)
    words = [
        plural(count, "deadline"),
        f"{soon:,} within {DUE_SOON_DAYS} days" if soon else "",
        f"{passed:,} passed" if passed else "",
    ]
    return ", ".join(filter(None, words))


def own_deadlines(ledger: Sequence[Entry], uses: Uses | None) -> tuple[int, int, int]:
    """How many deadlines the reader has to act on; how many of them are near, and how many have passed."""
    running = [entry for entry in ledger if own_deadline(entry, uses)]
    soon, passed = (
        deadline_count(entry for entry in running if entry.state is state)
        for state in (State.DUE_SOON, State.OVERDUE_STILL_SERVED)
    )
    return deadline_count(running), soon, passed


def own_deadline(entry: Entry, uses: Uses | None) -> bool:
    """Whether the reader has to act on it: it stands, rests on a flag or a date, and is not known to be unused."""
    sure = entry.strength == "strong" or entry.given is not None
    return entry.standing and not entry.settled and sure and use_of(entry, uses) is not Use.NOT_USED


def standing_words(ledger: Sequence[Entry]) -> str:
    """`27 deprecated and still served in 5 services, 1 removed, 4 reinstated`; without those that there are none of.

    Operations and webhooks are counted so; what is smaller, and what prose alone calls deprecated, comes after them as
    `also 5 parts, 12 in prose alone` of what is still served.
    """
    flagged = [entry for entry in ledger if entry.flagged]
    standing = sum(entry.standing for entry in flagged)
    removed = sum(entry.removed is not None for entry in flagged)
    reinstated = sum(entry.reinstated is not None for entry in flagged)
    parts = sum(entry.standing and entry.strength == "strong" for entry in ledger) - standing
    prose = sum(entry.standing and entry.strength == "weak" for entry in ledger)
    done = sum(entry.standing and entry.settled for entry in ledger)
    also = [plural(parts, "part") if parts else "", f"{prose:,} in prose alone" if prose else ""]
    services = len({service_of(entry) for entry in flagged if entry.standing})
    of = f" in {plural(services, 'service')}" if services < standing else ""
    words = [
        f"{standing:,} deprecated and still served{of}" if standing else "nothing is deprecated now",
        f"{removed:,} removed" if removed else "",
        f"{reinstated:,} reinstated" if reinstated else "",
        f"also {', '.join(word for word in also if word)}" if any(also) else "",
        f"{done:,} of all done" if done else "",
    ]
    return ", ".join(word for word in words if word)


def unknown_because(ledger: Sequence[Entry]) -> str | None:
    """Why no deadline at all is known, where that has one reason; else None."""
    standing = [entry for entry in ledger if entry.standing]
    reasons = {entry.deadline_basis.partition(": ")[2] for entry in standing if entry.deadline is None}
    if len(reasons) != 1 or any(entry.deadline is not None for entry in standing):
        return None
    reason = reasons.pop()
    return reason if reason.startswith("no promise") else None


def watched_words(ledger: Sequence[Entry], today: date) -> tuple[str, ...]:
    """The loudest of all: what is watched is going to be gone."""
    return tuple(_watched(entry, today) for entry in ledger if entry.watched and entry.standing)


def uses_in(used: Used | None, name: str) -> Uses | None:
    """What the reader uses of a source; None where nobody said so."""
    return None if used is None else used.get(name)


def still_words(name: str, still: Still | None) -> str:
    """That a source stands still, as a sentence; empty where it does not."""
    words = "" if still is None or name not in still else frozen_words(still[name])
    return f"Frozen: {words}" if words else ""


def _watched(entry: Entry, today: date) -> str:
    left = left_words(entry, today)
    successor = f"; its successor is {entry.successor}" if entry.successor else "; no successor is named"
    words = f"deadline {deadline_words(entry, today)}{f', {left}' if left else ''}{successor}"
    return plain(f"THE WATCHED URL ITSELF IS DEPRECATED ({entry.subject}): {words}. Watch another in time.")


def since_nobody_knows(name: str, ledger: Sequence[Entry]) -> str:
    """What to do about deadlines that are unknown because the history begins too late; empty where there are none.

    Commands stand between backticks.
    """
    unknown = [
        entry for entry in ledger if entry.standing and entry.deadline is None and entry.first_seen.after is None
    ]
    if not unknown:
        return ""
    first = min(day_of(entry.first_seen.by) for entry in unknown)
    past = sum(entry.state is State.OVERDUE_STILL_SERVED for entry in unknown)
    how = "deadline past, the day is unknown" if past == len(unknown) else "deadline unknown, possibly past"
    some = f"; {past:,} of them surely" if 0 < past < len(unknown) else ""
    example = min(unknown, key=lambda entry: not entry.flagged)
    return (
        f"{plural(len(unknown), 'deprecation')} since before {first}, {how}{some}. "
        f"`specwatch import {plain(name)} PATH` brings older versions; "
        f"`specwatch deprecations set {plain(name)} '{plain(str(example.subject))}' --since DATE --why TEXT` "
        "says what you know."
    )
