"""The one way in: an address or a path to the bytes behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from monitor.errors import FetchError
from monitor.fetch.address import shown
from monitor.fetch.files import of_file
from monitor.fetch.guard import AddressPolicy
from monitor.fetch.types import ClientOptions, Fetched, FetchLimits

_WEB = re.compile(r"https?:", re.IGNORECASE)
# Two letters at least: `C:\openapi.json` is a path.
_OTHER = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_LIMITS = FetchLimits()
_OPTIONS = ClientOptions()


def fetch(
    url: str,
    *,
    headers: Mapping[str, str] = _NO_HEADERS,
    etag: str | None = None,
    last_modified: str | None = None,
    base: Path | None = None,
    limits: FetchLimits = _LIMITS,
    policy: AddressPolicy | None = None,
    options: ClientOptions = _OPTIONS,
) -> Fetched:
    """The document at `http(s)://…`, `file:…` or a plain path (relative to `base`, default: where the process stands).

    `headers` go with the request, but never to another host that it is redirected to. With `etag` or `last_modified`
    (as an earlier fetch gave them) the server may answer that nothing has changed; files are always read. Every request
    is held against `policy`, that of a redirect too; by default `url` is taken for what somebody configured, and
    nothing private can be reached. Raises FetchError with its category; no message of it holds a header's value, a user
    name or a password.
    """
    policy = AddressPolicy.of(url) if policy is None else policy
    if _WEB.match(url):
        from monitor.fetch.http import Asking, download  # httpx costs start-up time, and files do not need it

        asked = {"if-none-match": etag, "if-modified-since": last_modified}
        conditions = {name: value for name, value in asked.items() if value}
        return download(url, Asking(headers, conditions, limits, policy, options))
    if _OTHER.match(url):
        raise FetchError(
            "addresses of this kind cannot be fetched",
            category="blocked",
            where=shown(url),
            advice="Use http://, https://, file: or a path.",
        )
    policy.demand_file(shown(url))
    return of_file(url, base=base, limits=limits)
