"""A place in a parsed document: its pointer and its value, with `$ref`s followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from monitor.errors import ReferenceUnresolved
from monitor.values import JsonObject, JsonValue, join
from monitor.values.pointer import resolve


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
        value = self.value
        for token in tokens:
            if isinstance(value, dict):
                value = value.get(str(token))
            elif isinstance(value, list) and isinstance(token, int) and token < len(value):
                value = value[token]
            else:
                value = None
        return Node(join(self.pointer, *tokens), value)


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


def target_of(value: object) -> str | None:
    """The text of a `$ref`, or None when the value is no Reference Object (OAS 3.0.4, section 4.8.23)."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            return reference
    return None


class References:
    """Follows the local `$ref`s of one document."""

    def __init__(self, root: JsonObject) -> None:
        self._root = root
        self._cache: dict[str, Node] = {}

    def hop(self, reference: str) -> Node:
        """The node that a local reference (`#/…`) names.

        Raises ReferenceUnresolved for other documents and for pointers that lead nowhere.
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
        return node if node is start else replace(node, used_at=start.pointer)

    def _lookup(self, reference: str) -> Node:
        if not reference.startswith("#/"):
            raise ReferenceUnresolved(f"the reference {reference!r} is not in this document")
        pointer = _unquote(reference[1:])
        try:
            return Node(pointer, resolve(self._root, pointer), referenced=True)
        except (LookupError, ValueError) as error:
            raise ReferenceUnresolved(f"the reference {reference!r} leads nowhere") from error


def _unquote(pointer: str) -> str:
    """Percent-decoding of a URI fragment (RFC 6901, section 6)."""
    if "%" not in pointer:
        return pointer
    from urllib.parse import unquote

    return unquote(pointer)
