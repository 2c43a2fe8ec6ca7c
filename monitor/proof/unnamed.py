"""What became of the values of a pair of definitions, where no fact says it."""

from __future__ import annotations

from typing import Final

from monitor.compare import Change, ComparedPair, Effect, changes, evaluated
from monitor.contract import Contract, Direction, Node
from monitor.rules import Level, rule_for
from monitor.values import JsonValue, canonical_bytes, join, parse, same

Side = tuple[Contract, Node]
"""A definition, and the contract that it stands in."""

_HURTS: Final = {Direction.REQUEST: Effect.NARROWED, Direction.RESPONSE: Effect.WIDENED}
_ADDED: Final = changes.PropertyAdded, changes.PatternPropertyAdded
_OTHERWISE: Final = (
    changes.BecameNullable, changes.BecameNonNullable, changes.FormatNarrowed, changes.FormatWidened,
    changes.FormatChanged, changes.ReadOnlyChanged, changes.WriteOnlyChanged, changes.KeywordWithoutEffect,
    changes.OneOfBecameAnyOf, changes.AnyOfBecameOneOf, changes.DiscriminatorAdded, changes.DiscriminatorRemoved,
    changes.DiscriminatorChanged, changes.DiscriminatorValueAdded, changes.DiscriminatorValueRemoved,
)  # fmt: skip
"""Changes of what docs/stance.md reads otherwise than by the letter."""

_WORDS: Final = frozenset(
    {"description", "title", "example", "examples", "default", "deprecated", "externalDocs", "xml", "$comment"}
)
_BY_NAME: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
_READ_OTHERWISE: Final = (b'"oneOf"', b'"discriminator"', b'"readOnly"', b'"writeOnly"')
_TOGETHER: Final = (
    b'"patternProperties"', b'"additionalProperties"', b'"additionalItems"', b'"unevaluated', b'"propertyNames"',
    b'"depend', b'"anyOf"', b'"allOf"', b'"not"', b'"if"', b'"contains"', b'"prefixItems"', b'"items":[',
)  # fmt: skip
"""Keywords that mean something only with others. Where there are none each keyword is a set of its own, and the values
are what all of them have in common: it grows by none that did not grow, which a fact says."""
_OF_THE_SAME: Final = frozenset({"allOf", "anyOf", "oneOf", "if", "then", "else", "not", "dependentSchemas"})
"""Keywords on the way to a place that lead to one more schema of the same value."""
_NULL: Final = (b'"nullable"', b'"null"')


def is_settled(pair: ComparedPair, direction: Direction, sides: tuple[Side, Side]) -> bool:
    """Whether nothing is to be asked of the sets: a fact says that values went or came, or they are read otherwise.

    `sides`: the definitions before and after.
    """
    values = sides[0][1].value, sides[1][1].value
    seen = [change for change, only in pair.changes if only in (None, direction)]
    if pair.inner.get(pair.after, pair.before) != pair.before or _has_other(pair):
        return True
    if any(isinstance(change, _OTHERWISE) or _names(change, direction) for change in seen):
        return True
    words = b"".join(canonical_bytes(value) for value in values)
    if not any(keyword in words for keyword in _TOGETHER) or any(keyword in words for keyword in _READ_OTHERWISE):
        return True
    if same(*map(_without_words, values)):
        return True
    # A property that is listed where any name was accepted (docs/stance.md).
    listed = (change for change in seen if direction is Direction.REQUEST and isinstance(change, _ADDED))
    return any(_takes_any_name(change, sides) for change in listed)


def _takes_any_name(change: Change, sides: tuple[Side, Side]) -> bool:
    """Whether the object in which a name is listed says that all others are accepted, with any value."""
    place, definition = change.location.after or "", sides[1][1].pointer
    inside = place.startswith(f"{definition}/")
    steps = parse(place.removeprefix(definition))[:-2] if inside else ()
    return any(
        not evaluated.limits(contract, opening)
        for contract, node in sides
        for opening in evaluated.in_place(contract, _around(node, steps)).openings
    )


def _around(node: Node, steps: tuple[str, ...]) -> Node:
    """The outermost schema of the value that a place inside a schema speaks of."""
    whole, place, waiting = node, node, list(steps)
    while waiting:
        keyword = waiting.pop(0)
        place = place.child(keyword)
        if waiting and (keyword in _BY_NAME or isinstance(place.value, list)):
            step = waiting.pop(0)
            place = place.child(int(step) if step.isdecimal() and isinstance(place.value, list) else step)
        whole = whole if keyword in _OF_THE_SAME else place
    return whole


def _has_other(pair: ComparedPair) -> bool:
    """Whether the definition before was compared with a part of the one after as well, a branch: it is told there."""
    return any(before == pair.before and after != pair.after for after, before in pair.inner.items())


def _without_words(schema: JsonValue, *, by_name: bool = False) -> JsonValue:
    """A schema without what decides nothing of its values: most definitions that differ do so in words alone."""
    if isinstance(schema, list):
        return [_without_words(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_words(value, by_name=not by_name and key in _BY_NAME)
        for key, value in schema.items()
        if by_name or not (key in _WORDS or key.startswith("x-"))
    }


def _names(change: Change, direction: Direction) -> bool:
    """Whether a change says that the set of values moved to the worse."""
    if rule_for(change).level(direction).rank < Level.COMPATIBLE.rank:
        return True
    if isinstance(change, _ADDED) and direction is Direction.RESPONSE:
        return False  # more can come than is listed, so that what is listed now takes values away
    return change.effect in (_HURTS[direction], Effect.CHANGED, Effect.UNDECIDED)


def is_read_otherwise(value: JsonValue, values: tuple[JsonValue, JsonValue]) -> bool:
    """Whether a value shows nothing as docs/stance.md reads it: `null`, wherever it is announced."""
    return _has_null(value) and any(keyword in canonical_bytes(list(values)) for keyword in _NULL)


def _has_null(value: JsonValue) -> bool:
    if isinstance(value, dict):
        return any(_has_null(each) for each in value.values())
    if isinstance(value, list):
        return any(_has_null(each) for each in value)
    return value is None


def named_alike(before: Contract, after: Contract) -> frozenset[str]:
    """The definitions that stand under the same pointer in both documents: each is compared by itself."""
    holders = before.dialect.sections["schemas"], after.dialect.sections["schemas"]
    names = before.at(holders[0]).mapping.keys() & after.at(holders[1]).mapping.keys()
    return frozenset(join(holders[0], str(name)) for name in names) if holders[0] == holders[1] else frozenset()
