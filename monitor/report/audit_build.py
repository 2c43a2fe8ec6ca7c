"""Making an audit from what was seen: pure, of the comparisons, the ledger and the promise alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Final

from monitor.contract.types import OperationRef
from monitor.ledger import Entry, Interval, Lifetimes, PromiseChange, Removal, Subject, day_of, identity
from monitor.policy import PromiseProfile, PromiseState
from monitor.report.audit_timeline import facts_of, timeline
from monitor.report.audit_view import (
    Audit,
    Breach,
    BreachSight,
    Clause,
    ClauseName,
    Kept,
    Parallel,
    PartsAudit,
    Removed,
    RemovedTogether,
    ServiceAudit,
    Sides,
    Use,
)
from monitor.report.deprecations_words import (
    between,
    by_key,
    deadline_words,
    ended_words,
    groups,
    state_word,
)
from monitor.report.diffdoc import ChangeEntry
from monitor.report.entries import said
from monitor.report.report_points import is_removal, sights
from monitor.report.text import plural
from monitor.report.view import ComparisonView
from monitor.rules import Level

_WHOLE: Final = frozenset({"operation", "webhook"})
"""The subjects whose removal is judged by the window; what hangs on them is judged as a change."""

_PLURALS: Final = {"property": "properties"}

_CORRECTIONS: Final = (
    *("*-became-required", "*-became-optional", "*minimum-added", "*maximum-added", "enum-added", "pattern-added"),
    *("format-*", "min-length-*", "max-length-*", "type-*"),
)
"""Rules of edits by which a document is often brought in line with a server that always was so."""

CORRECTION: Final = "It may be the document that was corrected: whether the server changed it does not tell."
_BRIEF: Final = timedelta(days=7)
"""What was in the document for no longer than this may never have been meant to be."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen of a source, from which its audit is made.

    `comparisons` are those whose later version became known in the span, judged at the levels of `strict`. `entries`,
    `removals` and `lifetimes` are the ledger's, over all that was seen until `today`, the last of it at `last`.
    `flagged` has what was deprecated in a version, by the name of the version; `names` has the name of the version seen
    at a moment. `unconfirmed`: the newest versions may be a slip.
    """

    name: str
    url: str
    promise: PromiseProfile
    first: datetime
    last: datetime
    versions: int
    suspect: int
    comparisons: tuple[ComparisonView, ...]
    entries: tuple[Entry, ...]
    removals: tuple[Removal, ...]
    lifetimes: Lifetimes
    flagged: Mapping[str, frozenset[OperationRef]] = field(default_factory=dict)
    names: Mapping[datetime, str] = field(default_factory=dict)
    promised: tuple[PromiseChange, ...] = ()
    warnings: tuple[str, ...] = ()
    unconfirmed: bool = False

    def sides(self, interval: Interval) -> Sides | None:
        """The versions between which something happened; None where there was none before."""
        if interval.after is None:
            return None
        return Sides(self.names[interval.after], self.names[interval.by])


def audit(seen: Observed, *, since: datetime, until: datetime, today: date) -> Audit:
    """The audit of a source in the half-open span, as of `today`. The same observations give the same audit."""
    changes = [(each, change) for each in seen.comparisons for change in each.document.changes]
    whole = [entry for entry in seen.entries if entry.subject.kind in _WHOLE]
    parts = _parts([entry for entry in seen.entries if entry.subject.kind not in _WHOLE], today)
    removed = _removed(seen, whole, since, until)
    breaches = tuple(_breaches(seen, changes))
    services = _services(seen, whole, today)
    promise = seen.promise
    return Audit(
        name=seen.name,
        url=seen.url,
        promise=promise.name,
        promise_title=promise.title,
        words=promise.words,
        words_url=promise.url,
        words_sha256=promise.words_sha256,
        read_on=promise.read_on,
        since=since,
        until=until,
        today=today,
        first=max(seen.first, since),
        last=min(seen.last, until),
        versions=seen.versions,
        suspect=seen.suspect,
        compared=len(seen.comparisons),
        clauses=tuple(_clauses(seen, changes, removed, breaches, services)),
        removed=removed,
        removed_together=_together(removed),
        breaches=breaches,
        stability=_sights(seen, breaches, ClauseName.STABILITY),
        kinds=_sights(seen, breaches, ClauseName.KINDS),
        uses=_uses(change for _, change in changes),
        services=services,
        timeline=timeline(
            [(service.name, service.entries) for service in services], first=day_of(seen.first), today=today
        ),
        parts=parts,
        parts_timeline=timeline([(each.name, each.entries) for each in parts], first=day_of(seen.first), today=today),
        promised=seen.promised,
        limits=tuple(_limits(seen, breaches, whole)),
        warnings=seen.warnings,
    )


# --- the window -----------------------------------------------------------------------------------------------------


def _removed(seen: Observed, whole: Sequence[Entry], since: datetime, until: datetime) -> tuple[Removed, ...]:
    """Every removal of an operation in the span, by time, then path."""
    found = [_after_flag(seen, entry, place) for entry in whole for place, _ in enumerate(entry.episodes)]
    found += [_unannounced(seen, each) for each in seen.removals if each.subject.kind in _WHOLE]
    within = [each for each in found if each is not None and since <= each.removed.by < until]
    return tuple(sorted(within, key=lambda each: (each.removed.by, each.operation.partition(" ")[2], each.operation)))


def _after_flag(seen: Observed, entry: Entry, place: int) -> Removed | None:
    episode = entry.episodes[place]
    if episode.removed is None:
        return None
    sides = seen.sides(episode.removed)
    assert sides is not None, "what was flagged was there before it went"
    last = place == len(entry.episodes) - 1
    outcomes: dict[str | None, Kept] = {"early": "broken", "in_time": "kept"}
    outcome = outcomes.get(episode.outcome, "unknown")
    deadline = (entry.deadline_late if outcome == "kept" else entry.deadline) if last else None
    return Removed(
        operation=str(entry.subject),
        outcome=outcome,
        removed=episode.removed,
        flagged=episode.first_seen,
        served=_served(seen, entry.subject, episode.removed),
        returned=episode.reinstated,
        deadline=deadline,
        sentence=_sentence(seen, outcome, deadline, episode.removed, entry.deadline_basis),
        doubts=(),
        sides=sides,
        flag_sides=seen.sides(episode.first_seen),
    )


def _sentence(seen: Observed, outcome: Kept, deadline: date | None, removed: Interval, basis: str) -> str:
    if seen.promise.window_months is None:
        return "It was deprecated when it went; the promise names no window."
    until = f" on {deadline}" if deadline is not None else ""
    if outcome == "kept":
        return f"It was still served when its window ended{until}."
    if outcome == "broken":
        return f"It was gone by {day_of(removed.by)}, and its window runs up to {deadline or 'a later day'}."
    return f"Neither is proven: {basis}."


def _unannounced(seen: Observed, removal: Removal) -> Removed:
    sides = seen.sides(removal.removed)
    assert sides is not None, "what went was there before"
    served = _served(seen, removal.subject, removal.removed)
    return Removed(
        operation=str(removal.subject),
        outcome="broken",
        removed=removal.removed,
        flagged=None,
        served=served,
        returned=removal.returned,
        deadline=None,
        sentence="It was not deprecated when it went.",
        doubts=tuple(_doubts_of_removal(served, removal)),
        sides=sides,
        flag_sides=None,
    )


def _together(removed: Iterable[Removed]) -> tuple[RemovedTogether, ...]:
    """The broken ones first, each kind by time."""
    order: tuple[Kept, ...] = ("broken", "unknown", "kept")
    ordered = sorted(removed, key=lambda each: order.index(each.outcome))
    grouped = by_key(ordered, lambda each: (each.outcome, each.sides, each.flagged, each.sentence, each.doubts))
    return tuple(
        RemovedTogether(
            outcome=found[0].outcome,
            when=between(found[0].removed),
            flagged=None if found[0].flagged is None else between(found[0].flagged),
            operations=tuple(each.operation for each in found),
            sentence=found[0].sentence,
            doubts=found[0].doubts,
            sides=found[0].sides,
        )
        for _, found in grouped
    )


def _doubts_of_removal(served: Interval | None, removal: Removal) -> Iterable[str]:
    last = removal.removed.after
    if served is not None and served.after is not None and last is not None and last - served.by <= _BRIEF:
        length = "in one version" if last == served.by else f"for {_length(last - served.by)}"
        yield f"It was seen {length} only: it may never have been meant to be there."
    if removal.returned is not None:
        yield f"It was back {between(removal.returned)}: whether the server stopped serving it is not known."


def _length(of: timedelta) -> str:
    hours = -(-int(of.total_seconds()) // 3600)
    return plural(of.days, "day") if of.days else plural(hours, "hour")


def _served(seen: Observed, subject: Subject, gone: Interval) -> Interval | None:
    spans = seen.lifetimes.get(identity(subject), ())
    return next((span.served for span in spans if span.gone == gone), None)


# --- changes --------------------------------------------------------------------------------------------------------


def _breaches(seen: Observed, changes: Iterable[tuple[ComparisonView, ChangeEntry]]) -> Iterable[Breach]:
    """The changes that broke the promise; what went as a whole is judged by the window."""
    for comparison, change in changes:
        if change.promise != PromiseState.BROKEN or is_removal(change):
            continue
        name = ClauseName.STABILITY if change.level == Level.BREAKING else ClauseName.KINDS
        yield Breach(
            clause=name,
            change=change,
            seen=Interval(comparison.before_seen, comparison.after_seen),
            deprecated=_deprecated(change, seen.flagged.get(comparison.before_name, frozenset())),
            doubts=(CORRECTION,) if is_correction(change.rule) else (),
            sides=Sides(comparison.before_name, comparison.after_name),
        )


def is_correction(rule: str) -> bool:
    """Whether an edit is one by which documents are often brought in line with what a server did before."""
    return any(fnmatchcase(rule, pattern) for pattern in _CORRECTIONS)


def _deprecated(change: ChangeEntry, flagged: Collection[OperationRef]) -> bool:
    hit = {effect.operation for effect in change.operations if effect.level == change.level}
    return bool(hit) and all(operation in flagged for operation in hit)


def _sights(seen: Observed, breaches: Sequence[Breach], name: ClauseName) -> tuple[BreachSight, ...]:
    """The breaches of a clause as a reader is told them: by version, what belongs together in one point."""
    found = []
    for comparison in seen.comparisons:
        sides = Sides(comparison.before_name, comparison.after_name)
        mine = [breach for breach in breaches if breach.sides == sides and breach.clause is name]
        chosen = frozenset(id(breach.change) for breach in mine)

        def select(change: ChangeEntry, chosen: frozenset[int] = chosen) -> bool:
            return id(change) in chosen

        for sight in sights((comparison,), select):
            found.append(
                BreachSight(
                    when=sight.when,
                    sides=sides,
                    points=sight.points,
                    deprecated=sum(breach.deprecated for breach in mine),
                    doubtful=sum(bool(breach.doubts) for breach in mine),
                )
            )
    return tuple(found)


def _uses(changes: Iterable[ChangeEntry]) -> tuple[Use, ...]:
    """How often each of the provider's words was made use of, most often first."""
    counted = Counter(
        (said(change)[0] or "").partition(": ")[2].removesuffix(".")
        for change in changes
        if change.promise == PromiseState.ALLOWED and not is_removal(change)
    )
    return tuple(Use(words, count) for words, count in sorted(counted.items(), key=lambda item: (-item[1], item[0])))


