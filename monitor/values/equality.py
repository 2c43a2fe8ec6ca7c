"""Equality of JSON values.

Python's `==` is not it: `1 == True` holds in Python and not in JSON.
"""

from __future__ import annotations

from monitor.values.types import JsonValue


def same(left: JsonValue, right: JsonValue) -> bool:
    """Whether two JSON values are equal (JSON Schema 2020-12 core, section 4.2.2).

    Numbers are equal by mathematical value (`1` and `1.0`), booleans never equal numbers, the order
    of an object's members does not count, the order of an array's does.
    """
    if left is right:
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and len(left) == len(right)
            and all(key in right and same(value, right[key]) for key, value in left.items())
        )
    if isinstance(left, list):
        return (
            isinstance(right, list)
            and len(left) == len(right)
            and all(same(mine, yours) for mine, yours in zip(left, right, strict=True))
        )
    return left == right
