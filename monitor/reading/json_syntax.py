"""JSON (RFC 8259) to values, strictly: no key twice, no number that is none, not too deep."""

from __future__ import annotations

import math
import re
from typing import NoReturn

import jiter

from monitor.errors import DocumentTooLarge, DocumentTruncated, DuplicateKey, NumberRefused, SyntaxFault, TooDeep
from monitor.reading.document import Limits
from monitor.reading.numbers import odd_number
from monitor.reading.places import place_of_byte
from monitor.values import JsonValue

DEPTH = 200
"""How deep jiter lets JSON nest; the deepest real document known has 40 levels."""

_PLACE = re.compile(r"\s*at line (\d+) column (\d+)$")
_NOT_NUMBERS = re.compile(rb"-?(NaN|Infinity)\b")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*')
_VALUE_OR_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|,|[\[{](?!\s*+[\]}])', re.DOTALL)
"""A text as a whole, or what comes before a value: a comma, or an opening bracket that is not closed at once."""
_ASK = "The provider has to mend the document."


def parse_json(data: bytes, source: str, limits: Limits | None = None) -> JsonValue:
    """The value that the bytes say, big integers exact.

    Raises SyntaxFault, DocumentTruncated, DuplicateKey, NumberRefused, TooDeep, DocumentTooLarge (more values than the
    limit, before any of them is made: an empty list has two bytes here and sixty in memory).
    """
    nodes = (limits or Limits()).nodes
    if _has_more_values(data, nodes):
        raise DocumentTooLarge(
            f"more than {nodes:,} values, the most that a document may have",
            where=source,
            advice="Is this the right address? The largest documents known have about a million.",
        )
    try:
        value: JsonValue = jiter.from_json(data, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys")
    except ValueError as error:
        _refuse(str(error), data, source)
    odd = odd_number(value)
    if odd is not None:
        what = f"the number at {odd[0] or 'the root'} is too large for any reader"
        raise NumberRefused(what, where=source, advice=_ASK, **_place_of_overflow(data))
    return value


def _has_more_values(data: bytes, most: int) -> bool:
    """Whether JSON has more values than `most`; of bytes that are no JSON, whether they could have.

    Each value but the outermost follows a comma or an opening bracket. To count these bytes wherever they stand takes a
    millisecond a megabyte and gives a bound; only where that is not enough those in texts are left out.
    """
    if sum(map(data.count, (b",", b"[", b"{"))) < most:
        return False
    left = most
    for found in _VALUE_OR_TEXT.finditer(data):
        if data[found.start()] != 0x22:
            left -= 1
            if left <= 0:
                return True
    return False


def _refuse(message: str, data: bytes, source: str) -> NoReturn:
    found = _PLACE.search(message)
    what = message[: found.start()] if found else message
    offset = _offset(data, int(found[1]), int(found[2])) if found else 0
    place = place_of_byte(data, offset) if found else {}
    if what.startswith("Detected duplicate key"):
        key = what.partition("key ")[2][1:-1]
        place = place_of_byte(data, _start_of_key(data, offset))
        raise DuplicateKey(f"the key `{key}` stands twice in one object", where=source, advice=_ASK, **place)
    if what.startswith("EOF") or _is_cut_character(what, data, offset):
        advice = "The download was cut short, or the file is incomplete."
        raise DocumentTruncated("the JSON ends in the middle", where=source, advice=advice, **place)
    if "recursion limit" in what:
        raise TooDeep(f"nested deeper than {DEPTH} levels", where=source, advice=_ASK, **place)
    if "out of range" in what:
        place = place_of_byte(data, len(data[:offset].rstrip(b"0123456789")))
        raise NumberRefused("a number with more digits than can be read", where=source, advice=_ASK, **place)
    if _NOT_NUMBERS.match(data, max(0, offset - 1)) or _NOT_NUMBERS.match(data, offset):
        raise NumberRefused("NaN and infinities are no JSON numbers", where=source, advice=_ASK, **place)
    if "hex escape" in what:
        what = r"`\ud800` to `\udfff` are halves of a character and must stand in pairs"
    raise SyntaxFault(f"not valid JSON: {what}", where=source, advice=_ASK, **place)


def _offset(data: bytes, line: int, column: int) -> int:
    """The offset in bytes of a place as jiter counts: lines end with a line feed, columns are bytes."""
    start = 0
    for _ in range(line - 1):
        start = data.find(b"\n", start) + 1
    return max(0, start + column - 1)


def _start_of_key(data: bytes, offset: int) -> int:
    """Where the key begins that ends before `offset`; jiter says where its value would be."""
    end = len(data[:offset].rstrip(b" \t\r\n:")) - 1
    start = data.rfind(b'"', 0, max(0, end))
    while start > 0 and (start - len(data[:start].rstrip(b"\\"))) % 2:
        start = data.rfind(b'"', 0, start)
    return start if start >= 0 else offset


def _is_cut_character(what: str, data: bytes, offset: int) -> bool:
    """Whether the last character of the data is incomplete in UTF-8 (at most three of its bytes are there)."""
    return "unicode" in what and offset >= len(data) - 4 and bool(re.search(rb"[\xc2-\xf4][\x80-\xbf]{0,2}$", data))


def _place_of_overflow(data: bytes) -> dict[str, int]:
    """Where a number stands that is too large for a float (`1e400`)."""
    for token in _TOKEN.finditer(data):
        if token[0][:1] != b'"' and math.isinf(float(token[0])):
            return place_of_byte(data, token.start())
    return {}
