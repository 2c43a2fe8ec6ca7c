"""Where a value stands in the text of a document: JSON pointers to lines and columns.

Reading keeps no places: most documents are compared without anybody asking for a line. They are found afterwards, in
one walk over the text, for the pointers that a report shows.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import yaml

from monitor.values import parse

_BLANK: Final = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Span:
    """Lines and columns of a value with its key, counted from 1 in characters; `end_column` is one past the last.

    `exact` is False where the pointer leads nowhere in the text (a merge key, an alias): it is then the nearest
    place above.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    exact: bool = True


@dataclass(slots=True)
class _Wanted:
    """A tree of the pointers that were asked for; `at` has the place once it is found, in characters."""

    members: dict[str, _Wanted] = field(default_factory=dict)
    at: tuple[int, int] | None = None

    def add(self, pointer: str) -> None:
        node = self
        for token in parse(pointer):
            node = node.members.setdefault(token, _Wanted())


class Lines:
    """The lines of a text, and what stands where. Only line feeds separate them; a carriage return before one is none
    of a line."""

    def __init__(self, text: str) -> None:
        self._text = text
        # What follows the last line feed is a line only where something stands in it.
        self._starts = [0, *(found.end() for found in re.finditer("\n", text) if found.end() < len(text))]

    def __len__(self) -> int:
        return len(self._starts)

    def line(self, number: int) -> str:
        """A line by its number, from 1 on, without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self._text)
        return self._text[start:end].removesuffix("\n").removesuffix("\r")

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, from 1 on."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int, *, exact: bool) -> Span:
        """The place of what stands from `start` to before `end`."""
        return Span(*self.place(start), *self.place(max(end - 1, start)), exact=exact)


def text_of(data: bytes) -> str:
    """The text of a document that was read: UTF-8 with or without a byte order mark; what is none becomes U+FFFD."""
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")


def positions(text: str, syntax: Literal["json", "yaml"], pointers: Iterable[str], lines: Lines) -> dict[str, Span]:
    """Where the values of some pointers (RFC 6901) stand in a document that was read; `lines` are those of the text."""
    told = tuple(dict.fromkeys(pointers))
    root = _Wanted()
    for pointer in told:
        root.add(pointer)
    (_JsonWalk(text) if syntax == "json" else _YamlWalk(text)).walk(root)
    return {pointer: _found(root, pointer, lines) for pointer in told}


def _found(root: _Wanted, pointer: str, lines: Lines) -> Span:
    node, known, exact = root, root.at or (0, 0), True
    for token in parse(pointer):
        node = node.members[token]
        exact = node.at is not None
        if node.at is None:
            break
        known = node.at
    span = lines.span(*known, exact=exact)
    return Span(span.line, span.column, span.end_line, span.end_column + 1, exact)


class _JsonWalk:
    """Walks down to what is wanted; all beside it is passed over by the scanner of the standard library, in C."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Numbers stay texts: only where they end is of interest, and one may have more digits than an int may take.
        self._decoder = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)

    def walk(self, root: _Wanted) -> None:
        start = self._skip(0)
        root.at = (start, self._value(start, root))

    def _value(self, start: int, wanted: _Wanted | None) -> int:
        """Where the value ends that begins at `start`."""
        if wanted is not None and wanted.members:
            if self._text[start] == "{":
                return self._members(start + 1, wanted)
            if self._text[start] == "[":
                return self._items(start + 1, wanted)
        return self._pass(start)

    def _members(self, at: int, wanted: _Wanted) -> int:
        at = self._skip(at)
        while self._text[at] != "}":
            start = at
            name, at = self._decoder.raw_decode(self._text, at)
            at = self._skip(self._skip(at) + 1)  # past the colon
            at = self._member(start, at, wanted.members.get(name))
        return at + 1

    def _items(self, at: int, wanted: _Wanted) -> int:
        at, number = self._skip(at), 0
        while self._text[at] != "]":
            at = self._member(at, at, wanted.members.get(str(number)))
            number += 1
        return at + 1

    def _member(self, start: int, at: int, wanted: _Wanted | None) -> int:
        """The place of the next member, or of the bracket that closes."""
        end = self._value(at, wanted)
        if wanted is not None:
            wanted.at = (start, end)
        end = self._skip(end)
        return self._skip(end + 1) if self._text[end] == "," else end

    def _pass(self, at: int) -> int:
        return self._decoder.raw_decode(self._text, at)[1]

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return at if found is None else found.end()


@dataclass(slots=True)
class _Open:
    """A mapping or list that has begun: what is wanted of it, where it (or its key) starts, and how far it is."""

    wanted: _Wanted | None
    start: int
    is_mapping: bool
    key: str | None = None
    key_start: int = 0
    count: int = 0


class _YamlWalk:
    """Walks along libyaml's events, which need no recursion; the values are those of another parser, places alone
    are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[_Open] = []
        self._last = 0
        self._root = _Wanted()

    def walk(self, root: _Wanted) -> None:
        self._root = root
        for event in _events(self._text):
            match event:
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    wanted, start = self._begin(event)
                    self._open.append(_Open(wanted, start, isinstance(event, yaml.MappingStartEvent)))
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    # In block style nothing is written where it ends: it ends with the last thing in it.
                    if event.end_mark.index > event.start_mark.index:
                        self._last = event.end_mark.index
                    closed = self._open.pop()
                    self._end(closed.wanted, closed.start)
                case yaml.ScalarEvent() | yaml.AliasEvent():
                    self._leaf(event)
                case _:
                    pass

    def _leaf(self, event: Any) -> None:
        holder = self._open[-1] if self._open else None
        if holder is not None and holder.is_mapping and holder.key is None:
            holder.key = event.value if isinstance(event, yaml.ScalarEvent) else ""
            holder.key_start = event.start_mark.index
            self._last = event.end_mark.index
            return
        wanted, start = self._begin(event)
        end: int = event.end_mark.index
        # The mark behind a block scalar stands at the beginning of another line.
        while end > event.start_mark.index and self._text[end - 1].isspace():
            end -= 1
        self._last = end
        self._end(wanted, start)

    def _begin(self, event: Any) -> tuple[_Wanted | None, int]:
        """What is wanted of the value that begins, and where its member starts."""
        start: int = event.start_mark.index
        if not self._open:
            return self._root, start
        holder = self._open[-1]
        if holder.is_mapping and holder.key is None:
            # A mapping or list as a key: no pointer names it.
            holder.key, holder.key_start = "\0", start
            return None, start
        token = holder.key if holder.is_mapping else str(holder.count)
        start = holder.key_start if holder.is_mapping else start
        holder.key, holder.count = None, holder.count + 1
        return None if holder.wanted is None or token is None else holder.wanted.members.get(token), start

    def _end(self, wanted: _Wanted | None, start: int) -> None:
        if wanted is not None:
            wanted.at = (start, max(self._last, start))


def _events(text: str) -> Iterator[Any]:
    """The events of the first document, with marks in characters."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.DocumentEndEvent):
            return
        yield event
