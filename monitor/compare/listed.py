"""Lists of values (`enum`, `const`): what they leave the other keywords to say."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Final

from monitor.compare import keywords
from monitor.compare.changes import Effect, KeywordWithoutEffect
from monitor.compare.context import Context, Scope
from monitor.compare.statements import Statements
from monitor.contract import Contract, Node
from monitor.values import JsonValue, join, same

_OF_TEXTS: Final = ("maxLength", "minLength", "pattern")
_OF_NUMBERS: Final = ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf")
_MOST_VALUES: Final = 100


def without_idle(context: Context, scope: Scope, before: Node, after: Node) -> tuple[Node, Node]:
    """The two schemas without keywords that every listed value fits: those decide nothing, and it is told that they
    differ. Where only one side has a list, it alone says what became of the values.
    """
    values = [value for node in (before, after) for value in _values(node)]
    if scope.wire.is_text and any(isinstance(value, str) for value in values):
        values += [json.dumps(value) for value in values if isinstance(value, int | float)]
    if not values or len(values) > _MOST_VALUES or isinstance(before, Statements) or isinstance(after, Statements):
        return before, after
    told = (_OF_TEXTS if any(isinstance(value, str) for value in values) else ()) + (
        _OF_NUMBERS if any(isinstance(value, int | float) for value in values) else ()
    )
    idle = [key for key in told if not same(before.mapping.get(key), after.mapping.get(key))]
    sides = ((context.before, before), (context.after, after))
    if not idle or not all(_fits(context, contract, node, value) for contract, node in sides for value in values):
        return before, after
    for key in idle:
        old, new = before.mapping.get(key), after.mapping.get(key)
        places = [join(node.pointer, key) if key in node.mapping else None for node in (before, after)]
        context.emit(scope, KeywordWithoutEffect, (places[0], places[1]), old=old, new=new, keyword=key)
    return before.without(idle), after.without(idle)


def _values(node: Node) -> list[JsonValue]:
    members = node.mapping
    listed = [members["const"]] if "const" in members else members.get("enum")
    return [value for value in listed if value is not None] if isinstance(listed, list) else []


def _fits(context: Context, contract: Contract, node: Node, value: JsonValue) -> bool:
    members = node.mapping
    if isinstance(value, str):
        least, most, pattern = members.get("minLength", 0), members.get("maxLength", len(value)), members.get("pattern")
        if not isinstance(least, int | float) or not isinstance(most, int | float):
            return False
        return least <= len(value) <= most and (pattern is None or _matches(context, pattern, value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return isinstance(value, bool)  # lists and objects are bounded by other keywords
    lower, upper = contract.dialect.lower_bound(members), contract.dialect.upper_bound(members)
    above = lower is None or value > lower[0] or (value == lower[0] and not lower[1])
    below = upper is None or value < upper[0] or (value == upper[0] and not upper[1])
    return above and below and _is_multiple(value, members.get("multipleOf"))


def _is_multiple(value: float, step: JsonValue) -> bool:
    number, divisor = keywords.as_fraction(value), keywords.as_fraction(step)
    return step is None or (divisor is not None and divisor > 0 and (number or Fraction(0)) % divisor == 0)


def _matches(context: Context, pattern: JsonValue, text: str) -> bool:
    """Whether a text is among those of a pattern, without an engine that a pattern may keep busy for ever."""
    return keywords.relation_of_patterns(context, keywords.exactly(text), pattern) in (Effect.NEUTRAL, Effect.WIDENED)
