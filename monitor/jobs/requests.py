"""How a source is asked: with which headers, through what, reaching where; and that its secrets are never told."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from monitor.errors import FetchError, SpecwatchError
from monitor.fetch import AddressPolicy, ClientOptions, Fetched, FetchLimits
from monitor.fetch.guard import host_of, literal, special

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.settings import FetchSettings, SourceSettings
    from monitor.store import UnitOfWork

_MEGABYTE: Final = 1024 * 1024
_SHORTEST: Final = 4
"""Characters: what is shorter is no secret, and would be found everywhere."""
_TELLING: Final = 12
"""Characters from which on a secret in a document is no word that happens to stand there."""
AT_ANOTHER_URL: Final = "at another URL"
HIDDEN: Final = "[secret]"


def policy_of(source: SourceSettings) -> AddressPolicy:
    """What every request for this source is held against: its document's, its redirects', its parts'."""
    networks = tuple(map(ip_network, source.allow_networks))
    return AddressPolicy.of(source.url, allow_private=source.allow_private, networks=networks)


def refused_host(source: SourceSettings) -> str | None:
    """Why the host of its URL will be refused, as far as that can be told without looking a name up."""
    if source.allow_private or source.allow_networks:
        return None
    host = host_of(source.url)
    address = None if host is None else literal(host)
    about = None if address is None else special(address)
    return None if about is None else f"{host} is {about[0]}"


def profile_of(source: SourceSettings) -> str:
    """The digest of how a source is asked: of its URL and, after a dot, of its headers as the configuration has them.

    Secrets are in it by their names only: a token that is renewed asks in the same way.
    """
    headers = sorted((name.lower(), value) for name, value in source.headers.items())
    return ".".join(sha256(text.encode()).hexdigest()[:16] for text in (source.url, json.dumps(headers)))


def other_way(before: str | None, after: str | None) -> str | None:
    """In words, how the way of asking changed between two profiles; None where it did not, or is not known."""
    if before is None or after is None or before == after:
        return None
    urls, headers = zip(before.split("."), after.split("."), strict=True)
    if urls[0] == urls[1]:
        return "with other headers"
    return AT_ANOTHER_URL if headers[0] == headers[1] else f"{AT_ANOTHER_URL} and with other headers"


def ways_of(uow: UnitOfWork, source_id: int) -> dict[datetime, str]:
    """When a source was asked in another way than before, and how, in words."""
    asked = uow.checks.profiles(source_id)
    changed = ((at, other_way(before, after)) for (_, before), (at, after) in pairwise(asked))
    return {at: way for at, way in changed if way is not None}


def limits_of(settings: FetchSettings) -> FetchLimits:
    """The limits of one download."""
    size = settings.max_megabytes * _MEGABYTE
    repository = max(FetchLimits().repository, 8 * size)
    return FetchLimits(bytes=size, received=size, repository=repository, total=float(settings.time_limit))


def options_of(settings: FetchSettings, *, folder: Path, environ: Mapping[str, str]) -> ClientOptions:
    """How this installation goes out. Raises ConfigurationError for a proxy that is only named."""
    ca_file = None if settings.ca_file is None else folder / settings.ca_file
    return ClientOptions(settings.resolved_proxy(environ), ca_file, settings.contact)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must never be stored, logged or told, although a server may say it back."""

    values: tuple[str, ...]

    @classmethod
    def of(cls, secrets: Iterable[str]) -> Secrets:
        """Each secret, and the forms in which it comes back: URL-encoded, and a password that Basic has in Base64."""
        forms: dict[str, None] = {}
        for secret in secrets:
            for form in (secret, quote(secret, safe=""), *_password(secret)):
                if len(form) >= _SHORTEST:
                    forms[form] = None
        return cls(tuple(sorted(forms, key=len, reverse=True)))

    def hide(self, text: str) -> str:
        """A text without them."""
        for value in self.values:
            text = text.replace(value, HIDDEN)
        return text

    def hide_if(self, text: str | None) -> str | None:
        """A text without them, where there is one."""
        return None if text is None else self.hide(text)

    def hide_in(self, error: SpecwatchError) -> None:
        """An error without them."""
        error.what = self.hide(error.what)
        error.where, error.advice = self.hide_if(error.where), self.hide_if(error.advice)
        error.args = (error.what,)
        if isinstance(error, FetchError):
            error.request_id = self.hide_if(error.request_id)

    def kept_out(self, fetched: Fetched) -> Fetched:
        """What came, without them; a validator that holds one is of no use. Raises FetchError for such a document."""
        shown = (value.encode() for value in self.values if len(value) >= _TELLING)
        if fetched.data is not None and any(value in fetched.data for value in shown):
            raise FetchError(
                "the document holds the very secret that it was asked with, and is not kept",
                category="blocked",
                where=self.hide(fetched.url),
                advice="Perhaps it is a page made for whoever is logged in: ask without the header, or elsewhere.",
            )
        etag, modified = fetched.etag, fetched.last_modified
        return replace(
            fetched,
            url=self.hide(fetched.url),
            etag=etag if self.hide_if(etag) == etag else None,
            last_modified=modified if self.hide_if(modified) == modified else None,
            content_type=self.hide_if(fetched.content_type),
            headers=tuple((name, self.hide(value)) for name, value in fetched.headers),
            moved_to=self.hide_if(fetched.moved_to),
            request_id=self.hide_if(fetched.request_id),
        )


def _password(secret: str) -> tuple[str, ...]:
    """The password in the credentials of Basic (RFC 7617)."""
    try:
        user, separator, password = b64decode(secret, validate=True).decode().partition(":")
    except (NoBase64, ValueError):
        return ()
    return (f"{user}:{password}", password) if separator else ()
