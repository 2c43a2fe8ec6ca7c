"""Alerts: what breaks is told at once and once, deadlines are called to mind, and the digest does not tell it anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from monitor.clock import fixed_clock
from monitor.errors import BudgetExceeded
from monitor.jobs import build_digest, check_source, deliver, send_alerts
from monitor.jobs.checking import compare_again
from monitor.jobs.comparing import Desk
from monitor.jobs.correcting import Setting, set_deprecation
from monitor.settings import AlertSettings, Settings, SmtpSettings, SourceSettings

NAMES = ("GET /v1/boats", "GET /v1/crews", "GET /v2/boats", "GET /v2/locks", "GET /v2/tides", "GET /v2/winds")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def settings(mailbox, tmp_path) -> Settings:
    source = SourceSettings("harbour", str(tmp_path / "api.json"), promise="incident-io")
    smtp = SmtpSettings("127.0.0.1", mailbox.port, "none", "specwatch@example.org")
    return Settings(sources=(source,), recipients=("ann@example.org",), smtp=smtp)


@pytest.fixture
def seen(store, settings, make_document, tmp_path) -> Callable[..., None]:
    """`seen("2026-08-04T09:00", "GET /v1/boats", …, deprecated=[…])`: a check that finds these operations."""

    def check(at: str, *names: str, deprecated: tuple[str, ...] = ()) -> None:
        (tmp_path / "api.json").write_bytes(make_document(*names, deprecated=deprecated))
        clock = fixed_clock(moment(at))
        check_source(store, settings.sources[0], clock=clock, folder=tmp_path, environ={})

    return check


@pytest.fixture
def told(store, settings, mailbox) -> Callable[..., list[str]]:
    """The subjects of what goes out at a moment."""

    def run(at: str, **alerts: object) -> list[str]:
        now = moment(at)
        wanted = replace(settings, alerts=replace(AlertSettings(), **alerts))
        send_alerts(store, wanted, now=now, folder=Path())
        deliver(store, wanted, now=now, environ={})
        subjects = [str(message["Subject"]) for message in mailbox.messages]
        told.messages = list(mailbox.messages)
        mailbox.messages.clear()
        return subjects

    told = run
    return run


def test_what_breaks_is_told_at_once_in_one_message_and_once(seen, told):
    seen("2026-08-03T09:00", *NAMES)
    assert told("2026-08-03T09:01") == []  # what is known at the first look is no news
    seen("2026-08-04T09:00", *NAMES[2:])
    assert told("2026-08-04T09:01") == ["[specwatch] Alert: harbour: 2 breaking (GET /v1/boats and 1 more)"]
    body = " ".join(told.messages[0].get_body(("plain",)).get_content().split())
    assert "now: Stop calling GET /v1/boats, it is gone It went against the promise." in body
    assert "BREAKING (2)" in body
    assert "OPEN WINDOWS" not in body
    assert told("2026-08-04T09:02") == []
    seen("2026-08-04T15:00", *NAMES[2:], "GET /v2/new")
    assert told("2026-08-04T15:01") == []


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What goes to the database."""
    heard: list[str] = []

    def hear(_connection, _cursor, statement: str, *_rest: object) -> None:
        heard.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


def test_a_tick_with_nothing_to_tell_asks_no_more_of_many_sources_than_of_one(store, settings, statements):
    now = moment("2026-08-03T09:01")
    many = replace(settings, sources=tuple(replace(settings.sources[0], name=f"s{each}") for each in range(40)))
    with store.transaction() as uow:
        for source in many.sources:
            uow.sources.ensure(source.name, source.url, now=now)
    asked = []
    for wanted in (many, replace(settings, sources=many.sources[:1]), many):
        statements.clear()
        assert send_alerts(store, wanted, now=now, folder=Path()) == 0
        asked.append(len(statements))
    assert asked[0] > 40  # the first look
    assert asked[1] == asked[2] < 12


def test_alerts_go_on_after_a_clock_that_was_ahead(seen, told):
    seen("2026-08-03T09:00", *NAMES)
    told("2026-08-03T09:01")
    seen("2027-08-03T09:00", *NAMES)
    told("2027-08-03T09:01")
    seen("2026-08-04T09:00", *NAMES[1:])
    assert told("2026-08-04T09:01") == ["[specwatch] Alert: harbour: 1 breaking (GET /v1/boats)"]
    seen("2026-08-04T15:00", *NAMES[2:])
    assert told("2026-08-04T15:01") == ["[specwatch] Alert: harbour: 1 breaking (GET /v1/crews)"]
    assert "/v1/crews" in told.messages[0].get_body(("plain",)).get_content()
    assert "/v1/boats" not in told.messages[0].get_body(("plain",)).get_content()


