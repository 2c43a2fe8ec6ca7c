"""What `specwatch successor` prints: what takes the place of an operation, and what differs for whoever moves over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from monitor.ledger import Entry, entry_object
from monitor.report.deprecations_words import deadline_words, left_words, state_word
from monitor.report.diffdoc import ChangeEntry, DiffDocument, OperationEffect
from monitor.report.entries import counted, values
from monitor.report.report_object import json_text
from monitor.report.text import Style, code, escape, keep, plain, plural, prose, wrap
from monitor.rules import Level, by_id, worst
from monitor.values import JsonObject

FORMAT: Final = "specwatch.successor/1"
LIFECYCLE: Final = frozenset({"operation-became-undeprecated", "operation-became-deprecated"})
"""Rules that tell what is plain: the one is deprecated, the other takes its place."""

_WORD: Final = 12
_ACCESS: Final = frozenset({"security", "scopes"})
_PARTS: Final = ("Parameters", "Request body", "Responses", "Scopes and security", "The call")
_PARAMETERS: Final = frozenset({"query", "path", "header", "cookie"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference in one part. `where` is the path to it, empty for the operation itself; `more` other places."""

    level: Level
    where: str
    more: int
    message: str
    rule: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The differences of one part of the operation, worst first."""

    title: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Migration:
    """From an operation to the one that takes its place.

    `version` is the stored version that has the operation. `how` says who says so; `successor` is None where nobody
    does. `entry` is the ledger's, None for what is not deprecated. `document` has all differences, in the words of the
    engine, for the reader's own client; None without a successor.
    """

    source: str
    version: str
    operation: str
    entry: Entry | None
    successor: str | None
    how: str
    today: date
    document: DiffDocument | None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The differences that are more than documentation, by the part of the operation that they are in."""
        changes = () if self.document is None else self.document.changes
        found: dict[str, list[Difference]] = {title: [] for title in _PARTS}
        for change in changes:
            if change.level != Level.DOCS and change.rule not in LIFECYCLE:
                for title, difference in _differences(change):
                    found[title].append(difference)
        ordered = ((title, sorted(each, key=lambda one: (one.level.rank, one.where))) for title, each in found.items())
        return tuple(Part(title, tuple(each)) for title, each in ordered if each)


def _differences(change: ChangeEntry) -> Iterable[tuple[str, Difference]]:
    """A change in each part that meets it, at its level there."""
    met: dict[str, list[OperationEffect]] = {}
    for effect in change.operations:
        met.setdefault(_part(change, effect.where), []).append(effect)
    for title, effects in met.items():
        paths = list(dict.fromkeys(effect.where for effect in effects))
        level = worst({effect.level for effect in effects})
        where = _without_name(plain(paths[0]), change)
        yield title, Difference(level, where, len(paths) - 1, plain(change.message), change.rule, values(change))


def _part(change: ChangeEntry, where: str) -> str:
    first = where.partition(" ")[0]
    if by_id()[change.rule].area in _ACCESS:
        return "Scopes and security"
    if first in _PARAMETERS:
        return "Parameters"
    return {"body": "Request body", "response": "Responses"}.get(first, "The call")


def _without_name(where: str, change: ChangeEntry) -> str:
    """The path without its last step, where the message says that."""
    before, _, last = where.rpartition(" > ")
    name = last.rpartition(" ")[2].removesuffix("[]")
    return before if f"`{name}`" in change.message else where


# --- words ----------------------------------------------------------------------------------------------------------


def _head(migration: Migration) -> str:
    if migration.successor is None:
        return f"{plain(migration.operation)}: no successor is known"
    return f"{plain(migration.operation)} -> {plain(migration.successor)}"


def _about(migration: Migration) -> list[str]:
    entry = migration.entry
    facts = []
    if entry is None:
        facts.append("It is not deprecated.")
    else:
        deadline = f"deadline {'' if entry.standing else 'was '}{deadline_words(entry, migration.today)}"
        left = left_words(entry, migration.today)
        verb = "is" if entry.standing else "was"
        facts.append(f"It {verb} {state_word(entry)}; {deadline}{f', {left}' if left else ''}.")
    facts.append(f"{migration.how}; looked up in {plain(migration.version)}.")
    return facts


def _sum(migration: Migration) -> str | None:
    """How many differences there are, as the reader's client meets them."""
    if migration.document is None:
        return None
    told = counted(migration.document.summary).replace("change", "difference")
    return f"{told[0].upper()}{told[1:]}, for the client {plain(migration.document.client)}."


def _line(difference: Difference) -> str:
    where = f"{difference.where}: " if difference.where else ""
    more = f" (and {plural(difference.more, 'more place')})" if difference.more else ""
    return f"{where}{difference.message}{more}"


def migration_text(migration: Migration, *, width: int = 100, color: bool = False) -> str:
    """The note for a terminal or a pipe."""
    style = Style(color)
    lines = [style.bold(line) for line in wrap(_head(migration), width)]
    for fact in _about(migration):
        lines += wrap(fact, width)
    total = _sum(migration)
    if total:
        lines += ["", *wrap(total, width)]
    for part in migration.parts:
        lines += ["", style.bold(part.title)]
        for difference in part.differences:
            lines += _text(difference, width, style)
    return "\n".join(lines) + "\n"


def _text(difference: Difference, width: int, style: Style) -> list[str]:
    words = f"{_line(difference)} {keep(f'[{difference.rule}]')}"
    lines = style.first(wrap(words, width, first=f"  {difference.level:<{_WORD}}"), str(difference.level))
    for label, text in difference.values:
        lines += wrap(f"{label} {text}", width, first=" " * (_WORD + 4))
    return lines


def migration_markdown(migration: Migration) -> str:
    """The note for a ticket: each difference is a box to tick."""
    head = code(migration.operation)
    head += f" → {code(migration.successor)}" if migration.successor else ": no successor is known"
    parts = [f"# {head}", " ".join(escape(fact) for fact in _about(migration))]
    total = _sum(migration)
    if total:
        parts.append(f"**{escape(total)}**")
    for part in migration.parts:
        parts += [f"## {part.title}", _list(part.differences)]
    return "\n\n".join(parts) + "\n"


def _list(differences: Sequence[Difference]) -> str:
    return "\n".join(_item(each) for each in differences)


def _item(difference: Difference) -> str:
    where = f"{code(difference.where)}: " if difference.where else ""
    more = f" (and {plural(difference.more, 'more place')})" if difference.more else ""
    shown = "".join(f"; {label} {code(text)}" for label, text in difference.values)
    return f"- [ ] {difference.level}: {where}{prose(difference.message)}{more}{shown} ({code(difference.rule)})"


def migration_json(migration: Migration) -> str:
    """`specwatch.successor/1`; the differences as `specwatch.diff/1` has them, documentation included."""
    return json_text(
        {
            "format": FORMAT,
            "source": migration.source,
            "version": migration.version,
            "operation": migration.operation,
            "successor": migration.successor,
            "how": migration.how,
            "deprecation": None if migration.entry is None else entry_object(migration.source, migration.entry),
            "parts": [_object(part) for part in migration.parts],
            "diff": None if migration.document is None else msgspec.to_builtins(migration.document),
        }
    )


def _object(part: Part) -> JsonObject:
    return {
        "part": part.title,
        "differences": [
            {"level": each.level, "where": each.where, "message": each.message, "rule": each.rule}
            for each in part.differences
        ],
    }
