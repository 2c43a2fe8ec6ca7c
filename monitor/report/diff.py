"""The differences between two documents, for a person (text, Markdown) and for a program (JSON).

What to act on stands first: breaking, then risky, each in full; compatible changes take a line each, docs are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from monitor.contract.types import OperationRef
from monitor.policy import PromiseState
from monitor.report.diffdoc import ChangeEntry, DiffDocument, Side, encode
from monitor.report.entries import (
    Met,
    by_rule,
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
from monitor.report.ours import asides, is_aside, muted_words, opening_words, remarks, use_words
from monitor.report.selection import by_reach
from monitor.report.text import (
    HARD,
    NAMED,
    Style,
    code,
    escape,
    harmless_json,
    keep,
    listed,
    operations,
    plain,
    plural,
    prose,
    short,
    wrap,
)
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
_BROKEN: Final = " Promise **broken**."

Grouping = Literal["change", "operation"]
"""How changes follow each other: by level, or by the operations that meet them and then by level."""

COMMENT: Final = 65_536
"""Characters that a comment on GitHub holds."""
_RESERVED: Final = 400
"""Of these, what is kept for saying what was left out."""


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
    return harmless_json(msgspec.json.format(encode(part), indent=2).decode())


# --- text -----------------------------------------------------------------------------------------------------------


def diff_text(
    document: DiffDocument,
    *,
    width: int = 100,
    color: bool = False,
    notes: Iterable[str] = (),
    by: Grouping = "change",
) -> str:
    """The document for a terminal or a pipe; lines of at most `width` columns where the words allow it.

    `notes` are said below its sum. Grouped by operation, the levels follow each other under the operations.
    """
    style = Style(color)
    lines = _head(document, width, style)
    for note in notes:
        lines += wrap(plain(note), width)
    told: set[str] = set()
    if by == "operation":
        for reach, changes in by_reach(_not_aside(document)):
            lines += ["", *(style.bold(line) for line in wrap(reach_title(reach), width, rest="  "))]
            lines += _levels_text(document, changes, width, style, told)
    else:
        lines += _levels_text(document, document.changes, width, style, told)
    lines += _asides_text(document, width, style)
    if told:
        lines += ["", *(style.dim(line) for line in wrap(_MORE_TO_ASK, width))]
    return "\n".join(lines) + "\n"


def reach_title(reach: Sequence[OperationRef]) -> str:
    """Who meets the changes below."""
    if len(reach) == 1:
        return keep(plain(str(reach[0])))
    return f"{plural(len(reach), 'operation')}: {operations(reach)}" if reach else "No operation"


def _levels_text(
    document: DiffDocument, changes: Iterable[ChangeEntry], width: int, style: Style, told: set[str]
) -> list[str]:
    lines = []
    found = tuple(changes)
    for level in _URGENT:
        urgent = _of(found, level)
        if urgent:
            lines += ["", style.bold(_title(level, len(urgent)))]
        for change in urgent:
            lines += [
                "",
                *change_text(change, width=width, style=style, promise=document.promise is not None, told=told),
            ]
    return lines + _compatible_text(found, width, style) + _docs_text(found, width, style)


def _asides_text(document: DiffDocument, width: int, style: Style) -> list[str]:
    """What is set aside stands once behind all others, however these are grouped."""
    lines = []
    for title, aside in asides(document.changes):
        lines += ["", style.bold(f"{title} ({len(aside):,})"), "", *_lines(aside, width, style)]
    return lines


def change_text(
    change: ChangeEntry,
    *,
    width: int,
    style: Style,
    promise: bool,
    told: set[str] | None = None,
    first: tuple[str, str] | None = None,
) -> list[str]:
    """One change in full, as lines. `promise`: whether there is one to hold it against.

    `told` has the rules whose reason was given further up; the change's own is added to it. `first` is a fact that
    leads the others.
    """
    word = f"{change.level:<{_WORD}}"
    lines = style.first(wrap(plain(change.message), width, first=word), str(change.level))
    facts = _facts(change, promise=promise, told=told if told is not None else set())
    for label, text in (*([first] if first else []), *facts):
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
    if change.use is not None:
        yield "use", use_words(change)
    if change.muted is not None:
        yield "muted", muted_words(change)
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


def labelled_facts(change: ChangeEntry, *, promise: bool) -> Iterator[tuple[str, str]]:
    """Label and text of all that is told of a change beside its message; arguments as those of `change_text`."""
    for label, text in _facts(change, promise=promise, told=set()):
        yield label, text.replace(HARD, " ")


def head_words(document: DiffDocument) -> list[tuple[str, str]]:
    """What was compared, and by which profiles: labels and texts."""
    sides = (("Before", document.before), ("After", document.after))
    told = [(label, f"{plain(side.source)} ({_about(side)})") for label, side in sides]
    told.append(("Client", plain(document.client)))
    return told if document.promise is None else [*told, ("Promise", plain(document.promise))]


def _head(document: DiffDocument, width: int, style: Style) -> list[str]:
    lines = []
    declared = {_declared(document.before), _declared(document.after)}
    for label, text in head_words(document):
        for words in declared:
            text = text.replace(words, keep(words))  # noqa: PLW2901  # each is kept in one piece
        lines += _field(label, text, width, style)
    return [*lines, "", *(style.bold(line) for words in opening_words(document) for line in wrap(words, width))]


def _field(label: str, text: str, width: int, style: Style) -> list[str]:
    lines = wrap(text, width, first=f"{label:<9}")
    return [lines[0].replace(label, style.dim(label), 1), *lines[1:]]


def _about(side: Side) -> str:
    names = " ".join(plain(word) for word in (side.title, side.version) if word)
    return f"{names}, {_declared(side)}" if names else _declared(side)


def _declared(side: Side) -> str:
    return f"OpenAPI {plain(side.openapi)}"


def _title(level: Level, count: int) -> str:
    return f"{level.capitalize()} ({count:,})"


def _not_aside(document: DiffDocument) -> Iterator[ChangeEntry]:
    return (change for change in document.changes if not is_aside(change))


def _of(changes: Iterable[ChangeEntry], level: Level) -> list[ChangeEntry]:
    """The changes of a level in their order, but what is deprecated now before the rest: a clock runs for it."""
    found = [change for change in changes if change.level == level and not is_aside(change)]
    return sorted(found, key=lambda change: not change.rule.endswith("-became-deprecated"))


def _compatible_text(of: Sequence[ChangeEntry], width: int, style: Style) -> list[str]:
    changes = _of(of, Level.COMPATIBLE)
    if not changes:
        return []
    return ["", style.bold(_title(Level.COMPATIBLE, len(changes))), "", *_lines(changes, width, style)]


def _lines(changes: Iterable[ChangeEntry], width: int, style: Style) -> list[str]:
    """A line each, longer only where its words do not fit."""
    lines = []
    for change in changes:
        wrapped = wrap(change_line(change), width, first=f"{change.level:<{_WORD}}")
        lines += style.first(wrapped, str(change.level))
    return lines


def change_line(change: ChangeEntry) -> str:
    """A change in one line: message, place, reach, remarks, rule."""
    at = place(change)
    details = "; ".join(word for word in (at + more_places(change) if at else "", keep(reach_words(change))) if word)
    return " ".join(
        [f"{plain(change.message)}{f' ({details})' if details else ''}", *remarks(change), f"[{change.rule}]"]
    )


def _docs_text(of: Sequence[ChangeEntry], width: int, style: Style) -> list[str]:
    """Counts by rule; in full only what is a broken promise, which no count should hide."""
    changes = _of(of, Level.DOCS)
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


def diff_markdown(
    document: DiffDocument, *, notes: Iterable[str] = (), by: Grouping = "change", longest: int = COMMENT
) -> str:
    """The document for a page or a pull request, in GitHub's Markdown: what is urgent a line each with the rest folded
    below it, what is not folded as a whole.

    It has at most `longest` characters. What does not fit is first told in a line each, then counted; the totals at its
    head are always those of all.
    """
    promise = f", promise {code(document.promise)}" if document.promise is not None else ""
    head = [
        "# What changed",
        _sides(document),
        f"**{'** **'.join(map(escape, opening_words(document)))}** Client {code(document.client)}{promise}.",
        *(escape(note) for note in notes),
    ]
    told = _by_operation(document) if by == "operation" else _levels(document, document.changes, "##")
    pieces = [*told, *_asides_markdown(document)]
    return "\n\n".join([*head, *_fitted(pieces, longest - len("\n\n".join(head)) - _RESERVED)]) + "\n"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the Markdown: a change in full and in a line; counts, which are `kept` whatever room there is; or,
    without a level, what stands around them."""

    full: str
    line: str = ""
    level: Level | None = None
    kept: bool = False