# --- services -------------------------------------------------------------------------------------------------------


def _services(seen: Observed, whole: Iterable[Entry], today: date) -> tuple[ServiceAudit, ...]:
    """What was deprecated, by service and day, oldest first."""
    told = [service for group in groups(whole) for service in group.services]
    made = [_service(seen, name.entries, str(name.name), name.successor, today) for name in told]
    return tuple(sorted(made, key=lambda each: (each.entries[0].first_seen.by, each.name, each.state)))


def _parts(entries: Iterable[Entry], today: date) -> tuple[PartsAudit, ...]:
    """What is smaller than an operation, by kind and by what is to be said of it, oldest first."""
    told = [
        (kind, found)
        for group in groups(entries)
        for (kind, _), found in by_key(group.entries, lambda entry: (entry.subject.kind, entry.strength))
    ]
    made = [
        PartsAudit(
            name=str(found[0].subject) if len(found) == 1 else _PLURALS.get(kind, f"{kind}s"),
            entries=found,
            facts=facts_of(found[0], today),
        )
        for kind, found in told
    ]
    return tuple(sorted(made, key=lambda each: (each.entries[0].first_seen.by, each.name, each.facts)))


def _service(seen: Observed, entries: tuple[Entry, ...], name: str, successor: str | None, today: date) -> ServiceAudit:
    first = entries[0]
    rows = tuple(_parallel(seen, entry) for entry in entries)
    known = [row.least for row in rows if row.least is not None]
    least = min(known, default=None)
    named = str(first.subject) if len(entries) == 1 else name
    return ServiceAudit(
        name=named,
        entries=entries,
        state=state_word(first),
        successor=successor,
        outcome=None if first.reinstated is not None else _in_parallel(rows),
        operations=rows,
        least=least,
        without=tuple(row.operation for row in rows if row.since is None and first.reinstated is None),
        deadline=deadline_words(first, today),
        seen=between(first.first_seen),
        ended=ended_words(first),
    )


