"""The way through the files of a document, and the one document that comes of it."""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, NoReturn
from urllib.parse import urldefrag

import orjson

from monitor.errors import DocumentError, DocumentTooLarge, FetchError, ReferenceUnresolved, TooDeep
from monitor.reading.bundling.kinds import DATA, ROOT, SCHEMA, member, sections
from monitor.reading.bundling.names import names_of, relative
from monitor.reading.bundling.parts import Base, BundleLimits, Load, Location, Part, Parts
from monitor.reading.json_syntax import DEPTH
from monitor.reading.reader import declared_version, parsed
from monitor.values import JsonObject, JsonValue
from monitor.values.pointer import escape, join, parse

_REFERENCE = re.compile(rb"""\$(?:dynamicR|r)ef["']?\s*:\s*(?:[>|][-+]?\s+)?["']?(?!["'\s]|\\?#)""")
"""A reference that does not begin with `#`; in prose there may be others."""
_FILE_NAME = re.compile(rb"\.(?:ya?ml|json)(?![A-Za-z0-9_.-])")
_ESCAPED = re.compile(rb"\\(?:u0024|x24)")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_ABSENT = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Bundle:
    """One document made of several files: its bytes (JSON), and the files in the order of their names."""

    data: bytes
    parts: tuple[Part, ...]


def has_parts(data: bytes) -> bool:
    """Whether a document may refer to other files. Quick; it may be wrong about one that only speaks of references."""
    if _REFERENCE.search(data) or _ESCAPED.search(data):
        return True
    return b"mapping" in data and b"discriminator" in data and _FILE_NAME.search(data) is not None


def bundle(
    data: bytes, uri: str, load: Load, *, source: str = "document", limits: BundleLimits | None = None
) -> Bundle | None:
    """The document in `data`, which came from the absolute `uri`, with the files that it refers to; None without any.

    `load` gives the bytes of the others. `source` is how errors name the document. The same files give the same bytes,
    and a definition keeps its name as long as its file and pointer stay. Raises FetchError (a file cannot be had) and
    DocumentError (it cannot be read, a reference leads nowhere, too many files); both name the file and the place that
    refers to it.
    """
    bounds = limits or BundleLimits()
    root = parsed(data, source=source)
    if not isinstance(root, dict):
        return None  # reading it says so better
    work = _Bundling(data, root, urldefrag(uri).url, load, source, bounds)
    made = work.document()
    if not work.changed:
        return None
    return Bundle(_written(made), tuple(sorted(work.parts.loaded.values(), key=lambda part: part.name)))


class _Link(NamedTuple):
    """A reference that was found: the object and key that hold it, what it means, and where it leads."""

    holder: JsonObject
    key: str
    kind: str
    location: Location


class _Frame(NamedTuple):
    """The file that is being walked: what its references are relative to, and which place of it stands where.

    `pointer` is the place that the walk began at, `depth` how deep in the bundle that is.
    """

    base: Base
    pointer: str
    depth: int


