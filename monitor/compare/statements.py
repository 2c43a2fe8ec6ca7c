"""One thing that several members of an `allOf` state: all that they say of it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.contract import Node
from monitor.values import canonical_bytes


@dataclass(frozen=True, slots=True)
class Statements(Node):
    """Several schemas that must hold together, each at its own place, read as an `allOf` of them.

    It stands at the place of the first, where what they come to together is told.
    """

    members: tuple[Node, ...] = ()

    def child(self, *tokens: str | int) -> Node:
        """The node below; the members of the `allOf` are those of the document, each where it stands."""
        if tokens == ("allOf",):
            return _Members(self.pointer, self.value["allOf"], members=self.members)
        return Node.child(self, *tokens)


@dataclass(frozen=True, slots=True)
class _Members(Node):
    members: tuple[Node, ...] = ()

    def child(self, *tokens: str | int) -> Node:
        return self.members[int(tokens[0])]


def all_of_them(nodes: Iterable[Node]) -> Node:
    """The statements as one schema; what is said twice in the same words is said once."""
    apart: dict[bytes, Node] = {}
    for node in nodes:
        for member in members(node):
            apart.setdefault(canonical_bytes(member.value), member)
    found = tuple(apart.values())
    return found[0] if len(found) == 1 else as_statements(*found)


def as_statements(*found: Node) -> Statements:
    """Schemas as statements, also where there is only one of them."""
    if len(found) == 1 and isinstance(found[0], Statements):
        return found[0]
    return Statements(found[0].pointer, {"allOf": [node.value for node in found]}, members=found)


def members(node: Node) -> tuple[Node, ...]:
    """The statements that a schema is made of: itself, where it is not several."""
    return node.members if isinstance(node, Statements) else (node,)


def places(node: Node) -> tuple[str, ...]:
    """The pointers of a schema: one for each statement."""
    return tuple(member.pointer for member in members(node))
