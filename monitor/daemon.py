"""The daemon: one tick, in UTC. What is due by the rows of the database is done; a signal stops it cleanly.

APScheduler gives the tick and nothing else (docs/adr/0007): its job store is memory, and what is due are rows of the
database that are claimed. A daemon that slept for a week does each due thing once.

Of several daemons on one database one is in charge, by a lease that it renews with every heartbeat; the others stand
by, and one of them takes over when the lease has ended. Should two ever believe to be in charge (one was stopped and
went on later), each claim is still finished by one of them only. Where there are workers (monitor/worker.py), the one
in charge only queues what is due.

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
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor import settings as configuration
from monitor.clock import Clock, system_clock
from monitor.errors import ClaimLost, ConfigurationError, FetchError, SpecwatchError, StoreError
from monitor.jobs import (
    claim_checks,
    deliver,
    due_digest,
    due_pruning,
    plan_checks,
    prune,
    prune_messages,
    rule_of,
    send_alerts,
    send_digest,
    send_subscriptions,
)
from monitor.jobs.authority import Authority, cancel_all
from monitor.jobs.checking import Means, compare_again, visits
from monitor.jobs.compartment import Compartment
from monitor.jobs.due import CHECK, CLAIM, awaits_checks, claim_comparisons, put_off
from monitor.jobs.heartbeat import send_heartbeat
from monitor.jobs.in_hand import InHand
from monitor.jobs.memory import give_memory_back
from monitor.jobs.queueing import queue_due
from monitor.jobs.standing import standing
from monitor.store import check_queue, open_store
from monitor.telemetry import Health, Log, Metrics, Serving, TimedBench

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.jobs.checking import Visit
    from monitor.jobs.comparing import Bench
    from monitor.jobs.due import Claim
    from monitor.jobs.pruning import Pruned, Rule
    from monitor.jobs.standing import Standing
    from monitor.jobs.taking import CheckResult
    from monitor.settings import LogFormat, Settings
    from monitor.store import Store

TICK = timedelta(seconds=20)
"""How often the daemon looks at what is due."""
QUEUE_TICK = timedelta(seconds=2)
"""The same for a daemon that fills the queue of workers, who are done with it sooner."""
LEASE = timedelta(seconds=40)
"""How long a daemon that gives no sign stays in charge: after a heartbeat more, within a minute, another one is."""
HEARTBEAT = timedelta(seconds=10)
"""How often a daemon says that it is in charge, or asks whether it can be."""
PLAN_EVERY = timedelta(hours=1)
"""How often due times are held against the configuration although that did not change."""
_CONFIGURATION = "configuration"
_AT_ONCE = 200
"""Checks that are claimed together; the next are when all of them are done."""
SILENT = timedelta(minutes=2)
"""A daemon that has given no sign of life for so long is not well; a heartbeat may wait for a database's lock."""
STUCK = timedelta(hours=1)
"""No single thing takes so long unless it hangs: each has limits of its own."""
PING_EVERY = timedelta(minutes=1)
"""How often a dead man's switch is told that all is well, at most, by all processes over one database."""
_PING = "ping"
"""The lease of that minute; its owner is a single ping."""
PRUNING = 10.0
"""Seconds of a cycle in which old versions are forgotten, at most; what is left comes with the next one."""
IN_CHARGE = "daemon"
"""The lease's name."""
GRACE = 5.0
"""Seconds that work in hand is given to finish after a signal."""


def run(
    settings_path: Path,
    *,
    clock: Clock = system_clock,
    queue: bool = False,
    tick: timedelta | None = None,
    lease: timedelta = LEASE,
    heartbeat: timedelta = HEARTBEAT,
    environ: Mapping[str, str] | None = None,
    output: TextIO | None = None,
    log_format: LogFormat | None = None,
) -> int:
    """Watch until a signal comes; returns the exit code. `lease` and `heartbeat`: see `LEASE`, `HEARTBEAT`.

    With `queue` what is due is queued for workers (monitor/worker.py), and nothing else is done. `tick` is `TICK`, or
    `QUEUE_TICK` then.

    `environ` (default: the process's) holds the secrets that the configuration names, `output` (default: stderr) takes
    the log, whose lines are written in `log_format` (default: as the configuration says). Raises ConfigurationError or
    StoreError when it cannot even begin; later faults are logged and tried again.
    """
    daemon = Daemon(
        settings_path,
        clock=clock,
        environ=os.environ if environ is None else environ,
        log=Log(clock, sys.stderr if output is None else output),
        lease=lease,
        log_format=log_format,
        queue=queue,
    )
    with _signals() as first:  # before anything is opened: a signal then already ends it cleanly
        daemon.open()
        daemon.watch(tick or (QUEUE_TICK if queue else TICK), first, heartbeat=heartbeat)
    return 0


