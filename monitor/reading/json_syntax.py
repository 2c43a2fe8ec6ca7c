"""JSON (RFC 8259) to values, strictly: no key twice, no number that is none, not too deep."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import jiter

from monitor.errors import DocumentTruncated, DuplicateKey, NumberRefused, SyntaxFault, TooDeep
from monitor.values import JsonValue

DEPTH = 200
"""How deep jiter lets JSON nest; the deepest real document known has 40 levels."""

_PLACE = re.compile(r"\s*at line (\d+) column (\d+)$")
_NOT_NUMBERS = (b"NaN", b"Infinity", b"-Infinity")
_ASK = "The provider has to mend the document; nothing was stored."


def parse_json(data: bytes, source: str) -> JsonValue:
    """The value that the bytes say, big integers exact.

    Raises SyntaxFault, DocumentTruncated, DuplicateKey, NumberRefused, TooDeep.
    """
    try:
        value: JsonValue = jiter.from_json(data, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys")
    except ValueError as error:
        _refuse(str(error), data, source)
    refuse_odd_numbers(value, source)
    return value


def _refuse(message: str, data: bytes, source: str) -> NoReturn:
    found = _PLACE.search(message)
    what = message[: found.start()] if found else message
    place: dict[str, Any] = {"where": source}
    if found:
        place |= {"line": int(found[1]), "column": int(found[2])}
    if what.startswith("Detected duplicate key"):
        key = what.partition("key ")[2].strip().strip('"')
        raise DuplicateKey(f"the key {key!r} stands twice in one object", advice=_ASK, **place)
    if what.startswith("EOF"):
        raise DocumentTruncated(
            "the JSON ends in the middle", advice="The download was cut short, or the file is incomplete.", **place
        )
    if "recursion limit" in what:
        raise TooDeep(f"nested deeper than {DEPTH} levels", advice=_ASK, **place)
    if found and _stands_at(data, int(found[1]), int(found[2])):
        raise NumberRefused("NaN and infinities are no JSON numbers", advice=_ASK, **place)
    raise SyntaxFault(f"not valid JSON: {what}", advice=_ASK, **place)


def _stands_at(data: bytes, line: int, column: int) -> bool:
    """Whether one of the words for no number stands where the parser stopped."""
    text = data.split(b"\n", line)[line - 1]
    return any(word in text[max(0, column - 2) : column + 10] for word in _NOT_NUMBERS)


def refuse_odd_numbers(value: JsonValue, source: str) -> None:
    """Raise NumberRefused for infinities and NaN (`1e400` becomes one): their digests would collide with `null`."""
    for number in _floats(value):
        if not math.isfinite(number):
            raise NumberRefused(f"the number {number} has no place in JSON", where=source, advice=_ASK)


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