def test_a_check_that_is_stored_while_others_are_looked_at_is_told_all_the_same(seen, told):
    seen("2026-08-03T09:00", *NAMES)
    told("2026-08-03T09:01")
    seen("2026-08-04T09:00", *NAMES[1:])
    assert told("2026-08-04T08:59") == ["[specwatch] Alert: harbour: 1 breaking (GET /v1/boats)"]
    assert told("2026-08-04T09:01") == []


def test_what_somebody_corrects_while_a_check_is_made_hides_nothing_of_it(seen, told, store, settings):
    seen("2026-08-03T09:00", *NAMES)
    told("2026-08-03T09:01")
    # The document comes at nine, and is compared until two minutes past.
    said = Setting("jo", moment("2026-08-04T09:00"), "their mail", deadline=date(2027, 1, 1))
    set_deprecation(store, settings, "harbour", "GET /v2/tides", said, folder=Path())
    assert told("2026-08-04T09:01") == []
    seen("2026-08-04T09:00", *NAMES[1:])
    assert told("2026-08-04T09:02") == ["[specwatch] Alert: harbour: 1 breaking (GET /v1/boats)"]


def test_a_removal_that_had_to_be_confirmed_is_told_when_it_is(seen, told):
    many = tuple(f"GET /v2/{number}" for number in range(20))
    seen("2026-08-01T09:00", *many)
    told("2026-08-01T09:01")
    seen("2026-08-02T09:00", *many[10:])
    assert told("2026-08-02T09:01") == []
    seen("2026-08-05T10:00", *many[10:])
    assert told("2026-08-05T10:01") == ["[specwatch] Alert: harbour: 10 breaking (GET /v2/0 and 9 more)"]
    assert told("2026-08-05T10:02") == []


class Overburdened(Desk):
    """A bench that gives up until it is told to work."""

    works = False

    def compare(self, before, after, profiles, removals=None):
        if not self.works:
            raise BudgetExceeded("the comparison was stopped after 120 seconds")
        return super().compare(before, after, profiles, removals)


def test_what_could_be_compared_at_the_second_try_alone_is_told_then_and_in_the_next_digest(
    seen, told, store, settings, make_document, tmp_path
):
    seen("2026-08-09T09:00", *NAMES)
    told("2026-08-09T09:01")
    desk = Overburdened()
    (tmp_path / "api.json").write_bytes(make_document(*NAMES[1:]))
    now = moment("2026-08-10T07:30")
    check_source(store, settings.sources[0], clock=fixed_clock(now), folder=tmp_path, environ={}, bench=desk)
    assert told("2026-08-10T07:31") == []
    assert "breaking" not in build_digest(store, settings, now=moment("2026-08-10T08:01"), folder=Path()).digest.subject
    desk.works = True
    compare_again(store, settings.sources[0], now=moment("2026-08-10T08:10"), folder=tmp_path, bench=desk)
    assert told("2026-08-10T08:11") == ["[specwatch] Alert: harbour: 1 breaking (GET /v1/boats)"]
    assert told("2026-08-10T08:12") == []
    assert "1 breaking" in build_digest(store, settings, now=moment("2026-08-17T08:01"), folder=Path()).digest.subject
    seen("2026-08-17T09:00", *NAMES[1:])
    assert told("2026-08-17T09:01") == []


def test_a_source_of_which_a_check_is_being_made_is_looked_at_after_it(seen, told, store):
    seen("2026-08-03T09:00", *NAMES)
    told("2026-08-03T09:01")
    seen("2026-08-04T09:00", *NAMES[1:])
    at = moment("2026-08-04T09:00")
    with store.transaction() as uow:
        uow.due.put("check", "harbour", plan="", named_at=at, due_at=at, now=at)
        uow.due.take("check", owner="another", now=at, lease=timedelta(minutes=2))
    assert told("2026-08-04T09:01") == []
    assert told("2026-08-04T09:02") == ["[specwatch] Alert: harbour: 1 breaking (GET /v1/boats)"]


def test_what_a_check_brings_that_was_in_hand_at_the_first_look_is_news(seen, told, store):
    seen("2026-08-03T09:00", *NAMES)
    at = moment("2026-08-04T09:00")
    with store.transaction() as uow:
        uow.due.put("check", "harbour", plan="", named_at=at, due_at=at, now=at)
        uow.due.take("check", owner="another", now=at, lease=timedelta(minutes=2))
    assert told("2026-08-04T09:00") == []
    seen("2026-08-04T09:00", *NAMES[1:])
    assert told("2026-08-04T09:02") == ["[specwatch] Alert: harbour: 1 breaking (GET /v1/boats)"]


