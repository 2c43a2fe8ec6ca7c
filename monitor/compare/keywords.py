"""Schema keywords that stand for themselves: type, format, lists of values, bounds, pattern and their kin."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction

from monitor.algebra import patterns
from monitor.algebra.steps import Steps, Undecidable
from monitor.compare import formats
from monitor.compare.changes import (
    BoundAdded,
    BoundBecameExclusive,
    BoundBecameInclusive,
    BoundDecreased,
    BoundIncreased,
    BoundRemoved,
    Change,
    ConstChanged,
    Effect,
    EnumAdded,
    EnumOrderChanged,
    EnumRemoved,
    EnumValueAdded,
    EnumValueRemoved,
    FormatChanged,
    FormatNarrowed,
    FormatWidened,
    KeywordWithoutEffect,
    MultipleOfChanged,
    MultipleOfNarrowed,
    MultipleOfWidened,
    PatternAdded,
    PatternChanged,
    PatternNarrowed,
    PatternRemoved,
    PatternUndecided,
    PatternWidened,
    TypeChanged,
    TypeNarrowed,
    TypeWidened,
    UniqueItemsAdded,
    UniqueItemsRemoved,
)
from monitor.compare.context import Context, Scope, Wire
from monitor.contract import Bound, Node
from monitor.values import JsonValue, canonical_bytes, join, same

Types = frozenset[str] | None

_SIZES = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")


def _place(node: Node, keyword: str) -> str | None:
    return node.child(keyword).pointer if keyword in node.mapping else None


SCALARS = frozenset({"string", "number", "integer", "boolean"})
"""The types whose values are one text where they are written as text."""


def _within(narrow: AbstractSet[str] | None, wide: Types, wire: Wire = Wire.JSON) -> bool:
    """Whether every value of the types `narrow` is of the types `wide`; an integer is a number.

    What is written as text is of type `string` too; in a document of text whatever is in it.
    """
    if wide is None or ("string" in wide and wire.is_document):
        return True
    if narrow is None:
        return False
    texts = SCALARS if "string" in wide and wire.is_text else frozenset[str]()
    return all(name in wide or name in texts or (name == "integer" and "number" in wide) for name in narrow)


def narrower(first: Types, second: Types) -> Types:
    """The types of the values that are of both: an integer is of `integer` and of `number`."""
    if first is None or second is None:
        return second if first is None else first
    return frozenset(name for name in first | second if _within(frozenset({name}), first) and _within({name}, second))


def compare_types(
    context: Context,
    scope: Scope,
    before: Node,
    after: Node,
    mine: Types,
    yours: Types,
    *,
    null: tuple[bool, bool] = (False, False),
) -> type[Change] | None:
    """Compare the accepted types; the kind of change that was found, TypeChanged when no value fits both.

    `null`: whether each side accepts `null`, which is told by itself, but where one side accepts nothing else.
    """
    if mine == yours:
        return None
    shrinks, grows = _within(yours, mine, scope.wire), _within(mine, yours, scope.wire)
    if frozenset() in (mine, yours) and not all(null):  # any schema may be `null` alone as far as it accepts it
        shrinks, grows = mine is None, yours is None
    values = {"old": _names(mine), "new": _names(yours)}
    if shrinks and grows:
        if scope.wire.is_text:
            same_types(context, scope, before, after, mine, yours)
        return None
    if shrinks or grows:
        kind = TypeNarrowed if shrinks else TypeWidened
        places = _type_place(before), _type_place(after)
        context.emit(scope, kind, (before.pointer, after.pointer) if places == (None, None) else places, **values)
        return kind
    # No value of one is a value of the other: what their other keywords say is told with the type, at the schema.
    context.emit(scope, TypeChanged, (before.pointer, after.pointer), **values)
    return TypeChanged


def same_types(context: Context, scope: Scope, before: Node, after: Node, mine: Types, yours: Types) -> None:
    """Say that the type is written otherwise: its values are the same texts on the wire, or listed anyway."""
    values = {"old": _names(mine), "new": _names(yours), "keyword": "type"}
    context.emit(scope, KeywordWithoutEffect, (_type_place(before), _type_place(after)), **values)


def _names(types: Types) -> list[str]:
    """The names of types for a Change: none is any type."""
    return [] if types is None else sorted(types) or ["null"]


def _type_place(node: Node) -> str | None:
    """Where the types are said: a union of nothing but types is a list of types."""
    if "type" in node.mapping:
        return join(node.pointer, "type")
    unions = (keyword for keyword in ("oneOf", "anyOf") if isinstance(node.mapping.get(keyword), list))
    keyword = next((each for each in unions if all(map(_is_typed, node.mapping[each]))), None)
    return None if keyword is None else join(node.pointer, keyword)


def _is_typed(branch: JsonValue) -> bool:
    return isinstance(branch, dict) and "type" in branch


def compare_values(
    context: Context, scope: Scope, before: Node, after: Node, *, null: bool, types: Types = None
) -> None:
    """Compare the keywords that constrain a value by itself.

    `null`: told already, so not told again as a list's. `types`: those of the values that are looked at; None for any.
    """
    whole = types is not None and "integer" in types and "number" not in types
    _format(context, scope, before, after)
    _enum(context, scope, before, after, null=null)
    _bounds(context, scope, before, after, whole=whole)
    _multiple_of(context, scope, before, after, whole=whole)
    _unique_items(context, scope, before, after)
    _pattern(context, scope, before, after)


def _format(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.mapping.get("format"), after.mapping.get("format")
    if same(mine, yours):
        return
    places, values = (_place(before, "format"), _place(after, "format")), {"old": mine, "new": yours}
    first, second = (None if _is_of_anything(value) else value for value in (mine, yours))
    if (first is None and second is None) or _list_the_same(before, after):
        context.emit(scope, KeywordWithoutEffect, places, keyword="format", **values)
        return
    kind: type[Change] = FormatChanged
    if not _is_known(first) or not _is_known(second):
        pass  # the provider's own, or no format at all: what it comes to nobody knows
    elif first is None or formats.is_within(second, first):
        kind = FormatNarrowed
    elif second is None or formats.is_within(first, second):
        kind = FormatWidened
    context.emit(scope, kind, places, **values)


def _is_of_anything(value: JsonValue) -> bool:
    return isinstance(value, str) and value in formats.OF_ANYTHING


def _is_known(value: JsonValue) -> bool:
    """Whether it is known which values have a format; those that have none are all."""
    return value is None or (isinstance(value, str) and value in formats.STANDARD)


def _list_the_same(before: Node, after: Node) -> bool:
    """Whether both sides list their values, and the same ones: what else is said of them decides nothing."""
    mine, yours = _listed(before, null=True), _listed(after, null=True)
    return mine is not None and yours is not None and mine[1].keys() == yours[1].keys()


def _listed(node: Node, *, null: bool, text: bool = False) -> tuple[str, dict[bytes, tuple[int, JsonValue]]] | None:
    """The accepted values by their canonical bytes with their index, and the keyword that lists them.

    `text`: by what is written, where a number is its digits.
    """
    members = node.mapping
    if "const" in members:
        only = _canonical(members["const"], text=text)
        listed = members.get("enum")
        refused = isinstance(listed, list) and only not in [_canonical(value, text=text) for value in listed]
        return "const", {} if refused else {only: (0, members["const"])}
    if not isinstance(members.get("enum"), list):
        return None
    values = {_canonical(value, text=text): (index, value) for index, value in enumerate(members["enum"])}
    if null:
        values.pop(b"null", None)
    return "enum", values


def _canonical(value: JsonValue, *, text: bool = False) -> bytes:
    found = int(value) if isinstance(value, float) and value.is_integer() else value
    return canonical_bytes(json.dumps(found) if text and isinstance(found, int | float) else found)


def _enum(context: Context, scope: Scope, before: Node, after: Node, *, null: bool) -> None:
    text = scope.wire.is_text
    mine, yours = _listed(before, null=null, text=text), _listed(after, null=null, text=text)
    if mine is None or yours is None:
        if yours is not None:
            place = join(after.pointer, yours[0])
            context.emit(scope, EnumAdded, (None, place), new=[value for _, value in yours[1].values()])
        elif mine is not None:
            place = join(before.pointer, mine[0])
            context.emit(scope, EnumRemoved, (place, None), old=[value for _, value in mine[1].values()])
        return
    if mine[0] == yours[0] == "const":
        if mine[1].keys() == yours[1].keys():
            _idle_enum(context, scope, before, after)
            _other_spelling(context, scope, (before, after), mine, yours)
            return
        if not same(before.mapping["const"], after.mapping["const"]):
            places = join(before.pointer, "const"), join(after.pointer, "const")
            context.emit(scope, ConstChanged, places, old=before.mapping["const"], new=after.mapping["const"])
            return
    if mine[0] == yours[0] == "enum":
        _enum_order(context, scope, before, after)
    for key, (index, value) in mine[1].items():
        if key not in yours[1]:
            place = _value_place(before, mine[0], index)
            context.emit(scope, EnumValueRemoved, (place, None), old=value, value=value)
    for key, (index, value) in yours[1].items():
        if key not in mine[1]:
            place = _value_place(after, yours[0], index)
            context.emit(scope, EnumValueAdded, (None, place), new=value, value=value)
    _other_spelling(context, scope, (before, after), mine, yours)


def _other_spelling(
    context: Context,
    scope: Scope,
    nodes: tuple[Node, Node],
    mine: tuple[str, dict[bytes, tuple[int, JsonValue]]],
    yours: tuple[str, dict[bytes, tuple[int, JsonValue]]],
) -> None:
    """Tell of listed values that are another value of JSON now, and the same text on the wire."""
    both = mine[1].keys() & yours[1].keys()
    if any(_canonical(mine[1][key][1]) != _canonical(yours[1][key][1]) for key in both):
        places = join(nodes[0].pointer, mine[0]), join(nodes[1].pointer, yours[0])
        values = {"old": nodes[0].mapping[mine[0]], "new": nodes[1].mapping[yours[0]], "keyword": yours[0]}
        context.emit(scope, KeywordWithoutEffect, places, **values)


def _enum_order(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell that the values of both lists stand otherwise in one than in the other."""
    lists = before.mapping["enum"], after.mapping["enum"]
    listed = [list(map(_canonical, each)) for each in lists]
    both = set(listed[0]) & set(listed[1])
    kept = [[each for each in values if each in both] for values in listed]
    if kept[0] != kept[1]:
        places = join(before.pointer, "enum"), join(after.pointer, "enum")
        context.emit(scope, EnumOrderChanged, places, old=lists[0], new=lists[1])


