"""The log: one line an event, for people or as JSON, whatever its words are."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

from monitor.clock import fixed_clock
from monitor.telemetry import Log

NOW = datetime(2026, 3, 2, 7, 30, 15, 250_000, tzinfo=UTC)


def lines(form, *events) -> list[str]:
    output = io.StringIO()
    log = Log(fixed_clock(NOW), output, form)
    for event, level, facts in events:
        log(event, level=level, **facts)
    return output.getvalue().splitlines()


def test_a_line_for_people_has_the_time_the_event_and_its_facts():
    facts = {"source": "acme", "check": 12, "seconds": 0.25, "message": "all is well", "category": None}
    (line,) = lines("console", ("check", "info", facts))
    assert line == '2026-03-02T07:30:15Z check source=acme check=12 seconds=0.25 message="all is well"'


def test_a_line_for_people_says_when_it_is_no_plain_news():
    (line,) = lines("console", ("fault", "error", {"at": "a.py:1"}))
    assert line == "2026-03-02T07:30:15Z error fault at=a.py:1"


def test_a_line_of_json_has_numbers_as_numbers():
    (line,) = lines("json", ("check", "warning", {"source": "acme", "check": 12, "seconds": 0.25, "category": None}))
    assert json.loads(line) == {
        "time": "2026-03-02T07:30:15.250Z",
        "level": "warning",
        "event": "check",
        "source": "acme",
        "check": 12,
        "seconds": 0.25,
    }


def test_words_of_a_document_forge_no_line_and_obey_no_terminal():
    bad = 'one\n2026-03-02T07:30:15Z check source=other outcome=new "x" \x1b[2Jgone'
    for form in ("console", "json"):
        (line,) = lines(form, ("check", "info", {"message": bad}))
        assert "\x1b" not in line
    assert lines("console", ("check", "info", {"message": bad}))[0].count('"') == 2
    assert json.loads(line)["message"] == bad


def test_the_form_may_change_while_the_log_is_in_use():
    output = io.StringIO()
    log = Log(fixed_clock(NOW), output)
    log("one")
    log.form = "json"
    log("two")
    first, second = output.getvalue().splitlines()
    assert first == "2026-03-02T07:30:15Z one"
    assert json.loads(second)["event"] == "two"
