"""Auditing: a source held to its promise, from everything that was seen of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import SpecwatchError, UsageError
from monitor.jobs.comparing import Desk
from monitor.jobs.deriving import compare_stored, derive_comparisons
from monitor.jobs.past import Past, entries_of, known_by, label
from monitor.jobs.profiles import Profiles, profiles_of
from monitor.jobs.progress import Progress
from monitor.jobs.removals import basis_of
from monitor.jobs.reporting import comparisons_in, lasting_promise_changes, removals_of, steps, told_apart
from monitor.jobs.requests import ways_of
from monitor.ledger import day_of, lifetimes
from monitor.report.audit_build import Observed, audit
from monitor.report.audit_view import Audit
from monitor.report.view import ComparisonView

if TYPE_CHECKING:
    from monitor.settings import Settings, SourceSettings
    from monitor.store import SourceRow, Store

STRICT = "strict"
"""The client at whose levels a provider is judged, whatever the reader's own code tolerates."""


def build_audit(
    store: Store,
    settings: Settings,
    name: str,
    *,
    since: datetime,
    until: datetime,
    today: date,
    folder: Path,
    progress: Callable[[Progress], None] | None = None,
) -> Audit:
    """The audit of a source in the half-open span, as of the end of `today`.

    `progress` hears of comparisons that are made anew. Raises UnknownSource, UsageError (no promise, a profile),
    NoSuchSnapshot (nothing is stored), StoreError.
    """
    source = settings.source(name)
    profiles = profiles_of(source, folder)
    if profiles.promise is None:
        raise UsageError(
            f"nothing is known of what the provider of {name} promised, and an audit holds it to that",
            advice=f"Name a promise profile or a file of your own: specwatch set {name} --promise PROFILE",
        )
    found = known_by(store, name, profiles, today)
    stored, past, known = found.source, found.past, found.seen
    until = min(until, datetime.combine(today + timedelta(days=1), time(), UTC))
    step = steps(f"comparing the versions of {name}", progress or (lambda _: None))
    compared, warnings = _comparisons(store, stored, source, folder, since, until, step)
    observations = [one for one in past.observations if day_of(one.seen_at) <= today]
    with store.reading() as uow:
        ways = ways_of(uow, stored.id)
    compared, _ = told_apart(compared, ways)
    promised = lasting_promise_changes(past, since, until)
    within = [seen for seen in past.seen if since <= seen.row.seen_at < until]
    observed = Observed(
        name=name,
        url=source.url,
        promise=profiles.promise,
        first=known[0].row.seen_at,
        last=max(one.seen_at for one in observations),
        versions=len(within),
        suspect=sum(seen.row.sequence in past.doubts.flaps for seen in within),
        unconfirmed=past.doubts.loss is not None,
        comparisons=compared,
        entries=entries_of(past, profiles, today=today),
        removals=removals_of(observations, past, ways),
        lifetimes=lifetimes(observations, past.suspect),
        flagged={label(stored, seen): seen.stay.flagged for seen in known},
        names={moment: label(stored, seen) for seen in known for moment in (seen.row.seen_at, seen.row.last_seen_at)},
        promised=promised,
        warnings=warnings,
    )
    return audit(observed, since=since, until=until, today=today)


def _comparisons(
    store: Store,
    stored: SourceRow,
    source: SourceSettings,
    folder: Path,
    since: datetime,
    until: datetime,
    step: Callable[[int, int], None],
) -> tuple[tuple[ComparisonView, ...], tuple[str, ...]]:
    """The comparisons of the span at the levels of `strict`: the stored ones, or made now where those are another's."""
    profiles = profiles_of(replace(source, client=STRICT), folder)
    if source.client == STRICT:
        past = derive_comparisons(store, stored, profiles, step=step).past
        with store.reading() as uow:
            return comparisons_in(uow, stored, past, since, until)
    return _made_now(store, stored, profiles, since, until, step)


def _made_now(
    store: Store,
    stored: SourceRow,
    profiles: Profiles,
    since: datetime,
    until: datetime,
    step: Callable[[int, int], None],
) -> tuple[tuple[ComparisonView, ...], tuple[str, ...]]:
    past = Past.load(store, stored.id, profiles)
    desk = Desk()
    views, warnings = [], []
    pairs = [(before, after) for before, after in past.pairs() if since <= past.told_at(after) < until]
    for number, (before, after) in enumerate(pairs):
        step(number, len(pairs))
        basis = basis_of(past, before, after, profiles)
        made = compare_stored(store, desk, stored, before, after, profiles, basis)
        names = label(stored, before), label(stored, after)
        if isinstance(made, SpecwatchError):
            warnings.append(f"{names[0]} and {names[1]}: {made}")
            continue
        views.append(ComparisonView(before.row.last_seen_at, after.row.seen_at, *names, made))
    return tuple(views), tuple(warnings)
