"""`specwatch worker`, `daemon --queue` and the queue's tables, as a person meets them."""

from __future__ import annotations

import pytest

from monitor.store import open_store


@pytest.mark.parametrize("command", [("worker",), ("daemon", "--queue")], ids=" ".join)
def test_an_sqlite_file_has_no_queue_and_the_daemon_without_one_is_named(specwatch, place, command):
    (place / "specwatch.toml").write_text('database = "sqlite:///specwatch.db"\n')
    result = specwatch(*command)
    assert result.code == 2
    assert "that needs PostgreSQL; this is an SQLite file" in result.err
    assert "`specwatch daemon` does everything in one process" in result.err


def test_an_address_that_is_none_is_an_error(specwatch, place):
    (place / "specwatch.toml").write_text('database = "sqlite:///specwatch.db"\n')
    result = specwatch("worker", "--listen", "9465")
    assert result.code == 2
    assert "'9465' is no address to listen at" in result.err


@pytest.mark.postgresql
@pytest.mark.parametrize("command", [("worker",), ("daemon", "--queue")], ids=" ".join)
def test_a_queue_that_was_never_made_is_an_error_that_says_how_to(specwatch, place, postgresql_url, command):
    open_store(postgresql_url, upgrade=False).upgrade()
    (place / "specwatch.toml").write_text(f'database = "{postgresql_url}"\n')
    result = specwatch(*command)
    assert result.code == 3
    assert "the queue's tables are missing" in result.err
    assert "`specwatch db upgrade`" in result.err


@pytest.mark.postgresql
def test_an_upgrade_makes_the_queue_s_tables_too_and_says_so_once(specwatch, place, postgresql_url):
    (place / "specwatch.toml").write_text(f'database = "{postgresql_url}"\n')
    first, second = specwatch("db", "upgrade"), specwatch("db", "upgrade")
    assert (first.code, second.code) == (0, 0)
    assert "The queue for workers was at nothing and is now at " in first.out
    assert "queue" not in second.out
