"""Answering: what changed in a span, what every version was, what goes away, how each source is doing.

Each answer first has made what is missing or out of date (another promise, a newer engine), so what is shown always
follows from the profiles that the configuration names now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from monitor.contract.types import OperationRef
from monitor.errors import UsageError
from monitor.jobs.deriving import derive_comparisons
from monitor.jobs.due import next_occasion
from monitor.jobs.muting import muted_by
from monitor.jobs.past import Past, Seen, entries_of, label
from monitor.jobs.profiles import Profiles, confirmation_of, load_profiles, profiles_of
from monitor.jobs.progress import Progress
from monitor.jobs.requests import AT_ANOTHER_URL, profile_of, ways_of
from monitor.ledger import (
    Entry,
    Frozen,
    Observation,
    PromiseChange,
    Removal,
    entry_from,
    events,
    frozen_sources,
    outdated_by,
    promise_changes,
    unannounced_removals,
)
from monitor.policy import Uses
from monitor.report.diffdoc import PROMISE_WORDS, DiffDocument, decode, without
from monitor.report.history_events import history_events, source_events
from monitor.report.marks import marked, operation_of
from monitor.report.view import (
    ComparisonView,
    Crossing,
    Health,
    History,
    HistoryEvent,
    HistoryItem,
    Outage,
    Report,
    SourceStatus,
    SourceView,
)
from monitor.store import MuteRow, Provenance

if TYPE_CHECKING:
    from monitor.jobs.comparing import Bench
    from monitor.settings import Settings, SourceSettings
    from monitor.store import CheckRow, SourceRow, Store, UnitOfWork

ALERTED = "told"
"""The name, with the source, under which the table of runs keeps when people were told at once of what broke."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a source: how many versions, from when until when, how much is deprecated and still served."""

    snapshots: int
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    standing: int = 0


def build_report(
    store: Store,
    settings: Settings,
    names: Sequence[str] = (),
    *,
    since: datetime,
    until: datetime,
    today: date,
    folder: Path,
    progress: Callable[[Progress], None] | None = None,
    bench: Bench | None = None,
) -> Report:
    """What became known of the named sources, or of all, in the half-open span; deadlines are as of `today`.

    A source whose profiles cannot be read is judged without them, with a warning: it must not keep the others from
    being told. `progress` hears of comparisons that are made anew, which takes long for a whole history; `bench` is
    where (default: here). Raises UnknownSource, StoreError.
    """
    say = progress or (lambda _: None)
    views = [
        _view(
            store,
            source,
            _profiles(source, folder),
            since,
            until,
            today,
            settings.frozen_after,
            progress=say,
            bench=bench,
        )
        for source in settings.chosen(names)
    ]
    return Report(since, until, today, tuple(views))


def frozen_now(
    store: Store, settings: Settings, names: Sequence[str] = (), *, today: date, folder: Path
) -> dict[str, Frozen]:
    """Which of the named sources, or of all, stand still as of `today` and say so. Raises as `deprecations`."""
    found: dict[str, Frozen] = {}
    for source in settings.chosen(names):
        with store.reading() as uow:
            stored = uow.sources.find(source.name)
        if stored is None:
            continue
        past = Past.load(store, stored.id, profiles_of(source, folder))
        until = datetime.combine(today + timedelta(days=1), time(), UTC)
        sights = sights_of(past, until)
        last = next((one for one in reversed(frozen_sources(sights, past.url, settings.frozen_after))), None)
        begun = max((seen.row.seen_at for seen in past.seen if seen.row.seen_at < until), default=None)
        if last is not None and last.since == begun:
            found[source.name] = last
    return found


