"""What people said of single changes: that one was seen, that no more is to be heard of it, or again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from monitor.store.tables import ComparisonTable, MuteTable, SourceTable, VerdictTable

ACK, MUTE, UNMUTE = "ack", "mute", "unmute"


@dataclass(frozen=True, slots=True)
class MuteRow:
    """Who (`author`) did what (`action`: `ack`, `mute`, `unmute`) with which change, when, why and until which day."""

    at: datetime
    author: str
    action: str
    fingerprint: str
    reason: str
    until: date | None = None


class Mutes:
    """Part of a unit of work: what people said of single changes. Rows are only ever added; the last word counts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, source_id: int, row: MuteRow) -> None:
        """Write down what somebody said."""
        values = {"at": row.at, "author": row.author, "action": row.action, "fingerprint": row.fingerprint}
        rest = {"reason": row.reason, "until": row.until}
        self._connection.execute(insert(MuteTable).values(source_id=source_id, **values, **rest))

    def all(self, source_id: int) -> list[MuteRow]:
        """All that was said of the changes of a source, in the order in which it was said."""
        columns = (
            MuteTable.at,
            MuteTable.author,
            MuteTable.action,
            MuteTable.fingerprint,
            MuteTable.reason,
            MuteTable.until,
        )
        statement = select(*columns).where(MuteTable.source_id == source_id).order_by(MuteTable.id)
        return [MuteRow(*row) for row in self._connection.execute(statement)]

    def changes(self, prefix: str) -> list[tuple[str, str]]:
        """The name of the source and the fingerprint of each stored change whose fingerprint begins so."""
        # `g` follows every hexadecimal digit. A range keeps to the index in both databases, LIKE does not.
        within = (VerdictTable.fingerprint >= prefix, VerdictTable.fingerprint < prefix + "g")
        statement = (
            select(SourceTable.name, VerdictTable.fingerprint)
            .join_from(VerdictTable, ComparisonTable, VerdictTable.comparison_id == ComparisonTable.id)
            .join(SourceTable, ComparisonTable.source_id == SourceTable.id)
            .where(*within)
            .distinct()
            .order_by(SourceTable.name, VerdictTable.fingerprint)
        )
        return [(name, fingerprint) for name, fingerprint in self._connection.execute(statement)]
