"""The files that a document consists of, and where a reference leads among them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin

from monitor.errors import DocumentTooLarge, FetchError, ReferenceUnresolved
from monitor.reading.document import MIB, Limits
from monitor.reading.reader import parsed
from monitor.values import JsonValue
from monitor.values.pointer import join, parse

Load = Callable[[str], bytes]
"""The bytes at an absolute URI. Raises FetchError."""

_HOPS = 64
_DATA = frozenset({"const", "default", "enum", "example", "examples", "value"})
_STRUCTURED = re.compile(r"(?:/[^/.]*|\.(?:json|ya?ml))$", re.IGNORECASE)
"""Addresses of JSON or YAML: those that end so, and those that say nothing."""


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """How much a document may consist of: `parts` files with `bytes` altogether, `nodes` values in the bundle."""

    parts: int = 10_000
    bytes: int = 64 * MIB
    nodes: int = 5_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a document: its address as seen from the first one, the SHA-256 of its bytes, and how many."""

    name: str
    sha256: str
    size: int


class Location(NamedTuple):
    """A place in one of the files: its absolute URI and a JSON pointer (RFC 6901)."""

    uri: str
    pointer: str


class Base(NamedTuple):
    """What references are relative to: the file's address, and the `$id` that holds here (JSON Schema 2020-12, 8.2.1).

    `root` is the pointer to the schema that has the `$id`.
    """

    uri: str
    id: str
    root: str = ""


