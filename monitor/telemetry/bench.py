"""A bench that tells how long each comparison on it took."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from monitor.errors import SpecwatchError

if TYPE_CHECKING:
    from monitor.jobs.comparing import Bench, Opened, Version
    from monitor.jobs.profiles import Profiles
    from monitor.policy import Removals
    from monitor.report.diffdoc import DiffDocument


class TimedBench:
    """A `Bench` over another: `heard` is told the seconds of each comparison, and whether there was a result.

    `spent` adds up the seconds until somebody asks for them.
    """

    def __init__(self, bench: Bench, heard: Callable[[float, bool], None]) -> None:
        self._bench = bench
        self._heard = heard
        self._seconds = 0.0

    def put(self, opened: Opened) -> None:
        """See `Bench`."""
        self._bench.put(opened)

    def compare(
        self, before: Version, after: Version, profiles: Profiles, removals: Removals | None = None
    ) -> DiffDocument:
        """See `Bench`."""
        begun = time.monotonic()
        try:
            document = self._bench.compare(before, after, profiles, removals)
        except SpecwatchError:
            self._hear(begun, done=False)
            raise
        self._hear(begun, done=True)
        return document

    def spent(self) -> float | None:
        """The seconds of comparing since this was asked last; None where nothing was compared."""
        seconds, self._seconds = self._seconds, 0.0
        return seconds or None

    def _hear(self, begun: float, *, done: bool) -> None:
        seconds = time.monotonic() - begun
        self._seconds += seconds
        self._heard(seconds, done)
