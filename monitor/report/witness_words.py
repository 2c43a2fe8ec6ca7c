"""What shows a change, in a sentence: a value that was accepted and is refused, or what happens to a call now.

A value is shown as far as it takes to see the place of the change; the JSON has the whole.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any, Final

import msgspec

from monitor.contract.types import Direction
from monitor.report.diffdoc import ChangeEntry, Exchange, OperationEffect, Witness
from monitor.report.entries import names_operation
from monitor.report.text import clip, long_day, plain
from monitor.values import JsonValue

_LONGEST: Final = 100
"""Characters of a value that a reader is shown."""
_LEAF: Final = 60
_ITEMS: Final = "[]"
_MORE: Final = "…"
_ENDS: Final = re.compile(r"(\[\])+$")
_PARAMETER: Final = re.compile(r"(path|query|header|cookie|querystring|formData) (.+)")
_HEADER: Final = re.compile(r"response \S+ (header .+)")


def witness_words(change: ChangeEntry, since: date | None = None) -> str | None:
    """The sentence; None where there is nothing to show. `since`: the day on which the change was first seen."""
    witness = change.witness
    met = met_by(change)
    if witness is None or met is None:
        return None
    if isinstance(witness.undecided, str):
        return f"No value was found that shows it: {plain(witness.undecided)}."
    if witness.value is msgspec.UNSET and isinstance(witness.exchange, Exchange):
        return _call(witness.exchange, change)
    return _value(witness, met, since)


def met_by(change: ChangeEntry) -> OperationEffect | None:
    """The operation to which the witness shows the change: the first that meets it at its worst."""
    direction = None if change.witness is None else change.witness.direction
    worst = (effect for effect in change.operations if effect.level == change.level and effect.direction == direction)
    return next(worst, None)


def exchange_lines(exchange: Exchange) -> list[str]:
    """The call as it is sent: request line, headers, body (RFC 9112, section 2.1)."""
    lines = [f"{exchange.method} {exchange.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in exchange.headers]
    return lines if exchange.body is None else [*lines, "", exchange.body]


def _call(exchange: Exchange, change: ChangeEntry) -> str | None:
    """What happens to the call now; nothing where the message says the same: an operation that is gone."""
    return None if exchange.now == change.message or names_operation(change) else plain(exchange.now)


def _value(witness: Witness, met: OperationEffect, since: date | None) -> str:
    root, *steps = met.where.split(" > ")
    if root.endswith(_ITEMS):
        steps.insert(0, _ITEMS)
    text, missing = _glance(witness.value, steps)
    place = _PARAMETER.match(root) or _HEADER.match(root)
    what = f"`{text}`" + (f" without `{missing}`" if missing else "")
    if place is not None:
        what += f" as {plain(' '.join(each for each in place.groups()))}"
    operation = plain(str(met.operation))
    when = f"since {long_day(since)}" if since is not None else "now"
    if witness.direction == Direction.REQUEST:
        return f"{what} was accepted by {operation} and is refused {when}."
    return f"{what} can come from {operation} {when}, and could not before."


def _glance(value: JsonValue, steps: list[str]) -> tuple[str, str | None]:
    """The value in a line, and the name of what is missing at the end of the way, if it is."""
    way = [step for step in steps if not step.startswith(("(", "{"))]
    outline, missing = _outline(value, way)
    whole = _text(value)
    text = whole if len(whole) <= _LONGEST else _shortest(value, outline, way)
    return clip(plain(text), _LONGEST).replace("`", "'"), None if missing is None else plain(missing).replace("`", "'")


def _shortest(value: JsonValue, outline: str, way: list[str]) -> str:
    """The outline; of a long one its beginning and the place of the change, with what lies between left out."""
    inner: JsonValue = value
    for position, step in enumerate(way):
        if len(outline) <= _LONGEST:
            return outline
        inner = _beneath(inner, step)
        outline = f"{{{_MORE} {_outline(inner, way[position + 1 :])[0]} {_MORE}}}"
    return outline


def _beneath(value: JsonValue, step: str) -> JsonValue:
    name = step if isinstance(value, dict) and step in value else _ENDS.sub("", step)
    found = value.get(name) if isinstance(value, dict) else value
    while isinstance(found, list) and found:
        found = found[0]
    return found


def _outline(value: JsonValue, steps: list[str]) -> tuple[str, str | None]:
    """The value with what lies on a way, the rest as `…`."""
    if not steps:
        return clip(_text(value), _LEAF), None
    step, *rest = steps
    if isinstance(value, dict):
        name = step if step in value else _ENDS.sub("", step)
        rest = rest if name == step else [_ITEMS] * ((len(step) - len(name)) // 2) + rest
        if name not in value:
            return (f"{{{_MORE}}}" if value else "{}"), name if not rest else None
        inner, missing = _outline(value[name], rest)
        return f"{{{_text(name)}: {inner}{_others(value)}}}", missing
    if isinstance(value, list) and value:
        inner, missing = _outline(value[0], rest if step == _ITEMS else steps)
        return f"[{inner}{_others(value)}]", missing
    return clip(_text(value), _LEAF), None


def _others(value: Any) -> str:
    return f", {_MORE}" if len(value) > 1 else ""


def _text(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
