"""The ledger as one HTML page: nothing is loaded from elsewhere, no script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from jinja2 import Environment

from monitor.ledger import FLAG, Entry
from monitor.policy import Uses
from monitor.report.deprecations import COLOURS
from monitor.report.deprecations_view import (
    NOBODY,
    Listed,
    Still,
    Used,
    chapters,
    own_words,
    since_nobody_knows,
    standing_words,
    still_words,
    unknown_because,
    uses_in,
    watched_words,
)
from monitor.report.deprecations_words import (
    Fold,
    deadline_of,
    done_words,
    left_words,
    name_within,
    seen_words,
    state_word,
)
from monitor.report.html_pages import environment, style_sheet
from monitor.report.marks import use_of
from monitor.report.text import clip, long_day

_QUOTED: Final = 2
"""Different sentences of the provider that are shown of a service or holder."""
_WORDS: Final = 200
"""Characters of each."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One deprecated thing: its name, what takes its place, and what else is to be said of it."""

    name: str
    successor: str | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Card:
    """One service, holder or thing alone; `quotes` are the provider's sentences on it.

    `use` is whether the reader meets the one thing; empty of several, whose rows say so, and where nothing is known.
    """

    title: str
    successor: str | None
    rows: tuple[_Row, ...]
    quotes: tuple[str, ...]
    use: str = ""


def deprecations_html(entries: Listed, today: date, still: Still | None = None, used: Used | None = None) -> str:
    """The page: a card for each service, what stands first, by deadline; the same ledger gives the same bytes."""
    return (
        _environment()
        .get_template("deprecations.html.j2")
        .render(
            title=f"Deprecations, as of {long_day(today)}",
            sources=entries,
            today=today,
            still=still,
            used=used,
            nobody=NOBODY,
            css=style_sheet("deprecations/deprecations.css"),
        )
    )


@cache
def _environment() -> Environment:
    made = environment("deprecations")
    made.globals.update(
        standing=standing_words,
        because=unknown_because,
        watched=watched_words,
        chapters=chapters,
        unknown=since_nobody_knows,
        still_words=still_words,
        own=own_words,
        uses_in=uses_in,
        state=state_word,
        colour=lambda entry: COLOURS.get(state_word(entry), ""),
        deadline=deadline_of,
        left=left_words,
        seen=seen_words,
        card=_card,
    )
    return made


def _card(fold: Fold, uses: Uses | None) -> _Card:
    if fold.alone:
        (entry,) = fold.entries
        notes, use = tuple(_notes(entry, None)), use_of(entry, uses)
        row = _Row(name_within(entry), entry.successor, notes)
        told = (row,) if notes else ()
        return _Card(str(fold), fold.successor, told, tuple(_quotes(fold)), "" if use is None else str(use))
    rows = tuple(_Row(name_within(entry), entry.successor, tuple(_notes(entry, uses))) for entry in fold.entries)
    return _Card(str(fold), fold.successor, rows, tuple(_quotes(fold)))


def _notes(entry: Entry, uses: Uses | None) -> Iterable[str]:
    use = use_of(entry, uses)
    if use is not None:
        yield str(use)
    if entry.done is not None:
        yield done_words(entry.done)
    if len(entry.episodes) > 1:
        yield f"deprecated {len(entry.episodes)} times"


def _quotes(fold: Fold) -> list[str]:
    """What the provider says of it beyond the flag, each sentence once."""
    said = (item.text for entry in fold.entries for item in entry.evidence if item.kind != FLAG)
    return [clip(text, _WORDS) for text in list(dict.fromkeys(said))[:_QUOTED]]
