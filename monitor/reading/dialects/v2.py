"""OpenAPI 2.0 (Swagger): bodies are parameters, media types are lists, parameters are schemas themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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
    Scattered,
    Server,
)
from monitor.reading.dialects.openapi3 import CLAIMED
from monitor.reading.dialects.shared import boolean_bound, merged_parameters, null_stated, type_names
from monitor.values import JsonObject, JsonValue

_SECTIONS = {
    "schemas": "/definitions",
    "parameters": "/parameters",
    "responses": "/responses",
    "securitySchemes": "/securityDefinitions",
}
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_FLOWS = {"application": "clientCredentials", "accessCode": "authorizationCode"}
"""OAuth2 flows that OpenAPI 3 calls otherwise."""


@dataclass(frozen=True, slots=True)
class Swagger2:
    """OpenAPI 2.0; fills `monitor.contract.Dialect`."""

    name: str = "2.0"
    methods: tuple[str, ...] = ("get", "put", "post", "delete", "options", "head", "patch")
    sections: Mapping[str, str] = field(default_factory=lambda: _SECTIONS)
    webhooks: tuple[str, ...] = ("x-webhooks",)
    ref_siblings: bool = False

    @property
    def claimed(self) -> Mapping[str, frozenset[str]]:
        """See `Dialect.claimed`."""
        return CLAIMED

    def parameters(self, refs: References, operation: Operation) -> tuple[Parameter, ...]:
        """See `Dialect.parameters`; `in: body` and `in: formData` are the request body."""
        found = merged_parameters(refs, operation, lambda members: members.get("in") not in ("body", "formData"))
        return tuple(_parameter(name, place, node) for name, place, node in found)

    def parameter(self, refs: References, node: Node) -> Parameter | None:  # noqa: ARG002 - the Protocol's
        """See `Dialect.parameter`."""
        name, place = node.mapping.get("name"), node.mapping.get("in")
        if not isinstance(name, str) or not isinstance(place, str):
            return None
        return _parameter(name, place, node)

    def request_body(self, refs: References, root: JsonObject, operation: Operation) -> RequestBody | None:
        """The parameter `in: body`, or the parameters `in: formData` as the properties of an object."""
        bodies = list(merged_parameters(refs, operation, lambda members: members.get("in") in ("body", "formData")))
        consumed = _offered(root, operation, "consumes")
        for _, place, node in bodies:
            if place == "body":
                schema = node.child("schema")
                shown = schema if isinstance(schema.value, dict | bool) else None
                media_types = _media_types(node, shown, consumed)
                return RequestBody(node.mapping.get("required") is True, node, media_types)
        return _form(bodies, consumed) if bodies else None

    def responses(self, refs: References, root: JsonObject, operation: Operation) -> tuple[Response, ...]:
        """See `Dialect.responses`."""
        holder = Node(operation.pointer, operation.node).child("responses")
        produced = _offered(root, operation, "produces")
        return tuple(
            _response(str(status), refs.follow(holder.child(status)), produced)
            for status in holder.mapping
            if not str(status).startswith("x-")
        )

    def response(self, refs: References, root: JsonObject, status: str, node: Node) -> Response:  # noqa: ARG002 - the Protocol's
        """See `Dialect.response`; the media types are the document's, for want of an operation."""
        return _response(status, node, _named(Node("", root).child("produces")))

    def header(self, refs: References, name: str, node: Node) -> Header:  # noqa: ARG002 - the Protocol's
        """See `Dialect.header`."""
        return _header(name, node)

    def servers(self, root: JsonObject, operation: Operation) -> tuple[Server, ...]:
        """One for each scheme, from `schemes`, `host` and `basePath` (OAS 2.0, Swagger Object)."""
        schemes = _listed(operation.node.get("schemes")) or _listed(root.get("schemes"))
        host, base = root.get("host"), root.get("basePath") or "/"
        if not isinstance(host, str):
            return (Server(str(base), Node("/basePath", root.get("basePath"))),)
        place = Node("/host", host)
        return tuple(Server(f"{scheme}://{host}{base}", place) for scheme in schemes) or (
            Server(f"//{host}{base}", place),
        )

    def types(self, schema: JsonObject) -> frozenset[str] | None:
        """See `Dialect.types`."""
        return type_names(schema)

    def nullable(self, schema: JsonObject) -> bool:
        """2.0 has no `null`; `x-nullable` is what its tools agreed on, and later words are found as well."""
        return schema.get("x-nullable") is True or null_stated(schema)

    def security_scheme(self, scheme: JsonObject) -> JsonObject:
        """See `Dialect.security_scheme`."""
        if scheme.get("type") == "basic":
            return {**scheme, "type": "http", "scheme": "basic"}
        if scheme.get("type") != "oauth2":
            return scheme
        flow = {key: scheme[key] for key in ("authorizationUrl", "tokenUrl", "scopes") if key in scheme}
        kept = {key: value for key, value in scheme.items() if key not in flow and key != "flow"}
        name = str(scheme.get("flow"))
        return {**kept, "flows": {_FLOWS.get(name, name): flow}}

    def lower_bound(self, schema: JsonObject) -> Bound | None:
        """See `Dialect.lower_bound`."""
        return boolean_bound(schema, "minimum", "exclusiveMinimum")

    def upper_bound(self, schema: JsonObject) -> Bound | None:
        """See `Dialect.upper_bound`."""
        return boolean_bound(schema, "maximum", "exclusiveMaximum")


