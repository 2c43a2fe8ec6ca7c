"""What the store answers with: plain values that outlive the transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from monitor.reading import Opinion, Problem

ProvenanceKind = Literal["fetched", "imported"]
CheckOutcome = Literal["new", "unchanged", "not modified", "failed", "imported"]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as stored. `revision`, `derived` and `turns_on` are as in `SourceTable`."""

    id: int
    name: str
    url: str
    created_at: datetime
    revision: int = 0
    derived: str | None = None
    turns_on: date | None = None

    def is_derived(self, basis: str, *, today: date) -> bool:
        """Whether the stored comparisons and the ledger are those that `basis` would give today."""
        return self.derived == derived_from(self.revision, basis) and (self.turns_on is None or today < self.turns_on)


def derived_from(revision: int, basis: str) -> str:
    """What comparisons and ledger were made from: what was known of the source, and everything else."""
    return f"{revision}:{basis}"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional request may send back (RFC 9110, section 13), and the content that it stands for."""

    content_id: int
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class OutageRow:
    """A source that fails, or failed, so often in a row that people are told. `over_at` is None while it lasts."""

    id: int
    source: str
    since: datetime
    seen_at: datetime
    failures: int
    category: str
    message: str
    over_at: datetime | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a version came from: a URL with what the server said of it, a file, or a commit of a repository."""

    kind: ProvenanceKind
    location: str
    revision: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read in the bytes of a version. `outline` is `ledger.Outline.to_json`'s object."""

    openapi: str
    title: str | None
    version: str | None
    operations: int
    outline: dict[str, Any]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A version in time. `size` is that of the bytes as fetched; `opinion` is None where nobody asked the authority."""

    id: int
    source_id: int
    sequence: int
    content_id: int
    sha256: str
    size: int
    seen_at: datetime
    last_seen_at: datetime
    provenance: Provenance
    openapi: str
    title: str | None
    version: str | None
    operations: int
    problems: tuple[Problem, ...]
    opinion: Opinion | None

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """What makes the document invalid: the meta-schema's findings, then what the authority adds at other places."""
        known = {problem.pointer for problem in self.problems}
        more = () if self.opinion is None else self.opinion.problems
        return (*self.problems, *(problem for problem in more if problem.pointer not in known))


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One attempt to fetch a document, or one imported version.

    `headers` are those of the answer that tell of the URL's own deprecation; None where there was no answer. `profile`
    says how it was asked, `request_id` how the provider calls its answer, `moved_to` where the document is from now on,
    `not_before` until when the provider wants to be left alone.
    """

    at: datetime
    outcome: CheckOutcome
    content_id: int | None
    status: int | None
    category: str | None
    message: str | None
    headers: dict[str, str] | None = None
    profile: str | None = None
    request_id: str | None = None
    moved_to: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A stored comparison; `document` is the diff's JSON as bytes, or None where `error` says why there is none."""

    before_id: int
    after_id: int
    client: str
    promise: str | None
    engine: str
    document: bytes | None
    error: str | None


@dataclass(frozen=True, slots=True)
class DueRow:
    """Something that comes again: see `tables.DueTable`."""

    job: str
    name: str
    plan: str
    named_at: datetime
    due_at: datetime
    owner: str | None
    failures: int
    error: str | None

    @property
    def period(self) -> str:
        """The moment that the schedule names, as the period of a run; periods of a job sort as text."""
        return self.named_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
