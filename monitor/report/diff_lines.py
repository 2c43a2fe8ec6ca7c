"""A change a line: for editors and `grep` (`line`), and for the annotations of a GitHub workflow (`github`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from monitor.report.diffdoc import ChangeEntry
from monitor.report.entries import more_places, place, reach_words
from monitor.report.excerpts import DiffView
from monitor.report.ours import is_aside, opening_words, ours_first, remarks, told_level
from monitor.report.text import plain, short
from monitor.rules import Level

_COMMANDS: Final = {Level.BREAKING: "error", Level.RISKY: "warning", Level.COMPATIBLE: "notice"}


def diff_line(view: DiffView) -> str:
    """`FILE:LINE:COLUMN: LEVEL: MESSAGE (WHERE; REACH) [RULE FINGERPRINT]` for each change, as compilers write it.

    Where it is known what the reader uses, or something is muted, notes on the document after open it, and what is not
    used or muted stands last.
    """
    lines: list[str] = []
    opening = opening_words(view.document)
    if len(opening) > 1:
        lines += [f"{plain(view.document.after.source)}: note: {words}" for words in opening]
    for change in ours_first(view.document.changes):
        page, span = view.pages.place(change)
        at = plain(page.source) + ("" if page.together else f":{span.line}:{span.column}")
        lines.append(f"{at}: {change.level}: {sentence(change)} [{change.rule} {short(change.fingerprint)}]")
    return "".join(f"{line}\n" for line in lines)


def sentence(change: ChangeEntry) -> str:
    """A change on one line: the message, the place and reach where the message does not say them, and remarks."""
    return " ".join([statement(change), *remarks(change)])


def statement(change: ChangeEntry) -> str:
    """The same without remarks: what it is, whoever reads it."""
    at = place(change)
    details = "; ".join(filter(None, (at + more_places(change) if at else "", reach_words(change))))
    return f"{plain(change.message)}{f' ({details})' if details else ''}"


def diff_github(view: DiffView) -> str:
    """Workflow commands (GitHub Actions, "Workflow commands"): breaking is an error, risky a warning, compatible a
    notice, at its line of the document after. GitHub shows ten of each, and so the reader's own stand first. What is
    not used is a notice at most; what is `docs` or muted is only counted, before all others."""
    return "".join(f"{line}\n" for line in _commands(view))


def _commands(view: DiffView) -> Iterator[str]:
    file = view.pages.after.file
    yield from (f"specwatch: {words}" for words in opening_words(view.document))
    yield from (f"specwatch: {plain(note)}" for note in view.notes)
    for change in ours_first(view.document.changes):
        command = _COMMANDS.get(told_level(change))
        if command is None or change.muted is not None:
            continue
        command = "notice" if is_aside(change) else command
        span = view.pages.place_after(change)
        # Lines of a large value would colour a page; its first says where it is.
        where = {} if "://" in file else {"file": file}
        if where and not view.pages.after.together:
            where["line"] = str(span.line)
        where["title"] = f"{change.rule} {short(change.fingerprint)}"
        properties = ",".join(f"{name}={_property(text)}" for name, text in where.items())
        yield f"::{command} {properties}::{_data(sentence(change))}"


def _data(text: str) -> str:
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
