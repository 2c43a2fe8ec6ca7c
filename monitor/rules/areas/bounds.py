"""Bounds: `maximum`, `maxLength`, `minItems`, … are one table. Four rules come of each row.

That the number of a bound is itself accepted, or no longer, is two rules for all of them.

Which edit narrows is written once, in `_declare_row`: forty rules by hand would be forty chances to get one wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from monitor.compare.changes import (
    BoundAdded,
    BoundBecameExclusive,
    BoundBecameInclusive,
    BoundDecreased,
    BoundIncreased,
    BoundRemoved,
    Effect,
)
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule

_Bound = BoundAdded | BoundDecreased | BoundIncreased | BoundRemoved


@dataclass(frozen=True, slots=True)
class _Keyword:
    """One row: a keyword, what it bounds in words, a schema to show it on, and whether it is a length."""

    name: str
    subject: str
    schema: str
    low: int
    high: int
    length: bool
    always: bool = False
    """The keyword has a value where it is not stated: it goes up and down, and is never new or gone."""

    @property
    def upper(self) -> bool:
        return "max" in self.name.lower()

    @property
    def kebab(self) -> str:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", self.name).lower()


_NUMBER: Final = "type: integer"
_TEXT: Final = "type: string"
_LIST: Final = "type: array, items: {type: string}"
_COUNTED: Final = "type: array, items: {}, contains: {type: string}"
_MAP: Final = "type: object, additionalProperties: {type: string}"

KEYWORDS: Final = (
    _Keyword("minimum", "the number", _NUMBER, 1, 10, length=False),
    _Keyword("maximum", "the number", _NUMBER, 100, 1000, length=False),
    _Keyword("exclusiveMinimum", "the number", _NUMBER, 0, 9, length=False),
    _Keyword("exclusiveMaximum", "the number", _NUMBER, 101, 1001, length=False),
    _Keyword("minLength", "the text's length", _TEXT, 1, 8, length=True),
    _Keyword("maxLength", "the text's length", _TEXT, 64, 255, length=True),
    _Keyword("minItems", "the number of items", _LIST, 1, 2, length=True),
    _Keyword("maxItems", "the number of items", _LIST, 10, 50, length=True),
    _Keyword("minContains", "the number of items that count", _COUNTED, 1, 2, length=True, always=True),
    _Keyword("maxContains", "the number of items that count", _COUNTED, 3, 9, length=True),
    _Keyword("minProperties", "the number of properties", _MAP, 1, 2, length=True),
    _Keyword("maxProperties", "the number of properties", _MAP, 10, 50, length=True),
)

_FIRST_STATED: Final = (
    "A length had a limit on the server before it stood in the document: stating it seldom refuses "
    "anything new, and the "
    "field warns."
)
_COUNTING: Final = (
    "The algebra does not count the items that fit `contains`, so that of the example's sets it can tell nothing."
)
_ADVICE: Final = {
    Effect.NARROWED: "Look for values beyond the bound in what you send, stored ones too, and check before each call.",
    Effect.WIDENED: "See whether columns, buffers, number types and forms of yours hold values beyond the old bound.",
}


def _picks(keyword: str) -> Callable[[_Bound], bool]:
    return lambda change: change.keyword == keyword


def _schema(row: _Keyword, bound: int | None) -> str:
    return f"{{{row.schema}}}" if bound is None else f"{{{row.schema}, {row.name}: {bound}}}"


def _why(row: _Keyword, effect: Effect) -> str:
    if effect is Effect.NARROWED:
        return f"Values beyond the bound on {row.subject} were accepted, and are refused now."
    return f"A client may receive values beyond the bound on {row.subject} that it was promised."


def _declare(
    row: _Keyword, on: type[_Bound], verb: str, sentence: str, pair: tuple[int | None, int | None], effect: Effect
) -> None:
    narrowed = effect is Effect.NARROWED
    waived = verb == "added" and row.length

    def declared(change: _Bound) -> None:
        """One cell of the table; its sentence is given in the declaration."""

    rule(
        on=on,
        when=_picks(row.name),
        name=f"{row.kebab}-{verb}",
        sentence=sentence,
        effect=effect,
        request=(Level.RISKY if waived else Level.BREAKING) if narrowed else Level.COMPATIBLE,
        response=Level.COMPATIBLE if narrowed else Level.BREAKING,
        waiver=_FIRST_STATED if waived else None,
        unseen=_COUNTING if row.schema == _COUNTED and not waived else None,
        why=_why(row, effect),
        advice=_ADVICE[effect],
        example=Example.of(before=_schema(row, pair[0]), after=_schema(row, pair[1])),
    )(declared)


def _declare_row(row: _Keyword) -> None:
    raised, lowered = (Effect.WIDENED, Effect.NARROWED) if row.upper else (Effect.NARROWED, Effect.WIDENED)
    name = f"`{row.name}`"
    up, down = (row.low, row.high), (row.high, row.low)
    if not row.always:
        _declare(row, BoundAdded, "added", f"{name} is stated now: {{after}}.", (None, row.low), Effect.NARROWED)
        gone = f"{name} is no longer stated; it was {{before}}."
        _declare(row, BoundRemoved, "removed", gone, (row.low, None), Effect.WIDENED)
    _declare(row, BoundIncreased, "increased", f"{name} went up from {{before}} to {{after}}.", up, raised)
    _declare(row, BoundDecreased, "decreased", f"{name} went down from {{before}} to {{after}}.", down, lowered)


for _row in KEYWORDS:
    _declare_row(_row)


@rule(
    on=BoundBecameExclusive,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="The number of the bound itself was accepted, and is refused now.",
    advice="Look for the number of the bound in what you send, as a default or a sentinel too, and send another.",
    example=Example.of(before="{type: number, minimum: 0}", after="{type: number, exclusiveMinimum: 0}"),
)
def bound_became_exclusive(change: BoundBecameExclusive) -> None:
    """The bound {after} is itself no longer accepted: `{keyword}`."""


@rule(
    on=BoundBecameInclusive,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive the number of the bound itself, which it was promised not to.",
    advice="See what your code makes of the number of the bound: a zero to divide by, an index beyond the end.",
    example=Example.of(before="{type: number, exclusiveMinimum: 0}", after="{type: number, minimum: 0}"),
)
def bound_became_inclusive(change: BoundBecameInclusive) -> None:
    """The bound {after} is itself accepted now: `{keyword}`."""
