"""Finding the OpenAPI document behind a documentation page, with few requests.

First what the page itself says (and at most a few scripts and configurations that it names), then the host's API
catalogue (RFC 9727), and only when neither names anything the paths at which documents usually lie.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from urllib.parse import urldefrag, urljoin, urlsplit

from monitor.errors import DocumentError, FetchError, SpecwatchError
from monitor.fetch.address import shown
from monitor.fetch.fetching import fetch
from monitor.fetch.guard import AddressPolicy
from monitor.fetch.pages import (
    REDOC_STATE,
    Named,
    Pointer,
    embedded,
    named_in_catalogue,
    named_in_configuration,
    named_in_links,
    named_in_page,
    named_in_script,
)
from monitor.fetch.types import ClientOptions, Fetched, FetchLimits
from monitor.reading import Document, read
from monitor.reading.reader import parsed

CATALOGUE = "/.well-known/api-catalog"
USUAL = (
    "openapi.json", "openapi.yaml", "swagger.json", "v3/api-docs", "api-docs", "openapi.yml", "swagger/v1/swagger.json",
)  # fmt: skip
"""Where documents usually lie, from the page's folder and from the root of its host."""
_MOST = 20
"""How many requests a search may make altogether."""
_SCRIPTS = 3
_PAUSE = 0.5
_LIMITS = FetchLimits(total=30.0, retries=0)
_OPTIONS = ClientOptions()
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address at which the document may be. `how` says why it is thought so.

    `openapi`, `title` and `version` are what the document there says of itself; `fault` why there is none.
    """

    url: str
    how: str
    name: str | None = None
    openapi: str | None = None
    title: str | None = None
    version: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a search came to. `found` are documents, `others` what was named and is none; `requests` were made."""

    found: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    requests: int


def discover(
    url: str,
    *,
    policy: AddressPolicy | None = None,
    options: ClientOptions = _OPTIONS,
    limits: FetchLimits = _LIMITS,
    headers: Mapping[str, str] = _NO_HEADERS,
    pause: float = _PAUSE,
) -> Discovery:
    """Search for the document behind the page at `url`; `pause` in seconds is made before each guess.

    Every request is held against the policy; `headers` go to the page's own host alone. Raises FetchError when the page
    itself cannot be had.
    """
    asking = partial(fetch, limits=limits, policy=policy or AddressPolicy.of(url), options=options)
    return _Search(url, asking, headers, pause).run()


class _Search:
    def __init__(self, url: str, asking: Callable[..., Fetched], headers: Mapping[str, str], pause: float) -> None:
        self._url = url
        self._asking = asking
        self._headers = headers
        self._pause = pause
        self._requests = 0
        self._found: dict[str, Candidate] = {}
        self._others: dict[str, Candidate] = {}

    def run(self) -> Discovery:
        """The page, its catalogue, the usual paths: until one of them leads to a document."""
        page = self._fetch(self._url)
        text = (page.data or b"").decode("utf-8", "replace")
        if self._is_document(Pointer(self._url, "it is the document itself"), page):
            return self._discovery()
        self._of_page(page, text)
        if not self._found:
            self._of_catalogue()
        if not self._found:
            self._of_usual_paths()
        return self._discovery()

    def _discovery(self) -> Discovery:
        return Discovery(tuple(self._found.values()), tuple(self._others.values()), self._requests)

    def _of_page(self, page: Fetched, text: str) -> None:
        links = named_in_links((value for name, value in page.headers if name == "link"), page.url)
        named = named_in_page(text, page.url)
        more = [found for script in named.scripts[:_SCRIPTS] if (found := self._script(script, page.url)) is not None]
        pointers = [*links.documents, *named.documents, *(pointer for each in more for pointer in each.documents)]
        configurations = [*named.configurations, *(url for each in more for url in each.configurations)]
        for url in dict.fromkeys(configurations[:_SCRIPTS]):
            pointers += self._structured(url, named_in_configuration)
        for url in dict.fromkeys([*links.catalogues, *named.catalogues][:_SCRIPTS]):
            pointers += self._structured(url, named_in_catalogue)
        self._try(pointers)
        if not self._found and (data := embedded(text)) is not None:
            # The page is the only place where it is: then the page is watched, and the document taken out of it.
            place = f"{urldefrag(self._url).url}#{REDOC_STATE}"
            self._is_document(Pointer(place, "the page holds it"), replace(page, data=data))

    def _of_catalogue(self) -> None:
        self._try(self._structured(urljoin(self._url, CATALOGUE), named_in_catalogue))

    def _of_usual_paths(self) -> None:
        folder = urljoin(self._url, ".")
        places = [urljoin(base, path) for base in dict.fromkeys((folder, urljoin(self._url, "/"))) for path in USUAL]
        for place in dict.fromkeys(places):
            if self._requests >= _MOST or self._found:
                return
            if self._pause:
                time.sleep(self._pause)
            self._try([Pointer(place, "documents usually lie there")])
            self._others.pop(place, None)  # that nothing is where we only guessed is no news

    def _try(self, pointers: Iterable[Pointer]) -> None:
        """Look whether what was named is a document; the first word on an address counts."""
        for pointer in pointers:
            place = urldefrag(pointer.url).url
            if place in self._found or place in self._others or place == urldefrag(self._url).url:
                continue
            if self._requests >= _MOST:
                self._others[place] = Candidate(place, pointer.how, pointer.name, fault="it was not looked at")
                continue
            try:
                self._is_document(replace(pointer, url=place), self._fetch(place))
            except FetchError as error:
                self._others[place] = Candidate(shown(place), pointer.how, pointer.name, fault=error.what)

    def _is_document(self, pointer: Pointer, fetched: Fetched) -> bool:
        try:
            document = read(fetched.data or b"", source=shown(pointer.url))
        except DocumentError as error:
            if pointer.url != self._url:
                self._others[pointer.url] = Candidate(shown(pointer.url), pointer.how, pointer.name, fault=error.what)
            return False
        self._found[pointer.url] = _candidate(pointer, document)
        return True

    def _script(self, url: str, page: str) -> Named | None:
        try:
            text = (self._fetch(url).data or b"").decode("utf-8", "replace")
        except FetchError:
            return None
        return named_in_script(text, page)

    def _structured(self, url: str, named: Callable[[object, str], Iterable[Pointer]]) -> list[Pointer]:
        try:
            return list(named(parsed(self._fetch(url).data or b"", source=url), url))
        except SpecwatchError:
            return []

    def _fetch(self, url: str) -> Fetched:
        if self._requests >= _MOST:
            raise FetchError("the search has made enough requests", category="blocked", where=shown(url))
        self._requests += 1
        own = urlsplit(url)[:2] == urlsplit(self._url)[:2]
        return self._asking(url, headers=self._headers if own else _NO_HEADERS)


def _candidate(pointer: Pointer, document: Document) -> Candidate:
    return Candidate(
        pointer.url, pointer.how, pointer.name, document.openapi, document.title or None, document.version or None
    )
