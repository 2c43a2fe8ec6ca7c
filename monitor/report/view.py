"""What the reports are made from: one view model for text, Markdown, JSON and mail.

The jobs fill it from the store; nothing here asks for anything. All moments are UTC and aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from monitor.contract.types import OperationRef
from monitor.ledger import Entry, Frozen, Loss, PromiseChange
from monitor.policy import Use, Uses
from monitor.report.diffdoc import DiffDocument, Summary


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """Two neighbouring versions of a source and what differs between them.

    The change happened after `before_seen`, the last sight of the older one, and by `after_seen`, the first sight of
    the newer.
    """

    before_seen: datetime
    after_seen: datetime
    before_name: str
    after_name: str
    document: DiffDocument


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two neighbouring versions that were asked for in different ways (`how`: `at another URL`).

    What differs between two URLs is no change of either: it is counted in `summary` and not told one by one. None where
    only the headers differ, whose changes are told as ever.
    """

    at: datetime
    how: str
    before_name: str
    after_name: str
    summary: Summary | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which a source failed again and again, and that is over: its first failure, the first good check."""

    since: datetime
    over_at: datetime
    failures: int
    category: str


@dataclass(frozen=True, slots=True)
class Health:
    """How the last check of a source went. `outcome`: `new`, `unchanged`, `not modified`, `failed`, None when never.

    `category` and `message` say why it failed, `request_id` how the provider calls that answer; `last_good` is when a
    document last came; `problems` are those of the newest document when it is invalid. `failures` counts those in a
    row, `failing_since` is the first of them. `moved_to` is where the server says that the document is from now on.
    `outages` are those of the span that are over.
    """

    checked_at: datetime | None = None
    outcome: str | None = None
    category: str | None = None
    message: str | None = None
    last_good: datetime | None = None
    problems: tuple[str, ...] = ()
    paused: bool = False
    failures: int = 0
    failing_since: datetime | None = None
    request_id: str | None = None
    moved_to: str | None = None
    outages: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source in a span of time.

    `versions` were first seen in the span, `suspect` of them are left out as slips; `snapshots` counts all versions
    ever. `baseline` is set when the very first version lies in the span, with `baseline_operations`, its operations.
    `comparisons` are those whose later version became known in the span, oldest first. `entries` are those of
    the ledger as of the report's today, without what stands and somebody is done with. `window_months` are the
    promise's calendar months from deprecation to removal.
    `warnings` are sentences about versions that could not be compared: nothing is known of what changed there.
    `promised` are the changes of the promise's own words that proved in the span to last; `comparisons`
    are without them. `outdated` are those of them that took the words of the promise profile out of the document;
    `alerts` are the moments at which people were told at once of what broke, oldest first.
    `uses` are the operations that the reader's own code calls, None where nobody said so; changes are marked by
    them. `astray` are those of their patterns that name no operation of the span's versions and the one before.
    `frozen` is set where the document proved in the span to stand still, as it says of itself. `crossings` are the
    versions of the span that were asked for in another way than the one before.
    `unconfirmed` is what the newest versions lack and may be a slip: nothing is told of those yet.
    `tags` are those of each operation in the span and in the version before it.
    `told_later` has the first sights of versions that were suspect and turned out to be real, with when that was known.
    """

    name: str
    url: str
    promise: str | None
    promise_title: str | None
    window_months: int | None
    client: str
    health: Health
    versions: int
    suspect: int
    baseline: datetime | None
    comparisons: tuple[ComparisonView, ...]
    entries: tuple[Entry, ...]
    snapshots: int
    baseline_operations: int | None = None
    warnings: tuple[str, ...] = ()
    promised: tuple[PromiseChange, ...] = ()
    outdated: tuple[PromiseChange, ...] = ()
    frozen: tuple[Frozen, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    uses: Uses | None = None
    astray: tuple[str, ...] = ()
    alerts: tuple[datetime, ...] = ()
    unconfirmed: Loss | None = None
    told_later: Mapping[datetime, datetime] = field(default_factory=dict, hash=False)
    tags: Mapping[OperationRef, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def told_at(self, seen: datetime) -> datetime:
        """When what a version brought became known, by the version's first sight."""
        return self.told_later.get(seen, seen)


@dataclass(frozen=True, slots=True)
class Report:
    """Some sources in the half-open span [since, until), read on `today`.

    `undelivered` counts the digests of parts of it that nobody received.
    """

    since: datetime
    until: datetime
    today: date
    sources: tuple[SourceView, ...]
    undelivered: int = 0


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One version of a source.

    `size` is in bytes. `origin` says in words where it came from. `invalid` counts the problems of the document.
    `summary` is of the changes against the version before that nobody has muted; None for the first and for suspect
    ones. `unconfirmed`: it is suspect, and not yet known to be a slip. `same_as`: the version before the slip that it
    took back, byte for byte. `another_url`: it came from another URL than the version before, and what differs is no
    change of the API. `yours` are those of the changes that the reader's own code meets, None where nothing is known
    of that; `muted` counts those that somebody has muted.
    """

    sequence: int
    seen_at: datetime
    last_seen_at: datetime
    sha256: str
    size: int
    origin: str
    openapi: str
    title: str | None
    version: str | None
    operations: int
    invalid: int
    suspect: bool
    summary: Summary | None
    unconfirmed: bool = False
    same_as: int | None = None
    another_url: bool = False
    yours: Summary | None = None
    muted: int = 0


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """What happened on a day to one or more things: a `ledger.EventKind` (or another word), whom, and all in words.

    `at` is when it was seen (UTC); None for what the calendar brought, such as a deadline that passed. `use` is whether
    the reader's own code meets it, None where nothing is known of that.
    """

    day: date
    kind: str
    subjects: tuple[str, ...]
    words: str
    at: datetime | None = None
    use: Use | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Every version of a source, and every event of its ledger until `today`, both oldest first.

    `deprecated` is what the ledger has on `today`. `uses` are the operations that the reader's own code calls, None
    where nobody said so.
    """

    source: str
    url: str
    items: tuple[HistoryItem, ...]
    events: tuple[HistoryEvent, ...] = ()
    deprecated: tuple[Entry, ...] = ()
    today: date | None = None
    uses: Uses | None = None


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A watched source and how it is doing. `every` is its interval as one writes it (`6h`).

    `failures` counts those in a row; `moved_to` is where the server says that the document is from now on.
    """

    name: str
    url: str
    promise: str | None
    client: str
    every: str
    paused: bool
    snapshots: int
    first_seen: datetime | None
    last_seen: datetime | None
    checked_at: datetime | None
    outcome: str | None
    message: str | None
    next_check: datetime | None
    category: str | None = None
    request_id: str | None = None
    last_good: datetime | None = None
    failures: int = 0
    moved_to: str | None = None
    owner: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something that is to be done: a check of a source, another try to compare its versions, or the digest.

    `named` is the moment that the schedule names, `due` when it falls due: with its delay, or with the wait after so
    many `failures` in a row, the last with this `error`. Both are None for a source that is paused. `by` is who has it.
    """

    job: Literal["check", "compare", "digest"]
    name: str
    schedule: str
    named: datetime | None
    due: datetime | None
    by: str | None = None
    failures: int = 0
    error: str | None = None
