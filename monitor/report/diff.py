"""The differences between two documents, for a person (text, Markdown) and for a program (JSON).

What to act on stands first: breaking, then risky, each in full; compatible changes take a line each, docs are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from monitor.policy import PromiseState
from monitor.report.diffdoc import ChangeEntry, DiffDocument, Side, encode
from monitor.report.entries import (
    Met,
    by_rule,
    counted,
    met,
    more_places,
    names_operation,
    place,
    pointer,
    reach_words,
    said,
    values,
    where,
)
from monitor.report.text import NAMED, Style, code, keep, listed, operations, plain, plural, prose, short, wrap
from monitor.report.witness_words import witness_words
from monitor.rules import Level

_WORD: Final = 12
"""Columns of the level word that a change begins with."""
_LABEL: Final = 15
"""Columns of the labels below it, which stand two columns in."""
_MORE_TO_ASK: Final = (
    "What a rule means: specwatch rules RULE. All about one change: specwatch explain FINGERPRINT, the digits behind "
    "its rule."
)
_URGENT: Final = (Level.BREAKING, Level.RISKY)


def diff_json(document: DiffDocument) -> str:
    """The document as JSON, indented by two spaces, in the order of its schema; ends in a newline."""
    return "".join(diff_json_pieces(document))


def diff_json_pieces(document: DiffDocument) -> Iterator[str]:
    """`diff_json` change by change, for whoever writes it: a large one has more than a hundred million characters."""
    whole = _indented(msgspec.structs.replace(document, changes=()))
    head, tail = whole.removesuffix("[]\n}"), "\n}\n"
    if not document.changes:
        yield f"{head}[]{tail}"
        return
    opening = f"{head}["
    for change in document.changes:
        # A line feed inside a JSON string is written as an escape, so that each that stands here ends a line.
        yield opening + f"\n{_indented(change)}".replace("\n", "\n    ")
        opening = ","
    yield f"\n  ]{tail}"


def _indented(part: DiffDocument | ChangeEntry) -> str:
    return msgspec.json.format(encode(part), indent=2).decode()


# --- text -----------------------------------------------------------------------------------------------------------


def diff_text(document: DiffDocument, *, width: int = 100, color: bool = False) -> str:
    """The document for a terminal or a pipe; lines of at most `width` columns where the words allow it."""
    style = Style(color)
    lines = _head(document, width, style)
    told: set[str] = set()
    for level in _URGENT:
        changes = _of(document, level)
        if changes:
            lines += ["", style.bold(_title(level, len(changes)))]
        for change in changes:
            lines += [
                "",
                *change_text(change, width=width, style=style, promise=document.promise is not None, told=told),
            ]
    lines += _compatible_text(document, width, style)
    lines += _docs_text(document, width, style)
    if told:
        lines += ["", *(style.dim(line) for line in wrap(_MORE_TO_ASK, width))]
    return "\n".join(lines) + "\n"


def change_text(
    change: ChangeEntry, *, width: int, style: Style, promise: bool, told: set[str] | None = None
) -> list[str]:
    """One change in full, as lines. `promise`: whether there is one to hold it against.

    `told` has the rules whose reason was given further up; the change's own is added to it.
    """
    first = f"{change.level:<{_WORD}}"
    lines = style.first(wrap(plain(change.message), width, first=first), str(change.level))
    for label, text in _facts(change, promise=promise, told=told if told is not None else set()):
        lines += _labelled(label, text, width, style)
    return lines


def _labelled(label: str, text: str, width: int, style: Style) -> list[str]:
    lines = wrap(text, width, first=f"  {label:<{_LABEL}}")
    return [lines[0].replace(label, style.dim(label), 1), *lines[1:]]


def _facts(change: ChangeEntry, *, promise: bool, told: set[str]) -> Iterator[tuple[str, str]]:
    """Label and text of each line below the message."""
    yield "rule", f"{change.rule} {keep(f'({short(change.fingerprint)})')}"
    yield "at", pointer(change) + more_places(change)
    yield from values(change)
    for group in () if names_operation(change) else met(change):
        yield group.how, operations(group.operations) + _milder(group, change)
    path, others = where(change)
    if path:
        yield "where", path + _more(others)
    shown = witness_words(change)
    if shown:
        yield "witness", shown
    sentence, reasons = said(change)
    if promise:
        yield "promise", f"{change.promise}: {plain(sentence)}" if sentence else str(change.promise)
    for reason in reasons:
        yield "because", plain(reason)
    if change.rule not in told:
        told.add(change.rule)
        yield "why", plain(change.why)


def _more(others: int) -> str:
    return f" (and {others:,} more)" if others else ""


def _milder(group: Met, change: ChangeEntry) -> str:
    return "" if group.level == change.level else f" ({group.level} there)"


def _head(document: DiffDocument, width: int, style: Style) -> list[str]:
    lines = []
    for label, side in (("Before", document.before), ("After", document.after)):
        about = _about(side).replace(_declared(side), keep(_declared(side)))
        lines += _field(label, f"{plain(side.source)} ({about})", width, style)
    lines += _field("Client", plain(document.client), width, style)
    if document.promise is not None:
        lines += _field("Promise", plain(document.promise), width, style)
    return [*lines, "", *(style.bold(line) for line in wrap(_sum(document), width))]


def _field(label: str, text: str, width: int, style: Style) -> list[str]:
    lines = wrap(text, width, first=f"{label:<9}")
    return [lines[0].replace(label, style.dim(label), 1), *lines[1:]]


def _about(side: Side) -> str:
    names = " ".join(plain(word) for word in (side.title, side.version) if word)
    return f"{names}, {_declared(side)}" if names else _declared(side)


def _declared(side: Side) -> str:
    return f"OpenAPI {plain(side.openapi)}"


def _sum(document: DiffDocument) -> str:
    if not document.changes:
        return "No changes."
    affected = document.summary.operations_affected
    words = counted(document.summary)
    if not affected:
        return f"{words}; no operation is affected."
    return f"{words}; {plural(affected, 'operation is', 'operations are')} affected."


def _title(level: Level, count: int) -> str:
    return f"{level.capitalize()} ({count:,})"


def _of(document: DiffDocument, level: Level) -> list[ChangeEntry]:
    """The changes of a level in their order, but what is deprecated now before the rest: a clock runs for it."""
    changes = [change for change in document.changes if change.level == level]
    return sorted(changes, key=lambda change: not change.rule.endswith("-became-deprecated"))


def _compatible_text(document: DiffDocument, width: int, style: Style) -> list[str]:
    changes = _of(document, Level.COMPATIBLE)
    if not changes:
        return []
    return ["", style.bold(_title(Level.COMPATIBLE, len(changes))), "", *_lines(changes, width, style)]


def _lines(changes: Iterable[ChangeEntry], width: int, style: Style) -> list[str]:
    """A line each, longer only where its words do not fit."""
    lines = []
    for change in changes:
        wrapped = wrap(_line(change), width, first=f"{change.level:<{_WORD}}")
        lines += style.first(wrapped, str(change.level))
    return lines


def _line(change: ChangeEntry) -> str:
    """A change in one line: message, place, reach, rule; the promise only where it is broken."""
    at = place(change)
    details = "; ".join(word for word in (at + more_places(change) if at else "", keep(reach_words(change))) if word)
    broken = " Promise: broken." if change.promise == PromiseState.BROKEN else ""
    return f"{plain(change.message)}{f' ({details})' if details else ''}{broken} [{change.rule}]"


def _docs_text(document: DiffDocument, width: int, style: Style) -> list[str]:
    """Counts by rule; in full only what is a broken promise, which no count should hide."""
    changes = _of(document, Level.DOCS)
    if not changes:
        return []
    broken = [change for change in changes if change.promise == PromiseState.BROKEN]
    counts = by_rule(change for change in changes if change.promise != PromiseState.BROKEN)
    column = max((len(f"{count:,}") for _, count in counts), default=0)
    return [
        "",
        style.bold(_title(Level.DOCS, len(changes))),
        "",
        *_lines(broken, width, style),
        *(f"{Level.DOCS:<{_WORD}}{count:>{column},} {rule}" for rule, count in counts),
    ]


# --- Markdown -------------------------------------------------------------------------------------------------------


def diff_markdown(document: DiffDocument) -> str:
    """The document for a page or a pull request, in GitHub's Markdown."""
    promise = f", promise {code(document.promise)}" if document.promise is not None else ""
    parts = [
        "# What changed",
        _sides(document),
        f"**{_sum(document)}** Client {code(document.client)}{promise}.",
    ]
    told: set[str] = set()
    for level in _URGENT:
        changes = _of(document, level)
        if changes:
            entries = [change_markdown(change, promise=document.promise is not None, told=told) for change in changes]
            parts += [f"## {_title(level, len(changes))}", "\n".join(entries)]
    compatible, docs = _of(document, Level.COMPATIBLE), _of(document, Level.DOCS)
    if compatible:
        parts += [f"## {_title(Level.COMPATIBLE, len(compatible))}", "\n".join(map(_item, compatible))]
    if docs:
        parts += [f"## {_title(Level.DOCS, len(docs))}", _docs_markdown(docs)]
    return "\n\n".join(parts) + "\n"