def _by_operation(document: DiffDocument) -> Iterator[_Piece]:
    for reach, changes in by_reach(_not_aside(document)):
        named = listed(reach, NAMED, say=code) if reach else "No operation"
        yield _Piece(f"## {named if len(reach) < 2 else f'{len(reach):,} operations: {named}'}")
        yield from _levels(document, changes, "###")


def _levels(document: DiffDocument, changes: Sequence[ChangeEntry], heading: str) -> Iterator[_Piece]:
    told: set[str] = set()
    for level in _URGENT:
        found = _of(changes, level)
        if found:
            yield _Piece(f"{heading} {_title(level, len(found))}")
        for change in found:
            full = change_markdown(change, promise=document.promise is not None, told=told, folded=True)
            yield _Piece(full, change_item(change), level)
    for level in (Level.COMPATIBLE, Level.DOCS):
        found = _of(changes, level)
        if found:
            yield _Piece(f"<details>\n<summary>{_title(level, len(found))}</summary>")
            yield from (_docs_markdown(found) if level is Level.DOCS else (_line_piece(each) for each in found))
            yield _Piece("</details>")


def _asides_markdown(document: DiffDocument) -> Iterator[_Piece]:
    for title, aside in asides(document.changes):
        yield _Piece(f"<details>\n<summary>{title} ({len(aside):,})</summary>")
        yield from (_line_piece(each) for each in aside)
        yield _Piece("</details>")


