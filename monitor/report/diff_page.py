"""A comparison as one HTML page that needs nothing else: it filters by itself, and shows each change in both documents.

Its own script is allowed by its digest and no other is (Content Security Policy, level 2), so that even a word of a
document which found its way into the mark-up could not run, load or send anything.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment
from markupsafe import Markup, escape

from monitor import resources
from monitor.policy import PromiseState
from monitor.report.diff import head_words, labelled_facts, reach_title
from monitor.report.diffdoc import ChangeEntry
from monitor.report.entries import more_places, place, reach_words
from monitor.report.excerpts import DiffView, Excerpt, Pages
from monitor.report.html_pages import environment, style_sheet
from monitor.report.ours import asides, is_aside, opening_words
from monitor.report.selection import by_reach
from monitor.report.text import HARD, NAMED, plain, plural
from monitor.rules import Level

_URGENT: Final = (Level.BREAKING, Level.RISKY)
_OPEN: Final = 40
"""Changes that are open from the start; a longer page is skimmed first."""


@dataclass(frozen=True, slots=True)
class Card:
    """One change as the page shows it. `operations` are the places of those that meet it in the page's list of all, as
    runs (`3 7-9`); `more` says that not all of them are named."""

    id: str
    level: str
    message: str
    details: str
    broken: bool
    facts: tuple[tuple[str, str], ...]
    operations: str
    reach: int
    more: bool
    before: Excerpt | None
    after: Excerpt | None
    open: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Changes under a heading."""

    title: str
    changes: tuple[Card, ...]


class Deck:
    """Cards for the changes of one page, with the operations that they name."""

    def __init__(self, changes: Iterable[ChangeEntry]) -> None:
        self._taken: dict[str, int] = {}
        changes = tuple(changes)
        known = sorted({each for change in changes for each in change.reach}, key=lambda each: (each.path, each))
        self._places = {operation: place for place, operation in enumerate(known)}
        self._left_open = _OPEN
        self.names = [plain(str(each)) for each in known]
        self.levels = [(level, sum(change.level == level for change in changes)) for level in Level]

    def card(self, change: ChangeEntry, pages: Pages, *, promise: bool, first: tuple[str, str] | None = None) -> Card:
        """The card of a change, its facts led by `first`. Ids stay unique where the same change is on a page twice."""
        reach = change.reach
        before, after = pages.excerpts(change)
        at = place(change)
        self._left_open -= 1
        number = self._taken[change.fingerprint] = self._taken.get(change.fingerprint, 0) + 1
        return Card(
            id=change.fingerprint if number == 1 else f"{change.fingerprint}-{number}",
            level=change.level,
            message=change.message,
            details="; ".join(filter(None, (at + more_places(change) if at else "", reach_words(change)))),
            broken=change.promise == PromiseState.BROKEN,
            facts=(*([first] if first else []), *labelled_facts(change, promise=promise)),
            operations=_runs(sorted(self._places[each] for each in reach)),
            reach=len(reach),
            more=len(reach) > NAMED,
            before=before,
            after=after,
            open=change.our_level in _URGENT and not is_aside(change) and self._left_open >= 0,
        )


def diff_html(view: DiffView) -> str:
    """The page. The same comparison gives the same bytes."""
    document = view.document
    deck = Deck(document.changes)

    def cards(changes: Iterable[ChangeEntry]) -> tuple[Card, ...]:
        return tuple(deck.card(change, view.pages, promise=document.promise is not None) for change in changes)

    told = [change for change in document.changes if not is_aside(change)]
    if view.by == "operation":
        sections = [Section(reach_title(reach).replace(HARD, " "), cards(found)) for reach, found in by_reach(told)]
    else:
        by_level = [(level, [each for each in told if each.level == level]) for level in Level]
        sections = [Section(f"{level.capitalize()} ({len(of):,})", cards(of)) for level, of in by_level if of]
    sections += [Section(f"{title} ({len(found):,})", cards(found)) for title, found in asides(document.changes)]
    return page(
        "diff.html.j2",
        deck,
        title=f"What changed from {plain(document.before.source)} to {plain(document.after.source)}",
        about=head_words(document),
        opening=opening_words(document),
        notes=view.notes,
        count=len(document.changes),
        sections=sections,
    )


def page(template: str, deck: Deck, *, more_css: str = "", **values: object) -> str:
    """A page with the cards of a deck, its style, its script and the policy that allows no other."""
    script = _script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
    return (
        _environment()
        .get_template(template)
        .render(
            css=style_sheet("diff/diff.css") + more_css,
            script=Markup(script),  # noqa: S704  # no word in it is a stranger's
            policy=policy,
            operations=deck.names,
            operations_json=_data(deck.names),
            levels=deck.levels,
            **values,
        )
        .lstrip("\n")
    )


@cache
def _script() -> str:
    return resources.text("templates", "diff/diff.js")


def _data(of: object) -> Markup:
    """JSON for a script element, which no word in it can end (HTML, section 4.12.1.3)."""
    text = json.dumps(of, ensure_ascii=True).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(text)  # noqa: S704  # nothing that HTML reads is left in it


def _runs(places: Sequence[int]) -> str:
    """Numbers in their order as runs: `3 7-9`."""
    runs: list[list[int]] = []
    for number in places:
        if runs and runs[-1][-1] + 1 == number:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return " ".join("-".join(map(str, run)) for run in runs)


@cache
def _environment() -> Environment:
    made = environment("diff")
    made.globals.update(
        lines=lambda count: f"… {plural(count, 'line')}",
        # A line of a document was made harmless when it was taken; its indentation shall stay.
        exact=lambda text: Markup(escape(text)),  # noqa: S704  # it is escaped
    )
    return made