def _sides(document: DiffDocument) -> str:
    rows = [
        f"| {label} | {code(side.source, cell=True)} | {prose(_about(side), cell=True)} |"
        for label, side in (("before", document.before), ("after", document.after))
    ]
    return "\n".join(["| | document | |", "|---|---|---|", *rows])


def change_markdown(change: ChangeEntry, *, promise: bool, told: set[str] | None = None) -> str:
    """One change in full, as an item of a list with a list below it; the arguments are those of `change_text`."""
    told = told if told is not None else set()
    sentence, reasons = said(change)
    groups = () if names_operation(change) else met(change)
    facts = [f"at {code(pointer(change))}{more_places(change)}"]
    facts += [f"{label} {code(text)}" for label, text in values(change)]
    facts += [f"{group.how} {_named(group)}{_milder(group, change)}" for group in groups]
    path, others = where(change)
    if path:
        facts.append(f"where: {code(path)}{_more(others)}")
    shown = witness_words(change)
    if shown:
        facts.append(f"witness: {prose(shown)}")
    if promise:
        facts.append(f"promise **{change.promise}**" + (f": {prose(sentence)}" if sentence else ""))
    facts += [f"because: {prose(reason)}" for reason in reasons]
    if change.rule not in told:
        told.add(change.rule)
        facts.append(f"why: {prose(change.why)}")
    head = f"- **{change.level}** {prose(change.message)} ({code(change.rule)}, {code(short(change.fingerprint))})"
    return "\n".join([head, *(f"  - {fact}" for fact in facts)])


def _named(group: Met) -> str:
    return listed(group.operations, NAMED, say=code)


def _item(change: ChangeEntry) -> str:
    at, reach = place(change), reach_words(change)
    words = [code(at) + more_places(change)] if at else []
    words += [code(reach) if len(change.reach) == 1 else reach] if reach else []
    details = f" ({'; '.join(words)})" if words else ""
    broken = " Promise **broken**." if change.promise == PromiseState.BROKEN else ""
    return f"- {change.level}: {prose(change.message)}{details}{broken} ({code(change.rule)})"


def _docs_markdown(docs: list[ChangeEntry]) -> str:
    broken = [_item(change) for change in docs if change.promise == PromiseState.BROKEN]
    counts = by_rule(change for change in docs if change.promise != PromiseState.BROKEN)
    return "\n".join([*broken, *(f"- {Level.DOCS}: {count:,} {code(rule)}" for rule, count in counts)])
