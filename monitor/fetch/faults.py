"""What can go wrong on the way, said so that a person understands it; and whether another attempt may help."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpcore
import httpx

from monitor.errors import FetchCategory, FetchError

EXPECTED: tuple[type[Exception], ...] = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
    httpx.InvalidURL,
    httpx.HTTPError,
    httpx.CookieConflict,
    ssl.SSLError,
    OSError,
    UnicodeError,
)
"""All that the libraries raise for what is not our fault."""


class Failure(Exception):
    """One attempt that failed.

    `error` is what to tell, `again` whether to try once more, `after` how many seconds to wait if the server said so.
    """

    def __init__(self, error: FetchError, *, again: bool, after: float | None = None) -> None:
        super().__init__(error.what)
        self.error = error
        self.again = again
        self.after = after


def failure(error: Exception, where: str, *, late: float | None) -> Failure:
    """The failure behind an exception of `EXPECTED`; `late` is the limit in seconds when the deadline has passed."""
    if late is not None:
        return Failure(_told(f"it was not there within {late:g} seconds", "time-out", where), again=False)
    if isinstance(error, httpcore.ProxyError):
        told = _told("the proxy that the environment names is not there, or refuses", "connect", where)
        told.advice = "Look at HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY."
        return Failure(told, again=False)
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            what = f"its certificate is not trusted: {cause.verify_message}"
            return Failure(_told(what, "tls", where), again=False)
        if isinstance(cause, ssl.SSLEOFError) and not isinstance(error, httpcore.ConnectError):
            break  # not the handshake: the connection was cut later
        if isinstance(cause, ssl.SSLError):
            what = f"no secure connection: {_words(cause.reason or 'the TLS handshake failed')}"
            return Failure(_told(what, "tls", where), again=False)
        if isinstance(cause, UnicodeError):
            return Failure(_told("its host name is not valid", "dns", where), again=False)
        if isinstance(cause, socket.gaierror):
            what = f"its host name is not known: {cause.strerror}"
            return Failure(_told(what, "dns", where), again=cause.errno == socket.EAI_AGAIN)
    return _plain(error, causes[-1], where)


def _plain(error: Exception, root: BaseException, where: str) -> Failure:
    if isinstance(error, httpcore.ConnectTimeout):
        return Failure(_told("no connection in time", "time-out", where), again=True)
    if isinstance(error, httpcore.TimeoutException):
        return Failure(_told("the server fell silent", "time-out", where), again=True)
    if isinstance(error, httpcore.ConnectError):
        reason = root.strerror if isinstance(root, OSError) and root.strerror else "it failed"
        return Failure(_told(f"no connection: {_words(reason)}", "connect", where), again=True)
    # With HTTP/2 a fault of the server's is called a LocalProtocolError too; what we send has been looked at before.
    if isinstance(error, httpcore.NetworkError | httpcore.ProtocolError):
        what = "the connection broke off before the answer was complete"
        return Failure(_told(what, "connect", where), again=True)
    if isinstance(error, httpx.HTTPError | httpx.InvalidURL):  # what the wire raises is httpcore's
        return Failure(_told("it redirects to an address that is not valid", "http status", where), again=False)
    # The text of these exceptions can hold the address with a password, or a header.
    return Failure(_told("it cannot be asked for", "invalid", where), again=False)


def _told(what: str, category: FetchCategory, where: str) -> FetchError:
    return FetchError(what, category=category, where=where)


def _words(reason: str) -> str:
    """`CERTIFICATE_VERIFY_FAILED` and `Connection refused` in the same way."""
    return reason.replace("_", " ").lower()


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
