"""Every place of a document that can be called deprecated, as a subject of the ledger.

The document is walked as it is written and no reference is followed: a shared definition is one subject, not as many as
there are uses of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from monitor.contract import Contract, Node, Operation
from monitor.ledger.types import Subject
from monitor.values import JsonObject

_SAME_VALUE: Final = ("allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas")
_ITEMS: Final = ("items", "prefixItems", "contains", "unevaluatedItems", "itemSchema")
_MEMBERS: Final = ("additionalProperties", "patternProperties", "unevaluatedProperties")


@dataclass(frozen=True, slots=True)
class Place:
    """A subject and the object that may say of it that it is deprecated.

    `flagged`: the specification has `deprecated` there and it is true. `enum` are the values of its schema, by how they
    are written in prose. `holder` is the pointer of the operation that it belongs to, or None.
    """

    subject: Subject
    node: JsonObject
    flagged: bool
    enum: tuple[str, ...] = ()
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class _Owner:
    method: str | None = None
    path: str | None = None
    pointer: str | None = None


def places(contract: Contract) -> Iterator[Place]:
    """The places of a document: operations first, in its order, each with what is inside; then the components."""
    yield from _Walk(contract).all()


class _Walk:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        version = contract.dialect.name
        # OAS 3.0.4, 4.8.12 (Parameter), 4.8.21 (Header), 4.8.24 (Schema); 2.0 has it on operations alone.
        self._parts_have_flags = version != "2.0"
        # OAS 3.2.0, 4.27 (Security Scheme).
        self._schemes_have_flags = version not in ("2.0", "3.0", "3.1")
        self._beside_references = contract.dialect.ref_siblings

    def all(self) -> Iterator[Place]:
        items: set[str] = set()
        for operation in self._contract.operations():
            yield from self._with_shared(operation, items)
            caller = f"{operation.ref.method} {operation.ref.path}"
            for callback in self._contract.callbacks(operation):
                yield from self._with_shared(callback, items, f"{callback.name} of {caller}")
        for component in self._contract.components():
            yield from self._component(component.section, component.name, component.node)

    def _with_shared(self, operation: Operation, items: set[str], name: str = "") -> Iterator[Place]:
        """An operation, and the parameters of its path item when they were not seen yet."""
        yield from self._operation(operation, name)
        item = operation.path_item
        if item.pointer not in items:
            items.add(item.pointer)
            yield from self._parameters(item.child("parameters"), _Owner(None, operation.ref.path))

    def _operation(self, operation: Operation, name: str) -> Iterator[Place]:
        ref, node = operation.ref, Node(operation.pointer, operation.node)
        subject = Subject(ref.kind, ref.method, ref.path, operation.pointer, name)
        yield Place(subject, operation.node, operation.deprecated, holder=operation.pointer)
        owner = _Owner(ref.method, ref.path, operation.pointer)
        yield from self._parameters(node.child("parameters"), owner)
        yield from self._contents(node.child("requestBody"), owner, "request body")
        responses = node.child("responses")
        for status in responses.mapping:
            yield from self._response(responses.child(status), owner, f"response {status}")

    def _component(self, section: str, name: str, node: Node) -> Iterator[Place]:
        if "$ref" in node.mapping and not self._beside_references:
            return
        owner = _Owner()
        match section:
            case "schemas":
                yield from self._schema(node, owner, name, kind="schema")
            case "parameters" | "headers":
                kind = section[:-1]
                yield self._place(Subject(kind, None, None, node.pointer, name), node, owner)
                yield from self._value(node, owner, name)
            case "securitySchemes":
                subject = Subject("security scheme", None, None, node.pointer, name)
                flagged = self._schemes_have_flags and node.mapping.get("deprecated") is True
                yield Place(subject, node.mapping, flagged)
            case "requestBodies":
                yield from self._contents(node, owner, f"request body {name}")
            case "responses":
                yield from self._response(node, owner, f"response {name}")
            case "mediaTypes":
                yield Place(Subject("media type", None, None, node.pointer, name), node.mapping, flagged=False)
                yield from self._schema(node.child("schema"), owner, name)
            case _:
                return

    def _parameters(self, holder: Node, owner: _Owner) -> Iterator[Place]:
        for index in range(len(holder.value) if isinstance(holder.value, list) else 0):
            node = holder.child(index)
            name, place = node.mapping.get("name"), node.mapping.get("in")
            if not isinstance(name, str):
                continue
            if place == "body":
                yield from self._schema(node.child("schema"), owner, "request body")
                continue
            told = f"{name} in {place}"
            yield self._place(Subject("parameter", owner.method, owner.path, node.pointer, told), node, owner)
            yield from self._value(node, owner, told)

    def _response(self, node: Node, owner: _Owner, trail: str) -> Iterator[Place]:
        headers = node.child("headers")
        for name in headers.mapping:
            header, told = headers.child(name), f"{name} in {trail}"
            if "$ref" in header.mapping:
                continue
            yield self._place(Subject("header", owner.method, owner.path, header.pointer, told), header, owner)
            yield from self._value(header, owner, told)
        yield from self._contents(node, owner, trail)

    def _contents(self, node: Node, owner: _Owner, trail: str) -> Iterator[Place]:
        """The media types of a body; of Swagger 2.0 its schema."""
        content = node.child("content")
        for name in content.mapping:
            media_type = content.child(name)
            told = f"{name} in {trail}"
            yield Place(
                Subject("media type", owner.method, owner.path, media_type.pointer, told),
                media_type.mapping,
                flagged=False,
                holder=owner.pointer,
            )
            yield from self._schema(media_type.child("schema"), owner, trail)
        yield from self._schema(node.child("schema"), owner, trail)

    def _value(self, node: Node, owner: _Owner, trail: str) -> Iterator[Place]:
        """What a parameter or header may be."""
        yield from self._schema(node.child("schema"), owner, trail)
        content = node.child("content")
        for name in content.mapping:
            yield from self._schema(content.child(name, "schema"), owner, trail)

    def _schema(self, root: Node, owner: _Owner, trail: str, *, kind: str | None = None) -> Iterator[Place]:
        """A schema and all inside it: `kind` is None for one that is no subject of its own."""
        waiting: list[tuple[Node, str, str | None]] = [(root, trail, kind)]
        while waiting:
            node, name, told = waiting.pop()
            if not isinstance(node.value, dict):
                continue
            if told is not None:
                subject = Subject(told, owner.method, owner.path, node.pointer, name)
                yield self._place(subject, node, owner)
            if "$ref" in node.mapping and not self._beside_references:
                continue
            yield from self._values(node, owner, name)
            waiting.extend(reversed(list(_inside(node, name))))

    def _values(self, node: Node, owner: _Owner, name: str) -> Iterator[Place]:
        """The values of an `enum`, and those that are a branch of their own (`oneOf` of `const`)."""
        values = node.mapping.get("enum")
        for index, value in enumerate(values if isinstance(values, list) else ()):
            if isinstance(value, str | int | float):
                told = Subject(
                    "enum value", owner.method, owner.path, f"{node.pointer}/enum/{index}", f"{name} = {value}"
                )
                yield Place(told, {}, flagged=False, holder=owner.pointer)
        for keyword in ("oneOf", "anyOf"):
            branches = node.mapping.get(keyword)
            for index in range(len(branches) if isinstance(branches, list) else 0):
                branch = node.child(keyword, index)
                value = branch.mapping.get("const")
                if isinstance(value, str | int | float):
                    told = Subject("enum value", owner.method, owner.path, branch.pointer, f"{name} = {value}")
                    yield self._place(told, branch, owner)

    def _place(self, subject: Subject, node: Node, owner: _Owner) -> Place:
        allowed = self._parts_have_flags and ("$ref" not in node.mapping or self._beside_references)
        flagged = allowed and node.mapping.get("deprecated") is True
        return Place(subject, node.mapping, flagged, _written(node.mapping), owner.pointer)


def _inside(node: Node, name: str) -> Iterator[tuple[Node, str, str | None]]:
    properties = node.child("properties")
    for each in properties.mapping:
        yield properties.child(each), f"{name} > {each}", "property"
    for keyword in _SAME_VALUE:
        yield from ((below, name, None) for below in _below(node.child(keyword), keyword))
    for keyword in _ITEMS:
        yield from ((below, f"{name}[]", None) for below in _below(node.child(keyword), keyword))
    for keyword in _MEMBERS:
        yield from ((below, f"{name}{{}}", None) for below in _below(node.child(keyword), keyword))


def _below(node: Node, keyword: str) -> Iterator[Node]:
    """The schemas that stand under a keyword: one, a list, or a map."""
    if isinstance(node.value, list):
        yield from (node.child(index) for index in range(len(node.value)))
    elif keyword in ("patternProperties", "dependentSchemas"):
        yield from (node.child(name) for name in node.mapping)
    elif isinstance(node.value, dict):
        yield node


def _written(node: JsonObject) -> tuple[str, ...]:
    values = node.get("enum")
    schema = node.get("schema")
    if values is None and isinstance(schema, dict):
        values = schema.get("enum")
    return tuple(str(value) for value in values if isinstance(value, str)) if isinstance(values, list) else ()
