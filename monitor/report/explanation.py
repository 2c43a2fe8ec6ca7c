"""The whole story of one change: rule, reasons, both values, reach, client, promise, witness, advice. Text and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

import msgspec

from monitor.policy import PromiseProfile
from monitor.report.diffdoc import ChangeEntry, Exchange, Side, encode
from monitor.report.entries import met, more_places, pointer
from monitor.report.report_object import json_text, stamp
from monitor.report.text import Style, harmless, long_day, plain, plural, prose, wrap
from monitor.report.witness_words import exchange_lines, met_by, witness_words
from monitor.rules import Rule
from monitor.values import JsonObject, JsonValue

FORMAT: Final = "specwatch.explanation/1"
_LABEL: Final = 13
_MOST_LINES: Final = 24
"""Lines of a value that a reader is shown; the JSON has the whole."""
_NAMED: Final = 20
_SHORT: Final = 60


@dataclass(frozen=True, slots=True)
class Sighting:
    """Two neighbouring versions of a source between which the change was seen."""

    source: str
    before_seen: datetime
    after_seen: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    """One change, the two documents it is between, the profiles it was judged by, and the sightings of the same change.

    `sightings`: the newest first; none where two documents were compared that are not of the store.
    """

    change: ChangeEntry
    rule: Rule
    before: Side
    after: Side
    client: str
    promise: PromiseProfile | None
    sightings: tuple[Sighting, ...] = ()


# --- text -----------------------------------------------------------------------------------------------------------


def explanation_text(told: Explanation, *, width: int = 100, color: bool = False) -> str:
    """The story for a terminal or a pipe."""
    style = Style(color)
    change = told.change
    lines = style.first(wrap(plain(change.message), width, first=f"{change.level:<{_LABEL}}"), str(change.level))
    for label, paragraphs in _parts(told):
        lines.append("")
        first = True
        for paragraph in paragraphs:
            head = f"{label if first else '':<{_LABEL}}"
            as_it_is = paragraph.startswith("\t")
            shown = [head + paragraph[1:]] if as_it_is else wrap(paragraph, width, first=head)
            lines += [shown[0].replace(label, style.dim(label), 1) if first else shown[0], *shown[1:]]
            first = False
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _parts(told: Explanation) -> Iterator[tuple[str, list[str]]]:
    """Labels with their paragraphs; one that begins with a tab is a line of code, and stays as it is."""
    change = told.change
    yield "rule", [f"{change.rule} (fingerprint {change.fingerprint})"]
    yield "why", [plain(change.why)]
    yield "at", [pointer(change) + more_places(change)]
    yield "documents", [f"{plain(told.before.source)} -> {plain(told.after.source)}"]
    seen = [_seen(each) for each in told.sightings]
    if seen:
        yield "seen", seen
    for label, value in (("before", change.before), ("after", change.after)):
        if value is not None:
            yield label, _code(value)
    if change.operations:
        yield "reach", list(_reach(change))
    else:
        yield "reach", ["No operation meets it."]
    yield "client", list(_client(told))
    yield "promise", list(_promise(told))
    shown = _witness(told)
    if shown:
        yield "witness", shown
    yield "what to do", [plain(told.rule.advice)]


def _seen(sighting: Sighting) -> str:
    return (
        f"{plain(sighting.source)}: after {sighting.before_seen:%Y-%m-%d %H:%M} and "
        f"by {sighting.after_seen:%Y-%m-%d %H:%M} UTC"
    )


def _code(value: JsonValue) -> list[str]:
    """A value as lines of JSON, cut with a note."""
    short = json.dumps(value, ensure_ascii=False)
    lines = [short] if len(short) <= _SHORT else json.dumps(value, ensure_ascii=False, indent=2).splitlines()
    return _cut(lines)


def _cut(lines: list[str]) -> list[str]:
    shown = [f"\t{harmless(line)}" for line in lines[:_MOST_LINES]]
    more = len(lines) - len(shown)
    return [*shown, f"\t… and {plural(more, 'more line')}: --format json has the whole"] if more else shown


def _reach(change: ChangeEntry) -> Iterator[str]:
    for group in met(change):
        level = "" if group.level == change.level else f" ({group.level} there)"
        yield f"{group.how}{level}:"
        yield from (f"\t  {plain(str(operation))}" for operation in group.operations[:_NAMED])
        more = len(group.operations) - _NAMED
        if more > 0:
            yield f"\t  … and {plural(more, 'more operation')}: --format json has all"


def _client(told: Explanation) -> Iterator[str]:
    directions = ", ".join(f"{told.rule.level(each)} in a {each}" for each in told.change.directions)
    by_rule = f" By the rule it is {directions}." if directions else ""
    yield f"For the client {plain(told.client)} it is {told.change.level}.{by_rule}"
    yield from (plain(reason) for reason in _own_reasons(told))


def _own_reasons(told: Explanation) -> tuple[str, ...]:
    """The reasons for the level; the last is the promise's where it has one."""
    reasons = told.change.reasons
    return reasons if told.change.promise == "unstated" else reasons[:-1]


