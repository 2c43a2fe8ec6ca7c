"""Random histories, watched and imported, with a kill at any statement: the book is the same as without one."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, MetaData, create_engine, event, select, text

from monitor.clock import fixed_clock
from monitor.jobs import check_source, import_history, send_digest, versions_in_files
from monitor.settings import Settings, SmtpSettings, SourceSettings
from monitor.store import open_store

START = datetime(2025, 1, 6, 9, tzinfo=UTC)
SOURCE = SourceSettings("harbour", "harbour.json", promise="incident-io")
SMTP = SmtpSettings("mail.example.org", 25, "none", "specwatch@example.org")
SETTINGS = Settings((SOURCE,), smtp=SMTP, recipients=("jo@example.org",))
NAMES = ("boats", "crews", "docks", "fees")
SAID: dict[str, dict[str, Any] | None] = {
    "absent": None,
    "served": {},
    "flagged": {"deprecated": True},
    "dated": {"deprecated": True, "x-sunset": "2025-04-01"},
    "later": {"deprecated": True, "x-sunset": "2025-09-01"},
    "in words": {"description": "This is deprecated. Use GET /v2/boats instead."},
}
DERIVED = ("comparisons", "verdicts", "ledger")
BOOK = ("snapshots", *DERIVED, "corrections", "outbox", "runs")
"""The tables that a kill must not change. A check that was killed may stand among the checks twice."""
_OURS = frozenset({"id", "created_at", "claimed_at", "location"})
"""Columns that differ between two databases with the same book."""


def document(states: tuple[str, ...]) -> bytes:
    answers = {"responses": {"200": {"description": "Fine."}}}
    held = {f"/v1/{name}": SAID[state] for name, state in zip(NAMES, states, strict=True)}
    paths = {path: {"get": {**said, **answers}} for path, said in held.items() if said is not None}
    paths["/v2/boats"] = {"get": answers}
    return json.dumps({"openapi": "3.0.3", "info": {"title": "Harbour", "version": "1"}, "paths": paths}).encode()


states = st.tuples(*(st.sampled_from(sorted(SAID)) for _ in NAMES))
histories = st.lists(st.tuples(st.integers(1, 40), states), min_size=2, max_size=6)
"""Days since the version before, and what it says of each operation."""


# An example is a life of two databases: it is not timed, and shrinking it would take longer than finding it.
_WHOLE_RUNS = settings(
    deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


class Killed(BaseException):
    """What takes a process away: nothing catches it."""


@dataclass
class Statements:
    """Counts what a database is asked to do, commits included, and ends it all before the one of that number."""

    last: int | None = None
    seen: int = 0

    def count(self) -> None:
        self.seen += 1
        if self.seen == self.last:
            raise Killed


@contextmanager
def counted(last: int | None = None) -> Iterator[Statements]:
    statements = Statements(last)

    def count(*_: object) -> None:
        statements.count()

    events = ("before_cursor_execute", "commit")
    for name in events:
        event.listen(Engine, name, count)
    try:
        yield statements
    finally:
        for name in events:
            event.remove(Engine, name, count)


@dataclass(frozen=True)
class Place:
    """A folder with a document that is watched, older versions of it to import, and a database."""

    folder: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'specwatch.db'}"

    def lay_out(self, history: list[tuple[int, tuple[str, ...]]], past: int) -> list[tuple[datetime, bytes]]:
        """Files for the first `past` versions; what is served when of the others."""
        (self.folder / "past").mkdir(parents=True)
        live, at = [], START
        for number, (days, said) in enumerate(history):
            at += timedelta(days=days)
            if number < past:
                (self.folder / "past" / f"{at:%Y-%m-%dT%H%M}_v.json").write_bytes(document(said))
            else:
                live.append((at, document(said)))
        return live

    def steps(self, live: list[tuple[datetime, bytes]]) -> Iterator[Any]:
        """Everything that is done, one step after the other, each a process of its own."""
        now = START + timedelta(days=400)

        def bring() -> None:
            store = open_store(self.url)
            versions = versions_in_files([self.folder / "past"])
            import_history(store, SOURCE, versions, now=now, folder=self.folder, limit=0)
            store.close()

        def look(at: datetime, data: bytes) -> None:
            (self.folder / "harbour.json").write_bytes(data)
            store = open_store(self.url)
            check_source(store, SOURCE, clock=fixed_clock(at), folder=self.folder, environ={}, limit=0)
            send_digest(store, SETTINGS, now=at, folder=self.folder)
            store.close()

        for at, data in live:
            yield lambda at=at, data=data: look(at, data)
        yield bring

    def run(self, live: list[tuple[datetime, bytes]], kill: int | None = None) -> int:
        """Do it all; how many statements that took. The step that is killed at statement `kill` is done once more."""
        before = 0
        for step in self.steps(live):
            last = None if kill is None or kill <= before else kill - before
            with counted(last) as statements:
                try:
                    step()
                except Killed:
                    killed = True
                else:
                    killed = False
            before += statements.seen
            if killed:
                kill = None
                step()
        return before

    def book(self, tables: tuple[str, ...] = BOOK) -> dict[str, list[Any]]:
        """The rows of the book, without the moments at which we wrote and the ids that a row got."""
        engine = create_engine(self.url)
        metadata = MetaData()
        metadata.reflect(engine)
        with engine.connect() as connection:
            found = {
                name: [
                    {key: value for key, value in row._mapping.items() if key not in _OURS}
                    for row in connection.execute(
                        select(metadata.tables[name]).order_by(*metadata.tables[name].primary_key)
                    )
                ]
                for name in tables
            }
        engine.dispose()
        return found


@pytest.fixture(scope="module")
def places(tmp_path_factory) -> Any:
    """`places()`: an empty folder for each history that is tried."""
    root = tmp_path_factory.mktemp("killed")
    return lambda: Place(Path(tempfile.mkdtemp(dir=root)))


@settings(_WHOLE_RUNS, max_examples=20)
@given(history=histories, data=st.data())
def test_a_kill_at_any_statement_changes_nothing_that_the_next_run_does_not_mend(places, history, data):
    past = data.draw(st.integers(1, len(history)), label="imported versions")
    whole, killed = places(), places()
    statements = whole.run(whole.lay_out(history, past))
    kill = data.draw(st.integers(1, statements), label="killed at")
    killed.run(killed.lay_out(history, past), kill)
    assert killed.book() == whole.book()


@settings(_WHOLE_RUNS, max_examples=8)
@given(history=histories, data=st.data())
def test_a_second_run_changes_nothing_and_a_rebuilt_book_has_the_same_rows(places, history, data):
    past = data.draw(st.integers(1, len(history)), label="imported versions")
    place = places()
    live = place.lay_out(history, past)
    place.run(live)
    before = place.book()
    *_, bring = place.steps(live)
    bring()
    assert place.book() == before
    engine = create_engine(place.url)
    with engine.begin() as connection:
        for table in reversed(DERIVED):
            connection.execute(text(f"DELETE FROM {table}"))
    engine.dispose()
    bring()
    after = place.book()
    for name in ("ledger", "snapshots"):
        assert after[name] == before[name]
    assert sorted(map(repr, after["comparisons"])) == sorted(map(repr, before["comparisons"]))
