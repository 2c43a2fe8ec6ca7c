"""In which direction a client meets a named definition: what it sends, what it receives, or both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote

from monitor.contract import Contract, Operation
from monitor.contract.types import ComponentName, Direction
from monitor.values import JsonObject, JsonValue, canonical_bytes

_REFERENCE: Final = re.compile(rb'"(#/[^"\\]+)"')
"""What `$ref` and the mapping of a discriminator name; an example that looks like one adds a direction at most."""


class Reach:
    """Answers for the definitions of one document; the document is looked through when it is first asked."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._found: dict[ComponentName, set[Direction]] | None = None

    def of(self, pointer: str, node: JsonObject) -> tuple[Direction, ...]:
        """The directions in which a part of a definition is met; empty where it is unused or in no definition.

        What is `readOnly` is not sent, what is `writeOnly` not received (OAS 3.0.4, section 4.8.24.2).
        """
        name = self._contract.component(pointer)
        if name is None:
            return ()
        if self._found is None:
            self._found = self._all()
        met = set(self._found.get(name, ()))
        met -= {Direction.REQUEST} if node.get("readOnly") is True else set()
        met -= {Direction.RESPONSE} if node.get("writeOnly") is True else set()
        return tuple(sorted(met))

    def _all(self) -> dict[ComponentName, set[Direction]]:
        inside = {(each.section, each.name): self._named(each.node.value) for each in self._contract.components()}
        found: dict[ComponentName, set[Direction]] = {}
        for direction, names in self._roots():
            waiting = list(names)
            while waiting:
                name = waiting.pop()
                if direction not in found.setdefault(name, set()):
                    found[name].add(direction)
                    waiting.extend(inside.get(name, ()))
        return found

    def _roots(self) -> Iterator[tuple[Direction, set[ComponentName]]]:
        for operation in with_callbacks(self._contract):
            sent, received = Direction.REQUEST, Direction.RESPONSE
            if operation.inverted:
                sent, received = received, sent
            request = {key: value for key, value in operation.node.items() if key not in ("responses", "callbacks")}
            shared = operation.path_item.mapping.get("parameters")
            yield sent, self._named(request) | self._named(shared)
            yield received, self._named(operation.node.get("responses"))

    def _named(self, value: JsonValue) -> set[ComponentName]:
        pointers = (found.decode()[1:] for found in set(_REFERENCE.findall(canonical_bytes(value))))
        names = (self._contract.component(unquote(pointer)) for pointer in pointers)
        return {name for name in names if name is not None}


def with_callbacks(contract: Contract) -> Iterable[Operation]:
    """Every operation and webhook, each followed by the operations that it has called back (OAS 3.0.4, 4.8.18)."""
    for operation in contract.operations():
        yield operation
        yield from contract.callbacks(operation)
