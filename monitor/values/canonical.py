"""Canonical bytes of a JSON value, and the digest made of them."""

from __future__ import annotations

import hashlib
import json

import orjson

from monitor.values.types import JsonValue


def canonical_bytes(value: JsonValue) -> bytes:
    """UTF-8 JSON with sorted keys and no white space: equal bytes mean equal values.

    The reverse does not hold for numbers: `1` and `1.0` are equal values with different bytes, so a
    difference in bytes is a reason to look, never a verdict.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # orjson refuses integers beyond 64 bits and lone surrogates; the standard library takes both.
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return text.encode()


def digest(value: JsonValue) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
