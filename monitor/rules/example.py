"""Examples: the pair of fragments that each rule carries, shown on its page and run by its test."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Final, Literal

_HEAD: Final = 'openapi: 3.1.0\ninfo: {title: Things, version: "1"}\n'

_AROUND_A_SCHEMA: Final = (
    _HEAD
    + """\
paths:
  /things:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: "#/components/schemas/Thing"}
      responses:
        "200":
          description: The thing as it is now.
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Thing"}
components:
  schemas:
    Thing:
"""
)

_AROUND_AN_OPERATION: Final = (
    _HEAD
    + """\
paths:
  /things:
    post:
"""
)

Kind = Literal["schema", "operation", "document"]


@dataclass(frozen=True, slots=True)
class Example:
    """A pair of YAML fragments, before and after, on which a rule fires.

    `kind` says what the fragments are: a Schema Object that is sent and received by one operation, an Operation Object,
    or a document that may leave out `openapi` and `info`.
    """

    before: str
    after: str
    kind: Kind

    @classmethod
    def of(cls, *, before: str, after: str) -> Example:
        """A pair of schemas; each stands in a request body and in a response of the same operation."""
        return cls(_clean(before), _clean(after), "schema")

    @classmethod
    def operation(cls, *, before: str, after: str) -> Example:
        """A pair of Operation Objects for `POST /things`."""
        return cls(_clean(before), _clean(after), "operation")

    @classmethod
    def document(cls, *, before: str, after: str) -> Example:
        """A pair of documents; `openapi` and `info` are filled in where they are missing."""
        return cls(_clean(before), _clean(after), "document")

    def documents(self) -> tuple[str, str]:
        """The pair as whole OpenAPI documents, in YAML."""
        return whole(self.before, self.kind), whole(self.after, self.kind)


def whole(fragment: str, kind: Kind) -> str:
    """The OpenAPI document, in YAML, that a fragment of this kind stands for."""
    if kind == "schema":
        return _AROUND_A_SCHEMA + textwrap.indent(fragment, " " * 6) + "\n"
    if kind == "operation":
        return _AROUND_AN_OPERATION + textwrap.indent(fragment, " " * 6) + "\n"
    has_head = any(line.startswith(("openapi:", "swagger:")) for line in fragment.splitlines())
    return fragment + "\n" if has_head else _HEAD + fragment + "\n"


def _clean(fragment: str) -> str:
    return textwrap.dedent(fragment).strip("\n")
