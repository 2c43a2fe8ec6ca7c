"""The daemon: one tick, in UTC. What is due by the rows of the database is done; a signal stops it cleanly.

APScheduler gives the tick and nothing else (docs/adr/0007): its job store is memory, and what is due are rows of the
database that are claimed. A daemon that slept for a week does each due thing once.

Of several daemons on one database one is in charge, by a lease that it renews with every heartbeat; the others stand
by, and one of them takes over when the lease has ended. Should two ever believe to be in charge (one was stopped and
went on later), each claim is still finished by one of them only.

On SIGTERM or SIGINT the work in hand may finish its transaction; what takes longer than `GRACE` seconds is left, and
the database rolls it back. Nothing half-written stays either way, and the exit code is 0.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor import settings as configuration
from monitor.clock import Clock, system_clock
from monitor.errors import ClaimLost, ConfigurationError, SpecwatchError, StoreError
from monitor.jobs import claim_checks, deliver, due_digest, plan_checks, send_alerts, send_digest, send_subscriptions
from monitor.jobs.authority import cancel_all
from monitor.jobs.checking import Means, compare_again, visits
from monitor.jobs.compartment import Compartment
from monitor.jobs.due import CLAIM, claim_comparisons, put_off
from monitor.store import open_store

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.jobs.checking import CheckResult, Visit
    from monitor.jobs.comparing import Bench
    from monitor.jobs.due import Claim
    from monitor.settings import Settings
    from monitor.store import Store

TICK = timedelta(seconds=20)
"""How often the daemon looks at what is due."""
LEASE = timedelta(seconds=40)
"""How long a daemon that gives no sign stays in charge: after a heartbeat more, within a minute, another one is."""
HEARTBEAT = timedelta(seconds=10)
"""How often a daemon says that it is in charge, or asks whether it can be."""
PLAN_EVERY = timedelta(hours=1)
"""How often due times are held against the configuration although that did not change."""
_AT_ONCE = 200
"""Checks that are claimed together; the next are when all of them are done."""
IN_CHARGE = "daemon"
"""The lease's name."""
GRACE = 5.0
"""Seconds that work in hand is given to finish after a signal."""


def run(
    settings_path: Path,
    *,
    clock: Clock = system_clock,
    tick: timedelta = TICK,
    lease: timedelta = LEASE,
    heartbeat: timedelta = HEARTBEAT,
    environ: Mapping[str, str] | None = None,
    output: TextIO | None = None,
) -> int:
    """Watch until a signal comes; returns the exit code. `lease` and `heartbeat`: see `LEASE`, `HEARTBEAT`.

    `environ` (default: the process's) holds the secrets that the configuration names, `output` (default: stderr) takes
    the log. Raises ConfigurationError or StoreError when it cannot even begin; later faults are logged and tried again.
    """
    daemon = Daemon(
        settings_path,
        clock=clock,
        environ=os.environ if environ is None else environ,
        log=Log(clock, sys.stderr if output is None else output),
        lease=lease,
    )
    with _signals() as first:  # before anything is opened: a signal then already ends it cleanly
        daemon.open()
        daemon.watch(tick, first, heartbeat=heartbeat)
    return 0


@dataclass(slots=True)
class Log:
    """Plain lines, one an event: time, what happened, and `key=value` pairs; quoted where a value has spaces."""

    clock: Clock
    output: TextIO

    def __call__(self, event: str, **facts: object) -> None:
        """Write one line at once. Facts that are None are left out."""
        said = " ".join(f"{key}={_quoted(value)}" for key, value in facts.items() if value is not None)
        moment = self.clock().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self.output.write(f"{moment} {event} {said}".rstrip() + "\n")
        self.output.flush()


