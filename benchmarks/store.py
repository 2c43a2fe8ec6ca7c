"""What the store, an import and a check cost: bytes, CPU and time on a real history.

    python -m benchmarks.store

The history is incident.io's 88 public versions (see SPECWATCH_CORPUS in `benchmarks.run`). Packing: the bytes that the
versions take in the database, and the slowest read of one with nothing in memory, the best of three. Import: the whole
command. Checks: in this process, after three to warm up, against a server in a process of its own, with that history in
the store; the answer is a 304, or the newest version once more.
"""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from multiprocessing.queues import Queue
from pathlib import Path

from benchmarks.run import UNPACKED, measure
from monitor.jobs import check_source
from monitor.settings import SourceSettings
from monitor.store import check_integrity, open_store

NAME = "incident-io"
_CHECKS = 50


def packing(file: Path) -> Iterator[str]:
    """The lines on the bytes of the versions."""
    with closing(sqlite3.connect(file)) as connection:
        versions, raw, packed = connection.execute(
            "SELECT count(*), sum(size), sum(length(packed)) FROM contents"
        ).fetchone()
    yield f"packed: {versions} versions, {raw / 1e6:.1f} MB raw, {packed / 1e6:.2f} MB in the database"
    slowest = 0.0
    with closing(open_store(f"sqlite:///{file}")) as store, store.reading() as uow:
        ids = [row.id for row in uow.snapshots.all(uow.sources.get(NAME).id)]
    for snapshot_id in ids:
        slowest = max(slowest, min(_read(file, snapshot_id) for _ in range(3)))
    yield f"reading any version: at most {slowest * 1000:.0f} ms CPU"
    begun = time.perf_counter()
    with closing(open_store(f"sqlite:///{file}")) as store:
        found = check_integrity(store)
    yield f"reading and checking everything: {time.perf_counter() - begun:.2f} s, {len(found.faults)} faults"


def _read(file: Path, snapshot_id: int) -> float:
    """The seconds of CPU that reading one version takes a store that has nothing unpacked yet; it waits for nothing."""
    with closing(open_store(f"sqlite:///{file}")) as store, store.reading() as uow:
        uow.snapshots.count(0)  # the connection is made
        begun = time.process_time()
        uow.snapshots.data(snapshot_id)
        return time.process_time() - begun


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    body = b""

    def log_message(self, *_arguments: object) -> None:
        """In silence."""

    def do_GET(self) -> None:
        """The document, or 304 where the path says so."""
        if self.path == "/304" and self.headers.get("if-none-match"):
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("etag", '"one"')
        self.send_header("content-length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)


def _serve(body: bytes, port: Queue[int]) -> None:
    _Handler.body = body
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    port.put(server.server_port)
    server.serve_forever()


@contextmanager
def server(body: bytes) -> Iterator[str]:
    """A server in a process of its own; its address."""
    port: Queue[int] = multiprocessing.Queue()
    process = multiprocessing.Process(target=_serve, args=(body, port), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{port.get(timeout=30)}"
    finally:
        process.terminate()
        process.join()


def check(file: Path, url: str) -> str:
    """The line on one kind of check."""
    minutes = count(1)
    begin = datetime(2026, 8, 1, tzinfo=UTC)
    source = SourceSettings(NAME, url, promise="incident-io", allow_private=True)

    def once() -> str:
        moment = begin + timedelta(minutes=next(minutes))
        return check_source(store, source, clock=lambda: moment, folder=file.parent, environ={}, limit=0).outcome

    with closing(open_store(f"sqlite:///{file}")) as store:
        for _ in range(3):
            once()
        begun, wall = time.process_time(), time.perf_counter()
        outcomes = {once() for _ in range(_CHECKS)}
        cpu, wall = time.process_time() - begun, time.perf_counter() - wall
    return f"{' '.join(outcomes)}: {cpu / _CHECKS * 1000:.1f} ms CPU, {wall / _CHECKS * 1000:.1f} ms wall"


def main() -> int:
    """Print the figures. Returns the exit code."""
    folder = UNPACKED / NAME
    if not folder.is_dir():
        print(f"no history of {NAME}: {folder} is absent (unpack.py of the corpus makes it; see SPECWATCH_CORPUS)")
        return 0
    newest = max(folder.iterdir()).read_bytes()
    with tempfile.TemporaryDirectory() as home, server(newest) as address:
        config, file = Path(home) / "specwatch.toml", Path(home) / "specwatch.db"
        config.write_text(f'[[sources]]\nname = "{NAME}"\nurl = "{address}/200"\npromise = "incident-io"\n', "utf-8")
        run = measure("-m", "monitor", "--config", str(config), "import", NAME, str(folder))
        print(f"import: {run.seconds:.1f} s, {run.cpu:.1f} s CPU, {run.mebibytes:.0f} MiB", flush=True)
        for line in packing(file):
            print(line, flush=True)
        for path in ("/304", "/200"):
            copy = Path(home) / f"copy{path[1:]}.db"
            shutil.copy(file, copy)
            print(check(copy, address + path), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
