"""From when until when each operation was served: what tells how long two versions of a service ran in parallel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.ledger.identity import Identity, identity
from monitor.ledger.types import Interval, Observation


@dataclass(frozen=True, slots=True)
class Lifetime:
    """One time that an operation was served: when it came, and when it was gone (None: it is still served).

    `served.after` is None for what was there in the first version.
    """

    served: Interval
    gone: Interval | None = None


Lifetimes = Mapping[Identity, tuple[Lifetime, ...]]
"""The lifetimes of every operation that was ever served, oldest first."""


def lifetimes(observations: Iterable[Observation], suspect: frozenset[int] = frozenset()) -> Lifetimes:
    """When each operation and webhook came and went. `observations` in any order; suspect snapshots are passed over."""
    found: dict[Identity, list[Lifetime]] = {}
    here: set[Identity] = set()
    last: Observation | None = None
    for seen in sorted(observations, key=lambda one: (one.seen_at, one.snapshot)):
        if seen.snapshot in suspect:
            continue
        now = {identity(subject) for subject in seen.outline.operations}
        moment = Interval(None if last is None else last.seen_at, seen.seen_at)
        for key in now - here:
            found.setdefault(key, []).append(Lifetime(moment))
        for key in here - now:
            found[key][-1] = replace(found[key][-1], gone=moment)
        here, last = now, seen
    return {key: tuple(spans) for key, spans in sorted(found.items())}
