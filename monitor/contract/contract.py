"""The version-free model of an API: lazy views over the parsed document, no copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from monitor.contract.dialect import Dialect
from monitor.contract.node import Node, References
from monitor.contract.types import ComponentName, OperationKind, OperationRef
from monitor.contract.views import Component, Operation, Parameter, RequestBody, Response, Server
from monitor.values import JsonObject, join
from monitor.values.pointer import parse, resolve


class Contract:
    """What one document declares. Views are made when they are asked for; invalid parts are passed over."""

    def __init__(
        self,
        root: JsonObject,
        dialect: Dialect,
        *,
        webhooks: tuple[str, ...] | None = None,
        only: Operation | None = None,
    ) -> None:
        """`webhooks`: the root members that hold payloads sent by the provider, other than those of the dialect.

        `only` is the one operation that there is, whatever the document has besides: see `alone`.
        """
        self.root = root
        self.webhooks = dialect.webhooks if webhooks is None else webhooks
        self.dialect = dialect
        self._only = only
        # Before 3.1 a schema has no name of its own.
        self.refs = References(root, names=dialect.ref_siblings)

    @cached_property
    def _operations(self) -> tuple[Operation, ...]:
        if self._only is not None:
            return (self._only,)
        found = list(self._of_paths("/paths", "operation"))
        for key in self.webhooks:
            found.extend(self._of_paths(join("", key), "webhook"))
        return tuple(found)

    def operations(self) -> tuple[Operation, ...]:
        """Every operation and webhook, in the document's order; callbacks are reached from their operation."""
        return self._operations

    def alone(self, operation: Operation, ref: OperationRef) -> Contract:
        """The contract with this operation alone, under another name.

        Two operations, of one document or of two, are compared as if they were one: each alone, under one name. They
        keep their places in the document.
        """
        return Contract(self.root, self.dialect, webhooks=self.webhooks, only=replace(operation, ref=ref))

    def callbacks(self, operation: Operation) -> tuple[Operation, ...]:
        """The operations that the provider calls back (OAS 3.0.4, section 4.8.18)."""
        found: list[Operation] = []
        holder = Node(operation.pointer, operation.node).child("callbacks")
        for name in holder.mapping:
            callback = self.refs.follow(holder.child(name))
            for expression in callback.mapping:
                if not str(expression).startswith("x-"):
                    item = callback.child(expression)
                    found.extend(self._of_item(item, str(expression), "callback", str(name)))
        return tuple(found)

    def parameters(self, operation: Operation) -> tuple[Parameter, ...]:
        """The operation's parameters merged with its path's."""
        return self.dialect.parameters(self.refs, operation)

    def request_body(self, operation: Operation) -> RequestBody | None:
        """The body that the operation takes."""
        return self.dialect.request_body(self.refs, self.root, operation)

    def responses(self, operation: Operation) -> tuple[Response, ...]:
        """The documented responses."""
        return self.dialect.responses(self.refs, self.root, operation)

    def servers(self, operation: Operation) -> tuple[Server, ...]:
        """The base URLs in force: the operation's, else its path's, else the document's."""
        return self.dialect.servers(self.root, operation)

    def security(self, operation: Operation) -> Node:
        """The security requirements in force: the operation's own list, else the document's (value None: none said)."""
        own = Node(operation.pointer, operation.node).child("security")
        return own if isinstance(own.value, list) else Node("", self.root).child("security")

    def components(self) -> Iterator[Component]:
        """Every named definition, reached or not."""
        for section, pointer in self.dialect.sections.items():
            holder = self.at(pointer)
            for name in holder.mapping:
                yield Component(section, str(name), holder.child(name))

    def at(self, pointer: str) -> Node:
        """The node at a pointer; its value is None where there is none."""
        try:
            return Node(pointer, resolve(self.root, pointer))
        except LookupError:
            return Node(pointer, None)

    def component(self, pointer: str) -> ComponentName | None:
        """The section and name of the component that a pointer stands in, or None."""
        for section, holder in self.dialect.sections.items():
            if pointer.startswith(f"{holder}/"):
                return section, parse(pointer[len(holder) :])[0]
        return None

    def component_name(self, pointer: str) -> str | None:
        """The name of the component that a pointer stands in, or None."""
        found = self.component(pointer)
        return None if found is None else found[1]

    def _of_paths(self, pointer: str, kind: OperationKind) -> Iterator[Operation]:
        holder = self.at(pointer)
        for path in holder.mapping:
            if not str(path).startswith("x-"):
                yield from self._of_item(holder.child(path), str(path), kind)

    def _of_item(self, place: Node, path: str, kind: OperationKind, name: str = "") -> Iterator[Operation]:
        item = self.refs.follow(place)
        found = [(method, item.child(method)) for method in self.dialect.methods if method in item.mapping]
        extra = item.child("additionalOperations") if "query" in self.dialect.methods else None
        if extra is not None:
            found.extend((str(method), extra.child(method)) for method in extra.mapping)
        for method, node in found:
            if isinstance(node.value, dict):
                ref = OperationRef(path, method.upper(), kind)
                # A webhook written as a GET has its payload in the response (incident.io's `x-webhooks`): that is
                # what the client receives, and nothing is turned round.
                inverted = kind != "operation" and ref.method != "GET"
                yield Operation(ref, node.pointer, node.value, item, inverted=inverted, name=name)
