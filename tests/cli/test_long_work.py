"""Long work shows how far it is on a terminal, and Ctrl-C leaves a database that is whole and says what was done."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from werkzeug import Response

from monitor.store import open_store

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = 120


def document(number: int) -> str:
    paths = {
        f"/things/{each}": {"get": {"responses": {"200": {"description": "Fine."}}}} for each in range(60 + number)
    }
    return json.dumps({"openapi": "3.0.3", "info": {"title": "Lanterns", "version": str(number)}, "paths": paths})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A source, and a history of it that takes a while."""
    (tmp_path / "versions").mkdir()
    for number in range(VERSIONS):
        name = f"2025-{number // 28 + 1:02}-{number % 28 + 1:02}_a.json"
        (tmp_path / "versions" / name).write_text(document(number))
    (tmp_path / "specwatch.toml").write_text('[[sources]]\nname = "lanterns"\nurl = "a.json"\n')
    return tmp_path


class OnTerminal:
    """A command whose stderr is a terminal; what it draws there is read as it comes."""

    def __init__(self, place: Path, *arguments: str) -> None:
        self._parent, child = pty.openpty()
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "120"}
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "monitor", *arguments],
            cwd=place,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=child,
            text=True,
        )
        os.close(child)
        self.drawn = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._parent, 4096)
            except OSError:  # the other end of the terminal is closed
                return
            if not data:
                return
            self.drawn += data.decode("utf-8", "replace")

    def draws(self, words: str) -> None:
        ends = time.monotonic() + 60
        while words not in self.drawn:
            assert time.monotonic() < ends, self.drawn
            time.sleep(0.01)

    def end(self) -> str:
        """Wait for its end; what it printed on stdout."""
        out = self.popen.communicate(timeout=120)[0]
        self._reader.join(10)
        os.close(self._parent)
        return out


def test_ctrl_c_in_an_import_says_how_far_it_was_and_the_same_command_goes_on(place):
    run = OnTerminal(place, "import", "lanterns", "versions")
    run.draws("reading")
    run.draws("/120")
    time.sleep(0.5)
    run.popen.send_signal(signal.SIGINT)
    run.end()
    assert run.popen.returncode == 130
    assert "Traceback" not in run.drawn
    assert "interrupted. import lanterns:" in run.drawn
    assert "of 120 versions were done" in " ".join(run.drawn.split())
    database = f"sqlite:///{place / 'specwatch.db'}"
    engine = create_engine(database)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()
    again = subprocess.run(
        [sys.executable, "-m", "monitor", "import", "lanterns", "versions"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert again.returncode == 0, again.stderr
    assert again.stderr == ""
    store = open_store(database)
    with store.reading() as uow:
        source = uow.sources.get("lanterns")
        assert [row.version for row in uow.snapshots.all(source.id)] == [str(number) for number in range(VERSIONS)]
        assert len(uow.comparisons.engines(source.id)) == VERSIONS - 1
    store.close()


def test_ctrl_c_in_a_check_of_many_says_which_were_done(place, httpserver):
    go_on = threading.Event()

    def slow(_request) -> Response:
        go_on.wait(30)
        return Response(document(1))

    httpserver.expect_request("/slow.json").respond_with_handler(slow)
    (place / "a.json").write_text(document(0))
    (place / "specwatch.toml").write_text(
        '[[sources]]\nname = "lanterns"\nurl = "a.json"\n'
        f'[[sources]]\nname = "slow"\nurl = "{httpserver.url_for("/slow.json")}"\nallow_private = true\n'
    )
    run = OnTerminal(place, "check")
    try:
        run.draws("1/2")
        run.popen.send_signal(signal.SIGINT)
        out = run.end()
    finally:
        go_on.set()
    assert run.popen.returncode == 130
    assert out == "lanterns: first version kept; what changes from now on is compared with it\n"
    assert "interrupted. check: 1 of 2 sources were done; in hand: asking" in " ".join(run.drawn.split())
    store = open_store(f"sqlite:///{place / 'specwatch.db'}")
    with store.reading() as uow:
        assert uow.snapshots.count(uow.sources.get("lanterns").id) == 1
        assert uow.sources.find("slow") is None
    store.close()


def test_a_digest_of_versions_that_are_compared_anew_shows_how_far_it_is(place):
    OnTerminal(place, "import", "lanterns", "versions").end()
    with (place / "specwatch.toml").open("a") as file:
        file.write('client = "codegen"\n')
    working = OnTerminal(place, "digest", "--preview", "here", "--today", "2025-04-07")
    working.draws("comparing the versions of lanterns")
    assert "here/digest-2025-W14.html" in working.end()
    assert working.popen.returncode == 0


def test_an_audit_of_versions_that_are_compared_anew_shows_how_far_it_is(place):
    with (place / "specwatch.toml").open("a") as file:
        file.write('promise = "incident-io"\nclient = "codegen"\n')
    OnTerminal(place, "import", "lanterns", "versions").end()
    working = OnTerminal(place, "audit", "lanterns", "--today", "2026-01-01")  # which is at the levels of `strict`
    working.draws("comparing the versions of lanterns")
    assert "lanterns" in working.end()
    assert working.popen.returncode == 0
