"""openapi-spec-validator beside our own validation: in a process of its own, with a time limit, never in the way.

It needs seconds for a large document and yields nothing in between, so it runs once for each new snapshot and whatever
befalls it (too slow, crashed, killed) is an opinion that was not given, never a failed check.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import msgspec

import monitor
from monitor.reading import Document, Opinion, Problem
from monitor.values import canonical_bytes

LIMIT = 30.0
"""Seconds that the authority is given by default."""


class _Reported(msgspec.Struct):
    pointer: str
    message: str


_running: weakref.WeakSet[Authority] = weakref.WeakSet()


def cancel_all() -> None:
    """Stop every validation that runs: the program ends."""
    for authority in list(_running):
        authority.cancel()


class Authority:
    """One validation that runs in the background from its creation on; `opinion` waits for it."""

    def __init__(self, document: Document, *, limit: float = LIMIT) -> None:
        self._limit = limit
        self._opinion = Opinion(missing="it was not asked")
        self._cancelled = False
        self._process = _start()
        # A thread, because writing the document to the process blocks until it reads.
        self._thread = threading.Thread(target=self._converse, args=(canonical_bytes(document.root),), daemon=True)
        self._thread.start()
        _running.add(self)

    def opinion(self) -> Opinion | None:
        """What it said, at most `limit` seconds after it was asked; None when it was cancelled."""
        self._thread.join()
        return None if self._cancelled else self._opinion

    def cancel(self) -> None:
        """Stop it; what it would have said is of no use any more."""
        if self._process is not None and self._process.poll() is None:
            self._cancelled = True
            self._process.kill()
        self._thread.join()

    def _converse(self, payload: bytes) -> None:
        if self._process is None:
            self._opinion = Opinion(missing="it could not be started")
            return
        try:
            output, _ = self._process.communicate(payload, timeout=self._limit)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            self._opinion = Opinion(missing=f"it did not finish within {self._limit:g} seconds")
            return
        except (OSError, ValueError) as error:
            self._opinion = Opinion(missing=f"it failed: {error}")
            return
        self._opinion = _read(output, self._process.returncode)


def _read(output: bytes, code: int) -> Opinion:
    try:
        reported = msgspec.json.decode(output, type=list[_Reported])
    except msgspec.DecodeError:
        return Opinion(missing=f"it ended with code {code} and no answer")
    return Opinion(tuple(Problem(pointer=one.pointer, message=one.message) for one in reported))


def _start() -> subprocess.Popen[bytes] | None:
    package = Path(monitor.__file__).resolve().parent
    # -P: the folder that somebody happens to stand in is no place to import from; the package's own folder is.
    command = [sys.executable, "-P", "-m", "monitor.reading.authority"]
    path = os.pathsep.join(filter(None, (str(package.parent), os.environ.get("PYTHONPATH"))))
    try:
        return subprocess.Popen(  # noqa: S603  # our own interpreter and module, no shell, no words from outside
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            # A Ctrl-C on the terminal is for the parent, which ends this one itself.
            start_new_session=True,
        )
    except OSError:
        return None
