"""A whole document: the file at an address, and all files that it refers to, as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit

from monitor.errors import FetchError
from monitor.fetch.address import shown
from monitor.fetch.fetching import fetch
from monitor.fetch.files import is_folder, of_file, path_of
from monitor.fetch.folders import document_among, document_in
from monitor.fetch.guard import AddressPolicy, ascii_host, host_of
from monitor.fetch.pages import REDOC_STATE, embedded
from monitor.fetch.repositories import RepositoryUrl, is_repository, repository_at
from monitor.fetch.tree import Tree, uri_of
from monitor.fetch.types import ClientOptions, Fetched, FetchLimits
from monitor.reading.bundling import BundleLimits, Load, bundle, has_parts

if TYPE_CHECKING:
    from monitor.fetch.http import Connections

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_LIMITS = FetchLimits()
_OPTIONS = ClientOptions()
_WEB_PARTS = 500
"""How many files a document on the web may consist of: each is a request of its own."""
_ALLOW = (
    "If its parts may come from there, say so: --allow-host {host}"
    " (of a source: specwatch set NAME --allow-host {host})."
)


@dataclass(frozen=True, slots=True)
class Request:
    """How a document is asked for; see `fetch`. `hosts` are those that its parts may come from besides its own."""

    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    etag: str | None = None
    last_modified: str | None = None
    base: Path | None = None
    limits: FetchLimits = _LIMITS
    policy: AddressPolicy | None = None
    options: ClientOptions = _OPTIONS
    hosts: Collection[str] = ()


def fetch_document(url: str, request: Request | None = None) -> Fetched:
    """The document at an address of `fetch`, of a folder, or of a repository (`git+file:…`, `git+https://…`).

    With the fragment `#__redoc_state` it is the one that a page built with Redoc holds in itself.

    A document that refers to other files comes with them as one: `parts` says which they were. Each of them is fetched
    as the document is, held against the same policy, from its host or from one of `hosts`; what is on the web never
    leads to a file on this machine. Raises FetchError and, for parts that cannot be read, DocumentError.
    """
    asked = request or Request()
    asked = replace(asked, policy=asked.policy or AddressPolicy.of(url))
    if is_repository(url):
        return _from_repository(url, asked)
    if host_of(url) is not None:
        return _from_web(url, asked)
    return _from_file(url, asked)


def document_of(data: bytes, folder: Path, *, name: str, request: Request | None = None) -> Fetched:
    """A document that is at hand, with the files that it refers to as if it lay in `folder`. `name` is for errors.

    Raises FetchError and DocumentError.
    """
    asked = request or Request(policy=AddressPolicy(files=True))
    limits = asked.limits
    if len(data) > limits.bytes:
        raise FetchError(f"it is larger than {limits.bytes:,} bytes", category="too large", where=name)
    uri = (folder.absolute() / "document").as_uri()
    return _whole_here(Fetched(data, name), uri, asked)


def _from_web(url: str, asked: Request) -> Fetched:
    fetched = fetch(
        url,
        headers=asked.headers,
        etag=asked.etag,
        last_modified=asked.last_modified,
        limits=asked.limits,
        policy=asked.policy,
        options=asked.options,
    )
    if fetched.data is not None and urldefrag(url).fragment == REDOC_STATE:
        fetched = replace(fetched, data=_held(fetched.data, url))
    with _WebParts(asked, (url, fetched.url), asked.headers) as web:
        return _whole(fetched, fetched.url, web.load, BundleLimits(parts=_WEB_PARTS))


def _held(page: bytes, url: str) -> bytes:
    """The document that a page built with Redoc holds in itself."""
    data = embedded(page.decode("utf-8", "replace"))
    if data is None:
        raise FetchError(
            f"the page holds no document any more in `{REDOC_STATE}`",
            category="not openapi",
            where=shown(url),
            advice="Look for it anew: specwatch set NAME --discover.",
        )
    return data


def _from_file(url: str, asked: Request) -> Fetched:
    path = path_of(url, asked.base)
    if is_folder(path):
        path = document_in(path, where=url)
        fetched = of_file(str(path), base=None, limits=asked.limits)
    else:
        fetched = fetch(url, base=asked.base, limits=asked.limits, policy=asked.policy)
    return _whole_here(fetched, path.absolute().as_uri(), asked)


def _whole_here(fetched: Fetched, uri: str, asked: Request) -> Fetched:
    """A document on this machine with its parts."""

    def of_disk(uri: str) -> bytes:
        return of_file(uri, base=None, limits=asked.limits).data or b""

    with _WebParts(asked) as web:
        return _whole(fetched, uri, _by_scheme(of_disk, web.load))


def _from_repository(url: str, asked: Request) -> Fetched:
    assert asked.policy is not None
    with repository_at(
        url,
        headers=asked.headers,
        base=asked.base,
        limits=asked.limits,
        policy=asked.policy,
        options=asked.options,
        known=asked.etag,
    ) as tree:
        if tree is None:
            return Fetched(None, shown(url), etag=asked.etag)
        file = RepositoryUrl.of(url).file
        fetched = Fetched(b"", _where(url, file), etag=tree.commit, revision=tree.commit)
        file = _file_in(tree, file, url)
        fetched = replace(fetched, data=_read(tree, file, url))
        with _WebParts(asked) as web:
            return _whole(fetched, uri_of(file), _by_scheme(tree.load, web.load))


def _where(url: str, file: str) -> str:
    return f"{shown(url)}#{file}" if file else shown(url)


def _file_in(tree: Tree, file: str, url: str) -> str:
    """The file itself; of a folder the document in it."""
    names = tree.files(file)
    if names is None:
        return file
    within = f"{file}/" if file else ""
    return within + document_among(names, lambda name: tree.read(within + name), where=_where(url, file))


def _read(tree: Tree, file: str, url: str) -> bytes:
    try:
        return tree.read(file)
    except FetchError as error:
        error.where = _where(url, file)
        raise


def _whole(fetched: Fetched, uri: str, load: Load, limits: BundleLimits | None = None) -> Fetched:
    """The document with its parts, when it has any."""
    if fetched.data is None or not has_parts(fetched.data):
        return fetched
    made = bundle(fetched.data, uri, load, source=fetched.url, limits=limits)
    if made is None:
        return fetched
    # That the first file has not changed would say nothing of the others; a commit speaks for all that are in it.
    etag = fetched.etag if fetched.revision and not any(_is_on_web(part.name) for part in made.parts) else None
    return replace(fetched, data=made.data, parts=made.parts, etag=etag, last_modified=None)


def _by_scheme(local: Load, web: Load) -> Load:
    return lambda uri: (web if _is_on_web(uri) else local)(uri)


def _is_on_web(uri: str) -> bool:
    return urlsplit(uri).scheme in ("http", "https")


class _WebParts:
    """Parts on the web: from the hosts of the document and those that are allowed; its headers go to its host alone.

    Those of one host share a connection. A context manager.
    """

    def __init__(self, asked: Request, own: Collection[str] = (), headers: Mapping[str, str] = _NO_HEADERS) -> None:
        assert asked.policy is not None
        self._asked = asked
        self._headers = headers
        self._home = {_origin(url) for url in own}
        of_own = {host for url in own if (host := host_of(url))}
        self._hosts = frozenset(of_own | {ascii_host(host) for host in asked.hosts})
        self._policy = replace(asked.policy, hosts=self._hosts, files=False)
        self._connections: Connections | None = None

    def __enter__(self) -> _WebParts:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._connections is not None:
            self._connections.close()

    def load(self, uri: str) -> bytes:
        """The bytes of a part. Raises FetchError."""
        if not _is_on_web(uri):
            self._policy.demand_file(shown(uri))
        headers = self._headers if _origin(uri) in self._home else _NO_HEADERS
        try:
            return self._connected().download(uri, headers, self._asked.limits).data or b""
        except FetchError as error:
            if error.category == "blocked" and host_of(uri) not in self._hosts:
                error.advice = _ALLOW.format(host=host_of(uri))
            raise

    def _connected(self) -> Connections:
        if self._connections is None:
            from monitor.fetch.http import Connections  # httpx costs start-up time, and few documents need it here

            self._connections = Connections(self._policy, self._asked.options)
        return self._connections


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme.lower(), host_of(url), parts.port
