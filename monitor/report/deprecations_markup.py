"""The ledger as one HTML page: nothing is loaded from elsewhere, no script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from monitor.ledger import FLAG, Entry
from monitor.policy import Uses
from monitor.report.deprecations import COLOURS
from monitor.report.deprecations_view import (
    NOBODY,
    NOTHING,
    Chapter,
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
    Group,
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


@dataclass(frozen=True, slots=True)
class _Deadline:
    """What is told together: state, day and time left in words, when it was seen, and the cards of the services."""

    state: str
    colour: str
    day: str
    left: str
    seen: str
    cards: tuple[_Card, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A chapter. Of what is not used there are `lines` alone, else `deadlines`; `folded` is what prose alone says."""

    title: str
    count: int
    folded: bool
    lines: tuple[str, ...]
    deadlines: tuple[_Deadline, ...]


@dataclass(frozen=True, slots=True)
class _Book:
    """The ledger of one source: sentences, each with its weight (`own`, `soft`, `loud` or none), chapters, and what to
    do about deadlines that nobody knows.
    """

    name: str
    sentences: tuple[tuple[str, str], ...]
    parts: tuple[_Part, ...] = ()
    note: str = ""


def deprecations_html(entries: Listed, today: date, still: Still | None = None, used: Used | None = None) -> str:
    """The page: a card for each service, what stands first, by deadline; the same ledger gives the same bytes."""
    books = [_book(name, ledger, today, still_words(name, still), uses_in(used, name)) for name, ledger in entries]
    return (
        environment("deprecations")
        .get_template("deprecations.html.j2")
        .render(
            title=f"Deprecations, as of {long_day(today)}",
            books=books,
            nobody=NOBODY,
            css=style_sheet("deprecations/deprecations.css"),
        )
    )


def _book(name: str, ledger: tuple[Entry, ...], today: date, still: str, uses: Uses | None) -> _Book:
    frozen = ("", still)
    if not ledger:
        return _Book(name, tuple(each for each in (frozen, ("", NOTHING)) if each[1]))
    own, because = own_words(ledger, uses), unknown_because(ledger)
    standing = standing_words(ledger)
    told = (
        frozen,
        ("own", f"{own}." if own else ""),
        ("", f"{standing[:1].upper()}{standing[1:]}."),
        ("soft", f"No deadline is known: {because}." if because else ""),
        *(("loud", words) for words in watched_words(ledger, today)),
    )
    parts = tuple(_part(chapter, today) for chapter in chapters(ledger, uses, today))
    return _Book(name, tuple(each for each in told if each[1]), parts, since_nobody_knows(name, ledger))


def _part(chapter: Chapter, today: date) -> _Part:
    if chapter.unused:
        return _Part(chapter.title, len(chapter.lines), folded=True, lines=chapter.lines, deadlines=())
    deadlines = tuple(_deadline(group, chapter.uses, today) for group in chapter.groups)
    return _Part(chapter.title, chapter.count, folded=chapter.weak, lines=(), deadlines=deadlines)


def _deadline(group: Group, uses: Uses | None, today: date) -> _Deadline:
    state = state_word(group.first)
    return _Deadline(
        state=state,
        colour=COLOURS.get(state, ""),
        day=deadline_of(group.first, today),
        left=left_words(group.first, today),
        seen=seen_words(group),
        cards=tuple(_card(fold, uses) for fold in group.folds),
    )


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
