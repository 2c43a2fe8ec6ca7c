"""What falls due: taken by one at a time, kept by a heartbeat, taken over when that stops, and done once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from monitor.store import open_store
from tests.store.conftest import START, day

LEASE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def put(store, name="acme", at=START, plan="6h"):
    with store.transaction() as uow:
        return uow.due.put("check", name, plan=plan, named_at=at, due_at=at, now=START)


def take(store, owner, now=START, limit=1):
    with store.transaction() as uow:
        return uow.due.take("check", owner=owner, now=now, lease=LEASE, limit=limit)


def finish(store, row, owner, at):
    with store.transaction() as uow:
        return uow.due.finish(row, owner, named_at=at, due_at=at)


def test_what_is_due_is_taken_once_the_longest_overdue_first(store):
    put(store, "b", day(1))
    put(store, "a", day(2))
    put(store, "later", day(9))
    assert [row.name for row in take(store, "one", day(3), limit=5)] == ["b", "a"]
    assert take(store, "two", day(3), limit=5) == ()


def test_all_that_is_overdue_is_named_in_order_however_much_it_is(store):
    with store.transaction() as uow:
        for number in range(2010):
            at = day(number % 7)
            uow.due.put("check", f"s{number}", plan="6h", named_at=at, due_at=at, now=START)
        expected = [row.name for row in uow.due.all("check") if row.due_at <= day(5)]
        assert list(uow.due.overdue("check", now=day(5))) == expected
        taken = uow.due.take("check", owner="one", now=day(5), lease=LEASE, limit=9, names=["s6", "s7", "s8"])
        assert [row.name for row in taken] == ["s7", "s8"]  # the other is due on the sixth day


def test_what_was_taken_by_somebody_who_died_falls_due_when_the_lease_ends(store):
    put(store)
    (row,) = take(store, "dead")
    assert take(store, "two", START + LEASE - SECOND) == ()
    (again,) = take(store, "two", START + LEASE)
    assert (again.name, again.named_at) == (row.name, row.named_at)


def test_a_heartbeat_keeps_what_was_taken(store):
    put(store)
    take(store, "one")
    with store.transaction() as uow:
        assert uow.due.keep("one", {"check": ["acme"]}, now=START + LEASE / 2, lease=LEASE) == 1
        assert uow.due.keep("two", {"check": ["acme"]}, now=START + LEASE / 2, lease=LEASE) == 0
    assert take(store, "two", START + LEASE) == ()
    assert len(take(store, "two", START + LEASE * 1.5)) == 1


def test_whoever_comes_too_late_is_told_so_and_changes_nothing(store):
    put(store)
    (row,) = take(store, "slow")
    (again,) = take(store, "two", START + LEASE)
    assert finish(store, row, "slow", day(1)) is False
    assert finish(store, again, "two", day(2)) is True
    assert finish(store, again, "two", day(3)) is False
    with store.reading() as uow:
        assert uow.due.get("check", "acme").due_at == day(2)


def test_what_somebody_has_is_not_planned_anew_under_his_hands(store):
    put(store)
    take(store, "one")
    assert put(store, plan="2h") is False
    with store.reading() as uow:
        assert uow.due.get("check", "acme").plan == "6h"


def test_what_is_given_back_is_due_at_once(store):
    put(store)
    take(store, "one")
    with store.transaction() as uow:
        uow.due.give_back("one", now=START + SECOND)
    assert len(take(store, "two", START + SECOND)) == 1


def test_many_processes_take_each_thing_once(store, database_url):
    for number in range(30):
        put(store, f"s{number:02}")
    taken: list[str] = []

    def work(owner: str) -> None:
        mine = open_store(database_url)
        while rows := take(mine, owner, limit=2):
            taken.extend(row.name for row in rows)
        mine.close()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [f"s{number:02}" for number in range(30)]


def test_a_renamed_source_keeps_its_due_time_and_a_removed_one_has_none(store, source_id):
    put(store, "acme", day(4))
    with store.transaction() as uow:
        uow.sources.rename("acme", "apex")
        assert uow.due.get("check", "acme") is None
        assert uow.due.get("check", "apex").due_at == day(4)
        uow.sources.remove("apex")
        assert uow.due.get("check", "apex") is None


def test_what_ran_of_a_source_goes_where_it_goes_and_not_to_the_next_of_its_name(store, source_id):
    def ran(name: str) -> list[str | None]:
        return [uow.runs.last(f"{job} {name}") for job in ("alerts", "reminders", "reminder", "told")]

    with store.transaction() as uow:
        for job in ("alerts", "reminders", "reminder", "told", "digest"):
            uow.runs.claim(f"{job} acme", "2026-03-02", now=START)
        uow.sources.rename("acme", "apex")
        assert (ran("acme"), ran("apex")) == ([None] * 4, ["2026-03-02"] * 4)
        uow.sources.ensure("acme", "u", now=START)
        uow.sources.remove("acme")
        uow.sources.rename("apex", "acme")
        uow.sources.remove("acme")
        assert ran("acme") == [None] * 4
        assert uow.runs.last("digest acme") == "2026-03-02"  # a subscription of that name, which is no source's


def test_one_is_in_charge_until_it_lets_go(store):
    with store.transaction() as uow:
        assert uow.leases.hold("daemon", "one", now=START, lease=LEASE)
        assert uow.leases.hold("daemon", "one", now=START, lease=LEASE)
        assert not uow.leases.hold("daemon", "two", now=START, lease=LEASE)
        assert uow.leases.holder("daemon", now=START) == "one"
        uow.leases.release("daemon", "two")
        assert uow.leases.holder("daemon", now=START) == "one"
        uow.leases.release("daemon", "one")
        assert uow.leases.hold("daemon", "two", now=START, lease=LEASE)


def test_a_lease_that_nobody_renewed_goes_to_the_next(store):
    with store.transaction() as uow:
        assert uow.leases.hold("daemon", "dead", now=START, lease=timedelta(0))
        assert uow.leases.holder("daemon", now=START) is None
        assert uow.leases.hold("daemon", "two", now=START, lease=LEASE)


def test_what_somebody_holds_whose_clock_was_far_ahead_is_free(store, source_id):
    """Nothing lasts so long; whoever died with it would keep it for years."""
    with store.transaction() as uow:
        assert uow.leases.hold("daemon", "dead", now=START, lease=timedelta(days=400))
        uow.due.put("check", "acme", plan="1h", named_at=START, due_at=START, now=START)
        assert uow.due.take("check", owner="dead", now=START, lease=timedelta(days=400))
    with store.transaction() as uow:
        assert uow.leases.holder("daemon", now=START) is None
        assert uow.leases.hold("daemon", "two", now=START, lease=LEASE)
        assert uow.leases.holder("daemon", now=START) == "two"
        assert uow.due.put("check", "acme", plan="1h", named_at=START, due_at=START, now=START)


@pytest.mark.postgresql
def test_on_postgresql_the_clock_of_the_server_decides_who_is_in_charge(postgresql_url):
    store = open_store(postgresql_url, upgrade=False)
    store.upgrade()
    with store.transaction() as uow:
        assert uow.leases.hold("daemon", "one", now=START, lease=LEASE)
        assert not uow.leases.hold("daemon", "fast clock", now=START + timedelta(days=9), lease=LEASE)
    store.close()


def test_a_rehearsal_leaves_nothing(store, source_id):
    with store.rehearsal() as uow:
        uow.sources.rename("acme", "apex")
        assert uow.sources.get("apex").id == source_id
    with store.reading() as uow:
        assert uow.sources.find("apex") is None
