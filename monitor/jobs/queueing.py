"""Giving what is due to workers: one job for each thing, queued in the transaction that takes its row.

A row whose job waits belongs to the queue, and its lease is long. A worker that gets the job takes the row over, renews
its own short lease, and finishes the row as a daemon does. The job says who may take a row, the row who may finish it:
a job that comes twice, or late, finds a row that is done, and a worker that was believed dead keeps nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitor.fetch.guard import host_of
from monitor.jobs.due import CHECK, CLAIM, COMPARE, QUEUE_OWNER, Claim
from monitor.store import QueuedJob

if TYPE_CHECKING:
    from monitor.settings import Settings
    from monitor.store import Store, UnitOfWork

LEASE: Final = timedelta(minutes=10)
"""After this the row of a job that still waits is looked at again: does the job still exist?"""
OF_A_HOST: Final = 5
"""Of them for one host: its documents are asked for one after the other, whoever asks. The sources of a host that is
slow leave room to those of all others. Filled every two seconds, this is 2.5 checks a second of one host at most."""
DEPTH: Final = 500
"""Jobs that may wait at once. What is due beyond that stays a row, where it costs nothing to wait; looking for the next
job compares the locks of all that wait (benchmarks/RESULTS.md)."""


def queue_due(
    store: Store, settings: Settings, *, now: datetime, depth: int = DEPTH, of_a_host: int = OF_A_HOST
) -> int:
    """Queue a job for each check and comparison that is due and has none, the longest overdue first; how many.

    No more than `depth` wait at once, and no more than `of_a_host` for one host. Needs a queue (`check_queue`). Raises
    StoreError; then nothing was taken.
    """
    urls = {source.name: source.url for source in settings.sources}

    def queued(kind: str, name: str, period: str = "") -> QueuedJob:
        return QueuedJob(kind, name, period, host_of(urls.get(name, "")))

    with store.transaction() as uow:
        waiting = uow.queue.waiting()
        room = depth - waiting.total()
        jobs: list[QueuedJob] = []
        for kind in (CHECK, COMPARE):
            names: list[str] = []
            for name in uow.due.overdue(kind, now=now):
                if len(jobs) + len(names) >= room:
                    break
                lock = queued(kind, name).lock
                if waiting[lock] < of_a_host:
                    waiting[lock] += 1
                    names.append(name)
            if names:
                rows = uow.due.take(kind, owner=QUEUE_OWNER, now=now, lease=LEASE, limit=len(names), names=names)
                jobs += [queued(row.job, row.name, row.period) for row in rows]
        active = uow.queue.active(jobs) if jobs else frozenset()
        fresh = [job for job in jobs if job.key not in active]
        uow.queue.put(fresh)
    return len(fresh)


def claim_queued(uow: UnitOfWork, job: QueuedJob, *, owner: str, now: datetime) -> Claim | None:
    """Take what a job was queued for; None when it is done, or its schedule has changed."""
    row = uow.due.get(job.job, job.name)
    if row is None or row.period != job.period or not uow.due.pass_on(row, owner, now=now, lease=CLAIM):
        return None
    return Claim(row, owner)
