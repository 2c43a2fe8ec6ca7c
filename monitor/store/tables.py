"""The tables. What is stored and never changed stands first, what is derived after it.

Times are UTC and aware on both sides: SQLite keeps them without a zone, PostgreSQL as `timestamptz`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

HEAD = "0011"
"""The newest migration; a test holds it to the folder `migrations/versions`."""

# Names that do not depend on the database, so that a later migration can name what it changes.
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware on the way in and on the way out. A naive one is a fault of ours and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite has no zones, so it gets none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From whatever zone the database answers in."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text as it came from outside: NUL and lone surrogates, which no database takes, become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To what a database takes."""
        if value is None:
            return None
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# An attempt to fetch, in the words of the partial index: a query finds it by these alone.
_TRIED = text("outcome <> 'imported'")
# Not JSONB: it refuses the escape of NUL, which a document may hold, and forgets the order of keys.
_Json = JSON(none_as_null=True)


class Base(DeclarativeBase):
    """All tables of specwatch."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {datetime: Moment(), date: Date(), bytes: LargeBinary(), dict[str, Any]: _Json}  # noqa: RUF012


class SourceTable(Base):
    """A watched document. Its name is its identity; the URL may change.

    `revision` counts what became known that anything is derived from: versions, corrections, what a server says of the
    URL itself. `derived` says from which revision, and by what else, the stored comparisons and the ledger were made;
    null when they must be looked at again. `turns_on` is the first day on which that ledger says something else by
    itself, null where none is in sight.
    """

    __tablename__ = "sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    url: Mapped[str] = mapped_column(Words)
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    derived: Mapped[str | None] = mapped_column(String(120))
    turns_on: Mapped[date | None]


class ValidatorTable(Base):
    """What the last whole answer to one way of asking said (RFC 9110, section 8.8), and for which content.

    `profile` is the digest of the URL and of the headers as the configuration writes them (secrets by their names):
    what was said to one is sent back to no other.
    """

    __tablename__ = "validators"

    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    profile: Mapped[str] = mapped_column(String(40), primary_key=True)
    content_id: Mapped[int] = mapped_column(ForeignKey("contents.id"), index=True)
    etag: Mapped[str | None] = mapped_column(Words)
    last_modified: Mapped[str | None] = mapped_column(Words)


class ContentTable(Base):
    """The bytes of a version, once for each source however often they were seen, and what was read in them.

    `packed` is a zstd frame with the bytes of `base_id` as its prefix; `base_id` is null for a whole copy. `chain`
    is its place in the run that begins with that copy. `problems` are those that the meta-schema finds,
    `opinion` is what the slower authority said, null until it was asked. `parts` are the files that were put together
    when these bytes came first: a zstd frame of JSON, `[[name, sha256, size], …]`; null for one file.
    """

    __tablename__ = "contents"
    __table_args__ = (UniqueConstraint("source_id", "sha256"), Index("ix_contents_stored", "source_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    base_id: Mapped[int | None] = mapped_column(ForeignKey("contents.id"), index=True)
    chain: Mapped[int]
    packed: Mapped[bytes]
    openapi: Mapped[str] = mapped_column(Words)
    title: Mapped[str | None] = mapped_column(Words)
    version: Mapped[str | None] = mapped_column(Words)
    operations: Mapped[int]
    outline: Mapped[dict[str, Any]]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(_Json)
    opinion: Mapped[dict[str, Any] | None]
    parts: Mapped[bytes | None]


class SnapshotTable(Base):
    """A version in time: from its first sight until its last before another one was seen. A, B, A are three rows.

    `sequence` counts from 1 in the order of time. Provenance: `kind` is `fetched` or `imported`; `location` a URL, a
    file or a repository; `revision` the commit; `headers` what the server said of it.
    """

    __tablename__ = "snapshots"
    __table_args__ = (UniqueConstraint("source_id", "sequence"), Index("ix_snapshots_seen", "source_id", "seen_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    content_id: Mapped[int] = mapped_column(ForeignKey("contents.id"), index=True)
    seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    location: Mapped[str] = mapped_column(Words)
    revision: Mapped[str | None] = mapped_column(Words)
    headers: Mapped[dict[str, Any]]


class CheckTable(Base):
    """One attempt to fetch a document, or one version that an import brought: what came of it, never overwritten.

    `outcome` is `new`, `unchanged`, `not modified`, `failed` or `imported`; the content is null for a failure.
    `headers` are those of the answer that tell of the URL's own deprecation, null where there was no answer to ask.
    `profile` says how it was asked (see ValidatorTable), `request_id` how the provider calls its answer, `moved_to`
    where the document is from now on, `not_before` until when the provider wants to be left alone.
    """

    __tablename__ = "checks"
    __table_args__ = (
        Index("ix_checks_at", "source_id", "at"),
        Index("ix_checks_tried", "source_id", "id", sqlite_where=_TRIED, postgresql_where=_TRIED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20))
    content_id: Mapped[int | None] = mapped_column(ForeignKey("contents.id"), index=True)
    status: Mapped[int | None]
    category: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str | None] = mapped_column(Words)
    headers: Mapped[dict[str, Any] | None]
    profile: Mapped[str | None] = mapped_column(String(40))
    request_id: Mapped[str | None] = mapped_column(Words)
    moved_to: Mapped[str | None] = mapped_column(Words)
    not_before: Mapped[datetime | None]


class OutageTable(Base):
    """A source that failed so often in a row that people are told of it: once when it is seen, once when it is over.

    `since` is its first failure, `seen_at` the check that made it an outage, `failures` how many there were then or,
    once it is over, in all; `over_at` is the first good check after it. `told` and `told_over` say whether it was told.
    """

    __tablename__ = "outages"
    __table_args__ = (
        UniqueConstraint("source_id", "since"),
        # Those that stand, and what is still to be told: few, and asked for in every cycle.
        Index(
            "ix_outages_untold",
            "since",
            sqlite_where=text("told_over IS 0"),
            postgresql_where=text("told_over IS false"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    failures: Mapped[int]
    category: Mapped[str] = mapped_column(String(40))
    message: Mapped[str] = mapped_column(Words)
    over_at: Mapped[datetime | None]
    told: Mapped[bool]
    told_over: Mapped[bool]


class CorrectionTable(Base):
    """What somebody said of one subject of the ledger: `ledger.correction_object`'s object. Only ever added to."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(Words)
    correction: Mapped[dict[str, Any]]


