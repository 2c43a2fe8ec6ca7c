"""What is due: rows that follow the configuration, checks that are claimed and done once, what is to come."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.clock import fixed_clock
from monitor.errors import ClaimLost
from monitor.jobs import check_source, claim_checks, due_digest, list_sources, plan_checks, upcoming
from monitor.jobs import due as module
from monitor.jobs.due import CHECK, CLAIM, COMPARE, put_off
from monitor.schedule import Week
from monitor.settings import DigestSettings, Settings, SmtpSettings, SourceSettings

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
ACME = SourceSettings("acme", "a.json")
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Lanterns", "version": "1"},
    "paths": {"/a": {"get": {"responses": {"200": {"description": "Fine."}}}}},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT))
    return tmp_path


@pytest.fixture
def check(store, folder):
    """`check(source, moment, claim)`: one check at a moment."""

    def once(source, at, claim=None):
        return check_source(store, source, clock=fixed_clock(at), folder=folder, environ={}, limit=0, claim=claim)

    return once


def plan(store, *sources, at=NOW):
    plan_checks(store, Settings(sources=sources), now=at)


def claim(store, at, owner="one", limit=10):
    with store.transaction() as uow:
        return claim_checks(uow, now=at, owner=owner, limit=limit)


def due(store, *sources, at=NOW):
    return {each.name: each.due for each in upcoming(store, Settings(sources=sources), now=at)}


def test_a_source_that_was_never_tried_is_due_at_once_and_then_by_its_schedule(store, check):
    plan(store, ACME)
    (first,) = claim(store, NOW)
    assert claim(store, NOW, "two") == ()
    check(ACME, NOW, first)
    assert claim(store, NOW + 6 * HOUR - timedelta(minutes=1)) == ()
    assert len(claim(store, NOW + 6 * HOUR)) == 1


def test_a_check_that_somebody_asked_for_counts_for_an_interval_and_not_for_the_calendar(store, check):
    nightly = SourceSettings("nightly", "a.json", at=("22:00",))
    plan(store, ACME, nightly)
    for source in (ACME, nightly):
        check(source, NOW + HOUR)
    assert due(store, ACME, nightly) == {"acme": NOW + 7 * HOUR, "nightly": NOW + 15 * HOUR}


def test_a_changed_schedule_counts_from_the_last_try(store, check):
    plan(store, ACME)
    check(ACME, NOW)
    often = replace(ACME, every=HOUR)
    assert due(store, often) == {"acme": NOW + HOUR}
    plan(store, often, at=NOW + 2 * HOUR)
    assert len(claim(store, NOW + 2 * HOUR)) == 1


def test_what_is_paused_or_watched_no_longer_is_not_claimed(store):
    plan(store, ACME, replace(ACME, name="other"))
    plan(store, replace(ACME, paused=True))
    assert claim(store, NOW + 99 * HOUR) == ()


def test_a_due_time_that_a_wrong_clock_set_is_computed_anew(store, check):
    ahead = NOW + timedelta(days=400)
    plan(store, ACME, at=ahead)
    check(ACME, ahead)
    plan(store, ACME)
    assert due(store, ACME) == {"acme": NOW + 6 * HOUR}


@pytest.mark.parametrize("schedule", [{"at": ("06:00",)}, {"cron": "0 6 * * *"}, {"every": 6 * HOUR}], ids=str)
def test_a_source_that_was_checked_while_the_clock_was_wrong_goes_on_once_it_is_right(store, check, schedule):
    """The moment that its schedule names comes a second time, and is done a second time."""
    source = SourceSettings("acme", "a.json", **schedule)
    before = NOW.replace(hour=4)
    check(source, before)
    plan(store, source, at=before)
    for wrong in (NOW.replace(hour=10, minute=1), NOW + timedelta(days=40)):
        (taken,) = claim(store, wrong)
        check(source, wrong, taken)
        plan(store, source, at=before)
    done = 0
    for hours in range(1, 49):  # the daemon plans each hour
        plan(store, source, at=before + hours * HOUR)
        for taken in claim(store, before + hours * HOUR):
            check(source, before + hours * HOUR, taken)
            done += 1
    assert done == (8 if "every" in schedule else 2)


def test_what_was_claimed_or_put_off_while_the_clock_was_wrong_is_taken_up_again(store, check):
    ahead = NOW + timedelta(days=400)
    sources = [replace(ACME, name=name) for name in ("claimed", "broken", "compared")]
    for source in sources:
        check(source, NOW)
    plan(store, *sources)
    with store.transaction() as uow:
        uow.due.put(COMPARE, "compared", plan="", named_at=ahead, due_at=ahead, now=ahead, failures=3, error="large")
    taken = {each.name: each for each in claim(store, ahead)}
    put_off(store, taken["broken"], "it broke", now=ahead)
    plan(store, *sources)
    with store.reading() as uow:
        assert {row.name: row.due_at for row in uow.due.all(CHECK)} == dict.fromkeys(taken, NOW + 6 * HOUR)
        (row,) = uow.due.all(COMPARE)
        assert (row.due_at, row.failures, row.error) == (NOW, 3, "large")


def test_a_check_that_is_put_off_is_not_put_forward_by_a_last_one_that_lies_ahead(store, check):
    hourly = replace(ACME, every=HOUR)
    check(hourly, NOW + timedelta(days=400))
    plan(store, hourly)
    now = NOW + HOUR
    for _ in range(8):
        (taken,) = claim(store, now)
        now = put_off(store, taken, "it broke", now=now)
    plan(store, hourly, at=now - HOUR)
    assert due(store, hourly, at=now) == {"acme": now}


def test_two_checks_of_one_claim_have_one_effect(store, check, folder):
    plan(store, ACME)
    (slow,) = claim(store, NOW, "slow")
    (second,) = claim(store, NOW + CLAIM, "second")
    assert check(ACME, NOW + CLAIM, second).outcome == "new"
    (folder / "a.json").write_text(json.dumps({**DOCUMENT, "paths": {}}))
    with pytest.raises(ClaimLost, match="somebody else"):
        check(ACME, NOW + CLAIM, slow)
    with store.reading() as uow:
        source = uow.sources.get("acme")
        assert uow.snapshots.count(source.id) == 1
        assert len(uow.checks.sights(source.id)) == 1
        assert uow.comparisons.engines(source.id) == {}


@pytest.mark.parametrize("planned", [True, False], ids=["changed", "new"])
def test_planning_undoes_nothing_that_was_done_meanwhile(store, check, monkeypatch, planned):
    """Two daemons that both believe to be in charge: one plans what the other has just checked."""
    real, began = module.occasion_of, []

    def slow(uow, source, *, now):
        occasion = real(uow, source, now=now)
        if not began:
            began.append(True)
            plan(store, ACME)
            check(ACME, NOW, claim(store, NOW)[0])
        return occasion

    if planned:
        plan(store, replace(ACME, every=HOUR))
    monkeypatch.setattr(module, "occasion_of", slow)
    plan(store, ACME)
    assert claim(store, NOW) == ()


def test_whoever_took_a_row_twice_has_one_effect(store, check):
    """A worker that was believed dead may be given the same job again while it still has it."""
    plan(store, ACME)
    (taken,) = claim(store, NOW, "worker")
    check(ACME, NOW, taken)
    with pytest.raises(ClaimLost):
        check(ACME, NOW, taken)


def test_a_failed_check_is_one_effect_too(store, check, folder):
    (folder / "a.json").unlink()
    plan(store, ACME)
    (slow,) = claim(store, NOW, "slow")
    (second,) = claim(store, NOW + CLAIM, "second")
    assert check(ACME, NOW + CLAIM, second).failed
    with pytest.raises(ClaimLost):
        check(ACME, NOW + CLAIM, slow)


def test_a_fault_is_tried_again_after_a_delay_that_grows_and_a_success_ends_it(store, check):
    plan(store, ACME)
    now, waits = NOW, []
    for _ in range(4):
        (taken,) = claim(store, now)
        later = put_off(store, taken, "it broke", now=now)
        waits.append(later - now)
        now = later
    assert waits == [timedelta(minutes=number) for number in (1, 2, 4, 8)]
    (shown,) = upcoming(store, Settings(sources=(ACME,)), now=NOW)
    assert (shown.failures, shown.error) == (4, "it broke")
    check(ACME, now, claim(store, now)[0])
    (shown,) = upcoming(store, Settings(sources=(ACME,)), now=now)
    assert (shown.failures, shown.error, shown.due) == (0, None, now + 6 * HOUR)


def test_what_is_to_come_is_told_in_order_with_the_digest_and_the_paused_last(store, check):
    settings = Settings(
        sources=(
            SourceSettings("asleep", "a.json", paused=True),
            replace(ACME, every=24 * HOUR),
            SourceSettings("nightly", "a.json", cron="0 22 * * *"),
        ),
        recipients=("ann@example.org",),
        smtp=SmtpSettings("127.0.0.1", 25, "none", "w@example.org"),
        digest=DigestSettings(at="08:00"),
    )
    for source in settings.sources[1:]:
        check(source, NOW)
    plan_checks(store, settings, now=NOW)
    coming = upcoming(store, settings, now=NOW)
    assert [(each.job, each.name, each.due) for each in coming] == [
        ("digest", "2026-W10", NOW + HOUR),
        ("check", "nightly", NOW + 15 * HOUR),
        ("check", "acme", NOW + 24 * HOUR),
        ("check", "asleep", None),
    ]


def test_the_digest_goes_on_after_a_clock_that_was_ahead(store, check):
    settings = Settings(
        sources=(ACME,),
        recipients=("ann@example.org",),
        smtp=SmtpSettings("127.0.0.1", 25, "none", "w@example.org"),
    )
    check(ACME, NOW - timedelta(days=10))
    with store.transaction() as uow:
        uow.runs.claim("digest", "2026-W09", now=NOW)
        uow.runs.claim("digest", "2027-W30", now=NOW + timedelta(days=500))
    assert due_digest(store, settings, now=NOW) is None
    assert due_digest(store, settings, now=NOW + timedelta(days=1)) == Week(2026, 10)


def test_what_is_being_done_says_by_whom(store):
    plan(store, ACME)
    claim(store, NOW, "host:1")
    (shown,) = upcoming(store, Settings(sources=(ACME,)), now=NOW)
    assert (shown.by, shown.due) == ("host:1", NOW)
    (status,) = list_sources(store, Settings(sources=(ACME,)), now=NOW)
    assert status.next_check == NOW


def test_a_check_that_brings_nothing_new_derives_nothing_and_is_stored_whole(store, check, monkeypatch):
    from monitor.jobs import taking

    for hours in (0, 1):
        check(ACME, NOW + hours * HOUR)
    monkeypatch.setattr(taking, "foreseen", None)  # not called
    assert check(ACME, NOW + 2 * HOUR).outcome == "unchanged"
    monkeypatch.undo()
    with store.reading() as uow:
        source = uow.sources.get("acme")
        assert uow.snapshots.latest(source.id).last_seen_at == NOW + 2 * HOUR
        assert source.derived is not None


def test_a_check_that_somebody_else_writes_into_is_stored_with_what_follows_from_both(
    store, check, folder, monkeypatch
):
    from monitor.jobs import import_history, taking, versions_in_files

    check(ACME, NOW)
    (folder / "a.json").write_text(json.dumps({**DOCUMENT, "paths": {}}))
    (folder / "2026-03-02T0730_b.json").write_text(json.dumps({**DOCUMENT, "info": {"title": "x", "version": "2"}}))
    real, calls = taking.foreseen, []

    def slow(*args, **kwargs):
        ahead = real(*args, **kwargs)
        if not calls:
            versions = versions_in_files([folder / "2026-03-02T0730_b.json"])
            import_history(store, ACME, versions, now=NOW + HOUR, folder=folder, limit=0)
        calls.append(ahead)
        return ahead

    monkeypatch.setattr(taking, "foreseen", slow)
    assert check(ACME, NOW + HOUR).outcome == "new"
    assert len(calls) == 2
    with store.reading() as uow:
        source = uow.sources.get("acme")
        rows = uow.snapshots.all(source.id)
        assert [row.version for row in rows] == ["1", "2", "1"]
        assert sorted(uow.comparisons.engines(source.id)) == [(rows[0].id, rows[1].id), (rows[1].id, rows[2].id)]
