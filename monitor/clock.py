"""The only place that asks what time it is. Everything else is given a clock, or the time itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment, UTC and aware."""


def system_clock() -> datetime:
    """The machine's present moment, UTC and aware."""
    return datetime.now(UTC)


def fixed_clock(moment: datetime) -> Clock:
    """A clock that stands still, for `--today` and for tests."""
    return lambda: moment
