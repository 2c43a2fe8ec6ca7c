"""Where something stands in a text, as an editor counts: lines and columns from 1, columns in characters."""

from __future__ import annotations

import re

_BREAK = re.compile(r"\r\n?|\n")


def place_of(text: str, offset: int) -> dict[str, int]:
    """`line` and `column` of the character at `offset`, as the arguments that a DocumentError takes."""
    line, start = 1, 0
    for found in _BREAK.finditer(text, 0, offset):
        if found.end() > offset:
            break
        line, start = line + 1, found.end()
    return {"line": line, "column": offset - start + 1}


def place_of_byte(data: bytes, offset: int) -> dict[str, int]:
    """The same for an offset in UTF-8 bytes; bytes that are no UTF-8 count as a character each."""
    before = data[:offset].decode("utf-8", errors="replace")
    return place_of(before, len(before))


def offset_of(text: str, line: int, column: int) -> int:
    """The offset of a place; the end of the text for one that lies behind it."""
    start = 0
    for _ in range(line - 1):
        found = _BREAK.search(text, start)
        if found is None:
            return len(text)
        start = found.end()
    return min(start + column - 1, len(text))
