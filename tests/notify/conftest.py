"""Mail servers on this machine, as a test wants them."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from monitor.notify import Server
from tests.mailserver import Moods

CERTIFICATE = Path(__file__).parent / "localhost.pem"
USER, PASSWORD = "specwatch", "open sesame"


class Inbox(Moods):
    """Keeps what arrives; refuses whom `refuse` names, with the answer there; the server goes down at `leaves_at`."""

    def __init__(self) -> None:
        super().__init__()
        self.mail: list[Envelope] = []
        self.sessions: list[Session] = []
        self.secured: list[bool] = []
        self.at_data = "250 OK"
        self.leaves_at: str | None = None
        self.controller: Any = None

    @property
    def recipients(self) -> list[str]:
        return [envelope.rcpt_tos[0] for envelope in self.mail]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        if address == self.leaves_at:
            self.controller.server.close()
            return "421 going down"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.at_data.startswith("250"):
            self.mail.append(envelope)
            self.secured.append(server.transport.get_extra_info("sslcontext") is not None)
            if session not in self.sessions:
                self.sessions.append(session)
        await self.answering(server)
        return self.at_data


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
    success = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=success, handled=success)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def trusting() -> ssl.SSLContext:
    """Trusts the certificate of the test servers and nothing else."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@pytest.fixture
def serve(inbox: Inbox) -> Iterator[Callable[..., Server]]:
    """Starts a server of a kind (`plain`, `starttls`, `tls`) and gives how to reach it; `login` makes it ask for one."""
    with ExitStack() as stack:

        def start(kind: str = "plain", *, login: bool = False) -> Server:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            options: dict[str, Any] = {"ssl_context": context} if kind == "tls" else {}
            if kind == "starttls":
                options |= {"tls_context": context, "require_starttls": True}
            if login:
                options |= {
                    "authenticator": authenticate,
                    "auth_required": True,
                    "auth_require_tls": kind == "starttls",
                }
            controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **options)
            inbox.controller = controller
            controller.start()
            stack.callback(controller.stop)
            stack.callback(setattr, inbox, "silent_at_data", False)
            security = {"plain": "none"}.get(kind, kind)
            return Server("127.0.0.1", controller.port, security, timeout=5.0)  # type: ignore[arg-type]

        yield start


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def login() -> dict[str, str]:
    """The user name and the password that the servers take."""
    return {"username": USER, "password": PASSWORD}


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    return free_port()
