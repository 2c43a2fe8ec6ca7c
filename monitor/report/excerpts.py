"""The lines of the two documents that a change is about, side by side, and where they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from monitor.reading.positions import Lines, Span, positions, text_of
from monitor.reading.reader import is_json
from monitor.report.diff import Grouping
from monitor.report.diffdoc import ChangeEntry, DiffDocument, Location
from monitor.report.text import clip, plain

_CONTEXT: Final = 2
"""Lines around what differs."""
_MOST: Final = 14
"""Lines of a side that are shown; the document has the rest."""
_COMPARED: Final = 400
"""Lines of a side that are laid beside the other; what lies behind them is not looked at."""
_LONGEST: Final = 200
"""Characters of a line that are shown."""
_WRITTEN_OUT: Final = 20_000
"""Characters of a value on one line that is laid out over several."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a document; `number` is None where the value is written on one line and laid out here."""

    number: int | None
    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """So many lines are left out here."""

    lines: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of one document. `line` is where the value begins; `laid_out`: it stands on one long line there;
    `together`: the lines are those of a document put together of several files."""

    source: str
    line: int
    rows: tuple[Row | Gap, ...]
    laid_out: bool
    together: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one document, and where the values stand that the changes are about.

    `source` is how a reader names it; `file` is its path, or its URL, for programs that look for it. `together`: it was
    put together of several files, so that its lines are those of no file.
    """

    source: str
    file: str
    lines: Lines
    spans: dict[str, Span]
    is_json: bool
    together: bool = False

    @classmethod
    def of(cls, source: str, file: str, data: bytes, pointers: Sequence[str]) -> Page:
        """The page of a document that was read, with the places of some JSON pointers."""
        text, is_object = text_of(data), is_json(data.removeprefix(b"\xef\xbb\xbf"))
        lines = Lines(text)
        return cls(source, file, lines, positions(text, "json" if is_object else "yaml", pointers, lines), is_object)


@dataclass(frozen=True, slots=True)
class Pages:
    """Both documents."""

    before: Page
    after: Page

    def place(self, change: ChangeEntry) -> tuple[Page, Span]:
        """The document in which the change is seen, and where: the one after, or before for what is gone."""
        after = change.location.after
        if after is not None:
            return self.after, self.after.spans[after]
        return self.before, self.before.spans[change.location.before or ""]

    def place_after(self, change: ChangeEntry) -> Span:
        """Where the change stands in the document after; of what is gone, what held it."""
        return self.after.spans[_either(change.location)]

    def excerpts(self, change: ChangeEntry) -> tuple[Excerpt | None, Excerpt | None]:
        """The lines before and after; None where there is no such place."""
        old = _lines(self.before, change.location.before)
        new = _lines(self.after, change.location.after)
        marked_old, marked_new = _marks(old, new)
        return (
            _excerpt(self.before, change.location.before, old, marked_old),
            _excerpt(self.after, change.location.after, new, marked_new),
        )


def pages(
    document: DiffDocument,
    before: bytes,
    after: bytes,
    file: str | None = None,
    together: tuple[bool, bool] = (False, False),
) -> Pages:
    """The pages of the two documents that were compared; `file`: the path of both, where that is not their name;
    `together`: which of them was put together of several files."""
    changes = document.changes
    old = [change.location.before for change in changes if change.location.before is not None]
    new = [place for change in changes for place in (_either(change.location), change.location.after) if place]
    left, right = document.before.source, document.after.source
    return Pages(
        replace(Page.of(left, file or left, before, ["", *old]), together=together[0]),
        replace(Page.of(right, file or right, after, ["", *new]), together=together[1]),
    )


def _either(location: Location) -> str:
    return location.after if location.after is not None else location.before or ""


def _lines(page: Page, pointer: str | None) -> list[tuple[int | None, str]]:
    """The lines of a value, numbered; without numbers where it is laid out here."""
    if pointer is None:
        return []
    span = page.spans[pointer]
    if not span.exact:
        return [(span.line, page.lines.line(span.line))]
    last = min(span.end_line, span.line + _COMPARED - 1)
    if span.line == span.end_line and len(page.lines.line(span.line)) > _LONGEST:
        return [(None, line) for line in _laid_out(page, span)]
    return [(number, page.lines.line(number)) for number in range(span.line, last + 1)]


