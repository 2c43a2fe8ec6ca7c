"""Limits that keep the tests quick, and the document that servers send."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from werkzeug import Response

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

    def __init__(self, script: list[bytes | float], context: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.context = context
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.listener.getsockname()[1]}/openapi.json"
        self.ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._play, args=(connection,), daemon=True).start()

    def _play(self, connection: socket.socket) -> None:
        with suppress(OSError), self._secured(connection) as stream:
            stream.recv(65536)
            for part in self.script:
                if isinstance(part, bytes):
                    stream.sendall(part)
                elif self.ended.wait(part):
                    return

    def _secured(self, connection: socket.socket) -> socket.socket:
        return connection if self.context is None else self.context.wrap_socket(connection, server_side=True)

    def close(self) -> None:
        self.ended.set()
        # Closing alone does not wake a thread that waits in accept.
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@pytest.fixture
def raw() -> Iterator[Callable[..., Raw]]:
    with ExitStack() as stack:

        def start(*script: bytes | float, context: ssl.SSLContext | None = None) -> Raw:
            server = Raw(list(script), context)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def there(httpserver):
    """The test's server by its address; `localhost` is another host."""
    return f"http://127.0.0.1:{httpserver.port}"


@pytest.fixture
def leads(httpserver):
    """Makes one path redirect to an address."""

    def lead(path: str, location: str | None, status: int = 302) -> None:
        headers = {} if location is None else {"Location": location}
        # Werkzeug would make every location absolute.
        response = Response(status=status, headers=headers)
        response.autocorrect_location_header = False
        httpserver.expect_request(path).respond_with_response(response)

    return lead
