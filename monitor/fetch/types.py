"""What fetching gives, and how long and how large it may be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from monitor.reading.bundling import Part

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """One document as it came.

    `data` is None when the server said that nothing has changed (304). `url` is the last one after redirects, without
    user name and password; of a file it is what was asked for. `etag` and `last_modified` are for the next request.
    `status` is None for a file. `headers` are those of the answer that are worth keeping, names in lower case.
    `moved_to` is where the server says that the document is from now on (301, 308), `request_id` how the provider calls
    this answer, `max_age` the seconds for which it says that the answer will do (RFC 9111, section 5.2.2.1).
    `revision` is the commit in a repository, `parts` the files that were put together, empty where it was one.
    """

    data: bytes | None
    url: str
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    moved_to: str | None = None
    request_id: str | None = None
    max_age: float | None = None
    revision: str | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Limits of one fetch. Times are in seconds; `bytes` counts the document after decompression.

    `received` counts its bytes as they come; one that is compressed more than `ratio` times is none. `repository` is
    for the newest commit of a repository on another machine with all its files, packed. `connect` and `read` are for
    one step on the wire, `total` for everything with its redirects and retries. `retries` are made after `wait`, then
    twice that (each with as much again at random), or after what `Retry-After` says, up to `retry_after`; a server that
    asks for more is asked again at a later check.
    """

    bytes: int = 64 * _MIB
    received: int = 64 * _MIB
    repository: int = 512 * _MIB
    ratio: int = 500
    connect: float = 10.0
    read: float = 30.0
    total: float = 120.0
    redirects: int = 5
    retries: int = 2
    wait: float = 0.5
    retry_after: float = 30.0


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """How this installation goes out. `proxy`: a URL; "" is none, None what the environment says. `ca_file`: PEM with
    authorities that are trusted besides the usual ones. `contact`: whom a provider may write to, in the User-Agent and,
    where it is an email address, in From (RFC 9110, sections 10.1.2 and 10.1.5).
    """

    proxy: str | None = None
    ca_file: Path | None = None
    contact: str | None = None