def _promise(told: Explanation) -> Iterator[str]:
    if told.promise is None:
        yield "There is none to hold the provider to."
        return
    said = "" if told.change.promise == "unstated" else f": {plain(told.change.reasons[-1])}"
    yield f"{told.change.promise}{said}"
    yield f"{plain(told.promise.title)} says, as read on {long_day(told.promise.read_on)} at {plain(told.promise.url)}:"
    yield from (plain(line) for line in told.promise.words.strip().splitlines() if line.strip())


def _witness(told: Explanation) -> list[str]:
    change = told.change
    witness, effect = change.witness, met_by(change)
    if witness is None or effect is None:
        return []
    since = told.sightings[0].after_seen.date() if told.sightings else None
    call = witness.exchange if isinstance(witness.exchange, Exchange) else None
    if call is not None and witness.value is msgspec.UNSET:
        return [plain(call.now), *_cut(exchange_lines(call))]
    words = witness_words(change, since) or ""
    if isinstance(witness.undecided, str):
        return [words]
    by = " An independent validator agrees." if witness.verified else ""
    if call is not None:
        return [words + by, "As it is sent:", *_cut(exchange_lines(call))]
    return [words + by, f"In whole ({plain(effect.where.split(' > ')[0])}):", *_code(witness.value)]


# --- JSON -----------------------------------------------------------------------------------------------------------


def explanation_json(told: Explanation) -> str:
    """`specwatch.explanation/1`: the change as in `specwatch.diff/1`, and what is known around it."""
    return json_text(
        {
            "format": FORMAT,
            "change": msgspec.Raw(encode(told.change)),
            "advice": told.rule.advice,
            "rule": _rule(told.rule),
            "before": told.before,
            "after": told.after,
            "client": told.client,
            "promise": _profile(told.promise),
            "sightings": [
                {"source": each.source, "before_seen": stamp(each.before_seen), "after_seen": stamp(each.after_seen)}
                for each in told.sightings
            ],
        }
    )


def _rule(rule: Rule) -> JsonObject:
    return {
        "id": rule.id,
        "sentence": rule.template,
        "request": str(rule.request),
        "response": str(rule.response),
        "waiver": rule.waiver,
    }


def _profile(promise: PromiseProfile | None) -> JsonObject | None:
    if promise is None:
        return None
    return {
        "name": promise.name,
        "title": promise.title,
        "url": promise.url,
        "words": promise.words,
        "read_on": promise.read_on.isoformat(),
    }


# --- Markdown -------------------------------------------------------------------------------------------------------


def explanation_markdown(told: Explanation) -> str:
    """The story as a page: a list of the same parts."""
    change = told.change
    blocks = [f"# {prose(change.message)}", f"**{change.level}**"]
    for label, paragraphs in _parts(told):
        blocks.append(f"## {label.capitalize()}")
        blocks += _blocks(paragraphs)
    return "\n\n".join(blocks) + "\n"


def _blocks(paragraphs: list[str]) -> Iterator[str]:
    """Paragraphs as prose, lines of code together in a fence."""
    for is_code, group in groupby(paragraphs, key=lambda each: each.startswith("\t")):
        lines = list(group)
        if is_code:
            body = "\n".join(line.removeprefix("\t") for line in lines)
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", body)), default=0))
            yield f"{fence}\n{body}\n{fence}"
        else:
            yield from (prose(line) for line in lines)
