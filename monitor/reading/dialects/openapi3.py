"""OpenAPI 3.0, 3.1 and 3.2: one table each, filled by the functions they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.contract import (
    Bound,
    Header,
    MediaType,
    Node,
    Operation,
    Parameter,
    References,
    RequestBody,
    Response,
    Server,
)
from monitor.reading.dialects.shared import (
    ANNOTATIONS,
    SCHEMA_CLAIMED,
    boolean_bound,
    merged_parameters,
    null_stated,
    numeric_bound,
    type_names,
)
from monitor.values import JsonObject, JsonValue

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SECTIONS = {
    name: f"/components/{name}"
    for name in (
        "schemas", "parameters", "responses", "requestBodies", "headers", "securitySchemes", "callbacks", "pathItems",
        "examples", "links",
    )
}  # fmt: skip

_SERIALIZATION_STYLE = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
"""Default `style` by place (OAS 3.0.4, section 4.8.12.2)."""

_IGNORED = frozenset({"accept", "content-type", "authorization"})
"""Header parameters that are ignored: media types and security schemes say it (OAS 3.0.4, section 4.8.12.2)."""

CLAIMED = {
    "schema": SCHEMA_CLAIMED,
    "parameter": frozenset(
        {"name", "in", "required", "schema", "content", "deprecated", "style", "explode", "allowReserved",
         "allowEmptyValue"}
    ),
    "body": frozenset({"required", "content", "name", "in", "schema"}),
    "media type": frozenset({"schema", "itemSchema", "encoding", "prefixEncoding", "itemEncoding"}),
    "response": frozenset({"headers", "content", "schema"}),
    "header": frozenset(
        {"required", "schema", "deprecated", "content", "style", "explode", "allowReserved", "allowEmptyValue",
         "collectionFormat"}
    ),
    "operation": frozenset(
        {"operationId", "deprecated", "parameters", "requestBody", "responses", "security", "servers", "callbacks",
         "consumes", "produces", "schemes"}
    ),
    "path item": frozenset({*METHODS, "query", "additionalOperations", "parameters", "servers", "$ref"}),
    "root": frozenset(
        {"paths", "components", "servers", "security", "info", "host", "basePath", "schemes",
         "consumes", "produces", "definitions", "parameters", "responses", "securityDefinitions"}
    ),
}  # fmt: skip
"""The members that comparators understand; the same for all versions, so that pairs of versions compare cleanly."""


@dataclass(frozen=True, slots=True)
class OpenApi3:
    """One version of OpenAPI 3; fills `monitor.contract.Dialect`."""

    name: str
    methods: tuple[str, ...] = METHODS
    sections: Mapping[str, str] = field(default_factory=lambda: SECTIONS)
    webhooks: tuple[str, ...] = ("webhooks", "x-webhooks")
    ref_siblings: bool = False
    json_schema: bool = False
    """Schemas are JSON Schema 2020-12 (3.1 on), not the older dialect of 3.0."""

    @property
    def claimed(self) -> Mapping[str, frozenset[str]]:
        """See `Dialect.claimed`."""
        return CLAIMED

    def parameters(self, refs: References, operation: Operation) -> tuple[Parameter, ...]:
        """See `Dialect.parameters`."""
        found = merged_parameters(refs, operation, lambda _: True)
        return tuple(self._parameter(refs, name, place, node) for name, place, node in found)

    def parameter(self, refs: References, node: Node) -> Parameter | None:
        """See `Dialect.parameter`."""
        name, place = node.mapping.get("name"), node.mapping.get("in")
        if not isinstance(name, str) or not isinstance(place, str):
            return None
        return self._parameter(refs, name, place, node)

    def _parameter(self, refs: References, name: str, place: str, node: Node) -> Parameter:
        members = node.mapping
        return Parameter(
            name,
            place,
            # A path parameter is always sent (OAS 3.0.4, section 4.8.12.2).
            required=members.get("required") is True or place == "path",
            node=node,
            schema=_schema(node),
            media_types=_media_types(refs, node),
            serialization=_serialization(members, place),
            ignored=place == "header" and name.lower() in _IGNORED,
        )

    def request_body(self, refs: References, root: JsonObject, operation: Operation) -> RequestBody | None:  # noqa: ARG002 - the Protocol's
        """See `Dialect.request_body`."""
        node = Node(operation.pointer, operation.node).child("requestBody")
        if not isinstance(node.value, dict):
            return None
        node = refs.follow(node)
        return RequestBody(node.mapping.get("required") is True, node, _media_types(refs, node))

    def responses(self, refs: References, root: JsonObject, operation: Operation) -> tuple[Response, ...]:
        """See `Dialect.responses`."""
        holder = Node(operation.pointer, operation.node).child("responses")
        return tuple(
            self.response(refs, root, str(status), refs.follow(holder.child(status)))
            for status in holder.mapping
            if not str(status).startswith("x-")
        )

    def response(self, refs: References, root: JsonObject, status: str, node: Node) -> Response:  # noqa: ARG002 - the Protocol's
        """See `Dialect.response`."""
        return Response(
            status.upper() if status != "default" else status, node, _headers(refs, node), _media_types(refs, node)
        )

    def header(self, refs: References, name: str, node: Node) -> Header:
        """See `Dialect.header`."""
        return _header(refs, name, node)

    def servers(self, root: JsonObject, operation: Operation) -> tuple[Server, ...]:
        """See `Dialect.servers`; without any the server is `/` (OAS 3.0.4, section 4.8.1)."""
        for holder in (Node(operation.pointer, operation.node), operation.path_item, Node("", root)):
            listed = holder.child("servers")
            if isinstance(listed.value, list) and listed.value:
                nodes = [listed.child(index) for index in range(len(listed.value))]
                return tuple(Server(str(node.mapping.get("url", "/")), node) for node in nodes)
        return (Server("/", Node("/servers", None)),)

    def types(self, schema: JsonObject) -> frozenset[str] | None:
        """See `Dialect.types`."""
        return type_names(schema)

    def nullable(self, schema: JsonObject) -> bool:
        """`nullable: true` beside a `type` (3.0), `null` among the types (3.1); either is understood in both."""
        return null_stated(schema)

    def security_scheme(self, scheme: JsonObject) -> JsonObject:
        """See `Dialect.security_scheme`."""
        return scheme

    def lower_bound(self, schema: JsonObject) -> Bound | None:
        """See `Dialect.lower_bound`."""
        if self.json_schema:
            return numeric_bound(schema, "minimum", "exclusiveMinimum", tighter=max)
        return boolean_bound(schema, "minimum", "exclusiveMinimum")

    def upper_bound(self, schema: JsonObject) -> Bound | None:
        """See `Dialect.upper_bound`."""
        if self.json_schema:
            return numeric_bound(schema, "maximum", "exclusiveMaximum", tighter=min)
        return boolean_bound(schema, "maximum", "exclusiveMaximum")


def _schema(node: Node) -> Node | None:
    child = node.child("schema")
    return child if isinstance(child.value, dict | bool) else None


def _media_types(refs: References, node: Node) -> tuple[MediaType, ...]:
    content = node.child("content")
    found = []
    for name in content.mapping:
        media_type = refs.follow(content.child(name))
        found.append(MediaType(_media_type_name(str(name)), media_type, _schema(media_type)))
    return tuple(found)


def _media_type_name(name: str) -> str:
    """Type and parameters in lower case without spaces (RFC 9110, section 8.3.1)."""
    return "".join(name.split()).lower()


def _headers(refs: References, node: Node) -> tuple[Header, ...]:
    holder = node.child("headers")
    found = []
    for name in holder.mapping:
        found.append(_header(refs, str(name), refs.follow(holder.child(name))))
    return tuple(found)


def _header(refs: References, name: str, node: Node) -> Header:
    required = node.mapping.get("required") is True
    written = _serialization(node.mapping, "header")
    ignored = name.lower() == "content-type"
    return Header(name, required, node, _schema(node), _media_types(refs, node), written, ignored)


def _serialization(members: JsonObject, place: str) -> dict[str, JsonValue]:
    style = members.get("style", _SERIALIZATION_STYLE.get(place, "form"))
    return {
        "style": style,
        "explode": members.get("explode", style in ("form", "cookie")),
        "allowReserved": members.get("allowReserved", False),
        "allowEmptyValue": members.get("allowEmptyValue", False),
    }


__all__ = ["ANNOTATIONS", "CLAIMED", "OpenApi3"]
