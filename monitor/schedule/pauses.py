"""How long to wait between two tries, by how the last ones went and by what is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

PATIENCE = 2
"""Failures in a row after which a source is asked at its interval all the same."""
LONGEST_PAUSE = timedelta(days=1)
"""However often it failed, a source is asked once a day, or at its interval where that is longer."""
SPREAD = 0.05
"""The part of an interval over which the checks of several sources are spread."""


def next_check(
    last: datetime | None,
    every: timedelta,
    *,
    now: datetime,
    failures: int = 0,
    not_before: datetime | None = None,
    early: float = 0.0,
) -> datetime:
    """When a source falls due: `every` after its last check, at once when it has had none.

    With more than `PATIENCE` failures in a row the pause doubles with each, up to `LONGEST_PAUSE`: a circuit breaker,
    which lets one request through at the end of each pause. `early` (0 to 1) is by which part of `SPREAD` the check is
    put forward, so that sources of one interval do not ask all at once. It is never before `not_before`, which the
    provider asks for. A last check that lies in the future (a clock that was wrong) counts as one made now, so that a
    source never waits longer than its interval.
    """
    if last is None:
        return now
    pause = every * (1 - SPREAD * early)
    if failures > PATIENCE:
        pause = max(every, min(every * 2 ** min(failures - PATIENCE, 16), LONGEST_PAUSE))
    due = min(last, now) + pause
    return due if not_before is None else max(due, min(not_before, now + LONGEST_PAUSE))


def early_of(name: str, last: datetime | None) -> float:
    """How early a source is this time, from 0 to 1: by chance, and the same whenever it is asked."""
    text = f"{name} {last.isoformat() if last is not None else ''}"
    return int.from_bytes(sha256(text.encode()).digest()[:4]) / 2**32
