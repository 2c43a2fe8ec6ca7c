"""What others read by subscribing: the feed of what became known, and the calendar of deadlines, as bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.jobs.deriving import derive_comparisons
from monitor.jobs.past import label
from monitor.jobs.profiles import profiles_of
from monitor.jobs.progress import Progress
from monitor.jobs.reporting import (
    comparisons_in,
    deprecations,
    happened,
    marked_for,
    steps,
    told_apart,
    used_operations,
    uses_of,
)
from monitor.jobs.requests import ways_of
from monitor.report import deprecations_ics, feed_atom
from monitor.report.feed_view import FeedOutage, FeedSource, feed_entries
from monitor.rules import Level

if TYPE_CHECKING:
    from monitor.settings import Settings, SourceSettings
    from monitor.store import Store

MOST = 100
"""Entries of a feed, unless told: readers keep what they have seen, and ask again within the day."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def build_feed(
    store: Store,
    settings: Settings,
    names: Sequence[str] = (),
    *,
    today: date,
    folder: Path,
    most: int = MOST,
    level: Level = Level.DOCS,
    progress: Callable[[Progress], None] | None = None,
) -> bytes:
    """The newest `most` entries of the named sources, or of all, by the end of `today`, as an Atom document in UTF-8.

    Versions that changed nothing of at least `level` have none.

    `progress` hears of the comparisons that are made first. Raises UnknownSource, UsageError (a profile), StoreError.
    """
    sources = [_source(store, settings, source, today, folder, progress) for source in settings.chosen(names)]
    return feed_atom(feed_entries(sources, most=most, level=level), names, updated=datetime.combine(today, time(), UTC))


def build_calendar(store: Store, settings: Settings, names: Sequence[str] = (), *, today: date, folder: Path) -> bytes:
    """The deadlines of the named sources, or of all, as an iCalendar document in UTF-8. Raises as `build_feed`."""
    entries = deprecations(store, settings, names, today=today, folder=folder)
    return deprecations_ics(entries, today, used=used_operations(settings, names)).encode()


def _source(
    store: Store,
    settings: Settings,
    source: SourceSettings,
    today: date,
    folder: Path,
    progress: Callable[[Progress], None] | None,
) -> FeedSource:
    profiles = profiles_of(source, folder)
    with store.reading() as uow:
        stored = uow.sources.find(source.name)
    if stored is None:
        return FeedSource(source.name)
    step = None if progress is None else steps(f"comparing the versions of {source.name}", progress)
    past = derive_comparisons(store, stored, profiles, step=step).past
    until = datetime.combine(today + timedelta(days=1), time(), UTC)
    told = happened(
        store, stored, past, profiles, today=today, frozen_after=settings.frozen_after, uses=uses_of(source)
    )
    with store.reading() as uow:
        found, warnings = comparisons_in(uow, stored, past, _BEGINNING, until)
        kept, crossings = told_apart(found, ways_of(uow, stored.id))
        said = uow.mutes.all(stored.id)
        outages = uow.outages.between(stored.id, _BEGINNING, until)
    first = past.seen[0].row if past.seen and past.seen[0].row.seen_at < until else None
    compared = {each.after_name for each in found}
    missing = [after.row.seen_at for _, after in past.pairs() if label(stored, after) not in compared]
    return FeedSource(
        name=source.name,
        begun=None if first is None else first.seen_at,
        operations=0 if first is None else first.operations,
        comparisons=tuple(marked_for(source, each, said, today=today) for each in kept),
        events=told,
        crossings=crossings,
        uncompared=tuple(zip(missing, warnings, strict=False)),
        outages=tuple(
            FeedOutage(each.since, each.seen_at, each.failures, each.category, each.message, each.over_at)
            for each in outages
            if each.seen_at < until
        ),
    )