def _parameter(name: str, place: str, node: Node) -> Parameter:
    required = node.mapping.get("required") is True or place == "path"
    return Parameter(name, place, required, node, node, serialization=_serialization(node.mapping, place))


def _serialization(members: JsonObject, place: str) -> dict[str, JsonValue]:
    serialization: dict[str, JsonValue] = {"allowEmptyValue": members.get("allowEmptyValue", False)}
    if members.get("type") == "array":
        spelled = _SPELLINGS.get(str(members.get("collectionFormat", "csv")), ("form", False))
        style = "simple" if place in ("path", "header") and spelled == ("form", False) else spelled[0]
        serialization |= {"style": style, "explode": spelled[1]}
    return serialization


_SPELLINGS = {
    "csv": ("form", False),
    "multi": ("form", True),
    "ssv": ("spaceDelimited", False),
    "pipes": ("pipeDelimited", False),
    "tsv": ("tsv", False),
}
"""`collectionFormat` in the words of OpenAPI 3, so that the two compare."""


def _form(fields: list[tuple[str, str, Node]], consumed: Mapping[str, str]) -> RequestBody:
    """The fields of a form as one object schema; each property is the parameter itself."""
    schema: JsonObject = {
        "type": "object",
        "properties": {name: node.value for name, _, node in fields},
        "required": [name for name, _, node in fields if node.mapping.get("required") is True],
    }
    files = any(node.mapping.get("type") == "file" for _, _, node in fields)
    fields = [(name, place, _as_text(node)) for name, place, node in fields]
    pointer = fields[0][2].pointer.rpartition("/")[0]
    offered = tuple(name for name in consumed if name in (_FORM, _MULTIPART)) or (_MULTIPART if files else _FORM,)
    place = Node(pointer, {})
    properties = Scattered.of(pointer, schema["properties"], {(name,): node for name, _, node in fields})
    asked = [node.child("required") for _, _, node in fields if node.mapping.get("required") is True]
    parts: dict[tuple[str | int, ...], Node] = {("required", index): node for index, node in enumerate(asked)}
    parts["properties",] = properties
    whole = Scattered.of(pointer, schema, parts)
    media_types = tuple(MediaType(name, place, whole) for name in offered)
    return RequestBody(required=bool(asked), node=place, media_types=media_types)


def _as_text(node: Node) -> Node:
    """A schema in the words of OpenAPI 3: `type: file` (OAS 2.0, Parameter Object and Response Object) is its bytes.

    What it says of the format stands at the type.
    """
    if node.mapping.get("type") != "file":
        return node
    kept = {key: value for key, value in node.mapping.items() if key != "format"}
    place = node.child("type").pointer
    parts: dict[tuple[str | int, ...], Node] = {("format",): Node(place, "binary")}
    return Scattered.of(node.pointer, {**kept, "type": "string", "format": "binary"}, parts)


def _apart(node: Node) -> Node:
    """What a media type says in the parameter or response that stands for it: all else is said of that."""
    return Node(node.pointer, {"schema": node.mapping["schema"]} if "schema" in node.mapping else {})


def _response(status: str, node: Node, produced: Mapping[str, str]) -> Response:
    schema = _as_text(node.child("schema"))
    media_types: tuple[MediaType, ...] = ()
    if isinstance(schema.value, dict | bool):
        media_types = _media_types(node, schema, produced)
    headers = node.child("headers")
    found = tuple(_header(str(name), headers.child(name)) for name in headers.mapping)
    return Response(status, node, found, media_types)


def _header(name: str, node: Node) -> Header:
    """A header is its own schema: one node is both, by which the comparators know."""
    return Header(name, required=False, node=node, schema=node, serialization=_serialization(node.mapping, "header"))


def _media_types(node: Node, schema: Node | None, offered: Mapping[str, str]) -> tuple[MediaType, ...]:
    """One for each name offered, which is said at another place than what it holds; JSON where none is."""
    names: Mapping[str, str | None] = offered or {"application/json": None}
    return tuple(MediaType(name, replace(_apart(node), used_at=place), schema) for name, place in names.items())


def _offered(root: JsonObject, operation: Operation, keyword: str) -> dict[str, str]:
    """The media types of `consumes` or `produces`, the operation's own or the document's; see `_named`."""
    own = Node(operation.pointer, operation.node).child(keyword)
    return _named(own if isinstance(own.value, list) else Node("", root).child(keyword))


def _named(listed: Node) -> dict[str, str]:
    """The names in a list of media types, each with the pointer of its entry."""
    entries = listed.value if isinstance(listed.value, list) else []
    return {_listed([name])[0]: listed.child(index).pointer for index, name in enumerate(entries) if _listed([name])}


def _listed(value: object) -> tuple[str, ...]:
    return (
        tuple("".join(name.split()).lower() for name in value if isinstance(name, str))
        if isinstance(value, list)
        else ()
    )


V2 = Swagger2()
