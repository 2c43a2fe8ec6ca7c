"""The parts of a value, each with the schemas of the contract that speak of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from monitor.algebra.samples import Sampler
from monitor.contract import Node, target_of
from monitor.values import JsonValue, join

_ALL, _SOME = "allOf", ("oneOf", "anyOf")


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a value.

    `pointer`: where it is in the value. `name`: of the property that it is, or that holds the list that it is in.
    `stated`: the schemas that what holds it has for it, as they stand. `schemas`: all that speak of it: those with
    references followed, members of `allOf`, and the branches of unions that it fits.
    """

    pointer: str
    name: str
    value: JsonValue
    stated: tuple[Node, ...]
    schemas: tuple[Node, ...]

    def below(self) -> Iterator[tuple[str | int, JsonValue, tuple[Node, ...]]]:
        """The parts of this one: key or index, value, and the schemas stated for it."""
        if isinstance(self.value, dict):
            for key, part in self.value.items():
                yield key, part, tuple(_stated(_property(schema, key) for schema in self.schemas))
        elif isinstance(self.value, list):
            for index, part in enumerate(self.value):
                yield index, part, tuple(_stated(_item(schema, index) for schema in self.schemas))


def places(sampler: Sampler, node: Node, value: JsonValue) -> Iterator[Place]:
    """Every part of a value of a schema, the whole first, each before its own parts.

    Properties that only a pattern speaks of, and what `if`, `not` and `contains` say, are passed over.
    """
    waiting: list[tuple[str, str, JsonValue, tuple[Node, ...]]] = [("", "", value, (node,))]
    while waiting:
        pointer, name, part, stated = waiting.pop()
        place = Place(pointer, name, part, stated, tuple(_speaking(sampler, stated, part)))
        yield place
        children = [
            (join(pointer, token), token if isinstance(token, str) else name, inner, own)
            for token, inner, own in place.below()
        ]
        waiting.extend(reversed(children))


def _speaking(sampler: Sampler, stated: Sequence[Node], value: JsonValue) -> Iterator[Node]:
    refs, siblings = sampler.contract.refs, sampler.contract.dialect.ref_siblings
    waiting, seen = list(stated), set[str]()
    while waiting:
        node = waiting.pop(0)
        if target_of(node.value) is not None:
            target = refs.follow(Node(node.pointer, {"$ref": target_of(node.value)}))
            if target.pointer != node.pointer:
                waiting.append(Node(target.pointer, target.value))
            if not siblings or len(node.mapping) == 1:
                continue
        if node.pointer in seen or not isinstance(node.value, dict):
            continue
        seen.add(node.pointer)
        yield node
        waiting.extend(_listed(node, _ALL))
        branches = chain.from_iterable(_listed(node, keyword) for keyword in _SOME)
        waiting.extend(branch for branch in branches if sampler.fits(branch, value))


def _stated(found: Iterable[Node | None]) -> Iterator[Node]:
    return (each for each in found if each is not None)


def _listed(node: Node, keyword: str) -> list[Node]:
    holder = node.child(keyword)
    return [holder.child(index) for index in range(len(holder.value))] if isinstance(holder.value, list) else []


def _property(schema: Node, key: str) -> Node | None:
    """What a schema says of a property (JSON Schema 2020-12 core, section 10.3.2)."""
    if key in schema.child("properties").mapping:
        return schema.child("properties", key)
    rest = schema.child("additionalProperties")
    return rest if isinstance(rest.value, dict) else None


def _item(schema: Node, index: int) -> Node | None:
    """What a schema says of an item (JSON Schema 2020-12 core, section 10.3.1)."""
    listed = _listed(schema, "prefixItems")
    if index < len(listed):
        return listed[index]
    items = schema.child("items")
    return items if isinstance(items.value, dict) else None
