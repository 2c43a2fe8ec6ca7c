"""Values as they are written where all is text: in a parameter, a header, a form or XML (docs/stance.md)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from monitor.values import JsonValue, same


def written_alike(value: JsonValue) -> Iterator[JsonValue]:
    """Other values of JSON that are written as this one is: a number is its digits, a list of one is its item."""
    variants: list[JsonValue] = [_changed(value, _as_number), _changed(value, _as_text)]
    if isinstance(value, list):
        variants.append(",".join(str(_as_text(each)) for each in value))
        variants.extend(value if len(value) == 1 else ())
    else:
        variants.extend([each] for each in (value, *variants))
    yield from (each for each in variants if not same(each, value))


def _changed(value: JsonValue, change: Callable[[JsonValue], JsonValue]) -> JsonValue:
    if isinstance(value, dict):
        return {name: _changed(each, change) for name, each in value.items()}
    if isinstance(value, list):
        return [_changed(each, change) for each in value]
    return change(value)


def _as_number(value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
    except ValueError:
        return value
    return found if isinstance(found, int | float) else value


def _as_text(value: JsonValue) -> JsonValue:
    return value if isinstance(value, str) else json.dumps(value)
