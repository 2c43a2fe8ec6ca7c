"""Everything in the database as one object after the other, for whatever else somebody wants to do with it.

The form is `specwatch.export/1` (`monitor/_data/schemas/export-1.schema.json`): names instead of ids, the SHA-256 of a
document's bytes where it is meant. What is derived is there too; what only saves work (outlines, packing) is not.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, ScalarSelect, Select, bindparam, select

from monitor.store.contents import Contents, Unpacked
from monitor.store.packing import unpack
from monitor.store.rows import SourceRow
from monitor.store.sources import Sources
from monitor.store.store import Store
from monitor.store.tables import (
    CheckTable,
    ComparisonTable,
    ContentTable,
    CorrectionTable,
    LedgerTable,
    MuteTable,
    OutageTable,
    OutboxTable,
    RunTable,
    SnapshotTable,
    ValidatorTable,
)
from monitor.values import JsonObject

EXPORT_FORMAT: Final = "specwatch.export/1"
_MANY = {"yield_per": 200}


def records(store: Store, names: Sequence[str] = (), *, documents: bool = True) -> Iterator[JsonObject]:
    """Every record of the named sources, or of all with the messages and runs that belong to none; one at a time.

    All of it is of one moment. Without `documents` their bytes are left out. Raises UnknownSource before the first, and
    StoreError.
    """
    with store.connection(write=False) as connection:
        sources = Sources(connection)
        chosen = tuple(sources.get(name) for name in names) if names else sources.all()
        for source in chosen:
            yield from _of_source(connection, source, documents=documents)
        if not names:
            yield from _of_none(connection)


def _of_source(connection: Connection, source: SourceRow, *, documents: bool) -> Iterator[JsonObject]:
    yield {
        "record": "source",
        "name": source.name,
        "url": source.url,
        "created_at": _moment(source.created_at),
    }
    for record in _documents(connection, source.id, documents=documents):
        yield {"record": "document", "source": source.name, **record}
    for name, statement in _STATEMENTS.items():
        rows = connection.execute(statement, {"source_id": source.id}, execution_options=_MANY)
        for row in rows.mappings():
            yield {"record": name, "source": source.name, **{key: _plain(key, row[key]) for key in row}}


def _documents(connection: Connection, source_id: int, *, documents: bool) -> Iterator[JsonObject]:
    contents = Contents(connection, Unpacked())
    columns = ("sha256", "size", "openapi", "title", "version", "operations", "problems", "opinion")
    statement = select(ContentTable.id, *(getattr(ContentTable, name) for name in columns))
    rows = connection.execute(statement.where(ContentTable.source_id == source_id).order_by(ContentTable.id)).all()
    for row in rows:
        record = {name: getattr(row, name) for name in columns}
        yield {**record, **(_bytes(contents.data(row.id)) if documents else {})}


def _of_none(connection: Connection) -> Iterator[JsonObject]:
    columns = [column for column in OutboxTable.__table__.c if column.name != "id"]
    statement = select(*columns).order_by(OutboxTable.id)
    for row in connection.execute(statement, execution_options=_MANY).mappings():
        said = {key: _plain(key, row[key]) for key in row if key != "message"}
        yield {"record": "message", **said, **_bytes(row["message"])}
    for run in connection.execute(select(RunTable.job, RunTable.period, RunTable.claimed_at).order_by(*_RUN)):
        yield {"record": "run", "job": run.job, "period": run.period, "claimed_at": _moment(run.claimed_at)}


def _bytes(data: bytes) -> JsonObject:
    """Bytes as JSON has them: as text where they are UTF-8 and come back the same, else in base64 (RFC 4648)."""
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _plain(key: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if key == "document" and value is not None:
        return json.loads(unpack(value))
    return value


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


_RUN = (RunTable.job, RunTable.period)


def _sequence(of: Any) -> ScalarSelect[int]:
    return select(SnapshotTable.sequence).where(SnapshotTable.id == of).scalar_subquery()


def _sha256(of: Any) -> ScalarSelect[str]:
    return select(ContentTable.sha256).where(ContentTable.id == of).scalar_subquery()


def _statements() -> dict[str, Select[Any]]:
    """How each kind of record of a source is asked for, in the order in which they come."""
    mine: BindParameter[int] = bindparam("source_id")
    check = (CheckTable.at, CheckTable.outcome, _sha256(CheckTable.content_id).label("sha256"), CheckTable.status)
    said = (CheckTable.category, CheckTable.message, CheckTable.headers)
    way = (CheckTable.profile, CheckTable.request_id, CheckTable.moved_to, CheckTable.not_before)
    asked = (ValidatorTable.profile, _sha256(ValidatorTable.content_id).label("sha256"))
    validated = (ValidatorTable.etag, ValidatorTable.last_modified)
    outage = (OutageTable.since, OutageTable.seen_at, OutageTable.failures, OutageTable.category, OutageTable.message)
    seen = (SnapshotTable.sequence, _sha256(SnapshotTable.content_id).label("sha256"), SnapshotTable.seen_at)
    origin = (SnapshotTable.last_seen_at, SnapshotTable.kind, SnapshotTable.location, SnapshotTable.revision)
    pair = (_sequence(ComparisonTable.before_id).label("before"), _sequence(ComparisonTable.after_id).label("after"))
    compared = (ComparisonTable.client, ComparisonTable.promise, ComparisonTable.engine, ComparisonTable.document)
    muted = (MuteTable.at, MuteTable.author, MuteTable.action, MuteTable.fingerprint, MuteTable.reason, MuteTable.until)
    corrected = (CorrectionTable.at, CorrectionTable.author, CorrectionTable.correction)
    return {
        "version": select(*seen, *origin, SnapshotTable.headers)
        .where(SnapshotTable.source_id == mine)
        .order_by(SnapshotTable.sequence),
        "check": select(*check, *said, *way).where(CheckTable.source_id == mine).order_by(CheckTable.at, CheckTable.id),
        "validator": select(*asked, *validated)
        .where(ValidatorTable.source_id == mine)
        .order_by(ValidatorTable.profile),
        "outage": select(*outage, OutageTable.over_at, OutageTable.told, OutageTable.told_over)
        .where(OutageTable.source_id == mine)
        .order_by(OutageTable.since, OutageTable.id),
        "correction": select(*corrected).where(CorrectionTable.source_id == mine).order_by(CorrectionTable.id),
        "mute": select(*muted).where(MuteTable.source_id == mine).order_by(MuteTable.id),
        "comparison": select(*pair, *compared, ComparisonTable.error)
        .where(ComparisonTable.source_id == mine)
        .order_by(ComparisonTable.after_id, ComparisonTable.id),
        "deprecation": select(LedgerTable.entry).where(LedgerTable.source_id == mine).order_by(LedgerTable.position),
    }


_STATEMENTS = _statements()
