"""Limits that keep the tests quick, and the document that servers send."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from monitor.fetch import FetchLimits

DOCUMENT = b'{"openapi": "3.0.3", "info": {"title": "Harbour", "version": "1"}, "paths": {}}'


@pytest.fixture
def document() -> bytes:
    return DOCUMENT


@pytest.fixture
def quick() -> FetchLimits:
    """Two retries, with next to no waiting between them."""
    return FetchLimits(connect=2.0, read=2.0, total=10.0, wait=0.01, retry_after=0.5)


@pytest.fixture
def once() -> FetchLimits:
    """One attempt."""
    return FetchLimits(connect=2.0, read=2.0, total=10.0, retries=0)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers of the tests are on this machine, whatever its environment says."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "")


class Raw:
    """A server that says to each connection what it was told to, whatever it is asked: bytes, or seconds to wait."""

    def __init__(self, script: list[bytes | float]) -> None:
        self.script = script
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/openapi.json"
        self.ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._play, args=(connection,), daemon=True).start()

    def _play(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            for part in self.script:
                if isinstance(part, bytes):
                    connection.sendall(part)
                elif self.ended.wait(part):
                    return

    def close(self) -> None:
        self.ended.set()
        # Closing alone does not wake a thread that waits in accept.
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@pytest.fixture
def raw() -> Iterator[Callable[..., Raw]]:
    with ExitStack() as stack:

        def start(*script: bytes | float) -> Raw:
            server = Raw(list(script))
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
