"""openapi-spec-validator beside our own validation: in a process of its own, with limits, never in the way.

It needs seconds for a large document and yields nothing in between, so it runs once for each new snapshot and whatever
befalls it (too slow, too large, crashed, killed) is an opinion that was not given, never a failed check. Loading it
takes half a second, so the process waits a while for another document.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

import monitor
from monitor.reading import Document, Opinion, Problem
from monitor.values import canonical_bytes

LIMIT = 30.0
"""Seconds that the authority is given by default."""
MEMORY: Final = 2 * 1024**3
"""Bytes of memory that its process may take."""
IDLE = 10.0
"""Seconds that its process waits for another document."""
_MOST: Final = 100
"""Opinions after which the process is replaced, so that nothing adds up in it."""


class _Reported(msgspec.Struct):
    pointer: str
    message: str


class _Answer(msgspec.Struct):
    problems: list[_Reported] = []
    fault: str | None = None


_open: weakref.WeakSet[Authority] = weakref.WeakSet()


def cancel_all() -> None:
    """Stop every validation that runs, and begin no other with these: the program ends."""
    for authority in list(_open):
        authority.cancel()


class Authority:
    """Gives opinions, one after the other, whichever threads ask. Close it after use."""

    def __init__(self, *, idle: float = IDLE, memory: int = MEMORY) -> None:
        self._idle = idle
        self._memory = memory
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._leaving: threading.Timer | None = None
        self._given = 0
        self._cancelled = False
        _open.add(self)

    def opinion(self, document: Document, *, limit: float = LIMIT) -> Opinion | None:
        """What it says of a document, after `limit` seconds at most; None when it was cancelled."""
        payload = canonical_bytes(document.root)
        with self._lock:
            self._stay()
            opinion = self._asked(payload, limit)
            if self._given >= _MOST:
                self._end()
            if self._process is not None:
                self._leaving = threading.Timer(self._idle, self.close)
                self._leaving.daemon = True
                self._leaving.start()
        return None if self._cancelled else opinion

    def cancel(self) -> None:
        """Stop it for good: what it would say is of no use any more."""
        self._cancelled = True
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process; the next opinion starts another."""
        with self._lock:
            self._stay()
            self._end()

    def _stay(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _end(self) -> None:
        process, self._process = self._process, None
        self._given = 0
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what it was still to be sent
                    pipe.close()
        process.wait()

    def _asked(self, payload: bytes, limit: float) -> Opinion:
        if self._process is not None and self._process.poll() is not None:
            self._end()  # it died while it waited
        if self._process is None and not self._cancelled:
            self._process = _start(self._memory)
        process = self._process
        if process is None:
            return Opinion(missing="it could not be started")
        if self._cancelled:
            process.kill()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limit, stop)
        timer.start()
        try:
            answer = _converse(process, payload)
        finally:
            timer.cancel()
        self._given += 1
        if answer is None or late.is_set():
            self._end()
        if answer is not None:
            return _read(answer)
        if late.is_set():
            return Opinion(missing=f"it did not finish within {limit:g} seconds")
        return Opinion(missing=f"it ended with code {process.returncode} and no answer")


def _converse(process: subprocess.Popen[bytes], payload: bytes) -> bytes | None:
    """What the process answers to a document; None when it ended instead."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(b"%d\n" % len(payload) + payload)
        process.stdin.flush()
        size = int(process.stdout.readline() or b"-1")
        answer = process.stdout.read(size) if size >= 0 else b""
    except (OSError, ValueError):
        return None
    return answer if len(answer) == size else None


def _read(data: bytes) -> Opinion:
    try:
        answer = msgspec.json.decode(data, type=_Answer)
    except msgspec.DecodeError as error:
        return Opinion(missing=f"its answer cannot be read: {error}")
    if answer.fault is not None:
        return Opinion(missing=answer.fault)
    return Opinion(tuple(Problem(pointer=one.pointer, message=one.message) for one in answer.problems))


def _start(memory: int) -> subprocess.Popen[bytes] | None:
    package = Path(monitor.__file__).resolve().parent
    # -P: the folder that somebody happens to stand in is no place to import from; the package's own folder is.
    command = [sys.executable, "-P", "-m", "monitor.reading.authority", str(memory)]
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