def test_the_digest_says_when_it_was_told(seen, told, store, settings):
    seen("2026-08-03T09:00", *NAMES)
    told("2026-08-03T09:01")
    seen("2026-08-04T09:00", *NAMES[1:])
    told("2026-08-04T09:01")
    digest = build_digest(store, settings, now=moment("2026-08-10T09:00"), folder=Path()).digest
    assert "told on Tuesday, 4 August 2026" in " ".join(digest.text.split())
    assert "told on Tuesday, 4 August 2026" in " ".join(digest.html.split())


def test_in_the_quiet_hours_nobody_is_told_and_after_them_all_in_one(seen, told):
    quiet = {"quiet_from": "22:00", "quiet_until": "07:00", "timezone": "Europe/London"}
    seen("2026-08-03T09:00", *NAMES)
    told("2026-08-03T09:01")
    seen("2026-08-03T22:00", *NAMES[1:])
    assert told("2026-08-03T22:01", **quiet) == []
    seen("2026-08-04T03:00", *NAMES[2:])
    assert told("2026-08-04T05:59", **quiet) == []
    assert told("2026-08-04T06:00", **quiet) == [
        "[specwatch] Alert: harbour: 2 breaking (GET /v1/boats and 1 more)"
    ]  # seven in London


def test_of_what_is_not_used_there_is_no_alert(seen, told, store, settings):
    seen("2026-08-03T09:00", *NAMES)
    used = replace(settings, sources=(replace(settings.sources[0], uses=("GET /v2/**",)),))
    send_alerts(store, used, now=moment("2026-08-03T09:01"), folder=Path())
    seen("2026-08-04T09:00", *NAMES[1:])
    assert send_alerts(store, used, now=moment("2026-08-04T09:01"), folder=Path()) == 0


def test_alerts_can_be_switched_off(seen, told):
    seen("2026-08-03T09:00", *NAMES)
    told("2026-08-03T09:01", enabled=False)
    seen("2026-08-04T09:00", *NAMES[1:])
    assert told("2026-08-04T09:01", enabled=False) == []


def test_a_deadline_is_called_to_mind_thirty_seven_and_one_days_before_once_each(seen, told):
    seen("2026-05-10T09:00", *NAMES)
    told("2026-05-10T09:01")
    seen("2026-05-11T09:00", *NAMES, deprecated=("GET /v1/boats",))
    days = [f"2026-07-{day:02d}" for day in range(1, 32)] + [f"2026-08-{day:02d}" for day in range(1, 15)]
    found = {day: told(f"{day}T09:00") + told(f"{day}T15:00") for day in days}
    assert {day: subjects for day, subjects in found.items() if subjects} == {
        "2026-07-11": ["[specwatch] Reminder: harbour: GET /v1/boats: deadline in 30 days"],
        "2026-08-03": ["[specwatch] Reminder: harbour: GET /v1/boats: deadline in 7 days"],
        "2026-08-09": ["[specwatch] Reminder: harbour: GET /v1/boats: deadline in 1 day"],
    }


def test_who_hears_late_of_a_deadline_is_reminded_once(seen, told):
    seen("2026-05-10T09:00", *NAMES)
    seen("2026-05-11T09:00", *NAMES, deprecated=("GET /v1/boats",))
    assert told("2026-08-08T09:00") == ["[specwatch] Reminder: harbour: GET /v1/boats: deadline in 2 days"]
    body = " ".join(told.messages[0].get_body(("plain",)).get_content().split())
    assert "in 2 days (2026-08-10): Move from GET /v1/boats to GET /v2/boats" in body
    assert told("2026-08-08T15:00") == []


def test_an_import_of_older_versions_is_no_alert(seen, told, store, settings, make_document, tmp_path):
    from monitor.jobs import import_history, versions_in_files

    seen("2026-08-03T09:00", *NAMES[2:])
    told("2026-08-03T09:01")
    (tmp_path / "2026-01-01T0900_a.json").write_bytes(make_document(*NAMES))
    versions = versions_in_files([tmp_path / "2026-01-01T0900_a.json"])
    import_history(store, settings.sources[0], versions, now=moment("2026-08-03T10:00"), folder=tmp_path)
    assert told("2026-08-03T10:01") == []
