"""A worker: takes the jobs that the daemon in charge has queued, and does with each what that daemon would do itself.

Procrastinate carries the jobs (docs/adr/0013): it hands each to one worker, and knows by a heartbeat which workers have
died; the others queue the jobs of these again. In each `ROUND` one of all workers does that, and sees to what is told:
outages, the digest, messages that wait. The rounds are counted by one of them, by a lease; when it dies, by another.

On SIGTERM or SIGINT a worker takes no further job and does those that it has to their end. What takes longer than
`DRAIN` seconds is left, and the database rolls it back; another worker does it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from monitor.clock import Clock, system_clock
from monitor.daemon import GRACE, IN_CHARGE, Daemon
from monitor.errors import StoreError
from monitor.jobs.authority import cancel_all
from monitor.jobs.checking import Means, Visit
from monitor.jobs.due import CHECK, CLAIM, COMPARE
from monitor.jobs.lanes import WIDTH
from monitor.jobs.queueing import claim_queued
from monitor.store import QUEUE, QueuedJob, check_queue, queue_app
from monitor.telemetry import Log

if TYPE_CHECKING:
    from procrastinate import App

    from monitor.jobs.due import Claim
    from monitor.settings import Settings

HEARTBEAT = timedelta(seconds=10)
"""How often a worker says that it is there, and renews what it has taken."""
STALLED = timedelta(seconds=30)
"""How long a worker that gives no sign is waited for before its jobs go to another."""
ROUND = timedelta(seconds=20)
"""How often one of all workers looks for jobs of dead ones, and for what is to be told."""
DRAIN = timedelta(seconds=60)
"""How long the jobs in hand may take after a signal."""
_LOOK_EVERY = 0.5
"""Seconds between two looks for a job when there was none: a job that waits for another of its host is announced by
nobody when that one ends."""
_AGAIN = 5.0
"""Seconds until a worker that lost the database looks for it again."""
_TELL, _RESCUE = "tell", "rescue"
_ROUNDS = "rounds"
"""The lease of the worker that queues these."""


def run(  # noqa: PLR0913  # one keyword for each thing that a test sets too
    settings_path: Path,
    *,
    clock: Clock = system_clock,
    jobs: int = WIDTH,
    drain: timedelta = DRAIN,
    heartbeat: timedelta = HEARTBEAT,
    stalled: timedelta = STALLED,
    round_: timedelta = ROUND,
    listen: tuple[str, int] | None = None,
    environ: Mapping[str, str] | None = None,
    output: TextIO | None = None,
) -> int:
    """Work until a signal comes; returns the exit code. `jobs` are done at once; they wait for servers mostly. `listen`
    is where metrics and health are told (None: nowhere).

    `environ` (default: the process's) holds the secrets that the configuration names, `output` (default: stderr) takes
    the log. Raises ConfigurationError or StoreError when it cannot even begin; later faults are logged and tried again.
    """
    worker = Worker(
        settings_path,
        clock=clock,
        environ=os.environ if environ is None else environ,
        log=Log(clock, sys.stderr if output is None else output),
        jobs=jobs,
        listen=listen,
    )
    times = Times(drain=drain, heartbeat=heartbeat, stalled=stalled, round=round_)
    asyncio.run(worker.work(times))
    return 0


@dataclass(frozen=True, slots=True)
class Times:
    """See `DRAIN`, `HEARTBEAT`, `STALLED`, `ROUND`."""

    drain: timedelta = DRAIN
    heartbeat: timedelta = HEARTBEAT
    stalled: timedelta = STALLED
    round: timedelta = ROUND


@dataclass(slots=True)
class Worker(Daemon):
    """A daemon that does what it is given instead of what it finds due: same configuration, log and care for faults."""

    jobs: int = WIDTH
    listen: tuple[str, int] | None = None
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _taking_in: threading.Lock = field(default_factory=threading.Lock)

    async def work(self, times: Times) -> None:
        """Do jobs until a signal comes. Ends the process when some were left because they took too long."""
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        # Before anything is opened: a signal then already ends it cleanly.
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, partial(self._stop, number, stopping))
        loop.set_default_executor(ThreadPoolExecutor(self.jobs + 2, thread_name_prefix="job"))
        for name in ("procrastinate", "psycopg"):
            logging.getLogger(name).addHandler(_Told(self))
        self.open()
        check_queue(self.store)
        self.log("started", pid=os.getpid(), jobs=self.jobs)
        beating = asyncio.create_task(self._beat(times.heartbeat))
        ended = True
        while not stopping.is_set():
            ended = await self._do_jobs(times, stopping)
        beating.cancel()
        self._let_go()
        if not ended:
            self.log("stopped", left=self._doing, note="its transaction is rolled back, and another worker does it")
            # The threads that still work would keep the interpreter alive until they are done.
            os._exit(0)
        self.close()
        self.log("stopped")

    def settings(self) -> Settings:
        """As a daemon's, for several threads: nobody is given the old one while another reads the new one."""
        with self._reading:
            return Daemon.settings(self)

    def _serve(self, address: tuple[str, int] | None) -> bool:  # noqa: ARG002  # as the daemon is given it
        """Listen where this worker was told to: the configuration's address is the daemon's, and there are several
        workers on one machine. Raises ConfigurationError."""
        return Daemon._serve(self, self.listen)

    def _stop(self, number: int, stopping: asyncio.Event) -> None:
        if not stopping.is_set():
            self.log("stopping", signal=signal.Signals(number).name)
        self.stopping.set()
        stopping.set()

    async def _do_jobs(self, times: Times, stopping: asyncio.Event) -> bool:
        """Do jobs until a signal comes, or the database fails; False when jobs in hand took too long."""
        app = queue_app(self.store, connections=self.jobs + 2)
        self._tasks(app, times)
        serving = asyncio.create_task(self._jobs_of(app, times))
        signalled = asyncio.create_task(stopping.wait())
        await asyncio.wait({serving, signalled}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set():
            serving.cancel()  # which takes no further job and waits for those in hand
            _, late = await asyncio.wait({serving}, timeout=times.drain.total_seconds())
            if late:
                cancel_all()
                self._compartment.cancel()
                _, late = await asyncio.wait({serving}, timeout=GRACE)
            return not late
        signalled.cancel()
        error = serving.exception()
        self._tell("queue", "failed", error="it ended" if error is None else str(error.__cause__ or error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), _AGAIN)
        return True

    async def _jobs_of(self, app: App, times: Times) -> None:
        async with app.open_async():
            self._told.pop("queue", None)
            rounds = asyncio.create_task(self._rounds(app, times.round))
            try:
                await app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=self.jobs,
                    # What a job came to is in the rows of what was due; a job that is done is of no use to anybody.
                    delete_jobs="always",
                    install_signal_handlers=False,
                    fetch_job_polling_interval=_LOOK_EVERY,
                    update_heartbeat_interval=times.heartbeat.total_seconds(),
                    stalled_worker_timeout=times.stalled.total_seconds(),
                )
            finally:
                rounds.cancel()

    def _tasks(self, app: App, times: Times) -> None:
        """The jobs by their names. A name is the job of a row (`due.job`), or something that comes by itself."""
        task = partial(app.task, queue=QUEUE)
        for job, work in ((CHECK, self.check), (COMPARE, self.compare)):
            task(name=job)(_given(job, work))

        async def rescue() -> None:
            await self._rescue(app, times.stalled)

        task(name=_TELL, queueing_lock=_TELL, lock=_TELL, priority=1)(self.tell)
        task(name=_RESCUE, queueing_lock=_RESCUE, priority=2)(rescue)

    async def _rounds(self, app: App, round_: timedelta) -> None:
        """Queue what comes in each round, as long as this worker is the one that does; the others ask whether they can.

        Not Procrastinate's periodic jobs, which go by the wall clock: one that was ahead for a moment stops them until
        that time has come, and after a long sleep they come once for each round that was slept through.
        """
        from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

        while True:
            if await asyncio.to_thread(self._has_rounds, round_ * 1.5):
                for name in (_TELL, _RESCUE):
                    with suppress(AlreadyEnqueued, ConnectorException):  # without a database there is more to tell
                        await app.tasks[name].defer_async()
            await asyncio.sleep(round_.total_seconds())

    def _has_rounds(self, lease: timedelta) -> bool:
        try:
            with self.store.transaction() as uow:
                return uow.leases.hold(_ROUNDS, self.owner, now=self.clock(), lease=lease)
        except StoreError as error:
            self._tell("rounds", "failed", error=str(error))
            return False

    def check(self, job: QueuedJob) -> None:
        """Check a source, unless that was done already."""
        self._claimed(job, partial(self._check, job))

    def compare(self, job: QueuedJob) -> None:
        """Try the comparisons of a source again that could not be made, unless that was done already."""

        def work(claim: Claim) -> None:
            with self._taking_in:
                self._compare(self.settings(), claim)

        self._claimed(job, work)

    def tell(self) -> None:
        """Tell what is to be told: outages, the digest if it is due, messages that wait. Raises StoreError.

        And the dead man's switch, when that and all since the last time went well, no check of any worker waits to be
        tried again after a fault, and there is a daemon that queues.
        """
        settings = self.settings()
        self._guarded("alerts", partial(self._alert, settings))
        self._guarded("digest", partial(self._digest, settings))
        self._guarded("deliver", partial(self._deliver, settings))
        self._guarded("prune", partial(self._prune, settings))
        with self.store.reading() as uow:
            scheduled = uow.leases.holder(IN_CHARGE, now=self.clock()) is not None
        well, self._well = self._well, True
        if well and scheduled:
            self._all_is_well(settings)

    def _claimed(self, job: QueuedJob, work: Callable[[Claim], None]) -> None:
        with self.store.transaction() as uow:
            claim = claim_queued(uow, job, owner=self.owner, now=self.clock())
        if claim is not None:
            with self._in_hand.working([claim]):
                self._done(claim, job.key, partial(work, claim))

    def _check(self, job: QueuedJob, claim: Claim) -> None:
        settings = self.settings()
        source = settings.source(job.name)
        bench = self._timed_bench()
        means = Means(self.clock, self.folder, self.environ, self._authority, settings.fetch, bench)
        visit = Visit(source, means, settings.limits.opinion_time, claim=claim)
        visit.download(self.store)
        # Reading and comparing keep a core busy; side by side they would only take more memory.
        with self._taking_in:
            self._take_in(visit, bench)

    async def _rescue(self, app: App, stalled: timedelta) -> None:
        """Queue the jobs of workers that have died once more."""
        from procrastinate.exceptions import ConnectorException
        from procrastinate.jobs import Status

        manager = app.job_manager
        for job in await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=stalled.total_seconds()):
            self.log("rescued", job=job.queueing_lock, attempts=job.attempts + 1)
            try:
                await manager.retry_job(job)
            except ConnectorException:
                # The same was queued anew meanwhile, or somebody else was faster.
                await manager.finish_job(job, Status.FAILED, delete_job=True)
        await manager.prune_stalled_workers(stalled.total_seconds())

    async def _beat(self, heartbeat: timedelta) -> None:
        """Renew what this worker has taken, as long as it lives."""
        while True:
            await asyncio.sleep(heartbeat.total_seconds())
            await asyncio.to_thread(self._keep)

    def _let_go(self) -> None:
        """Leave the rounds to another worker too."""
        Daemon._let_go(self)
        with suppress(StoreError), self.store.transaction() as uow:
            uow.leases.release(_ROUNDS, self.owner)

    def _at_work(self) -> tuple[str, float]:
        """Something of what is being done, and for how long the oldest of it has been."""
        names = self._in_hand.names
        return ("nothing" if not names else f"{sum(map(len, names.values()))} jobs", self._in_hand.longest)

    def _keep(self) -> None:
        try:
            with self.store.transaction() as uow:
                uow.due.keep(self.owner, self._in_hand.names, now=self.clock(), lease=CLAIM)
        except StoreError as error:
            self._tell("heartbeat", "failed", error=str(error))
        else:
            self._told.pop("heartbeat", None)
        finally:
            self._beaten = time.monotonic()


class _Told(logging.Handler):
    """What Procrastinate and the driver complain of, as lines of our log; successes are ours, and told by us."""

    def __init__(self, worker: Worker) -> None:
        super().__init__(logging.WARNING)
        self._worker = worker

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        level: Literal["warning", "error"] = "error" if record.levelno >= logging.ERROR else "warning"
        self._worker.log("queue", level=level, message=record.getMessage())


def _given(job: str, work: Callable[[QueuedJob], None]) -> Callable[[str, str], None]:
    def task(name: str, period: str) -> None:
        work(QueuedJob(job, name, period))

    return task