@dataclass(slots=True)
class Daemon:
    """The parts of a running daemon. `open`, then `watch`; `step` is what one tick does, `beat` a heartbeat."""

    path: Path
    clock: Clock
    environ: Mapping[str, str]
    log: Log
    lease: timedelta = LEASE
    bench: Bench | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[:200])
    in_charge: bool | None = None
    _busy: threading.Lock = field(default_factory=threading.Lock)
    _doing: str = "nothing"
    _settings: Settings | None = None
    _stamp: int | None = None
    _store: Store | None = None
    _told: dict[str, str] = field(default_factory=dict)
    _planned: tuple[Settings, datetime] | None = None
    _compartment: Compartment = field(default_factory=Compartment)

    def open(self) -> None:
        """Read the configuration and open the database. Raises ConfigurationError, StoreError."""
        settings = self.settings()
        self._store = open_store(
            settings.database_url(self.folder), say=lambda words: self.log("database", words=words)
        )

    @property
    def folder(self) -> Path:
        """Where the configuration lies."""
        return self.path.resolve().parent

    @property
    def store(self) -> Store:
        """The open database."""
        if self._store is None:
            raise RuntimeError("the daemon was not opened")
        return self._store

    def settings(self) -> Settings:
        """The configuration, read again when its file has changed; a broken one is logged and the last one stays."""
        stamp = _changed_at(self.path)
        if self._settings is not None and stamp == self._stamp:
            return self._settings
        self._stamp = stamp
        try:
            self._settings = configuration.load(self.path)
            self.log("configuration", file=str(self.path), sources=len(self._settings.sources))
        except ConfigurationError as error:
            if self._settings is None:
                raise
            self.log("configuration-refused", error=str(error))
        return self._settings

    def watch(self, tick: timedelta, first: Callable[[], int], *, heartbeat: timedelta = HEARTBEAT) -> None:
        """Tick until `first` answers with a signal's number, then end cleanly."""
        logging.getLogger("apscheduler").addHandler(logging.NullHandler())
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1), "heartbeat": ThreadPoolExecutor(1)},
            # A tick that comes late is still a tick, several late ones are one, and never two at a time.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        ticking = scheduler.add_job(self._tick, _every(tick), next_run_time=system_clock())

        def beat() -> None:
            if self.beat():
                ticking.modify(next_run_time=system_clock())  # what is due has waited long enough

        self.log("started", pid=os.getpid(), tick=f"{tick.total_seconds():g}s")
        self.beat()
        scheduler.add_job(beat, _every(heartbeat), executor="heartbeat")
        scheduler.start()
        number = first()
        self.stopping.set()
        self.log("stopping", signal=signal.Signals(number).name)
        scheduler.shutdown(wait=False)
        self._finish()

    def beat(self) -> bool:
        """Stay in charge, or ask whether one can be; True when this daemon has just taken over.

        The claims of the one in charge are renewed with it.
        """
        now = self.clock()
        try:
            with self.store.transaction() as uow:
                held = uow.leases.hold(IN_CHARGE, self.owner, now=now, lease=self.lease)
                if held:
                    uow.due.keep(self.owner, now=now, lease=CLAIM)
                holder = uow.leases.holder(IN_CHARGE, now=now)
        except StoreError as error:
            # Whether it still is in charge nobody knows; what it does is finished only if it is.
            self._tell("heartbeat", "failed", error=str(error))
            return False
        self._told.pop("heartbeat", None)
        before, self.in_charge = self.in_charge, held
        if before is not held:
            self.log("in-charge" if held else "standby", by=None if held else holder)
        return held and before is not True

    def step(self) -> None:
        """Do once what is due now: checks, the digest, the messages that wait. Stops between two things when asked to.

        One source that fails stops no other; neither does a fault in the digest.
        """
        settings = self.settings()
        self._plan(settings)
        while self._goes_on() and self._claimed_checks(settings):
            pass
        while self._goes_on() and self._claimed_comparison(settings):
            pass
        if self._goes_on():
            self._guarded("alerts", lambda: self._alert(settings))
        if self._goes_on():
            self._guarded("digest", lambda: self._digest(settings))
        if self._goes_on():
            self._guarded("deliver", lambda: self._deliver(settings))

    def _goes_on(self) -> bool:
        """Whether nobody wants it to stop, and nobody else is in charge."""
        return not self.stopping.is_set() and self.in_charge is not False

    def _plan(self, settings: Settings) -> None:
        """Bring due times in line with the configuration when it has changed, and now and then."""
        now = self.clock()
        if self._planned is not None:
            planned, at = self._planned
            if planned is settings and at <= now < at + PLAN_EVERY:
                return
        plan_checks(self.store, settings, now=now)
        self._planned = settings, now

    def _claimed_checks(self, settings: Settings) -> bool:
        """Claim checks and do them, several hosts at once; False when none is due."""
        with self.store.transaction() as uow:
            claims = {
                claim.name: claim for claim in claim_checks(uow, now=self.clock(), owner=self.owner, limit=_AT_ONCE)
            }
        sources = [source for source in settings.chosen(paused=False) if source.name in claims]
        means = Means(self.clock, self.folder, self.environ, settings.fetch, self.bench or self._compartment)
        for visit in visits(self.store, sources, means, stop=lambda: not self._goes_on(), claims=claims):
            if not self._goes_on():
                return False
            if visit.claim is not None:
                self._done(visit.claim, f"check {visit.source.name}", partial(self._take_in, visit))
        return bool(sources)

    def _claimed_comparison(self, settings: Settings) -> bool:
        """Claim the comparisons of a source that could not be made, and try them again; False when none are due."""
        with self.store.transaction() as uow:
            claims = claim_comparisons(uow, now=self.clock(), owner=self.owner)
        for claim in claims:
            self._done(claim, f"compare {claim.name}", partial(self._compare, settings, claim))
        return bool(claims)

    def _done(self, claim: Claim, what: str, work: Callable[[], None]) -> None:
        """Do what was claimed; what ends in a fault is tried again after a delay that grows."""
        error = self._guarded(what, work)
        if error is None or isinstance(error, ClaimLost) or self.stopping.is_set():
            return
        at = put_off(self.store, claim, str(error) or type(error).__name__, now=self.clock())
        if at is not None:
            self.log("put-off", what=what, failures=claim.row.failures + 1, again=f"{at:%Y-%m-%dT%H:%M:%SZ}")

    def _tick(self) -> None:
        with self._busy:
            if self.in_charge and not self.stopping.is_set():
                self._guarded("tick", self.step)

    def _guarded(self, what: str, work: Callable[[], None]) -> Exception | None:
        """Do a piece of work; whatever goes wrong in it is a line in the log, and answered."""
        self._doing = what
        try:
            work()
        except SpecwatchError as error:
            self._tell(what, "failed", error=str(error))
            return error
        except Exception as error:  # the daemon outlives its own faults
            self._tell(what, "fault", kind=type(error).__name__, error=str(error), at=_place(error))
            return error
        self._told.pop(what, None)
        return None

    def _tell(self, what: str, event: str, **facts: str | None) -> None:
        """Log a fault; the same again at the next tick says nothing new."""
        if self._told.get(what) != str(facts):
            self._told[what] = str(facts)
            self.log(event, what=what, **facts)

    def _take_in(self, visit: Visit) -> None:
        self.log("check", **_facts(visit.take_in(self.store)))

    def _alert(self, settings: Settings) -> None:
        messages = send_alerts(self.store, settings, now=self.clock(), folder=self.folder)
        if messages:
            self.log("alerts", messages=messages)

    def _compare(self, settings: Settings, claim: Claim) -> None:
        source = settings.source(claim.name)
        warnings = compare_again(
            self.store, source, now=self.clock(), folder=self.folder, bench=self.bench or self._compartment
        )
        self.log("compare", source=claim.name, attempt=claim.row.failures + 1, message=" ".join(warnings) or None)

    def _digest(self, settings: Settings) -> None:
        now = self.clock()
        messages = send_subscriptions(self.store, settings, now=now, folder=self.folder)
        if messages:
            self.log("subscriptions", messages=messages)
        week = due_digest(self.store, settings, now=now)
        if week is None:
            return
        # What waits goes out as it is, before this digest tells it again: a kill may have left it behind.
        self._guarded("deliver", lambda: self._deliver(settings))
        sent = send_digest(self.store, settings, now=now, folder=self.folder, week=week)
        self.log("digest", week=str(week), messages=sent.messages, new=sent.claimed)

    def _deliver(self, settings: Settings) -> None:
        done = deliver(self.store, settings, now=self.clock(), environ=self.environ, folder=self.folder)
        if done.sent or done.failed:
            self.log("deliver", sent=done.sent, failed=done.failed, waiting=done.waiting, error=done.error)

    def _finish(self) -> None:
        """Wait for the work in hand, then end; what is too slow is left to the database to roll back."""
        cancel_all()
        self._compartment.cancel()
        if self._busy.acquire(timeout=GRACE):
            self._compartment.close()
            self._let_go()
            self.store.close()
            self.log("stopped")
            return
        self.log("stopped", left=self._doing, note="its transaction is rolled back")
        # The worker thread would keep the interpreter alive until it is done.
        os._exit(0)

    def _let_go(self) -> None:
        """Leave what was claimed and not done, and the charge, to the next one at once."""
        try:
            with self.store.transaction() as uow:
                uow.due.give_back(self.owner, now=self.clock())
                uow.leases.release(IN_CHARGE, self.owner)
        except StoreError as error:
            self._tell("end", "failed", error=str(error))


