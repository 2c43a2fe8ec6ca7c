"""Correcting the ledger: entries and dates that a person sets, and what nobody here depends on any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import UsageError
from monitor.jobs.deriving import derive
from monitor.jobs.past import Past, entries_of
from monitor.jobs.profiles import Profiles, profiles_of
from monitor.ledger import Correction, Entry, Subject, correction_object, day_of

if TYPE_CHECKING:
    from monitor.settings import Settings
    from monitor.store import SourceRow, Store


@dataclass(frozen=True, slots=True)
class Setting:
    """What somebody sets of a deprecation: who, when, why; what is None is left as it is.

    `since` is the first day on which it was deprecated.
    """

    by: str
    at: datetime
    why: str
    deadline: date | None = None
    since: date | None = None
    successor: str | None = None


def set_deprecation(
    store: Store, settings: Settings, name: str, subject: str, setting: Setting, *, folder: Path
) -> Entry:
    """Say of a subject that it is deprecated, since when, until when, or what takes its place; the entry as it is then.

    `subject` is the name of an entry (`property Boat > hull`) or an operation that the newest version serves.
    Raises UnknownSource, UsageError (no such subject, a day to come, a profile), StoreError.
    """
    today = day_of(setting.at)
    if setting.since is not None and setting.since > today:
        raise UsageError(f"{setting.since} is still to come: it cannot have been deprecated since then")
    source, profiles, past = _known(store, settings, name, folder)
    found = _subject(past, entries_of(past, profiles, today=today), subject)
    said = (setting.deadline, setting.since, setting.successor)
    return _written(store, source, profiles, Correction("set", found, setting.at, setting.by, setting.why, *said))


def done_with(
    store: Store, settings: Settings, name: str, subject: str, *, by: str, note: str, now: datetime, folder: Path
) -> Entry:
    """Say that nobody here depends on a deprecated subject any more; the entry as it is then.

    It ends the reminders until the entry is reinstated, begins anew, or has another deadline.
    Raises UnknownSource, UsageError (no such entry, one that is over, a profile), StoreError.
    """
    source, profiles, past = _known(store, settings, name, folder)
    entries = entries_of(past, profiles, today=day_of(now))
    entry = _entry(entries, subject)
    if entry is None:
        raise UsageError(f"{name} has no deprecation {subject!r}", advice=_advice(entries, subject))
    if not entry.standing:
        raise UsageError(f"{entry.subject} is {entry.state.value}: there is nothing to be done with")
    return _written(store, source, profiles, Correction("done", entry.subject, now, by, note, entry.deadline))


def _known(store: Store, settings: Settings, name: str, folder: Path) -> tuple[SourceRow, Profiles, Past]:
    profiles = profiles_of(settings.source(name), folder)
    with store.reading() as uow:
        source = uow.sources.get(name)
    return source, profiles, Past.load(store, source.id, profiles)


def _written(store: Store, source: SourceRow, profiles: Profiles, correction: Correction) -> Entry:
    with store.transaction() as uow:
        uow.corrections.add(source.id, correction_object(correction), at=correction.at, author=correction.by)
    today = day_of(correction.at)
    derived = derive(store, source, profiles, now=correction.at)
    entry = _entry(entries_of(derived.past, profiles, today=today), str(correction.subject))
    assert entry is not None
    return entry


def _entry(entries: tuple[Entry, ...], subject: str) -> Entry | None:
    wanted = subject.split()
    return next((entry for entry in entries if str(entry.subject).split() == wanted), None)


def _subject(past: Past, entries: tuple[Entry, ...], subject: str) -> Subject:
    entry = _entry(entries, subject)
    if entry is not None:
        return entry.subject
    served = past.trusted[-1].outline.operations if past.trusted else ()
    found = next((one for one in served if str(one).split() == subject.split()), None)
    if found is None:
        names = [str(one) for one in served]
        near = get_close_matches(subject, names, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "Write it as `specwatch deprecations` does, or as GET /path."
        raise UsageError(f"the newest version serves no {subject!r}", advice=hint)
    return found


def _advice(entries: tuple[Entry, ...], subject: str) -> str:
    near = get_close_matches(subject, [str(entry.subject) for entry in entries], n=1)
    return f"Did you mean {near[0]!r}?" if near else "`specwatch deprecations` lists what there is."
