"""Subscriptions: each hears what it chooses, in its own rhythm, and nothing twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.clock import fixed_clock
from monitor.jobs import check_source, deliver, send_alerts, send_subscriptions
from monitor.settings import ChannelSettings, Settings, SmtpSettings, SourceSettings, SubscriptionSettings

NAMES = ("GET /v1/boats", "GET /v1/crews", "GET /v2/boats", "GET /v2/locks", "GET /v2/tides", "GET /v2/winds")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Place:
    """A watched file, a store and a mail server; `subscribed` is who is told."""

    def __init__(self, store, mailbox, folder: Path, make_document) -> None:
        self.store, self.mailbox, self.folder, self.make = store, mailbox, folder, make_document
        source = SourceSettings(
            "harbour", str(folder / "api.json"), promise="incident-io", owner="mia", labels={"team": "payments"}
        )
        smtp = SmtpSettings("127.0.0.1", mailbox.port, "none", "specwatch@example.org")
        self.settings = Settings(sources=(source,), smtp=smtp)

    def subscribe(self, **subscription: object) -> None:
        told = SubscriptionSettings(**{"name": "team", "recipients": ("ann@example.org",), **subscription})
        self.settings = replace(self.settings, subscriptions=(*self.settings.subscriptions, told))

    def see(self, at: str, *names: str, deprecated: tuple[str, ...] = (), tags: dict[str, str] | None = None) -> None:
        found = json.loads(self.make(*names, deprecated=deprecated))
        for path, methods in found["paths"].items():
            for operation in methods.values():
                operation["tags"] = [tags[path]] if tags and path in tags else []
        (self.folder / "api.json").write_text(json.dumps(found))
        self.check(at)

    def fail(self, at: str) -> None:
        (self.folder / "api.json").write_text("<html>")
        self.check(at)

    def check(self, at: str) -> None:
        source = self.settings.sources[0]
        check_source(self.store, source, clock=fixed_clock(moment(at)), folder=self.folder, environ={})

    def told(self, at: str) -> list[str]:
        """To whom and with which subject messages go out at a moment."""
        now = moment(at)
        send_alerts(self.store, self.settings, now=now, folder=self.folder)
        send_subscriptions(self.store, self.settings, now=now, folder=self.folder)
        deliver(self.store, self.settings, now=now, environ={})
        found = [f"{each['To'].addresses[0].username}: {each['Subject']}" for each in self.mailbox.messages]
        self.last = list(self.mailbox.messages)
        self.mailbox.messages.clear()
        return sorted(found)


@pytest.fixture
def place(store, mailbox, tmp_path, make_document) -> Place:
    return Place(store, mailbox, tmp_path, make_document)


@pytest.mark.parametrize("rhythm", ["daily", "weekly"])
def test_a_subscription_goes_on_after_a_clock_that_was_ahead(place, rhythm):
    place.subscribe(rhythm=rhythm)
    place.see("2026-08-03T07:00", *NAMES)
    place.told("2026-08-03T08:00")
    place.told("2027-08-03T08:00")  # which it was not
    place.see("2026-08-04T12:00", *NAMES[1:])
    (subject,) = place.told("2026-08-11T08:00")
    assert "1 breaking" in subject
    assert place.told("2026-08-11T09:00") == []


def change_rhythm(place: Place, rhythm: str) -> None:
    place.settings = replace(place.settings, subscriptions=())
    place.subscribe(rhythm=rhythm)


def test_one_that_was_daily_and_is_weekly_tells_what_no_day_told(place):
    place.subscribe(rhythm="daily")
    place.see("2026-08-03T07:00", *NAMES)
    place.told("2026-08-03T08:00")
    place.see("2026-08-04T12:00", *NAMES[1:])
    (subject,) = place.told("2026-08-05T08:00")
    assert "1 breaking" in subject
    change_rhythm(place, "weekly")
    place.see("2026-08-05T12:00", *NAMES[2:])
    assert place.told("2026-08-06T08:00") == []
    (subject,) = place.told("2026-08-10T08:00")
    assert "1 breaking (5 Aug to 10 Aug 2026)" in subject
    assert place.told("2026-08-10T09:00") == []
    place.see("2026-08-11T12:00", *NAMES[3:])
    (subject,) = place.told("2026-08-17T08:00")
    assert "1 breaking (week 33)" in subject


def test_one_that_was_weekly_and_is_daily_tells_what_no_week_told(place):
    place.subscribe(rhythm="weekly")
    place.see("2026-08-03T07:00", *NAMES)
    place.told("2026-08-03T08:00")
    place.see("2026-08-05T12:00", *NAMES[1:])
    (subject,) = place.told("2026-08-10T08:00")
    assert "1 breaking" in subject
    change_rhythm(place, "daily")
    place.see("2026-08-10T12:00", *NAMES[2:])
    (subject,) = place.told("2026-08-12T08:00")
    assert "1 breaking (10 Aug to 12 Aug 2026)" in subject
    assert place.told("2026-08-12T09:00") == []
    place.see("2026-08-12T12:00", *NAMES[3:])
    (subject,) = place.told("2026-08-13T08:00")
    assert "1 breaking (12 Aug to 13 Aug 2026)" in subject


def test_a_daily_subscription_tells_of_each_day_once_and_of_no_quiet_one(place):
    place.subscribe(rhythm="daily")
    place.see("2026-08-03T07:00", *NAMES)
    assert place.told("2026-08-03T07:59") == []
    assert place.told("2026-08-03T08:00") == [
        "ann: [specwatch] harbour: 1 API watched from now on (2 Aug to 3 Aug 2026)"
    ]
    place.see("2026-08-03T12:00", *NAMES[1:])
    assert place.told("2026-08-03T12:01") == []
    assert place.told("2026-08-04T08:00") == ["ann: [specwatch] harbour: 1 breaking (3 Aug to 4 Aug 2026)"]
    assert place.told("2026-08-04T09:00") == []
    assert place.told("2026-08-05T08:00") == []


def test_a_weekly_subscription_has_its_own_thread_beside_the_digest(place):
    place.subscribe()
    place.see("2026-07-20T07:00", *NAMES)
    assert place.told("2026-07-20T08:00") == []
    place.see("2026-07-21T07:00", *NAMES[1:])
    (first,) = place.told("2026-07-27T08:00")
    assert first.startswith("ann: [specwatch] harbour: 1 breaking")
    before = place.last[0]
    place.see("2026-07-28T07:00", *NAMES[2:])
    place.told("2026-08-03T08:00")
    assert place.last[0]["In-Reply-To"] == before["Message-ID"]


def test_one_who_hears_at_once_hears_of_the_operations_that_are_chosen(place):
    place.subscribe(name="boats", rhythm="at once", operations=("/v1/boats",), levels=("breaking",))
    place.subscribe(name="crews", rhythm="at once", operations=("/v1/crews",), recipients=("bo@example.org",))
    place.see("2026-08-03T09:00", *NAMES)
    assert place.told("2026-08-03T09:01") == []
    place.see("2026-08-04T09:00", *NAMES[1:])
    assert place.told("2026-08-04T09:01") == ["ann: [specwatch] Alert: harbour: 1 breaking (GET /v1/boats)"]


@pytest.mark.parametrize(
    ("choice", "heard"),
    [
        ({"levels": ("breaking",)}, True),
        ({"levels": ("compatible",)}, False),
        ({"sources": ("harbour",)}, True),
        ({"kinds": ("changes",)}, True),
        ({"kinds": ("deadlines",)}, False),
        ({"operations": ("/v1/boats",)}, True),
        ({"operations": ("/v2/**",)}, False),
        ({"tags": ("Boats",)}, True),
        ({"tags": ("Crews", "Boats")}, True),
        ({"tags": ("Crews",)}, False),
        ({"tags": ("Boats",), "operations": ("/v2/**",)}, False),
        ({"owner": "mia"}, True),
        ({"owner": "noa"}, False),
        ({"labels": {"team": "payments"}}, True),
        ({"labels": {"team": "payments", "tier": "1"}}, False),
        ({"labels": {"team": "payments"}, "owner": "noa"}, False),
    ],
)
def test_what_is_not_chosen_is_not_told(place, choice, heard):
    place.subscribe(rhythm="daily", **choice)
    tags = {"/v1/boats": "Boats", "/v1/crews": "Crews"}
    place.see("2026-08-03T07:00", *NAMES, tags=tags)
    place.told("2026-08-03T08:00")
    place.told("2026-08-04T08:00")
    place.see("2026-08-04T12:00", *NAMES[1:], tags=tags)
    subjects = place.told("2026-08-05T08:00")
    assert any("1 breaking" in each for each in subjects) is heard


def test_what_went_with_a_suspect_version_keeps_its_tags_once_that_is_confirmed(place):
    """The version that lacks it was seen in one span and is told in the next one."""
    place.subscribe(rhythm="daily", tags=("Boats",), recipients=("ann@example.org",))
    place.subscribe(name="crews", rhythm="daily", tags=("Crews",), recipients=("bo@example.org",))
    names = (*NAMES, "GET /v3/a", "GET /v3/b", "GET /v3/c", "GET /v3/d")
    tags = {name.removeprefix("GET "): "Boats" for name in names} | {"/v1/boats": "Crews"}
    place.see("2026-08-03T07:00", *names, tags=tags)
    place.told("2026-08-03T08:00")
    place.see("2026-08-03T12:00", *names[:1], tags=tags)
    assert not any("breaking" in each for each in place.told("2026-08-04T08:00"))
    told = []
    for day in (4, 5, 6):
        place.check(f"2026-08-0{day}T12:00")
        told += place.told(f"2026-08-0{day + 1}T08:00")
    assert [each.partition(":")[0] for each in told if "breaking" in each] == ["ann"]


def test_deadlines_are_chosen_by_tag_too(place):
    place.subscribe(rhythm="daily", tags=("Boats",), recipients=("ann@example.org",))
    place.subscribe(name="crews", rhythm="daily", tags=("Crews",), recipients=("bo@example.org",))
    tags = {"/v1/boats": "Boats", "/v1/crews": "Crews"}
    place.see("2026-08-03T07:00", *NAMES, tags=tags)
    place.told("2026-08-03T08:00")
    place.see("2026-08-04T07:00", *NAMES, deprecated=NAMES[:1], tags=tags)
    (heard,) = place.told("2026-08-04T08:00")
    assert heard.startswith("ann: ")


@pytest.mark.parametrize(
    ("choice", "heard"),
    [
        ({}, True),
        ({"sources": ("harbour",)}, True),
        ({"labels": {"team": "payments"}}, True),
        ({"levels": ("breaking",)}, True),
        ({"sources": ("other",)}, False),
        ({"labels": {"team": "search"}}, False),
        ({"kinds": ("changes",)}, False),
        ({"kinds": ("health",)}, True),
    ],
)
def test_who_hears_at_once_hears_of_a_source_that_fails_and_is_back(place, choice, heard):
    place.subscribe(rhythm="at once", **choice)
    place.see("2026-08-03T07:00", *NAMES)
    for hour in (8, 9, 10):
        place.fail(f"2026-08-03T{hour:02d}:00")
    assert place.told("2026-08-03T10:01") == (["ann: specwatch: harbour cannot be checked"] if heard else [])
    place.see("2026-08-03T11:00", *NAMES)
    assert place.told("2026-08-03T11:01") == (["ann: specwatch: harbour is back"] if heard else [])


def test_who_is_a_recipient_and_subscribed_hears_of_an_outage_once(place):
    place.subscribe(rhythm="at once")
    place.settings = replace(place.settings, recipients=("ann@example.org",))
    place.see("2026-08-03T07:00", *NAMES)
    for hour in (8, 9, 10):
        place.fail(f"2026-08-03T{hour:02d}:00")
    assert place.told("2026-08-03T10:01") == ["ann: specwatch: harbour cannot be checked"]


def test_a_channel_that_is_subscribed_hears_of_an_outage_without_any_mail_server(place, httpserver):
    httpserver.expect_request("/chat").respond_with_json({})
    place.subscribe(rhythm="at once", recipients=("channel:chat",))
    place.settings = replace(place.settings, smtp=None, channels=(ChannelSettings("chat", url="env:CHAT"),))
    place.see("2026-08-03T07:00", *NAMES)
    for hour in (8, 9, 10):
        place.fail(f"2026-08-03T{hour:02d}:00")
    now = moment("2026-08-03T10:01")
    send_alerts(place.store, place.settings, now=now, folder=place.folder)
    deliver(place.store, place.settings, now=now, environ={"CHAT": f"json://127.0.0.1:{httpserver.port}/chat"})
    ((request, _),) = httpserver.log
    assert request.get_json()["title"] == "specwatch: harbour cannot be checked"
