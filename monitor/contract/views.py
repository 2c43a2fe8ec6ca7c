"""What a contract is made of: views over places of the parsed document, the same for every OpenAPI version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.contract.node import Node
from monitor.contract.types import OperationRef
from monitor.values import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, webhook or callback.

    `inverted`: the provider sends it, so its request is received by the client (webhooks, callbacks).
    """

    ref: OperationRef
    pointer: str
    node: JsonObject
    path_item: Node
    inverted: bool = False
    name: str = ""
    """Of a callback the name under `callbacks`, which is not on the wire; else empty."""

    @property
    def deprecated(self) -> bool:
        """Whether `deprecated: true` stands on it (OAS 3.0.4, section 4.8.10)."""
        return self.node.get("deprecated") is True

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags, in the document's order."""
        tags = self.node.get("tags")
        return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type of a body, response or parameter; `schema` is None where any value goes."""

    name: str
    node: Node
    schema: Node | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation, its own or its path's.

    `place` is `in`; `serialization` is how the value is written on the wire, the defaults of the specification filled
    in (OAS 3.0.4, section 4.8.12.2; for 2.0 `collectionFormat`).
    """

    name: str
    place: str
    required: bool
    node: Node
    schema: Node | None
    media_types: tuple[MediaType, ...] = ()
    serialization: Mapping[str, JsonValue] = field(default_factory=dict)
    ignored: bool = False
    """The specification has other means to say it, and ignores it: `Accept`, `Content-Type`, `Authorization`
    (OAS 3.0.4, section 4.8.12.2)."""


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The body of a request. In Swagger 2.0 it is the parameter `in: body`, or those `in: formData` together."""

    required: bool
    node: Node
    media_types: tuple[MediaType, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """A response header; its name compares without regard to case (RFC 9110, section 5.1)."""

    name: str
    required: bool
    node: Node
    schema: Node | None
    media_types: tuple[MediaType, ...] = ()
    serialization: Mapping[str, JsonValue] = field(default_factory=dict)
    """How the value is written, as of a parameter."""
    ignored: bool = False
    """The specification ignores it: `Content-Type` (OAS 3.0.4, section 4.8.17.1)."""


@dataclass(frozen=True, slots=True)
class Response:
    """What comes back with one status (`200`, `4XX`, `default`)."""

    status: str
    node: Node
    headers: tuple[Header, ...]
    media_types: tuple[MediaType, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """A base URL, and where it is said; `node.value` is the Server Object, or None where it is implied."""

    url: str
    node: Node


@dataclass(frozen=True, slots=True)
class Component:
    """A named definition. `section` is the name that OpenAPI 3 has for its kind (`schemas`, `parameters`, …)."""

    section: str
    name: str
    node: Node
