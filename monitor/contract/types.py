"""The words every layer above shares: direction, operation, site."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple


class Direction(StrEnum):
    """Who sends the value. In a webhook or callback the client receives what the provider calls a request."""

    REQUEST = "request"
    """The client sends it."""
    RESPONSE = "response"
    """The client receives it."""


OperationKind = Literal["operation", "webhook", "callback"]

ComponentName = tuple[str, str]
"""The section that a named definition stands in, as OpenAPI 3 calls it (`schemas`), and its name there."""


class OperationRef(NamedTuple):
    """One operation as a reader names it: `GET /v2/incidents/{id}`.

    `path` is the path template as written; of a webhook its name, of a callback its expression.
    `method` is upper case. A tuple, like Site, because a large comparison makes and sorts hundreds of thousands.
    """

    path: str
    method: str
    kind: OperationKind = "operation"

    def __str__(self) -> str:
        return f"{self.method} {self.path}" if self.kind == "operation" else f"{self.kind} {self.path}"


class Site(NamedTuple):
    """One way in which a client meets a place of the document: operation, direction, where.

    `where` is a path a person can read, such as `response 200 body > incident > status`; empty for the operation
    itself.
    """

    operation: OperationRef
    direction: Direction
    where: str = ""
