"""`specwatch schedule`: what is to be done next, in words and as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from monitor.cli.app import run

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
CONFIGURATION = """
recipients = ["ann@example.org"]
[digest]
at = "08:00"
timezone = "Europe/London"
[smtp]
host = "127.0.0.1"
security = "none"
sender = "w@example.org"
[[sources]]
name = "lanterns"
url = "a.json"
cron = "30 6 * * mon-fri"
timezone = "Europe/Berlin"
[[sources]]
name = "asleep"
url = "a.json"
paused = true
"""
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Lanterns", "version": "1"},
    "paths": {"/a": {"get": {"responses": {"200": {"description": "Fine."}}}}},
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch) -> Path:
    (tmp_path / "specwatch.toml").write_text(CONFIGURATION)
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys, *arguments: str) -> str:
    with time_machine.travel(NOW, tick=False):
        assert run(list(arguments)) == 0
    return capsys.readouterr().out


def test_what_is_next_stands_first_and_what_is_paused_last(place, capsys):
    said(capsys, "check", "lanterns")
    lines = said(capsys, "schedule").splitlines()
    assert [line.split() for line in lines] == [
        ["DUE", "(UTC)", "WHAT", "OF", "SCHEDULE", "STATE"],
        ["2026-03-02", "08:00", "digest", "2026-W10", "monday", "08:00", "(Europe/London)", "waiting"],
        ["2026-03-03", "05:30", "check", "lanterns", "30", "6", "*", "*", "mon-fri", "(Europe/Berlin)", "waiting"],
        ["-", "check", "asleep", "6h", "paused"],
    ]


def test_as_json_it_has_the_moment_that_the_schedule_names_and_when_it_is_due(place, capsys):
    first, second = json.loads(said(capsys, "schedule", "--format", "json"))[:2]
    assert first == {
        "job": "check",
        "name": "lanterns",
        "schedule": "30 6 * * mon-fri (Europe/Berlin)",
        "named": "2026-03-02T07:00:00Z",
        "due": "2026-03-02T07:00:00Z",
        "by": None,
        "failures": 0,
        "error": None,
    }
    assert second["job"] == "digest"


def test_as_markdown_it_is_a_table(place, capsys):
    page = said(capsys, "schedule", "--format", "markdown")
    assert page.startswith("# Schedule\n\n| due (UTC) | what | of | schedule | state |\n")
    assert "`30 6 * * mon-fri (Europe/Berlin)`" in page


def test_without_a_source_it_says_how_to_begin(tmp_path, monkeypatch, capsys):
    (tmp_path / "specwatch.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert said(capsys, "schedule") == "Nothing is watched yet: specwatch add NAME URL\n"
