"""Download over HTTP: conditional, with limits and retries, whole or not at all.

Imported only when something is downloaded, because httpx takes its time.
"""

from __future__ import annotations

import logging
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

import httpx
import stamina
from stamina.instrumentation import set_on_retry_hooks

from monitor import __version__
from monitor.errors import FetchError
from monitor.fetch.address import shown
from monitor.fetch.answer import REDIRECTS, answer_of
from monitor.fetch.body import CODINGS
from monitor.fetch.faults import EXPECTED, Failure, failure
from monitor.fetch.guard import AddressPolicy
from monitor.fetch.types import ClientOptions, Fetched, FetchLimits
from monitor.fetch.wire import Deadline, Wire

_DEFAULTS = {
    "user-agent": f"specwatch/{__version__}",
    "accept": "application/vnd.oai.openapi+json, application/json, application/yaml, */*;q=0.5",
    "accept-encoding": CODINGS,
}
_PERMANENT = frozenset({301, 308})
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

# Retries are no news for whoever reads stderr: the outcome is. What is on the wire is no one's business: a server can
# say a secret back in an address or a header.
set_on_retry_hooks(())  # with structlog there, stamina would write lines of its own
for name in ("hpack", "httpx", "httpcore"):
    logging.getLogger(name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Asking:
    """What goes with a request and how it may go: see `fetch`. `conditions` are the headers of a conditional one."""

    headers: Mapping[str, str]
    conditions: Mapping[str, str]
    limits: FetchLimits
    policy: AddressPolicy
    options: ClientOptions


def download(url: str, asking: Asking) -> Fetched:
    """GET `url`; see `fetch`."""
    deadline = Deadline(asking.limits.total)
    return _download(url, asking, deadline, lambda: Wire(deadline, asking.policy, asking.options))


class Connections:
    """Requests that share their connections, as the parts of a document do: one host is connected to once.

    All are held against the same policy, each anew. A connection leads to an address that was checked for its host, and
    is used for no other. For one thread.
    """

    def __init__(self, policy: AddressPolicy, options: ClientOptions) -> None:
        self._policy = policy
        self._options = options
        self._deadline = Deadline(0.0)
        self._wire = Wire(self._deadline, policy, options)

    def close(self) -> None:
        """Close them all."""
        self._wire.close()

    def download(self, url: str, headers: Mapping[str, str], limits: FetchLimits) -> Fetched:
        """GET `url`; see `fetch`. The limits are those of this one."""
        self._deadline.renew(limits.total)
        asking = Asking(headers, {}, limits, self._policy, self._options)
        return _download(url, asking, self._deadline, lambda: _Lent(self._wire))


class _Lent(httpx.BaseTransport):
    """A wire that stays when the client is done with it. After an error all begins anew."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._wire.handle_request(request)

    def __exit__(self, kind: type[BaseException] | None = None, *_more: object) -> None:
        if kind is not None:
            self._wire.close()


def _download(url: str, asking: Asking, deadline: Deadline, transport: Callable[[], httpx.BaseTransport]) -> Fetched:
    target, own = _target(url, asking.headers)
    limits = asking.limits
    asking = replace(asking, headers=own, conditions=_sendable(dict(asking.conditions), shown(url)))

    def again(error: Exception) -> bool | float:
        if not isinstance(error, Failure) or not error.again or (error.after or limits.wait) >= deadline.left:
            return False
        if error.after is None:
            return True
        return error.after if error.after <= limits.retry_after else False

    try:
        for attempt in stamina.retry_context(
            on=again,
            attempts=limits.retries + 1,
            timeout=None,  # the deadline is ours
            wait_initial=limits.wait,
            wait_jitter=limits.wait,
            wait_max=limits.wait * 5,
        ):
            with attempt:
                return _Attempt(asking, deadline, transport()).run(target)
    except Failure as error:
        raise error.error from error.__cause__
    raise AssertionError("a retry either returns or raises")  # pragma: no cover


class _Attempt:
    """One attempt, with all its redirects."""

    def __init__(self, asking: Asking, deadline: Deadline, transport: httpx.BaseTransport) -> None:
        self._asking = asking
        self._deadline = deadline
        self._transport = transport

    def run(self, url: httpx.URL) -> Fetched:
        """Raises Failure when the wire failed or trying again may help, FetchError when the answer is no document."""
        limits = self._asking.limits
        step = httpx.Timeout(limits.read, connect=limits.connect)
        with httpx.Client(transport=self._transport, headers=introduced(self._asking.options), timeout=step) as client:
            own = self._asking.headers
            permanent, moved_to = True, None
            for _ in range(limits.redirects + 1):
                try:
                    found = self._ask(client, url, own)
                except FetchError as error:
                    error.where = error.where or shown(str(url))
                    raise
                except EXPECTED as error:
                    late = limits.total if self._deadline.left <= 0 else None
                    raise failure(error, shown(str(url)), late=late) from error
                if isinstance(found, Fetched):
                    return replace(found, moved_to=moved_to)
                following, status = found
                # What comes after a temporary redirect may be another address tomorrow.
                permanent = permanent and status in _PERMANENT
                moved_to = shown(str(following)) if permanent else moved_to
                if not _same_origin(url, following):
                    # A secret is for the host that it was given for, whatever the header is called.
                    own = {}
                    client.cookies.clear()
                url = following
        raise FetchError(
            f"it redirects more than {limits.redirects} times",
            category="http status",
            where=shown(str(url)),
            advice="Give the address that it should lead to.",
        )

    def _ask(self, client: httpx.Client, url: httpx.URL, own: Mapping[str, str]) -> Fetched | tuple[httpx.URL, int]:
        """What one request comes to: the document, or where to look instead, and the status that says so."""
        request = client.build_request("GET", url, headers=_encoded({**self._asking.conditions, **own}))
        response = client.send(request, stream=True, auth=None)
        try:
            if response.status_code in REDIRECTS:
                return _next(url, response), response.status_code
            return answer_of(response, shown(str(url)), self._asking.conditions, self._asking.limits)
        finally:
            response.close()


def introduced(options: ClientOptions) -> dict[str, str]:
    """Our own headers; whom to write to, where the operator says so."""
    contact = options.contact
    if contact is None:
        return _DEFAULTS
    said = {**_DEFAULTS, "user-agent": f"specwatch/{__version__} (+{contact})"}
    return {**said, "from": contact} if "@" in contact and "://" not in contact else said


def _target(url: str, headers: Mapping[str, str]) -> tuple[httpx.URL, dict[str, str]]:
    """The address without user name and password, and the headers with them (RFC 7617) unless they say their own."""
    try:
        target = httpx.URL(url.strip())
        valid = _is_on_the_web(target)
    except (httpx.InvalidURL, UnicodeError):
        valid = False
    if not valid:
        raise FetchError("this is no valid address", category="invalid", where=shown(url, valid=False)) from None
    own = {name.lower(): value for name, value in headers.items()}
    if target.userinfo and "authorization" not in own:
        user, _, password = target.userinfo.partition(b":")
        pair = f"{unquote(user.decode())}:{unquote(password.decode())}".encode()
        own["authorization"] = f"Basic {b64encode(pair).decode()}"
    return target.copy_with(userinfo=b"", fragment=None), _sendable(own, shown(url))


def _sendable(headers: dict[str, str], where: str) -> dict[str, str]:
    """The headers, if HTTP can carry them; the message names the header and never shows its value."""
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise FetchError(
                f"its header {name!r} has a name or a value that cannot be sent",
                category="invalid",
                where=where,
                advice="A value is one line of letters, digits and signs.",
            )
    return headers


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.strip().encode("latin-1")) for name, value in headers.items()]


def _next(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    where = shown(str(url))
    location = response.headers.get("location", "").strip()
    scheme = _SCHEME.match(location)
    if scheme is not None and scheme[1].lower() not in ("http", "https"):
        raise FetchError(
            f"it redirects to {scheme[1].lower()}:, where a document on the web cannot lead",
            category="blocked",
            where=where,
            status=response.status_code,
        )
    try:
        found = url.join(location).copy_with(userinfo=b"", fragment=None) if location else None
    except (httpx.InvalidURL, UnicodeError):
        found = None
    if found is None or not _is_on_the_web(found):
        raise FetchError(
            f"it redirects (HTTP {response.status_code}), but not to an address on the web",
            category="http status",
            where=where,
            status=response.status_code,
        )
    return found


def _is_on_the_web(url: httpx.URL) -> bool:
    return url.scheme in ("http", "https") and bool(url.host) and (url.port or 0) <= 65535


def _same_origin(before: httpx.URL, after: httpx.URL) -> bool:
    """Whether secrets may go along: the same host and port, or the same host now with TLS on the usual ports."""
    if before.host != after.host:
        return False
    usual = {"http": 80, "https": 443}
    ports = [url.port or usual[url.scheme] for url in (before, after)]
    if before.scheme == after.scheme:
        return ports[0] == ports[1]
    return (before.scheme, *ports) == ("http", 80, 443)
