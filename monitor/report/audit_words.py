"""The audit in words: what its forms have in common. None of it is wrapped, escaped or coloured here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from monitor.ledger import day_of
from monitor.report.audit_view import (
    Audit,
    BreachSight,
    Clause,
    ClauseName,
    Kept,
    Parallel,
    PartsAudit,
    ServiceAudit,
    Sides,
)
from monitor.report.deprecations_words import between
from monitor.report.report_points import Point
from monitor.report.text import listed, plain, plural

LEFT_OPEN: Final = "left open"
WORD: Final[dict[Kept, str]] = {"kept": "kept", "broken": "broken", "unknown": LEFT_OPEN}
"""How an outcome is called."""

SECTIONS: Final = {
    ClauseName.WINDOW: "Removals",
    ClauseName.STABILITY: "Breaking changes of living operations",
    ClauseName.PARALLEL: "Deprecated services and their successors",
    ClauseName.KINDS: "Changes of no reserved kind",
}
"""The headings of the parts, in the order of the clauses."""

PARTS: Final = "Smaller things that were deprecated"
"""The heading of what no clause judges: properties, parameters, values."""


@dataclass(frozen=True, slots=True)
class Row:
    """A count of a clause: the word it stands under, and the count with what is counted."""

    word: str
    count: str


def title(audit: Audit) -> str:
    """`incident-io, held to the promise of incident.io`."""
    return f"{plain(audit.name)}, held to the promise of {plain(audit.promise_title)}"


def about(audit: Audit) -> tuple[str, ...]:
    """What was looked at, and by what it was judged."""
    slips = (
        f", {audit.suspect:,} of them taken for {'a slip' if audit.suspect == 1 else 'slips'}" if audit.suspect else ""
    )
    seen = f"Seen from {day_of(audit.first)} to {day_of(audit.last)}, as of {audit.today}: "
    words = f"{plain(audit.words_url)}; SHA-256 of its words: {audit.words_sha256}."
    return (
        f"{seen}{plural(audit.versions, 'version')}{slips}, {plural(audit.compared, 'pair')} of neighbours compared.",
        "Judged as a strict client meets it: what the provider did, whatever yours tolerates.",
        f"The promise was read on {audit.read_on} at {words}",
    )


def rows(clause: Clause) -> tuple[Row, ...]:
    """The counts of a clause that are not nought; one that says so where all are."""
    counts = (clause.kept_words, clause.broken_words, clause.unknown_words)
    found = tuple(Row(word, count) for word, count in zip(WORD.values(), counts, strict=True) if count)
    return found or (Row("", "nothing to judge it by"),)


def sight_words(sight: BreachSight) -> str:
    """`seen on 2024-05-16: 12 changes, 4 of them perhaps corrections of the document`."""
    details = [plural(sight.changes, "change")]
    if sight.doubtful:
        of = "perhaps a correction" if sight.changes == sight.doubtful == 1 else "perhaps corrections"
        count = "" if sight.doubtful == sight.changes else f"{sight.doubtful:,} of them "
        details.append(f"{count}{of} of the document")
    if sight.deprecated:
        count = "" if sight.deprecated == sight.changes else f"{sight.deprecated:,} of them "
        details.append(f"{count}of what was deprecated already")
    return f"seen {sight.when}: {', '.join(details)}"


def place_words(point: Point) -> str:
    """`Lantern and 4 more places`."""
    more = f" and {plural(point.more_places, 'more place')}" if point.more_places else ""
    return f"{point.place}{more}"


def command(sides: Sides) -> str:
    """The command that shows what happened between two versions."""
    return f"specwatch diff {sides.before} {sides.after} --client strict"


def service_facts(service: ServiceAudit) -> tuple[str, ...]:
    """What there is to say of a deprecated service."""
    facts = [f"first seen deprecated {service.seen}; deadline {service.deadline}"]
    facts += [service.ended] if service.ended else []
    facts += list(_parallel_words(service))
    if service.without and len(service.without) == len(service.operations):
        facts.append("no equivalent is known")
    elif service.without:
        facts.append(f"no equivalent is known of {listed(service.without)}")
    return tuple(facts)


def parts_facts(parts: PartsAudit) -> str:
    """What there is to say of smaller things."""
    state, seen, deadline, ended = parts.facts
    facts = [state, f"first seen deprecated {seen}", *([ended] if ended else [])]
    facts += [] if parts.weak else [f"deadline {deadline}"]
    facts += ["said in prose alone, which proves nothing"] if parts.weak else []
    return "; ".join(facts)


def parts_names(parts: PartsAudit) -> tuple[tuple[str, str | None], ...]:
    """Each of them by its own name, with what takes its place."""
    return tuple((entry.subject.name or str(entry.subject), entry.successor) for entry in parts.entries)


def _parallel_words(service: ServiceAudit) -> Iterable[str]:
    known = [row for row in service.operations if row.since is not None]
    if not known or service.least is None:
        return
    since = max((row.since for row in known if row.since is not None), key=lambda since: since.by)
    came = "was in the first version already" if since.after is None else f"was first seen {between(since)}"
    if service.least < 0:
        yield f"its successor {came}, when it was gone"
    else:
        so_far = " so far" if service.entries[0].standing else ""
        yield f"its successor {came}; both ran for at least {plural(service.least, 'day')}{so_far}"


def successor_words(row: Parallel) -> str:
    """The successor of one operation, or that there is none."""
    return row.successor or "no equivalent is known"
