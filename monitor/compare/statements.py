"""One thing that several members of an `allOf` state: all that they say of it holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from monitor.contract import Node
from monitor.values import canonical_bytes


class _Listed(Node):
    """A node whose parts stand in other places than below it."""

    members: tuple[Node, ...]

    @classmethod
    def of(cls, pointer: str, value: object, members: tuple[Node, ...]) -> Self:
        """The node at a pointer with these parts."""
        made = cls(pointer, value)
        object.__setattr__(made, "members", members)  # a Node cannot be changed otherwise
        return made


class Statements(_Listed):
    """Several schemas that must hold together, each at its own place, read as an `allOf` of them.

    It stands at the place of the first, where what they come to together is told.
    """

    def child(self, *tokens: str | int) -> Node:
        """The node below; the members of the `allOf` are those of the document, each where it stands."""
        if tokens == ("allOf",):
            return _Members.of(self.pointer, self.value["allOf"], self.members)
        return Node.child(self, *tokens)


class _Members(_Listed):
    def child(self, *tokens: str | int) -> Node:
        return self.members[int(tokens[0])]


def all_of_them(nodes: Iterable[Node]) -> Node:
    """The statements as one schema; what is said twice in the same words is said once."""
    apart: dict[bytes, Node] = {}
    for node in nodes:
        for member in members(node):
            # The schema of nothing as an object, so that it counts among the members (JSON Schema 2020-12, 4.3.2).
            stated = Node(member.pointer, {"not": {}}) if member.value is False else member
            apart.setdefault(canonical_bytes(stated.value), stated)
    found = tuple(apart.values())
    return found[0] if len(found) == 1 else as_statements(*found)


def as_statements(*found: Node) -> Statements:
    """Schemas as statements, also where there is only one of them."""
    if len(found) == 1 and isinstance(found[0], Statements):
        return found[0]
    return Statements.of(found[0].pointer, {"allOf": [node.value for node in found]}, found)


def members(node: Node) -> tuple[Node, ...]:
    """The statements that a schema is made of: itself, where it is not several."""
    return node.members if isinstance(node, Statements) else (node,)


def places(node: Node) -> tuple[str, ...]:
    """The pointers of a schema: one for each statement."""
    return tuple(member.pointer for member in members(node))
