"""What is known of formats: which are standard, which are within others, and which are apart."""

from __future__ import annotations

from typing import Final

from monitor.values import JsonValue

APART: Final = frozenset(
    {"date", "date-time", "double", "duration", "email", "float", "hostname", "int32", "int64", "ipv4", "ipv6"}
    | {"json-pointer", "regex", "time", "uri", "uri-template", "uuid"}
    | {"int8", "int16", "uint8", "uint16", "uint32", "uint64"}
)
"""Standard formats that are apart from each other (JSON Schema 2020-12, section 7.3; OAS format registry).

Not here: those that contain another (`uri-reference`, `iri`, `idn-email`, …) or say little of the value (`password`,
`byte`). That `int32` is within `int64`, or `uri` within `iri`, is told as narrower or wider.
"""

_WITHIN: Final = {
    "int8": ("int16", "int32", "int64", "double-int", "float", "double"),
    "int16": ("int32", "int64", "double-int", "float", "double"),
    "int32": ("int64", "double-int", "double"),
    "uint8": ("uint16", "uint32", "uint64", "int16", "int32", "int64", "double-int", "float", "double"),
    "uint16": ("uint32", "uint64", "int32", "int64", "double-int", "float", "double"),
    "uint32": ("uint64", "int64", "double-int", "double"),
    "double-int": ("int64", "double"),
    "float": ("double",),
    "uri": ("uri-reference", "iri", "iri-reference"),
    "uri-reference": ("iri-reference",),
    "iri": ("iri-reference",),
    "email": ("idn-email",),
    "hostname": ("idn-hostname",),
}
"""Formats, each with those that have all its values and more (OAS format registry; JSON Schema 2020-12, 7.3)."""

OF_ANYTHING: Final = frozenset({"password"})
"""Formats that say how a value is shown, and nothing of the value (OAS 3.0.4, section 4.4)."""

STANDARD: Final = (
    APART
    | OF_ANYTHING
    | _WITHIN.keys()
    | {wide for formats in _WITHIN.values() for wide in formats}
    | {"base64url", "binary", "byte", "char", "commonmark", "date-time-local", "decimal", "decimal128", "html"}
    | {"http-date", "media-range", "relative-json-pointer", "sf-binary", "sf-boolean", "sf-decimal", "sf-integer"}
    | {"sf-string", "sf-token", "time-local", "unixtime"}
)
"""Formats with a meaning that all know (JSON Schema 2020-12, section 7.3; OAS format registry).

Any other is the provider's own: which values have it nobody else knows.
"""


def is_within(narrow: JsonValue, wide: JsonValue) -> bool:
    """Whether all values of one format are known to have another, which is no synonym of it."""
    return isinstance(narrow, str) and wide in _WITHIN.get(narrow, ())
