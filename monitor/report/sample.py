"""A sample: the JSON value as it is, and beside it what was done to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from monitor.report.text import json_text, wrap
from monitor.values import JsonValue

if TYPE_CHECKING:
    from monitor.policy.future import Alteration

_WIDTH: Final = 100


def sample_text(value: JsonValue) -> str:
    """The value as JSON (RFC 8259), indented; what a terminal might obey is escaped."""
    return json_text(value)


def sample_json(value: JsonValue, changes: Sequence[Alteration]) -> str:
    """An object: `value`, and `changes` with `pointer` (RFC 6901, into the value), `what` and `because`."""
    listed = [{"pointer": each.pointer, "what": each.what, "because": each.because} for each in changes]
    return json_text({"value": value, "changes": listed})


def alterations_text(changes: Sequence[Alteration]) -> str:
    """What was done to a value, each with its reason; empty where nothing was done."""
    lines: list[str] = []
    for each in changes:
        lines += wrap(f"{each.pointer or 'the whole'}: {each.what}", _WIDTH)
        lines += wrap(each.because, _WIDTH, first="  ")
    return "\n".join(lines)