def _idle_enum(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell of a list beside the one value that is accepted: it decides nothing as long as it holds that value."""
    listed = before.mapping.get("enum"), after.mapping.get("enum")
    if not same(*listed):
        places = _place(before, "enum"), _place(after, "enum")
        context.emit(scope, KeywordWithoutEffect, places, old=listed[0], new=listed[1], keyword="enum")


def _value_place(node: Node, keyword: str, index: int) -> str:
    return join(node.pointer, keyword, index) if keyword == "enum" else join(node.pointer, keyword)


def _bounds(context: Context, scope: Scope, before: Node, after: Node, *, whole: bool) -> None:
    mine, yours = context.before.dialect, context.after.dialect
    lower = mine.lower_bound(before.mapping), yours.lower_bound(after.mapping)
    _bound(context, scope, before, after, *lower, order=_lowest if whole else lambda bound: (bound[0], bound[1]))
    upper = mine.upper_bound(before.mapping), yours.upper_bound(after.mapping)
    _bound(context, scope, before, after, *upper, order=_highest if whole else lambda bound: (bound[0], not bound[1]))
    compare_sizes(context, scope, before, after, _SIZES)


def _lowest(bound: Bound) -> tuple[float, bool]:
    """A lower bound by the least integer that it lets in."""
    return (math.floor(bound[0]) + 1 if bound[1] else math.ceil(bound[0])), False


def _highest(bound: Bound) -> tuple[float, bool]:
    """An upper bound by the greatest integer that it lets in."""
    return (math.ceil(bound[0]) - 1 if bound[1] else math.floor(bound[0])), False


def compare_sizes(context: Context, scope: Scope, before: Node, after: Node, names: Iterable[str]) -> None:
    """Compare keywords that bound a length or a count."""
    for keyword in names:
        if keyword in before.mapping or keyword in after.mapping:
            sizes = _size(before, keyword), _size(after, keyword)
            _bound(context, scope, before, after, *sizes, order=lambda bound: (bound[0], False))


def _size(node: Node, keyword: str) -> Bound | None:
    value = node.mapping.get(keyword)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return None if value == 0 and keyword.startswith("min") else (value, False, keyword)


def _bound(
    context: Context,
    scope: Scope,
    before: Node,
    after: Node,
    mine: Bound | None,
    yours: Bound | None,
    order: Callable[[Bound], tuple[float, bool]],
) -> None:
    if mine is None and yours is None:
        return
    kind: type[Change]
    if mine is None or yours is None:
        kind, bound = (BoundAdded, yours) if mine is None else (BoundRemoved, mine)
        assert bound is not None
        places = _bound_place(before, mine), _bound_place(after, yours)
        old, new = (mine[0] if mine else None), (yours[0] if yours else None)
        context.emit(scope, kind, places, old=old, new=new, keyword=bound[2])
    elif order(mine) != order(yours):
        if mine[0] == yours[0]:
            kind = BoundBecameExclusive if yours[1] else BoundBecameInclusive
        else:
            kind = BoundIncreased if order(yours) > order(mine) else BoundDecreased
        places = _bound_place(before, mine), _bound_place(after, yours)
        context.emit(scope, kind, places, old=mine[0], new=yours[0], keyword=yours[2])
    elif mine[0] != yours[0] and mine[2] == yours[2]:
        places = _bound_place(before, mine), _bound_place(after, yours)
        context.emit(scope, KeywordWithoutEffect, places, old=mine[0], new=yours[0], keyword=yours[2])


def _bound_place(node: Node, bound: Bound | None) -> str | None:
    if bound is None:
        return None
    # In the old spelling the number stands under `minimum` and `exclusiveMinimum` only says `true`.
    plain = bound[2].replace("exclusiveM", "m")
    return join(node.pointer, plain if isinstance(node.mapping.get(bound[2]), bool) else bound[2])


def _multiple_of(context: Context, scope: Scope, before: Node, after: Node, *, whole: bool) -> None:
    mine, yours = before.mapping.get("multipleOf"), after.mapping.get("multipleOf")
    if same(mine, yours):
        return
    steps = (_whole_step(mine), _whole_step(yours)) if whole else (as_fraction(mine), as_fraction(yours))
    places = _place(before, "multipleOf"), _place(after, "multipleOf")
    if steps[0] == steps[1] and (whole or steps[0] is not None):
        context.emit(scope, KeywordWithoutEffect, places, old=mine, new=yours, keyword="multipleOf")
        return
    kind: type[Change] = MultipleOfChanged
    if mine is None or _divides(steps[0], steps[1]):
        kind = MultipleOfNarrowed
    elif yours is None or _divides(steps[1], steps[0]):
        kind = MultipleOfWidened
    context.emit(scope, kind, places, old=mine, new=yours)


def _whole_step(value: JsonValue) -> Fraction | None:
    """The step as it is for integers: those that are multiples of 1.5 are the multiples of 3."""
    step = as_fraction(value)
    return Fraction(1) if value is None else None if step is None else Fraction(step.numerator)


def _divides(divisor: Fraction | None, number: Fraction | None) -> bool:
    """Whether `number` is a multiple of `divisor`: decided on the decimals as written, where 0.1 is ten times 0.01."""
    return divisor is not None and number is not None and divisor > 0 and number % divisor == 0


def as_fraction(value: JsonValue) -> Fraction | None:
    """A number exactly as it is written; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # The shortest text that gives the float is the literal that the document has, short of its trailing zeros.
    return Fraction(Decimal(repr(value)))


def _unique_items(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.mapping.get("uniqueItems") is True, after.mapping.get("uniqueItems") is True
    if mine != yours:
        kind = UniqueItemsAdded if yours else UniqueItemsRemoved
        places = _place(before, "uniqueItems"), _place(after, "uniqueItems")
        context.emit(scope, kind, places, old=mine, new=yours)


def _pattern(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.mapping.get("pattern"), after.mapping.get("pattern")
    if same(mine, yours):
        return
    effect = relation_of_patterns(context, "" if mine is None else mine, "" if yours is None else yours)
    kind: type[Change] = _PATTERNS[effect]
    if effect is not Effect.NEUTRAL and (mine is None or (effect is Effect.NARROWED and mine in _ANY_TEXT)):
        kind = PatternAdded
    elif effect is not Effect.NEUTRAL and (yours is None or (effect is Effect.WIDENED and yours in _ANY_TEXT)):
        kind = PatternRemoved
    values = {"keyword": "pattern"} if kind is KeywordWithoutEffect else {}
    places = _place(before, "pattern"), _place(after, "pattern")
    context.emit(scope, kind, places, old=mine, new=yours, **values)


def exactly(text: str) -> str:
    """The pattern that this text alone matches."""
    literal = "".join(f"\\{letter}" if re.fullmatch(r"[!-/:-@\[-`{-~]", letter) else letter for letter in text)
    return f"^{literal}$"


def relation_of_patterns(context: Context, mine: JsonValue, yours: JsonValue) -> Effect:
    """What became of the texts that a pattern takes, as far as the budget goes."""
    if not isinstance(mine, str) or not isinstance(yours, str):
        return Effect.UNDECIDED
    steps = Steps(min(patterns.MOST_STEPS, context.budget.steps))
    try:
        found = patterns.related(mine, yours, steps)
    except Undecidable:
        return Effect.UNDECIDED
    finally:
        context.budget.spend_steps(min(steps.spent, steps.limit))
    return _RELATIONS[found]


def may_meet(context: Context, mine: JsonValue, yours: JsonValue) -> bool:
    """Whether a text may match both patterns, as far as the budget goes."""
    if not isinstance(mine, str) or not isinstance(yours, str):
        return True
    steps = Steps(min(patterns.MOST_STEPS, context.budget.steps))
    try:
        return patterns.find_text([mine, yours], [], (0, None), steps) is not None
    except Undecidable:
        return True
    finally:
        context.budget.spend_steps(min(steps.spent, steps.limit))


_RELATIONS: dict[tuple[bool, bool], Effect] = {
    (False, False): Effect.NEUTRAL,
    (True, False): Effect.NARROWED,
    (False, True): Effect.WIDENED,
    (True, True): Effect.CHANGED,
}


_PATTERNS: dict[Effect, type[Change]] = {
    Effect.NARROWED: PatternNarrowed,
    Effect.WIDENED: PatternWidened,
    Effect.CHANGED: PatternChanged,
    Effect.UNDECIDED: PatternUndecided,
    Effect.NEUTRAL: KeywordWithoutEffect,
}

_ANY_TEXT = ("", "^", "$", "^.*", ".*", ".*$")
"""The usual ways to say that any text goes."""
