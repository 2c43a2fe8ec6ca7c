"""Small documents to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from monitor.values import JsonObject

PARAMETER = {"name": "id", "in": "query", "schema": {"type": "string"}}


def minimal(openapi: str = "3.0.3", **members: Any) -> JsonObject:
    """A valid document with one operation; `members` replace those of the root, None removes one."""
    version = {"swagger": "2.0"} if openapi == "2.0" else {"openapi": openapi}
    paths = {"/a": {"get": {"parameters": [], "responses": {"200": {"description": "Fine."}}}}}
    root = {**version, "info": {"title": "Small", "version": "1.2"}, "paths": paths, **members}
    return {key: value for key, value in root.items() if value is not None}


@pytest.fixture
def document() -> Callable[..., bytes]:
    """The same as JSON."""
    return lambda openapi="3.0.3", **members: json.dumps(minimal(openapi, **members)).encode()
