"""Connections with one deadline for everything, and the proxies that the environment names.

httpx and httpcore limit each single step on the wire; a server that sends a byte now and then stays within them.
Here each step is given no more than what is left of the whole, in the head of an answer as in its body.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from monitor.errors import FetchError


class Deadline:
    """A point in time that everything must be done by, `seconds` from now."""

    def __init__(self, seconds: float) -> None:
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
    """A transport over httpcore, whose network backend can be replaced in public (httpx's own hides it)."""

    def __init__(self, deadline: Deadline) -> None:
        self._backend = _Backend(deadline)
        self._pools: dict[str, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises the exceptions of httpcore as they are, ProxyError also when no proxy is there."""
        url = request.url
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
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        proxy = _proxy(url.scheme, url.host)
        # One for each proxy, and one without TLS, because loading the certificates takes a while.
        key = f"{url.scheme} {proxy}"
        if key not in self._pools:
            context = httpx.create_ssl_context() if url.scheme == "https" else None
            self._pools[key] = self._new(proxy, context)
        return self._pools[key]

    def _new(self, proxy: httpx.URL | None, context: ssl.SSLContext | None) -> httpcore.ConnectionPool:
        if proxy is None:
            return httpcore.ConnectionPool(ssl_context=context, http2=True, network_backend=self._backend)
        return httpcore.HTTPProxy(
            proxy_url=str(proxy.copy_with(userinfo=b"")),
            proxy_auth=(proxy.username, proxy.password) if proxy.username else None,
            ssl_context=context,
            http2=True,
            network_backend=self._backend,
        )


def _proxy(scheme: str, host: str) -> httpx.URL | None:
    """The proxy of HTTP_PROXY, HTTPS_PROXY, ALL_PROXY or the system; NO_PROXY is heeded."""
    proxies = getproxies()
    found = proxies.get(scheme) or proxies.get("all")
    if not found or proxy_bypass(host):
        return None
    try:
        proxy = httpx.URL(found if "://" in found else f"http://{found}")
    except httpx.InvalidURL:
        proxy = httpx.URL()
    if proxy.scheme not in ("http", "https") or not proxy.host:
        raise FetchError(
            "the environment names a proxy that cannot be used",
            category="connect",
            advice=f"Only http:// and https:// proxies are supported; look at {scheme.upper()}_PROXY and ALL_PROXY.",
        )
    return proxy


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
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
        stream = self._inner.connect_tcp(host, port, limit, local_address, socket_options)
        return _Stream(stream, self._deadline)


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
