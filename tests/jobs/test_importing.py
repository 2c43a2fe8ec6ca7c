"""Importing a history: once, in any order, after a kill; and what the ledger makes of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, select

from monitor.errors import UsageError
from monitor.jobs import Progress, deprecations, import_history, versions_in_files
from monitor.settings import Settings, SourceSettings
from monitor.store import Store, open_store

NOW = datetime(2025, 8, 1, tzinfo=UTC)
# A stale copy is told from a real removal by the promise of three months and by what comes back.
SOURCE = SourceSettings("harbour", "https://harbour.example/openapi.json", promise="incident-io")
REFUSED = ["2025-02-20T0900_html.json", "2025-03-12T0900_empty.json", "2025-05-21T0900_cut.json"]


def brought(store, *paths: Path, **more):
    return import_history(store, SOURCE, versions_in_files(paths), now=NOW, folder=Path(), limit=0, **more)


def contents(url: str) -> dict[str, list]:
    """Everything in a database but ids of rows that were made twice and the moments at which we wrote."""
    engine = create_engine(url)
    metadata = MetaData()
    metadata.reflect(engine)
    found = {}
    with engine.connect() as connection:
        for name, table in metadata.tables.items():
            rows = connection.execute(select(table).order_by(*table.primary_key.columns))
            found[name] = [{k: v for k, v in row._mapping.items() if k != "created_at"} for row in rows]
    engine.dispose()
    return found


def test_a_history_comes_in_with_its_dates_and_what_cannot_be_read_is_named(store, harbour_folder):
    result = brought(store, harbour_folder)
    assert (result.new, result.already, result.snapshots, result.flaps) == (10, 0, 10, 1)
    assert [refused.label for refused in result.refused] == REFUSED
    assert all(str(refused.error) for refused in result.refused)
    with store.reading() as uow:
        source = uow.sources.get("harbour")
        rows = uow.snapshots.all(source.id)
        assert rows[0].seen_at == datetime(2025, 1, 10, 9, tzinfo=UTC)
        assert rows[0].provenance.location.endswith("2025-01-10T0900_a.json")
        assert len(uow.comparisons.engines(source.id)) == result.comparisons == 8


def test_the_same_import_again_brings_nothing_and_is_no_error(store, harbour_folder, database_url):
    brought(store, harbour_folder)
    before = contents(database_url)
    again = brought(store, harbour_folder)
    assert (again.new, again.already, again.comparisons) == (0, 10, 0)
    assert contents(database_url) == before


@pytest.mark.parametrize("turn", [lambda names: names[::-1], lambda names: names[1::2] + names[::2]])
def test_the_order_in_which_versions_come_does_not_matter(store, sqlite_url, harbour_folder, turn):
    """Nor does the kind of database."""

    def told(names: list[Path], store: Store) -> list[object]:
        for path in names:
            brought(store, path)
        with store.reading() as uow:
            source = uow.sources.get("harbour")
            rows = uow.snapshots.all(source.id)
            numbers = {row.id: row.sequence for row in rows}
            pairs = {
                (numbers[before], numbers[after]): json.loads(uow.comparisons.get(before, after).document)
                for before, after in uow.comparisons.engines(source.id)
            }
            told = [[(row.sequence, row.sha256, row.seen_at, row.last_seen_at) for row in rows], pairs]
            told.append(uow.ledger.all(source.id))
        return told

    names = sorted(harbour_folder.iterdir())
    other = open_store(sqlite_url.replace("specwatch.db", "other.db"))
    assert told(turn(names), store) == told(names, other)
    other.close()


def test_progress_names_what_is_in_hand(store, harbour_folder):
    steps: list[Progress] = []
    brought(store, harbour_folder, progress=steps.append)
    reading = [step for step in steps if step.label.startswith("reading")]
    assert [step.done for step in reading] == list(range(13))
    assert {step.total for step in reading} == {13}
    assert any(step.label == "comparing" for step in steps)


def book_of(store, today: date) -> dict[str, tuple[str, str | None, str | None]]:
    settings = Settings(sources=(SOURCE,))
    ((_, entries),) = deprecations(store, settings, today=today, folder=Path())
    return {
        str(entry.subject): (entry.state.value, entry.outcome, entry.deadline and entry.deadline.isoformat())
        for entry in entries
    }


def test_the_ledger_tells_what_became_of_each_deprecation(store, harbour_folder):
    """`POST /v1/boats` went between 25 March and 20 May: whether before its deadline, nobody saw."""
    brought(store, harbour_folder)
    assert book_of(store, date(2025, 8, 1)) == {
        "GET /v1/old": ("overdue_still_served", None, None),
        "GET /v1/crews": ("removed", "early", "2025-08-20"),
        "GET /v1/boats": ("reinstated", None, "2025-04-10"),
        "POST /v1/boats": ("removed", "unknown", "2025-04-10"),
    }


def test_the_book_of_an_earlier_day_knows_nothing_of_what_came_later(store, harbour_folder):
    brought(store, harbour_folder)
    early = book_of(store, date(2025, 3, 21))
    assert early["POST /v1/boats"][0] == "due_soon"
    assert "GET /v1/crews" not in early


def test_a_promise_that_changes_is_heeded_at_once(store, harbour_folder):
    from dataclasses import replace

    brought(store, harbour_folder)
    result = import_history(
        store,
        replace(SOURCE, promise=None),
        versions_in_files([harbour_folder]),
        now=NOW,
        folder=Path(),
        limit=0,
    )
    assert result.comparisons == 8
    with store.reading() as uow:
        source = uow.sources.get("harbour")
        assert {uow.comparisons.get(*pair).promise for pair in uow.comparisons.engines(source.id)} == {None}


def test_two_versions_that_cannot_be_compared_are_named_and_the_others_are_compared(store, harbour_folder, monkeypatch):
    from monitor.errors import BudgetExceeded
    from monitor.jobs import comparing

    real, calls = comparing.find, []

    def find(before, after, conventions):
        calls.append(1)
        if len(calls) == 3:
            raise BudgetExceeded("the comparison needs more than 120 seconds")
        return real(before, after, conventions)

    monkeypatch.setattr(comparing, "find", find)
    result = brought(store, harbour_folder)
    (warning,) = result.warnings
    assert "120 seconds" in warning
    assert result.comparisons == 7
    with store.reading() as uow:
        source = uow.sources.get("harbour")
        rows = [uow.comparisons.get(*pair) for pair in uow.comparisons.engines(source.id)]
    assert [row.error is not None for row in rows].count(True) == 1
    again = brought(store, harbour_folder)  # the machine may have been busy
    assert (again.comparisons, again.warnings) == (1, ())


def test_the_authority_is_asked_of_the_newest_version_alone(store, harbour_folder):
    import_history(store, SOURCE, versions_in_files([harbour_folder]), now=NOW, folder=Path(), limit=60)
    with store.reading() as uow:
        rows = uow.snapshots.all(uow.sources.get("harbour").id)
    assert [row.opinion is not None for row in rows] == [False] * 9 + [True]


_IMPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.jobs import import_history, versions_in_files
from monitor.settings import SourceSettings
from monitor.store import open_store
url, folder = sys.argv[1:]
source = SourceSettings("harbour", "https://harbour.example/openapi.json", promise="incident-io")
def progress(step):
    print(step.label, flush=True)
    sys.stdin.readline()
store = open_store(url)
import_history(store, source, versions_in_files([Path(folder)]), now=datetime(2025, 8, 1, tzinfo=UTC),
    folder=Path(), progress=progress, limit=0)
"""


