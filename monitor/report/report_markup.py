"""The report as one HTML page: a timeline of what is deprecated, and each change in both versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.ledger import day_of
from monitor.report.arrangement import Arrangement, all_placed, arranged, placed
from monitor.report.audit_timeline import Timeline, facts_of, timeline
from monitor.report.deprecations_words import Fold, Group
from monitor.report.diff_page import Card, Deck, Section, page
from monitor.report.excerpts import Pages
from monitor.report.html_pages import style_sheet
from monitor.report.report_story import TITLES, Story, stories
from monitor.report.source_words import about
from monitor.report.story_words import aside_words, checked, headline, span_words, totals, unused_services, yours
from monitor.report.text import plain
from monitor.report.timeline_markup import Chart, TableRow, chart, mark
from monitor.report.view import ComparisonView, Report


@dataclass(frozen=True, slots=True)
class _Source:
    """What the page says of a source before its changes; `unused` are the services that are deprecated, or ended in the
    span, and that the reader does not use, a line each."""

    name: str
    headline: str
    about: str
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    line: Timeline
    chart: Chart
    rows: tuple[TableRow, ...]
    unused: tuple[str, ...]


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
    cards = _cards(told, deck, pages)
    sections = [
        Section(part.title, tuple(cards[id(each.change)] for each in part.changes))
        for part in arranged(all_placed(told), by)
    ]
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
        sections=sections,
        count=len(cards),
        unused_title=TITLES["unused_services"],
        mark=mark,
        more_css=style_sheet("shared/timeline.css"),
    )


def _cards(told: Iterable[Story], deck: Deck, pages: Callable[[ComparisonView], Pages]) -> dict[int, Card]:
    """The card of each change, by its identity: the same change may be in two comparisons."""
    found = {}
    for story in told:
        for comparison in story.view.comparisons:
            if not comparison.document.changes:
                continue
            documents = pages(comparison)
            for each in placed(story, comparison):
                first = ("seen", each.seen)
                found[id(each.change)] = deck.card(each.change, documents, promise=each.promised, first=first)
    return found


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
