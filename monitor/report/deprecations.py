"""What `specwatch deprecations` prints: what is deprecated, until when, and what became of what was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from monitor.ledger import Entry, day_of, entry_object
from monitor.report.deprecations_words import (
    Fold,
    Group,
    between,
    deadline_words,
    ended_words,
    groups,
    left_words,
    moved_words,
    name_within,
    service_of,
    state_word,
)
from monitor.report.report_object import json_text
from monitor.report.text import Style, code, escape, keep, plain, plural, wrap

Listed = Sequence[tuple[str, tuple[Entry, ...]]]
"""The names of sources, each with its ledger."""

_PROSE_ALONE: Final = "Said in prose alone, which is weak evidence:"
_NOBODY: Final = "No source is watched yet: specwatch add NAME URL"
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


def deprecations_text(entries: Listed, today: date, *, width: int = 100, color: bool = False) -> str:
    """For people: grouped by what goes together, what stands first, by deadline."""
    style = Style(color)
    blocks = [_source(name, ledger, today, width, style) for name, ledger in entries]
    return "\n\n".join(blocks or [_NOBODY]) + "\n"


def deprecations_markdown(entries: Listed, today: date) -> str:
    """A page: a table for each source, a row for each deprecated thing."""
    blocks = [_page(name, ledger, today) for name, ledger in entries]
    return "\n\n".join([f"# Deprecations, as of {today}", *(blocks or [escape(_NOBODY)])]) + "\n"


def deprecations_json(entries: Listed, today: date) -> str:  # noqa: ARG001  # states were settled for that day
    """One flat list, each object with the name of its source: see `monitor.ledger.entry_object`."""
    return json_text([entry_object(name, entry) for name, ledger in entries for entry in ledger])


def standing_words(ledger: Sequence[Entry]) -> str:
    """`27 deprecated and still served in 5 services, 1 removed, 4 reinstated`; without those that there are none of.

    Operations and webhooks are counted so; what is smaller, and what prose alone calls deprecated, comes after them as
    `also 5 parts, 12 in prose alone` of what is still served.
    """
    flagged = [entry for entry in ledger if entry.flagged]
    standing = sum(entry.standing for entry in flagged)
    removed = sum(entry.removed is not None for entry in flagged)
    reinstated = sum(entry.reinstated is not None for entry in flagged)
    parts = sum(entry.standing and entry.strength == "strong" for entry in ledger) - standing
    prose = sum(entry.standing and entry.strength == "weak" for entry in ledger)
    done = sum(entry.standing and entry.settled for entry in ledger)
    also = [plural(parts, "part") if parts else "", f"{prose:,} in prose alone" if prose else ""]
    services = len({service_of(entry) for entry in flagged if entry.standing})
    of = f" in {plural(services, 'service')}" if services < standing else ""
    words = [
        f"{standing:,} deprecated and still served{of}" if standing else "nothing is deprecated now",
        f"{removed:,} removed" if removed else "",
        f"{reinstated:,} reinstated" if reinstated else "",
        f"also {', '.join(word for word in also if word)}" if any(also) else "",
        f"{done:,} of all done" if done else "",
    ]
    return ", ".join(word for word in words if word)


def unknown_because(ledger: Sequence[Entry]) -> str | None:
    """Why no deadline at all is known, where that has one reason; else None."""
    standing = [entry for entry in ledger if entry.standing]
    reasons = {entry.deadline_basis.partition(": ")[2] for entry in standing if entry.deadline is None}
    if len(reasons) != 1 or any(entry.deadline is not None for entry in standing):
        return None
    reason = reasons.pop()
    return reason if reason.startswith("no promise") else None


def _source(name: str, ledger: tuple[Entry, ...], today: date, width: int, style: Style) -> str:
    title = style.bold(plain(name))
    if not ledger:
        return f"{title}: nothing is deprecated, and nothing was"
    lines = wrap(f"{plain(name)}: {standing_words(ledger)}", width, rest="  ")
    lines[0] = lines[0].replace(plain(name), title, 1)
    because = unknown_because(ledger)
    if because is not None:
        lines += wrap(f"No deadline is known: {because}.", width, first="  ")
    for entry in ledger:
        if entry.watched and entry.standing:
            lines += ["", *(style.word("broken", line) for line in wrap(_watched(entry, today), width))]
    for heading, members in _chapters(ledger):
        if heading:
            lines += ["", *wrap(heading, width)]
        lines += _chapter(members, today, width, style)
    return "\n".join([*lines, *_since_nobody_knows(name, ledger, width)])


def _since_nobody_knows(name: str, ledger: Sequence[Entry], width: int) -> list[str]:
    """What to do about deadlines that are unknown because the history begins too late."""
    unknown = [
        entry for entry in ledger if entry.standing and entry.deadline is None and entry.first_seen.after is None
    ]
    if not unknown:
        return []
    first = min(day_of(entry.first_seen.by) for entry in unknown)
    words = (
        f"{plural(len(unknown), 'deprecation')} since before {first}, deadline unknown, possibly past. "
        f"`specwatch import {plain(name)} PATH` brings older versions; "
        f"`specwatch deprecations set {plain(name)} '{plain(str(unknown[0].subject))}' --since DATE --why TEXT` "
        "says what you know."
    )
    return ["", *wrap(words, width)]


def _watched(entry: Entry, today: date) -> str:
    """The loudest of all: what is watched is going to be gone."""
    left = left_words(entry, today)
    successor = f"; its successor is {entry.successor}" if entry.successor else "; no successor is named"
    words = f"deadline {deadline_words(entry, today)}{f', {left}' if left else ''}{successor}"
    return plain(f"THE WATCHED URL ITSELF IS DEPRECATED ({entry.subject}): {words}. Watch another in time.")


def _chapters(ledger: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Operations first, then what is smaller, then what prose alone says; each that there is, with its heading."""
    strong = [entry for entry in ledger if entry.strength == "strong"]
    found = [
        ("", [entry for entry in strong if entry.subject.whole]),
        ("Parts of operations, and what they share:", [entry for entry in strong if not entry.subject.whole]),
        (_PROSE_ALONE, [entry for entry in ledger if entry.strength == "weak"]),
    ]
    return [(heading, members) for heading, members in found if members]


