"""A daemon with many sources: time, CPU, bytes and memory of whole cycles.

    python -m benchmarks.load --sources 1000 --cycles 20

A server in a process of its own has a document for each source, of 50 kB to 4 MB, most of them small. All of them are
stored before anything is measured; then, in each cycle, 85 % of the sources answer 304, 10 % give the same bytes once
more, 4 % a changed document, and 1 % fail. The daemon is the real one, in a process of its own, with a fresh SQLite
file, its log and its process for comparisons; only its clock is ours, and goes on by six hours a cycle.

A host is asked for one document at a time, so the server listens on several addresses of the loopback network
(127.0.0.1 and on), over which the sources are spread. A cycle is `Daemon.step`: all that is due, checked and stored.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from monitor.daemon import Daemon
from monitor.jobs.authority import Authority
from monitor.jobs.checking import Means, visits
from monitor.reading import Opinion
from monitor.telemetry import Log

KINDS = ("not-modified", "unchanged", "new", "failed")
_SHARES = (85, 95, 99)
"""Percent of the sources below which each kind but the last ends."""
_SIZES = ((0.60, 50, 150), (0.90, 150, 500), (0.99, 500, 2000), (1.0, 4000, 4000))
"""Share of the sources up to here, and between how many kilobytes their documents are."""
_HOSTS = 16
_SECONDS = 600
"""A cycle that takes longer ends the benchmark."""
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = resource.getpagesize()


def kind(source: int, cycle: int) -> str:
    """What a source does in a cycle; in the first one all are new."""
    if cycle == 0:
        return "new"
    drawn = zlib.crc32(f"{source} {cycle}".encode()) % 100
    return KINDS[sum(drawn >= share for share in _SHARES)]


@cache
def version(source: int, cycle: int) -> int:
    """How often the document of a source has changed by a cycle."""
    if cycle == 0:
        return 0
    return version(source, cycle - 1) + (kind(source, cycle) == "new")


@cache
def kilobytes(source: int) -> float:
    """The size of the document of a source."""
    drawn = random.Random(f"size {source}")
    share = drawn.random()
    low, high = next((low, high) for most, low, high in _SIZES if share <= most)
    return drawn.uniform(low, high)


_SENTENCE = "What the caller is told of this in the reference, with the cases in which it does not hold. "


def document(source: int, number: int) -> bytes:
    """A version of a document. Each one has other words, another optional property and another value in a list."""
    resources = max(1, round(kilobytes(source) / 6.56))
    paths, schemas = {}, {}
    for index in range(resources):
        name = f"Thing{index}"
        touched = number if index == number % resources else 0
        reference = {"$ref": f"#/components/schemas/{name}"}
        answer = {"description": "It is there.", "content": {"application/json": {"schema": reference}}}
        refused = {"description": "It is refused.", "content": {"application/json": {"schema": {"type": "object"}}}}
        paths[f"/v1/things{index}"] = {
            "get": {
                "operationId": f"list{name}",
                "description": _SENTENCE * 8,
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}],
                "responses": {"200": answer, "400": refused},
            },
            "post": {
                "operationId": f"create{name}",
                "description": _SENTENCE * 8,
                "requestBody": {"content": {"application/json": {"schema": reference}}},
                "responses": {"201": answer, "422": refused},
            },
        }
        properties: dict[str, object] = {
            f"field{position}": {"type": "string", "description": _SENTENCE * 3, "maxLength": 80 + position}
            for position in range(12)
        }
        properties["state"] = {"type": "string", "enum": ["open", "shut", *([f"state{touched}"] if touched else [])]}
        if touched:
            properties[f"since{touched}"] = {"type": "string", "format": "date-time"}
        schemas[name] = {"type": "object", "required": ["field0", "state"], "properties": properties}
    return json.dumps(
        {
            "openapi": "3.0.3",
            "info": {"title": f"Source {source}", "version": f"1.{number}"},
            "paths": paths,
            "components": {"schemas": schemas},
        }
    ).encode()


class Server:
    """The documents of all sources, as the cycle that is going on says."""

    def __init__(self, cycle: Synchronized[int], sent: Synchronized[int]) -> None:
        self._cycle = cycle
        self._sent = sent

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request on one connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            data = self._response(head)
            self._sent.value += len(data)
            writer.write(data)
            await writer.drain()
        writer.close()

    def _response(self, head: str) -> bytes:
        cycle = self._cycle.value
        source = int(head.split(" ", 2)[1].strip("/"))
        doing, number = kind(source, cycle), version(source, cycle)
        if doing == "failed":
            return b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        tag = f'"{number}"'
        if doing == "not-modified" and f"if-none-match: {tag}" in head:
            return f"HTTP/1.1 304 Not Modified\r\netag: {tag}\r\nconnection: close\r\n\r\n".encode()
        body = document(source, number)
        return (
            f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\netag: {tag}\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        ).encode() + body


def _serve(cycle: Synchronized[int], sent: Synchronized[int], port: Connection) -> None:
    async def serve() -> None:
        server = Server(cycle, sent)
        first = await asyncio.start_server(server.answer, "127.0.0.1", 0, backlog=200)
        number = first.sockets[0].getsockname()[1]
        hosts = [f"127.0.0.{host}" for host in range(2, _HOSTS + 1)]
        others = await asyncio.start_server(server.answer, hosts, number, backlog=200)
        port.send(number)
        async with first, others:
            await asyncio.gather(first.serve_forever(), others.serve_forever())

    asyncio.run(serve())


@contextmanager
def serving(context: SpawnContext, cycle: Synchronized[int], sent: Synchronized[int]) -> Iterator[int]:
    """The server, from here on; its port."""
    mine, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(cycle, sent, theirs), daemon=True)
    process.start()
    try:
        yield mine.recv()
    finally:
        process.terminate()
        process.join()


@dataclass(frozen=True)
class Cycle:
    """What one cycle came to: outcomes of the checks, seconds of the wall and of CPU (with the processes that it
    started), bytes that were sent to it, and the memory (MiB) that all its processes held at most and at its end."""

    outcomes: Counter[str]
    wall: float
    cpu: float
    received: int
    peak: float
    after: float

    def __str__(self) -> str:
        checks = self.outcomes.total()
        said = ", ".join(f"{self.outcomes[name]} {name}" for name in KINDS if self.outcomes[name])
        return (
            f"{checks} checks ({said}): {self.wall:.1f} s, {self.cpu:.1f} s CPU, {self.cpu / checks * 1000:.1f} ms CPU"
            f" and {self.received / checks / 1000:.1f} kB a check, {self.peak:.0f} MiB at most,"
            f" {self.after:.0f} MiB after it"
        )


class Watched:
    """The memory and the CPU of this process and all below it, looked at several times a second."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._seen: dict[tuple[int, str], float] = {}
        threading.Thread(target=self._look_on, daemon=True).start()

    def _look_on(self) -> None:
        while True:
            self.look()
            time.sleep(0.2)

    def look(self) -> float:
        """The memory that they hold now, in MiB: what they share is counted for each of them."""
        held = 0.0
        for process, begun, cpu, pages in _family(os.getpid()):
            held += pages * _PAGE / 2**20
            self._seen[process, begun] = cpu
        self.peak = max(self.peak, held)
        return held

    def cpu(self) -> float:
        """Seconds of CPU of all of them, those that have ended included as they were seen last."""
        self.look()
        return sum(self._seen.values())


