"""Values: lists of them, constants, defaults, patterns, multiples, uniqueness."""

from __future__ import annotations

from monitor.compare.changes import (
    ConstChanged,
    DefaultAdded,
    DefaultChanged,
    DefaultRemoved,
    Effect,
    EnumAdded,
    EnumOrderChanged,
    EnumRemoved,
    EnumValueAdded,
    EnumValueRemoved,
    ExtensionChanged,
    MultipleOfChanged,
    MultipleOfNarrowed,
    MultipleOfWidened,
    PatternAdded,
    PatternChanged,
    PatternNarrowed,
    PatternRemoved,
    PatternUndecided,
    PatternWidened,
    UniqueItemsAdded,
    UniqueItemsRemoved,
)
from monitor.rules.areas.wording import READ_BOTH, STILL_TAKEN
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule
from monitor.values import JsonValue, canonical_bytes

_TWO = "{type: string, enum: [red, green]}"
_THREE = "{type: string, enum: [red, green, blue]}"
_ANY = "{type: string}"
_STATES_VALUES = "The set of values is the same; what the server does with a call that leaves the parameter out is not."
_SAY_IT = "Send the parameter in every call, with the value that you mean: then no default matters to you."
_PATTERN_RECEIVED = (
    "A pattern of what is received binds the provider's own checks; clients seldom hold answers to it, "
    "and the field tells it for information."
)


def _parameter(schema: str) -> str:
    return (
        f"parameters:\n  - {{name: limit, in: query, schema: {schema}}}\nresponses: {{'200': {{description: Things.}}}}"
    )


def is_extensible_enum(change: ExtensionChanged) -> bool:
    """Whether values came to or went from the known word `x-extensible-enum`: a list that may grow, but not shrink."""
    return change.keyword == "x-extensible-enum" and _texts(change.before) != _texts(change.after)


def _lost_values(change: ExtensionChanged) -> bool:
    return not _texts(change.before) <= _texts(change.after)


def _texts(values: JsonValue) -> frozenset[bytes]:
    return frozenset(canonical_bytes(value) for value in values) if isinstance(values, list) else frozenset()


@rule(
    on=EnumValueAdded,
    request=Level.COMPATIBLE,
    response=Level.RISKY,
    waiver="Lists grow, and the field warns rather than fails; the profiles `codegen` and "
    "`tolerant-reader` move it both ways.",
    why="A client may receive a value that it was never told of. Whether it stumbles depends on how it was written.",
    advice="Let the client read values that it does not know as a case of their own: `enumUnknownDefaultCase` of "
    "openapi-generator, `READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE` of Jackson.",
    example=Example.of(before=_TWO, after=_THREE),
)
def enum_value_added(change: EnumValueAdded) -> None:
    """The value {value} is new in the list."""


@rule(
    on=EnumValueRemoved,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller that sends the value was served, and is now refused.",
    advice=STILL_TAKEN,
    example=Example.of(before=_THREE, after=_TWO),
)
def enum_value_removed(change: EnumValueRemoved) -> None:
    """The value {value} is gone from the list."""


@rule(
    on=EnumOrderChanged,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="generated-client",
    why="The wire carries a value, not its number in the list; generators that number their constants renumber them.",
    advice="Regenerating the client reorders its constants: look for code that stores or compares their numbers.",
    example=Example.of(before=_TWO, after="{type: string, enum: [green, red]}"),
)
def enum_order_changed(change: EnumOrderChanged) -> None:
    """The values of the list stand in another order."""


@rule(
    on=EnumAdded,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Any value was accepted; now only those of the list are.",
    advice="Compare what you send, stored values too, with the list, and map the rest to one of its values.",
    example=Example.of(before=_ANY, after=_TWO),
)
def enum_added(change: EnumAdded) -> None:
    """Only these values are accepted now: {after}."""


@rule(
    on=EnumRemoved,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client knew every value that could come; now any may.",
    advice="Read the value as a plain text or number, and keep a default branch where your code decides by the old "
    "list.",
    example=Example.of(before=_TWO, after=_ANY),
)
def enum_removed(change: EnumRemoved) -> None:
    """Any value is accepted now, not only: {before}."""


@rule(
    on=ConstChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="The one value that was accepted is refused, and another one is received.",
    advice=READ_BOTH,
    example=Example.of(before="{const: v1}", after="{const: v2}"),
)
def const_changed(change: ConstChanged) -> None:
    """The one accepted value was {before} and is {after}."""