class MuteTable(Base):
    """What somebody said of one change of a source, by its fingerprint: `action` is `ack`, `mute` or `unmute`.

    `until` is the last day of a mute. Only ever added to; the last word counts.
    """

    __tablename__ = "mutes"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(Words)
    action: Mapped[str] = mapped_column(String(20))
    fingerprint: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Words)
    until: Mapped[date | None]


class ComparisonTable(Base):
    """What differs between two neighbouring snapshots, for one client and one promise. Derived.

    `engine` names all that it rests on besides the two documents; `document` is the diff's JSON, zstd-compressed, or
    null where `error` says why there is none. `late_at` is when it was made, where it could not be before.
    """

    __tablename__ = "comparisons"
    __table_args__ = (UniqueConstraint("before_id", "after_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    before_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id", ondelete="CASCADE"))
    after_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id", ondelete="CASCADE"), index=True)
    client: Mapped[str] = mapped_column(Words)
    promise: Mapped[str | None] = mapped_column(Words)
    engine: Mapped[str] = mapped_column(String(80))
    document: Mapped[bytes | None]
    error: Mapped[str | None] = mapped_column(Words)
    late_at: Mapped[datetime | None]


class VerdictTable(Base):
    """One change of a comparison, as far as it is asked for across comparisons. The whole is in the document."""

    __tablename__ = "verdicts"
    __table_args__ = (Index("ix_verdicts_fingerprint", "fingerprint"),)

    comparison_id: Mapped[int] = mapped_column(ForeignKey("comparisons.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(20))
    promise: Mapped[str] = mapped_column(String(20))
    fingerprint: Mapped[str] = mapped_column(String(80))


class LedgerTable(Base):
    """One deprecated subject of a source, as of the last check. Derived."""

    __tablename__ = "ledger"

    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    method: Mapped[str | None] = mapped_column(Words)
    path: Mapped[str | None] = mapped_column(Words)
    state: Mapped[str] = mapped_column(String(40), index=True)
    deadline: Mapped[date | None] = mapped_column(index=True)
    entry: Mapped[dict[str, Any]]


class OutboxTable(Base):
    """A message for one recipient, and where it stands (`state`: a `report.outbox.MessageState`). Its Message-ID says
    that it is told once.

    `message` is what is handed over, the same bytes at every attempt. `next_at` is when it is tried next, or when it
    was settled; while it is being sent, until when nobody else takes it. `uncertain`: an attempt ended without an
    answer. `withdrawn`: dropped by hand, or told in a later message.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "state", "next_at"), Index("ix_outbox_period", "kind", "period"))

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(300), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(40))
    sender: Mapped[str] = mapped_column(Words)
    recipient: Mapped[str] = mapped_column(Words)
    message: Mapped[bytes]
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Words)
    uncertain: Mapped[bool] = mapped_column(default=False, server_default=false())
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())


class RunTable(Base):
    """A job that runs once in a period (the digest of a week): who inserts the row did it."""

    __tablename__ = "runs"

    job: Mapped[str] = mapped_column(String(250), primary_key=True)
    period: Mapped[str] = mapped_column(String(40), primary_key=True)
    claimed_at: Mapped[datetime]


class DueTable(Base):
    """Something that comes again, and when it is due next: `job` is the kind of thing, `name` which one of them.

    `plan` is the schedule by which that was computed, in the words of the configuration. `named_at` is the moment that
    the schedule names, `due_at` that moment with its delay, or the end of the lease of the `owner` who took it, or when
    it is tried again after so many `failures` in a row, the last with this `error`.
    """

    __tablename__ = "due"
    __table_args__ = (Index("ix_due_next", "job", "due_at", "name"), Index("ix_due_owner", "owner"))

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    plan: Mapped[str] = mapped_column(Words)
    named_at: Mapped[datetime]
    due_at: Mapped[datetime]
    owner: Mapped[str | None] = mapped_column(String(200))
    failures: Mapped[int]
    error: Mapped[str | None] = mapped_column(Words)


class LeaseTable(Base):
    """What one process at a time is in charge of, and until when unless it says so again."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(200))
    until: Mapped[datetime]
