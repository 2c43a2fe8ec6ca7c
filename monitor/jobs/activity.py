"""Who did what: everything that people said of the ledger and of single changes, in the order of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.ledger import Correction, correction_from
from monitor.report import LogItem

if TYPE_CHECKING:
    from monitor.store import MuteRow, Store


def read_log(store: Store, names: Sequence[str] = ()) -> tuple[LogItem, ...]:
    """What was done to the named sources, or to all that are stored, oldest first. Raises UnknownSource, StoreError."""
    with store.reading() as uow:
        sources = [uow.sources.get(name) for name in names] if names else uow.sources.all()
        items = [
            _item(source.name, correction_from(value)) for source in sources for value in uow.corrections.all(source.id)
        ]
        items += [_of_change(source.name, row) for source in sources for row in uow.mutes.all(source.id)]
    return tuple(sorted(items, key=lambda item: (item.at, item.source)))


def _item(source: str, said: Correction) -> LogItem:
    deadline = said.deadline if said.action == "set" else None
    subject = str(said.subject)
    return LogItem(said.at, said.by, source, said.action, subject, said.note, deadline, said.since, said.successor)


def _of_change(source: str, row: MuteRow) -> LogItem:
    return LogItem(row.at, row.author, source, row.action, row.fingerprint, row.reason, row.until)
