"""Two years of a watched API, week by week, by the jobs that the daemon calls: each event is told in one digest."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.clock import fixed_clock
from monitor.jobs import check_source, deliver, send_digest
from monitor.settings import Settings, SmtpSettings, SourceSettings
from monitor.store import Store, open_store

Operations = dict[str, dict[str, Any]]
"""Operations by their names, as in `GET /v1/boats`, with what each holds besides its answers."""

START = datetime(2025, 1, 6, 8, tzinfo=UTC)
"""A Monday at eight, when the digest falls due."""
WEEKS = 104


def history() -> list[tuple[timedelta, Operations]]:
    """When after the start another version appears, and what it serves."""
    steady: Operations = {
        f"GET /v2/{name}": {} for name in ("tides", "berths", "fees", "locks", "pilots", "winds", "boats", "crews")
    }
    first: Operations = {**steady, "GET /v1/boats": {}, "GET /v1/crews": {}, "GET /v1/docks": {}, "GET /v1/cargo": {}}
    flagged = {**first, "GET /v1/boats": {"deprecated": True, "x-sunset": "2025-12-31"}}
    moved = {**flagged, "GET /v1/boats": {"deprecated": True, "x-sunset": "2025-10-13"}}
    crews = {**moved, "GET /v1/crews": {"deprecated": True}}
    taken_back = {**crews, "GET /v1/crews": {}}
    stale = {name: held for name, held in taken_back.items() if name in list(steady)[:5]}
    without_boats = {name: held for name, held in taken_back.items() if name != "GET /v1/boats"}
    docks = {**without_boats, "GET /v1/docks": {"deprecated": True}}
    fewer = {name: held for name, held in docks.items() if name not in list(steady)[:4]}
    weeks = [(0, first), (4, flagged), (12, moved), (20, crews), (24, taken_back)]
    weeks += [(30, stale), (30.4, taken_back), (45, without_boats), (50, docks), (80, fewer)]
    return [(timedelta(weeks=week), operations) for week, operations in weeks]


EVENTS = {
    "the baseline": r"First version kept 2025-01-0\d: 12 operations",
    "boats deprecated": r"newly deprecated: .{0,220}? GET /v1/boats → GET /v2/boats",
    "its date moved": r"GET /v1/boats: the given date moved from 2025-12-31 to 2025-10-13, which is earlier",
    "crews deprecated": r"newly deprecated: .{0,220}? GET /v1/crews → GET /v2/crews",
    "crews taken back": r"reinstated: flag taken back [^:]* GET /v1/crews",
    "boats gone": r"The operation GET /v1/boats is gone",
    "boats gone after its date": r"gone between [^;]*; the deadline was 2025-10-13",
    "docks deprecated": r"newly deprecated: .{0,220}? GET /v1/docks",
    "four gone for good": r"4 breaking changes in 1 new version",
    **{
        f"{name} gone for good": rf"The operation GET /v2/{name} is gone"
        for name in ("tides", "berths", "fees", "locks")
    },
}
"""What a reader must be told, by the words that say so in the digest; each of it in one of them."""


def written(operations: Operations) -> bytes:
    paths: dict[str, Any] = {}
    for name, held in operations.items():
        method, path = name.split(" ")
        paths.setdefault(path, {})[method.lower()] = {**held, "responses": {"200": {"description": "Fine."}}}
    return json.dumps({"openapi": "3.0.3", "info": {"title": "Harbour", "version": "1"}, "paths": paths}).encode()


@dataclass
class Watched:
    """A source in a file, its database, and a clock that goes on with every check and digest."""

    store: Store
    settings: Settings
    folder: Path
    mailbox: Any

    def serve(self, operations: Operations) -> None:
        (self.folder / "harbour.json").write_bytes(written(operations))

    def check(self, at: datetime) -> None:
        (source,) = self.settings.sources
        result = check_source(self.store, source, clock=fixed_clock(at), folder=self.folder, environ={}, limit=0)
        assert not result.failed

    def digest(self, at: datetime) -> None:
        send_digest(self.store, self.settings, now=at, folder=self.folder)
        assert deliver(self.store, self.settings, now=at, environ={}).waiting == 0

    def mails(self) -> list[str]:
        """The subject and the text of every digest, oldest first, its lines joined."""
        return [
            " ".join(f"{message['Subject']} {message.get_body(('plain',)).get_content()}".split())
            for message in self.mailbox.messages
        ]


@pytest.fixture
def watched(tmp_path, mailbox) -> Watched:
    source = SourceSettings("harbour", "harbour.json", promise="incident-io")
    smtp = SmtpSettings("127.0.0.1", mailbox.port, "none", "specwatch@example.org")
    store = open_store(f"sqlite:///{tmp_path / 'specwatch.db'}", upgrade=True)
    yield Watched(store, Settings(sources=(source,), smtp=smtp, recipients=("jo@example.org",)), tmp_path, mailbox)
    store.close()


def run(
    watched: Watched, checks: Callable[[int], list[timedelta]], late: Callable[[int], timedelta | None]
) -> list[str]:
    """Two years: in each week the checks, at those times after Monday eight o'clock, then the digest, some time late (or
    not at all)."""
    to_come = history()
    for week in range(WEEKS):
        monday = timedelta(weeks=week)
        delay = late(week)
        moments = [(monday + after, watched.check) for after in checks(week)]
        moments += [] if delay is None else [(monday + timedelta(weeks=1) + delay, watched.digest)]
        for at, act in sorted(moments, key=lambda one: one[0]):
            while to_come and to_come[0][0] <= at:
                watched.serve(to_come.pop(0)[1])
            act(START + at)
    watched.digest(START + timedelta(weeks=WEEKS))
    return watched.mails()


def on_tuesdays(_week: int) -> list[timedelta]:
    return [timedelta(days=1)]


def every_third_day_or_so(week: int) -> list[timedelta]:
    chance = random.Random(week)
    return sorted(timedelta(hours=hour) for hour in chance.sample(range(7 * 24), 3))


def in_time(_week: int) -> timedelta:
    return timedelta()


def late_or_not_at_all(week: int) -> timedelta | None:
    """The daemon was down: until Tuesday or Wednesday, or for the week."""
    return None if week % 7 == 3 else timedelta(hours=(0, 1, 30, 50)[week % 4])


@pytest.mark.parametrize(
    ("checks", "late"),
    [(on_tuesdays, in_time), (every_third_day_or_so, in_time), (every_third_day_or_so, late_or_not_at_all)],
)
def test_each_event_of_two_years_is_told_in_one_digest(watched, checks, late):
    mails = run(watched, checks, late)
    told = {
        event: [week for week, mail in enumerate(mails) if re.search(words, mail)] for event, words in EVENTS.items()
    }
    assert {event: len(weeks) for event, weeks in told.items()} == dict.fromkeys(EVENTS, 1)
    # Boats' given date, a Monday on which the digest may be late, and the end of the window of docks.
    assert sum("1 deadline passed" in mail.partition(")")[0] for mail in mails) == 2
    # The stale copy was a suspicion at most, and nothing of it is told as a change.
    assert sum("may be a stale copy" in mail for mail in mails) <= 2
    assert not [mail for mail in mails if "GET /v2/winds is gone" in mail or "/v1/cargo" in mail]
    assert sum(" breaking" in mail.partition("(")[0] for mail in mails) == 2


def test_a_second_run_of_a_week_tells_nothing_more(watched):
    first = run(watched, on_tuesdays, in_time)
    for week in range(WEEKS - 3, WEEKS + 1):
        watched.digest(START + timedelta(weeks=week, hours=1))
    watched.check(START + timedelta(weeks=WEEKS))
    watched.digest(START + timedelta(weeks=WEEKS, hours=2))
    assert watched.mails() == first
