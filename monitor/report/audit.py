"""What `specwatch audit` prints: the audit as text and as JSON; Markdown is in `audit_page`, HTML in `audit_markup`."""

from __future__ import annotations

from typing import Final

import msgspec

from monitor.ledger import Interval, entry_object
from monitor.report.audit_view import (
    Audit,
    Breach,
    BreachSight,
    Clause,
    ClauseName,
    Parallel,
    Removed,
    RemovedTogether,
    ServiceAudit,
    Sides,
)
from monitor.report.audit_words import (
    PARTS,
    SECTIONS,
    WORD,
    about,
    command,
    parts_facts,
    parts_names,
    place_words,
    rows,
    service_facts,
    sight_words,
    title,
)
from monitor.report.report_object import json_text, stamp
from monitor.report.report_points import Point
from monitor.report.text import Style, keep, operations, plain, wrap
from monitor.values import JsonObject

FORMAT: Final = "specwatch.audit/1"
_WORD: Final = 11


def audit_text(audit: Audit, *, width: int = 100, color: bool = False) -> str:
    """The audit for a terminal or a pipe: the counts first, then what they count, with the evidence."""
    style = Style(color)
    lines = [style.bold(line) for line in wrap(title(audit), width)]
    for sentence in about(audit):
        lines += wrap(sentence, width)
    for warning in audit.warnings:
        lines += wrap(f"Not compared: {plain(warning)}", width)
    for clause in audit.clauses:
        lines += ["", *_clause(clause, width, style), *_part(audit, clause.name, width, style)]
    if audit.parts:
        lines += ["", style.bold(PARTS)]
    for parts in audit.parts:
        count = "" if len(parts.entries) == 1 else f"{len(parts.entries):,} "
        lines += wrap(f"{count}{plain(parts.name)}: {plain(parts_facts(parts))}", width, first="  ", rest="    ")
        for name, successor in parts_names(parts):
            arrow = f" -> {plain(successor)}" if successor else ""
            if arrow or len(parts.entries) > 1:
                lines += wrap(f"{keep(plain(name))}{arrow}", width, first="      ")
    lines += ["", style.bold("What documents cannot tell")]
    for sentence in audit.limits:
        lines += wrap(sentence, width, first="  ")
    return "\n".join(lines) + "\n"


def _clause(clause: Clause, width: int, style: Style) -> list[str]:
    lines = [style.bold(line) for line in wrap(plain(clause.title), width)]
    for row in rows(clause):
        told = wrap(row.count, width, first=f"  {row.word:<{_WORD}}")
        lines += style.first(told, row.word) if row.word == WORD["broken"] else told
    return lines


def _part(audit: Audit, name: ClauseName, width: int, style: Style) -> list[str]:
    lines: list[str] = []
    if name is ClauseName.WINDOW:
        for removed in audit.removed_together:
            lines += _removed(removed, width, style)
    elif name is ClauseName.PARALLEL:
        for service in audit.services:
            lines += _service(service, width)
    else:
        for sight in audit.stability if name is ClauseName.STABILITY else audit.kinds:
            lines += _sight(sight, width, style)
        if name is ClauseName.KINDS and audit.uses:
            lines += ["    reserved, and made use of"]
            for use in audit.uses:
                lines += wrap(f"{use.changes:>6,}  {plain(use.words)}", width, first="    ", rest=" " * 12)
    return ["", f"  {style.bold(SECTIONS[name])}", *lines] if lines else []


def _removed(removed: RemovedTogether, width: int, style: Style) -> list[str]:
    word = WORD[removed.outcome]
    flagged = f"; first seen deprecated {removed.flagged}" if removed.flagged else ""
    head = wrap(f"{word}, gone {removed.when}{flagged}", width, first="    ", rest="      ")
    lines = style.first(head, word) if word == WORD["broken"] else head
    for name in removed.operations:
        lines += wrap(keep(plain(name)), width, first="      ")
    for sentence in (removed.sentence, *removed.doubts):
        lines += wrap(sentence, width, first="        ")
    return [*lines, style.dim(f"        {command(removed.sides)}")]


def _service(service: ServiceAudit, width: int) -> list[str]:
    arrow = f" -> {plain(service.successor)}" if service.successor else ""
    lines = wrap(f"{plain(service.name)}{arrow}: {service.state}", width, first="    ", rest="      ")
    for fact in service_facts(service):
        lines += wrap(plain(fact), width, first="      ")
    return lines


