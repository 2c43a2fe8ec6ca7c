"""`specwatch deprecations --format ics`, read by a parser that nobody here wrote: one event a deadline, and it stays the same."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject

from monitor.ledger import Done, State
from monitor.policy import Uses
from monitor.report import deprecations_ics

TODAY = date(2026, 8, 10)
JUNE = (("2026-06-01", ["GET /v1/a", "GET /v1/b"]), ("2026-06-02", ["GET /v1/a!", "GET /v1/b"]))


@pytest.fixture
def ledger(reported, api):
    """The ledger of a short history under a window of three months: (day, operations, properties)."""

    def run(*versions, promise="incident-io", **options):
        texts = [
            (day, api(*operations, **(dict(*more) if more else {}), **options)) for day, operations, *more in versions
        ]
        report = reported(*texts, since="2020-01-01", until="2026-08-10", promise=promise)
        return [("acme", report.sources[0].entries)]

    return run


def events(entries, today=TODAY) -> list[Any]:
    text = deprecations_ics(entries, today)
    calendar = vobject.readOne(text)
    assert not text.replace("\r\n", "").count("\n")  # RFC 5545, section 3.1: every line ends in CRLF
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert calendar.serialize(validate=True)
    return calendar.contents.get("vevent", [])


def test_a_service_that_goes_on_one_day_is_one_event_of_that_whole_day(reported, tagged):
    report = reported(*tagged, since="2020-01-01", until="2026-08-10")
    cranes, ships = events([("acme", report.sources[0].entries)])
    assert ships.summary.value == "acme: last day of Ships V1 (2 operations)"
    assert (ships.dtstart.value, ships.dtend.value) == (date(2026, 10, 1), date(2026, 10, 2))
    assert "\n- GET /v1/boats -> GET /v2/boats\n- GET /v1/rafts -> GET /v2/rafts\n" in ships.description.value
    assert cranes.summary.value == "acme: last day of GET /v1/cranes"
    assert (ships.status.value, ships.transp.value) == ("CONFIRMED", "TRANSPARENT")


def test_alarms_ring_in_the_morning_a_month_a_week_and_a_day_before(ledger):
    (event,) = events(ledger(*JUNE))
    triggers = [alarm.trigger.value for alarm in event.contents["valarm"]]
    assert triggers == [timedelta(days=-days, hours=9) for days in (30, 7, 1)]
    assert {alarm.action.value for alarm in event.contents["valarm"]} == {"DISPLAY"}


def test_a_deadline_that_has_passed_wakes_nobody(ledger):
    (event,) = events(ledger(*JUNE), today=date(2027, 1, 1))
    assert "valarm" not in event.contents


def test_what_has_no_deadline_or_is_over_is_no_event(ledger):
    assert events(ledger(("2026-06-01", ["GET /v1/a!", "GET /v1/b"]))) == []
    assert events(ledger(*JUNE, ("2026-06-03", ["GET /v1/a", "GET /v1/b"]))) == []
    assert events(ledger(*JUNE, ("2026-06-03", ["GET /v1/b"]))) == []
    assert events(ledger(*JUNE, promise=None)) == []
    assert events([]) == []


def test_what_somebody_is_done_with_is_no_event_until_it_is_open_again(ledger):
    ((name, (entry,)),) = ledger(*JUNE)
    done = Done(datetime(2026, 8, 1, tzinfo=UTC), "ada", "we call v2")
    assert events([(name, (replace(entry, done=done),))]) == []
    assert len(events([(name, (replace(entry, done=replace(done, reopened=True)),))])) == 1


def test_the_event_keeps_its_uid_when_its_date_moves_and_counts_the_moves(ledger):
    def wick(sunset):
        return {"lantern": {"wick": {"deprecated": True, "x-sunset": sunset}}}

    history = [("2026-06-01", ["GET /v1/a"]), ("2026-06-02", ["GET /v1/a"], wick("2027-02-20"))]
    (before,) = events(ledger(*history))
    (after,) = events(ledger(*history, ("2026-07-03", ["GET /v1/a"], wick("2026-12-01"))))
    assert before.uid.value == after.uid.value
    assert (before.sequence.value, after.sequence.value) == ("0", "1")
    assert (before.dtstart.value, after.dtstart.value) == (date(2027, 2, 20), date(2026, 12, 1))
    assert after.last_modified.value == datetime(2026, 7, 3, tzinfo=UTC)
    assert "The given date moved from 2027-02-20 to 2026-12-01, which is earlier" in after.description.value


def test_the_event_keeps_its_uid_when_a_part_of_its_service_is_taken_back(reported, api, tagged):
    tags = {"/v1/boats": "Ships V1", "/v1/rafts": "Ships V1"}
    operations = ["GET /v1/boats", "GET /v1/rafts!", "GET /v1/cranes!", "GET /v2/boats", "GET /v2/rafts"]
    later = ("2026-07-20", api(*operations, tags=tags))
    uids = [
        {
            event.uid.value
            for event in events([("acme", reported(*each, since="2020-01-01", until="2026-08-10").sources[0].entries)])
        }
        for each in (tagged, (*tagged, later))
    ]
    assert uids[0] == uids[1]


def test_two_sources_and_two_episodes_have_events_of_their_own(ledger):
    ((_, entries),) = ledger(*JUNE)
    again = ledger(*JUNE, ("2026-06-10", ["GET /v1/a", "GET /v1/b"]), ("2026-06-12", ["GET /v1/a!", "GET /v1/b"]))
    told = events([("acme", entries), ("other", entries)]) + events(again)
    assert len({event.uid.value for event in told}) == 3


def test_what_prose_alone_says_is_tentative_and_wakes_nobody_unless_it_gives_a_date(ledger):
    def told(words):
        return ("2026-06-02", ["GET /v1/a"], {"lantern": {"oil": {"type": "string", "description": words}}})

    (vague,) = events(ledger(("2026-06-01", ["GET /v1/a"]), told("DEPRECATED: use `fuel` instead.")))
    (dated,) = events(ledger(("2026-06-01", ["GET /v1/a"]), told("Deprecated. It will be removed on 1 March 2027.")))
    assert vague.summary.value == "acme: last day of property Lantern > oil (in responses), said in prose alone"
    assert (vague.status.value, "valarm" in vague.contents) == ("TENTATIVE", False)
    assert (dated.dtstart.value, "valarm" in dated.contents) == (date(2027, 3, 1), True)


def test_names_of_strangers_are_escaped_and_folded_between_characters(ledger):
    path = "/v1/" + "ölé,;" * 40 + "\\n\x1b"
    (event,) = events(ledger(("2026-06-01", [f"GET {path}"]), ("2026-06-02", [f"GET {path}!"])))
    assert event.summary.value == f"acme: last day of GET {path}".replace("\x1b", "�")


def test_the_same_ledger_gives_the_same_bytes(ledger):
    assert deprecations_ics(ledger(*JUNE), TODAY) == deprecations_ics(ledger(*JUNE), TODAY)
    assert not re.search(
        r"^(?:DTSTAMP|LAST-MODIFIED):(?!20260602T000000Z)", deprecations_ics(ledger(*JUNE), TODAY), re.M
    )


def test_what_it_says_of_ours_counts_its_events_and_is_the_same_on_every_day(ledger):
    [(name, (entry,))] = ledger(*JUNE)
    unknown = replace(entry, subject=replace(entry.subject, path="/v1/c"), deadline=None)
    uses = {name: Uses.of(["/v1/**"])}
    calm, near = (
        deprecations_ics([(name, (replace(entry, state=state), unknown))], TODAY, used=uses)
        for state in (State.DEPRECATED, State.DUE_SOON)
    )
    assert calm == near
    assert vobject.readOne(calm).description.value == "acme: Yours: 1 deadline in this calendar."
