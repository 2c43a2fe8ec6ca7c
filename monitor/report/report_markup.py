"""The report as one HTML page: a timeline of what is deprecated, and each change in both versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitor.ledger import day_of
from monitor.report.audit_timeline import Timeline, facts_of, timeline
from monitor.report.deprecations_words import Fold, Group
from monitor.report.diff import reach_title
from monitor.report.diff_page import Card, Deck, Section, page
from monitor.report.diffdoc import ChangeEntry
from monitor.report.excerpts import Pages
from monitor.report.html_pages import style_sheet
from monitor.report.ours import asides, is_aside
from monitor.report.report_story import Story, stories
from monitor.report.selection import by_reach
from monitor.report.source_words import about
from monitor.report.story_words import aside_words, checked, headline, span_words, totals, unused_services, yours
from monitor.report.text import HARD, day, plain
from monitor.report.timeline_markup import Chart, TableRow, chart, mark
from monitor.report.view import ComparisonView, Report
from monitor.rules import Level

Arrangement = Literal["source", "change", "operation"]
"""How the changes of a report follow each other: by source and version, by level, or by who meets them."""


@dataclass(frozen=True, slots=True)
class _Source:
    """What the page says of a source before its changes; `unused` are the deprecated services that the reader does not
    use, a line each."""

    name: str
    headline: str
    about: str
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    line: Timeline
    chart: Chart
    rows: tuple[TableRow, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """A change with its card, and where it belongs."""

    source: str
    when: str
    change: ChangeEntry
    card: Card


def report_html(
    report: Report,
    pages: Callable[[ComparisonView], Pages],
    *,
    notes: Iterable[str] = (),
    by: Arrangement = "source",
) -> str:
    """The page. `pages` gives the documents of a comparison, one comparison at a time; the same report gives the same
    bytes."""
    told = stories(report)
    deck = Deck(change for story in told for each in story.view.comparisons for change in each.document.changes)
    found = list(_told(told, deck, pages))
    return page(
        "report.html.j2",
        deck,
        title=f"Changes from {span_words(report)}",
        today=report.today,
        opening=tuple(
            filter(None, (yours(told), ", ".join(totals(told)), *aside_words(told), checked(told, report.today)))
        ),
        notes=tuple(notes),
        sources=[_source(story, report) for story in told],
        sections=_sections(found, by),
        count=len(found),
        mark=mark,
        more_css=style_sheet("shared/timeline.css"),
    )


def _told(told: Iterable[Story], deck: Deck, pages: Callable[[ComparisonView], Pages]) -> Iterable[_Told]:
    for story in told:
        name = plain(story.view.name)
        for each in story.view.comparisons:
            if not each.document.changes:
                continue
            documents = pages(each)
            when = f"seen between {day(each.before_seen)} and {day(each.after_seen)}"
            for change in each.document.changes:
                promise = each.document.promise is not None
                card = deck.card(change, documents, promise=promise, first=("seen", f"{name}, {when}"))
                yield _Told(name, when, change, card)


def _sections(found: Sequence[_Told], by: Arrangement) -> list[Section]:
    told = [each for each in found if not is_aside(each.change)]
    by_change = {id(each.change): each for each in found}
    behind = [
        (title, by_change[id(change)]) for title, changes in asides(each.change for each in found) for change in changes
    ]
    return _gathered([*_arranged(told, by), *behind])


def _arranged(told: Sequence[_Told], by: Arrangement) -> Iterable[tuple[str, _Told]]:
    """Each change with the title that it stands under."""
    if by == "change":
        return [(level.capitalize(), each) for level in Level for each in told if each.change.level == level]
    if by == "operation":
        cards = {id(each.change): each for each in told}
        groups = by_reach(each.change for each in told)
        return [
            (reach_title(reach).replace(HARD, " "), cards[id(change)])
            for reach, changes in groups
            for change in changes
        ]
    return [(f"{each.source}: {each.when}", each) for each in told]


def _gathered(found: Iterable[tuple[str, _Told]]) -> list[Section]:
    by_title: dict[str, list[Card]] = {}
    for title, each in found:
        by_title.setdefault(title, []).append(each.card)
    return [Section(f"{title} ({len(cards):,})", tuple(cards)) for title, cards in by_title.items()]


def _source(story: Story, report: Report) -> _Source:
    found = [fold for group in (*story.our_standing, *story.ended) for fold in _folds(group)]
    folds = sorted(found, key=lambda fold: (fold.entries[0].first_seen.by, fold.name))
    drawn = [(fold.name, fold.entries) for fold in folds]
    line = timeline(drawn, first=_first(folds, report), today=report.today)
    rows = tuple(_row(fold, report.today) for fold in folds)
    return _Source(
        plain(story.view.name),
        headline(story),
        about(story.view),
        story.warnings,
        story.notes,
        line,
        chart(line),
        rows,
        unused_services(story),
    )


def _folds(group: Group) -> Iterable[Fold]:
    """The services of a group; one thing alone under its own name."""
    for fold in group.folds:
        yield Fold(str(fold), fold.entries) if fold.alone else fold


def _first(folds: Sequence[Fold], report: Report) -> date:
    """Where the axis begins: with the first sight of what is drawn, and no later than the span."""
    seen = [entry.first_seen.after or entry.first_seen.by for fold in folds for entry in fold.entries]
    return day_of(min([report.since, *seen]))


def _row(fold: Fold, today: date) -> TableRow:
    names = tuple((str(entry.subject), entry.successor) for entry in fold.entries)
    return TableRow(names, *facts_of(fold.entries[0], today))
