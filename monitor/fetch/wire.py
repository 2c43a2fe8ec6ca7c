"""Connections with one deadline for everything, to no address that was not checked, and through proxies.

httpx and httpcore limit each single step on the wire; a server that sends a byte now and then stays within them.
Here each step is given no more than what is left of the whole, in the head of an answer as in its body.

A name is looked up once, here, and the connection is made to the address that was found and checked. TLS and the Host
header go by the name as ever.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from monitor.errors import FetchError
from monitor.fetch.guard import AddressPolicy
from monitor.fetch.types import ClientOptions

_IDLE = 4.0  # servers close what is idle for 5 seconds (Node.js) or longer
_LOOK = 3.0
"""Seconds in which a host behind a proxy is looked up; who finds nothing leaves it to the proxy."""


class Deadline:
    """A point in time that everything must be done by, `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self.renew(seconds)

    def renew(self, seconds: float) -> None:
        """Set it anew, for the next thing that is done over the same connections."""
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, 0 when it has passed."""
        return max(0.0, self._end - time.monotonic())

    def step(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
        """The time that one step may take; raises `late` when none is left."""
        left = self.left
        if left <= 0:
            raise late("the deadline has passed")
        return left if timeout is None else min(left, timeout)


class Wire(httpx.BaseTransport):
    """A transport over httpcore, whose network backend can be replaced in public (httpx's own hides it).

    A connection is used again for its own scheme, host and port alone, as long as it was not idle for `_IDLE` seconds.
    """

    def __init__(self, deadline: Deadline, policy: AddressPolicy, options: ClientOptions) -> None:
        self._deadline = deadline
        self._policy = policy
        self._options = options
        self._pools: dict[str, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises the exceptions of httpcore as they are, ProxyError also when no proxy is there, and FetchError for what
        the policy does not allow (`blocked`).
        """
        url = request.url
        self._policy.demand(url.scheme, url.host, url.port)
        wanted = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        pool = self._pool(url)
        try:
            answer = pool.handle_request(wanted)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            # TLS is with the server behind the proxy; the connection is with the proxy.
            if isinstance(pool, httpcore.HTTPProxy) and not isinstance(error.__cause__, ssl.SSLError):
                raise httpcore.ProxyError("no connection to the proxy") from error
            raise
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=dict(answer.extensions)
        )

    def close(self) -> None:
        """Close all connections; a further request makes new ones."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        host = url.raw_host.decode("ascii")
        proxy = proxy_for(url.scheme, host, self._options)
        if proxy is not None:
            limit = min(_LOOK, self._deadline.left)
            demand_behind_proxy(host, url.port or 443, self._policy, seconds=limit)
        # One for each proxy, and one without TLS, which no certificates are read for.
        key = f"{url.scheme} {proxy}"
        if key not in self._pools:
            context = tls_context(self._options) if url.scheme == "https" else None
            self._pools[key] = self._new(proxy, context)
        return self._pools[key]

    def _new(self, proxy: httpx.URL | None, context: ssl.SSLContext | None) -> httpcore.ConnectionPool:
        if proxy is None:
            backend = _Backend(self._deadline, self._policy)
            return httpcore.ConnectionPool(
                ssl_context=context, http2=True, keepalive_expiry=_IDLE, network_backend=backend
            )
        return httpcore.HTTPProxy(
            proxy_url=str(proxy.copy_with(userinfo=b"")),
            proxy_auth=(proxy.username, proxy.password) if proxy.username else None,
            ssl_context=context,
            http2=True,
            keepalive_expiry=_IDLE,
            # Where the proxy is, is the operator's to say: nobody from outside can choose it.
            network_backend=_Backend(self._deadline, AddressPolicy(allow_private=True)),
        )


def proxy_for(scheme: str, host: str, options: ClientOptions) -> httpx.URL | None:
    """The proxy of the settings, else of HTTP_PROXY, HTTPS_PROXY, ALL_PROXY or the system; NO_PROXY is heeded.

    None where there is none, or the settings say so. Raises FetchError (`connect`) for one that cannot be used.
    """
    if options.proxy == "":
        return None
    found = options.proxy
    if found is None:
        proxies = getproxies()
        found = proxies.get(scheme) or proxies.get("all")
    if not found or proxy_bypass(host):
        return None
    try:
        proxy = httpx.URL(found if "://" in found else f"http://{found}")
    except httpx.InvalidURL:
        proxy = httpx.URL()
    if proxy.scheme not in ("http", "https") or not proxy.host:
        named = "environment" if options.proxy is None else "configuration"
        look = f"{scheme.upper()}_PROXY and ALL_PROXY" if options.proxy is None else "`proxy` in [fetch]"
        raise FetchError(
            f"the {named} names a proxy that cannot be used",
            category="connect",
            advice=f"Only http:// and https:// proxies are supported; look at {look}.",
        )
    return proxy


def demand_behind_proxy(host: str, port: int, policy: AddressPolicy, *, seconds: float = _LOOK) -> None:
    """What can be known of a host that the proxy will look up: where it is an address, or looked up from here.

    Raises FetchError (`blocked`).
    """
    try:
        addresses = lookup(host, port, seconds)
    except (OSError, UnicodeError, httpcore.ConnectError, httpcore.ConnectTimeout):
        return
    policy.reachable(host, addresses)


def lookup(host: str, port: int, seconds: float) -> tuple[str, ...]:
    """The IP addresses of a host, in the order in which the system would try them; in a thread, because the resolver
    knows no time limit.

    Raises httpcore.ConnectTimeout, socket.gaierror and UnicodeError.
    """
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise httpcore.ConnectTimeout("its host name was not resolved in time")
    if isinstance(found[0], Exception):
        raise found[0]
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found[0]))


def tls_context(options: ClientOptions) -> ssl.SSLContext:
    """The system's and the environment's authorities, and those of the settings. Raises FetchError (`tls`).

    To read them takes longer than many a request, so that it is done once until a file of them changes.
    """
    named = tuple(os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    return _tls_context(named, _stamp(named[0]), options.ca_file, _stamp(options.ca_file))


def _stamp(file: str | Path | None) -> tuple[int, ...] | None:
    """What changes with the content of a file; None where there is none."""
    try:
        found = None if file is None else Path(file).stat()
    except OSError:
        return None
    return None if found is None else (found.st_mtime_ns, found.st_size, found.st_ino)


@lru_cache(maxsize=8)
def _tls_context(_named: object, _changed: object, ca_file: Path | None, _ca_changed: object) -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise FetchError(
                "the certificates of the configuration cannot be read",
                category="tls",
                where=str(ca_file),
                advice="`ca_file` in [fetch] names a file in PEM format.",
            ) from error
    return context


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline, policy: AddressPolicy) -> None:
        self._deadline = deadline
        self._policy = policy
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        limit = self._deadline.step(timeout, httpcore.ConnectTimeout)
        end = time.monotonic() + limit
        try:
            found = lookup(host, port, limit)
        except socket.gaierror as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = self._policy.reachable(host, found)
        # The first address that answers is taken; one that is silent leaves time for the others.
        for number, address in enumerate(addresses, start=1):
            share = max(0.1, (end - time.monotonic()) / (len(addresses) + 1 - number))
            try:
                stream = self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
            else:
                return _Stream(stream, self._deadline)
        raise httpcore.ConnectError("its host name has no address")


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.step(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.step(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        limit = self._deadline.step(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, limit), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
