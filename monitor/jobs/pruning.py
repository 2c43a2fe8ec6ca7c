"""Pruning: forgetting old versions and checks that nothing rests on.

Everything is kept unless somebody asks. What stays in any case: the newest version; both sides of each comparison with
an open verdict (`breaking`, or against the promise) or that could not be made; the versions between which something
in the ledger happened. Whatever the rules say, the ledger is made again without the versions that would go, and what it
would not be the same without stays too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitor.errors import StoreError
from monitor.jobs.deriving import derive
from monitor.jobs.past import Past, Seen, entries_of
from monitor.jobs.profiles import Profiles, profiles_of
from monitor.jobs.reporting import lasting_promise_changes
from monitor.ledger import Entry, PromiseChange, day_of
from monitor.report.diffdoc import decode
from monitor.settings import RetentionSettings
from monitor.store import CheckRow

if TYPE_CHECKING:
    from monitor.jobs.comparing import Bench
    from monitor.settings import Settings
    from monitor.store import SourceRow, Store


_DAILY: Final = "prune"
_GAP: Final = timedelta(days=3)
"""Days without it after which a clock is not believed at once."""
_SETTLED: Final = timedelta(hours=12)
"""How long a clock has to say so before it is: midnight may come a second after it jumped."""
_ATTEMPTS: Final = 3
"""How often a source is pruned anew when others write to it at the same time."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What may go: what was last seen before `before` (UTC), but never one of the newest `keep` versions.

    None: it does not limit; not both of them are None.
    """

    before: datetime | None = None
    keep: int | None = None


@dataclass(frozen=True, slots=True)
class Pruned:
    """What pruning a source came to, or would come to.

    `versions` and `checks` went, of `of_versions` and `of_checks`, and with them `freed` bytes of the database.
    Versions that the rule would have let go stay `for_ledger` and `for_verdicts`.
    """

    source: str
    versions: int
    of_versions: int
    checks: int
    of_checks: int
    for_ledger: int = 0
    for_verdicts: int = 0
    freed: int = 0


def prune(
    store: Store,
    settings: Settings,
    names: Sequence[str] = (),
    *,
    rule: Rule,
    now: datetime,
    folder: Path,
    dry_run: bool = False,
    bench: Bench | None = None,
) -> tuple[Pruned, ...]:
    """Forget what a rule lets go of the named sources, or of all; with `dry_run` only say what that is.

    `bench` is where versions that come to follow each other are compared (default: here). Raises
    UnknownSource, UsageError (a profile), StoreError (also when a source gets a new version meanwhile).
    """
    found = []
    for source in settings.chosen(names):
        profiles = profiles_of(source, folder)
        with store.reading() as uow:
            stored = uow.sources.find(source.name)
        if stored is not None:
            found.append(_prune(store, stored, profiles, rule, now, bench, dry_run=dry_run))
    return tuple(found)


def rule_of(retention: RetentionSettings, now: datetime) -> Rule | None:
    """What may go by some settings; None where they keep everything."""
    if retention == RetentionSettings():
        return None
    return Rule(None if retention.older_than is None else retention.older_than.before(now), retention.keep)


def prune_messages(store: Store, *, rule: Rule, dry_run: bool = False) -> int:
    """Forget what messages said that were accepted before the rule's moment, or only count them. They stay accepted."""
    if rule.before is None:
        return 0
    with store.transaction() as uow:
        return uow.outbox.prunable(before=rule.before) if dry_run else uow.outbox.prune(before=rule.before)


def due_pruning(store: Store, settings: Settings, *, now: datetime) -> tuple[str, ...]:
    """The sources from which goes what the settings let go: all of them at the first call of a day (UTC), else none.

    On the first day of it, or the first after days without it, nothing goes: a clock that is years ahead makes all look
    old, and whoever sets it right again loses nothing. Whoever is told the names has to do it; what is not done that
    day comes the next. Raises StoreError.
    """
    if rule_of(settings.retention, now) is None:
        return ()
    today = f"{day_of(now)}"
    with store.transaction() as uow:
        before = max((at for at in uow.runs.times(_DAILY) if at <= now), default=None)
        if not uow.runs.claim(_DAILY, today, now=now):
            return ()
        uow.runs.forget(_DAILY, before=today)
    believed = before is not None and _SETTLED <= now - before <= _GAP
    return tuple(source.name for source in settings.sources) if believed else ()