def deprecations(
    store: Store,
    settings: Settings,
    names: Sequence[str] = (),
    *,
    today: date,
    folder: Path,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """The book of each named source, or of all, as of `today`.

    `progress` hears of the versions that are read again, because what is kept of them is from an older specwatch.
    Raises UnknownSource, UsageError (a profile), StoreError.
    """
    found = []
    for source in settings.chosen(names):
        profiles = profiles_of(source, folder)
        with store.reading() as uow:
            stored = uow.sources.find(source.name)
        step = None if progress is None else steps(f"reading {source.name} again", progress)
        past = Past(()) if stored is None else Past.load(store, stored.id, profiles, step=step)
        found.append((source.name, entries_of(past, profiles, today=today)))
    return tuple(found)


def used_operations(settings: Settings, names: Sequence[str] = ()) -> dict[str, Uses]:
    """What one's own code calls, by the named sources or all, of which somebody said so. Raises UnknownSource."""
    found = {source.name: uses_of(source) for source in settings.chosen(names)}
    return {name: uses for name, uses in found.items() if uses is not None}


def uses_of(source: SourceSettings) -> Uses | None:
    """What one's own code calls of a source; None where nobody said so."""
    return Uses.of(source.uses) if source.uses else None


def source_history(
    store: Store,
    settings: Settings,
    name: str,
    *,
    today: date,
    folder: Path,
    progress: Callable[[Progress], None] | None = None,
) -> History:
    """Every version of a source and every event of its ledger until `today`, oldest first.

    `progress` hears of comparisons that are made anew.
    Raises UnknownSource, UsageError (a profile), StoreError.
    """
    source = settings.source(name)
    profiles = profiles_of(source, folder)
    with store.reading() as uow:
        stored = uow.sources.find(name)
    if stored is None:
        return History(name, source.url, (), today=today, uses=uses_of(source))
    step = None if progress is None else steps(f"comparing the versions of {name}", progress)
    past = derive_comparisons(store, stored, profiles, step=step).past
    with store.reading() as uow:
        ways = ways_of(uow, stored.id)
        said = uow.mutes.all(stored.id)
        compared_with = {after.row.id: before for before, after in past.pairs()}
        items = tuple(
            _with_changes(uow, source, _item(seen, past, ways), compared_with.get(seen.row.id), seen, said, today)
            for seen in past.seen
        )
    uses = uses_of(source)
    told = happened(store, stored, past, profiles, today=today, frozen_after=settings.frozen_after, uses=uses)
    return History(name, source.url, items, told, entries_of(past, profiles, today=today), today, uses)


def happened(
    store: Store,
    stored: SourceRow,
    past: Past,
    profiles: Profiles,
    *,
    today: date,
    frozen_after: timedelta,
    uses: Uses | None = None,
) -> tuple[HistoryEvent, ...]:
    """Everything that happened by `today` to what is deprecated, to the promise and to the source itself, by day.

    Of what is deprecated it says whether it is among `uses`, where those are known.
    """
    with store.reading() as uow:
        removals = removals_of(past.observations, past, ways_of(uow, stored.id))
    found = events(entries_of(past, profiles, today=today), removals, today)
    until = datetime.combine(today + timedelta(days=1), time(), UTC)
    promised = lasting_promise_changes(past, _EVER[0], until)
    words = "" if profiles.promise is None else profiles.promise.words
    still = frozen_sources(sights_of(past, until), past.url, frozen_after)
    told = [*history_events(found, uses), *source_events(promised, outdated_by(words, promised), still)]
    return tuple(sorted(told, key=lambda each: each.day))


def list_sources(
    store: Store, settings: Settings, names: Sequence[str] = (), *, now: datetime
) -> tuple[SourceStatus, ...]:
    """How each named source, or each of all, is doing. Raises UnknownSource, StoreError."""
    with store.reading() as uow:
        return tuple(_status(uow, source, now) for source in settings.chosen(names))


def compared(store: Store, source: SourceSettings, profiles: Profiles) -> tuple[ComparisonView, ...]:
    """Every comparison of two neighbouring versions of a source, oldest first; none of one that is not stored yet.

    Raises StoreError.
    """
    with store.reading() as uow:
        stored = uow.sources.find(source.name)
    if stored is None:
        return ()
    past = derive_comparisons(store, stored, profiles).past
    with store.reading() as uow:
        return comparisons_in(uow, stored, past, *_EVER)[0]


_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def known_now(store: Store, source: SourceSettings) -> Known:
    """What is known of a source: what `add` ends with."""
    with store.reading() as uow:
        stored = uow.sources.find(source.name)
        rows = () if stored is None else uow.snapshots.all(stored.id)
        if stored is None or not rows:
            return Known(0)
        book = map(entry_from, uow.ledger.all(stored.id))
        standing = sum(entry.standing and entry.flagged for entry in book)
    return Known(len(rows), rows[0].seen_at, rows[-1].last_seen_at, standing)


def _profiles(source: SourceSettings, folder: Path) -> tuple[Profiles, tuple[str, ...]]:
    """The profiles of a source; when they are wrong, none but the strict client's, and a sentence why."""
    try:
        return profiles_of(source, folder), ()
    except UsageError as error:
        said = " ".join(str(error).split())
        strict = load_profiles("strict", None, extensions=source.extensions)
        strict = replace(strict, confirmation=confirmation_of(source))
        return strict, (f"It is judged strictly and without a promise: {said}",)


def _view(
    store: Store,
    source: SourceSettings,
    judged: tuple[Profiles, tuple[str, ...]],
    since: datetime,
    until: datetime,
    today: date,
    frozen_after: timedelta,
    *,
    progress: Callable[[Progress], None],
    bench: Bench | None,
) -> SourceView:
    profiles, faults = judged
    with store.reading() as uow:
        stored = uow.sources.find(source.name)
    past = Past(())
    if stored is not None:
        step = steps(f"comparing the versions of {source.name}", progress)
        past = derive_comparisons(store, stored, profiles, desk=bench, step=step).past
    within = [seen for seen in past.seen if since <= seen.row.seen_at < until]
    first = past.seen[0] if past.seen else None
    baseline = first if first is not None and first in within else None
    views: tuple[ComparisonView, ...] = ()
    warnings: tuple[str, ...] = ()
    promised: tuple[PromiseChange, ...] = ()
    still: tuple[Frozen, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    uses = uses_of(source)
    alerts: tuple[datetime, ...] = ()
    health = Health(paused=source.paused)
    if stored is not None:
        with store.reading() as uow:
            found, warnings = comparisons_in(uow, stored, past, since, until)
            promised = lasting_promise_changes(past, since, until)
            sights = sights_of(past, until)
            still = tuple(one for one in frozen_sources(sights, past.url, frozen_after) if since <= one.known_at)
            health = _health(uow, stored, source, past, (since, until))
            found, crossings = told_apart(found, ways_of(uow, stored.id))
            said = uow.mutes.all(stored.id)
            alerts = tuple(at for at in uow.runs.times(f"{ALERTED} {source.name}") if at < until)
            views = tuple(marked_for(source, each, said, today=today) for each in found)
    tags = _tags(past, since, until)
    return SourceView(
        name=source.name,
        url=source.url,
        promise=profiles.promise_name,
        promise_title=None if profiles.promise is None else profiles.promise.title,
        window_months=profiles.window_months,
        client=profiles.client.name,
        health=health,
        versions=len(within),
        suspect=sum(seen.row.sequence in past.doubts.flaps for seen in within),
        baseline=None if baseline is None else baseline.row.seen_at,
        comparisons=views,
        entries=_told(entries_of(past, profiles, today=today)),
        snapshots=len(past.seen),
        baseline_operations=None if baseline is None else baseline.row.operations,
        warnings=(*faults, *warnings),
        promised=promised,
        outdated=() if profiles.promise is None else outdated_by(profiles.promise.words, promised),
        frozen=still,
        crossings=crossings,
        unconfirmed=past.doubts.loss,
        told_later=past.told_later,
        uses=uses,
        astray=_astray(uses, past, tags),
        alerts=alerts,
        tags=tags,
    )


def _astray(uses: Uses | None, past: Past, told: Iterable[OperationRef]) -> tuple[str, ...]:
    """The patterns that name no operation: none that is told of, and none of the newest version."""
    if uses is None or not past.trusted:
        return ()
    newest = (operation_of(subject) for subject in past.trusted[-1].outline.operations)
    found = uses.unmatched([*told, *filter(None, newest)])
    # Callbacks are not known by their expressions here.
    return tuple(text for text in found if not text.upper().startswith("CALLBACK "))


def _tags(past: Past, since: datetime, until: datetime) -> dict[OperationRef, tuple[str, ...]]:
    """The tags that each operation has in the span, and had in the version before it and before each that is told.

    What was suspect and is confirmed in the span may have been seen before it, and lacks what is told to be gone.
    """
    before = [seen for seen in past.trusted if seen.row.seen_at < since][-1:]
    before += [earlier for earlier, after in past.pairs() if since <= past.told_at(after) < until]
    found: dict[OperationRef, tuple[str, ...]] = {}
    for seen in (*before, *(seen for seen in past.seen if since <= seen.row.seen_at < until)):
        for subject in seen.outline.operations:
            operation = operation_of(subject)
            if operation is not None:
                tags = (*found.get(operation, ()), *seen.outline.tags.get(subject, ()))
                found[operation] = tuple(dict.fromkeys(tags))
    return found


def steps(doing: str, progress: Callable[[Progress], None]) -> Callable[[int, int], None]:
    """What hears how many of how many are done, and passes it on with what is being done."""
    return lambda done, total: progress(Progress(done, total, doing))


def marked_for(source: SourceSettings, view: ComparisonView, said: Sequence[MuteRow], *, today: date) -> ComparisonView:
    """Without the promise's words, which are told elsewhere, and with what the reader uses and has muted."""
    muted = muted_by(said, today=today, seen_at=view.after_seen)
    return replace(view, document=marked(without(view.document, PROMISE_WORDS), uses_of(source), muted))


def _told(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries of a report: of what somebody is done with, nothing reminds as long as it stands."""
    return tuple(entry for entry in entries if not (entry.settled and entry.standing))


def comparisons_in(
    uow: UnitOfWork, source: SourceRow, past: Past, since: datetime, until: datetime
) -> tuple[tuple[ComparisonView, ...], tuple[str, ...]]:
    """The comparisons whose later version became known in the span, and words for those that could not be made."""
    views, warnings = [], []
    late = uow.comparisons.late(source.id)
    for before, after in past.pairs():
        told_at = past.told_at(after)
        if not since <= max(told_at, late.get((before.row.id, after.row.id), told_at)) < until:
            continue
        row = uow.comparisons.get(before.row.id, after.row.id)
        names = label(source, before), label(source, after)
        if row is None or row.document is None:
            reason = "they were not compared" if row is None else row.error
            warnings.append(f"{names[0]} and {names[1]}: {reason}")
            continue
        document = _named(decode(row.document), *names)
        views.append(ComparisonView(before.row.last_seen_at, after.row.seen_at, *names, document))
    return tuple(views), tuple(warnings)


def lasting_promise_changes(past: Past, since: datetime, until: datetime) -> tuple[PromiseChange, ...]:
    """The lasting changes of the promise's words that became known as such in the span.

    By what was seen up to its end: what is told in one span is then told in no other. Every sight counts, so that the
    one that confirms a change is the same whenever it is asked for.
    """
    later = past.told_later
    changes = promise_changes(sights_of(past, until), past.suspect)
    told = [(max(each.confirmed_at, later.get(each.first_seen.by, each.confirmed_at)), each) for each in changes]
    return tuple(change for at, change in told if since <= at < until)


def sights_of(past: Past, until: datetime) -> list[Observation]:
    """Every sight before `until`: more than a snapshot's first and last."""
    return [seen for seen in past.sights if seen.seen_at < until]


def _named(document: DiffDocument, before: str, after: str) -> DiffDocument:
    """With the names of now: a source may have been renamed since it was compared."""
    return msgspec.structs.replace(
        document,
        before=msgspec.structs.replace(document.before, source=before),
        after=msgspec.structs.replace(document.after, source=after),
    )


def told_apart(
    found: Sequence[ComparisonView], ways: Mapping[datetime, str]
) -> tuple[tuple[ComparisonView, ...], tuple[Crossing, ...]]:
    """The comparisons that are of one document, and those of two that were asked for in different ways.

    What came from another URL is another document: what differs between the two is no change of the API.
    """
    kept, crossings = [], []
    for each in found:
        way = ways.get(each.after_seen)
        another = way is not None and AT_ANOTHER_URL in way
        if way is not None:
            summary = each.document.summary if another else None
            crossings.append(Crossing(each.after_seen, way, each.before_name, each.after_name, summary))
        if not another:
            kept.append(each)
    return tuple(kept), tuple(crossings)


def removals_of(observations: Sequence[Observation], past: Past, ways: Mapping[datetime, str]) -> tuple[Removal, ...]:
    """The unannounced removals; what only another URL does not have, nobody removed."""
    gone = unannounced_removals(observations, past.suspect)
    return tuple(one for one in gone if AT_ANOTHER_URL not in ways.get(one.removed.by, ""))


def _health(
    uow: UnitOfWork, stored: SourceRow, source: SourceSettings, past: Past, span: tuple[datetime, datetime]
) -> Health:
    last, good = uow.checks.last(stored.id), uow.checks.last_good(stored.id)
    failures = uow.checks.failures(stored.id)
    problems = past.seen[-1].row.all_problems if past.seen else ()
    over = [
        Outage(outage.since, outage.over_at, outage.failures, outage.category)
        for outage in uow.outages.between(stored.id, *span)
        if outage.over_at is not None and outage.over_at < span[1]
    ]
    return Health(
        checked_at=None if last is None else last.at,
        outcome=None if last is None else last.outcome,
        category=None if last is None else last.category,
        message=None if last is None else last.message,
        last_good=None if good is None else good.at,
        problems=tuple(f"{problem.pointer}: {problem.message}" for problem in problems),
        paused=source.paused,
        failures=len(failures),
        failing_since=failures[-1].at if failures else None,
        request_id=None if last is None else last.request_id,
        moved_to=_moved_to(good, source),
        outages=tuple(over),
    )


def _moved_to(good: CheckRow | None, source: SourceSettings) -> str | None:
    """Where the document is from now on, by the last good check; nothing once the configuration has followed."""
    if good is None or good.profile != profile_of(source):
        return None
    return good.moved_to


def _with_changes(
    uow: UnitOfWork,
    source: SourceSettings,
    item: HistoryItem,
    before: Seen | None,
    after: Seen,
    said: Sequence[MuteRow],
    today: date,
) -> HistoryItem:
    """A version with what differs from the one before, in counts."""
    row = None if before is None else uow.comparisons.get(before.row.id, after.row.id)
    if row is None or row.document is None:
        return item
    document = decode(row.document)
    known = marked(document, uses_of(source), muted_by(said, today=today, seen_at=after.row.seen_at))
    yours = None if known.yours is msgspec.UNSET else known.yours
    muted = sum(change.muted is not None for change in known.changes)
    return replace(item, summary=known.summary, yours=yours, muted=muted)


def _item(seen: Seen, past: Past, ways: Mapping[datetime, str]) -> HistoryItem:
    row = seen.row
    return HistoryItem(
        sequence=row.sequence,
        seen_at=row.seen_at,
        last_seen_at=row.last_seen_at,
        sha256=row.sha256,
        size=row.size,
        origin=_origin(row.provenance),
        openapi=row.openapi,
        title=row.title,
        version=row.version,
        operations=row.operations,
        invalid=len(row.all_problems),
        suspect=row.sequence in past.suspect,
        unconfirmed=row.sequence in past.doubts.unconfirmed,
        same_as=_same_as(seen, past),
        summary=None,
        another_url=AT_ANOTHER_URL in ways.get(row.seen_at, ""),
    )


def _same_as(seen: Seen, past: Past) -> int | None:
    """The trusted version before a trusted one, where its bytes are the same: a slip was in between."""
    earlier = [one for one in past.trusted if one.row.sequence < seen.row.sequence]
    if seen.row.sequence in past.suspect or not earlier or earlier[-1].row.sha256 != seen.row.sha256:
        return None
    return earlier[-1].row.sequence


def _origin(provenance: Provenance) -> str:
    if provenance.kind == "fetched":
        return f"fetched from {provenance.location}"
    if provenance.revision is None:
        return f"imported from {provenance.location}"
    return f"imported from {provenance.location} at {provenance.revision[:12]}"


def _status(uow: UnitOfWork, source: SourceSettings, now: datetime) -> SourceStatus:
    stored = uow.sources.find(source.name)
    rows = () if stored is None else uow.snapshots.all(stored.id)
    last = None if stored is None else uow.checks.last(stored.id)
    good = None if stored is None else uow.checks.last_good(stored.id)
    return SourceStatus(
        name=source.name,
        url=source.url,
        promise=source.promise,
        client=source.client,
        every=source.rhythm,
        paused=source.paused,
        snapshots=len(rows),
        first_seen=rows[0].seen_at if rows else None,
        last_seen=rows[-1].last_seen_at if rows else None,
        checked_at=None if last is None else last.at,
        outcome=None if last is None else last.outcome,
        message=None if last is None else last.message,
        next_check=None if source.paused else next_occasion(uow, source, now=now).due,
        category=None if last is None else last.category,
        request_id=None if last is None else last.request_id,
        last_good=None if good is None else good.at,
        failures=0 if stored is None else len(uow.checks.failures(stored.id)),
        moved_to=_moved_to(good, source),
        owner=source.owner,
        labels=source.labels,
    )
