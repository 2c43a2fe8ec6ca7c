"""A daemon of which each tick is the test's, over a document in a file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.daemon import Daemon
from monitor.telemetry import Log

DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Lanterns", "version": "1"},
    "paths": {"/a": {"get": {"responses": {"200": {"description": "Fine."}}}}},
}


class MovableClock:
    """A clock that stands until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


class Running:
    """A daemon of which each tick is ours."""

    def __init__(self, place: Path, clock: MovableClock, **environ: str) -> None:
        self.output = io.StringIO()
        self.daemon = Daemon(place / "specwatch.toml", clock=clock, environ=environ, log=Log(clock, self.output))
        self.daemon.open()

    def step(self) -> list[str]:
        """One tick; the lines that it logged."""
        self.output.seek(0)
        self.output.truncate()
        self.daemon.step()
        return self.output.getvalue().splitlines()

    def close(self) -> None:
        """Let go of everything."""
        self.daemon.close()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 3, 2, 7, tzinfo=UTC))  # a Monday


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a configuration of one source, a local file."""
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "specwatch.toml").write_text('[[sources]]\nname = "lanterns"\nurl = "a.json"\nevery = "6h"\n')
    return tmp_path


@pytest.fixture
def open_daemon(place: Path, clock: MovableClock) -> Iterator[Callable[..., Running]]:
    """Opens a daemon on the place; `environ` is what it finds there."""
    opened: list[Running] = []

    def begin(**environ: str) -> Running:
        opened.append(Running(place, clock, **environ))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()


def checks(lines: list[str]) -> list[str]:
    """The lines about checks."""
    return [line for line in lines if " check " in line]