def _chapter(ledger: Sequence[Entry], today: date, width: int, style: Style) -> list[str]:
    told = groups(ledger)
    heads = [(state_word(group.first), _deadline(group.first, today)) for group in told]
    widths = [max(len(head[column]) for head in heads) for column in range(2)]
    lines: list[str] = []
    for group, (state, deadline) in zip(told, heads, strict=True):
        lines.append("")
        head = f"{state.ljust(widths[0])}  {deadline.ljust(widths[1])}  {left_words(group.first, today)}".rstrip()
        lines.append(style.word(COLOURS.get(state, ""), state) + head[len(state) :])
        lines += wrap(_seen(group), width, first="  ")
        lines += _folds(group, width)
    return lines


def _deadline(entry: Entry, today: date) -> str:
    """The second column: what counts for what stands, and what counted for what is over."""
    return f"deadline {'' if entry.standing else 'was '}{deadline_words(entry, today)}"


def _seen(group: Group) -> str:
    """When the group was first seen deprecated, and how it ended."""
    entry = group.first
    words = [f"first seen deprecated {between(entry.first_seen)}", ended_words(entry)]
    if entry.given is not None and entry.standing:
        words.append(entry.deadline_basis)
    words += [moved_words(move) for move in entry.moves]
    return plain("; ".join(word for word in words if word))


def _folds(group: Group, width: int) -> list[str]:
    """What the group tells of: one thing by its name, several of one service or holder below it."""
    lines: list[str] = []
    for fold in group.folds:
        if fold.alone:
            lines += _members(fold, [plain(str(fold.entries[0].subject))], width, "    ")
        else:
            lines += wrap(str(fold), width, first="    ", rest="        ")
            lines += _members(fold, [plain(name_within(entry)) for entry in fold.entries], width, "      ")
    return lines


def _members(fold: Fold, names: list[str], width: int, indent: str) -> list[str]:
    """A line for each, successors aligned where there is room."""
    longest = min(max(len(name) for name in names), max(width // 2, 20))
    lines: list[str] = []
    for name, entry in zip(names, fold.entries, strict=True):
        words = keep(name.ljust(longest) if entry.successor else name)
        if entry.successor:
            words += " " + keep(f"-> {plain(entry.successor)}")
        if entry.done is not None:
            again = ", but it is open again" if entry.done.reopened else ""
            words += " " + plain(f"(done: {entry.done.note}, {entry.done.by}{again})")
        if len(entry.episodes) > 1:
            words += " " + keep(f"(deprecated {len(entry.episodes)} times)")
        lines += wrap(words, width, first=indent, rest=f"{indent}    ")
    return lines


def _page(name: str, ledger: tuple[Entry, ...], today: date) -> str:
    lines = [f"## {escape(name)}", ""]
    if not ledger:
        return "\n".join([*lines, "Nothing is deprecated, and nothing was."])
    lines += [f"{standing_words(ledger)[0].upper()}{standing_words(ledger)[1:]}.", ""]
    because = unknown_because(ledger)
    if because is not None:
        lines += [f"No deadline is known: {escape(because)}.", ""]
    lines += [f"| {' | '.join(_COLUMNS)} |", f"|{' --- |' * len(_COLUMNS)}"]
    lines += [_row(entry, today) for group in groups(ledger) for entry in group.entries]
    return "\n".join(lines)


def _row(entry: Entry, today: date) -> str:
    cells = (
        state_word(entry) if entry.strength == "strong" else f"{state_word(entry)} (prose alone)",
        deadline_words(entry, today),
        left_words(entry, today),
        code(str(entry.subject), cell=True),
        code(entry.successor, cell=True) if entry.successor else "",
        between(entry.first_seen),
        ended_words(entry),
    )
    return f"| {' | '.join(cells)} |"