def _in_parallel(rows: Sequence[Parallel]) -> Kept:
    """Broken where a successor came only after the old was gone, unknown where for one operation there is none."""
    if any(row.most is not None and row.most < 0 for row in rows):
        return "broken"
    if any(row.least is None or row.least < 0 for row in rows):
        return "unknown"
    return "kept"


def _parallel(seen: Observed, entry: Entry) -> Parallel:
    since = None if entry.successor is None else _first_served(seen, entry.successor)
    if since is None:
        return Parallel(str(entry.subject), entry.successor, None, None, None)
    gone = entry.removed
    old_last = gone.after if gone is not None and gone.after is not None else seen.last
    own = seen.lifetimes.get(identity(entry.subject), ())
    begun = max(since.by, own[0].served.by) if own else since.by
    least = (day_of(old_last) - day_of(begun)).days
    most = None
    if gone is not None and since.after is not None:
        most = (day_of(gone.by) - day_of(since.after)).days
    return Parallel(str(entry.subject), entry.successor, since, least, most)


def _first_served(seen: Observed, name: str) -> Interval | None:
    """When the operation that a successor's name means was first seen."""
    method, _, path = name.partition(" ")
    spans = seen.lifetimes.get(identity(Subject("operation", method, path, "")), ())
    return spans[0].served if spans else None


