"""Sets of numbers: an interval, and a step that all of them are multiples of.

JSON Schema 2020-12 validation, section 6.2. `integer` is the step 1 (section 6.1.1: 1.0 is an integer). All is decided
on fractions: the decimals as written, without rounding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from monitor.algebra.shape import Shape, all_of
from monitor.values import JsonObject

_MOST_LISTED = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers(Shape):
    """Numbers from `low` to `high` (None: without end), `low_open` and `high_open`: the end itself is not one."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    step: Fraction | None = None

    kind = "number"

    @property
    def whole(self) -> bool:
        """Whether all are integers."""
        return self.step is not None and self.step.denominator == 1


def of_schema(schema: JsonObject, *, integer: bool) -> Numbers:
    """The numbers that the keywords of one schema leave."""
    found = Numbers(step=Fraction(1) if integer else None)
    for keyword, is_open in (("minimum", False), ("exclusiveMinimum", True)):
        if keyword in schema:
            found = meet(found, Numbers(low=exact(schema[keyword]), low_open=is_open))
    for keyword, is_open in (("maximum", False), ("exclusiveMaximum", True)):
        if keyword in schema:
            found = meet(found, Numbers(high=exact(schema[keyword]), high_open=is_open))
    return meet(found, Numbers(step=exact(schema["multipleOf"]))) if "multipleOf" in schema else found


def exact(value: float) -> Fraction:
    """The number as written: 0.1 is a tenth."""
    return Fraction(value) if isinstance(value, int) else Fraction(Decimal(repr(value)))


def plain(number: Fraction) -> Any:
    """The number as JSON has it."""
    return int(number) if number.denominator == 1 else float(number)


def meet(one: Numbers, other: Numbers) -> Numbers:
    """The numbers of both."""
    low = max(((each.low, each.low_open) for each in (one, other) if each.low is not None), default=(None, False))
    highs = [(each.high, not each.high_open) for each in (one, other) if each.high is not None]
    high, closed = min(highs) if highs else (None, True)
    steps = [each.step for each in (one, other) if each.step is not None]
    step = steps[0] if len(steps) == 1 or (steps and steps[0] == steps[1]) else _common(*steps) if steps else None
    parts = all_of(one, other)
    return Numbers(
        low=low[0], low_open=low[1], high=high, high_open=not closed, step=step,
        excluded=parts[0], opaque=parts[1],
    )  # fmt: skip


def _common(one: Fraction, other: Fraction) -> Fraction:
    """The least number that is a multiple of both."""
    return Fraction(math.lcm(one.numerator, other.numerator), math.gcd(one.denominator, other.denominator))


def tight(shape: Numbers) -> Numbers:
    """The same numbers, the ends moved to the first and last multiple of the step."""
    if shape.step is None:
        return shape
    low, high, step = shape.low, shape.high, shape.step
    if low is not None:
        first = math.ceil(low / step) * step
        low = first + step if first == low and shape.low_open else first
    if high is not None:
        last = math.floor(high / step) * step
        high = last - step if last == high and shape.high_open else last
    return replace(shape, low=low, high=high, low_open=False, high_open=False)


def is_empty(shape: Numbers) -> bool:
    """Whether there is no such number."""
    shape = tight(shape)
    if shape.low is None or shape.high is None:
        return False
    return shape.low > shape.high or (shape.low == shape.high and (shape.low_open or shape.high_open))


def within(one: Numbers, other: Numbers) -> bool:
    """Whether all of the first are of the second; False: they are not, or only for a reason that is not seen here."""
    one = tight(one)
    return _steps_fit(one, other) and _starts_in(one, other) and _ends_in(one, other)


def _steps_fit(one: Numbers, other: Numbers) -> bool:
    if other.step is None:
        return True
    if one.step is not None and (one.step / other.step).denominator == 1:
        return True
    return one.low is not None and one.low == one.high and (one.low / other.step).denominator == 1


def _starts_in(one: Numbers, other: Numbers) -> bool:
    if other.low is None:
        return True
    return one.low is not None and (
        one.low > other.low or (one.low == other.low and (one.low_open or not other.low_open))
    )


def _ends_in(one: Numbers, other: Numbers) -> bool:
    if other.high is None:
        return True
    return one.high is not None and (
        one.high < other.high or (one.high == other.high and (one.high_open or not other.high_open))
    )


def covered(one: Numbers, others: Sequence[Numbers]) -> bool:
    """Whether all of the first are of one of the others, no single one of which need have them all."""
    usable = [tight(each) for each in others if _steps_fit(one, each)]
    rest = tight(one)
    while not is_empty(rest):
        fitting = [each for each in usable if _starts_in(rest, each) and not is_empty(meet(rest, each))]
        if not fitting:
            return False
        best = max(fitting, key=lambda each: (each.high is None, each.high or 0, not each.high_open))
        if _ends_in(rest, best):
            return True
        rest = tight(replace(rest, low=best.high, low_open=not best.high_open))
        usable = [each for each in usable if each is not best]
    return True


def listed(shape: Numbers) -> list[Any] | None:
    """All of them, where they are few."""
    shape = tight(shape)
    if shape.step is None or shape.low is None or shape.high is None:
        return None
    count = (shape.high - shape.low) / shape.step + 1
    if count > _MOST_LISTED:
        return None
    return [plain(shape.low + index * shape.step) for index in range(max(0, int(count)))]


def simple(shape: Numbers) -> Iterator[Any]:
    """Some of them, those that read best first."""
    tightened = tight(shape)
    step = tightened.step
    wishes = [Fraction(1), Fraction(0)]
    if step is not None:
        wishes = [step, Fraction(0), *wishes]
    for end, sign in ((tightened.low, 1), (tightened.high, -1)):
        if end is not None:
            away = step or Fraction(1)
            wishes += [end, Fraction(math.ceil(end) if sign > 0 else math.floor(end)), end + sign * away]
    if tightened.low is not None and tightened.high is not None:
        wishes.append((tightened.low + tightened.high) / 2)
    wishes += [Fraction(10), Fraction(100)]
    seen = set[Fraction]()
    for wish in wishes:
        if wish not in seen and has(shape, wish):
            seen.add(wish)
            yield plain(wish)


def has(shape: Numbers, number: Fraction) -> bool:
    """Whether a number is one of them."""
    if shape.step is not None and (number / shape.step).denominator != 1:
        return False
    low, high = shape.low, shape.high
    if low is not None and (number < low or (shape.low_open and number == low)):
        return False
    return high is None or number < high or (number == high and not shape.high_open)


def edges(one: Numbers, other: Numbers) -> Iterator[Any]:
    """Numbers of the first between the steps and beside the ends of the second: an end may be far away."""
    if other.step is not None:
        base = tight(one).low or Fraction(0)
        grid = [one.step] if one.step is not None else [other.step / 2, Fraction(1, 2), Fraction(1, 10)]
        wishes = [start + each * index for start in (Fraction(0), base) for each in grid for index in range(1, 8)]
        wishes += [-wish for wish in wishes]
        yield from (plain(wish) for wish in wishes if has(one, wish) and not has(other, wish))
    for end, sign in ((other.low, -1), (other.high, 1)):
        if end is not None:
            steps = [one.step] if one.step is not None else [Fraction(1), Fraction(1, 2), Fraction(1, 1000)]
            near = end if one.step is None else Fraction(math.floor(end / one.step)) * one.step
            wishes = [end, *(near + sign * index * each for each in steps for index in (1, 0, 2, -1))]
            yield from (plain(wish) for wish in wishes if has(one, wish) and not has(other, wish))
