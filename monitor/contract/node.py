"""A place in a parsed document: its pointer and its value, with `$ref`s followed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from monitor.errors import ReferenceUnresolved
from monitor.values import JsonObject, JsonValue
from monitor.values.pointer import escape, resolve


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the JSON pointer at which it stands.

    `referenced`: a `$ref` led here; `used_at` is where that stands, if it is known.
    """

    pointer: str
    value: Any
    referenced: bool = False
    used_at: str | None = field(default=None, compare=False)

    @property
    def use(self) -> str:
        """Where the value is used: the pointer of the Reference Object that led here, or its own."""
        return self.pointer if self.used_at is None else self.used_at

    @property
    def mapping(self) -> JsonObject:
        """The value when it is an object, else an empty one: documents may be invalid."""
        return self.value if isinstance(self.value, dict) else {}

    def child(self, *tokens: str | int) -> Node:
        """The node below, not following a `$ref`; its value is None where there is none."""
        pointer, value = self.pointer, self.value
        for token in tokens:
            pointer = f"{pointer}/{escape(str(token))}"
            if isinstance(value, dict):
                value = value.get(str(token))
            elif isinstance(value, list) and isinstance(token, int) and token < len(value):
                value = value[token]
            else:
                value = None
        return Node(pointer, value)

    def only(self, keys: Collection[str]) -> Node:
        """The same place with no other members than these."""
        return self._with({key: value for key, value in self.mapping.items() if key in keys})

    def without(self, keys: Collection[str]) -> Node:
        """The same place without these members."""
        return self._with({key: value for key, value in self.mapping.items() if key not in keys})

    def _with(self, members: JsonObject) -> Node:
        return Node(self.pointer, members, self.referenced, self.used_at)


class Scattered(Node):
    """A node of which some parts stand in other places than below it: `child` gives those as they are."""

    parts: Mapping[tuple[str | int, ...], Node]

    @classmethod
    def of(cls, pointer: str, value: JsonValue, parts: Mapping[tuple[str | int, ...], Node]) -> Self:
        """The node at a pointer; `parts` by the tokens that lead from it to them."""
        made = cls(pointer, value)
        object.__setattr__(made, "parts", parts)  # a Node cannot be changed otherwise
        return made

    def child(self, *tokens: str | int) -> Node:
        """The node below; see `Node.child`."""
        found = self.parts.get(tokens)
        return Node.child(self, *tokens) if found is None else found

    def _with(self, members: JsonObject) -> Node:
        return Scattered.of(self.pointer, members, self.parts)


REFERENCES = ("$ref", "$dynamicRef")
"""The keywords that lead to a schema. Where one name has one `$dynamicAnchor` both do so in the same way."""

_DATA = frozenset({"const", "default", "enum", "example", "examples", "value"})
"""Members that hold values, no schemas: what looks like a name there is none."""


def target_of(value: object) -> str | None:
    """The text of a `$ref` (OAS 3.0.4, section 4.8.23) or else a `$dynamicRef`; None when the value has neither."""
    if isinstance(value, dict):
        for keyword in REFERENCES:
            reference = value.get(keyword)
            if isinstance(reference, str):
                return reference
    return None


class References:
    """Follows the references of one document to places in it: by pointer, and where `names`, by `$anchor` or `$id`."""

    def __init__(self, root: JsonObject, *, names: bool = True) -> None:
        self._root = root
        self._has_names = names
        self._cache: dict[str, Node] = {}

    @cached_property
    def _named(self) -> dict[str, list[Node]]:
        """The schemas that have a name, by the reference to it (JSON Schema 2020-12, 8.2.1 and 8.2.2).

        Walked once, and only where a document has such references: few do.
        """
        found: dict[str, list[Node]] = {}
        waiting = [Node("", self._root)]
        while waiting:
            node = waiting.pop()
            for reference in _names_of(node.mapping):
                found.setdefault(reference, []).append(Node(node.pointer, node.value, referenced=True))
            keys = [key for key in node.mapping if key not in _DATA]
            inner = [node.child(key) for key in keys or range(len(node.value))]
            waiting.extend(each for each in inner if isinstance(each.value, dict | list))
        return found

    def candidates(self, reference: str) -> list[Node]:
        """The schemas that bear the name that a reference gives; a `$dynamicRef` may mean any of several."""
        return self._named.get(reference, []) if self._has_names else []

    def hop(self, reference: str) -> Node:
        """The node that a reference names: a pointer (`#/…`), an anchor (`#name`) or the `$id` of a schema.

        Raises ReferenceUnresolved for other documents, for what leads nowhere, and for a name of several schemas.
        """
        found = self._cache.get(reference)
        if found is None:
            found = self._cache[reference] = self._lookup(reference)
        return found

    def follow(self, node: Node) -> Node:
        """The node at the end of a chain of references; the node itself where it is none.

        A reference that cannot be followed ends the chain: its Reference Object is compared as it stands.
        """
        start, seen = node, set[str]()
        while (reference := target_of(node.value)) is not None and reference not in seen:
            seen.add(reference)
            try:
                node = self.hop(reference)
            except ReferenceUnresolved:
                break
        return node if node is start else Node(node.pointer, node.value, node.referenced, start.pointer)

    def _lookup(self, reference: str) -> Node:
        if not reference.startswith("#/"):
            named = self.candidates(reference)
            if len(named) == 1:
                return named[0]
            if named:
                raise ReferenceUnresolved(f"{len(named)} schemas have the name {reference!r}")
            raise ReferenceUnresolved(f"what the reference {reference!r} names is not in this document")
        pointer = unquoted(reference[1:])
        try:
            return Node(pointer, resolve(self._root, pointer), referenced=True)
        except (LookupError, ValueError) as error:
            raise ReferenceUnresolved(f"the reference {reference!r} leads nowhere") from error


def _names_of(members: JsonObject) -> Iterator[str]:
    for keyword, mark in (("$anchor", "#"), ("$dynamicAnchor", "#"), ("$id", "")):
        name = members.get(keyword)
        if isinstance(name, str):
            yield f"{mark}{name}"


def unquoted(pointer: str) -> str:
    """Percent-decoding of a URI fragment (RFC 6901, section 6)."""
    if "%" not in pointer:
        return pointer
    from urllib.parse import unquote

    return unquote(pointer)