@dataclass(slots=True)
class Daemon:
    """The parts of a running daemon. `open`, then `watch`; `step` is what one tick does, `beat` a heartbeat."""

    path: Path
    clock: Clock
    environ: Mapping[str, str]
    log: Log
    log_format: LogFormat | None = None
    lease: timedelta = LEASE
    queue: bool = False
    bench: Bench | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[:200])
    in_charge: bool | None = None
    _busy: threading.Lock = field(default_factory=threading.Lock)
    _doing: str = "nothing"
    _store: Store | None = None
    _told: dict[str, str] = field(default_factory=dict)
    _planned: tuple[Settings, datetime] | None = None
    _compartment: Compartment = field(default_factory=Compartment)
    _authority: Authority = field(default_factory=Authority)
    _in_hand: InHand = field(default_factory=InHand)
    _pruning: tuple[Rule, list[str]] | None = None
    _serving: tuple[tuple[str, int], Serving] | None = None
    _beaten: float = field(default_factory=time.monotonic)
    _begun: float = field(default_factory=time.monotonic)
    _well: bool = True
    _pinged: tuple[str, datetime] | None = None
    metrics: Metrics = field(init=False)
    _configuration: configuration.Followed = field(init=False)

    def __post_init__(self) -> None:
        """Make what depends on the clock and the path."""
        self.metrics = Metrics(self.clock)
        self._configuration = configuration.Followed(self.path)

    def open(self) -> None:
        """Read the configuration and open the database. Raises ConfigurationError, StoreError."""
        give_memory_back()
        settings = self.settings()
        self._store = open_store(
            settings.database_url(self.folder), say=lambda words: self.log("database", words=words)
        )
        if self.queue:
            check_queue(self._store)
        self.metrics.follow(self._stands)

    def close(self) -> None:
        """Let go of everything that `open` took."""
        if self._serving is not None:
            self._serving[1].close()
            self._serving = None
        self._compartment.close()
        self._authority.close()
        self.store.close()

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
        """The configuration, read again when its files have changed; a broken one is logged and the last one stays."""
        try:
            if self._configuration.changed(self._follow):
                self._told.pop(_CONFIGURATION, None)
        except ConfigurationError as error:
            if self._configuration.settings is None or self._store is None:
                raise
            self.metrics.reloaded.set(0)
            # A broken file is an error once, an address that is taken as long as it is.
            if not self._configuration.waits or self._told.get(_CONFIGURATION) != str(error):
                note = "the last good one is followed"
                self.log("configuration-refused", level="error", error=str(error), note=note)
            self._told[_CONFIGURATION] = str(error)
        return self.known

    @property
    def known(self) -> Settings:
        """The configuration as it was read last."""
        if self._configuration.settings is None:
            raise RuntimeError("the daemon was not opened")
        return self._configuration.settings

    def _follow(self, settings: Settings) -> None:
        """Do what a configuration says of the daemon itself. Raises ConfigurationError, and has done nothing then."""
        anew = self._serve(settings.daemon.listen)
        self.log.form = self.log_format or settings.daemon.log
        self._compartment.limit(
            seconds=settings.limits.compare_time, memory=settings.limits.compare_megabytes * 1024 * 1024
        )
        if anew and self._serving is not None:
            self.log("listening", address=self._serving[1].address)
        self.metrics.reloaded.set(1)
        self.log("configuration", file=str(self.path), sources=len(settings.sources))

    def _serve(self, address: tuple[str, int] | None) -> bool:
        """Tell metrics and health at this address from now on, and nowhere else; whether it is another one than before.

        Raises ConfigurationError, and goes on as before.
        """
        before = self._serving
        if before is not None and before[0] == address:
            return False
        if address is None or before is None or before[0][1] != address[1]:
            serving = None if address is None else (address, self._listening(address))
            if before is not None:
                before[1].close()
            self._serving = serving
            return address is not None
        # Another host at the same port, where the one that listens may be in the way.
        before[1].close()
        self._serving = None
        try:
            self._serving = address, self._listening(address)
        except ConfigurationError:
            self._serving = before[0], self._listening(before[0])
            raise
        return True

    def _listening(self, address: tuple[str, int]) -> Serving:
        return Serving(address, metrics=self.metrics.text, alive=self._alive, ready=self._ready)

    def _alive(self) -> Health:
        """Whether this process still works, whatever the database and the sources do."""
        silent, (doing, busy) = time.monotonic() - self._beaten, self._at_work()
        stuck = busy > STUCK.total_seconds()
        facts = {"doing": doing, "seconds_since_sign_of_life": round(silent, 1), "in_charge": bool(self.in_charge)}
        return Health(silent < SILENT.total_seconds() and not stuck, facts)

    def _at_work(self) -> tuple[str, float]:
        """What is being done, and for how many seconds."""
        return (self._doing, time.monotonic() - self._begun) if self._busy.locked() else ("nothing", 0.0)

    def _ready(self) -> Health:
        """Whether it can do what it is for: it was not told to stop, and the database answers."""
        facts: dict[str, object] = {"in_charge": bool(self.in_charge), "sources": len(self.known.sources)}
        if self.stopping.is_set():
            return Health(well=False, facts={**facts, "error": "it was told to stop"})
        try:
            with self.store.reading() as uow:
                uow.leases.holder(IN_CHARGE, now=self.clock())
        except StoreError as error:
            return Health(well=False, facts={**facts, "error": error.what})
        return Health(well=True, facts=facts)

    def _stands(self) -> tuple[Settings, Standing]:
        return self.known, standing(self.store, self.known, now=self.clock())

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

        if os.geteuid() == 0:
            note = "documents come from strangers: give it a user of its own (examples/specwatch.service)"
            self.log("running-as-root", level="warning", note=note)
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

        What the one in charge is at is renewed with it.
        """
        now = self.clock()
        try:
            with self.store.transaction() as uow:
                held = uow.leases.hold(IN_CHARGE, self.owner, now=now, lease=self.lease)
                if held:
                    uow.due.keep(self.owner, self._in_hand.names, now=now, lease=CLAIM)
                holder = uow.leases.holder(IN_CHARGE, now=now)
        except StoreError as error:
            # Whether it still is in charge nobody knows; what it does is finished only if it is.
            self._tell("heartbeat", "failed", error=str(error))
            return False
        finally:
            self._beaten = time.monotonic()
        self._told.pop("heartbeat", None)
        self.metrics.in_charge.set(held)
        before, self.in_charge = self.in_charge, held
        if before is not held:
            self.log("in-charge" if held else "standby", by=None if held else holder)
        return held and before is not True

    def step(self) -> None:
        """Do once what is due now: checks, the digest, the messages that wait. Stops between two things when asked to.

        One source that fails stops no other; neither does a fault in the digest. With a queue all of that is for the
        workers, and what is due is queued.
        """
        settings = self.settings()
        self._well = True
        self._plan(settings)
        if self.queue:
            jobs = queue_due(self.store, settings, now=self.clock())
            if jobs:
                self.log("queued", jobs=jobs)
            self.metrics.good_cycle()
            return
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
        if self._goes_on():
            self._guarded("prune", lambda: self._prune(settings))
        if self._goes_on() and self._well:
            self._all_is_well(settings)

    def _all_is_well(self, settings: Settings) -> None:
        """Say that all that was due was done without a fault of ours; a ping that fails is logged, and no fault.

        Not while a check that ended in a fault waits to be tried again, whichever process had it.
        """
        with self.store.reading() as uow:
            if uow.due.failing(CHECK):
                return
        self.metrics.good_cycle()
        if settings.daemon.heartbeat_url is not None and self._may_ping():
            self._ping(settings)

    def _may_ping(self) -> bool:
        """Whether no process has told the switch within `PING_EVERY`; the next one has to wait that long then."""
        now = self.clock()
        if self._pinged is not None and self._pinged[1] <= now < self._pinged[1] + PING_EVERY:
            return False
        ping = secrets.token_hex(8)
        with self.store.transaction() as uow:
            if self._pinged is not None and now < self._pinged[1]:  # the clock was ahead then
                uow.leases.release(_PING, self._pinged[0])
            if not uow.leases.hold(_PING, ping, now=now, lease=PING_EVERY):
                return False
        self._pinged = ping, now
        return True

    def _ping(self, settings: Settings) -> None:
        """Tell the switch; where that fails the next good cycle tries again."""
        try:
            send_heartbeat(settings, folder=self.folder, environ=self.environ)
        except (FetchError, ConfigurationError) as error:
            self._tell("ping", "heartbeat-failed", error=str(error))
            self.metrics.pinged(well=False)
            if self._pinged is not None:
                with self.store.transaction() as uow:
                    uow.leases.release(_PING, self._pinged[0])
            self._pinged = None
            return
        self._told.pop("ping", None)
        self.metrics.pinged(well=True)

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
        bench = self._timed_bench()
        means = Means(self.clock, self.folder, self.environ, self._authority, settings.fetch, bench)
        limit = settings.limits.opinion_time
        with self._in_hand.working(claims.values()):
            for visit in visits(
                self.store, sources, means, limit=limit, stop=lambda: not self._goes_on(), claims=claims
            ):
                if not self._goes_on():
                    return False
                if visit.claim is not None:
                    self._done(visit.claim, f"check {visit.source.name}", partial(self._take_in, visit, bench))
        return bool(sources)

    def _timed_bench(self) -> TimedBench:
        """Where versions are compared, whoever asks: what one of them takes too much of must not end this process."""
        return TimedBench(self.bench or self._compartment, self.metrics.compared)

    def _claimed_comparison(self, settings: Settings) -> bool:
        """Claim the comparisons of a source that could not be made, and try them again; False when none are due."""
        with self.store.transaction() as uow:
            claims = claim_comparisons(uow, now=self.clock(), owner=self.owner)
        with self._in_hand.working(claims):
            for claim in claims:
                self._done(claim, f"compare {claim.name}", partial(self._compare, settings, claim))
        return bool(claims)

    def _done(self, claim: Claim, what: str, work: Callable[[], None]) -> None:
        """Do what was claimed; what ends in a fault is tried again after a delay that grows."""
        error = self._guarded(what, work)
        if error is None or isinstance(error, ClaimLost) or self.stopping.is_set():
            return
        try:
            at = put_off(self.store, claim, str(error) or type(error).__name__, now=self.clock())
        except StoreError as fault:
            self._tell(what, "failed", error=str(fault))
            return  # nobody is at it any more, so it falls due when the claim has ended
        if at is not None:
            self.log(
                "put-off", level="warning", what=what, failures=claim.row.failures + 1, again=f"{at:%Y-%m-%dT%H:%M:%SZ}"
            )

    def _tick(self) -> None:
        with self._busy:
            if self.in_charge and not self.stopping.is_set():
                self._guarded("tick", self.step)

    def _guarded(self, what: str, work: Callable[[], None]) -> Exception | None:
        """Do a piece of work; whatever goes wrong in it is a line in the log, and answered."""
        self._doing, self._begun = what, time.monotonic()
        try:
            work()
        except SpecwatchError as error:
            if not isinstance(error, ClaimLost):
                self._fault()
            self._tell(what, "failed", error=str(error))
            return error
        except Exception as error:  # the daemon outlives its own faults
            self._fault()
            self._tell(what, "fault", kind=type(error).__name__, error=str(error), at=_place(error))
            return error
        self._told.pop(what, None)
        return None

    def _fault(self) -> None:
        self._well = False
        self.metrics.fault()

    def _tell(self, what: str, event: str, **facts: str | None) -> None:
        """Log a fault; the same again at the next tick says nothing new."""
        if self._told.get(what) != str(facts):
            self._told[what] = str(facts)
            self.log(event, level="error", what=what, **facts)

    def _take_in(self, visit: Visit, bench: TimedBench) -> None:
        result = visit.take_in(self.store)
        self.metrics.checked(result)
        self.log("check", level="warning" if result.failed else "info", **_facts(result, visit, bench.spent()))

    def _alert(self, settings: Settings) -> None:
        bench = self._timed_bench()
        messages = send_alerts(self.store, settings, now=self.clock(), folder=self.folder, bench=bench)
        if messages:
            self.log("alerts", messages=messages)

    def _compare(self, settings: Settings, claim: Claim) -> None:
        source = settings.source(claim.name)
        bench = self._timed_bench()
        warnings = compare_again(self.store, source, now=self.clock(), folder=self.folder, bench=bench)
        self.log(
            "compare",
            source=claim.name,
            attempt=claim.row.failures + 1,
            compare_seconds=_rounded(bench.spent()),
            message=" ".join(warnings) or None,
        )

    def _digest(self, settings: Settings) -> None:
        now = self.clock()
        if awaits_checks(self.store, settings, now=now):
            return
        bench = self._timed_bench()
        messages = send_subscriptions(self.store, settings, now=now, folder=self.folder, bench=bench)
        if messages:
            self.log("subscriptions", messages=messages)
        week = due_digest(self.store, settings, now=now)
        if week is None:
            return
        # What waits goes out as it is, before this digest tells it again: a kill may have left it behind.
        self._guarded("deliver", lambda: self._deliver(settings))
        sent = send_digest(self.store, settings, now=now, folder=self.folder, week=week, bench=bench)
        self.log("digest", week=str(week), messages=sent.messages, new=sent.claimed)

    def _deliver(self, settings: Settings) -> None:
        done = deliver(self.store, settings, now=self.clock(), environ=self.environ, folder=self.folder)
        self.metrics.delivered(sent=done.sent, failed=done.failed)
        if done.error is not None:
            self._well = False  # what nobody is told is what a dead man's switch is for
        if done.sent or done.failed:
            self.log("deliver", sent=done.sent, failed=done.failed, waiting=done.waiting, error=done.error)

    def _prune(self, settings: Settings) -> None:
        """Forget what the configuration lets go, once a day, some seconds of it at a time: people wait for the rest."""
        now = self.clock()
        rule = rule_of(settings.retention, now)
        if rule is None:
            self._pruning = None
            return
        due = due_pruning(self.store, settings, now=now)
        if due:
            self._pruning = rule, list(due)  # by the clock that was believed, whatever it says in the portions after
            prune_messages(self.store, rule=rule)
        if self._pruning is None:
            return
        rule, left = self._pruning
        found: list[Pruned] = []
        ends = time.monotonic() + PRUNING
        while left and self._goes_on() and time.monotonic() < ends:
            name = left.pop()
            self._guarded(f"prune {name}", partial(self._prune_source, settings, name, rule, found))
        if found:
            versions, checks = sum(each.versions for each in found), sum(each.checks for each in found)
            self.log("prune", versions=versions, checks=checks, left=len(left))

    def _prune_source(self, settings: Settings, name: str, rule: Rule, found: list[Pruned]) -> None:
        if any(source.name == name for source in settings.sources):
            bench = self._timed_bench()
            found += prune(self.store, settings, (name,), rule=rule, now=self.clock(), folder=self.folder, bench=bench)

    def _finish(self) -> None:
        """Wait for the work in hand, then end; what is too slow is left to the database to roll back."""
        cancel_all()
        self._compartment.cancel()
        if self._busy.acquire(timeout=GRACE):
            self._let_go()
            self.close()
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


def _facts(result: CheckResult, visit: Visit, compared: float | None) -> dict[str, Any]:
    changes = [change for document in result.told for change in document.changes]
    return {
        "source": result.source,
        "owner": visit.source.owner,
        "check": result.id,
        "outcome": result.outcome.replace(" ", "-"),
        "category": result.category,
        "changes": len(changes) if result.told else None,
        "breaking": sum(change.level == "breaking" for change in changes) if result.told else None,
        "unconfirmed": None if result.unconfirmed is None else result.unconfirmed.operations + result.unconfirmed.flags,
        "invalid": len(result.problems) or None,
        "failures": result.failures or None,
        "seconds": _rounded(result.duration),
        "fetch_seconds": _rounded(visit.downloading),
        "compare_seconds": _rounded(compared),
        "message": result.message or result.warning,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _place(error: BaseException) -> str | None:
    """File and line where an unforeseen error arose: enough for a report, without the values of a traceback."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return None if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
