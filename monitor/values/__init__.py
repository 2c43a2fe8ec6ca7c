"""JSON as data: equality, pointers, canonical bytes and digests. Pure; knows nothing of OpenAPI."""

from monitor.values.canonical import canonical_bytes, digest
from monitor.values.equality import same
from monitor.values.pointer import edited, join, parse, resolve
from monitor.values.types import JsonObject, JsonValue

__all__ = ["JsonObject", "JsonValue", "canonical_bytes", "digest", "edited", "join", "parse", "resolve", "same"]
