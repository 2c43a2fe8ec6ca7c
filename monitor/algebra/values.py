"""Values that fit a schema, made to be read: the document's own examples, words, dates, small numbers.

`Builder.values` yields values by construction. What a shape holds back as `excluded` or `opaque` is not constructed but
left to the validator, which has the last word on every value that leaves the algebra.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any

from monitor.algebra import formats, numbers, strings
from monitor.algebra.arrays import Arrays, both
from monitor.algebra.expansion import Expansion
from monitor.algebra.numbers import Numbers
from monitor.algebra.objects import Objects
from monitor.algebra.shape import Shape, Values, kind_of
from monitor.algebra.strings import Strings
from monitor.algebra.world import ANYTHING, Term, shown_by
from monitor.values import JsonValue, same

_DEEPEST = 12
_MOST_ITEMS = 200
_TRIES = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ORDER = ("string", "object", "number", "array", "values")
NOTHING: Any = object()
"""No value: `None` is one."""


@dataclass(slots=True)
class Builder:
    """Makes values for the terms of one world.

    `random` None: the plainest value, required properties only. Otherwise whatever may be chosen is chosen by it.
    `full`: all properties that are listed.
    """

    expansion: Expansion
    random: Random | None = None
    full: bool = False
    _open: list[Term] = field(default_factory=list)
    _known: dict[tuple[Term, str], list[JsonValue]] = field(default_factory=dict)
    _firsts: dict[tuple[Term, str, int], tuple[JsonValue, Any]] = field(default_factory=dict)
    """The best value by term, name and the identity of the hint, which is kept with it."""
    _cut: int = 0
    """How often a term was passed over because it is being made already: what is made then is not kept."""

    def values(self, term: Term, hint: JsonValue = None, name: str = "") -> Iterator[JsonValue]:
        """Values of a term, the best first. Raises Undecidable.

        `hint`: what an example of a larger value shows here, None for nothing. `name`: of the property that it is.
        """
        plainest = hint is None and self.random is None and not self.full
        if plainest and (term, name) in self._known:
            yield from self._known[term, name]
            return
        if term in self._open or len(self._open) > _DEEPEST:
            self._cut += 1
            return
        self.expansion.steps.spend()
        before = self._cut
        self._open.append(term)
        try:
            found = list(islice(self._values(term, hint, name), _TRIES * 3))
        finally:
            self._open.pop()
        if plainest and before == self._cut:
            self._known[term, name] = found
        yield from found

    def first(self, term: Term, hint: JsonValue = None, name: str = "") -> Any:
        """The best of `values`, or `NOTHING`; where nothing is left to chance the others are not made."""
        if self.random is not None or self.full:
            return next(self.values(term, hint, name), NOTHING)
        if hint is None and (term, name) in self._known:
            return next(iter(self._known[term, name]), NOTHING)
        key = term, name, id(hint)
        if key in self._firsts:
            return self._firsts[key][1]
        if term in self._open or len(self._open) > _DEEPEST:
            self._cut += 1
            return NOTHING
        self.expansion.steps.spend()
        before = self._cut
        self._open.append(term)
        try:
            found = next(self._values(term, hint, name), NOTHING)
        finally:
            self._open.pop()
        if before == self._cut:
            self._firsts[key] = hint, found
        return found

    def _values(self, term: Term, hint: JsonValue, name: str) -> Iterator[JsonValue]:
        hints = [hint, *self.shown(term, name)]
        shown = [value for value in hints if value is not None and kind_of(value) not in ("object", "array")]
        if self.random is not None and self.random.random() < 0.5:
            shown = []
        yield from (value for value in self._shuffled(shown) if self.expansion.world.valid(term, value))
        shapes = sorted(self.expansion.shapes(term), key=lambda shape: _ORDER.index(shape.kind))
        listed = [shape for shape in shapes if isinstance(shape, Values) and shape.values != (None, False, True)]
        for shape in self._shuffled([*listed, *(each for each in shapes if each not in listed)]):
            yield from islice(self.of_shape(shape, term, hints, name), _TRIES)

    def shown(self, term: Term, name: str = "") -> list[JsonValue]:
        """The values that the document shows for a property of a name, then those of the definitions it refers to."""
        world, seen = self.expansion.world, set[str]()
        found = [value for number in term for value in world.shown.get((name, number), ())]
        waiting = list(world.of(term))
        while waiting:
            schema = waiting.pop(0)
            if isinstance(schema, dict):
                waiting.extend(schema.get("allOf", ()))
                reference = schema.get("$ref")
                if reference is not None and reference not in seen:
                    seen.add(reference)
                    target = world.target(reference)
                    found.extend(shown_by(target) if isinstance(target, dict) else ())
                    waiting.append(target)
        return found

    def of_shape(
        self, shape: Shape, term: Term, hints: Sequence[JsonValue] = (), name: str = ""
    ) -> Iterator[JsonValue]:
        """Values of a shape; `term`: one that it is within."""
        world = self.expansion.world
        if isinstance(shape, Values):
            ordered = sorted(shape.values, key=lambda value: value is None)
            yield from (value for value in self._shuffled(ordered) if world.valid(term, value))
        elif isinstance(shape, Numbers):
            yield from self._shuffled(list(numbers.simple(shape)))
        elif isinstance(shape, Strings):
            yield from (text for text in self._texts(shape) if not shape.patterns or world.valid(term, text))
        elif isinstance(shape, Arrays):
            yield from self._arrays(shape, hints, name)
        elif isinstance(shape, Objects):
            yield from self._objects(shape, hints)

    def _texts(self, shape: Strings) -> Iterator[str]:
        found = strings.simple(shape, self.expansion.steps)
        if self.random is None:
            return found
        word = strings.fitted(self.random.choice(("alpha", "beta", "gamma", "delta")), shape)
        longer = "x" * (shape.least + self.random.randrange(1, 8))
        made = [formats.drawn(name, self.random) for name in sorted(shape.formats)]
        return iter([*made, *self._shuffled([word, strings.fitted(longer, shape), *found])])

    def _shuffled(self, found: list[Any]) -> list[Any]:
        return self.random.sample(found, len(found)) if self.random else found

    def _arrays(self, shape: Arrays, hints: Sequence[JsonValue], name: str) -> Iterator[list[JsonValue]]:
        counts = [shape.least]
        if (self.random or self.full) and (shape.most is None or shape.most > shape.least):
            more = self.random.randrange(1, 3) if self.random else 1
            counts.insert(0, shape.least + min(more, (shape.most or shape.least + more) - shape.least))
        asked = [self._contained(each) for each in sorted(shape.opaque) if each[0] == "contains"]
        for count in counts:
            if count <= _MOST_ITEMS:
                needed = max(count, *(number for _, number in asked)) if asked else count
                contained = [term for term, number in asked for _ in range(number)]
                found = self.array(shape, needed, hints, contained, name)
                if found is not None:
                    yield found

    def _contained(self, atom: tuple[str, ...]) -> tuple[Term, int]:
        return tuple(int(number) for number in atom[1].split(",") if number), int(atom[2])

    def array(
        self,
        shape: Arrays,
        count: int,
        hints: Sequence[JsonValue] = (),
        contained: Sequence[Term] = (),
        name: str = "",
    ) -> list[JsonValue] | None:
        """An array of a number of items, or None."""
        shown = next((hint for hint in hints if isinstance(hint, list)), [])
        found: list[JsonValue] = []
        for index in range(count):
            extra = contained[index] if index < len(contained) else ANYTHING
            hint = shown[index] if index < len(shown) else None
            term = both(shape.item(index), extra)
            if shape.unique:
                choices = self._distinct(self.values(term, hint, f"{name}[]"), shape, index)
                choice = next((each for each in choices if not _is_in(each, found)), NOTHING)
            else:
                choice = self.first(term, hint, f"{name}[]")
            if choice is NOTHING:
                return None
            found.append(choice)
        return found

    def _distinct(self, choices: Iterator[Any], shape: Arrays, index: int) -> Iterator[Any]:
        """More choices for items that must differ: texts and numbers are counted on."""
        for choice in choices:
            yield choice
            if isinstance(choice, str) or (isinstance(choice, int) and not isinstance(choice, bool)):
                for number in range(2, index + 4):
                    other = choice + number if isinstance(choice, int) else f"{choice}{number}"
                    if self.expansion.world.valid(shape.item(index), other):
                        yield other

    def _objects(self, shape: Objects, hints: Sequence[JsonValue]) -> Iterator[dict[str, Any]]:
        world = self.expansion.world
        optional = [
            name for name in shape.named if name not in shape.required and not world.is_unsent(shape.named[name])
        ]
        wishes: list[list[str]] = [[]]
        if self.full and len(self._open) <= 3:
            wishes.insert(0, optional)
        elif self.random is not None and len(self._open) <= 4:
            wishes.insert(0, [name for name in optional if self.random.random() < 0.5])
        for more in wishes:
            found = self.object(shape, more, hints)
            if found is not None:
                yield found

    def object(
        self,
        shape: Objects,
        more: list[str],
        hints: Sequence[JsonValue] = (),
        given: dict[str, JsonValue] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> dict[str, Any] | None:
        """An object with what is required, and with `more` as far as there is room, or None.

        `given`: values of some properties; `without`: properties that are left out, required or not.
        """
        world, given, shown = (
            self.expansion.world,
            given or {},
            [each for each in hints if isinstance(each, dict)],
        )
        found: dict[str, Any] = {}
        needed = [name for name in shape.mentioned() if name in shape.required or name in given]
        for name in [*needed, *(name for name in more if name not in needed)]:
            if name in without or (name not in needed and shape.most is not None and len(found) >= shape.most):
                continue
            hint = next((each[name] for each in shown if name in each), None)
            value = given[name] if name in given else self.first(shape.at(world, name), hint, name)
            if value is not NOTHING:
                found[name] = value
            elif name in needed:
                return None
        return self._filled(shape, found, without)

    def names_term(self, shape: Objects) -> Term:
        """What the names of properties must be (`propertyNames`), beside texts."""
        asked = [atom[1] for atom in sorted(shape.opaque) if atom[0] == "propertyNames"]
        numbers_ = {int(number) for listed in asked for number in listed.split(",")}
        return both(tuple(sorted(numbers_)), self.expansion.world.term({"type": "string"})) if numbers_ else ANYTHING

    def new_names(self, shape: Objects) -> Iterator[str]:
        """Names of properties that are not listed."""
        world, term = self.expansion.world, self.names_term(shape)
        names: Iterable[str] = (
            "note",
            "extra",
            "more",
            "other",
            *_LETTERS,
            *(f"property{index}" for index in range(1, 500)),
        )
        if term:
            names = (*(str(name) for name in self.values(term)), *names)
        yield from (name for name in names if name not in shape.named and (not term or world.valid(term, name)))

    def _filled(self, shape: Objects, found: dict[str, Any], without: frozenset[str]) -> dict[str, Any] | None:
        """The object with as many further properties as it must have."""
        world = self.expansion.world
        spare = [name for name in shape.named if name not in found]
        spare.sort(key=lambda name: world.is_unsent(shape.named[name]))
        for name in [*spare, *islice(self.new_names(shape), shape.least)]:
            if len(found) >= shape.least:
                return found
            if name not in without and name not in found:
                value = self.first(shape.at(world, name), None, name)
                if value is not NOTHING:
                    found[name] = value
        return found if len(found) >= shape.least else None


def _is_in(value: JsonValue, found: list[JsonValue]) -> bool:
    return any(same(value, each) for each in found)