# --- counts ---------------------------------------------------------------------------------------------------------


def _clauses(
    seen: Observed,
    changes: Sequence[tuple[ComparisonView, ChangeEntry]],
    removed: Sequence[Removed],
    breaches: Sequence[Breach],
    services: Sequence[ServiceAudit],
) -> Iterable[Clause]:
    months = seen.promise.window_months
    window = "" if months is None else f" for {plural(months, 'calendar month')} more"
    yield _counted(
        ClauseName.WINDOW,
        f"What is deprecated is served{window}, and nothing goes that was not deprecated.",
        [each.outcome for each in removed],
        "removal",
    )
    yield _stability(seen, breaches)
    if seen.promise.version_pattern is not None:
        yield _counted(
            ClauseName.PARALLEL,
            "A new version of a service is on a path of its own, beside the old one.",
            [service.outcome for service in services if service.outcome is not None],
            "deprecated service",
        )
    if seen.promise.allowed:
        yield _kinds(changes, breaches)


def _counted(name: ClauseName, title: str, outcomes: Sequence[Kept], unit: str) -> Clause:
    kept, broken, unknown = (outcomes.count(each) for each in ("kept", "broken", "unknown"))
    words = [plural(count, unit) if count else "" for count in (kept, broken, unknown)]
    return Clause(name, title, kept, broken, unknown, *words)


