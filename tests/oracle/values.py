"""Values that aim at the boundaries which the keywords of two plain schemas draw."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.algebra.schemas import by_rust

TEXTS = (
    "", "a", "b", "ab", "red", "aaaa", "2024-01-31", "A1", "xyz", "x@example.org",
    "3fa85f64-5717-4562-b3fc-2c963f66afa6", "2024-01-31T10:00:00Z", "192.0.2.1", "ba", "zz",
)  # fmt: skip
"""At least one text for each pattern and format of the generator, and one that it refuses."""
OTHERS: tuple[Any, ...] = (None, True, False, 0, 1, -1, 0.25, 2**31, 2**63, [], {})
STRAY = "zz"
"""A name that no schema lists."""
PATTERN_NAMES = ("a", "ab", "bb", "x-1", "zb", "z")
MOST = 14
DEEPEST = 4


def values(before: Any, after: Any, random: Random) -> list[Any]:
    """Values near what the two schemas allow and refuse, at every place of both."""
    sampler = _Sampler(random)
    return sampler.at([(before, before), (after, after)], 0, limit=160)


@dataclass
class _Sampler:
    random: Random
    known: dict[tuple[frozenset[int], int], list[Any]] = field(default_factory=dict)
    """Values of places that were met before: a recursive schema leads to the same ones on many ways."""

    def at(self, places: list[tuple[Any, Any]], depth: int, limit: int) -> list[Any]:
        """Values of one place: `places` are the schemas that speak of it, each with its root."""
        key = frozenset(id(schema) for schema, _ in places), depth
        if key not in self.known:
            self.known[key] = self.made(places, depth, limit)
        return self.known[key]

    def made(self, places: list[tuple[Any, Any]], depth: int, limit: int) -> list[Any]:
        parts = [part for place in places for part in parts_of(*place, set())]
        found: list[Any] = [*_scalars(parts)]
        if depth < DEEPEST:
            found += self.arrays(parts, depth)
            found += self.objects(parts, depth)
        return self.chosen(_distinct(found), places, limit)

    def chosen(self, found: list[Any], places: list[tuple[Any, Any]], limit: int) -> list[Any]:
        """As many as the limit lets in, of every kind: which of the places accept it."""
        if len(found) <= limit:
            return found
        judges = [_judge(schema, root) for schema, root in places[:4]]
        groups: dict[tuple[bool, ...], list[Any]] = {}
        for value in found:
            groups.setdefault(tuple(judge(value) for judge in judges), []).append(value)
        for group in groups.values():
            self.random.shuffle(group)
        taken: list[Any] = []
        while len(taken) < limit:
            taken += [group.pop() for group in groups.values() if group]
        return taken[:limit]

    def arrays(self, parts: list[tuple[dict[str, Any], Any]], depth: int) -> Iterator[Any]:
        said = [each for each in parts if each[0].keys() & _OF_ARRAYS]
        if not said and not any("array" in _types(part) for part, _ in parts):
            return
        inner = [(part[keyword], root) for part, root in said for keyword in ("items", "contains") if keyword in part]
        rest = self.at(inner, depth + 1, MOST)
        positions = max((len(part.get("prefixItems", ())) for part, _ in said), default=0)
        heads = []
        for index in range(positions):
            listed = [
                (part["prefixItems"][index], root) for part, root in said if len(part.get("prefixItems", ())) > index
            ]
            heads.append(self.at([*listed, *inner], depth + 1, MOST))
        sizes = {0, 1, 2, positions, positions + 1}
        for part, _ in said:
            for keyword in ("minItems", "maxItems", "minContains", "maxContains"):
                if keyword in part:
                    sizes |= {part[keyword] - 1, part[keyword], part[keyword] + 1}
        for size in sorted(each for each in sizes if 0 <= each <= 6):
            for _ in range(4 if depth else 8):
                columns = [heads[index] if index < positions else rest for index in range(size)]
                yield [self.random.choice(column) for column in columns]
        for value in rest:
            yield [value]
            yield [value, value]
        for index, column in enumerate(heads):
            base = [self.random.choice(each) for each in heads]
            for value in column:
                yield [*base[:index], value, *base[index + 1 :]]
                yield [*base[:index], value]

    def objects(self, parts: list[tuple[dict[str, Any], Any]], depth: int) -> Iterator[Any]:
        said = [each for each in parts if each[0].keys() & _OF_OBJECTS]
        if not said and not any("object" in _types(part) for part, _ in parts):
            return
        names = _names(said)
        columns = {name: self.at(schemas_of_name(said, name), depth + 1, MOST) for name in names}
        sizes = {0, 1, 2}
        for part, _ in said:
            for keyword in ("minProperties", "maxProperties"):
                if keyword in part:
                    sizes |= {part[keyword] - 1, part[keyword], part[keyword] + 1}
        needed = sorted({name for part, _ in said for name in part.get("required", ())})
        listed = sorted({name for part, _ in said for name in part.get("properties", {})})
        good = {name: self.good(columns[name], schemas_of_name(said, name)) for name in names}
        bases = [[], needed, listed, *(list(part.get("required", ())) for part, _ in said[:6])]
        bases += [self.random.sample(names, min(size, len(names))) for size in sorted(sizes) if size >= 0]
        bases = _distinct(bases)
        for base in bases:
            for _ in range(2):
                yield {name: self.random.choice(good[name]) for name in base}
            for name in base:
                yield {other: self.random.choice(good[other]) for other in base if other != name}
        # From what is needed, or listed: one name after the other with each of its values.
        for base in _distinct([needed, listed, *bases[3:5]]):
            for name in names:
                for value in columns[name]:
                    whole = {other: self.random.choice(good[other]) for other in base}
                    yield {**whole, name: value}
        for _ in range(6 if depth else 30):
            some = self.random.sample(names, self.random.randint(0, min(4, len(names))))
            yield {name: self.random.choice(columns[name]) for name in some}

    def good(self, column: list[Any], places: list[tuple[Any, Any]]) -> list[Any]:
        """The values of a name that all of its schemas accept, or most of them."""
        judges = [_judge(schema, root) for schema, root in places[:6]]
        scored = [(sum(judge(value) for judge in judges), value) for value in column]
        best = max(score for score, _ in scored)
        return [value for score, value in scored if score == best]


_OF_ARRAYS = {"items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems", "unevaluatedItems"}
_OF_OBJECTS = {
    "properties", "required", "additionalProperties", "patternProperties", "unevaluatedProperties", "minProperties",
    "maxProperties", "propertyNames", "dependentRequired", "dependentSchemas",
}  # fmt: skip


def parts_of(schema: Any, root: Any, seen: set[str], *, refused: bool = True) -> Iterator[tuple[dict[str, Any], Any]]:
    """The schemas of the same value, whichever way they hold. `refused`: also those that it is only held against."""
    if not isinstance(schema, dict):
        return
    yield schema, root
    reference = schema.get("$ref")
    if reference is not None and reference not in seen:
        seen.add(reference)
        yield from parts_of(root["$defs"][reference.removeprefix("#/$defs/")], root, seen, refused=refused)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(keyword, ()):
            yield from parts_of(each, root, seen, refused=refused)
    for keyword in (*(("not", "if") if refused else ()), "then", "else"):
        yield from parts_of(schema.get(keyword), root, seen, refused=refused)
    for each in schema.get("dependentSchemas", {}).values():
        yield from parts_of(each, root, seen, refused=refused)


def _types(part: dict[str, Any]) -> list[str]:
    types = part.get("type", ())
    return [types] if isinstance(types, str) else list(types)


def _scalars(parts: list[tuple[dict[str, Any], Any]]) -> Iterator[Any]:
    yield from OTHERS
    yield from TEXTS
    for part, _ in parts:
        yield from part.get("enum", ())
        if "const" in part:
            yield part["const"]
        yield from part.get("examples", ())
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            if keyword in part:
                bound = part[keyword]
                yield from (bound, bound + 1, bound - 1, bound + 0.25, bound - 0.25)
        if "multipleOf" in part:
            step = part["multipleOf"]
            yield from (step, 2 * step, 3 * step, step / 2, 6 * step, step + 1)
        for keyword in ("minLength", "maxLength"):
            if keyword in part:
                size = part[keyword]
                for letter in "ax2":
                    yield from (letter * each for each in (size, size + 1, max(0, size - 1)))


def _names(parts: list[tuple[dict[str, Any], Any]]) -> list[str]:
    found = {STRAY}
    for part, _ in parts:
        found.update(part.get("properties", ()), part.get("required", ()), part.get("dependentSchemas", ()))
        if "patternProperties" in part or "propertyNames" in part:
            found.update(PATTERN_NAMES)
        for trigger, names in part.get("dependentRequired", {}).items():
            found.update((trigger, *names))
    return sorted(found)


def schemas_of_name(parts: list[tuple[dict[str, Any], Any]], name: str) -> list[tuple[Any, Any]]:
    """The schemas that may speak of the value under a name."""
    found = []
    for part, root in parts:
        if name in part.get("properties", {}):
            found.append((part["properties"][name], root))
        found += [(each, root) for text, each in part.get("patternProperties", {}).items() if re.search(text, name)]
        if name not in part.get("properties", {}):
            found += [
                (part[keyword], root)
                for keyword in ("additionalProperties", "unevaluatedProperties")
                if isinstance(part.get(keyword), dict)
            ]
    return found


def _judge(schema: Any, root: Any) -> Callable[[Any], bool]:
    if isinstance(schema, bool):
        return lambda _: schema
    return by_rust({**schema, "$defs": root.get("$defs", {})})  # type: ignore[no-any-return]


def _distinct(found: Iterable[Any]) -> list[Any]:
    return list({repr(value): value for value in found}.values())
