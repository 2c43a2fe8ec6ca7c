"""What a version of OpenAPI has to tell about itself; monitor/reading/dialects fills it, a table for each version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from monitor.contract.node import Node, References
from monitor.contract.views import Header, Operation, Parameter, RequestBody, Response, Server
from monitor.values import JsonObject

Bound = tuple[float, bool, str]
"""A bound: its value, whether the value itself is excluded, and the keyword that says it in the newest spelling."""


class Dialect(Protocol):
    """One version of OpenAPI, as far as versions differ."""

    @property
    def name(self) -> str:
        """`2.0`, `3.0`, `3.1` or `3.2`."""

    @property
    def methods(self) -> tuple[str, ...]:
        """The members of a Path Item Object that are operations, lower case."""

    @property
    def sections(self) -> Mapping[str, str]:
        """Section of components (its OpenAPI 3 name) to the pointer of the object that holds them."""

    @property
    def webhooks(self) -> tuple[str, ...]:
        """Root members that map names to Path Item Objects sent by the provider."""

    @property
    def ref_siblings(self) -> bool:
        """Whether keywords beside a `$ref` in a schema count (JSON Schema 2020-12) or are ignored."""

    @property
    def claimed(self) -> Mapping[str, frozenset[str]]:
        """Kind of object to the members that comparators understand; every other member is a leftover."""

    def parameters(self, refs: References, operation: Operation) -> tuple[Parameter, ...]:
        """The operation's parameters merged with its path's, bodies left out."""

    def request_body(self, refs: References, root: JsonObject, operation: Operation) -> RequestBody | None:
        """The body that the operation takes."""

    def responses(self, refs: References, root: JsonObject, operation: Operation) -> tuple[Response, ...]:
        """The documented responses, in the document's order."""

    def servers(self, root: JsonObject, operation: Operation) -> tuple[Server, ...]:
        """The base URLs in force for the operation."""

    def parameter(self, refs: References, node: Node) -> Parameter | None:
        """A Parameter Object as a view; None where it has no name or place."""

    def response(self, refs: References, root: JsonObject, status: str, node: Node) -> Response:
        """A Response Object as a view."""

    def header(self, refs: References, name: str, node: Node) -> Header:
        """A Header Object as a view."""

    def types(self, schema: JsonObject) -> frozenset[str] | None:
        """The JSON types that a Schema Object accepts, `null` left out; None for any, none at all for `null` alone."""

    def nullable(self, schema: JsonObject) -> bool:
        """Whether the keywords of the Schema Object itself say that `null` is accepted beside other types."""

    def security_scheme(self, scheme: JsonObject) -> JsonObject:
        """A Security Scheme Object in the words of OpenAPI 3 (OAS 3.0.4, section 4.8.27)."""

    def lower_bound(self, schema: JsonObject) -> Bound | None:
        """The tighter of `minimum` and `exclusiveMinimum`."""

    def upper_bound(self, schema: JsonObject) -> Bound | None:
        """The tighter of `maximum` and `exclusiveMaximum`."""