def _every(interval: timedelta) -> IntervalTrigger:
    return IntervalTrigger(seconds=interval.total_seconds(), timezone=UTC)


@contextmanager
def _signals() -> Iterator[Callable[[], int]]:
    """Within it SIGTERM and SIGINT only leave their number; the function given waits for the first.

    Waiting on an Event that a handler sets can lock up: the handler runs in the very thread that waits.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)  # noqa: FBT003  # the standard library takes it by position only
        old = signal.set_wakeup_fd(writer.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        try:
            yield lambda: reader.recv(1)[0]
        finally:
            signal.set_wakeup_fd(old)


def _changed_at(path: Path) -> int | None:
    """When a file was changed last, in nanoseconds; None when it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _facts(result: CheckResult) -> dict[str, object]:
    changes = [change for document in result.told for change in document.changes]
    return {
        "source": result.source,
        "outcome": result.outcome.replace(" ", "-"),
        "category": result.category,
        "changes": len(changes) if result.told else None,
        "breaking": sum(change.level == "breaking" for change in changes) if result.told else None,
        "unconfirmed": None if result.unconfirmed is None else result.unconfirmed.operations + result.unconfirmed.flags,
        "invalid": len(result.problems) or None,
        "failures": result.failures or None,
        "seconds": f"{result.duration:.2f}",
        "message": result.message or result.warning,
    }


def _place(error: BaseException) -> str | None:
    """File and line where an unforeseen error arose: enough for a report, without the values of a traceback."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return None if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _quoted(value: object) -> str:
    text = " ".join(str(value).split())
    return text if text and all(sign not in text for sign in ' "=') else '"' + text.replace('"', "'") + '"'
