"""What a documentation page says of the document behind it: Redoc, Swagger UI, Scalar and their like."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urljoin

REDOC_STATE: Final = "__redoc_state"
"""The variable in which Redoc keeps the whole document when a page was built with it."""

_ATTRIBUTES = {
    "spec-url": "the page shows it",  # Redoc, RapiDoc
    "specurl": "the page shows it",
    "apidescriptionurl": "the page shows it",  # Stoplight Elements
    "api-description-url": "the page shows it",
    "data-spec-url": "the page shows it",
}
_STATE = re.compile(REDOC_STATE + r"\s*=\s*(?=\{)")
_CALL = re.compile(r"SwaggerUIBundle|SwaggerUi\b|Redoc\.init|createApiReference|swaggerUrl|apiReference", re.IGNORECASE)
_REDOC = re.compile(r"""Redoc\.init\(\s*["'`]([^"'`]+)["'`]""")
_KEY = re.compile(
    r"""(?<![\w$])["']?(?P<key>url|specUrl|swaggerUrl|configUrl|content)["']?\s*:\s*(?P<q>["'`])(?P<url>[^"'`\s]+)(?P=q)"""
)
_NAMED = re.compile(r"""["']?(?:name|title)["']?\s*:\s*(["'`])(?P<name>[^"'`]{1,80})\1""")
_SCRIPT = re.compile(
    r"(?:swagger-initializer|swagger-ui-init|initializer|swagger-config|index)[\w.-]*\.js", re.IGNORECASE
)
_DOCUMENT = re.compile(r"(?:openapi|swagger|api-docs)[^/]*(?:\.(?:json|ya?ml))?$|\.(?:json|ya?ml)$", re.IGNORECASE)
_SAMPLE = "petstore.swagger.io"
"""The document that Swagger UI shows when nobody has told it which."""
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~-]+\*?(?:\s*=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s;,\"]+))?)*)")
_PARAMETER = re.compile(r";\s*([\w-]+)\*?\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,\"]+))")


@dataclass(frozen=True, slots=True)
class Pointer:
    """An address that a page names, absolute; `how` says in which way, `name` what it calls it."""

    url: str
    how: str
    name: str | None = None


@dataclass(slots=True)
class Named:
    """All that a page names: documents; configurations and scripts that may name more; catalogues."""

    documents: list[Pointer] = field(default_factory=list)
    configurations: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    catalogues: list[str] = field(default_factory=list)


def named_in_page(text: str, url: str) -> Named:
    """What the HTML of a page at `url` names."""
    page = _Page(url)
    page.feed(text)
    page.close()
    found = page.named
    for script in page.inline:
        _in_script(script, page.base, found)
    return found


def named_in_script(text: str, page: str) -> Named:
    """What a script of a page names; addresses in it are relative to the page."""
    found = Named()
    _in_script(text, page, found)
    return found


def named_in_configuration(value: Any, url: str) -> Iterator[Pointer]:
    """The documents in a configuration of Swagger UI (`url`, `urls`) or Scalar (`url`, `spec`, `sources`)."""
    if isinstance(value, list):
        for inner in value:
            yield from named_in_configuration(inner, url)
    if not isinstance(value, dict):
        return
    own = value.get("url")
    if isinstance(own, str) and own:
        name = value.get("name") or value.get("title")
        yield Pointer(urljoin(url, own), "the page's configuration names it", str(name) if name else None)
    for key in ("urls", "spec", "sources", "content"):
        yield from named_in_configuration(value.get(key), url)


def named_in_links(values: Iterable[str], url: str) -> Named:
    """The targets of `service-desc` (RFC 8631) and `api-catalog` (RFC 9727) in Link headers (RFC 8288)."""
    found = Named()
    for value in values:
        for target, rest in _LINK.findall(value):
            parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
            _by_relation(
                found, parameters.get("rel", ""), urljoin(url, target), "the server links to it (service-desc)"
            )
    return found


def named_in_catalogue(value: Any, url: str) -> Iterator[Pointer]:
    """The documents in an API catalogue (RFC 9727), which is a set of links (RFC 9264)."""
    sets = value.get("linkset") if isinstance(value, dict) else None
    for context in sets if isinstance(sets, list) else []:
        if not isinstance(context, dict):
            continue
        for target in _list(context.get("service-desc")):
            href = target.get("href") if isinstance(target, dict) else None
            if isinstance(href, str):
                title = target.get("title") or context.get("anchor")
                yield Pointer(urljoin(url, href), "the API catalogue names it", str(title) if title else None)


