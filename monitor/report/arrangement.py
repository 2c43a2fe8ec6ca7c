"""The changes of a report in another order than source by source: by level, or by the operations that meet them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from monitor.ledger import Interval
from monitor.report.deprecations_words import between, by_key
from monitor.report.diff import reach_title
from monitor.report.diffdoc import ChangeEntry
from monitor.report.ours import asides, is_aside
from monitor.report.report_story import Story
from monitor.report.selection import by_reach
from monitor.report.text import HARD, plain
from monitor.report.view import ComparisonView
from monitor.rules import Level

Arrangement = Literal["source", "change", "operation"]
"""How the changes of a report follow each other: by source and version, by level, or by who meets them."""

ARRANGEMENTS: Final[tuple[Arrangement, ...]] = ("source", "change", "operation")


@dataclass(frozen=True, slots=True)
class Placed:
    """A change with where it was seen: its source, when in words, and the comparison that has it."""

    source: str
    when: str
    comparison: ComparisonView
    change: ChangeEntry

    @property
    def promised(self) -> bool:
        """Whether there is a promise to hold it against."""
        return self.comparison.document.promise is not None

    @property
    def seen(self) -> str:
        """`acme, between 2026-08-01 and 2026-08-05`."""
        return f"{self.source}, {self.when}"


@dataclass(frozen=True, slots=True)
class Arranged:
    """Changes under a title; `aside` are those that stand behind all others."""

    title: str
    changes: tuple[Placed, ...]
    aside: bool = False


def placed(story: Story, comparison: ComparisonView) -> tuple[Placed, ...]:
    """The changes of one comparison of a source."""
    when = between(Interval(comparison.before_seen, comparison.after_seen))
    name = plain(story.view.name)
    return tuple(Placed(name, when, comparison, change) for change in comparison.document.changes)


def all_placed(told: Iterable[Story]) -> tuple[Placed, ...]:
    """The changes of a report, source by source and version by version."""
    return tuple(each for story in told for comparison in story.view.comparisons for each in placed(story, comparison))


def arranged(found: Sequence[Placed], by: Arrangement) -> tuple[Arranged, ...]:
    """All of them under their titles, each once; what is not used or muted last."""
    told = [each for each in found if not is_aside(each.change)]
    known = {id(each.change): each for each in found}
    behind = tuple(
        Arranged(f"{title} ({len(changes):,})", tuple(known[id(change)] for change in changes), aside=True)
        for title, changes in asides(each.change for each in found)
    )
    return (*_arranged(told, by), *behind)


def _arranged(told: Sequence[Placed], by: Arrangement) -> tuple[Arranged, ...]:
    if by == "source":
        return tuple(Arranged(title, of) for title, of in by_key(told, lambda each: f"{each.source}: seen {each.when}"))
    if by == "change":
        levels = ((level, tuple(each for each in told if each.change.level == level)) for level in Level)
        return tuple(Arranged(f"{level.capitalize()} ({len(of):,})", of) for level, of in levels if of)
    known = {id(each.change): each for each in told}
    return tuple(
        Arranged(reach_title(reach).replace(HARD, " "), tuple(known[id(change)] for change in _by_level(changes)))
        for reach, changes in by_reach(each.change for each in told)
    )


def _by_level(changes: Iterable[ChangeEntry]) -> list[ChangeEntry]:
    """The worst first, as a comparison has them; of one level by version."""
    return sorted(changes, key=lambda change: change.level.rank)
