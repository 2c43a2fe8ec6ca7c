"""Sets of texts: an interval of lengths in code points, patterns, formats (2020-12 validation, sections 6.3 and 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

from monitor.algebra import formats
from monitor.algebra.patterns import find_text
from monitor.algebra.shape import Shape, all_of
from monitor.algebra.steps import Steps, Undecidable
from monitor.values import JsonObject

_LONGEST_SHOWN = 100_000
_PATTERN_STEPS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Strings(Shape):
    """Texts of `least` to `most` characters (None: without end) that match all patterns and have all formats."""

    kind: ClassVar[str] = "string"
    least: int = 0
    most: int | None = None
    patterns: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()


def of_schema(schema: JsonObject) -> Strings:
    """The texts that the keywords of one schema leave."""
    least, most = formats.SIZES.get(schema.get("format", ""), (0, None))
    ends = [end for end in (most, schema.get("maxLength")) if end is not None]
    return Strings(
        least=max(least, schema.get("minLength", 0)),
        most=min(ends) if ends else None,
        patterns=frozenset({schema["pattern"]} if "pattern" in schema else ()),
        formats=frozenset({schema["format"]} if "format" in schema else ()),
    )


def meet(one: Strings, other: Strings) -> Strings:
    """The texts of both."""
    ends = [each.most for each in (one, other) if each.most is not None]
    excluded, opaque = all_of(one, other)
    return Strings(
        least=max(one.least, other.least),
        most=min(ends) if ends else None,
        patterns=one.patterns | other.patterns,
        formats=one.formats | other.formats,
        excluded=excluded,
        opaque=opaque,
    )


def is_empty(shape: Strings, steps: Steps) -> bool:
    """Whether there is no such text, as far as it can be told."""
    if shape.most is not None and shape.least > shape.most:
        return True
    if any(formats.apart(first, second) for first, second in combinations(sorted(shape.formats), 2)):
        return True
    return bool(shape.patterns) and _none(shape, (), steps)


def within(one: Strings, other: Strings, steps: Steps) -> bool:
    """Whether all of the first are of the second; False: they are not, or it cannot be told."""
    if not other.formats <= one.formats:
        return False
    fits = one.least >= other.least and (other.most is None or (one.most is not None and one.most <= other.most))
    if not fits and not (one.patterns and _lengths_fit(one, other, steps)):
        return False
    return all(_none(one, (pattern,), steps) for pattern in sorted(other.patterns - one.patterns))


def _lengths_fit(one: Strings, other: Strings, steps: Steps) -> bool:
    """Whether the patterns of the first leave only lengths of the second."""
    if one.least < other.least and not _none(
        Strings(least=one.least, most=min(other.least - 1, one.most or other.least), patterns=one.patterns), (), steps
    ):
        return False
    if other.most is None or (one.most is not None and one.most <= other.most):
        return True
    return _none(Strings(least=max(one.least, other.most + 1), most=one.most, patterns=one.patterns), (), steps)


def _none(shape: Strings, refuse: tuple[str, ...], steps: Steps) -> bool:
    """Whether it is certain that no text of the shape fails one of `refuse` (or is, where there is nothing to fail)."""
    try:
        return _search(shape, refuse, steps) is None
    except Undecidable as error:
        steps.doubt(error.why)
        return False


def _search(shape: Strings, refuse: tuple[str, ...], steps: Steps) -> str | None:
    purse = steps.share(_PATTERN_STEPS)
    try:
        return find_text(sorted(shape.patterns), refuse, (shape.least, shape.most), purse)
    finally:
        steps.spend(purse.spent // 8)  # a state of an automaton is less work than a pair of schemas


def simple(shape: Strings, steps: Steps) -> Iterator[str]:
    """Some texts that have the lengths and formats or the patterns; those that read best first."""
    for name in sorted(shape.formats):
        yield formats.EXAMPLES[name]
    for atom in sorted(shape.opaque):
        if atom[0] == "format" and atom[1] in formats.SHOWN:
            yield formats.SHOWN[atom[1]]
    yield from (fitted(word, shape) for word in ("text", "example", "a", "1") if shape.least <= _LONGEST_SHOWN)
    if shape.patterns:
        try:
            found = _search(shape, (), steps)
        except Undecidable:
            found = None
        if found is not None:
            yield found


def fitted(word: str, shape: Strings) -> str:
    """A word cut or repeated to a length that the shape has."""
    if shape.most is not None:
        word = word[: shape.most]
    return word if len(word) >= shape.least else (word * (shape.least // max(1, len(word)) + 1))[: shape.least]


def edges(one: Strings, other: Strings, steps: Steps) -> Iterator[str]:
    """Texts of the first that are too short, too long, or of another form for the second."""
    if other.least > one.least:
        yield from _of_length(one, other.least - 1, steps)
    longer = other.most is not None and (one.most is None or one.most > other.most)
    if longer and other.most is not None and other.most >= _LONGEST_SHOWN:
        steps.doubt(f"a text of more than {other.most:,} characters would show it, which is too long to be read")
    elif longer and other.most is not None:
        yield from _of_length(one, max(other.most + 1, one.least), steps)
    for pattern in sorted(other.patterns - one.patterns):
        yield from (fitted(word, one) for word in ("text", "Other text", "1", "?") if one.least <= _LONGEST_SHOWN)
        try:
            found = _search(one, (pattern,), steps)
        except Undecidable:
            found = None
        if found is not None:
            yield found
    if other.formats - one.formats:
        yield from (fitted(word, one) for word in ("text", "other") if one.least <= _LONGEST_SHOWN)
        yield from (text for name, text in sorted(formats.EXAMPLES.items()) if name not in other.formats)


def _of_length(shape: Strings, length: int, steps: Steps) -> Iterator[str]:
    exactly = Strings(least=length, most=length, patterns=shape.patterns, formats=shape.formats)
    if "uri" in shape.formats and length > len(formats.EXAMPLES["uri"]) + 1:
        yield (formats.EXAMPLES["uri"] + "/" + "a" * length)[:length]
    if "email" in shape.formats and length > len(formats.EXAMPLES["email"]):
        yield ("a" * length + formats.EXAMPLES["email"])[-length:]
    yield from simple(exactly, steps)
