"""Muting: a change that somebody has seen, or wants to hear no more of. It is counted ever after, and told no more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from monitor.errors import UsageError
from monitor.ledger import day_of
from monitor.report import Muted
from monitor.report.text import listed
from monitor.store import ACK, MUTE, UNMUTE, MuteRow

if TYPE_CHECKING:
    from monitor.store import Store

_PREFIX: Final = re.compile(r"[0-9a-f]{4,16}")
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What was written down of a change: its whole fingerprint, and the sources that have it."""

    fingerprint: str
    sources: tuple[str, ...]


def acknowledge(store: Store, prefix: str, names: Sequence[str] = (), *, by: str, note: str, now: datetime) -> Said:
    """Say of a change that it was seen and is looked after; the same change at a later time is told again.

    It is named by the beginning of its fingerprint, in the named sources or in all that have it. Raises UsageError
    (no such change, or several), UnknownSource, StoreError.
    """
    return _say(store, prefix, names, MuteRow(now, by, ACK, "", note))


def mute(
    store: Store, prefix: str, names: Sequence[str] = (), *, by: str, reason: str, until: date, now: datetime
) -> Said:
    """Tell no more of a change until the end of a day. Raises as `acknowledge`, and UsageError for a day gone by."""
    if until < day_of(now):
        raise UsageError(f"{until} is over: a change is muted until a day to come")
    return _say(store, prefix, names, MuteRow(now, by, MUTE, "", reason, until))


def unmute(store: Store, prefix: str, names: Sequence[str] = (), *, by: str, reason: str, now: datetime) -> Said:
    """Tell of a change again that was muted or acknowledged. Raises as `acknowledge`, and where it is neither."""
    return _say(store, prefix, names, MuteRow(now, by, UNMUTE, "", reason))


def muted_by(rows: Sequence[MuteRow], *, today: date, seen_at: datetime | None = None) -> Mapping[str, Muted]:
    """What holds on a day of the changes that came with one version, first seen at `seen_at`; by fingerprint.

    Who acknowledged a change has not seen one that came later, though it has the same fingerprint: what is taken back
    and done again is told again. Without `seen_at` every acknowledgement holds.
    """
    last = {row.fingerprint: row for row in rows}
    return {fingerprint: _muted(row) for fingerprint, row in last.items() if _holds(row, today, seen_at)}


def _holds(row: MuteRow, today: date, seen_at: datetime | None) -> bool:
    if row.action == ACK:
        return seen_at is None or seen_at <= row.at
    return row.action == MUTE and (row.until is None or today <= row.until)


def _muted(row: MuteRow) -> Muted:
    return Muted(
        how="acknowledged" if row.action == ACK else "muted", by=row.author, reason=row.reason, until=row.until
    )


def _say(store: Store, prefix: str, names: Sequence[str], said: MuteRow) -> Said:
    """Write it down for each source that has the change, in one transaction."""
    if not _PREFIX.fullmatch(prefix):
        raise UsageError(
            f"{prefix!r} is no fingerprint",
            advice="Reports show its first digits behind the rule, as in [operation-removed 1a2b3c4d].",
        )
    with store.transaction() as uow:
        wanted = {uow.sources.get(name).name for name in names}
        found = [(name, mark) for name, mark in uow.mutes.changes(prefix) if not wanted or name in wanted]
        marks = list(dict.fromkeys(mark for _, mark in found))
        if len(marks) != 1:
            raise _unclear(prefix, marks)
        sources = [uow.sources.get(name) for name, _ in found]
        if said.action == UNMUTE:
            sources = [each for each in sources if _is_muted(uow.mutes.all(each.id), marks[0])]
            if not sources:
                raise UsageError(f"the change {marks[0]} is neither muted nor acknowledged")
        for source in sources:
            uow.mutes.add(source.id, MuteRow(said.at, said.author, said.action, marks[0], said.reason, said.until))
    return Said(marks[0], tuple(source.name for source in sources))


def _is_muted(rows: Sequence[MuteRow], fingerprint: str) -> bool:
    last = next((row for row in reversed(rows) if row.fingerprint == fingerprint), None)
    return last is not None and last.action != UNMUTE


def _unclear(prefix: str, marks: Sequence[str]) -> UsageError:
    if marks:
        return UsageError(
            f"{len(marks)} changes have a fingerprint that begins with {prefix}",
            advice=f"Give more digits: {listed(marks, _SHOWN)}.",
        )
    return UsageError(
        f"no stored change has a fingerprint that begins with {prefix}",
        advice="`specwatch report --format json` has the fingerprints of a span of time.",
    )