def _sight(sight: BreachSight, width: int, style: Style) -> list[str]:
    lines = wrap(sight_words(sight), width, first="    ", rest="      ")
    lines.append(style.dim(f"      {command(sight.sides)}"))
    for point in sight.points:
        lines += _point(point, width)
    return lines


def _point(point: Point, width: int) -> list[str]:
    lines = wrap(keep(place_words(point)), width, first="      ")
    for line in point.lines:
        named = f": {operations(line.operations)}" if line.operations else ""
        lines += wrap(f"{line.text}{named} {keep(f'[{line.names}]')}", width, first="        ", rest="          ")
    for group in point.met:
        lines += wrap(f"{group.how} {operations(group.operations)}", width, first="          ")
    return lines


# --- JSON -----------------------------------------------------------------------------------------------------------


def audit_json(audit: Audit) -> str:
    """`specwatch.audit/1`: every judgement with its evidence; changes as in `specwatch.diff/1`."""
    return json_text(audit_object(audit))


def audit_object(audit: Audit) -> JsonObject:
    """The members of the JSON."""
    return {
        "format": FORMAT,
        "source": audit.name,
        "url": audit.url,
        "promise": {
            "name": audit.promise,
            "title": audit.promise_title,
            "url": audit.words_url,
            "read_on": audit.read_on,
            "words": audit.words,
            "words_sha256": audit.words_sha256,
        },
        "since": stamp(audit.since),
        "until": stamp(audit.until),
        "today": audit.today,
        "first_seen": stamp(audit.first),
        "last_seen": stamp(audit.last),
        "versions": audit.versions,
        "suspect": audit.suspect,
        "compared": audit.compared,
        "clauses": [_clause_object(clause) for clause in audit.clauses],
        "removals": [_removed_object(each) for each in audit.removed],
        "breaches": [_breach_object(each) for each in audit.breaches],
        "reserved": [{"words": use.words, "changes": use.changes} for use in audit.uses],
        "services": [_service_object(audit, each) for each in audit.services],
        "parts": [entry_object(audit.name, entry) for parts in audit.parts for entry in parts.entries],
        "promise_changes": [
            {"section": each.section, "first_seen": _interval(each.first_seen)} for each in audit.promised
        ],
        "limits": list(audit.limits),
        "warnings": list(audit.warnings),
    }


def _clause_object(clause: Clause) -> JsonObject:
    return {
        "clause": clause.name,
        "title": clause.title,
        "kept": clause.kept,
        "broken": clause.broken,
        "unknown": clause.unknown,
    }


def _removed_object(each: Removed) -> JsonObject:
    return {
        "operation": each.operation,
        "outcome": each.outcome,
        "removed": _interval(each.removed),
        "flagged": _interval(each.flagged),
        "served": _interval(each.served),
        "returned": _interval(each.returned),
        "deadline": each.deadline,
        "sentence": each.sentence,
        "doubts": list(each.doubts),
        "evidence": _sides(each.sides),
        "flag_evidence": None if each.flag_sides is None else _sides(each.flag_sides),
    }


def _breach_object(each: Breach) -> JsonObject:
    return {
        "clause": each.clause,
        "seen": _interval(each.seen),
        "deprecated": each.deprecated,
        "doubts": list(each.doubts),
        "evidence": _sides(each.sides),
        "change": msgspec.to_builtins(each.change),
    }


def _service_object(audit: Audit, each: ServiceAudit) -> JsonObject:
    return {
        "service": each.name,
        "state": each.state,
        "successor": each.successor,
        "outcome": each.outcome,
        "days_in_parallel": each.least,
        "without_equivalent": list(each.without),
        "operations": [_parallel(row) for row in each.operations],
        "entries": [entry_object(audit.name, entry) for entry in each.entries],
    }


def _parallel(row: Parallel) -> JsonObject:
    return {
        "operation": row.operation,
        "successor": row.successor,
        "successor_first_seen": _interval(row.since),
        "days_in_parallel": {"least": row.least, "most": row.most},
    }


def _interval(interval: Interval | None) -> JsonObject | None:
    return None if interval is None else {"after": stamp(interval.after), "by": stamp(interval.by)}


def _sides(sides: Sides) -> JsonObject:
    return {"before": sides.before, "after": sides.after, "command": command(sides)}