class _Bundling:
    """One bundling. Definitions are walked once each; what they are called is known when all are found."""

    def __init__(
        self, data: bytes, root: JsonObject, entry: str, load: Load, source: str, limits: BundleLimits
    ) -> None:
        version = declared_version(root, source)
        self._root = root
        self._entry = entry
        self._source = source
        self._left = limits.nodes
        self._sections = sections(swagger=version == "2.0")
        self._has_ids = version.startswith(("3.1", "3.2"))
        self.parts = Parts(load, limits, name=self._name, ids=self._has_ids)
        self.parts.put(entry, data, root)
        self.changed = False
        self._links: list[_Link] = []
        self._waiting: deque[tuple[str, Location]] = deque()
        self._made: dict[tuple[str, Location], JsonValue] = {}
        self._path: list[str | int] = []
        self._inlined: list[Location] = []
        self._frame = _Frame(self.parts.base(entry), "", 0)
        self._homes: dict[tuple[str, Location], str] = {}
        self._own: dict[str, set[str]] = {}

    def document(self) -> JsonObject:
        """The bundle."""
        self._find_homes()
        made = self._walk(self._root, ROOT)
        assert isinstance(made, dict)
        while self._waiting:
            kind, location = self._waiting.popleft()
            self._path = [*parse(self._sections[kind]), "…"]
            with self._at(location):
                self._made[kind, location] = self._walk(self.parts.at(location), kind)
        self._add(made, self._link())
        return made

    def _find_homes(self) -> None:
        """The definitions that the document itself names: `Boat: {$ref: boat.yml}` makes `Boat` the name of that file.

        Of two names for one definition the first in the order of the alphabet is its home.
        """
        for kind, section in self._sections.items():
            try:
                holder = self.parts.locate(Base(self._entry, self._entry), f"#{section}")
                named = self.parts.at(holder)
            except ReferenceUnresolved:
                continue  # there is no such section
            if not isinstance(named, dict):
                continue
            self._own[kind] = set(named)
            for name in sorted(named):
                place = Location(holder.uri, join(holder.pointer, name))
                value = named[name]
                if isinstance(value, dict) and isinstance(value.get("$ref"), str):
                    if len(value) > 1 or (holder.uri == self._entry and value["$ref"].startswith("#")):
                        continue
                    self._path = [*parse(section), name]
                    place = self._locate(self.parts.base(holder.uri), value["$ref"])
                self._homes.setdefault((kind, place), name)
        self._path = []

    def _walk(self, value: JsonValue, kind: str) -> JsonValue:
        """A copy of a value with its references pointing into the bundle.

        Two frames of the stack a level: what is as deep as a document may be fits on it.
        """
        self._left -= 1
        if self._left < 0:
            raise DocumentTooLarge("its files have more values together than a document may have", where=self._source)
        if len(self._path) >= DEPTH - 1:
            raise TooDeep(f"nested deeper than {DEPTH} levels when its files are put together", where=self._source)
        if isinstance(value, list):
            return value if kind == DATA else self._list(value, kind)
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if isinstance(reference, str) and self._leads_out(reference):
            if kind == DATA:
                return self._data(value, reference)
            if kind not in self._sections:
                return self._in_place(value, reference, kind)
            if len(value) == 1 and (home := self._at_home(kind)) is not None:
                return self._put(home, kind, reference)
        return value if kind == DATA else self._object(value, kind)

    def _object(self, value: JsonObject, kind: str) -> JsonObject:
        before = self._frame
        if kind == SCHEMA and self._has_ids and isinstance(value.get("$id"), str):
            here = join(before.pointer, *self._path[before.depth :])
            self._frame = before._replace(base=self.parts.within(before.base, value, here))
        made: JsonObject = {}
        for key, inner in value.items():
            if isinstance(inner, str):
                if key != "$id" or not self._is_moved(kind):
                    made[key] = inner
                if key in ("$ref", "$dynamicRef") and kind in self._sections:
                    self._follow(made, key, kind, inner)
            elif key == "discriminator" and kind == SCHEMA and isinstance(inner, dict):
                made[key] = self._discriminator(inner)
            elif isinstance(inner, dict | list):
                self._path.append(key)
                made[key] = self._walk(inner, member(kind, key))
                self._path.pop()
            else:
                made[key] = inner
        self._frame = before
        return made

    def _list(self, value: list[Any], kind: str) -> list[Any]:
        made = []
        for index, inner in enumerate(value):
            self._path.append(index)
            made.append(self._walk(inner, member(kind, index)))
            self._path.pop()
        return made

    def _is_moved(self, kind: str) -> bool:
        """Whether a schema comes from another file: its `$id` goes, for its references lead into the bundle now."""
        return kind == SCHEMA and self._has_ids and self._frame.base.uri != self._entry

    def _follow(self, holder: JsonObject, key: str, kind: str, reference: str) -> None:
        """A reference that a component may stand for; a name that is meant where it is met stays as it is."""
        if self._leads_out(reference) and not (key == "$dynamicRef" and reference.startswith("#")):
            self._refer(holder, key, kind, reference)

    def _discriminator(self, value: JsonObject) -> JsonObject:
        """A discriminator whose mapping may name files (OAS 3.1.1, section 4.8.25)."""
        mapping = value.get("mapping")
        if not isinstance(mapping, dict):
            return value
        made: JsonObject = dict(mapping)
        for key, named in mapping.items():
            if not isinstance(named, str) or not self._leads_out(named) or named in self._own.get(SCHEMA, ()):
                continue
            self._path += ["discriminator", "mapping", key]
            try:
                self._refer(made, key, SCHEMA, named)
            except FetchError:
                if not _NAME.fullmatch(named) or _FILE_NAME.search(named.encode()):
                    raise  # a bare name may be that of a schema
            finally:
                del self._path[-3:]
        return {**value, "mapping": made}

    def _leads_out(self, reference: str) -> bool:
        """Whether a reference leads out of the document itself; those in it stay as they are."""
        if self._frame.base.uri != self._entry:
            return True
        return not reference.startswith("#") and not (
            self._has_ids and self.parts.is_known_in(self._entry, self._frame.base, reference)
        )

    def _refer(self, holder: JsonObject, key: str, kind: str, reference: str) -> None:
        """Have a reference lead into the bundle, when it is known what its target is called there."""
        location = self._locate(self._frame.base, reference)
        self.changed = True
        self._links.append(_Link(holder, key, kind, location))
        if location.uri != self._entry and (kind, location) not in self._made:
            self._made[kind, location] = None
            if (kind, location) not in self._homes:
                self._waiting.append((kind, location))

    def _in_place(self, value: JsonObject, reference: str, kind: str) -> JsonValue:
        """What a reference names, in its place; what stands beside it goes before."""
        location = self._locate(self._frame.base, reference)
        if location in self._inlined:
            self._unresolved(reference, "it goes round in a circle")
        self.changed = True
        self._inlined.append(location)
        with self._at(location):
            found = self._walk(self.parts.at(location), kind)
        self._inlined.pop()
        beside = {key: inner for key, inner in value.items() if key != "$ref"}
        if not beside or not isinstance(found, dict):
            return found
        return {**found, **self._object(beside, kind)}

    def _data(self, value: JsonObject, reference: str) -> JsonValue:
        """An example that is nothing but a reference to a file: who writes that means the file. All else is data."""
        if len(value) > 1:
            return value
        try:
            location = self._locate(self._frame.base, reference)
        except FetchError as error:
            if error.category not in ("file", "blocked") and error.status not in _ABSENT:
                raise
            return value
        except ReferenceUnresolved:
            return value
        self.changed = True
        return self.parts.at(location)

    def _at_home(self, kind: str) -> str | None:
        """The name of the document's own component that stands at this place."""
        place = parse(self._sections[kind])
        here = self._path
        return str(here[-1]) if len(here) == len(place) + 1 and tuple(here[:-1]) == place else None

    def _put(self, name: str, kind: str, reference: str) -> JsonValue:
        """A component that is nothing but a reference to a file: its definition has its home here, or elsewhere."""
        location = self._locate(self._frame.base, reference)
        if self._homes.get((kind, location)) == name:
            self.changed = True
            self._made[kind, location] = None
            with self._at(location):
                return self._walk(self.parts.at(location), kind)
        made: JsonObject = {"$ref": reference}
        self._refer(made, "$ref", kind, reference)
        return made

    def _link(self) -> dict[tuple[str, Location], str]:
        """Give each definition its name and each reference its target; returns the names of those to be added."""
        away = {target for target in self._made if target not in self._homes}
        inner = {target: held for target in away if (held := self._held_by(target)) is not None}
        names = names_of(away - inner.keys(), self._entry, self._own)
        for holder, key, kind, location in self._links:
            if location.uri == self._entry and (kind, location) not in self._homes:
                holder[key] = f"#{_quoted(location.pointer)}"
                continue
            target = inner.get((kind, location), location)
            name = self._homes.get((kind, target)) or names[kind, target]
            rest = location.pointer[len(target.pointer) :]
            holder[key] = f"#{self._sections[kind]}/{_quoted(escape(name))}{_quoted(rest)}"
        return names

    def _held_by(self, target: tuple[str, Location]) -> Location | None:
        """The definition that holds another one, which is then reached through it and stands there only."""
        kind, location = target
        if kind != SCHEMA:
            return None
        tokens = parse(location.pointer)
        for length in range(len(tokens)):
            outer = Location(location.uri, join("", *tokens[:length]))
            if (kind, outer) in self._made:
                return outer
        return None

    def _add(self, made: JsonObject, names: Mapping[tuple[str, Location], str]) -> None:
        added: dict[str, dict[str, JsonValue]] = defaultdict(dict)
        for target, name in names.items():
            added[self._sections[target[0]]][name] = self._made[target]
        for section in self._sections.values():
            if section in added:
                holder = made
                for token in parse(section):
                    holder = holder.setdefault(token, {})
                holder.update(sorted(added[section].items()))

    def _locate(self, base: Base, reference: str) -> Location:
        """Where a reference leads; what is wrong is told with the file and the place that refers to it."""
        try:
            location = self.parts.locate(base, reference)
            self.parts.at(location)
        except FetchError as error:
            raise FetchError(
                f"its part {error.where or reference}, which {self._place()} refers to, cannot be had: {error.what}",
                category=error.category,
                where=self._source,
                advice=error.advice,
                status=error.status,
            ) from error
        except ReferenceUnresolved as error:
            self._unresolved(reference, error.what)
        except DocumentError as error:
            error.what = f"{error.what}; {self._place()} of {self._source} refers to this file"
            error.where = error.where or self._source
            raise
        return location

    def _unresolved(self, reference: str, what: str) -> NoReturn:
        raise ReferenceUnresolved(
            f"{self._place()} refers to {reference!r}, which cannot be followed: {what}", where=self._source
        )

    def _place(self) -> str:
        """The place of the walk, as its file knows it."""
        pointer = join(self._frame.pointer, *self._path[self._frame.depth :]) or "/"
        uri = self._frame.base.uri
        return pointer if uri == self._entry else f"{self._name(uri)}#{pointer}"

    def _name(self, uri: str) -> str:
        return relative(uri, self._entry)

    @contextmanager
    def _at(self, location: Location) -> Iterator[None]:
        """Walk on in another place."""
        before = self._frame
        self._frame = _Frame(self.parts.base(location.uri), location.pointer, len(self._path))
        try:
            yield
        finally:
            self._frame = before


def _quoted(pointer: str) -> str:
    """A pointer as a URI fragment (RFC 6901, section 6)."""
    return pointer.replace("%", "%25")


def _written(value: JsonObject) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:
        return json.dumps(value, indent=2).encode()  # integers beyond 64 bits
