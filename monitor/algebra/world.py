"""Schemas under one roof: both sides of a comparison with their definitions, as terms, with validators for them.

A *term* is a set of schemas that must all hold, named by numbers. Two schemas that say the same of values have the same
number, whatever their examples are, so that most questions about parts that did not change are answered by comparing
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from monitor.algebra.steps import Undecidable
from monitor.values import JsonObject, JsonValue, canonical_bytes

Term = tuple[int, ...]
"""Numbers of schemas that must all hold, in order. The empty one accepts everything."""

ANYTHING: Final[Term] = ()
UNSENT: Final = ({"readOnly": True}, {"writeOnly": True})
"""The schema of a property that is not sent in the direction at hand (monitor/algebra/plain.py)."""

_REFERENCE: Final = re.compile(r"^#/\$defs/(.+)$")
_SHOWN: Final = frozenset({"examples", "default", "title", "description", "$comment", "$schema"})
_OF_NAMES: Final = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
"""Keywords whose members are named by the document: a property may be called `default`."""


@dataclass(slots=True)
class World:
    """The schemas that a question is about."""

    definitions: JsonObject = field(default_factory=dict)
    schemas: list[JsonValue] = field(default_factory=list)
    shown: dict[int, list[JsonValue]] = field(default_factory=dict)
    """Values that the document shows for a schema, by its number."""
    _numbers: dict[bytes, int] = field(default_factory=dict)
    _free: set[int] = field(default_factory=set)
    """The numbers of schemas that accept everything."""
    _of_object: dict[int, int] = field(default_factory=dict)
    _kept: list[JsonValue] = field(default_factory=list)
    _reached: dict[str, frozenset[str]] = field(default_factory=dict)
    _validators: dict[int, Any] = field(default_factory=dict)
    _matchers: dict[str, Any] = field(default_factory=dict)

    def term(self, *schemas: JsonValue) -> Term:
        """The term of these schemas."""
        numbers = {self._number(schema) for schema in schemas}
        return tuple(sorted(numbers - self._free))

    def _number(self, schema: JsonValue) -> int:
        known = self._of_object.get(id(schema))
        if known is not None:
            return known
        key = canonical_bytes(without_shown(schema))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.schemas)
            self.schemas.append(schema)
            if key in (b"true", b"{}"):
                self._free.add(number)
        if isinstance(schema, dict):
            self._of_object[id(schema)] = number
            self._kept.append(schema)
            known_values = self.shown.setdefault(number, [])
            values = [*_listed(schema.get("examples")), *([schema["default"]] if "default" in schema else [])]
            known_values.extend(value for value in values if value not in known_values)
        return number

    def of(self, term: Term) -> Iterator[JsonValue]:
        """The schemas of a term."""
        return (self.schemas[number] for number in term)

    def is_unsent(self, term: Term) -> bool:
        """Whether a property is marked as not sent."""
        return any(schema in UNSENT for schema in self.of(term))

    def target(self, reference: str) -> JsonValue:
        """The definition that a `$ref` names. Raises Undecidable."""
        found = _REFERENCE.match(reference)
        if found is None or found[1] not in self.definitions:
            raise Undecidable(f"the reference {reference!r} leads nowhere")
        schema: JsonValue = self.definitions[found[1]]
        return schema

    def valid(self, term: Term, value: JsonValue) -> bool:
        """Whether a value fits, by jsonschema-rs. Raises Undecidable where it does not take the schema."""
        return all(self._validator(number).is_valid(value) for number in term)

    def _validator(self, number: int) -> Any:
        found = self._validators.get(number)
        if found is None:
            found = self._validators[number] = compiled(self.standalone(self.schemas[number]))
        return found

    def standalone(self, schema: JsonValue) -> JsonValue:
        """The schema with the definitions that it reaches, and no others: compiling costs by the definition."""
        if not isinstance(schema, dict):
            return schema
        reached = set[str]()
        for name in _references(schema):
            reached |= self._closure(name)
        if not reached:
            return schema
        return {**schema, "$defs": {name: self.definitions[name] for name in sorted(reached)}}

    def _closure(self, name: str) -> frozenset[str]:
        found = self._reached.get(name)
        if found is None:
            waiting, seen = [name], set[str]()
            while waiting:
                each = waiting.pop()
                if each not in seen:
                    if each not in self.definitions:
                        raise Undecidable(f"the reference {each!r} leads nowhere")
                    seen.add(each)
                    waiting.extend(_references(self.definitions[each]))
            found = self._reached[name] = frozenset(seen)
        return found

    def matches(self, pattern: str, name: str) -> bool:
        """Whether the name of a property matches a pattern, by jsonschema-rs."""
        found = self._matchers.get(pattern)
        if found is None:
            found = self._matchers[pattern] = compiled({"pattern": pattern})
        return bool(found.is_valid(name))


def compiled(schema: JsonValue) -> Any:
    """A validator that asserts formats. Raises Undecidable where the schema is not one."""
    import jsonschema_rs  # not needed to compare, and start-up time counts

    try:
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise Undecidable(f"the validator does not take the schema: {reason}") from error


def together(before: JsonObject, after: JsonObject) -> tuple[World, Term, Term]:
    """A world with two plain schemas, and the terms of both.

    A definition that has the same name and says the same on both sides, with all that it refers to, is one definition;
    every other is told apart by its side.
    """
    sides = _definitions(before), _definitions(after)
    shared = _shared(*sides)
    world = World()
    terms = []
    for plain, definitions, mark in zip((before, after), sides, ("before", "after"), strict=True):
        names = {name: name if name in shared else f"{name}.{mark}" for name in definitions}
        for name, schema in definitions.items():
            world.definitions.setdefault(names[name], _renamed(schema, names))
        terms.append(world.term(_renamed({key: each for key, each in plain.items() if key != "$defs"}, names)))
    return world, terms[0], terms[1]


def alone(plain: JsonObject) -> tuple[World, Term]:
    """A world with one plain schema, and its term."""
    world = World(definitions=dict(_definitions(plain)))
    return world, world.term({key: each for key, each in plain.items() if key != "$defs"})


def _definitions(plain: JsonObject) -> JsonObject:
    found = plain.get("$defs")
    return found if isinstance(found, dict) else {}


def _shared(before: JsonObject, after: JsonObject) -> set[str]:
    shared = {
        name
        for name in before.keys() & after.keys()
        if canonical_bytes(without_shown(before[name])) == canonical_bytes(without_shown(after[name]))
    }
    users: dict[str, set[str]] = {}
    for name in shared:
        for other in _references(before[name]):
            users.setdefault(other, set()).add(name)
    waiting = [name for name in users if name not in shared]
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user in shared:
                shared.discard(user)
                waiting.append(user)
    return shared


def _renamed(schema: Any, names: dict[str, str], *, of_names: bool = False) -> Any:
    if isinstance(schema, list):
        return [_renamed(each, names) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {}
    for key, value in schema.items():
        if not of_names and key in ("enum", "const", *_SHOWN):
            found[key] = value
        elif not of_names and key == "$ref":
            match = _REFERENCE.match(value)
            found[key] = f"#/$defs/{names[match[1]]}" if match and match[1] in names else value
        else:
            found[key] = _renamed(value, names, of_names=not of_names and key in _OF_NAMES)
    return found


def without_shown(schema: Any, *, of_names: bool = False) -> Any:
    """The schema without what it shows to readers, enum values in a fixed order."""
    if isinstance(schema, list):
        return [without_shown(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if of_names:
        return {key: without_shown(value) for key, value in schema.items()}
    found = {}
    for key, value in schema.items():
        if key in ("enum", "required") and isinstance(value, list):
            found[key] = sorted(value, key=canonical_bytes)
        elif key == "const":
            found[key] = value
        elif key not in _SHOWN:
            found[key] = without_shown(value, of_names=key in _OF_NAMES)
    return found


def _references(schema: Any, *, of_names: bool = False) -> Iterator[str]:
    if isinstance(schema, list):
        for each in schema:
            yield from _references(each)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if of_names:
                yield from _references(value)
            elif key == "$ref" and isinstance(value, str):
                found = _REFERENCE.match(value)
                yield found[1] if found else value
            elif key not in ("enum", "const", *_SHOWN):
                yield from _references(value, of_names=key in _OF_NAMES)


def _listed(value: object) -> Iterable[Any]:
    return value if isinstance(value, list) else ()
