"""What a feed tells of the watched sources: an entry for each thing that became known, newest first.

An entry keeps its id whatever becomes of it: it is made of the source's name and of what the entry is about, the
documents of a comparison by their digests. It is a UUID (RFC 9562, section 5.5) and no tag URI (RFC 4151): a tag names
a domain that whoever makes it had on some day, and specwatch knows none that stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from msgspec import UNSET, structs

from monitor.policy import PromiseState, Use
from monitor.report.diffdoc import ChangeEntry, DiffDocument, Summary, with_changes
from monitor.report.entries import counted
from monitor.report.ours import asides, is_aside, opening_words
from monitor.report.report_points import Point, sights
from monitor.report.report_story import TITLES
from monitor.report.text import clip, day, moment, plain, plural
from monitor.report.view import ComparisonView, Crossing, HistoryEvent
from monitor.rules import Level, worst

_NAMESPACE: Final = uuid5(NAMESPACE_URL, "specwatch:feed")
_TITLE: Final = 160
"""Characters of a title: readers cut what is longer, and the content has all of it."""
_MESSAGE: Final = 500
"""Characters of an error."""
_POINTS: Final = 30
"""Points of a level that an entry shows; it is a notice, and the whole is a command away."""


@dataclass(frozen=True, slots=True)
class FeedOutage:
    """A source that failed again and again: since when, when that was known, why, and when it was over, if it is."""

    since: datetime
    seen_at: datetime
    failures: int
    category: str
    message: str
    over_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedSource:
    """What is known of one source, all of it oldest first.

    `begun` is when its first version was seen, which had so many `operations`; None where there is none yet.
    `uncompared` has the moments of versions that could not be compared, each with a sentence why. The comparisons are
    without those of another URL: what differs there is no change of the API. Those are `crossings`.
    """

    name: str
    begun: datetime | None = None
    operations: int = 0
    comparisons: tuple[ComparisonView, ...] = ()
    events: tuple[HistoryEvent, ...] = ()
    uncompared: tuple[tuple[datetime, str], ...] = ()
    outages: tuple[FeedOutage, ...] = ()
    crossings: tuple[Crossing, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The points of one title in an entry; `more` is how many of them are only counted. Without points a sentence."""

    title: str
    points: tuple[Point, ...]
    more: int


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry: `at` is when it was seen (UTC), `sentences` and `sections` are its content, `commands` show the rest.

    `categories` are the source's name, the worst level or what happened, and whether the reader meets that, where it is
    known.
    """

    id: str
    at: datetime
    title: str
    categories: tuple[str, ...]
    sentences: tuple[str, ...]
    sections: tuple[Section, ...] = ()
    commands: tuple[str, ...] = ()


def feed_id(names: Sequence[str]) -> str:
    """The id of a feed of these sources; of all, whichever they are, with no names."""
    return _urn("feed", *sorted(names))


def feed_entries(sources: Iterable[FeedSource], *, most: int, level: Level = Level.DOCS) -> tuple[FeedEntry, ...]:
    """The newest `most` entries of all sources, newest first; of one moment in the order of the sources.

    Versions that changed nothing of at least `level` have no entry; all else that happened has one.
    """
    found = [entry for source in sources for entry in _entries(source, level)]
    return tuple(sorted(found, key=lambda entry: entry.at, reverse=True)[:most])


def _entries(source: FeedSource, level: Level) -> Iterator[FeedEntry]:
    """The entries of a source; those of one moment in the order in which they are to be read."""
    name = plain(source.name)
    known: Counter[tuple[str, ...]] = Counter()
    for comparison in source.comparisons:
        if comparison.document.changes:
            key = (source.name, "changes", comparison.document.before.sha256, comparison.document.after.sha256)
            known[key] += 1  # what goes back and forth differs in the same way more than once
            if _worst(comparison.document).rank <= level.rank:
                yield _changes(name, _urn(*key, str(known[key])), comparison)
    for event in source.events:
        happened = (source.name, event.kind, day(event.day), *event.subjects[:1])
        known[happened] += 1
        yield _event(name, _urn(*happened, str(known[happened])), event)
    for at, sentence in source.uncompared:
        title = _title(name, "a new version could not be compared")
        commands = (f"specwatch history {name}",)
        identity = _urn(source.name, "uncompared", at.isoformat())
        yield FeedEntry(identity, at, title, (name, "not compared"), (plain(sentence),), (), commands)
    for crossing in source.crossings:
        if crossing.summary is not None:
            yield _crossed(name, _urn(source.name, "crossing", crossing.at.isoformat()), crossing, crossing.summary)
    yield from _outages(name, source)
    if source.begun is not None:
        title = _title(name, f"the first version that is known, with {plural(source.operations, 'operation')}")
        sentence = f"It was first seen on {moment(source.begun)}. What changes from then on is told here."
        identity = _urn(source.name, "begun")
        yield FeedEntry(identity, source.begun, title, (name, "first version"), (sentence,), (), (_history(name),))


def _changes(name: str, identity: str, comparison: ComparisonView) -> FeedEntry:
    document = comparison.document
    when = f"Changed between {moment(comparison.before_seen)} and {moment(comparison.after_seen)}."
    own = opening_words(document)
    return FeedEntry(
        id=identity,
        at=comparison.after_seen,
        title=_title(name, _counts(document)),
        categories=(name, str(_worst(document)), *_use(document)),
        sentences=(*own, when) if len(own) > 1 else (when,),
        sections=tuple(_sections(comparison)),
        commands=(f"specwatch diff {plain(comparison.before_name)} {plain(comparison.after_name)}",),
    )


def _worst(document: DiffDocument) -> Level:
    """The worst level of what nobody has muted."""
    return worst(change.level for change in document.changes if change.muted is None)


def _use(document: DiffDocument) -> tuple[str, ...]:
    """Whether the reader meets any of its worst, where that is known: what a feed reader can filter by.

    With the level beside it: an entry that is `breaking` and `hit` breaks something that is used.
    """
    heard = [change for change in document.changes if change.muted is None] or document.changes
    level = worst(change.level for change in heard)
    found = {
        change.use if change.our_level == level or change.use is None else Use.NOT_USED
        for change in heard
        if change.level == level
    }
    return next(((str(use),) for use in (Use.HIT, Use.UNKNOWN, Use.NOT_USED) if use in found), ())


def _counts(document: DiffDocument) -> str:
    """`2 breaking (1 against the promise), 1 risky, 4 compatible`: what a reader needs to pass an entry over.

    Where it is known what is used, that stands first: `yours: 1 breaking; in all 2 breaking, 1 risky, 4 compatible`.
    """
    told = []
    heard = [change for change in document.changes if change.muted is None]
    for level in Level:
        changes = [change for change in heard if change.level == level]
        broken = sum(change.promise == PromiseState.BROKEN for change in changes)
        against = f" ({'' if broken == len(changes) else f'{broken:,} '}against the promise)" if broken else ""
        told += [f"{len(changes):,} {level}{against}"] if changes else []
    words = ", ".join(told) or plural(len(document.changes), "muted change")
    return words if document.yours is UNSET else f"yours: {document.yours.breaking:,} breaking; in all {words}"


def _sections(comparison: ComparisonView) -> Iterator[Section]:
    changes = comparison.document.changes
    told = [change for change in changes if not is_aside(change)]
    breaking = [change for change in told if change.our_level == Level.BREAKING]
    broken = [change for change in told if change.our_level != Level.BREAKING and _broken(change)]
    risky = [change for change in told if change.our_level == Level.RISKY and not _broken(change)]
    parts = ((TITLES["breaking"], breaking), (TITLES["broken"], broken), (TITLES["risky"], risky))
    for title, found in (*parts, *((title, list(filter(_loud, members))) for title, members in asides(changes))):
        for sight in sights([replace(comparison, document=with_changes(comparison.document, tuple(found)))], _every):
            heading = f"{title} ({sight.changes:,})"
            yield Section(heading, sight.points[:_POINTS], max(len(sight.points) - _POINTS, 0))
    rest = structs.replace(comparison.document.summary, breaking=0, risky=0)
    if rest.compatible or rest.docs:
        yield Section(f"Besides: {counted(rest)}.", (), 0)


def _broken(change: ChangeEntry) -> bool:
    return change.promise == PromiseState.BROKEN


def _every(_change: ChangeEntry) -> bool:
    return True


def _loud(change: ChangeEntry) -> bool:
    """Whether it is told one by one, and not in counts."""
    return change.level in (Level.BREAKING, Level.RISKY) or _broken(change)


def _event(name: str, identity: str, event: HistoryEvent) -> FeedEntry:
    at = event.at or datetime.combine(event.day, time(), UTC)
    words = plain(event.words.replace("\xa0", " "))
    sentence = f"{words[:1].upper()}{words[1:]}."
    commands = (f"specwatch deprecations {name}", _history(name))
    categories = (name, event.kind) if event.use is None else (name, event.kind, str(event.use))
    return FeedEntry(identity, at, _title(name, words), categories, (sentence,), (), commands)


def _crossed(name: str, identity: str, crossing: Crossing, summary: Summary) -> FeedEntry:
    """Another document: what differs is counted, with the command that shows it."""
    title = _title(name, f"asked for {crossing.how}")
    sentence = f"What differs from the document before is no change of the API: {counted(summary)}."
    commands = (f"specwatch diff {plain(crossing.before_name)} {plain(crossing.after_name)}",)
    return FeedEntry(identity, crossing.at, title, (name, "another URL"), (sentence,), (), commands)


def _outages(name: str, source: FeedSource) -> Iterator[FeedEntry]:
    for outage in source.outages:
        since = (source.name, "outage", outage.since.isoformat())
        sentence = (
            f"Failing since {moment(outage.since)} ({plain(outage.category)}): {clip(plain(outage.message), 500)}"
        )
        title = _title(name, f"no document since {moment(outage.since)}")
        commands = (f"specwatch doctor {name}",)
        yield FeedEntry(_urn(*since), outage.seen_at, title, (name, "failing"), (sentence,), (), commands)
        if outage.over_at is not None:
            title = _title(name, "the document comes again")
            sentence = f"It had failed {plural(outage.failures, 'time')} since {moment(outage.since)}."
            yield FeedEntry(_urn(*since, "over"), outage.over_at, title, (name, "recovered"), (sentence,))


def _history(name: str) -> str:
    return f"specwatch history {name}"


def _title(name: str, words: str) -> str:
    return clip(f"{name}: {words}", _TITLE)


def _urn(*key: str) -> str:
    return uuid5(_NAMESPACE, "\0".join(key).encode("utf-8", "surrogatepass").decode("utf-8", "replace")).urn
