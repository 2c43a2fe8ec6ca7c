"""From a site to the schemas in which a client meets it: of a body, a parameter or a response header, on both sides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from monitor.compare.media_types import taken_apart, within
from monitor.compare.operations import pair
from monitor.contract import Contract, MediaType, Node, Operation, OperationRef
from monitor.contract.types import Site

_BODY: Final = re.compile(r"(?:response (?P<status>\S+) )?body(?: \((?P<media>[^)]*)\))?(?P<items>(?:\[\])*)")
_HEADER: Final = re.compile(r"response (?P<status>\S+) header (?P<name>.+)")
_PARAMETER: Final = re.compile(r"(?P<place>path|query|header|cookie|querystring|formData) (?P<name>.+)")
_ITEMS: Final = "[]"


@dataclass(frozen=True, slots=True)
class Place:
    """The schemas of a whole body, parameter or header, and the steps that lead on into it.

    `written`: it is text on the wire, where a number is its digits (docs/stance.md), or a form, or XML.
    """

    before: Node
    after: Node
    steps: tuple[str, ...]
    written: bool


@dataclass(frozen=True, slots=True)
class _Root:
    """A body, parameter or header on both sides; `items`: steps that its readable name ends in."""

    before: Node
    after: Node
    items: tuple[str, ...]
    written: bool


class Places:
    """Two contracts, and where their operations have which schemas."""

    def __init__(self, before: Contract, after: Contract) -> None:
        self.before = before
        self.after = after
        self._roots: dict[tuple[OperationRef, str], _Root | None] = {}

    def of(self, site: Site) -> Place | None:
        """Where a site is; None for what is no schema of both sides."""
        root, *steps = site.where.split(" > ")
        key = site.operation, root
        if key not in self._roots:
            self._roots[key] = self._root(site.operation, root)
        found = self._roots[key]
        return None if found is None else Place(found.before, found.after, (*found.items, *steps), found.written)

    def operations(self, ref: OperationRef) -> tuple[Operation | None, Operation | None]:
        """An operation on both sides, by its name before, or after where it is new."""
        return self._operations.get(ref, (None, None))

    @cached_property
    def _operations(self) -> dict[OperationRef, tuple[Operation | None, Operation | None]]:
        pairs = list(pair(self.before.operations(), self.after.operations()))
        for mine, yours in list(pairs):
            inner = (
                () if mine is None else self.before.callbacks(mine),
                () if yours is None else self.after.callbacks(yours),
            )
            if any(inner):
                pairs.extend(pair(*inner))
        found: dict[OperationRef, tuple[Operation | None, Operation | None]] = {}
        for mine, yours in pairs:
            for each in (mine, yours):
                if each is not None:
                    # One expression may be the callback of several operations: which of them is meant is not said.
                    found[each.ref] = (None, None) if each.ref in found and each is mine else (mine, yours)
        return found

    def _root(self, ref: OperationRef, root: str) -> _Root | None:
        mine, yours = self.operations(ref)
        if mine is None or yours is None:
            return None
        found = _BODY.fullmatch(root)
        if found:
            media_types = [self._media_types(*each, found["status"]) for each in self._sides(mine, yours)]
            one, other = _named(media_types[0], media_types[1], found["media"])
            if one is None or other is None or one.schema is None or other.schema is None:
                return None
            items = (_ITEMS,) * (len(found["items"]) // 2)
            return _Root(one.schema, other.schema, items, _is_written(one) or _is_written(other))
        nodes = [self._schema(*each, root) for each in self._sides(mine, yours)]
        stripped = root
        while None in nodes and stripped.endswith(_ITEMS):
            stripped = stripped.removesuffix(_ITEMS)
            nodes = [self._schema(*each, stripped) for each in self._sides(mine, yours)]
        if nodes[0] is None or nodes[1] is None:
            return None
        return _Root(nodes[0], nodes[1], (_ITEMS,) * ((len(root) - len(stripped)) // 2), written=True)

    def _sides(self, mine: Operation, yours: Operation) -> tuple[tuple[Contract, Operation], ...]:
        return (self.before, mine), (self.after, yours)

    @staticmethod
    def _media_types(contract: Contract, operation: Operation, status: str | None) -> tuple[MediaType, ...]:
        if status is None:
            body = contract.request_body(operation)
            return () if body is None else body.media_types
        return next((each.media_types for each in contract.responses(operation) if each.status == status), ())

    @staticmethod
    def _schema(contract: Contract, operation: Operation, name: str) -> Node | None:
        """The schema of a parameter or a response header."""
        header = _HEADER.fullmatch(name)
        if header:
            for response in contract.responses(operation):
                if response.status == header["status"]:
                    named = (each for each in response.headers if each.name.lower() == header["name"].lower())
                    return next((each.schema for each in named), None)
        parameter = _PARAMETER.fullmatch(name)
        if parameter is None:
            return None
        known = [each for each in contract.parameters(operation) if each.place == parameter["place"]]
        return next((each.schema for each in known if each.name == parameter["name"]), None)


def parameter_of(site: Site) -> tuple[str, str] | None:
    """Place and name of the parameter that a site is in; None where it is in none, or in one that is a form's field."""
    root = site.where.split(" > ")[0]
    while root.endswith(_ITEMS):
        root = root.removesuffix(_ITEMS)
    found = _PARAMETER.fullmatch(root)
    if found is None or found["place"] not in ("path", "query", "header", "cookie"):
        return None
    return found["place"], found["name"]


def _named(
    before: tuple[MediaType, ...], after: tuple[MediaType, ...], name: str | None
) -> tuple[MediaType | None, MediaType | None]:
    """The media types that a readable path means: it names the one after, where there are several."""
    yours = [each for each in after if name is None or each.name == name]
    if len(yours) != 1:
        return None, None
    mine = [each for each in before if each.name == yours[0].name]
    mine = mine or [each for each in before if within(each.name, yours[0].name) or within(yours[0].name, each.name)]
    return (mine[0], yours[0]) if len(mine) == 1 else (None, None)


def _is_written(media_type: MediaType) -> bool:
    name = taken_apart(media_type.name)
    return name.is_text or name.may_be_xml or name.has_parts
