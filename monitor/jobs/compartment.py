"""Comparisons in a process of their own: what one of them takes too much of ends it, and not the daemon.

A comparison keeps to a budget of nodes and seconds by itself (`compare.Budget`). What no budget foresees (a parser that
swells, a loop that no count sees, a crash in native code) ends here: the process may take so much memory and so many
seconds and is then stopped. It is started when something is to be compared, works off one comparison after the other,
and is replaced after one that went wrong.

Its memory is watched from outside. A limit of the system (RLIMIT_AS) alone makes allocations fail in the middle of
native code, which was seen to hang instead of to end; it stands behind, at twice as much.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitor.errors import BudgetExceeded, ClaimLost, DocumentError
from monitor.jobs.memory import give_memory_back
from monitor.report.diffdoc import DiffDocument, decode, encode

if TYPE_CHECKING:
    from monitor.jobs.comparing import Opened, Version
    from monitor.jobs.profiles import Profiles
    from monitor.policy import Removals

SECONDS: Final = 120.0
"""How long a comparison may take, from its bytes to what is said of it."""
MEMORY: Final = 2 * 1024**3
"""Bytes of memory that the process may hold."""
_LOOK_EVERY: Final = 0.1
"""Seconds between two looks at its memory."""
_MOST: Final = 200
"""Comparisons after which the process is replaced, so that nothing adds up in it over the years."""
_ADVICE: Final = "It is tried again later; the version itself is kept."


@dataclass(frozen=True, slots=True)
class _Task:
    """What the process is sent: two versions with their digests and names, and what they are judged by."""

    before: tuple[str, str, bytes]
    after: tuple[str, str, bytes]
    profiles: Profiles
    removals: Removals | None


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why there is no result, as it can be sent: the parts of a SpecwatchError, and whether a document is at fault."""

    what: str
    where: str | None
    advice: str | None
    of_document: bool = False


@dataclass(frozen=True, slots=True)
class _Limits:
    """What one comparison may take: seconds, and bytes of memory."""

    seconds: float
    memory: int


class Compartment:
    """A `Bench` in another process, for any thread: one comparison at a time. Close it after use."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._limits = _Limits(seconds, memory)
        self._using = threading.Lock()
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._given = memory
        self._done = 0
        self._cancelled = False

    def put(self, opened: Opened) -> None:
        """Nothing: the process reads its documents itself."""

    def compare(
        self, before: Version, after: Version, profiles: Profiles, removals: Removals | None = None
    ) -> DiffDocument:
        """See `Bench`; also raises ClaimLost when it was cancelled."""
        task = _Task(
            (before.sha256, before.name, before.load()), (after.sha256, after.name, after.load()), profiles, removals
        )
        with self._using:
            answer = self._ask(task)
            self._done += 1
            if isinstance(answer, _Failure) or self._done >= _MOST:
                self.close()
        if isinstance(answer, bytes):
            return decode(answer)
        kind = DocumentError if answer.of_document else BudgetExceeded
        raise kind(answer.what, where=answer.where, advice=answer.advice)

    def limit(self, *, seconds: float, memory: int) -> None:
        """Other limits, from the next comparison on; the one that runs keeps those that it began with."""
        self._limits = _Limits(seconds, memory)  # in one piece, and without waiting for that one

    def cancel(self) -> None:
        """Stop what is being compared, for good: the program ends."""
        self._cancelled = True
        if self._process is not None and self._process.is_alive():
            self._process.kill()

    def close(self) -> None:
        """End the process; the next comparison starts another."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        self._done = 0
        if process is not None and pipe is not None:
            pipe.close()
            process.kill()
            process.join()
            process.close()

    def _ask(self, task: _Task) -> bytes | _Failure:
        if self._cancelled:
            raise ClaimLost("nothing is compared any more: the program ends")
        limits = self._limits
        if self._given != limits.memory:
            self.close()  # the system's own limit was set when it started
        pipe = self._pipe or self._start(limits.memory)
        try:
            pipe.send(task)
            return self._overstepped(pipe, limits) or pipe.recv()
        except (EOFError, OSError):
            return self._fate()

    def _overstepped(self, pipe: Connection, limits: _Limits) -> _Failure | None:
        """Wait for an answer; why it is no longer waited for, or None when one is there."""
        ends = time.monotonic() + limits.seconds
        while not pipe.poll(_LOOK_EVERY):
            if time.monotonic() > ends:
                return _Failure(f"the comparison was stopped after {limits.seconds:g} seconds", None, _ADVICE)
            if self._held() > limits.memory:
                return _Failure(
                    f"the comparison was stopped at {limits.memory // 1024**2:,} MB of memory", None, _ADVICE
                )
        return None

    def _held(self) -> int:
        """Bytes of memory that the process holds; 0 where the system does not tell."""
        try:
            pages = Path(f"/proc/{self._process.pid if self._process else 0}/statm").read_text(encoding="ascii").split()
        except OSError:
            return 0
        return int(pages[1]) * resource.getpagesize()

    def _start(self, memory: int) -> Connection:
        context = multiprocessing.get_context("spawn")
        mine, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, memory), name="specwatch-compare", daemon=True)
        process.start()
        theirs.close()
        self._process, self._pipe, self._given = process, mine, memory
        return mine

    def _fate(self) -> _Failure:
        """Why the process is gone."""
        if self._cancelled or self._process is None:
            raise ClaimLost("the comparison was stopped: the program ends")
        self._process.join()
        code = self._process.exitcode or 0
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
        return _Failure(f"the comparison ended its process {how}, most likely for want of memory", None, _ADVICE)


def _serve(pipe: Connection, memory: int) -> None:
    """The process: compares what it is sent until nobody sends any more."""
    # A signal is for the parent, which ends this process itself.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (2 * memory, 2 * memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    give_memory_back()
    from monitor.jobs.comparing import Desk

    desk = Desk()
    while True:
        try:
            task: _Task = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_answer(desk, task))


def _answer(desk: object, task: _Task) -> bytes | _Failure:
    from monitor.jobs.comparing import Desk, Version

    assert isinstance(desk, Desk)

    def version(sent: tuple[str, str, bytes]) -> Version:
        return Version(sent[0], sent[1], lambda: sent[2])

    try:
        return encode(desk.compare(version(task.before), version(task.after), task.profiles, task.removals))
    except (BudgetExceeded, DocumentError) as error:
        return _Failure(error.what, error.where, error.advice, isinstance(error, DocumentError))
    except BaseException as error:  # a panic in native code is no Exception
        said = " ".join(str(error).split())[:300]
        return _Failure(f"the comparison broke off: {type(error).__name__}: {said}".rstrip(": "), None, _ADVICE)
