"""Schemas under one roof: both sides of a comparison with their definitions, as terms, with validators for them.

A *term* is a set of schemas that must all hold, named by numbers. Two schemas that say the same of values have the same
number, whatever their examples are, so that most questions about parts that did not change are answered by comparing
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
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
_SAME_VALUE: Final = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas")
_OF_MEMBERS: Final = ("patternProperties", "additionalProperties", "unevaluatedProperties")
_OF_ITEMS: Final = ("prefixItems", "items", "contains", "unevaluatedItems")


@dataclass(slots=True)
class World:
    """The schemas that a question is about."""

    definitions: JsonObject = field(default_factory=dict)
    source: Callable[[str], JsonValue] | None = None
    """Where definitions come from that are not known yet; raises KeyError."""
    schemas: list[JsonValue] = field(default_factory=list)
    shown: dict[tuple[str, int], list[JsonValue]] = field(default_factory=dict)
    """Values that the document shows for a property, by its name and the number of its schema."""
    _numbers: dict[bytes, int] = field(default_factory=dict)
    _free: set[int] = field(default_factory=set)
    """The numbers of schemas that accept everything."""
    _of_object: dict[int, int] = field(default_factory=dict)
    _kept: list[JsonValue] = field(default_factory=list)
    _referred: dict[str, frozenset[str]] = field(default_factory=dict)
    _leading: dict[int, bool] = field(default_factory=dict)
    """Whether a schema leads to a definition, by its identity: schemas and definitions stay as long as the world."""
    _validators: dict[tuple[int, frozenset[str]], Any] = field(default_factory=dict)
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
        return number

    @property
    def nothing(self) -> Term:
        """A term that accepts nothing."""
        never = False
        return self.term(never)

    def show(self, name: str, schema: JsonValue) -> None:
        """Note what the document shows for a property, and for the items of one (`name` and `[]`)."""
        if isinstance(schema, dict):
            values = shown_by(schema)
            if values:
                known = self.shown.setdefault((name, self._number(schema)), [])
                known.extend(value for value in values if value not in known)
            if "items" in schema:
                self.show(f"{name}[]", schema["items"])

    def of(self, term: Term) -> Iterator[JsonValue]:
        """The schemas of a term."""
        return (self.schemas[number] for number in term)

    def is_unsent(self, term: Term) -> bool:
        """Whether a property is marked as not sent."""
        return any(schema in UNSENT for schema in self.of(term))

    def target(self, reference: str) -> JsonValue:
        """The definition that a `$ref` names. Raises Undecidable."""
        name = _name(reference)
        if name is None:
            raise Undecidable(f"the reference {reference!r} leads nowhere")
        return self._definition(name)

    def _definition(self, name: str) -> JsonValue:
        if name not in self.definitions:
            try:
                self.definitions[name] = (self.source or _no_source)(name)
            except KeyError:
                raise Undecidable(f"the reference {name!r} leads nowhere") from None
        found: JsonValue = self.definitions[name]
        return found

    def valid(self, term: Term, value: JsonValue) -> bool:
        """Whether a value fits, by jsonschema-rs. Raises Undecidable where it does not take the schema."""
        return all(self._validator(number, value).is_valid(value) for number in term)

    def _validator(self, number: int, value: JsonValue) -> Any:
        schema = self.schemas[number]
        applied = frozenset(self._applied(schema, value))
        found = self._validators.get((number, applied))
        if found is None:
            found = self._validators[number, applied] = compiled(self._standalone(schema, applied))
        return found

    def _applied(self, schema: JsonValue, value: JsonValue) -> set[str]:
        """The definitions that a validator applies to a value or to parts of it.

        All others are passed over: compiling costs by the definition, and a document may have hundreds that refer to
        one another in circles.
        """
        found, seen = set[str](), set[tuple[str, int]]()
        waiting = [(schema, value)]
        while waiting:
            rule, part = waiting.pop()
            if not isinstance(rule, dict) or not self._leads(rule):
                continue
            reference = rule.get("$ref")
            if isinstance(reference, str):
                name = _name(reference)
                if name is None:
                    raise Undecidable(f"the reference {reference!r} leads nowhere")
                if (name, id(part)) not in seen:
                    seen.add((name, id(part)))
                    found.add(name)
                    waiting.append((self._definition(name), part))
            if not rule.keys().isdisjoint(_SAME_VALUE):
                waiting.extend(
                    (each, part) for keyword in _SAME_VALUE if keyword in rule for each in _members(rule[keyword])
                )
            waiting.extend(_below(rule, part))
        return found

    def _leads(self, rule: JsonObject) -> bool:
        """Whether a schema of this world refers to a definition, itself or anywhere below."""
        found = self._leading.get(id(rule))
        if found is None:
            found = self._leading[id(rule)] = next(_references(rule), None) is not None
        return found

    def _standalone(self, schema: JsonValue, applied: frozenset[str]) -> JsonValue:
        """The schema with some definitions; what those refer to beside accepts everything, and is never asked."""
        if not isinstance(schema, dict):
            return schema
        definitions: JsonObject = {name: self.definitions[name] for name in sorted(applied)}
        beside = {*_references(schema), *(other for name in applied for other in self.references(name))}
        definitions |= dict.fromkeys(sorted(beside - applied), True)
        return {**schema, "$defs": definitions} if definitions else schema

    def references(self, name: str) -> frozenset[str]:
        """The definitions that a definition refers to."""
        found = self._referred.get(name)
        if found is None:
            found = self._referred[name] = frozenset(_references(self.definitions[name]))
        return found

    def matches(self, pattern: str, name: str) -> bool:
        """Whether the name of a property matches a pattern, by jsonschema-rs."""
        found = self._matchers.get(pattern)
        if found is None:
            found = self._matchers[pattern] = compiled({"pattern": pattern})
        return bool(found.is_valid(name))


def _no_source(name: str) -> JsonValue:
    raise KeyError(name)


def compiled(schema: Any) -> Any:
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
    world = World()
    sides = _definitions(before), _definitions(after)
    shared = _shared(*sides)
    terms = []
    for plain, definitions, side in zip((before, after), sides, ("before", "after"), strict=True):
        names = {name: name if name in shared else f"{name}.{side}" for name in definitions}
        for name, schema in definitions.items():
            world.definitions.setdefault(names[name], _renamed(schema, names))
        terms.append(rooted(world, _renamed({key: each for key, each in plain.items() if key != "$defs"}, names)))
    return world, terms[0], terms[1]


def alone(plain: JsonObject) -> tuple[World, Term]:
    """A world with one plain schema, and its term."""
    world = World(definitions=dict(_definitions(plain)))
    return world, rooted(world, {key: each for key, each in plain.items() if key != "$defs"})


def rooted(world: World, schema: JsonObject) -> Term:
    """The term of a schema that is asked about, what it shows noted."""
    world.show("", schema)
    return world.term(schema)


def _definitions(plain: JsonObject) -> JsonObject:
    found = plain.get("$defs")
    return found if isinstance(found, dict) else {}


def _shared(before: JsonObject, after: JsonObject) -> set[str]:
    """The definitions that say the same on both sides, with all that they refer to."""
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
            name = _name(value)
            found[key] = f"#/$defs/{names[name]}" if name in names else value
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
                yield _name(value) or value
            elif key not in ("enum", "const", *_SHOWN):
                yield from _references(value, of_names=key in _OF_NAMES)


def _name(reference: str) -> str | None:
    found = _REFERENCE.match(reference)
    return found[1] if found else None


def _members(rule: Any) -> Iterable[JsonValue]:
    """The schemas under a keyword: one, a list of them, or some by name."""
    if isinstance(rule, list):
        return rule
    if isinstance(rule, dict) and rule and all(isinstance(each, dict | bool) for each in rule.values()):
        return [rule, *rule.values()]  # by name, or a schema all of whose keywords look so: then they are no schemas
    return [rule]


def _below(rule: JsonObject, value: JsonValue) -> Iterator[tuple[JsonValue, JsonValue]]:
    """The schemas that apply to parts of a value."""
    if isinstance(value, dict):
        properties = rule.get("properties", {})
        others = [each for keyword in _OF_MEMBERS if keyword in rule for each in _members(rule[keyword])]
        for name, part in value.items():
            if name in properties:
                yield properties[name], part
            yield from ((each, part) for each in others)
            if "propertyNames" in rule:
                yield rule["propertyNames"], name
    elif isinstance(value, list):
        for keyword in _OF_ITEMS:
            if keyword in rule:
                yield from ((each, part) for part in value for each in _members(rule[keyword]))


def shown_by(schema: JsonObject) -> list[JsonValue]:
    """The examples of a schema, and its default."""
    examples = schema.get("examples")
    listed = list(examples) if isinstance(examples, list) else []
    return [*listed, schema["default"]] if "default" in schema else listed
