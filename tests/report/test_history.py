"""`specwatch history`: every version, when it was seen, where it came from, what it changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.ledger import events
from monitor.policy import Uses
from monitor.report import (
    History,
    HistoryItem,
    Summary,
    deprecations_text,
    history_json,
    history_markdown,
    history_text,
)
from monitor.report.history_events import history_events
from monitor.report.view import HistoryEvent

URL = "https://api.acme.example/openapi.json"


def item(sequence: int, **facts) -> HistoryItem:
    at = datetime(2026, 1, sequence, 9, 30, tzinfo=UTC)
    known = {
        "sequence": sequence,
        "seen_at": at,
        "last_seen_at": at,
        "sha256": f"{sequence:064x}",
        "size": 1000,
        "origin": f"fetched from {URL}",
        "openapi": "3.0.3",
        "title": "Acme",
        "version": "1.0.0",
        "operations": 12,
        "invalid": 0,
        "suspect": False,
        "summary": None if sequence == 1 else Summary(2, 1, 0, 1204, 7),
    }
    return HistoryItem(**{**known, **facts})


@pytest.fixture
def history() -> History:
    """Three versions: the first, one that broke something, and a slip."""
    slip = item(3, suspect=True, summary=None, origin="imported from /past/2026-01-03_acme.json")
    return History("acme", URL, (item(1), item(2), slip))


def test_each_version_is_a_line_oldest_first_with_its_changes_in_counts(history):
    lines = history_text(history).splitlines()
    assert lines[0] == f"acme, {URL}: 3 versions, seen from 2026-01-01 to 2026-01-03"
    assert lines[2].split() == ["NO.", "SEEN", "(UTC)", "OPS", "BREAKING", "RISKY", "COMPATIBLE", "DOCS", "ORIGIN"]
    assert lines[4].split() == ["2", "2026-01-02", "09:30", "12", "2", "1", "-", "1,204", "fetched"]


def test_the_first_version_and_a_slip_say_why_there_are_no_counts(history):
    lines = history_text(history).splitlines()
    assert lines[3].endswith("-  first version; fetched")
    assert "taken for a slip; imported 2026-" in lines[5]


def test_an_invalid_version_says_so(history):
    text = history_text(replace(history, items=(item(1), item(2, invalid=3))))
    assert "invalid, 3 problems; fetched" in text


def test_a_version_number_is_shown_only_where_it_differs(history):
    assert "VERSION" not in history_text(history)
    text = history_text(replace(history, items=(item(1), item(2, version="1.1.0"))))
    assert "VERSION" in text
    assert "1.1.0" in text


def test_lines_keep_to_the_width(history):
    long = replace(history, items=(*history.items, item(4, origin="imported from /" + "x" * 300)))
    assert max(map(len, history_text(long, width=100).splitlines())) <= 100


def test_no_version_yet_says_what_to_do():
    assert history_text(History("acme", URL, ())) == f"acme, {URL}: no version is known yet; specwatch check acme\n"


def test_the_page_has_the_whole_origin(history):
    page = history_markdown(history)
    assert page.startswith("# acme: every version\n")
    assert "taken for a slip; imported from /past/2026-01-03\\_acme.json |" in page


def test_the_json_has_everything(history):
    said = json.loads(history_json(history))
    assert (said["source"], said["url"]) == ("acme", URL)
    first, second, third = said["versions"]
    assert (first["seen_at"], first["summary"]) == ("2026-01-01T09:30:00Z", None)
    assert second["summary"] == {"breaking": 2, "risky": 1, "compatible": 0, "docs": 1204, "operations_affected": 7}
    assert (third["suspect"], third["sha256"]) == (True, f"{3:064x}")


def test_colours_come_only_when_asked(history):
    assert "\x1b" not in history_text(history)
    assert "\x1b[" in history_text(history, color=True)


def test_a_hostile_name_reaches_neither_terminal_nor_page(history):
    hostile = replace(
        history, source="\x1b[2J<b>", items=(item(1, origin="fetched from \x1b]0;x\x07|", version="\x1b"),)
    )
    assert "\x1b" not in history_text(hostile)
    page = history_markdown(hostile)
    assert "\x1b" not in page
    assert "<b>" not in page


@pytest.fixture
def eventful(history):
    """The same, with an event before the second version, one of its day, and one after the last."""
    days = ((date(2026, 1, 1), "deprecated"), (date(2026, 1, 2), "removed early"), (date(2026, 4, 1), "due soon"))
    told = (HistoryEvent(day, kind, ("GET /a",), f"{kind}: GET /a") for day, kind in days)
    return replace(history, events=tuple(told))


def test_events_stand_between_the_versions_under_their_days(eventful):
    lines = history_text(eventful).splitlines()[3:]
    assert [line.split()[0] for line in lines] == ["1", "2026-01-01", "2", "2026-01-02", "3", "2026-04-01"]
    assert lines[1].index("2026-01-01") == lines[0].index("2026-01-01")
    assert lines[3].endswith("  removed early: GET /a")


def test_the_page_and_the_json_have_the_events_too(eventful):
    assert "- 2026-01-02: removed early: GET /a" in history_markdown(eventful)
    event = {"day": "2026-04-01", "kind": "due soon", "subjects": ["GET /a"], "words": "due soon: GET /a"}
    assert json.loads(history_json(eventful))["events"][-1] == event


def test_what_happens_to_a_service_on_one_day_is_one_line_and_prose_alone_is_counted(reported, api, tagged):
    oil = {f"oil{number}": {"type": "string", "description": "DEPRECATED."} for number in range(9)}
    (_, first), (_, second) = tagged
    document = json.loads(second)
    document["components"]["schemas"]["Lantern"]["properties"] |= oil
    versions = (("2026-07-01", first), ("2026-07-02", json.dumps(document)))
    entries = reported(*versions, since="2020-01-01", until="2026-08-10").sources[0].entries
    lines = history_events(events(entries, (), date(2026, 12, 31)))
    assert [line.words.replace("\xa0", " ") for line in lines] == [
        "deprecated: Ships V1 (2 operations) and GET /v1/cranes; deadline 2026-10-01",
        "deprecated (prose alone): 9 properties; deadline 2026-10-01",
        "due soon: Ships V1 (2 operations) and GET /v1/cranes; deadline 2026-10-01",
        "overdue, still served: Ships V1 (2 operations) and GET /v1/cranes; deadline 2026-10-01",
    ]


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_a_narrow_terminal_gets_every_version_and_note_within_its_width(history, width):
    uses = Uses.of(["/v1/**"])
    text = history_text(replace(history, uses=uses), width=width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert [line.split()[0] for line in lines if re.match(r" *\d+  2026", line)] == ["1", "2", "3"]
    assert "first version" in text
    assert "taken for a slip" in text
    assert ("fetched" in text) is (width >= 100)


def test_what_went_in_time_was_due_on_the_day_that_it_is_judged_by(reported, api):
    """The flag came in an interval: what went is held against the late end of the window, as in every other form."""
    versions = (
        ("2026-02-01", api("GET /v1/a", "GET /v1/b")),
        ("2026-02-05", api("GET /v1/a!", "GET /v1/b")),
        ("2026-06-30", api("GET /v1/a!", "GET /v1/b", "GET /v1/c")),
        ("2026-07-01", api("GET /v1/b", "GET /v1/c")),
    )
    (view,) = reported(*versions, since="2026-01-01", until="2026-08-10").sources
    told = [each.words for each in history_events(events(view.entries, (), date(2026, 8, 10)))]
    assert [words for words in told if words.startswith("removed in time")] == [
        "removed in time: GET\xa0/v1/a; the deadline was 2026-05-05"
    ]
    assert "removed in time  deadline was 2026-05-05" in deprecations_text([("acme", view.entries)], date(2026, 8, 10))
