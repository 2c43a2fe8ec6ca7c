"""Numbers that JSON has no word for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from monitor.values import JsonValue, join


def odd_number(value: JsonValue) -> tuple[str, float] | None:
    """Pointer and value of the first NaN or infinity, or None when there is none.

    `1e400` becomes an infinity when it is read; the canonical bytes of one would be those of `null`.
    """
    if all(map(math.isfinite, _floats(value))):
        return None
    # Only now the slower walk that knows where it is.
    return next((pointer, number) for pointer, number in walk(value) if _is_odd(number))


def walk(value: JsonValue, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its JSON pointer, in the order of the document."""
    yield pointer, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, join(pointer, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, join(pointer, index))


def _is_odd(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _floats(value: JsonValue) -> Iterator[float]:
    waiting: list[Any] = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)
        elif isinstance(inner, float):
            yield inner
