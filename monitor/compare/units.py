"""Units: the parts of a document that are compared or passed over as a whole.

Every operation, every path item without its operations, every component, every webhook and the rest of the root is one
unit. The canonical bytes of a unit give its digest and its `$ref` targets at C speed; hashing every node was measured
slower than walking them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from monitor.contract import Contract, unquoted
from monitor.values import JsonValue, canonical_bytes, join
from monitor.values.pointer import parse

# Every string that looks like a local reference counts, under `$ref` or elsewhere (discriminator mappings, links): one
# too many only makes a unit dirty that is then found to be equal.
_REFERENCE = re.compile(rb'"#(/[^"\\]*(?:\\.[^"\\]*)*)"')
_NAMED = re.compile(rb'"\$(?:dynamicR|r)ef":"((?:#[^"\\/]|[^"\\#])[^"\\]*)"')
_MAPPING = re.compile(rb'"mapping":\{([^}]*)\}')
_NAME = re.compile(rb':"([^"\\#/]+)"')


@dataclass(frozen=True, slots=True)
class Unit:
    """One part of a document: SHA-256 of its canonical bytes and the pointers of the units that it names."""

    pointer: str
    digest: bytes
    targets: frozenset[str]


class Units:
    """The units of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._sections = {parse(pointer) for pointer in contract.dialect.sections.values()}
        self._paths = {("paths",), *((key,) for key in contract.webhooks)}
        self._owners: dict[str, str] = {}
        """What was asked of `owner`: the same definitions are named again and again."""

    @cached_property
    def all(self) -> dict[str, Unit]:
        """Pointer to unit."""
        return {pointer: self._unit(pointer, value) for pointer, value in self._parts()}

    def owner(self, pointer: str) -> str:
        """The pointer of the unit that a place belongs to; the empty pointer is the rest of the root."""
        found = self._owners.get(pointer)
        if found is None:
            found = self._owners[pointer] = self._owner(pointer)
        return found

    def _owner(self, pointer: str) -> str:
        tokens = parse(pointer)
        for section in self._sections:
            if tokens[: len(section)] == section and len(tokens) > len(section):
                return join("", *tokens[: len(section) + 1])
        if tokens[:1] in self._paths and len(tokens) > 1:
            is_operation = len(tokens) > 2 and tokens[2] in self._contract.dialect.methods
            return join("", *tokens[: 3 if is_operation else 2])
        return ""

    def _parts(self) -> Iterator[tuple[str, JsonValue]]:
        root = dict(self._contract.root)
        for section in self._contract.dialect.sections.values():
            holder = self._contract.at(section).mapping
            for name, value in holder.items():
                yield join(section, name), value
        for (key,) in self._paths:
            holder = self._contract.at(join("", key)).mapping
            for path, item in holder.items():
                yield from self._of_item(join("", key, path), item)
            root.pop(key, None)
        yield "", {key: value for key, value in root.items() if key not in self._holders}

    @cached_property
    def _holders(self) -> set[str]:
        return {"components"} | {section[0] for section in self._sections if len(section) == 1}

    def _of_item(self, pointer: str, item: JsonValue) -> Iterator[tuple[str, JsonValue]]:
        if not isinstance(item, dict):
            yield pointer, item
            return
        methods = self._contract.dialect.methods
        for method in methods:
            if method in item:
                yield join(pointer, method), item[method]
        yield pointer, {key: value for key, value in item.items() if key not in methods}

    def _unit(self, pointer: str, value: JsonValue) -> Unit:
        data = canonical_bytes(value)
        return Unit(pointer, hashlib.sha256(data).digest(), frozenset(self.targets(data) - {pointer}))

    def targets(self, data: bytes) -> set[str]:
        """The pointers of the units that a part of the document names, by its canonical bytes."""
        found = {self.owner(_pointer(match)) for match in _REFERENCE.findall(data)}
        for name in _NAMED.findall(data):
            found |= {self.owner(node.pointer) for node in self._contract.refs.candidates(name.decode())}
        for mapping in _MAPPING.findall(data):
            schemas = self._contract.dialect.sections["schemas"]
            found |= {join(schemas, name.decode()) for name in _NAME.findall(mapping)}
        return found


def _pointer(match: bytes) -> str:
    """The JSON pointer that stands in a JSON string as the fragment of a URI (RFC 6901, sections 5 and 6)."""
    text = str(json.loads(b'"%s"' % match)) if b"\\" in match else match.decode()
    return unquoted(text)


def dirty_units(before: Units, after: Units) -> frozenset[str]:
    """The pointers whose unit differs, stands on one side only, or reaches such a one.

    An operation also hangs on its path item (shared parameters) and, through root security and servers, on the root:
    that is asked for where it is compared.
    """
    mine, yours = before.all, after.all
    dirty = {
        pointer
        for pointer in mine.keys() | yours.keys()
        if pointer not in mine or pointer not in yours or mine[pointer].digest != yours[pointer].digest
    }
    users: dict[str, set[str]] = {}
    for units in (mine, yours):
        for unit in units.values():
            for target in unit.targets:
                users.setdefault(target, set()).add(unit.pointer)
    waiting = list(dirty)
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in dirty:
                dirty.add(user)
                waiting.append(user)
    return frozenset(dirty)