@rule(
    on=ExtensionChanged,
    when=lambda change: is_extensible_enum(change) and _lost_values(change),
    effect=Effect.NARROWED,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="An extensible list may grow; that it shrinks takes a value from those who send it.",
    advice=STILL_TAKEN,
    unseen="An extension is no constraint to JSON Schema; to those who know the word, the list is.",
    example=Example.of(
        before="{type: string, x-extensible-enum: [red, green]}", after="{type: string, x-extensible-enum: [red]}"
    ),
)
def extensible_enum_value_removed(change: ExtensionChanged) -> None:
    """The extensible list lost values: it was {before} and is {after}."""


@rule(
    on=ExtensionChanged,
    when=lambda change: is_extensible_enum(change) and not _lost_values(change),
    effect=Effect.NEUTRAL,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="The word announces that the list grows: clients were told to expect values that they do not know.",
    advice="Nothing to do.",
    example=Example.of(
        before="{type: string, x-extensible-enum: [red]}", after="{type: string, x-extensible-enum: [red, green]}"
    ),
)
def extensible_enum_value_added(change: ExtensionChanged) -> None:
    """The extensible list grew: it was {before} and is {after}."""


@rule(
    on=DefaultAdded,
    when=lambda change: change.of == "parameter",
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    waiver=_STATES_VALUES,
    why="A call that leaves the parameter out is now answered as if this value had been sent.",
    advice=_SAY_IT,
    example=Example.operation(before=_parameter("{type: integer}"), after=_parameter("{type: integer, default: 20}")),
)
def parameter_default_added(change: DefaultAdded) -> None:
    """A parameter that is left out now means {after}."""


@rule(
    on=DefaultRemoved,
    when=lambda change: change.of == "parameter",
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    waiver=_STATES_VALUES,
    why="What a call means that leaves the parameter out is no longer said.",
    advice=_SAY_IT,
    example=Example.operation(before=_parameter("{type: integer, default: 20}"), after=_parameter("{type: integer}")),
)
def parameter_default_removed(change: DefaultRemoved) -> None:
    """A parameter that is left out no longer means {before}."""


@rule(
    on=DefaultChanged,
    when=lambda change: change.of == "parameter",
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    waiver=_STATES_VALUES,
    why="A call that leaves the parameter out is answered differently from before.",
    advice=_SAY_IT,
    example=Example.operation(
        before=_parameter("{type: integer, default: 20}"), after=_parameter("{type: integer, default: 50}")
    ),
)
def parameter_default_changed(change: DefaultChanged) -> None:
    """A parameter that is left out meant {before} and now means {after}."""


@rule(
    on=DefaultAdded,
    when=lambda change: change.of != "parameter",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A default says what a missing value means; the values that are accepted are the same.",
    advice="Nothing to do, if the value is what you mean when you leave it out.",
    example=Example.of(before="{type: string}", after="{type: string, default: red}"),
)
def default_added(change: DefaultAdded) -> None:
    """A value that is left out now means {after}."""


@rule(
    on=DefaultRemoved,
    when=lambda change: change.of != "parameter",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A default says what a missing value means; the values that are accepted are the same.",
    advice="Send the value if you rely on it.",
    example=Example.of(before="{type: string, default: red}", after="{type: string}"),
)
def default_removed(change: DefaultRemoved) -> None:
    """A value that is left out no longer means {before}."""


@rule(
    on=DefaultChanged,
    when=lambda change: change.of != "parameter",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A default says what a missing value means; the values that are accepted are the same.",
    advice="Send the value if you rely on it.",
    example=Example.of(before="{type: string, default: red}", after="{type: string, default: green}"),
)
def default_changed(change: DefaultChanged) -> None:
    """A value that is left out meant {before} and now means {after}."""


@rule(
    on=PatternAdded,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Any text was accepted; now only texts that match are.",
    advice="Try what you send, stored values too, against the pattern before the change reaches you.",
    example=Example.of(before=_ANY, after="{type: string, pattern: '^[a-z]+$'}"),
)
def pattern_added(change: PatternAdded) -> None:
    """The text must now match {after}."""


@rule(
    on=PatternRemoved,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=_PATTERN_RECEIVED,
    why="More texts are accepted, and clients seldom hold answers to a pattern.",
    advice="Nothing to do, unless your code takes texts apart by that pattern.",
    example=Example.of(before="{type: string, pattern: '^[a-z]+$'}", after=_ANY),
)
def pattern_removed(change: PatternRemoved) -> None:
    """The text need no longer match {before}."""