def embedded(text: str) -> bytes | None:
    """The document that a page built with Redoc holds in itself; None where there is none."""
    for start in _STATE.finditer(text):
        try:
            state, _ = json.JSONDecoder().raw_decode(text, start.end())
        except ValueError:
            continue
        data = state.get("spec", {}).get("data") if isinstance(state.get("spec"), dict) else None
        if isinstance(data, dict) and ("openapi" in data or "swagger" in data):
            return json.dumps(data, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return None


class _Page(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = url
        self.named = Named()
        self.inline: list[str] = []
        self._script: list[str] | None = None
        self._anchor: tuple[str, bool, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element names."""
        values = {name.lower(): value or "" for name, value in attrs}
        if tag == "base" and values.get("href"):
            self.base = urljoin(self.base, values["href"])
        elif tag == "link":
            href = urljoin(self.base, values.get("href", ""))
            _by_relation(self.named, values.get("rel", ""), href, "the page links to it (service-desc)")
        elif tag == "a" and values.get("href"):
            self._anchor = (values["href"], "download" in values, [])
        elif tag == "script":
            self._begin_script(values)
        for name, how in _ATTRIBUTES.items():
            if values.get(name):
                self._add(values[name], how)

    def handle_endtag(self, tag: str) -> None:
        """End a script or a link."""
        if tag == "script" and self._script is not None:
            self.inline.append("".join(self._script))
            self._script = None
        if tag == "a" and self._anchor is not None:
            href, download, words = self._anchor
            text = " ".join("".join(words).split()).lower()
            is_document = _DOCUMENT.search(href.partition("?")[0].partition("#")[0]) is not None
            if not href.startswith(("blob:", "data:")) and is_document and (download or _speaks_of_it(text)):
                self._add(href, "the page offers it for download")
            self._anchor = None

    def handle_data(self, data: str) -> None:
        """Text of a script or a link."""
        if self._script is not None:
            self._script.append(data)
        if self._anchor is not None:
            self._anchor[2].append(data)

    def _begin_script(self, values: Mapping[str, str]) -> None:
        self._script = []
        if values.get("data-url"):
            self._add(values["data-url"], "the page shows it")  # Scalar
        if values.get("data-configuration"):
            try:
                configuration = json.loads(values["data-configuration"])
            except ValueError:
                configuration = None
            self.named.documents += named_in_configuration(configuration, self.base)
        source = values.get("src", "")
        if _SCRIPT.search(source.rpartition("/")[2]):
            self.named.scripts.append(urljoin(self.base, source))

    def _add(self, reference: str, how: str) -> None:
        self.named.documents.append(Pointer(urljoin(self.base, reference.strip()), how))


def _speaks_of_it(text: str) -> bool:
    return any(word in text for word in ("openapi", "swagger", "download", "specification", "api definition"))


def _by_relation(found: Named, relations: str, url: str, how: str) -> None:
    kinds = relations.lower().split()
    if "service-desc" in kinds:
        found.documents.append(Pointer(url, how))
    if "api-catalog" in kinds:
        found.catalogues.append(url)


def _in_script(text: str, base: str, found: Named) -> None:
    """What a script that starts one of the viewers tells it."""
    if _CALL.search(text) is None:
        return
    for start in _REDOC.findall(text):
        found.documents.append(Pointer(urljoin(base, start), "the page shows it"))
    for match in _KEY.finditer(text):
        url = match["url"]
        if match["key"] == "configUrl":
            found.configurations.append(urljoin(base, url))
        elif not (match["key"] == "content" and not _DOCUMENT.search(url)) and not url.startswith(("data:", "blob:")):
            around = _NAMED.search(text, match.end(), match.end() + 120)
            close = around is not None and "}" not in text[match.end() : around.start()]
            name = around["name"] if around is not None and close else None
            found.documents.append(Pointer(urljoin(base, url), "the page's script names it", name))
    found.documents[:] = [each for each in found.documents if _SAMPLE not in each.url]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
