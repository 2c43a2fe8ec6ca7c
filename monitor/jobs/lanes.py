"""Work side by side: several lanes at once, in each lane one thing after the other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

WIDTH = 8
"""Lanes at once."""
_LOOK = 0.5
"""Seconds after which it is seen that somebody wants to stop, whatever the servers do."""
_WAITING = 2
"""Things that are done and not taken yet: more would only fill the memory."""


def side_by_side(
    things: Sequence[T], *, lane: Callable[[T], str], work: Callable[[T], None], stop: Callable[[], bool] | None = None
) -> Iterator[T]:
    """Do `work` on each thing and give it back as soon as it is done; things of one lane are never worked on at once.

    No further thing is begun once `stop` says so, or the caller has had enough. What `work` raises is raised here.
    """
    lanes: dict[str, list[T]] = {}
    for thing in things:
        lanes.setdefault(lane(thing), []).append(thing)
    waiting: queue.SimpleQueue[list[T]] = queue.SimpleQueue()
    for each in lanes.values():
        waiting.put(each)
    done: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(_WAITING)
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set():
            try:
                mine = waiting.get_nowait()
            except queue.Empty:
                break
            for thing in mine:
                if ended.is_set() or (stop is not None and stop()):
                    break
                try:
                    work(thing)
                except BaseException as error:  # raised where somebody waits for it
                    done.put((None, error))
                    return
                done.put((thing, None))
        done.put((None, None))

    width = min(WIDTH, len(lanes))
    for _ in range(width):
        # Who ends the program does not wait for a server that is silent.
        threading.Thread(target=run, daemon=True).start()
    try:
        while width:
            try:
                finished, error = done.get(timeout=_LOOK)
            except queue.Empty:
                if stop is not None and stop():
                    return
                continue
            if error is not None:
                raise error
            if finished is None:
                width -= 1
            else:
                yield finished
    finally:
        ended.set()
        _emptied(done)


def _emptied(done: queue.Queue[tuple[T | None, BaseException | None]]) -> None:
    """Let go those who wait to hand over what nobody wants any more."""
    while True:
        try:
            done.get_nowait()
        except queue.Empty:
            return