def _line_piece(change: ChangeEntry) -> _Piece:
    return _Piece(change_item(change), change_item(change), Level(change.level))


def _fitted(pieces: Sequence[_Piece], room: int) -> Iterator[str]:
    """The pieces that fit, items of one list together, and what was left out in counts."""
    whole = sum(len(piece.full) + 2 for piece in pieces) <= room
    room -= sum(len(piece.full) + 2 for piece in pieces if piece.level is None or piece.kept)
    for_details = room if whole else room // 2
    left = dict.fromkeys(Level, 0)
    items: list[str] = []
    for piece in pieces:
        if piece.level is None:
            yield from ["\n".join(items)] if items else []
            items = []
            yield piece.full
            continue
        if piece.kept:
            items.append(piece.full)
            continue
        text = piece.full if len(piece.full) < for_details else piece.line
        if len(text) + 2 > room:
            left[piece.level] += 1
            continue
        items.append(text)
        room -= len(text) + 2
        for_details -= len(text) + 2
    yield from ["\n".join(items)] if items else []
    words = [f"{count:,} {level}" for level, count in left.items() if count]
    if words:
        yield f"**Not shown here, for want of room: {listed(words)}.** `--format html` and `--format json` have all."


def _sides(document: DiffDocument) -> str:
    rows = [
        f"| {label} | {code(side.source, cell=True)} | {prose(_about(side), cell=True)} |"
        for label, side in (("before", document.before), ("after", document.after))
    ]
    return "\n".join(["| | document | |", "|---|---|---|", *rows])


def change_markdown(
    change: ChangeEntry,
    *,
    promise: bool,
    told: set[str] | None = None,
    folded: bool = False,
    first: tuple[str, str] | None = None,
) -> str:
    """One change in full, as an item of a list with a list below it; the arguments are those of `change_text`.

    `folded`: the item says the place and the reach too, and the list below it is folded.
    """
    told = told if told is not None else set()
    sentence, reasons = said(change)
    groups = () if names_operation(change) else met(change)
    facts = [escape(" ".join(first))] if first else []
    facts.append(f"at {code(pointer(change))}{more_places(change)}")
    facts += [f"{label} {code(text)}" for label, text in values(change)]
    facts += [] if change.use is None else [f"use: {use_words(change)}"]
    facts += [] if change.muted is None else [escape(muted_words(change))]
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
    names = f"({code(change.rule)}, {code(short(change.fingerprint))})"
    below = [f"  - {fact}" for fact in facts]
    if not folded:
        return "\n".join([f"- **{change.level}** {prose(change.message)} {names}", *below])
    broken = _BROKEN if change.promise == PromiseState.BROKEN else ""
    head = f"- **{change.level}** {prose(change.message)}{_details(change)}{broken} {names}"
    # A blank line ends the HTML (GitHub Flavored Markdown, section 4.6), so that the list in it is Markdown again.
    return "\n".join([head, "  <details><summary>Details</summary>", "", *below, "", "  </details>"])


def _named(group: Met) -> str:
    return listed(group.operations, NAMED, say=code)


def _details(change: ChangeEntry) -> str:
    at, reach = place(change), reach_words(change)
    words = [code(at) + more_places(change)] if at else []
    words += [code(reach) if len(change.reach) == 1 else reach] if reach else []
    return f" ({'; '.join(words)})" if words else ""


def change_item(change: ChangeEntry) -> str:
    """The same as an item of a list in Markdown."""
    beside = "".join(f" {escape(remark)}" for remark in remarks(change)).replace(" Promise: broken.", _BROKEN)
    return f"- {change.level}: {prose(change.message)}{_details(change)}{beside} ({code(change.rule)})"


def _docs_markdown(docs: list[ChangeEntry]) -> Iterator[_Piece]:
    """Counts by rule; in full only what is a broken promise, which no count should hide."""
    for change in docs:
        if change.promise == PromiseState.BROKEN:
            yield _line_piece(change)
    for rule, count in by_rule(change for change in docs if change.promise != PromiseState.BROKEN):
        line = f"- {Level.DOCS}: {count:,} {code(rule)}"
        yield _Piece(line, line, Level.DOCS, kept=True)
