"""The timeline of deprecations as inline SVG with an equal table: what the pages of audit and report share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from monitor.report.audit_timeline import Bar, EndKind, SegmentKind, Timeline

_TOP: Final = 20
_ROW: Final = 44

_MARKS: Final[dict[EndKind, str]] = {
    "removed": '<rect class="end" x="-4" y="-8" width="8" height="16"/>',
    "removed early": '<path class="end-bad" d="M-6 -6L6 6M-6 6L6 -6"/>',
    "reinstated": '<circle class="end" r="6"/>',
}


@dataclass(frozen=True, slots=True)
class Chart:
    """Where the rows of the timeline stand, in pixels; `ends`, `kinds` and `deadlines` are what the legend explains."""

    top: int
    height: int
    bars: tuple[tuple[int, Bar], ...]
    ends: tuple[EndKind, ...]
    kinds: frozenset[SegmentKind]
    deadlines: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """A bar of a timeline as a row of a table: the things with what takes their place, and what is said of them."""

    names: tuple[tuple[str, str | None], ...]
    state: str
    seen: str
    deadline: str
    ended: str


def chart(of: Timeline) -> Chart:
    """Where the rows of a timeline stand."""
    placed = tuple((_TOP + 16 + _ROW * number, bar) for number, bar in enumerate(of.bars))
    used = {bar.end.kind for bar in of.bars if bar.end is not None}
    kinds = frozenset(segment.kind for bar in of.bars for segment in bar.segments)
    deadlines = any(bar.deadline is not None for bar in of.bars)
    ends = tuple(kind for kind in _MARKS if kind in used)
    return Chart(_TOP, _TOP + _ROW * len(of.bars), placed, ends, kinds, deadlines)


def mark(kind: EndKind) -> Markup:
    """The sign with which a bar ends."""
    return Markup(_MARKS[kind])  # noqa: S704  # no word in it is a stranger's
