"""Metrics and health over HTTP: `/metrics`, `/healthz`, `/readyz`. It only tells; nothing can be asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from typing import Final

import orjson

from monitor.errors import ConfigurationError

_SECONDS: Final = 10
"""How long somebody who connects may take to say what is wanted."""
_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_NEVER_KEPT: Final = "no-store"


@dataclass(frozen=True, slots=True)
class Health:
    """Whether all is well, and what there is to say of it."""

    well: bool
    facts: Mapping[str, object]


class Serving:
    """A server in threads of its own, from `Serving(…)` until `close`.

    `alive` says whether the process still works (a supervisor restarts it when it does not), `ready` whether it can do
    what it is for. Raises ConfigurationError for an address that cannot be listened at.
    """

    def __init__(
        self,
        address: tuple[str, int],
        *,
        metrics: Callable[[], bytes],
        alive: Callable[[], Health],
        ready: Callable[[], Health],
    ) -> None:
        pages: dict[str, Callable[[], tuple[int, str, bytes]]] = {
            "/metrics": lambda: (200, _TEXT, metrics()),
            "/healthz": lambda: _health(alive()),
            "/readyz": lambda: _health(ready()),
        }
        try:
            self._server = _server(address, pages)
        except OSError as error:
            raise ConfigurationError(
                f"nothing can listen at {_written(*address)}: {error.strerror or error}",
                where="listen of [daemon]",
                advice="Choose another port, or see who uses this one.",
            ) from error
        threading.Thread(target=self._server.serve_forever, name="specwatch-listen", daemon=True).start()

    @property
    def address(self) -> str:
        """Host and port as one writes them; the port is the real one."""
        host, port = self._server.server_address[:2]
        return _written(str(host), int(port))

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


def _written(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _health(health: Health) -> tuple[int, str, bytes]:
    status = "ok" if health.well else "failing"
    return 200 if health.well else 503, "application/json", orjson.dumps({"status": status, **health.facts}) + b"\n"


def _server(address: tuple[str, int], pages: Mapping[str, Callable[[], tuple[int, str, bytes]]]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS
        server_version = "specwatch"
        sys_version = ""

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def _answer(self, *, body: bool) -> None:
            page = pages.get(self.path.partition("?")[0])
            status, kind, data = (404, "text/plain", b"/metrics /healthz /readyz\n") if page is None else page()
            self.send_response(status)
            for name, value in (
                ("Content-Type", kind),
                ("Content-Length", str(len(data))),
                ("Cache-Control", _NEVER_KEPT),
                ("X-Content-Type-Options", "nosniff"),
            ):
                self.send_header(name, value)
            self.end_headers()
            if body:
                self.wfile.write(data)

        def log_message(self, *_arguments: object) -> None:
            """In silence: who scrapes is no event."""

    class Server(ThreadingHTTPServer):
        address_family = AF_INET6 if ":" in address[0] else AF_INET
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_arguments: object) -> None:
            """In silence: who went away before the answer is no event."""

    return Server(address, Handler)
