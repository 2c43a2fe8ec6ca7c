"""Where everything stands in the text of a TOML file: lines for error messages, spans for edits.

The parsers forget positions (tomllib) or move comments when they write (tomlkit puts a new key behind the comment that
belongs to the next table). The text is known to be valid TOML 1.0 before it comes here, so this only finds its way; it
checks nothing.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

Key = tuple[str | int, ...]
"""The way to a value: keys of tables, indexes of lists. `("sources", 1, "url")`."""

_SPACE: Final = re.compile(r"[ \t]*")
_TRIVIA: Final = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_PART: Final = re.compile(r"""[ \t]*("(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
_STRING: Final = re.compile(
    r'''"""(?:\\.|[^\\])*?"""(?:""|"|)|\'\'\'.*?\'\'\'(?:\'\'|\'|)|"(?:\\.|[^"\\\n])*"|'[^'\n]*\'''', re.DOTALL
)
_BARE: Final = re.compile(r"[^,\[\]{}#\n]*[^,\[\]{}#\n \t]")


@dataclass(frozen=True, slots=True)
class Statement:
    """A header (`[smtp]`, `[[sources]]`) or a `key = value`; lines count from 1, offsets are those of the value."""

    key: Key
    header: bool
    first: int
    last: int
    start: int
    end: int


class Layout:
    """The statements of a text in their order, and the line of every value. Lines end in a line feed alone."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._offsets: dict[Key, int] = {(): 0}
        self._lengths: dict[Key, int] = {}
        self._table: Key = ()
        self.statements: list[Statement] = []
        position = self._after(_TRIVIA, 0)
        while position < len(text):
            position = self._after(_TRIVIA, self._statement(position))

    def line(self, key: Key) -> int:
        """The line on which a value stands, from 1; of one that does not stand there, that of what would hold it."""
        while key not in self._offsets:
            key = key[:-1]
        return self._line_at(self._offsets[key])

    def _line_at(self, offset: int) -> int:
        return bisect_left(self._line_ends, offset) + 1

    def _after(self, pattern: re.Pattern[str], position: int) -> int:
        match = pattern.match(self._text, position)
        return match.end() if match else position

    def _statement(self, position: int) -> int:
        if self._text.startswith("[", position):
            return self._header(position)
        parts, after = self._parts(position)
        key = self._enter(self._table, parts, position)
        start = self._after(_SPACE, after + 1)  # behind the equals sign
        end = self._value(start, key)
        self._add(key, position, start, end, header=False)
        return end

    def _header(self, position: int) -> int:
        several = self._text.startswith("[[", position)
        parts, after = self._parts(position + (2 if several else 1))
        key = self._enter((), parts, position)
        if several:
            index = self._lengths.get(key, 0)
            self._lengths[key] = index + 1
            key = (*key, index)
            self._offsets[key] = position
        self._table = key
        end = after + (2 if several else 1)
        self._add(key, position, position, end, header=True)
        return end

    def _add(self, key: Key, position: int, start: int, end: int, *, header: bool) -> None:
        first, last = self._line_at(position), self._line_at(end)
        self.statements.append(Statement(key, header, first, last, start, end))

    def _enter(self, table: Key, parts: list[str], position: int) -> Key:
        """The key that parts mean below a table: the last element of each list of tables on the way."""
        key = table
        for number, part in enumerate(parts):
            key = (*key, part)
            self._offsets.setdefault(key, position)
            if key in self._lengths and number < len(parts) - 1:
                key = (*key, self._lengths[key] - 1)
        return key

    def _parts(self, position: int) -> tuple[list[str], int]:
        """The parts of a dotted key, and where it ends."""
        parts: list[str] = []
        while match := _PART.match(self._text, position):
            parts.append(_plain(match[1]))
            position = match.end()
            if not self._text.startswith(".", position):
                break
            position += 1
        return parts, position

    def _value(self, position: int, key: Key) -> int:
        """Note a value and all within it; returns where it ends."""
        self._offsets[key] = position
        if self._text.startswith("[", position):
            return self._list(position + 1, key)
        if self._text.startswith("{", position):
            return self._inline(position + 1, key)
        string = _STRING.match(self._text, position)
        return string.end() if string else self._after(_BARE, position)

    def _list(self, position: int, key: Key) -> int:
        index = 0
        position = self._after(_TRIVIA, position)
        while position < len(self._text) and self._text[position] != "]":
            position = self._next(self._value(position, (*key, index)))
            index += 1
        return position + 1

    def _inline(self, position: int, key: Key) -> int:
        position = self._after(_TRIVIA, position)
        while position < len(self._text) and self._text[position] != "}":
            parts, after = self._parts(position)
            inner = self._enter(key, parts, position)
            position = self._next(self._value(self._after(_SPACE, after + 1), inner))
        return position + 1

    def _next(self, position: int) -> int:
        """From the end of an element to the next one, or to the bracket that closes."""
        position = self._after(_TRIVIA, position)
        if self._text.startswith(",", position):
            position = self._after(_TRIVIA, position + 1)
        return position


def _plain(part: str) -> str:
    """A part of a key without its quotes."""
    if part.startswith('"'):
        return str(tomllib.loads(f"key = {part}")["key"])
    return part.strip("'")