def _prune(
    store: Store,
    source: SourceRow,
    profiles: Profiles,
    rule: Rule,
    now: datetime,
    bench: Bench | None,
    *,
    dry_run: bool,
) -> Pruned:
    for _ in range(_ATTEMPTS):
        past = derive(store, source, profiles, now=now, desk=bench).past
        pruned, gone, stale = _foreseen(store, source, past, profiles, rule, now)
        if dry_run or not (gone or stale):
            return pruned
        freed = _remove(store, source, past, gone, stale)
        if freed is not None:
            derive(store, source, profiles, now=now, desk=bench)
            return replace(pruned, freed=freed)
    raise StoreError(f"others kept writing to {source.name}; nothing of it was forgotten", advice="Run it again.")


def _foreseen(
    store: Store, source: SourceRow, past: Past, profiles: Profiles, rule: Rule, now: datetime
) -> tuple[Pruned, Collection[int], Collection[int]]:
    """What pruning would come to, and the ids of versions and checks that would go."""
    with store.reading() as uow:
        checks = uow.checks.all(source.id)
    book = _Book(past, checks, profiles, day_of(now))
    wanted = _let_go(past.seen, rule)
    for_verdicts = wanted & _open_pairs(store, past)
    wanted -= for_verdicts
    stale = book.stale(_before(past.seen, rule))
    gone = book.without({one for one in wanted if one not in book.resting}, stale)
    pruned = Pruned(
        source.name,
        versions=len(gone),
        of_versions=len(past.seen),
        checks=len(stale),
        of_checks=len(checks),
        for_ledger=len(wanted) - len(gone),
        for_verdicts=len(for_verdicts),
    )
    return pruned, gone, stale


def _remove(store: Store, source: SourceRow, past: Past, gone: Collection[int], stale: Collection[int]) -> int | None:
    """One transaction; returns the bytes that the versions took in the database, None when something new became known
    meanwhile and nothing went."""
    with store.transaction() as uow:
        uow.sources.hold(source.id)
        if uow.sources.revision(source.id) != past.revision:
            return None
        uow.checks.forget(stale)
        if gone:
            uow.snapshots.remove(source.id, gone)
        unused = uow.contents.unused(source.id)
        uow.contents.drop(unused)
    return sum(unused.values())


def _let_go(seen: Sequence[Seen], rule: Rule) -> set[int]:
    """The ids of the versions that the rule lets go."""
    older = seen[: -max(rule.keep or 1, 1)]
    return {one.row.id for one in older if rule.before is None or one.row.last_seen_at < rule.before}


def _open_pairs(store: Store, past: Past) -> set[int]:
    """The versions on both sides of an open verdict, or of a comparison that could not be made."""
    found: set[int] = set()
    with store.reading() as uow:
        for before, after in past.pairs():
            row = uow.comparisons.get(before.row.id, after.row.id)
            changes = None if row is None or row.document is None else decode(row.document).changes
            if changes is None or any(one.level == "breaking" or one.promise == "broken" for one in changes):
                found |= {before.row.id, after.row.id}
    return found


def _before(seen: Sequence[Seen], rule: Rule) -> datetime | None:
    """The moment before which checks may go."""
    oldest_kept = seen[-rule.keep :][0].row.seen_at if rule.keep and seen else None
    return min((moment for moment in (rule.before, oldest_kept) if moment is not None), default=None)


_Said = tuple[tuple[Entry, ...], tuple[PromiseChange, ...], Mapping[datetime, datetime]]


