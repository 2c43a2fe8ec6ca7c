"""Fingerprints: the identity of a verdict, the same from run to run and through a reordering of the document."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Final

from monitor.compare.changes import Change
from monitor.rules import Finding
from monitor.values import JsonValue, canonical_bytes, join, parse

LENGTH: Final = 16
"""Hexadecimal digits of the SHA-256 that are kept: 64 bits, for a few thousand verdicts."""

_ARRAYS: Final = frozenset(
    {"allOf", "anyOf", "enum", "items", "oneOf", "parameters", "prefixItems", "required", "security", "servers", "tags"}
)
"""Members whose value is an array in the places where changes stand: digits below them are indexes. Elsewhere digits
are names, such as the status in `/responses/200`."""

_NAME_HOLDERS: Final = frozenset({"$defs", "dependentSchemas", "patternProperties", "properties", "schemas"})
"""Members below which every token is a name: a property may be called `enum` or `items`."""

_NOT_ARGUMENTS: Final = frozenset(field.name for field in fields(Change)) | {"details"}
"""Where a change is, and our own words about it, are no arguments of it."""


def fingerprint(finding: Finding) -> str:
    """16 hexadecimal digits of the SHA-256 of rule id, location without indexes, and the change's arguments."""
    change = finding.change
    arguments = {
        field.name: getattr(change, field.name) for field in fields(change) if field.name not in _NOT_ARGUMENTS
    }
    identity: JsonValue = [
        finding.rule.id,
        # Both places: one definition may have become two, each with the same edit.
        _place(change.location.before),
        _place(change.location.after),
        change.where,
        {name: list(value) if isinstance(value, tuple) else value for name, value in arguments.items()},
        _small(change.before),
        _small(change.after),
    ]
    return hashlib.sha256(canonical_bytes(identity)).hexdigest()[:LENGTH]


def _place(pointer: str | None) -> str | None:
    return None if pointer is None else without_indexes(pointer)


def without_indexes(pointer: str) -> str:
    """A JSON pointer without the tokens that are array indexes: `/…/enum/3` is `/…/enum`."""
    tokens = parse(pointer)
    kept = [token for place, token in enumerate(tokens) if not _is_index(tokens, place)]
    return join("", *kept)


def _is_index(tokens: tuple[str, ...], place: int) -> bool:
    if place == 0 or not tokens[place].isdecimal():
        return False
    if place >= 3 and tokens[place - 3] == "security" and tokens[place - 2].isdecimal():
        return True  # a scope: `/security/0/token/1`
    if tokens[place - 1] not in _ARRAYS:
        return False
    # `/properties/enum/…`: that `enum` is the name of a property, what follows is a keyword.
    return place < 2 or tokens[place - 2] not in _NAME_HOLDERS


def _small(value: JsonValue) -> JsonValue:
    """The value where it is an argument (a bound, a name, a list of types); nothing where it is a whole fragment."""
    if isinstance(value, dict):
        return None
    if isinstance(value, list):
        if any(isinstance(item, dict | list) for item in value):
            return None
        return sorted(value, key=canonical_bytes)
    return value
