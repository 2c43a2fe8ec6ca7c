"""The type of a JSON value as Python holds it."""

from __future__ import annotations

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object. Its values are `JsonValue`s; `Any` keeps reading them free of casts."""

JsonValue: TypeAlias = JsonObject | list[Any] | str | int | float | bool | None
"""RFC 8259, section 3."""