class _Book:
    """What the ledger says of a past, and would say of less of it."""

    def __init__(self, past: Past, checks: dict[int, CheckRow], profiles: Profiles, today: date) -> None:
        self._past, self._checks, self._profiles, self._today = past, checks, profiles, today
        self._answers = {
            key: check
            for key, check in checks.items()
            if check.headers is not None and check.outcome not in ("imported", "failed")
        }
        self._said = self._told(past)
        entries, changes, told_later = self._said
        self._moments = {moment for entry in entries for moment in _moments(entry)}
        self._moments |= {*told_later.keys(), *told_later.values()}
        for change in changes:
            span = change.first_seen
            self._moments |= {span.by, change.confirmed_at} | ({span.after} if span.after is not None else set())

    @property
    def resting(self) -> frozenset[int]:
        """The ids of the versions at whose first or last sight something happened."""
        seen = self._past.seen
        return frozenset(one.row.id for one in seen if self._moments & {one.row.seen_at, one.row.last_seen_at})

    def stale(self, before: datetime | None) -> frozenset[int]:
        """The checks before a moment that tell nothing more; none where that is None.

        The last stays, and the last good one, those at which something happened, and those between which an answer's
        own words of the URL changed.
        """
        answers = list(self._answers.items())
        kept = {answers[place][0] for place in (0, -1) if answers}
        for (one, earlier), (other, later) in pairwise(answers):
            if earlier.headers != later.headers:
                kept |= {one, other}
        tried = [key for key, check in self._checks.items() if check.outcome != "imported"]
        kept |= {*tried[-1:], *[key for key in tried if self._checks[key].outcome != "failed"][-1:]}
        found = {
            key
            for key, check in self._checks.items()
            if before is not None and check.at < before and check.at not in self._moments and key not in kept
        }
        return frozenset(found) if self._same(frozenset(), frozenset(found)) else frozenset()

    def without(self, gone: set[int], stale: frozenset[int]) -> set[int]:
        """Those of the versions without which the ledger stays the same."""
        return gone - self._needed(sorted(gone), frozenset(), stale)

    def _needed(self, asked: list[int], gone: frozenset[int], stale: frozenset[int]) -> set[int]:
        """Those of `asked` that must stay when `gone` are gone already; halves until it is found which."""
        if not asked or self._same(gone | set(asked), stale):
            return set()
        if len(asked) == 1:
            return set(asked)
        half = len(asked) // 2
        first = self._needed(asked[:half], gone, stale)
        return first | self._needed(asked[half:], gone | (set(asked[:half]) - first), stale)

    def _same(self, gone: Collection[int], stale: frozenset[int]) -> bool:
        rest = [one for one in self._past.seen if one.row.id not in gone]
        answers = [
            (check.at, check.headers)
            for key, check in self._answers.items()
            if check.headers is not None and key not in stale
        ]
        url, corrections = self._past.url, self._past.corrections
        past = Past.of(
            rest, self._profiles.confirmation, self._sights(stale), url, answers, corrections, self._past.moved
        )
        return self._told(past) == self._said

    def _sights(self, stale: frozenset[int]) -> list[tuple[int, datetime]]:
        return [
            (check.content_id, check.at)
            for key, check in self._checks.items()
            if check.content_id is not None and key not in stale
        ]

    def _told(self, past: Past) -> _Said:
        ever = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        entries = entries_of(past, self._profiles, today=self._today)
        return entries, lasting_promise_changes(past, *ever), past.told_later


def _moments(entry: Entry) -> Iterable[datetime]:
    """Every moment that an entry names."""
    spans = [entry.first_seen, entry.removed, entry.reinstated, *(move.seen for move in entry.moves)]
    spans += [span for one in entry.episodes for span in (one.first_seen, one.removed, one.reinstated)]
    for evidence in entry.evidence:
        spans.append(evidence.first_seen)
        if evidence.last_seen is not None:
            yield evidence.last_seen
    for span in spans:
        if span is not None:
            yield from (moment for moment in (span.after, span.by) if moment is not None)
