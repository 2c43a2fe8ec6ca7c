"""Work side by side: several hosts at once, each for one thing at a time."""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from monitor.jobs.lanes import WIDTH, side_by_side


def test_a_lane_that_is_stuck_keeps_no_other_waiting():
    go_on = threading.Event()

    def work(name: str) -> None:
        if name == "slow-1":
            assert go_on.wait(30)

    found = []
    for thing in side_by_side(["slow-1", "slow-2", "a-1", "b-1", "a-2"], lane=lambda name: name[:-2], work=work):
        found.append(thing)
        if len(found) == 3:
            assert not any(name.startswith("slow") for name in found)
            go_on.set()
    assert sorted(found) == ["a-1", "a-2", "b-1", "slow-1", "slow-2"]
    assert found.index("a-1") < found.index("a-2")


def test_no_lane_is_worked_on_twice_at_once_and_no_more_lanes_than_are_allowed():
    lock, busy, most = threading.Lock(), Counter(), Counter()

    def work(thing: tuple[int, int]) -> None:
        with lock:
            busy[thing[0]] += 1
            most["lane"] = max(most["lane"], busy[thing[0]])
            most["all"] = max(most["all"], sum(busy.values()))
        threading.Event().wait(0.005)
        with lock:
            busy[thing[0]] -= 1

    things = [(lane, number) for number in range(4) for lane in range(12)]
    assert sorted(side_by_side(things, lane=lambda thing: str(thing[0]), work=work)) == sorted(things)
    assert most["lane"] == 1
    assert most["all"] <= WIDTH


def test_who_wants_to_stop_is_not_kept_by_a_lane_that_is_stuck():
    stopping, stuck = threading.Event(), threading.Event()

    def work(name: str) -> None:
        if name == "slow":
            stopping.set()
            stuck.wait(60)

    assert list(side_by_side(["slow"], lane=str, work=work, stop=stopping.is_set)) == []
    stuck.set()


def test_a_fault_is_raised_where_somebody_waits():
    def work(_: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(side_by_side(["a", "b"], lane=str, work=work))


def test_who_has_had_enough_may_go():
    found = side_by_side(list("abcdefgh"), lane=str, work=lambda _: None)
    next(found)
    found.close()
