"""SMTP (RFC 5321) with STARTTLS (RFC 3207), TLS from the first byte (RFC 8314), or neither, and a login (RFC 4954)."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn, Self

from monitor.errors import DeliveryError
from monitor.notify.address import mailbox

Security = Literal["starttls", "tls", "none"]

_SILENT = "the server did not answer in time"
_MAYBE = "it may have arrived, and goes out again with the same Message-ID"


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server; `timeout` in seconds is for one step of the conversation. No login when `username` is None."""

    host: str
    port: int
    security: Security
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 30.0


class _Watching(smtplib.SMTP):
    """Knows whether it is in the middle of handing a message over."""

    handing_over = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        """DATA, the message and the answer to it; an answer of any kind ends the doubt."""
        self.handing_over = True
        try:
            answer = super().data(msg)
        except smtplib.SMTPResponseException:
            self.handing_over = False
            raise
        self.handing_over = False
        return answer


class _WatchingTls(_Watching, smtplib.SMTP_SSL):
    """The same over TLS."""


class Smtp:
    """Sends messages through one server.

    As a context manager it keeps one connection for several messages; without, each message has its own. `context` says
    which certificates are trusted (default: those that the system trusts).
    """

    def __init__(self, server: Server, *, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._context = context
        self._connection: _Watching | None = None
        self._keep = False

    def __enter__(self) -> Self:
        self._keep = True
        return self

    def __exit__(self, *_: object) -> None:
        self._keep = False
        self.close()

    def open(self) -> None:
        """Connect and log in, unless that is done and the server still answers. Raises DeliveryError.

        With `starttls` nothing but a secured connection will do: a server that does not offer it is an error.
        """
        if self._connection is not None and self._answers(self._connection):
            return
        self._drop()
        self._connection = self._start()
        try:
            self._prepare(self._connection)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            self._fail(error)
        except DeliveryError:
            self._drop()
            raise

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        """Hand one message over to one recipient.

        Raises DeliveryError: `permanent` when the server says 5xx, `uncertain` when no answer came to the message.
        """
        envelope = [mailbox("sender", sender).addr_spec, mailbox("recipient", recipient).addr_spec]
        if self._connection is None:
            self.open()
        assert self._connection is not None
        try:
            self._connection.sendmail(envelope[0], envelope[1:], message)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            # The conversation goes on with the next message: sendmail has reset it.
            self._fail(error, recipient=envelope[1])
        except (smtplib.SMTPException, OSError, ValueError) as error:
            uncertain = self._connection.handing_over
            self._drop()
            self._fail(error, recipient=envelope[1], uncertain=uncertain)
        finally:
            if not self._keep:
                self.close()

    def close(self) -> None:
        """Say goodbye, if connected."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _start(self) -> _Watching:
        server = self._server
        try:
            if server.security == "tls":
                return _WatchingTls(server.host, server.port, timeout=server.timeout, context=self._trusted())
            return _Watching(server.host, server.port, timeout=server.timeout)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._fail(error)

    def _prepare(self, connection: smtplib.SMTP) -> None:
        server = self._server
        connection.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            if not connection.has_extn("starttls"):
                raise DeliveryError(
                    "the server does not offer STARTTLS; nothing was sent",
                    permanent=True,
                    where=self._where,
                    advice='Set security = "tls" under [smtp], or "none" if the way to the server is safe.',
                )
            connection.starttls(context=self._trusted())
            connection.ehlo_or_helo_if_needed()
        if server.username is not None:
            password = server.password or ""
            if not (server.username + password).isascii():
                raise DeliveryError(
                    "the user name or the password holds a sign that is not ASCII, and a login cannot carry it",
                    permanent=True,
                    where=self._where,
                )
            connection.login(server.username, password)

    def _trusted(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()

    def _answers(self, connection: smtplib.SMTP) -> bool:
        """Many servers close a connection after some messages or minutes."""
        try:
            return connection.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @property
    def _where(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _fail(self, error: Exception, *, recipient: str | None = None, uncertain: bool = False) -> NoReturn:
        what, permanent, advice = _told(error, recipient)
        if uncertain:
            what = f"{what}, when the message to {recipient} was under way: {_MAYBE}"
        # A failed login holds what was sent to log in, so that no exception goes along.
        raise DeliveryError(what, permanent=permanent, where=self._where, advice=advice, uncertain=uncertain) from None


def _told(error: Exception, recipient: str | None) -> tuple[str, bool, str | None]:
    """What happened, whether it is permanent, and what to do."""
    match error:
        case smtplib.SMTPAuthenticationError():
            advice = "Look at username under [smtp] and at the variable that holds the password."
            return f"the login is refused: {_reply(error)}", _is_final(error.smtp_code), advice
        case smtplib.SMTPRecipientsRefused():
            code, reply = next(iter(error.recipients.values()))
            refused = smtplib.SMTPResponseException(code, reply)
            return f"the recipient {recipient} is refused: {_reply(refused)}", _is_final(code), None
        case smtplib.SMTPSenderRefused():
            return f"the sender {error.sender} is refused: {_reply(error)}", _is_final(error.smtp_code), None
        case smtplib.SMTPDataError():
            return f"the message is refused: {_reply(error)}", _is_final(error.smtp_code), None
        case smtplib.SMTPResponseException():
            return f"the server refuses: {_reply(error)}", _is_final(error.smtp_code), None
        case smtplib.SMTPNotSupportedError():
            return "the server offers no way to log in that is known here", True, "Leave out username under [smtp]."
        case _:
            return *_of_the_connection(error), None


def _of_the_connection(error: Exception) -> tuple[str, bool]:
    match error:
        case ssl.SSLCertVerificationError():
            return f"the server's certificate is not trusted: {error.verify_message}", True
        case ssl.SSLError():
            return f"no secure connection: {(error.reason or 'it failed').replace('_', ' ').lower()}", False
        case TimeoutError():
            return _SILENT, False
        case smtplib.SMTPServerDisconnected() if isinstance(error.__context__, TimeoutError):
            return _SILENT, False
        case smtplib.SMTPServerDisconnected():
            return "the server closed the connection", False
        case OSError() if error.strerror:
            return f"no connection: {error.strerror.lower()}", False
        case _:
            return "the conversation with the server failed", False


def _is_final(code: int) -> bool:
    return 500 <= code < 600


def _reply(error: smtplib.SMTPResponseException) -> str:
    """The code and the words of the server on one line."""
    words = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
    text = " ".join(words.decode("utf-8", "replace").split())
    clean = "".join(character if character.isprintable() else "?" for character in text)
    return f"{error.smtp_code} {clean}".strip()[:300]
