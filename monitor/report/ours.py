"""What of a comparison is the reader's own: how every form opens, and which changes stand behind all others.

A change is set aside where it meets only operations that the reader does not use, where it is breaking or risky for
none but such, or where somebody has muted it. It is counted and listed all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import UNSET, structs

from monitor.policy import PromiseState, Use
from monitor.report.diffdoc import ChangeEntry, DiffDocument, summary_of
from monitor.report.entries import counted
from monitor.report.text import listed, plain, plural
from monitor.rules import Level

UNUSED: Final = "Not used by you"
MUTED: Final = "Muted or acknowledged"
_LOUD: Final = (Level.BREAKING, Level.RISKY)


def is_aside(change: ChangeEntry) -> bool:
    """Whether it stands behind all others: the reader does not use what it meets, or somebody has muted it."""
    return change.muted is not None or concerns_others(change)


def concerns_others(change: ChangeEntry) -> bool:
    """Whether what is to be told of it meets only operations that the reader does not use.

    So it is too where something used meets it, but none of the breaking and risky that it is elsewhere.
    """
    return change.use == Use.NOT_USED or (change.level in _LOUD and change.our_level not in _LOUD)


def is_loud(level: Level, promise: PromiseState) -> bool:
    """Whether a change is told one by one, and not in counts."""
    return level in _LOUD or promise == PromiseState.BROKEN


def told_level(change: ChangeEntry) -> Level:
    """The level at which it is told: the reader's own, but of what concerns others theirs."""
    return Level(change.level if concerns_others(change) else change.our_level)


def use_words(change: ChangeEntry) -> str:
    """`hit`, or `hit (compatible for yours)` where it is worse for others; empty where nothing is known of use."""
    if change.use is None:
        return ""
    return str(change.use) + (f" ({change.our_level} for yours)" if change.our_level != change.level else "")


def asides(changes: Iterable[ChangeEntry]) -> tuple[tuple[str, tuple[ChangeEntry, ...]], ...]:
    """What is set aside, under its titles; a title without changes is left out."""
    aside = tuple(change for change in changes if is_aside(change))
    found = (
        (UNUSED, tuple(change for change in aside if change.muted is None)),
        (MUTED, tuple(change for change in aside if change.muted is not None)),
    )
    return tuple((title, members) for title, members in found if members)


def ours_first(changes: Sequence[ChangeEntry]) -> tuple[ChangeEntry, ...]:
    """All changes in their order, but those that are set aside last."""
    told = (change for change in changes if not is_aside(change))
    return (*told, *(change for _, members in asides(changes) for change in members))


def remarks(change: ChangeEntry) -> tuple[str, ...]:
    """What a line says of a change behind its words: a broken promise, its use where that is known, who muted it."""
    broken = "Promise: broken." if change.promise == PromiseState.BROKEN else ""
    use = "" if change.use is None else f"Use: {use_words(change)}."
    return tuple(filter(None, (broken, use, muted_words(change))))


def muted_words(change: ChangeEntry) -> str:
    """`Muted by ada until 2026-12-01: we handle it.`, or nothing."""
    if change.muted is None:
        return ""
    until = f" until {change.muted.until}" if change.muted.until else ""
    return f"{change.muted.how.capitalize()} by {plain(change.muted.by)}{until}: {plain(change.muted.reason)}."


def opening_words(document: DiffDocument) -> list[str]:
    """What concerns the reader's own code, where that is known; all changes; how many of them somebody has muted."""
    whole = sum_words(document)
    muted = summary_of(change for change in document.changes if change.muted is not None)
    lines = [f"{MUTED}: {counted(muted)}."] if any(change.muted for change in document.changes) else []
    if document.yours is UNSET:
        return [whole, *lines]
    unsure = sum(
        change.use == Use.UNKNOWN and change.muted is None and change.level != Level.DOCS for change in document.changes
    )
    may = f"; {plural(unsure, 'change')} may be yours" if unsure else ""
    rest = structs.replace(document.yours, breaking=0)
    beside = f", {counted(rest)}" if any((rest.risky, rest.compatible, rest.docs)) else ""
    own = f"Yours: {document.yours.breaking:,} breaking{beside}{may}."
    return [own, f"In all: {whole[0].lower()}{whole[1:]}", *lines]


def unmatched_words(patterns: Sequence[str], of: str = "the document") -> str:
    """That some patterns of `uses` name no operation `of` what was looked at."""
    names = listed([f"'{plain(pattern)}'" for pattern in patterns])
    it = "it" if len(patterns) == 1 else "them"
    return f"No operation of {of} matches {names} of `uses`: nothing is yours by {it}."


def sum_words(document: DiffDocument) -> str:
    """The counts, and how many operations are affected, in a sentence."""
    if not document.changes:
        return "No changes."
    affected = document.summary.operations_affected
    words = counted(document.summary)
    if not affected:
        return f"{words}; no operation is affected."
    return f"{words}; {plural(affected, 'operation is', 'operations are')} affected."
