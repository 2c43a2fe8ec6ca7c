"""A daemon that is killed again and again: a program that the test starts.

Every life is a forked process that goes on where the one before was killed: it publishes the next version of a
document, ticks (check, digest, deliver) and lets a week go by. The parent kills it after a time drawn at random, until
so many were killed, and lets the last one finish. Forked, because starting an interpreter for each takes far longer
than what is to be interrupted.

    python -m tests.daemon.lives FOLDER KILLS SEED
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.clock import fixed_clock
from monitor.daemon import Daemon
from monitor.jobs.comparing import Desk
from monitor.telemetry import Log

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
WEEK = timedelta(days=7)
BETWEEN = timedelta(minutes=3)
"""Between two lives: longer than a claim lasts."""


def version(number: int) -> bytes:
    """A document in which each operation is there for five versions, every third one deprecated from its beginning."""
    paths = {
        f"/things/{each}": {"get": {"responses": {"200": {"description": "Fine."}}, "deprecated": each % 3 == 0}}
        for each in range(number, number + 5)
    }
    document = {"openapi": "3.0.3", "info": {"title": "Lanterns", "version": str(number)}, "paths": paths}
    return json.dumps(document).encode()


def live(folder: Path, life: int) -> None:
    """Publish versions and tick until the process ends."""
    database = os.environ["SPECWATCH_TEST_DATABASE"]
    progress = folder / "progress"
    while True:
        number = int(progress.read_text())
        now = START + number * WEEK + life * BETWEEN
        _replace(folder / "a.json", version(number))
        clock = fixed_clock(now)
        with (folder / "log").open("a") as log:
            environ = {"SPECWATCH_TEST_DATABASE": database}
            daemon = Daemon(folder / "specwatch.toml", clock=clock, environ=environ, log=Log(clock, log), bench=Desk())
            daemon.open()
            daemon.step()
            daemon.store.close()
        _replace(progress, str(number + 1).encode())


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: what is tested is not how this program writes."""
    beside = path.with_suffix(".new")
    beside.write_bytes(data)
    beside.replace(path)


def main() -> None:
    folder, kills, draw = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    longest = 0.5
    for life in range(kills + 1):
        begun = time.monotonic()
        before = int((folder / "progress").read_text())
        child = os.fork()
        if child == 0:
            with suppress(KeyboardInterrupt):
                live(folder, life)
            os._exit(1)
        if life < kills:
            time.sleep(draw.uniform(0, longest))
        else:  # the last one may do two rounds more, so that what waited is delivered
            while int((folder / "progress").read_text()) < before + 3 and time.monotonic() - begun < 120:
                time.sleep(0.02)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(f"life {life} ended by itself: {(folder / 'log').read_text()[-2000:]}")
        done = int((folder / "progress").read_text()) - before
        # However fast the machine is, a kill shall come in the first round or in the second.
        longest *= 1.2 if done == 0 else 0.9 if done > 1 else 1
    sys.stdout.write((folder / "progress").read_text())


if __name__ == "__main__":
    main()
