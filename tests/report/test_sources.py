"""`specwatch list`: what is watched and how it is doing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.report import SourceStatus, sources_json, sources_markdown, sources_text

URL = "https://api.acme.example/openapi.json"


@pytest.fixture
def sources() -> list[SourceStatus]:
    """One that fails, one that is paused, one that was never checked."""
    at = datetime(2026, 8, 9, 12, tzinfo=UTC)
    later = at.replace(hour=18)
    nothing = (None, None, None, None, None)
    return [
        SourceStatus("acme", URL, "incident-io", "strict", "6h", False, 3, at, at, at, "failed", "status 503", later),
        SourceStatus("calm", URL, None, "codegen", "1d", True, 1, at, at, at, "unchanged", None, None),
        SourceStatus("young", URL, None, "strict", "6h", False, 0, *nothing, later),
    ]


def test_each_source_is_a_line_with_its_state_and_times(sources):
    lines = sources_text(sources).splitlines()
    assert lines[1].split() == [
        "acme", "failed", "2026-08-09", "12:00", "2026-08-09", "18:00", "6h", "3", "incident-io", URL,
    ]  # fmt: skip
    assert lines[2].split()[:2] == ["calm", "paused"]
    assert "never checked" in lines[3]


def test_why_a_check_failed_stands_below(sources):
    assert sources_text(sources).splitlines()[-1] == "acme: never checked successfully: status 503"
    assert "- **acme**: never checked successfully: status 503" in sources_markdown(sources)


def test_how_long_it_has_failed_and_that_it_has_moved_stand_below(sources):
    at = datetime(2026, 8, 5, 12, tzinfo=UTC)
    moved = "https://new.acme.example/openapi.json"
    failing = replace(sources[0], category="http status", failures=5, last_good=at, moved_to=moved)
    said = " ".join(sources_text([failing], width=300).splitlines()[2:])
    assert "acme: failed 5 times in a row, last success 2026-08-05 12:00 (http status): status 503" in said
    assert f"acme: it has moved for good to {moved}; to follow: specwatch set acme --url URL" in said


def test_columns_are_aligned_and_the_url_is_whole(sources):
    lines = sources_text(sources, width=60).splitlines()[:4]
    assert len({line.index(word) for line, word in zip(lines, ["URL", URL, URL, URL], strict=True)}) == 1


def test_no_source_says_what_to_do():
    assert "specwatch add NAME URL" in sources_text([])
    assert "specwatch add NAME URL" in sources_markdown([])
    assert sources_json([]) == "[]\n"


def test_the_json_is_a_list_with_everything_known(sources):
    said = json.loads(sources_json(sources))
    assert said[0] == {
        "name": "acme",
        "url": URL,
        "promise": "incident-io",
        "client": "strict",
        "every": "6h",
        "paused": False,
        "snapshots": 3,
        "first_seen": "2026-08-09T12:00:00Z",
        "last_seen": "2026-08-09T12:00:00Z",
        "checked_at": "2026-08-09T12:00:00Z",
        "outcome": "failed",
        "message": "status 503",
        "category": None,
        "request_id": None,
        "last_good": None,
        "failures": 0,
        "moved_to": None,
        "next_check": "2026-08-09T18:00:00Z",
        "owner": None,
        "labels": {},
    }
    assert said[2]["checked_at"] is None


def test_a_hostile_message_reaches_neither_terminal_nor_page(sources):
    at = datetime(2026, 8, 9, tzinfo=UTC)
    message = "\x1b[2J<img src=x>|" + "y" * 5000
    bad = SourceStatus("acme", URL, None, "strict", "6h", False, 0, None, None, at, "failed", message, at)
    text, page = sources_text([bad]), sources_markdown([bad])
    assert "\x1b" not in text + page
    assert "<img" not in page
    assert len(text) < 1000
    assert len(page) < 1500
