"""What `specwatch deprecations` prints: what is deprecated, until when, and what became of what was."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from monitor.ledger import Entry, entry_object
from monitor.policy import Uses
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
    between,
    deadline_of,
    deadline_words,
    done_words,
    ended_words,
    left_words,
    moved_words,
    name_within,
    seen_words,
    state_word,
)
from monitor.report.marks import use_of
from monitor.report.report_object import json_text
from monitor.report.text import Style, code, escape, keep, loosened, plain, prose, wrap
from monitor.values import JsonObject

_COLUMNS: Final = ("State", "Deadline", "Days left", "Deprecated", "Successor", "First seen deprecated", "Ended")

COLOURS: Final = {
    "overdue, still served": "risky",
    "due soon": "risky",
    "removed early": "broken",
    "removed unannounced": "broken",
    "removed in time": "allowed",
    "reinstated": "allowed",
}
"""The word of `Style.word` whose colour a state has."""


def deprecations_text(
    entries: Listed,
    today: date,
    still: Still | None = None,
    used: Used | None = None,
    *,
    width: int = 100,
    color: bool = False,
) -> str:
    """For people: grouped by what goes together, what stands first, by deadline; what the reader does not use last."""
    style = Style(color)
    blocks = [
        _source(name, ledger, today, width, style, still_words(name, still), uses_in(used, name))
        for name, ledger in entries
    ]
    return "\n\n".join(blocks or [NOBODY]) + "\n"


def deprecations_markdown(entries: Listed, today: date, still: Still | None = None, used: Used | None = None) -> str:
    """A page: tables for each source, a row for each service or thing that is deprecated."""
    blocks = [_page(name, ledger, today, still_words(name, still), uses_in(used, name)) for name, ledger in entries]
    return "\n\n".join([f"# Deprecations, as of {today}", *(blocks or [escape(NOBODY)])]) + "\n"


def deprecations_json(
    entries: Listed,
    today: date,  # noqa: ARG001  # entries alone; what all forms are given
    still: Still | None = None,  # noqa: ARG001  # what all forms are given
    used: Used | None = None,
) -> str:
    """One flat list, each object with the name of its source: see `monitor.ledger.entry_object`; and with its `use`,
    where that is known."""
    return json_text([used_object(name, entry, uses_in(used, name)) for name, ledger in entries for entry in ledger])


def used_object(name: str, entry: Entry, uses: Uses | None) -> JsonObject:
    """An entry as JSON, with whether the reader meets it where that is known."""
    use = use_of(entry, uses)
    return {**entry_object(name, entry), **({} if use is None else {"use": str(use)})}


def _source(
    name: str, ledger: tuple[Entry, ...], today: date, width: int, style: Style, still: str, uses: Uses | None
) -> str:
    title = style.bold(plain(name))
    frozen = wrap(still, width, first="  ") if still else []
    if not ledger:
        return "\n".join([f"{title}: nothing is deprecated, and nothing was", *frozen])
    lines = wrap(f"{plain(name)}: {standing_words(ledger)}", width, rest="  ")
    lines[0] = lines[0].replace(plain(name), title, 1)
    lines += [style.bold(line) for line in wrap(own_words(ledger, uses), width, first="  ")] if uses else []
    lines += frozen
    because = unknown_because(ledger)
    if because is not None:
        lines += wrap(f"No deadline is known: {because}.", width, first="  ")
    for words in watched_words(ledger, today):
        lines += ["", *(style.word("broken", line) for line in wrap(words, width))]
    for chapter in chapters(ledger, uses, today):
        count = f" ({len(chapter.lines):,})" if chapter.unused else ""
        if chapter.title:
            lines += ["", *wrap(f"{chapter.title}{count}:", width)]
        if chapter.unused:
            lines += [""] + [line for words in chapter.lines for line in wrap(_bare(words), width, rest="    ")]
        else:
            lines += _chapter(chapter, today, width, style)
    unknown = since_nobody_knows(name, ledger)
    return "\n".join([*lines, *(["", *wrap(unknown, width)] if unknown else [])])


def _bare(words: str) -> str:
    """A line without the backticks around its name, which stays in one piece."""
    return re.sub("`([^`]*)`", lambda name: keep(name[1]), words)


def _chapter(chapter: Chapter, today: date, width: int, style: Style) -> list[str]:
    told = chapter.groups
    heads = [(state_word(group.first), deadline_of(group.first, today)) for group in told]
    widths = [max(len(head[column]) for head in heads) for column in range(2)]
    lines: list[str] = []
    for group, (state, deadline) in zip(told, heads, strict=True):
        lines.append("")
        head = f"{state.ljust(widths[0])}  {deadline.ljust(widths[1])}  {left_words(group.first, today)}".rstrip()
        shown = [head] if len(head) <= width else wrap(" ".join(head.split()), width, rest="  ")
        lines += [style.word(COLOURS.get(state, ""), state) + shown[0][len(state) :], *shown[1:]]
        lines += wrap(seen_words(group), width, first="  ")
        lines += _folds(group, width, chapter.uses)
    return lines


def _folds(group: Group, width: int, uses: Uses | None) -> list[str]:
    """What the group tells of: one thing by its name, several of one service or holder below it."""
    lines: list[str] = []
    for fold in group.folds:
        if fold.alone:
            lines += _members(fold, [str(fold)], width, "    ", uses)
        else:
            lines += wrap(str(fold), width, first="    ", rest="        ")
            lines += _members(fold, [plain(name_within(entry)) for entry in fold.entries], width, "      ", uses)
    return lines


def _members(fold: Fold, names: list[str], width: int, indent: str, uses: Uses | None) -> list[str]:
    """A line for each, successors aligned where there is room."""
    longest = min(max(len(name) for name in names), max(width // 2, 20))
    lines: list[str] = []
    for name, entry in zip(names, fold.entries, strict=True):
        words = keep(name.ljust(longest) if entry.successor else name)
        if entry.successor:
            words += " " + keep(f"-> {plain(entry.successor)}")
        if entry.done is not None:
            words += " " + plain(f"({done_words(entry.done)})")
        if len(entry.episodes) > 1:
            words += " " + keep(f"(deprecated {len(entry.episodes)} times)")
        if (use := use_of(entry, uses)) is not None:
            words += " " + keep(f"({use})")
        lines += wrap(loosened(words, width - len(indent)), width, first=indent, rest=f"{indent}    ")
    return lines


def _page(name: str, ledger: tuple[Entry, ...], today: date, still: str, uses: Uses | None) -> str:
    lines = [f"## {escape(name)}", "", *([f"{escape(still)}\n"] if still else [])]
    lines += [f"**{own_words(ledger, uses)}.**", ""] if uses and ledger else []
    if not ledger:
        return "\n".join([*lines, NOTHING])
    lines += [f"{standing_words(ledger)[0].upper()}{standing_words(ledger)[1:]}.", ""]
    because = unknown_because(ledger)
    if because is not None:
        lines += [f"No deadline is known: {escape(because)}.", ""]
    lines += [f"**{escape(words)}**\n" for words in watched_words(ledger, today)]
    for chapter in chapters(ledger, uses, today):
        if chapter.unused:
            lines += [f"<details><summary>{chapter.title} ({len(chapter.lines):,})</summary>", ""]
            lines += [*(f"- {prose(line)}" for line in chapter.lines), "", "</details>", ""]
            continue
        lines += [f"### {chapter.title}", ""] if chapter.title else []
        lines += [f"| {' | '.join(_COLUMNS)} |", f"|{' --- |' * len(_COLUMNS)}"]
        lines += [_row(group.first, fold, today, chapter) for group in chapter.groups for fold in group.folds]
        lines.append("")
    return "\n".join([*lines, prose(since_nobody_knows(name, ledger))]).rstrip()


def _row(entry: Entry, fold: Fold, today: date, chapter: Chapter) -> str:
    """A row for a service or holder, with what is inside it on lines of their own."""
    told = code(str(fold), cell=True)
    if not fold.alone:
        told = "<br>".join([told, *(_member(each, chapter.uses) for each in fold.entries)])
    elif (use := use_of(entry, chapter.uses)) is not None:
        told += f" ({use})"
    cells = (
        f"{state_word(entry)} (prose alone)" if chapter.weak else state_word(entry),
        deadline_words(entry, today),
        left_words(entry, today),
        told,
        code(fold.successor, cell=True) if fold.successor else "",
        between(entry.first_seen),
        "; ".join(filter(None, [ended_words(entry), *map(moved_words, entry.moves)])),
    )
    return f"| {' | '.join(cells)} |"


def _member(entry: Entry, uses: Uses | None) -> str:
    successor = f" → {code(entry.successor, cell=True)}" if entry.successor else ""
    use = use_of(entry, uses)
    return f"{code(name_within(entry), cell=True)}{successor}{'' if use is None else f' ({use})'}"
