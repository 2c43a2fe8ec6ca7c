"""How the installation stands, in numbers: what metrics are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.jobs.due import CHECK, COMPARE, QUEUE_OWNER

if TYPE_CHECKING:
    from monitor.settings import Settings
    from monitor.store import Store


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits of one job: how many things are due, how many somebody has in hand, since when (UTC) the one that is
    due for longest is, None where nothing is, and how many are tried again after a fault. What is queued for workers is
    due until one of them has it in hand."""

    due: int
    taken: int
    oldest: datetime | None
    failing: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Counted now: the last success of each watched source (UTC; None: never), watched sources by what came of their
    last check, what waits by job, messages that were not accepted by where they stand, and the entries of the ledger by
    source and state."""

    last_success: Mapping[str, datetime | None]
    outcomes: Mapping[str, int]
    waiting: Mapping[str, Waiting]
    messages: Mapping[str, int]
    ledger: Mapping[tuple[str, str], int]


def standing(store: Store, settings: Settings, *, now: datetime) -> Standing:
    """Count it. Paused sources are left out. Raises StoreError."""
    watched = [source.name for source in settings.chosen(paused=False)]
    with store.reading() as uow:
        good = uow.checks.last_good_times()
        outcomes = uow.checks.last_outcomes()
        waiting = {job: Waiting(*uow.due.waiting(job, now=now, queue=QUEUE_OWNER)) for job in (CHECK, COMPARE)}
        messages = uow.outbox.unsent()
        entries = uow.ledger.states()
    names = set(watched)
    return Standing(
        last_success={name: good.get(name) for name in watched},
        outcomes=Counter(outcomes[name] for name in watched if name in outcomes),
        waiting=waiting,
        messages={str(state): count for state, count in messages.items()},
        ledger={key: count for key, count in entries.items() if key[0] in names},
    )
