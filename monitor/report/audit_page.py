"""The audit as a page, in GitHub's Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.report.audit_view import Audit, BreachSight, ClauseName, RemovedTogether, ServiceAudit
from monitor.report.audit_words import (
    PARTS,
    SECTIONS,
    WORD,
    about,
    command,
    parts_names,
    place_words,
    rows,
    service_facts,
    sight_words,
    successor_words,
    title,
)
from monitor.report.report_points import Point
from monitor.report.text import NAMED, code, escape, listed, prose


def audit_markdown(audit: Audit) -> str:
    """The audit for a page, a ticket or a mail: the same as the text."""
    parts = [f"# {escape(title(audit))}", *(escape(sentence) for sentence in about(audit))]
    parts += [f"Not compared: {escape(warning)}" for warning in audit.warnings]
    parts.append(_counts(audit))
    for clause in audit.clauses:
        told = list(_part(audit, clause.name))
        if told:
            parts += [f"## {SECTIONS[clause.name]}", *told]
    if audit.parts:
        parts += [f"## {PARTS}", "\n".join(_parts(audit))]
    parts += ["## What documents cannot tell", "\n".join(f"- {prose(sentence)}" for sentence in audit.limits)]
    parts += [
        "## The words of the promise",
        "\n".join(f"> {escape(line)}".rstrip() for line in audit.words.split("\n")),
    ]
    return "\n\n".join(parts) + "\n"


def _parts(audit: Audit) -> Iterable[str]:
    yield "| what | state | first seen deprecated | deadline | ended | said |"
    yield "|---|---|---|---|---|---|"
    for parts in audit.parts:
        pairs = [[code(each, cell=True) for each in pair if each] for pair in parts_names(parts)]
        names = [" → ".join(pair) for pair in pairs]
        said = "in prose alone" if parts.weak else "for certain"
        facts = [escape(text) for text in (*(fact or "-" for fact in parts.facts), said)]
        yield f"| {' | '.join([', '.join(names), *facts])} |"


def _counts(audit: Audit) -> str:
    lines = ["| The promise | | |", "|---|---|---|"]
    for clause in audit.clauses:
        for place, row in enumerate(rows(clause)):
            word = f"**{row.word}**" if row.word == WORD["broken"] else row.word
            lines.append(f"| {'' if place else escape(clause.title)} | {word} | {escape(row.count)} |")
    return "\n".join(lines)


def _part(audit: Audit, name: ClauseName) -> Iterable[str]:
    if name is ClauseName.WINDOW:
        if audit.removed_together:
            yield "\n".join(line for removed in audit.removed_together for line in _removed(removed))
    elif name is ClauseName.PARALLEL:
        if audit.services:
            yield "\n".join(line for service in audit.services for line in _service(service))
    else:
        for sight in audit.stability if name is ClauseName.STABILITY else audit.kinds:
            yield f"{_capital(sight_words(sight))} ({code(command(sight.sides))})"
            yield _points(sight)
        if name is ClauseName.KINDS and audit.uses:
            yield "Reserved, and made use of:"
            yield "\n".join(f"- {use.changes:,}: {prose(use.words)}" for use in audit.uses)


def _removed(removed: RemovedTogether) -> Iterable[str]:
    word = WORD[removed.outcome]
    flagged = f"; first seen deprecated {removed.flagged}" if removed.flagged else ""
    yield f"- {f'**{word}**' if removed.outcome == 'broken' else word}, gone {escape(removed.when)}{flagged}"
    yield f"  - {listed(removed.operations, len(removed.operations), say=code)}"
    for sentence in (removed.sentence, *removed.doubts):
        yield f"  - {prose(sentence)}"
    yield f"  - {code(command(removed.sides))}"


def _service(service: ServiceAudit) -> Iterable[str]:
    arrow = f" → {code(service.successor)}" if service.successor else ""
    yield f"- {code(service.name)}{arrow}: {service.state}"
    for fact in service_facts(service):
        yield f"  - {escape(fact)}"
    for row in service.operations:
        successor = code(row.successor) if row.successor else successor_words(row)
        yield f"  - {code(row.operation)}: {successor}"


def _points(sight: BreachSight) -> str:
    return "\n".join(line for point in sight.points for line in _point(point))


def _point(point: Point) -> Iterable[str]:
    yield f"- {code(place_words(point))}"
    for line in point.lines:
        named = f": {listed(line.operations, NAMED, say=code)}" if line.operations else ""
        yield f"  - {prose(line.text)}{named} ({code(line.names)})"
    for group in point.met:
        yield f"  - {group.how} {listed(group.operations, NAMED, say=code)}"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