def _laid_out(page: Page, span: Span) -> list[str]:
    text = page.lines.line(span.line)[span.column - 1 : span.end_column - 1]
    if not page.is_json or len(text) > _WRITTEN_OUT:
        return [text]
    for opening, closing, inside in (("{", "}", True), ("", "", False)):
        try:
            lines = json.dumps(json.loads(opening + text + closing), indent=2, ensure_ascii=False).split("\n")
        except (ValueError, RecursionError):
            continue
        return [line[2:] for line in lines[1:-1]] if inside else lines
    return [text]


def _marks(
    old: Sequence[tuple[int | None, str]], new: Sequence[tuple[int | None, str]]
) -> tuple[frozenset[int], frozenset[int]]:
    """Which lines of each side the other has not, by their place in the excerpt."""
    if not old or not new:
        return frozenset(range(len(old))), frozenset(range(len(new)))
    matcher = SequenceMatcher(None, [text for _, text in old], [text for _, text in new], autojunk=False)
    marked_old: set[int] = set()
    marked_new: set[int] = set()
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind != "equal":
            marked_old.update(range(i1, i2))
            marked_new.update(range(j1, j2))
    return frozenset(marked_old), frozenset(marked_new)


def _excerpt(
    page: Page, pointer: str | None, lines: list[tuple[int | None, str]], marked: frozenset[int]
) -> Excerpt | None:
    if pointer is None:
        return None
    span = page.spans[pointer]
    rows = list(_rows(lines, marked, more=span.end_line - span.line + 1 - len(lines) if span.exact else 0))
    if len(lines) == 1 and lines[0][0] is not None:
        rows = [*_around(page, span.line - _CONTEXT, span.line), *rows]
        rows += _around(page, span.line + 1, span.line + _CONTEXT + 1)
    return Excerpt(
        page.source, span.line, _outdented(rows), laid_out=bool(lines) and lines[0][0] is None, together=page.together
    )


def _outdented(rows: Sequence[Row | Gap]) -> tuple[Row | Gap, ...]:
    """The lines without the indentation that they share: on a telephone deep ones would have no room."""
    texts = [row.text for row in rows if isinstance(row, Row) and row.text]
    shared = min((len(text) - len(text.lstrip(" ")) for text in texts), default=0)
    return tuple(replace(row, text=row.text[shared:]) if isinstance(row, Row) else row for row in rows)


def _around(page: Page, first: int, end: int) -> list[Row]:
    """Lines beside a value of one line, which alone would say little."""
    numbers = range(max(first, 1), min(end, len(page.lines) + 1))
    return [Row(number, _shown(page.lines.line(number)), differs=False) for number in numbers]


def _rows(lines: list[tuple[int | None, str]], marked: frozenset[int], *, more: int) -> Iterator[Row | Gap]:
    """What differs with its surroundings, up to a number of lines; the head of the value where nothing differs."""
    near = {place for mark in marked for place in range(mark - _CONTEXT, mark + _CONTEXT + 1)} | {0}
    shown = 0
    left = 0
    for place, (number, text) in enumerate(lines):
        if place not in near or shown >= _MOST:
            left += 1
            continue
        if left:
            yield Gap(left)
            left = 0
        shown += 1
        yield Row(number, _shown(text), differs=place in marked)
    if left + more:
        yield Gap(left + more)


def _shown(line: str) -> str:
    """A line with its indentation, and nothing in it that a reader cannot see."""
    text = line.expandtabs(2)
    indent = len(text) - len(text.lstrip(" "))
    return clip(" " * min(indent, _LONGEST // 2) + plain(text), _LONGEST)


@dataclass(frozen=True, slots=True)
class DiffView:
    """A comparison as somebody asked to see it.

    `document` has what is shown; `notes` are sentences on what is left out, with its count, and on what the reader
    should know of it; `pages` are the two documents.
    """

    document: DiffDocument
    pages: Pages
    notes: tuple[str, ...] = ()
    by: Grouping = "change"
