"""The shape of an example: its keys, the types of its values, and the forms of its texts that can be recognised.

An example is no schema. What it shows is there; what it does not show, nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from monitor.values import JsonValue

OBJECT, LIST, NUMBER, FLAG, NULL, TEXT = "an object", "a list", "a number", "true or false", "null", "a text"

_FORMS: Final = tuple(
    (name, re.compile(pattern, re.ASCII | re.IGNORECASE))
    for name, pattern in (
        (
            "an RFC 1123 date",
            r"(mon|tue|wed|thu|fri|sat|sun), \d\d? [a-z]{3} \d{4} \d\d:\d\d:\d\d ([a-z]{1,4}|[+-]\d{4})",
        ),
        ("an RFC 3339 date and time", r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d:\d\d(\.\d+)?(z|[+-]\d\d:\d\d)"),
        ("a date", r"\d{4}-\d\d-\d\d"),
        ("a UUID", r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"),
        ("a URL", r"[a-z][a-z0-9+.-]*://\S+"),
        ("an integer written as a text", r"[+-]?\d+"),
    )
)
"""Forms of a text that a reader would tell from others (RFC 1123, 5.2.14; RFC 3339, 5.6; RFC 9562, 4; RFC 3986, 3)."""
FORMS: Final = frozenset(name for name, _ in _FORMS)

_PLACEHOLDER: Final = re.compile(r"\s*|\.{3}|…|<.*>|\{.*\}|\[.*\]|\$\w+|(YOUR|MY)[_A-Z0-9]*|string|x+", re.ASCII)
"""Texts that stand for any other: they say nothing of a form."""


@dataclass(slots=True)
class Shape:
    """What a place of an example shows: the kinds of its values (an example of each), its keys, and its items."""

    kinds: dict[str, JsonValue] = field(default_factory=dict)
    keys: dict[str, Shape] = field(default_factory=dict)
    items: Shape | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two shapes differ. `was` or `now` is empty where there is no such key."""

    path: tuple[str, ...]
    was: str
    now: str
    old: JsonValue
    new: JsonValue


def shape_of(value: JsonValue, shape: Shape | None = None) -> Shape:
    """The shape of a value; the items of a list together have one."""
    shape = shape if shape is not None else Shape()
    shape.kinds.setdefault(_kind(value), value)
    if isinstance(value, dict):
        for key in sorted(value):
            shape.keys[key] = shape_of(value[key], shape.keys.get(key))
    elif isinstance(value, list):
        for item in value:
            shape.items = shape_of(item, shape.items)
    return shape


def _kind(value: JsonValue) -> str:
    if isinstance(value, bool):
        return FLAG
    if isinstance(value, str):
        if _PLACEHOLDER.fullmatch(value):
            return ""
        return next((name for name, pattern in _FORMS if pattern.fullmatch(value)), TEXT)
    if isinstance(value, int | float):
        return NUMBER
    return NULL if value is None else OBJECT if isinstance(value, dict) else LIST


def differences(before: Shape, after: Shape, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """Where two shapes differ, in the order of their keys."""
    was, now = _stated(before), _stated(after)
    was = [] if was == [NULL] else was  # a lone `null` says of no other value that it cannot come
    news = [kind for kind in now if kind not in was and not (kind in FORMS and TEXT in was)]
    if was and news:
        shown = before.kinds[was[0]], after.kinds[news[0]]
        yield Difference(path, " or ".join(was), " or ".join(now), *shown)
    for key in sorted(before.keys.keys() | after.keys.keys()):
        mine, yours = before.keys.get(key), after.keys.get(key)
        if mine is not None and yours is not None:
            yield from differences(mine, yours, (*path, key))
        elif mine is not None and OBJECT in after.kinds:
            yield Difference((*path, key), _named(mine), "", _example(mine), None)
        elif yours is not None and OBJECT in before.kinds:
            yield Difference((*path, key), "", _named(yours), None, _example(yours))
    if before.items is not None and after.items is not None:
        yield from differences(before.items, after.items, (*path, "[]"))


def _stated(shape: Shape) -> list[str]:
    """The kinds that say something; where there is a placeholder, nothing does: it may be any text."""
    return [] if "" in shape.kinds else sorted(shape.kinds)


def _named(shape: Shape) -> str:
    return " or ".join(sorted(kind or TEXT for kind in shape.kinds))


def _example(shape: Shape) -> JsonValue:
    return next(iter(shape.kinds.values()))


def places(shape: Shape, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every place of a shape: how alike two examples are is told by those they share."""
    yield path
    for key, inner in shape.keys.items():
        yield from places(inner, (*path, key))
    if shape.items is not None:
        yield from places(shape.items, (*path, "[]"))
