"""Formats: which of them decide whether a value is accepted, and a value that has each.

`format` is an annotation unless an implementation asserts it (JSON Schema 2020-12 validation, section 7.2.1). Here
those are asserted on which validators agree; int32 and int64 are bounds. Any other is a narrowing that nobody can
check: plain schemas carry it as `x-format`, two schemas are equal in it only if it is the same, and no value is refused
for it.
"""

from __future__ import annotations

from random import Random
from typing import Final
from uuid import UUID

EXAMPLES: Final[dict[str, str]] = {
    "date": "2024-01-31",
    "date-time": "2024-01-31T09:30:00Z",
    "email": "user@example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com",
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
}
"""The asserted formats of texts, each with a value (RFC 3339, 5.6; RFC 5321, 4.1.2; RFC 2673, 3.2; RFC 4291, 2.2;
RFC 3986; RFC 9562, 4)."""

SIZES: Final[dict[str, tuple[int, int | None]]] = {
    "date": (10, 10),
    "date-time": (20, None),
    "email": (3, None),
    "ipv4": (7, 15),
    "ipv6": (2, 45),
    "uri": (2, None),
    "uuid": (36, 36),
}
"""The least and the most characters that a text of an asserted format has."""

SHOWN: Final[dict[str, str]] = {
    "byte": "U3BlYw==",
    "duration": "P1D",
    "hostname": "example.com",
    "time": "09:30:00Z",
    "url": "https://example.com",
}
"""Values of formats that are not asserted, for readers."""

FREE: Final = frozenset({"binary", "commonmark", "double", "html", "password", "unix-time", "unixtime"})
"""Formats that no value of the type lacks: they say how it is to be read (OpenAPI format registry)."""

INTEGER_BOUNDS: Final[dict[str, tuple[int, int]]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
}
"""Formats of numbers that are bounds (OpenAPI format registry)."""

_APART: Final = frozenset({"date", "date-time", "email", "ipv4", "ipv6", "uuid"})
"""No text has two of these formats: they differ in a character that one must have and the other cannot."""


def apart(first: str, second: str) -> bool:
    """Whether no text has both formats."""
    return first != second and first in _APART and second in _APART


def drawn(name: str, random: Random) -> str:
    """A text that has an asserted format, drawn by `random`."""
    day = f"{random.randrange(2000, 2040)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
    if name == "date":
        return day
    if name == "date-time":
        return f"{day}T{random.randrange(24):02}:{random.randrange(60):02}:{random.randrange(60):02}Z"
    if name == "uuid":
        return str(UUID(int=random.getrandbits(128), version=4))
    if name == "ipv4":
        return f"192.0.2.{random.randrange(256)}"
    if name == "ipv6":
        return f"2001:db8::{random.randrange(1, 65536):x}"
    word = "".join(random.choice("abcdefghij") for _ in range(6))
    return f"{word}@example.com" if name == "email" else f"https://example.com/{word}"
