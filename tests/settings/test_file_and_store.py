"""Renaming and removing change the configuration and the database together, or neither."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import StoreError, UnknownSource, UsageError
from monitor.jobs.sources import (
    add_source,
    look_at,
    pause_source,
    remove_source,
    rename_source,
    resume_source,
    set_source,
    stored_snapshots,
)
from monitor.settings import Settings, SourceSettings, load
from monitor.store import Store, open_store

NOW = datetime(2026, 8, 10, 8, tzinfo=UTC)
INCIDENT_IO = "https://api.incident.io/v1/openapiV3.json"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    opened = open_store(Settings().database_url(file.parent))
    yield opened
    opened.close()


@pytest.fixture
def acme(file: Path, store: Store) -> Path:
    """`acme` is configured and stored; `other` is configured and was never checked."""
    add_source(file, name="acme", url="acme.yaml")
    add_source(file, name="other", url="other.yaml")
    with store.transaction() as uow:
        uow.sources.ensure("acme", "acme.yaml", now=NOW)
    return file


def configured(file: Path) -> list[str]:
    return [source.name for source in load(file).sources]


def stored(store: Store) -> list[str]:
    with store.reading() as uow:
        return [source.name for source in uow.sources.all()]


def refuse_commits(file: Path) -> None:
    """From now on the database fails when a transaction ends and not before: the worst moment there is."""
    with sqlite3.connect(file.parent / "specwatch.db") as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("CREATE TABLE poison (x REFERENCES poison_of (id) DEFERRABLE INITIALLY DEFERRED)")
        connection.execute("CREATE TABLE poison_of (id PRIMARY KEY)")
        for event in ("UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER poison_{event} AFTER {event} ON sources BEGIN INSERT INTO poison VALUES (1); END"
            )
    connection.close()


def test_a_rename_takes_the_history_along(acme, store):
    rename_source(store, acme, "acme", "apex")
    assert (configured(acme), stored(store)) == (["apex", "other"], ["apex"])


def test_what_was_never_checked_is_renamed_and_removed_in_the_file(acme, store):
    rename_source(store, acme, "other", "another")
    assert (configured(acme), stored(store)) == (["acme", "another"], ["acme"])
    remove_source(store, acme, "another")
    assert (configured(acme), stored(store)) == (["acme"], ["acme"])


def test_a_removal_forgets_the_history(acme, store):
    remove_source(store, acme, "acme")
    assert (configured(acme), stored(store)) == (["other"], [])


@pytest.mark.parametrize(
    "change",
    [
        lambda store, file: rename_source(store, file, "acme", "apex"),
        lambda store, file: remove_source(store, file, "acme"),
    ],
    ids=["rename", "remove"],
)
def test_a_database_that_fails_at_the_very_end_leaves_the_file_as_it_was(acme, store, change):
    refuse_commits(acme)
    before = acme.read_bytes()
    with pytest.raises(StoreError):
        change(store, acme)
    assert acme.read_bytes() == before
    assert stored(store) == ["acme"]


@pytest.mark.parametrize("new", ["other", "a@b", "acme", ""])
def test_a_name_that_cannot_be_had_changes_neither(acme, store, new):
    before = acme.read_bytes()
    with pytest.raises(UsageError):
        rename_source(store, acme, "acme", new)
    assert (acme.read_bytes(), stored(store)) == (before, ["acme"])


def test_a_rename_does_not_fall_upon_the_history_of_another(acme, store):
    with store.transaction() as uow:
        uow.sources.ensure("old", "old.yaml", now=NOW)
    with pytest.raises(UsageError, match="specwatch remove old"):
        rename_source(store, acme, "other", "old")
    assert configured(acme) == ["acme", "other"]


def test_a_rename_that_was_killed_halfway_is_finished_by_running_it_again(acme, store):
    acme.write_text(acme.read_text().replace('"acme"', '"apex"'))
    rename_source(store, acme, "acme", "apex")
    assert (configured(acme), stored(store)) == (["apex", "other"], ["apex"])


def test_what_is_left_in_the_database_alone_can_be_removed(acme, store):
    acme.write_text("# nothing is watched\n")
    assert stored_snapshots(store, acme, "acme") == 0
    remove_source(store, acme, "acme")
    assert stored(store) == []
    assert acme.read_text() == "# nothing is watched\n"


def test_what_is_nowhere_is_unknown(acme, store):
    for change in (
        lambda: rename_source(store, acme, "acne", "apex"),
        lambda: remove_source(store, acme, "acne"),
        lambda: stored_snapshots(store, acme, "acne"),
    ):
        with pytest.raises(UnknownSource, match="'acme'"):
            change()


def test_a_profile_that_is_not_there_is_refused_before_anything_is_written(file):
    for wrong in ({"promise": "nobody"}, {"client": "nobody"}, {"promise": "./nowhere.toml"}):
        with pytest.raises(UsageError, match=r"nobody|nowhere"):
            add_source(file, name="acme", url="acme.yaml", **wrong)
    assert not file.exists()
    add_source(file, name="acme", url="acme.yaml", promise="incident-io")
    before = file.read_bytes()
    with pytest.raises(UsageError, match="nobody"):
        set_source(file, "acme", client="nobody")
    assert file.read_bytes() == before
    assert set_source(file, "acme", promise=None, client="codegen").promise is None


def test_pausing_twice_is_pausing_once(acme):
    before = acme.read_bytes()
    assert [pause_source(acme, "acme"), pause_source(acme, "acme")] == [True, False]
    assert load(acme).source("acme").paused
    assert [resume_source(acme, "acme"), resume_source(acme, "acme")] == [True, False]
    assert acme.read_bytes() == before


def test_a_promise_is_proposed_by_the_host(tmp_path):
    look = look_at(SourceSettings("io", INCIDENT_IO), folder=tmp_path)
    assert look.promise is not None
    assert (look.promise.name, look.warning) == ("incident-io", None)
    assert look_at(SourceSettings("x", "https://api.acme.example/x.json"), folder=tmp_path).promise is None


def test_a_promise_is_proposed_by_the_text_of_a_file(tmp_path):
    from monitor.policy import promise_profile

    phrase = promise_profile("incident-io").recognise[0]
    text = f"openapi: 3.0.3\ninfo:\n  title: Copy\n  version: '1'\n  description: >\n    Hello. {phrase} And more.\npaths: {{}}\n"
    (tmp_path / "copy.yaml").write_text(text, encoding="utf-8")
    for url in ("copy.yaml", (tmp_path / "copy.yaml").as_uri()):
        look = look_at(SourceSettings("copy", url), folder=tmp_path)
        assert look.promise is not None
        assert look.promise.name == "incident-io"


@pytest.mark.parametrize("text", [None, "<html></html>", ""])
def test_a_file_that_cannot_be_read_yet_is_a_warning_and_no_error(tmp_path, text):
    if text is not None:
        (tmp_path / "acme.yaml").write_text(text)
    look = look_at(SourceSettings("acme", "acme.yaml"), folder=tmp_path)
    assert look.promise is None
    assert "acme.yaml" in (look.warning or "")