@pytest.mark.parametrize("steps", [1, 4, 9, 14, 18, 21])
def test_an_import_killed_in_the_middle_and_run_again_ends_with_the_same_contents(
    store, database_url, harbour_folder, steps
):
    """SIGKILL in the very middle of a step: the process gets no further word from us, and a moment to be busy."""
    command = [sys.executable, "-c", _IMPORT, database_url, str(harbour_folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    for _ in range(steps):
        assert process.stdout.readline()
        process.stdin.write("\n")
        process.stdin.flush()
    time.sleep(0.004 * steps % 0.03)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    brought(store, harbour_folder)
    ended = contents(database_url)
    with store.transaction() as uow:
        uow.sources.remove("harbour")
    brought(store, harbour_folder)
    assert _told(ended) == _told(contents(database_url))


def _told(found: dict[str, list]) -> dict[str, list]:
    """The same without ids, of which a database draws new ones."""
    ids = {"id", "source_id", "content_id", "base_id", "before_id", "after_id", "comparison_id", "validated_content_id"}
    return {name: [{k: v for k, v in row.items() if k not in ids} for row in rows] for name, rows in found.items()}


def test_files_that_cannot_be_put_in_order_are_refused_before_anything_is_read(tmp_path, make_document):
    (tmp_path / "undated.json").write_bytes(make_document("GET /a"))
    for paths in ([tmp_path / "undated.json"], [tmp_path / "nowhere"]):
        with pytest.raises(UsageError):
            versions_in_files(paths)
    dated = versions_in_files([tmp_path / "undated.json"], date=datetime(2026, 1, 1, tzinfo=UTC))
    assert [version.at for version in dated] == [datetime(2026, 1, 1, tzinfo=UTC)]


def test_a_version_that_is_still_to_come_is_refused(store, harbour_folder):
    future = harbour_folder / "2031-01-01_later.json"
    future.write_bytes((harbour_folder / "2025-07-01T0900_i.json").read_bytes())
    result = brought(store, harbour_folder)
    assert future.name in [refused.label for refused in result.refused]
    assert result.snapshots == 10


def test_a_file_that_cannot_be_read_is_named_and_the_others_come_in(store, harbour_folder):
    bad = harbour_folder / "2025-04-01_bad.json"
    bad.write_bytes(b"{}")
    versions = versions_in_files([harbour_folder])
    bad.unlink()  # between looking and reading
    result = import_history(store, SOURCE, versions, now=NOW, folder=Path(), limit=0)
    assert bad.name in [refused.label for refused in result.refused]
    assert result.snapshots == 10


def test_what_has_no_date_in_a_folder_is_named_and_hidden_folders_are_passed_over(store, harbour_folder):
    (harbour_folder / "notes.json").write_text("{}")
    (harbour_folder / ".git").mkdir()
    (harbour_folder / ".git" / "2025-01-01_x.json").write_text("{}")
    result = brought(store, harbour_folder)
    assert sum(refused.label.endswith("notes.json") for refused in result.refused) == 1
    assert len(result.refused) == 4
    assert result.snapshots == 10


def test_a_folder_with_a_date_is_one_version_with_all_its_files(store, tmp_path):
    document = "openapi: 3.0.3\ninfo: {title: Harbour, version: '1'}\npaths: {}\ncomponents: {schemas: {Boat: {$ref: boat.yaml}}}\n"
    for name, kind in (("2025-01-31_a", "string"), ("2025-02-28T1200_b", "integer")):
        folder = tmp_path / "trees" / name / "spec"
        folder.mkdir(parents=True)
        (folder / "harbour.yaml").write_text(document)
        (folder / "boat.yaml").write_text(f"type: {kind}\n")
    result = brought(store, tmp_path / "trees")
    assert (result.new, result.refused) == (2, ())
    with store.reading() as uow:
        rows = uow.snapshots.all(uow.sources.get("harbour").id)
        assert [f"{row.seen_at:%Y-%m-%dT%H:%M}" for row in rows] == ["2025-01-31T00:00", "2025-02-28T12:00"]
        assert b'"integer"' in uow.snapshots.data(rows[1].id)
        assert [part.name for part in uow.contents.parts(rows[1].content_id)] == ["boat.yaml", "harbour.yaml"]
