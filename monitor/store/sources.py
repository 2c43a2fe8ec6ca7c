"""The sources in the database. Their settings stand in the configuration; here is what history hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select, update

from monitor.errors import UnknownSource, UsageError
from monitor.store.rows import SourceRow, Validators, derived_from
from monitor.store.statements import insert_of, revise, take_turns
from monitor.store.tables import DueTable, RunTable, SourceTable, ValidatorTable

SOURCE_JOBS: Final = ("alerts", "reminders", "reminder", "told", "check")
"""Jobs in the table of runs that each source has of its own, as `JOB NAME`: they go where it goes. (Checks are written
there no longer.)"""

_COLUMNS = (
    SourceTable.id,
    SourceTable.name,
    SourceTable.url,
    SourceTable.created_at,
    SourceTable.revision,
    SourceTable.derived,
    SourceTable.turns_on,
)


class Sources:
    """Part of a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> SourceRow | None:
        """The source of that name, or None."""
        row = self._connection.execute(select(*_COLUMNS).where(SourceTable.name == name)).one_or_none()
        return None if row is None else _row(row)

    def get(self, name: str) -> SourceRow:
        """The source of that name. Raises UnknownSource."""
        found = self.find(name)
        if found is None:
            near = get_close_matches(name, [row.name for row in self.all()], n=1)
            hint = f"Did you mean {near[0]}?" if near else "`specwatch list` shows what is watched."
            raise UnknownSource(f"nothing is stored of a source {name!r}", advice=hint)
        return found

    def url(self, source_id: int) -> str:
        """Where a source is downloaded from."""
        return self._connection.execute(select(SourceTable.url).where(SourceTable.id == source_id)).scalar_one()

    def hold(self, source_id: int) -> None:
        """Keep others that write to this source waiting until the transaction ends."""
        take_turns(self._connection, source_id)

    def revision(self, source_id: int) -> int:
        """How often something became known of a source that anything is derived from."""
        return self._connection.execute(select(SourceTable.revision).where(SourceTable.id == source_id)).scalar_one()

    def all(self) -> tuple[SourceRow, ...]:
        """Every source, by name."""
        return tuple(_row(row) for row in self._connection.execute(select(*_COLUMNS).order_by(SourceTable.name)))

    def ensure(self, name: str, url: str, *, now: datetime) -> SourceRow:
        """The source of that name, made if it is new; its URL is the one given from now on.

        Until the transaction ends others that write to this source wait.
        """
        made = insert_of(self._connection, SourceTable).values(name=name, url=url, created_at=now)
        self._connection.execute(made.on_conflict_do_nothing())
        source = self.get(name)
        take_turns(self._connection, source.id)
        if source.url == url:
            return source
        self._connection.execute(update(SourceTable).where(SourceTable.id == source.id).values(url=url))
        revise(self._connection, source.id)
        return self.get(name)

    def validators(self, source_id: int, profile: str) -> Validators | None:
        """What the last whole answer to this way of asking said, or None."""
        columns = (ValidatorTable.content_id, ValidatorTable.etag, ValidatorTable.last_modified)
        mine = ValidatorTable.source_id == source_id, ValidatorTable.profile == profile
        row = self._connection.execute(select(*columns).where(*mine)).one_or_none()
        return None if row is None else Validators(*row)

    def validated(self, source_id: int, profile: str, validators: Validators) -> None:
        """Remember them for this way of asking, in the place of those before; where there are none, none stay."""
        if validators.etag is None and validators.last_modified is None:
            mine = ValidatorTable.source_id == source_id, ValidatorTable.profile == profile
            self._connection.execute(delete(ValidatorTable).where(*mine))
            return
        values = {
            "content_id": validators.content_id,
            "etag": validators.etag,
            "last_modified": validators.last_modified,
        }
        made = insert_of(self._connection, ValidatorTable).values(source_id=source_id, profile=profile, **values)
        self._connection.execute(made.on_conflict_do_update(index_elements=["source_id", "profile"], set_=values))

    def derived(self, source_id: int, revision: int, basis: str, *, turns_on: date | None) -> None:
        """Remember that comparisons and ledger are made from what was known at a revision; see `SourceTable`."""
        values = {"derived": derived_from(revision, basis), "turns_on": turns_on}
        self._connection.execute(update(SourceTable).where(SourceTable.id == source_id).values(values))

    def revise(self, source_id: int) -> None:
        """Note that something became known of a source."""
        revise(self._connection, source_id)

    def rename(self, old: str, new: str) -> None:
        """Give a source another name. Raises UnknownSource, and UsageError when the new name is taken."""
        source = self.get(old)
        if self.find(new) is not None:
            raise UsageError(f"a source {new!r} is stored already", advice="Choose another name, or remove that one.")
        self._connection.execute(update(SourceTable).where(SourceTable.id == source.id).values(name=new))
        self._forget_due(new)
        self._connection.execute(update(DueTable).where(DueTable.name == old).values(name=new, owner=None))
        for job in SOURCE_JOBS:
            runs = update(RunTable).where(RunTable.job == f"{job} {old}")
            self._connection.execute(runs.values(job=f"{job} {new}"))

    def remove(self, name: str) -> None:
        """Forget a source and everything known of it. Raises UnknownSource."""
        source = self.get(name)
        self._connection.execute(delete(SourceTable).where(SourceTable.id == source.id))
        self._forget_due(name)

    def _forget_due(self, name: str) -> None:
        """Forget what is due of a name and what ran, so that the next of that name begins anew."""
        self._connection.execute(delete(DueTable).where(DueTable.name == name))
        jobs = [f"{job} {name}" for job in SOURCE_JOBS]
        self._connection.execute(delete(RunTable).where(RunTable.job.in_(jobs)))


def _row(row: Row[Any] | Sequence[Any]) -> SourceRow:
    return SourceRow(*row)
