"""Statements that several repositories share."""

from __future__ import annotations

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from monitor.store.tables import Base, SourceTable


def insert_of(connection: Connection, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows `ON CONFLICT`, in the words of the connection's database."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def take_turns(connection: Connection, source_id: int) -> None:
    """Wait until no other transaction writes what hangs on a source, and keep others waiting until this one ends.

    SQLite has one writer at a time anyway and knows no `FOR UPDATE`.
    """
    connection.execute(select(SourceTable.id).where(SourceTable.id == source_id).with_for_update()).all()


def revise(connection: Connection, source_id: int) -> None:
    """Note that something became known of a source which its comparisons or its ledger rest on."""
    connection.execute(update(SourceTable).where(SourceTable.id == source_id).values(revision=SourceTable.revision + 1))
