"""Changes as SARIF 2.1.0 (OASIS), for code scanning and editors: each result at its lines of the document after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from monitor import __version__
from monitor.reading.positions import Span
from monitor.report.diff_lines import sentence
from monitor.report.diffdoc import ChangeEntry
from monitor.report.entries import pointer
from monitor.report.excerpts import DiffView, Page
from monitor.report.ours import is_aside, muted_words, opening_words
from monitor.report.text import json_text, plain
from monitor.rules import Level
from monitor.values import JsonObject

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Level.BREAKING: "error", Level.RISKY: "warning", Level.COMPATIBLE: "note", Level.DOCS: "note"}
_NAMED: Final = 20
"""Operations of a result that are named; their number is always told."""


def diff_sarif(view: DiffView) -> str:
    """The log: one run, its rules those that found something, one result for each change in their order.

    What somebody has muted is suppressed (section 3.35), what the reader does not use is a note at most.
    """
    changes = view.document.changes
    rules = {change.rule: change for change in changes}
    indexes = {rule: index for index, rule in enumerate(rules)}
    driver = {"name": "specwatch", "version": __version__, "rules": [_rule(each) for each in rules.values()]}
    run: JsonObject = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(view, change, indexes[change.rule]) for change in changes],
        "properties": {
            "client": view.document.client,
            "promise": view.document.promise,
            "sum": opening_words(view.document),
            "notes": list(view.notes),
        },
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(change: ChangeEntry) -> JsonObject:
    return {
        "id": change.rule,
        "shortDescription": {"text": change.rule.replace("-", " ").capitalize()},
        "fullDescription": {"text": _message(change.why)},
        "help": {"text": f"specwatch rules {change.rule}"},
    }


def _result(view: DiffView, change: ChangeEntry, index: int) -> JsonObject:
    location = _location(view.pages.after, view.pages.place_after(change))
    location["logicalLocations"] = [{"fullyQualifiedName": pointer(change)}]
    found: JsonObject = {
        "ruleId": change.rule,
        "ruleIndex": index,
        "level": "note" if is_aside(change) else _LEVELS[change.our_level],
        "message": {"text": _message(sentence(change))},
        "locations": [location],
        "partialFingerprints": {"specwatchFingerprint/v1": change.fingerprint},
        "properties": {
            "level": change.level,
            "promise": change.promise,
            "reach": len(change.reach),
            "operations": _names(change.reach),
            **({} if change.use is None else {"use": str(change.use)}),
        },
    }
    if change.muted is not None:
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": muted_words(change)}]
    if change.location.before is not None:
        before = _location(view.pages.before, view.pages.before.spans[change.location.before])
        found["relatedLocations"] = [{"id": 1, **before, "message": {"text": "Before"}}]
    return found


def _names(reach: Iterable[object]) -> list[str]:
    return [plain(str(each)) for each in reach][:_NAMED]


def _location(page: Page, span: Span) -> JsonObject:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    # Of what is no longer there the place of what held it is known: its first line.
    shown = region if span.exact else {"startLine": span.line}
    artifact = {"artifactLocation": {"uri": _uri(page.file)}}
    return {"physicalLocation": artifact if page.together else {**artifact, "region": shown}}


def _uri(file: str) -> str:
    """A relative reference or a URL (RFC 3986) for the path of a document."""
    if "://" in file:
        return quote(file, safe=":/?#[]@!$&'()*+,;=%~")
    return quote(file.replace("\\", "/").removeprefix("./"), safe="/@!$&'()*+,;=~")


def _message(text: str) -> str:
    """Plain text, in which SARIF sees links in brackets (section 3.11.6): none of a document's shall be one."""
    return plain(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
