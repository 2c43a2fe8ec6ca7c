"""What the places of a document say of their own deprecation: the keyword, extensions, prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from monitor.compare import Conventions
from monitor.ledger.places import Place
from monitor.ledger.prose import Statement, statements
from monitor.ledger.prose_dates import dates_in
from monitor.ledger.types import Evidence
from monitor.values import JsonObject, JsonValue, join

FLAG: Final = "deprecated-flag"
"""The kind of evidence that `deprecated: true` is (OAS 3.0.4, section 4.8.10)."""
EXTENSION: Final = "extension"
"""A specification extension made for it (OAS 3.0.4, section 4.9)."""
PROSE: Final = "prose"
"""A sentence of a description or summary."""

LONGEST: Final = 300
"""Characters of the words found that are kept."""
_LATEST_SECOND: Final = 32_503_680_000  # the year 3000


@dataclass(frozen=True, slots=True)
class Found:
    """Evidence, and the replacement that it names, or None."""

    evidence: Evidence
    successor: str | None = None


def evidence_of(place: Place, conventions: Conventions) -> Iterator[Found]:
    """What one place says of itself, what is certain first."""
    pointer = place.subject.pointer
    if place.flagged:
        yield Found(Evidence(FLAG, "strong", "deprecated: true", join(pointer, "deprecated")))
    yield from _extensions(place.node, pointer, conventions)
    for key, statement in prose_of(place.node):
        if _about_itself(place, statement):
            yield said(statement, join(pointer, key))


def prose_of(node: JsonObject) -> Iterator[tuple[str, Statement]]:
    """The statements of a node's own texts, each with the member that it stands in."""
    for key in ("description", "summary"):
        text = node.get(key)
        if isinstance(text, str):
            yield from ((key, statement) for statement in statements(text))


def said(statement: Statement, pointer: str) -> Found:
    """A statement as evidence: weak."""
    evidence = Evidence(
        PROSE,
        "weak",
        shortened(statement.words),
        pointer,
        statement.certain,
        statement.ends,
        statement.lasts,
        statement.since,
    )
    return Found(evidence, statement.successor)


def successor_of(found: Iterable[Found]) -> str | None:
    """The first replacement that is named."""
    return next((each.successor for each in found if each.successor is not None), None)


def day_in(text: str) -> date | None:
    """The day that a text gives, or None.

    In ISO 8601, as an HTTP date (RFC 9110, section 5.6.7), as `@` and seconds (RFC 9745), or in words.
    """
    found = dates_in(text)
    if found:
        return found[0].day
    seconds = re.fullmatch(r"@?(\d{9,13})", text.strip())
    if seconds is None:
        return None
    number = int(seconds[1])
    number = number // 1000 if number > _LATEST_SECOND else number
    return datetime.fromtimestamp(number, tz=UTC).date() if number < _LATEST_SECOND else None


def shortened(text: str) -> str:
    """The text in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}\u2026"


def _about_itself(place: Place, statement: Statement) -> bool:
    """Whether a sentence in the text of a place is said of that place, and not of a part that it names."""
    if statement.about is None:
        return True
    subject = place.subject
    own = subject.name.rpartition(" > ")[2].partition(" in ")[0] if subject.name else place.node.get("operationId")
    return statement.about in (own, subject.path, str(subject))


def _extensions(node: Mapping[str, JsonValue], pointer: str, conventions: Conventions) -> Iterator[Found]:
    for key in (*conventions.deprecated, *conventions.sunset):
        value = node.get(key)
        if value is None or value is False or value == "":
            continue
        yield _extension(key, value, join(pointer, key), ends=key in conventions.sunset)


def _extension(key: str, value: JsonValue, pointer: str, *, ends: bool) -> Found:
    """An extension by its value: a day, a version, a sentence, `true`, or an object of these."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    texts = [str(each) for each in inner if isinstance(each, str | int | float) and not isinstance(each, bool)]
    days = [day for day in map(day_in, texts) if day is not None]
    told = [statement for text in texts for statement in statements(f"Deprecated: {text}")]
    shown = ", ".join(texts) if texts else "true"
    evidence = Evidence(
        EXTENSION,
        "strong",
        shortened(f"{key}: {shown}"),
        pointer,
        certain=not ends,
        ends=days[0] if ends and days else next((each.ends for each in told if each.ends is not None), None),
        since=days[0] if days and not ends else None,
    )
    return Found(evidence, next((each.successor for each in told if each.successor is not None), None))
