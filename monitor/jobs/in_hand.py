"""What a process has taken and is at: only that is renewed by its heartbeats, and what is given up falls due again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from monitor.jobs.due import Claim


class InHand:
    """Claims that are being worked on, and for how long. Threads share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._since: dict[tuple[str, str], float] = {}

    @contextmanager
    def working(self, claims: Iterable[Claim]) -> Iterator[None]:
        """Within it these are worked on; however it ends, they are not any more."""
        mine = {(claim.row.job, claim.name): time.monotonic() for claim in claims}
        with self._lock:
            self._since |= mine
        try:
            yield
        finally:
            with self._lock:
                for key in mine:
                    self._since.pop(key, None)

    @property
    def names(self) -> dict[str, list[str]]:
        """The names of what is in hand, by the jobs."""
        found: dict[str, list[str]] = {}
        with self._lock:
            for job, name in self._since:
                found.setdefault(job, []).append(name)
        return found

    @property
    def longest(self) -> float:
        """For how many seconds the oldest of them has been in hand; 0 where nothing is."""
        with self._lock:
            return time.monotonic() - min(self._since.values()) if self._since else 0.0
