"""A long description as sections: Markdown is cut at its headings, and JSON in fenced blocks is taken for data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from monitor.values import JsonValue

OPENING = "(opening)"
"""How the text before the first heading is named."""

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})([^`]*)$")
_NO_PARAGRAPH = re.compile(r"[ \t]*(?:[-*+][ \t]|[>|]|\d+[.)][ \t])")
"""How a line begins that belongs to a list, a quotation or a table: no heading is underlined there."""
_MARKUP = re.compile(r"<[^<>]*>|[*_`]")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_DEEPEST = 64
"""Levels of nesting up to which a fenced block is read as data."""


@dataclass(slots=True)
class Section:
    """The text below one heading, up to the next heading of any level."""

    path: tuple[str, ...]
    """The headings that lead to it, outermost first; empty for what stands before the first."""
    lines: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    """The lines without those blocks that are JSON."""
    blocks: list[JsonValue] = field(default_factory=list)
    """The JSON in its fenced blocks, in order."""

    @property
    def name(self) -> str:
        """The headings as a reader is shown them."""
        return " > ".join(self.path) or OPENING

    @property
    def text(self) -> str:
        """The whole text, without the heading."""
        return "\n".join(self.lines).strip()

    @property
    def words(self) -> str:
        """The text without JSON, however its lines are broken."""
        return " ".join(" ".join(self.prose).split())


def sections(text: str) -> list[Section]:
    """The sections of a Markdown text in its order (CommonMark 0.31, 4.2, 4.3 and 4.5); the first may be empty.

    Two sections never have the same path: a heading that comes again is numbered.
    """
    found = [Section(())]
    above: list[tuple[int, str]] = []
    paths: set[tuple[str, ...]] = {()}
    for kind, level, lines in _pieces(text.splitlines()):
        if kind == "heading":
            above = [each for each in above if each[0] < level]
            path = _unused((*(title for _, title in above), _plain(lines[0])), paths)
            above.append((level, path[-1]))
            found.append(Section(path))
            continue
        here = found[-1]
        here.lines.extend(lines)
        value = _json(lines) if kind == "fence" else None
        if isinstance(value, dict | list):
            here.blocks.append(value)
        else:
            here.prose.extend(lines)
    return found


def _unused(path: tuple[str, ...], used: set[tuple[str, ...]]) -> tuple[str, ...]:
    number, free = 1, path
    while free in used:
        number += 1
        free = (*path[:-1], f"{path[-1]} ({number})")
    used.add(free)
    return free


def _plain(heading: str) -> str:
    """A heading without its markup."""
    text = _MARKUP.sub("", _LINK.sub(r"\1", heading))
    return " ".join(text.split()) or "(no name)"


def _pieces(lines: list[str]) -> Iterator[tuple[str, int, list[str]]]:
    """Headings, fenced blocks and the lines between them: kind, level of a heading, lines."""
    at = 0
    text: list[str] = []
    paragraph = 0  # how many of the last lines of `text` an underline would make a heading
    while at < len(lines):
        line = lines[at]
        at += 1
        fence, heading, under = _FENCE.match(line), _ATX.match(line), _SETEXT.match(line)
        if not (fence or heading or (under and paragraph)):
            text.append(line)
            paragraph = _paragraph(text, paragraph)
            continue
        underlined = paragraph if under and not fence and not heading else 0
        title, text = text[len(text) - underlined :], text[: len(text) - underlined]
        if text:
            yield "text", 0, text
        text, paragraph = [], 0
        if fence:
            end = _closing(lines, at, fence.group(1))
            yield "fence", 0, lines[at - 1 : end]
            at = end
        elif heading:
            yield "heading", len(heading.group(1)), [_without_closing(heading.group(2) or "")]
        else:
            yield "heading", 1 if "=" in line else 2, [" ".join(title)]
    if text:
        yield "text", 0, text


def _paragraph(text: list[str], before: int) -> int:
    """How many lines the paragraph has that the last line belongs to; none in lists, quotations, tables and code."""
    line = text[-1]
    if not line.strip() or _NO_PARAGRAPH.match(line):
        return 0
    if before:
        return before + 1
    begins = (len(text) == 1 or not text[-2].strip()) and not line.startswith(("    ", "\t"))
    return 1 if begins else 0


def _without_closing(title: str) -> str:
    stripped = title.rstrip()
    bare = stripped.rstrip("#")
    return bare.rstrip() if bare != stripped and (not bare or bare[-1] in " \t") else stripped


def _closing(lines: list[str], at: int, fence: str) -> int:
    """The number of the line after the one that closes a fence; a fence that is never closed goes on to the end."""
    for number in range(at, len(lines)):
        line = lines[number].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return number + 1
    return len(lines)


def _json(lines: list[str]) -> JsonValue:
    """The JSON of a fenced block; None for what is no JSON, or nested beyond what anybody would read."""
    text = "\n".join(lines[1:-1]).strip()
    if not text.startswith(("{", "[")):
        return None
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if _is_shallow(value) else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _is_shallow(value: JsonValue) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return True
    return False