def _family(root: int) -> Iterator[tuple[int, str, float, int]]:
    """Of a process and all below it: its id, when it began, its seconds of CPU, its pages in memory."""
    rows = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError, IndexError):
                fields = (folder / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
                rows[int(folder.name)] = fields
    mine = {root}
    while more := {process for process, fields in rows.items() if int(fields[1]) in mine} - mine:
        mine |= more
    for process in sorted(mine & rows.keys()):
        fields = rows[process]
        # Between its fork and its exec a child seems to hold all that its parent does.
        if process != root and _command(process) == _command(int(fields[1])):
            continue
        yield process, fields[19], (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21])


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _seed(daemon: Daemon) -> None:
    """Store the first versions without the authority's opinion, which takes half a second of CPU for each of them."""
    settings = daemon.settings()
    means = Means(daemon.clock, daemon.folder, {}, Authority(), settings.fetch)
    for visit in visits(daemon.store, settings.sources, means, limit=0):
        snapshot = visit.take_in(daemon.store).snapshot
        assert snapshot is not None
        with daemon.store.transaction() as uow:
            uow.contents.opine(snapshot.content_id, Opinion(missing="it was not asked"))


def _run(folder: Path, orders: Connection, cycle: Synchronized[int], sent: Synchronized[int]) -> None:
    """The process of the daemon: a cycle for each number that comes, until None does."""
    moment = datetime(2026, 8, 1, tzinfo=UTC)
    output = io.StringIO()

    def clock() -> datetime:
        return moment

    daemon = Daemon(folder / "specwatch.toml", clock=clock, environ={}, log=Log(clock, output), log_format="json")
    daemon.open()
    watched = Watched()
    _seed(daemon)
    orders.send(None)
    while (number := orders.recv()) is not None:
        cycle.value, sent.value = number, 0
        moment += timedelta(hours=6)
        output.seek(0)
        output.truncate()
        watched.peak = 0.0
        begun, cpu = time.perf_counter(), watched.cpu()
        daemon.step()
        wall, cpu = time.perf_counter() - begun, watched.cpu() - cpu
        lines = [json.loads(line) for line in output.getvalue().splitlines()]
        outcomes = Counter(line["outcome"] for line in lines if line["event"] == "check")
        for line in lines:
            if line["event"] not in ("check", "configuration", "database"):
                print(line, file=sys.stderr)
        orders.send(Cycle(outcomes, wall, cpu, sent.value, watched.peak, watched.look()))
    daemon.close()


