"""Two contracts under comparison: pairs of their schemas share what was read, proven and compiled.

Definitions are read when they are first looked at, so that a schema which reaches hundreds costs what a question about
it needs. Those whose bytes are the same in both documents, with all that they refer to, are one from the start.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from monitor.algebra.plain import Reader, Reading
from monitor.algebra.proofs import Prover
from monitor.algebra.relation import STEPS, Pair
from monitor.algebra.steps import Steps
from monitor.algebra.world import World, rooted
from monitor.contract import Contract, Direction, Node
from monitor.values import JsonValue, canonical_bytes, join, parse

_REFERENCE: Final = re.compile(rb'"\$(?:ref|dynamicRef)":("(?:[^"\\]|\\.)*")')


class Sides:
    """Two contracts and a direction."""

    def __init__(
        self,
        before: Contract,
        after: Contract,
        direction: Direction,
        shared: frozenset[str] | None = None,
        told: Mapping[str, str] | None = None,
    ) -> None:
        """`shared`: what `unchanged` says of the two, where it is known already, or what is to be taken for the same.

        `told`: schemas to be taken for the same, the pointer before by the pointer after.
        """
        self.direction = direction
        told = told or {}
        names: dict[tuple[str, Reading], str] = {}
        shared = unchanged(before, after) if shared is None else shared
        own = {pointer: pointer for pointer in told.values()}
        first = Reader(before, names, "before", shared, own, strict=False, ordered=True)
        self._readers = first, Reader(after, names, "after", shared, told, first, strict=False, ordered=True)
        self._world = World(source=self._read)
        self._prover = Prover(self._world, Steps(STEPS))

    def _read(self, name: str) -> JsonValue:
        for reader in self._readers:
            if name in reader.pending:
                return reader.read(name)
        raise KeyError(name)

    def pair(self, before: Node, after: Node) -> Pair:
        """Two schemas, one of each contract."""
        roots = [reader.root(node, self.direction) for reader, node in zip(self._readers, (before, after), strict=True)]
        one, other = (rooted(self._world, root) for root in roots)
        return Pair(self._prover, one, other)


def unchanged(before: Contract, after: Contract) -> frozenset[str]:
    """The pointers of the schema components that are the same in both documents, with all that they refer to."""
    holder = before.dialect.sections["schemas"]
    if before.dialect.name != after.dialect.name or holder != after.dialect.sections["schemas"]:
        return frozenset()
    mine, yours = before.at(holder).mapping, after.at(holder).mapping
    same, users = set[str](), dict[str, set[str]]()
    for name in mine.keys() & yours.keys():
        content = canonical_bytes(mine[name])
        if content == canonical_bytes(yours[name]):
            pointer = join(holder, name)
            same.add(pointer)
            for reference in _REFERENCE.findall(content):
                users.setdefault(_owner(json.loads(reference), holder), set()).add(pointer)
    waiting = [target for target in users if target not in same]
    while waiting:
        gone = users.get(waiting.pop(), set()) & same
        same -= gone
        waiting.extend(sorted(gone))
    return frozenset(same)


def _owner(reference: str, holder: str) -> str:
    """The component that a reference leads into; the reference itself where it leads elsewhere."""
    if not reference.startswith("#/") or "%" in reference:
        return reference
    tokens, above = parse(reference[1:]), parse(holder)
    return join(holder, tokens[len(above)]) if tokens[: len(above)] == above and len(tokens) > len(above) else reference