def _stability(seen: Observed, breaches: Sequence[Breach]) -> Clause:
    """Counted in changes where it is broken, in versions where it is kept: of what did not change there is no count."""
    mine = [breach for breach in breaches if breach.clause is ClauseName.STABILITY]
    living = [breach for breach in mine if not breach.deprecated]
    hit = {breach.sides for breach in living}
    kept = len(seen.comparisons) - len(hit)
    spared = len(mine) - len(living)
    return Clause(
        ClauseName.STABILITY,
        "No living operation changes in a way that breaks a client.",
        kept,
        len(living),
        spared,
        f"{kept:,} of {plural(len(seen.comparisons), 'new version')}" if kept else "",
        f"{plural(len(living), 'change')} in {plural(len(hit), 'version')}" if living else "",
        f"{plural(spared, 'change')} of what was deprecated already" if len(mine) > len(living) else "",
    )


def _kinds(changes: Sequence[tuple[ComparisonView, ChangeEntry]], breaches: Sequence[Breach]) -> Clause:
    told = [change for _, change in changes if not is_removal(change)]
    allowed = sum(change.promise == PromiseState.ALLOWED for change in told)
    broken = sum(breach.clause is ClauseName.KINDS for breach in breaches)
    # What is compatible, and no kind that was reserved, hurts nobody: it is no matter of a promise.
    undecided = sum(
        change.promise == PromiseState.UNSTATED and change.level in (Level.BREAKING, Level.RISKY) for change in told
    )
    return Clause(
        ClauseName.KINDS,
        "What changes is of a kind that the provider reserved.",
        allowed,
        broken,
        undecided,
        plural(allowed, "change") if allowed else "",
        f"{plural(broken, 'risky change')}" if broken else "",
        plural(undecided, "change") if undecided else "",
    )


def _limits(seen: Observed, breaches: Sequence[Breach], whole: Sequence[Entry]) -> Iterable[str]:
    """What documents cannot tell, of this source."""
    yield "An audit reads documents. Whether the server does what its document says, it cannot know."
    doubtful = sum(bool(breach.doubts) for breach in breaches)
    if doubtful:
        yield (
            f"{plural(doubtful, 'change')} may be a correction of the document, not of the server: what became "
            "required may always have been asked for, and a limit or form that is stated now may always have been "
            "in force."
        )
    yield (
        "When something happened is known between two sights only. Removed early, or in time, is said where it holds "
        "at both ends."
    )
    first = [entry for entry in whole if entry.first_seen.after is None]
    if first:
        yield (
            f"{plural(len(first), 'operation was', 'operations were')} deprecated in the first version already, of "
            f"{day_of(seen.first)}: since when is not known. `specwatch import` takes in what came before."
        )
    if seen.suspect:
        yield (
            f"{plural(seen.suspect, 'version')} that lacked what its neighbours have, and was soon replaced, is taken "
            "for a slip: nothing in it counts."
            if seen.suspect == 1
            else f"{plural(seen.suspect, 'version')} that lacked what their neighbours have are taken for slips."
        )
    if seen.unconfirmed:
        yield "The newest version lacks much of the one before and is not yet confirmed: nothing in it counts yet."
    yield "What a provider told its clients elsewhere (a changelog, an email) is not in the document, and not here."
