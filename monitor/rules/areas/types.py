"""Types, nullability, formats, and the items of arrays."""

from __future__ import annotations

from monitor.compare import formats
from monitor.compare.changes import (
    BecameNonNullable,
    BecameNullable,
    Effect,
    FormatChanged,
    FormatNarrowed,
    FormatWidened,
    ItemsAdded,
    ItemsRemoved,
    TypeChanged,
    TypeNarrowed,
    TypeWidened,
)
from monitor.rules.areas.wording import CHECK_KIND, READ_BOTH, STILL_TAKEN, VALIDATE
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


def _both_known(change: FormatChanged) -> bool:
    return all(isinstance(value, str) and value in formats.APART for value in (change.before, change.after))


@rule(
    on=TypeNarrowed,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Values of a type that was accepted are refused now. What is received is of a type that a "
    "client knows already.",
    advice=STILL_TAKEN,
    example=Example.of(before="{type: [string, integer]}", after="{type: string}"),
)
def type_became_narrower(change: TypeNarrowed) -> None:
    """Fewer types are accepted: it was {before} and is {after}."""


@rule(
    on=TypeWidened,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive values of a type that it was never told of.",
    advice="Branch on the type of the value where you read it; in a typed client the field needs a union.",
    example=Example.of(before="{type: string}", after="{type: [string, integer]}"),
)
def type_became_wider(change: TypeWidened) -> None:
    """More types are accepted: it was {before} and is {after}."""


@rule(
    on=TypeChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="What was sent is refused, and what is received is of another type.",
    advice=READ_BOTH,
    example=Example.of(before="{type: string}", after="{type: integer}"),
)
def type_changed(change: TypeChanged) -> None:
    """The type changed from {before} to {after}."""


@rule(
    on=BecameNullable,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive null where it never did.",
    advice="Handle null wherever you read the value; in a typed client its field must allow for it.",
    example=Example.of(before="{type: string}", after="{type: [string, 'null']}"),
)
def value_became_nullable(change: BecameNullable) -> None:
    """The value may be null now."""


@rule(
    on=BecameNonNullable,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller that sends null was served, and is now refused.",
    advice="Find where you send null. Send a value there, or leave the member out where it may be absent.",
    example=Example.of(before="{type: [string, 'null']}", after="{type: string}"),
)
def value_became_non_nullable(change: BecameNonNullable) -> None:
    """The value may no longer be null."""


@rule(
    on=FormatNarrowed,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Values that do not have the format were accepted, and are refused now.",
    advice="Write the value in the new format, and check stored ones before you send them.",
    example=Example.of(before="{type: integer, format: int64}", after="{type: integer, format: int32}"),
)
def format_became_narrower(change: FormatNarrowed) -> None:
    """The format asks for more than before: it was {before} and is {after}."""


@rule(
    on=FormatWidened,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive values that do not have the format it was promised.",
    advice="Parse values without the old format too, and give numbers a variable as wide as the new one: `int64` for "
    "`int32`.",
    example=Example.of(before="{type: integer, format: int32}", after="{type: integer, format: int64}"),
)
def format_became_wider(change: FormatWidened) -> None:
    """The format asks for less than before: it was {before} and is {after}."""


@rule(
    on=FormatChanged,
    when=_both_known,
    effect=Effect.CHANGED,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="Both formats are well known, and values of the one do not have the other: what was sent is "
    "refused, and what is "
    "received cannot be read as before.",
    advice=READ_BOTH,
    example=Example.of(before="{type: string, format: date-time}", after="{type: string, format: date}"),
)
def format_changed(change: FormatChanged) -> None:
    """The format changed from {before} to {after}."""


@rule(
    on=FormatChanged,
    when=lambda change: not _both_known(change),
    request=Level.RISKY,
    response=Level.RISKY,
    why="What a format of the provider's own means is its own affair, so which values were accepted "
    "before, and which are now, is "
    "undecided.",
    advice="Ask the provider what its format means, and compare that with what your code writes and reads.",
    example=Example.of(before="{type: string, format: ulid}", after="{type: string, format: ksuid}"),
)
def unknown_format_changed(change: FormatChanged) -> None:
    """The format was {before} and is {after}; what that comes to no standard says."""


@rule(
    on=ItemsAdded,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Any items were accepted; now only those that fit the schema are.",
    advice=VALIDATE,
    example=Example.of(before="{type: array}", after="{type: array, items: {type: string}}"),
)
def items_added(change: ItemsAdded) -> None:
    """A schema is stated for the items."""


@rule(
    on=ItemsRemoved,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive items of any kind.",
    advice=CHECK_KIND,
    example=Example.of(before="{type: array, items: {type: string}}", after="{type: array}"),
)
def items_removed(change: ItemsRemoved) -> None:
    """The schema of the items is no longer stated."""
