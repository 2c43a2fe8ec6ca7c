"""Small documents to compare, and the comparison of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monitor.compare import Change, compare
from monitor.contract import Contract
from monitor.reading.dialects import dialect_for

Json = dict[str, Any]


def _contract(root: Json) -> Contract:
    return Contract(root, dialect_for(str(root.get("openapi") or root.get("swagger"))))


@pytest.fixture
def changes() -> Callable[[Json, Json], tuple[Change, ...]]:
    """Compare two whole documents."""
    return lambda before, after: compare(_contract(before), _contract(after))


@pytest.fixture
def api() -> Callable[..., Json]:
    """A document with one operation that takes and gives the same schema, and the components handed over."""

    def build(schema: Any, *, openapi: str = "3.0.3", components: Json | None = None, **root: Any) -> Json:
        content = {"application/json": {"schema": schema}}
        operation = {
            "operationId": "create",
            "requestBody": {"content": content},
            "responses": {"200": {"description": "fine", "content": content}},
        }
        return {
            "openapi": openapi,
            "info": {"title": "t", "version": "1"},
            "paths": {"/things": {"post": operation}},
            "components": {"schemas": components or {}},
            **root,
        }

    return build


@pytest.fixture
def schema_changes(
    api: Callable[..., Json], changes: Callable[[Json, Json], tuple[Change, ...]]
) -> Callable[..., tuple[Change, ...]]:
    """Compare two schemas in the place of a body; components of both sides by keyword."""

    def run(before: Any, after: Any, *, openapi: str = "3.0.3", was: Json | None = None, now: Json | None = None):
        return changes(
            api(before, openapi=openapi, components=was),
            api(after, openapi=openapi, components=now if now is not None else was),
        )

    return run