class Parts:
    """The files, each loaded once. `names` says how a person calls a file; `ids`: whether `$id` counts (OAS 3.1)."""

    def __init__(self, load: Load, limits: BundleLimits, *, name: Callable[[str], str], ids: bool) -> None:
        self._load = load
        self._limits = limits
        self._name = name
        self._has_ids = ids
        self._values: dict[str, JsonValue] = {}
        self._texts: dict[str, str] = {}
        self._ids: dict[str, Location] = {}
        self._left = limits.bytes
        self.loaded: dict[str, Part] = {}

    def put(self, uri: str, data: bytes, value: JsonValue) -> None:
        """The first file, which is there already."""
        self._count(uri, data)
        self._know(uri, value)

    def value(self, uri: str) -> JsonValue:
        """What a file says. Raises FetchError and DocumentError."""
        if uri not in self._values:
            if not _STRUCTURED.search(urldefrag(uri).url.partition("?")[0]):
                return self._text(uri)
            data = self._fetch(uri)
            self._know(uri, parsed(data, source=self._name(uri), limits=Limits(nodes=self._limits.nodes)))
        return self._values[uri]

    def base(self, uri: str) -> Base:
        """The base of references at the root of a file."""
        value = self.value(uri)
        own = value.get("$id") if isinstance(value, dict) and self._has_ids else None
        return Base(uri, urljoin(uri, own) if isinstance(own, str) else uri)

    def within(self, base: Base, value: dict[str, JsonValue], pointer: str) -> Base:
        """The base in a schema at that pointer, which may have an `$id` of its own."""
        own = value.get("$id")
        if not self._has_ids or not isinstance(own, str) or own.startswith("#"):
            return base
        return Base(base.uri, urljoin(base.id, own), pointer)

    def locate(self, base: Base, reference: str) -> Location:
        """Where a reference leads, through the references that stand on the way there and at its end.

        Raises ReferenceUnresolved, FetchError (a file is missing) and DocumentError (it cannot be read).
        """
        seen: set[Location] = set()
        while True:
            location = self._first(base, reference)
            for _ in range(_HOPS):
                onward = self._onward(location)
                if onward is None:
                    break
                location = onward
            else:
                raise ReferenceUnresolved(f"the reference {reference!r} goes round in a circle")
            value = self.at(location)
            if not (isinstance(value, dict) and len(value) == 1 and isinstance(value.get("$ref"), str)):
                return location
            if location in seen:
                raise ReferenceUnresolved(f"the reference {reference!r} goes round in a circle")
            seen.add(location)
            base, reference = self.base(location.uri), str(value["$ref"])

    def at(self, location: Location) -> JsonValue:
        """What stands there, no reference being followed. Raises ReferenceUnresolved."""
        found = self.value(location.uri)
        for token in parse(location.pointer):
            found = _step(found, token, location)
        return found

    def is_known_in(self, uri: str, base: Base, reference: str) -> bool:
        """Whether a reference is to the `$id` of a schema in that file."""
        found = self._ids.get(urljoin(base.id, urldefrag(reference).url))
        return found is not None and found.uri == uri

    def _first(self, base: Base, reference: str) -> Location:
        target, fragment = urldefrag(reference)
        if not target:
            return self._named(Location(base.uri, base.root), fragment)
        absolute = urljoin(base.id, target)
        if absolute in self._ids:
            return self._named(self._ids[absolute], fragment)
        plain = urljoin(base.uri, target)
        try:
            self.value(absolute)
        except FetchError:
            # An `$id` is a name. Files are often kept elsewhere, side by side as their names are.
            if plain == absolute:
                raise
            self.value(plain)
            absolute = plain
        return self._named(Location(absolute, ""), fragment)

    def _named(self, root: Location, fragment: str) -> Location:
        """A place below a root: by pointer, or by `$anchor` (JSON Schema 2020-12, 8.2.2)."""
        fragment = unquote(fragment)
        if not fragment or fragment.startswith("/"):
            return Location(root.uri, root.pointer + fragment)
        for pointer, members in _objects(self.at(root), root.pointer):
            if fragment in (members.get("$anchor"), members.get("$dynamicAnchor")):
                return Location(root.uri, pointer)
        raise ReferenceUnresolved(f"no schema there has the name {fragment!r}")

    def _onward(self, location: Location) -> Location | None:
        """Where it goes on when a reference stands on the way; None when none does. Raises ReferenceUnresolved."""
        value = self.value(location.uri)
        tokens = parse(location.pointer)
        for index, token in enumerate(tokens):
            if isinstance(value, dict) and token not in value and isinstance(value.get("$ref"), str):
                onward = self._first(self.base(location.uri), str(value["$ref"]))
                return Location(onward.uri, join(onward.pointer, *tokens[index:]))
            value = _step(value, token, location)
        return None

    def _know(self, uri: str, value: JsonValue) -> None:
        self._values[uri] = value
        if self._has_ids:
            self._index(uri, value, uri, "")

    def _index(self, uri: str, value: JsonValue, base: str, pointer: str) -> None:
        waiting: list[tuple[JsonValue, str, str]] = [(value, base, pointer)]
        while waiting:
            value, base, pointer = waiting.pop()
            if isinstance(value, dict):
                own = value.get("$id")
                if isinstance(own, str) and not own.startswith("#"):
                    base = urldefrag(urljoin(base, own)).url
                    self._ids.setdefault(base, Location(uri, pointer))
                waiting += [(inner, base, join(pointer, key)) for key, inner in value.items() if key not in _DATA]
            elif isinstance(value, list):
                waiting += [(inner, base, join(pointer, index)) for index, inner in enumerate(value)]

    def _text(self, uri: str) -> str:
        if uri not in self._texts:
            self._texts[uri] = self._fetch(uri).decode("utf-8-sig", "replace")
        return self._texts[uri]

    def _fetch(self, uri: str) -> bytes:
        if len(self.loaded) >= self._limits.parts:
            raise DocumentTooLarge(f"it consists of more than {self._limits.parts:,} files")
        data = self._load(uri)
        self._count(uri, data)
        return data

    def _count(self, uri: str, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise DocumentTooLarge(f"its files have more than {self._limits.bytes / MIB:g} MiB altogether")
        self.loaded[uri] = Part(self._name(uri), hashlib.sha256(data).hexdigest(), len(data))


def _step(value: JsonValue, token: str, location: Location) -> JsonValue:
    found: JsonValue
    if isinstance(value, dict) and token in value:
        found = value[token]
        return found
    if isinstance(value, list) and token.isascii() and token.isdigit() and int(token) < len(value):
        found = value[int(token)]
        return found
    raise ReferenceUnresolved(f"it has nothing at {location.pointer}")


def _objects(value: JsonValue, pointer: str) -> Iterator[tuple[str, dict[str, JsonValue]]]:
    waiting = [(pointer, value)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            yield pointer, value
            waiting += [(join(pointer, key), inner) for key, inner in value.items() if key not in _DATA]
        elif isinstance(value, list):
            waiting += [(join(pointer, index), inner) for index, inner in enumerate(value)]
