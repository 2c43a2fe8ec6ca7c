"""From a term to the union of shapes that it is: `$ref`, `allOf`, `anyOf`, `oneOf`, `not`, `if` resolved in place.

Only what speaks of the same value is resolved; what speaks of its parts stays a term, so that recursive schemas are
finite here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Final, TypeVar, cast

from monitor.algebra import arrays, numbers, objects, strings
from monitor.algebra.arrays import Arrays
from monitor.algebra.numbers import Numbers
from monitor.algebra.objects import Objects
from monitor.algebra.shape import Shape, Values, kind_of
from monitor.algebra.steps import Steps, Undecidable
from monitor.algebra.strings import Strings
from monitor.algebra.world import Term, World
from monitor.values import JsonObject, JsonValue, canonical_bytes

_MOST_SHAPES = 500
_TOO_MANY: Final = f"a schema has more than {_MOST_SHAPES} alternatives"
_KINDS: Final = ("null", "boolean", "number", "string", "array", "object")
_NULL_AND_BOOLEANS: Final = {"null": (None,), "boolean": (False, True)}

Made = TypeVar("Made", bound=Shape)


@dataclass(slots=True)
class Expansion:
    """Terms to shapes, each once."""

    world: World
    steps: Steps
    _known: dict[Term, list[Shape]] = field(default_factory=dict)
    _too_many: set[Term] = field(default_factory=set)
    """Terms of which it is known that they have too many shapes: finding that out again costs the same again."""
    _under_way: set[tuple[int, bool]] = field(default_factory=set)

    def shapes(self, term: Term) -> list[Shape]:
        """The shapes whose union the term is. Raises Undecidable where they are too many."""
        found = self._known.get(term)
        if found is not None:
            return found
        if term in self._too_many:
            raise Undecidable(_TOO_MANY)
        try:
            found = universe()
            for schema in self.world.of(term):
                found = self._met(found, self._schema(schema, looked=False))
        except Undecidable as error:
            if error.why == _TOO_MANY:
                self._too_many.add(term)
            raise
        self._known[term] = found
        return found

    def _schema(self, schema: JsonValue, *, looked: bool) -> list[Shape]:
        """`looked`: a schema around this one asks which properties have been looked at."""
        self.steps.spend()
        if not isinstance(schema, dict):
            return [] if schema is False else universe()
        looked = looked or "unevaluatedProperties" in schema
        key = id(schema), looked
        if key in self._under_way:
            raise Undecidable("a schema is defined by itself")
        self._under_way.add(key)
        try:
            found = self._own(schema)
            for each in self._parts(schema, looked=looked):
                found = self._met(found, each)
                if not found:
                    break
        finally:
            self._under_way.discard(key)
        if "unevaluatedProperties" in schema:
            term = self.world.term(schema["unevaluatedProperties"])
            return [objects.closed(each, term) if isinstance(each, Objects) else each for each in found]
        return found

    def _own(self, schema: JsonObject) -> list[Shape]:
        """What the keywords that apply no other schema in place say."""
        listed = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
        if listed or "enum" in schema:
            values = tuple(value for value in listed if _is_of(schema.get("type"), value))
            return [Values(values=values)] if values else []
        types = schema.get("type", _KINDS)
        names = {types} if isinstance(types, str) else set(types)
        found: list[Shape] = []
        small = tuple(chain.from_iterable(_NULL_AND_BOOLEANS[name] for name in ("null", "boolean") if name in names))
        if small:
            found.append(Values(values=small))
        if names & {"number", "integer"}:
            found.append(_named(schema, numbers.of_schema(schema, integer="number" not in names)))
        if "string" in names:
            found.append(_named(schema, strings.of_schema(schema)))
        if "array" in names:
            found.append(arrays.of_schema(self.world, schema))
        if "object" in names:
            found.append(objects.of_schema(self.world, schema))
        return found

    def _parts(self, schema: JsonObject, *, looked: bool) -> Iterable[list[Shape]]:
        """The shapes of each schema, or union of schemas, that must hold beside the keywords."""
        if "$ref" in schema:
            yield self._schema(self.world.target(schema["$ref"]), looked=looked)
        for member in schema.get("allOf", ()):
            yield self._schema(member, looked=looked)
        if "anyOf" in schema:
            yield self._any_of(schema["anyOf"], looked=looked)
        if "oneOf" in schema:
            yield self._one_of(schema["oneOf"], looked=looked)
        if "not" in schema:
            yield self._negated(schema["not"])
        refuses = any(schema.get(keyword, True) not in (True, {}) for keyword in ("then", "else"))
        if "if" in schema and (refuses or looked):  # what a condition looks at counts without them too (core, 10.2.2.1)
            met = self._met(
                self._schema(schema["if"], looked=looked), self._schema(schema.get("then", True), looked=looked)
            )
            other = self._met(self._negated(schema["if"]), self._schema(schema.get("else", True), looked=looked))
            yield [*met, *other]
        for trigger, names in schema.get("dependentRequired", {}).items():
            yield self._dependent(trigger, [Objects(required=frozenset(names))])
        for trigger, asked in schema.get("dependentSchemas", {}).items():
            yield self._dependent(trigger, self._schema(asked, looked=looked))

    def _any_of(self, branches: Sequence[JsonValue], *, looked: bool) -> list[Shape]:
        found: list[Shape] = []
        for branch in branches:
            own = self._schema(branch, looked=looked)
            # Where it matters what has been looked at, a value that fits two branches has been looked at by both.
            both = [
                met
                for left in (found if looked else ())
                for right in own
                if isinstance(left, Objects) and isinstance(right, Objects) and not right.looked <= left.looked
                if (met := self.meet(left, right)) is not None
            ]
            found = self._few([*found, *own, *both])
        return found

    def _one_of(self, branches: Sequence[JsonValue], *, looked: bool) -> list[Shape]:
        shapes = [self._schema(branch, looked=looked) for branch in branches]
        found: list[Shape] = []
        self.steps.spend(sum(map(len, shapes)) ** 2 // 36)  # each is held against all others
        for index, own in enumerate(shapes):
            for each in own:
                others = frozenset(
                    self.world.term(branches[place])
                    for place, theirs in enumerate(shapes)
                    if place != index and any(self.meet(each, other) is not None for other in theirs)
                )
                found.append(replace(each, excluded=each.excluded | others) if others else each)
        return self._few(found)

    def _negated(self, schema: JsonValue) -> list[Shape]:
        term = self.world.term(schema)
        if not term:
            return []
        return [replace(each, excluded=frozenset({term})) for each in universe()]

    def _dependent(self, trigger: str, asked: list[Shape]) -> list[Shape]:
        """Objects without a property, or with it and with what it asks for (validation, section 6.5.4)."""
        absent = Objects(named={trigger: self.world.nothing})
        present = self._met([Objects(required=frozenset({trigger}))], asked)
        return [*(each for each in universe() if not isinstance(each, Objects)), absent, *present]

    def _met(self, left: list[Shape], right: list[Shape]) -> list[Shape]:
        self.steps.spend(1 + len(left) * len(right) // 36)
        return self._few([met for one in left for other in right if (met := self.meet(one, other)) is not None])

    def _few(self, found: list[Shape]) -> list[Shape]:
        if len(found) > _MOST_SHAPES:
            raise Undecidable(_TOO_MANY)
        return found

    def meet(self, one: Shape, other: Shape) -> Shape | None:
        """The values of both shapes; None where it is plain that there are none."""
        if isinstance(one, Values) or isinstance(other, Values):
            return _met_values(one, other)
        if type(one) is not type(other):
            return None
        if isinstance(one, Numbers):
            number = numbers.meet(one, cast(Numbers, other))
            return None if numbers.is_empty(number) else number
        if isinstance(one, Strings):
            string = strings.meet(one, cast(Strings, other))
            return None if string.most is not None and string.least > string.most else string
        if isinstance(one, Arrays):
            return arrays.meet(one, cast(Arrays, other))
        found = objects.meet(cast(Objects, one), cast(Objects, other))
        return None if any(self._is_nothing(found.at(self.world, name)) for name in found.required) else found

    def _is_nothing(self, term: Term) -> bool:
        """Whether a term plainly has no values: `false`, or two lists of values with none in common."""
        left: set[bytes] | None = None
        for schema in self.world.of(term):
            if schema is False:
                return True
            if isinstance(schema, dict) and ("const" in schema or "enum" in schema):
                own = {_key(value) for value in ([schema["const"]] if "const" in schema else schema["enum"])}
                left = own if left is None else left & own
        return left is not None and not left


def universe() -> list[Shape]:
    """The shapes of any value."""
    return [Values(values=(None, False, True)), Numbers(), Strings(), Arrays(), Objects()]


def _named(schema: JsonObject, shape: Made) -> Made:
    if "x-format" not in schema:
        return shape
    return replace(shape, opaque=shape.opaque | {("format", str(schema["x-format"]))})


def _is_of(types: Any, value: JsonValue) -> bool:
    if types is None:
        return True
    names = {types} if isinstance(types, str) else set(types)
    if isinstance(value, bool):
        return "boolean" in names
    if value is None:
        return "null" in names
    if isinstance(value, int | float):
        return "number" in names or ("integer" in names and value == int(value))
    return kind_of(value) in names


def _met_values(one: Shape, other: Shape) -> Shape | None:
    values = one if isinstance(one, Values) else other
    rest = other if values is one else one
    assert isinstance(values, Values)
    if isinstance(rest, Values):
        keys = {_key(value) for value in rest.values}
        kept = tuple(value for value in values.values if _key(value) in keys)
    else:
        kept = tuple(value for value in values.values if kind_of(value) == rest.kind)
    if not kept:
        return None
    return Values(values=kept, excluded=one.excluded | other.excluded, opaque=one.opaque | other.opaque)


def _key(value: JsonValue) -> bytes:
    return canonical_bytes(_whole(value))


def _whole(value: JsonValue) -> JsonValue:
    """The value with 1.0 as 1: they are equal."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    return value