def configuration(sources: int, port: int) -> str:
    """A specwatch.toml with so many sources."""
    lines = ["[fetch]", 'proxy = "none"']
    for source in range(sources):
        url = f"http://127.0.0.{source % _HOSTS + 1}:{port}/{source}"
        lines += ["[[sources]]", f'name = "source-{source}"', f'url = "{url}"', 'allow_networks = ["127.0.0.0/8"]']
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Print the figures of each cycle. Returns the exit code: 1 where a check is missing or came to something else."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sources", type=int, default=1000, help="how many [1000]")
    parser.add_argument("--cycles", type=int, default=20, help="how many [20]")
    given = parser.parse_args(arguments)
    context = multiprocessing.get_context("spawn")
    cycle, sent = context.Value("q", 0), context.Value("q", 0)
    wrong = 0
    with tempfile.TemporaryDirectory() as home, serving(context, cycle, sent) as port:
        (Path(home) / "specwatch.toml").write_text(configuration(given.sources, port), "utf-8")
        mine, theirs = context.Pipe()
        process = context.Process(target=_run, args=(Path(home), theirs, cycle, sent))
        process.start()
        theirs.close()
        mine.recv()  # the first versions are there
        for number in range(1, given.cycles + 1):
            mine.send(number)
            if not mine.poll(_SECONDS):
                print(f"cycle {number} was stopped after {_SECONDS} s")
                process.terminate()
                return 1
            came: Cycle = mine.recv()
            wanted = Counter(kind(source, number) for source in range(given.sources))
            verdict = "" if came.outcomes == wanted else f"  WRONG, for {dict(wanted)}"
            wrong += bool(verdict)
            print(f"cycle {number}: {came}{verdict}", flush=True)
        mine.send(None)
        process.join()
        size = sum(file.stat().st_size for file in Path(home).glob("specwatch.db*"))
        print(f"database: {size / 1e6:.1f} MB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
