"""The daemon: one tick, in UTC. What is due by the rows of the database is done; a signal stops it cleanly.

APScheduler gives the tick and nothing else (docs/adr/0007): its job store is memory, and when something is due is
computed from the last check of a source and the last week of the digest. A daemon that slept for a week does each due
thing once.

On SIGTERM or SIGINT the work in hand may finish its transaction; what takes longer than `GRACE` seconds is left, and
the database rolls it back. Nothing half-written stays either way, and the exit code is 0.
"""

from __future__ import annotations

import logging
import os
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
from monitor.errors import ConfigurationError, SpecwatchError
from monitor.jobs import deliver, due_digest, due_sources, send_alerts, send_digest
from monitor.jobs.authority import cancel_all
from monitor.jobs.checking import Means, visits
from monitor.store import open_store

if TYPE_CHECKING:
    from monitor.jobs.checking import CheckResult, Visit
    from monitor.settings import Settings
    from monitor.store import Store

TICK = timedelta(seconds=20)
"""How often the daemon looks at what is due."""
GRACE = 5.0
"""Seconds that work in hand is given to finish after a signal."""


def run(
    settings_path: Path,
    *,
    clock: Clock = system_clock,
    tick: timedelta = TICK,
    environ: Mapping[str, str] | None = None,
    output: TextIO | None = None,
) -> int:
    """Watch until a signal comes; returns the exit code.

    `environ` (default: the process's) holds the secrets that the configuration names, `output` (default: stderr) takes
    the log. Raises ConfigurationError or StoreError when it cannot even begin; later faults are logged and tried again.
    """
    daemon = Daemon(
        settings_path,
        clock=clock,
        environ=os.environ if environ is None else environ,
        log=Log(clock, sys.stderr if output is None else output),
    )
    with _signals() as first:  # before anything is opened: a signal then already ends it cleanly
        daemon.open()
        daemon.watch(tick, first)
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
    """The parts of a running daemon. `open`, then `watch`; `step` is what one tick does."""

    path: Path
    clock: Clock
    environ: Mapping[str, str]
    log: Log
    stopping: threading.Event = field(default_factory=threading.Event)
    _busy: threading.Lock = field(default_factory=threading.Lock)
    _doing: str = "nothing"
    _settings: Settings | None = None
    _stamp: int | None = None
    _store: Store | None = None
    _told: dict[str, str] = field(default_factory=dict)

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

    def watch(self, tick: timedelta, first: Callable[[], int]) -> None:
        """Tick until `first` answers with a signal's number, then end cleanly."""
        logging.getLogger("apscheduler").addHandler(logging.NullHandler())
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            # A tick that comes late is still a tick, several late ones are one, and never two at a time.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        scheduler.add_job(
            self._tick, IntervalTrigger(seconds=tick.total_seconds(), timezone=UTC), next_run_time=system_clock()
        )
        scheduler.start()
        self.log("started", pid=os.getpid(), tick=f"{tick.total_seconds():g}s")
        number = first()
        self.stopping.set()
        self.log("stopping", signal=signal.Signals(number).name)
        scheduler.shutdown(wait=False)
        self._finish()

    def step(self) -> None:
        """Do once what is due now: checks, the digest, the messages that wait. Stops between two things when asked to.

        One source that fails stops no other; neither does a fault in the digest.
        """
        settings = self.settings()
        due = [each.source for each in due_sources(self.store, settings, now=self.clock())]
        means = Means(self.clock, self.folder, self.environ, settings.fetch)
        for visit in visits(self.store, due, means, stop=self.stopping.is_set):
            if self.stopping.is_set():
                return
            self._guarded(f"check {visit.source.name}", partial(self._take_in, visit))
        if not self.stopping.is_set():
            self._guarded("alerts", lambda: self._alert(settings))
        if not self.stopping.is_set():
            self._guarded("digest", lambda: self._digest(settings))
        if not self.stopping.is_set():
            self._guarded("deliver", lambda: self._deliver(settings))

    def _tick(self) -> None:
        with self._busy:
            if not self.stopping.is_set():
                self._guarded("tick", self.step)

    def _guarded(self, what: str, work: Callable[[], None]) -> None:
        """Do a piece of work; whatever goes wrong in it is a line in the log and no more."""
        self._doing = what
        try:
            work()
        except SpecwatchError as error:
            self._tell(what, "failed", error=str(error))
        except Exception as error:  # the daemon outlives its own faults
            self._tell(what, "fault", kind=type(error).__name__, error=str(error), at=_place(error))
        else:
            self._told.pop(what, None)

    def _tell(self, what: str, event: str, **facts: str | None) -> None:
        """Log a fault; the same again at the next tick says nothing new."""
        if self._told.get(what) != str(facts):
            self._told[what] = str(facts)
            self.log(event, what=what, **facts)

    def _take_in(self, visit: Visit) -> None:
        self.log("check", **_facts(visit.take_in(self.store)))

    def _alert(self, settings: Settings) -> None:
        messages = send_alerts(self.store, settings, now=self.clock())
        if messages:
            self.log("alerts", messages=messages)

    def _digest(self, settings: Settings) -> None:
        now = self.clock()
        week = due_digest(self.store, settings, now=now)
        if week is None:
            return
        sent = send_digest(self.store, settings, now=now, folder=self.folder, week=week)
        self.log("digest", week=str(week), messages=sent.messages, new=sent.claimed)

    def _deliver(self, settings: Settings) -> None:
        done = deliver(self.store, settings, now=self.clock(), environ=self.environ)
        if done.sent or done.failed:
            self.log("deliver", sent=done.sent, failed=done.failed, waiting=done.waiting, error=done.error)

    def _finish(self) -> None:
        """Wait for the work in hand, then end; what is too slow is left to the database to roll back."""
        cancel_all()
        if self._busy.acquire(timeout=GRACE):
            self.store.close()
            self.log("stopped")
            return
        self.log("stopped", left=self._doing, note="its transaction is rolled back")
        # The worker thread would keep the interpreter alive until it is done.
        os._exit(0)


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