_TRY_IT = "Try what you send, stored values too, against the new pattern before the change reaches you."


@rule(
    on=PatternNarrowed,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Texts that matched the old pattern do not match the new one, and are refused.",
    advice=_TRY_IT,
    example=Example.of(before="{type: string, pattern: '^[a-z0-9]+$'}", after="{type: string, pattern: '^[a-z]+$'}"),
)
def pattern_became_narrower(change: PatternNarrowed) -> None:
    """Fewer texts match: the pattern was {before} and is {after}."""


@rule(
    on=PatternWidened,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=_PATTERN_RECEIVED,
    why="All texts that matched the old pattern match the new one, and clients seldom hold answers to a pattern.",
    advice="Nothing to do, unless your code takes texts apart by the old pattern.",
    example=Example.of(before="{type: string, pattern: '^[a-z]+$'}", after="{type: string, pattern: '^[a-z0-9]+$'}"),
)
def pattern_became_wider(change: PatternWidened) -> None:
    """More texts match: the pattern was {before} and is {after}."""


@rule(
    on=PatternChanged,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    waiver=f"In a response: {_PATTERN_RECEIVED}",
    why="Texts that matched the old pattern do not match the new one, and are refused; others match now.",
    advice=_TRY_IT,
    example=Example.of(before="{type: string, pattern: '^[a-z]+$'}", after="{type: string, pattern: '^[0-9]+$'}"),
)
def pattern_changed(change: PatternChanged) -> None:
    """Other texts match: the pattern was {before} and is {after}."""


@rule(
    on=PatternUndecided,
    request=Level.RISKY,
    response=Level.COMPATIBLE,
    waiver=f"In a response: {_PATTERN_RECEIVED}",
    why="Which texts one pattern takes and the other does not is undecided: one of them looks ahead, refers back, or "
    "takes too much work.",
    advice=_TRY_IT,
    example=Example.of(
        before="{type: string, pattern: '^[a-z]+$'}", after="{type: string, pattern: '^(?!con)[a-z]+$'}"
    ),
)
def unknown_pattern_changed(change: PatternUndecided) -> None:
    """The text had to match {before} and must now match {after}."""


@rule(
    on=MultipleOfNarrowed,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Numbers that were accepted are no multiples of the new step, and are refused.",
    advice="Round what you send to the new step.",
    example=Example.of(before="{type: integer, multipleOf: 5}", after="{type: integer, multipleOf: 10}"),
)
def multiple_of_became_narrower(change: MultipleOfNarrowed) -> None:
    """Fewer numbers are accepted: `multipleOf` was {before} and is {after}."""


@rule(
    on=MultipleOfWidened,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive numbers between the steps that it was promised.",
    advice="Store the number with all its digits, and do not divide by the old step.",
    example=Example.of(before="{type: integer, multipleOf: 10}", after="{type: integer, multipleOf: 5}"),
)
def multiple_of_became_wider(change: MultipleOfWidened) -> None:
    """More numbers are accepted: `multipleOf` was {before} and is {after}."""


@rule(
    on=MultipleOfChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="Neither step divides the other: some numbers are refused that were accepted, and others come.",
    advice="Round what you send to the new step, and expect to read numbers that are no multiples of the old one.",
    example=Example.of(before="{type: integer, multipleOf: 4}", after="{type: integer, multipleOf: 6}"),
)
def multiple_of_changed(change: MultipleOfChanged) -> None:
    """Other numbers are accepted: `multipleOf` was {before} and is {after}."""


@rule(
    on=UniqueItemsAdded,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A list that holds an item twice was accepted, and is now refused.",
    advice="Take doubles out of a list before you send it.",
    example=Example.of(
        before="{type: array, items: {type: string}}", after="{type: array, items: {type: string}, uniqueItems: true}"
    ),
)
def unique_items_added(change: UniqueItemsAdded) -> None:
    """Each item must now be in the list once only."""


@rule(
    on=UniqueItemsRemoved,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive the same item twice.",
    advice="Allow for items that come twice, where you use them as keys above all.",
    example=Example.of(
        before="{type: array, items: {type: string}, uniqueItems: true}", after="{type: array, items: {type: string}}"
    ),
)
def unique_items_removed(change: UniqueItemsRemoved) -> None:
    """An item may now be in the list more than once."""
