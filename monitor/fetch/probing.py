"""The steps before a request, each by itself: the name looked up, its addresses checked, the TLS handshake."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpcore

from monitor.errors import FetchError
from monitor.fetch.address import shown
from monitor.fetch.faults import EXPECTED, failure
from monitor.fetch.guard import AddressPolicy, host_of
from monitor.fetch.types import ClientOptions, FetchLimits
from monitor.fetch.wire import lookup, proxy_for, tls_context

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Tls:
    """A secured connection: the protocol (`TLSv1.3`), and until when (UTC) the server's certificate is valid."""

    protocol: str
    until: datetime | None


def addresses_of(url: str, policy: AddressPolicy, *, seconds: float) -> tuple[str, ...]:
    """The addresses of the host of a URL that may be connected to. Raises FetchError (`dns`, `blocked`, `time-out`)."""
    host, port = _host(url)
    try:
        policy.demand(urlsplit(url).scheme, host, urlsplit(url).port)
        return policy.reachable(host, lookup(host, port, seconds))
    except FetchError as error:
        error.where = error.where or shown(url)
        raise
    except EXPECTED as error:
        raise failure(error, shown(url), late=None).error from error


def proxy_of(url: str, options: ClientOptions) -> str | None:
    """The proxy that a request would go through, without its login; None where there is none. Raises FetchError."""
    proxy = proxy_for(urlsplit(url).scheme, _host(url)[0], options)
    return None if proxy is None else shown(str(proxy.copy_with(userinfo=b"")))


def handshake(url: str, address: str, options: ClientOptions, *, limits: FetchLimits) -> Tls:
    """Secure a connection to an address that was checked, as a request would, and close it.

    Raises FetchError (`tls`, `connect`, `time-out`).
    """
    host, port = _host(url)
    context = tls_context(options)
    try:
        with (
            socket.create_connection((address, port), timeout=limits.connect) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert() or {}
            until = certificate.get("notAfter")
            seconds = ssl.cert_time_to_seconds(until) if isinstance(until, str) else None
            moment = None if seconds is None else datetime.fromtimestamp(seconds, UTC)
            return Tls(secured.version() or "TLS", moment)
    except TimeoutError as error:
        raise failure(httpcore.ConnectTimeout(str(error)), shown(url), late=None).error from error
    except ssl.SSLError as error:
        raise failure(error, shown(url), late=None).error from error
    except OSError as error:
        told = httpcore.ConnectError(str(error))
        told.__cause__ = error
        raise failure(told, shown(url), late=None).error from error


def _host(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return host_of(url) or "", parts.port or _PORTS.get(parts.scheme.lower(), 443)
