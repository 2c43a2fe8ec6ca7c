"""Pairs of schemas of OpenAPI 3.1, made by a seed: a schema as APIs write them, and what an edit or two make of it.

The generator is seeded and not a hypothesis strategy, so that tens of thousands of pairs cost minutes; a pair that shows
a fault is made small by tests/oracle/shrinking.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.algebra.schemas import NUMBERS, PATTERNS, SCALARS, WORDS

NAMES = ("a", "b", "c", "id", "kind")
COMPONENTS = ("Node", "User")
FORMATS = ("date", "uuid", "email", "date-time", "ipv4")
NAME_PATTERNS = ("^a", "b", "^x-")

Schema = Any


@dataclass(frozen=True)
class Side:
    """One document's part: the schema in question, and the components that it may refer to."""

    schema: Schema
    components: dict[str, Schema]


@dataclass(frozen=True)
class Pair:
    """A schema before and after."""

    before: Side
    after: Side

    def __str__(self) -> str:
        def shown(side: Side) -> str:
            used = {"schema": side.schema, **({"components": side.components} if side.components else {})}
            return json.dumps(used, ensure_ascii=False)

        return f"before: {shown(self.before)}\nafter:  {shown(self.after)}"


def copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def pair(seed: int) -> Pair:
    """The pair of a seed."""
    maker = Maker(Random(seed))
    return maker.pair()


def scalar_pair(seed: int) -> Pair:
    """A pair of schemas of single values, as a parameter has them."""
    maker = Maker(Random(seed))
    before = maker.scalar()
    after = maker.scalar() if maker.chance(0.2) else maker.edited(Side(before, {})).schema
    return Pair(Side(before, {}), Side(after, {}))


def listing_pair(seed: int) -> Pair:
    """A pair in which properties come and go where other schemas of the same value speak of their names."""
    return Maker(Random(seed)).listing_pair()


class Maker:
    """Makes schemas and edits of them."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names: tuple[str, ...] = ()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def pair(self) -> Pair:
        while True:
            found = self._pair()
            if not any(map(is_circular, (found.before, found.after))):
                return found

    def _pair(self) -> Pair:
        self.names = COMPONENTS[: self.random.choice((0, 0, 0, 1, 2))]
        components = {name: self.component() for name in self.names}
        before = Side(self.schema(self.random.choice((1, 2, 2, 3))), components)
        if self.chance(0.08):
            return Pair(before, Side(self.schema(2), components))
        after = before
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            after = self.edited(after)
        return Pair(before, after)

    def listing_pair(self) -> Pair:
        while True:
            self.names = COMPONENTS[: self.random.choice((0, 0, 1, 2))]
            before = Side(self.spoken_of(), {name: self.component() for name in self.names})
            after = before
            for _ in range(self.random.choice((1, 1, 2))):
                after = self.relisted(after)
            if not any(map(is_circular, (before, after))):
                return Pair(before, after)

    def spoken_of(self) -> Schema:
        """An object of whose names several schemas speak."""
        found = self.object(2)
        if self.chance(0.6):
            patterns = self.random.sample(NAME_PATTERNS, self.random.choice((1, 1, 2)))
            found["patternProperties"] = {pattern: self.schema(1) for pattern in patterns}
        if self.chance(0.4):
            found.update(self.union(2))
        elif self.chance(0.3):
            found.update(self.condition(2))
        if self.chance(0.2):
            found["dependentSchemas"] = {self.random.choice(NAMES): self.branch(2)}
        if self.chance(0.2):
            found["allOf"] = [self.branch(2)]
        return found

    def relisted(self, side: Side) -> Side:
        """A copy in which one of the objects lists a property more, or less."""
        schema, components = copied(side.schema), copied(side.components)
        holder = {"schema": schema, **components}
        places = [each for name in holder for each in schema_places(holder[name], holder, name)]
        listing = [
            place[key]
            for place, key in places
            if isinstance(place[key], dict) and place[key].keys() & {"properties", "patternProperties"}
        ]
        if listing:
            properties = self.random.choice(listing).setdefault("properties", {})
            name = self.random.choice((*NAMES, "x-1"))
            if properties.pop(name, None) is None or self.chance(0.5):
                properties[name] = self.property(1)
        return Side(schema, components)

    def component(self) -> Schema:
        """Mostly an object, as components are; it may refer to itself."""
        return self.object(2) if self.chance(0.8) else self.schema(1)

    def schema(self, depth: int) -> Schema:
        if depth <= 0:
            return self.leaf()
        kind = self.random.randrange(20)
        if kind < 4:
            return self.leaf()
        if kind < 11:
            return self.object(depth)
        if kind < 14:
            return self.array(depth)
        if kind < 17:
            return self.union(depth)
        if kind < 18:
            return {"allOf": [self.schema(depth - 1) for _ in range(self.random.randint(1, 3))]}
        if kind < 19:
            return {**self.object(depth), **self.union(depth)}
        return self.condition(depth)

    def leaf(self) -> Schema:
        if self.names and self.chance(0.25):
            found = {"$ref": f"#/components/schemas/{self.random.choice(self.names)}"}
            return {**found, "minProperties": 1} if self.chance(0.05) else found
        if self.chance(0.06):
            return self.one({}, True, {"description": "Anything."})
        if self.chance(0.02):
            return False
        return self.scalar()

    def scalar(self) -> Schema:
        kind = self.random.randrange(10)
        if kind < 4:
            found = {"type": "string", **self.some(self.text_keyword, 2)}
        elif kind < 6:
            found = {"type": self.one("integer", "integer", "number"), **self.some(self.number_keyword, 2)}
        elif kind < 7:
            found = {"type": self.one("boolean", "null", ["string", "null"], ["string", "integer"], ["number", "null"])}
        else:
            found = self.listed()
        if self.chance(0.08) and isinstance(found.get("type"), str) and found["type"] != "null":
            found["type"] = [found["type"], "null"]
        if self.chance(0.04):
            found.pop("type", None)
        if self.chance(0.06):
            found["description"] = "A value."
        if self.chance(0.04):
            found["default"] = self.random.choice(SCALARS)
        return found

    def listed(self) -> Schema:
        words = [word for word in WORDS if len(word) < 8]
        kind = self.random.randrange(6)
        if kind == 0:
            return {"const": self.random.choice(SCALARS)}
        if kind == 1:
            return {"type": "string", "const": self.random.choice(words)}
        if kind == 2:
            return {"enum": self.random.sample(SCALARS, self.random.randint(1, 4))}
        if kind == 3:
            return {"type": "integer", "enum": self.random.sample(range(-2, 6), self.random.randint(1, 4))}
        return {"type": "string", "enum": self.random.sample(words, self.random.randint(1, 4))}

    def some(self, keyword: Any, most: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(self.random.randint(0, most)):
            found.update(keyword())
        return found

    def text_keyword(self) -> dict[str, Any]:
        return self.one(
            {"minLength": self.random.randint(0, 4)},
            {"maxLength": self.random.randint(0, 5)},
            {"pattern": self.random.choice(PATTERNS)},
            {"format": self.random.choice(FORMATS)},
        )

    def number_keyword(self) -> dict[str, Any]:
        return self.one(
            {"minimum": self.random.choice(NUMBERS)},
            {"maximum": self.random.choice(NUMBERS)},
            {"exclusiveMinimum": self.random.choice(NUMBERS)},
            {"exclusiveMaximum": self.random.choice(NUMBERS)},
            {"multipleOf": self.one(1, 2, 3, 4, 0.5, 1.5)},
            {"format": self.one("int32", "int64")},
        )

    def object(self, depth: int) -> Schema:
        names = self.random.sample(NAMES, self.random.randint(0, 3))
        found: dict[str, Any] = {"type": "object"}
        if names or self.chance(0.5):
            found["properties"] = {name: self.property(depth - 1) for name in names}
        if self.chance(0.5):
            found["required"] = [name for name in names if self.chance(0.5)] + (["d"] if self.chance(0.05) else [])
        if self.chance(0.25):
            found["additionalProperties"] = self.one(False, False, True, self.schema(depth - 2))
        for _ in range(self.random.choice((0, 0, 0, 1))):
            found.update(self.object_keyword(depth))
        return found

    def property(self, depth: int) -> Schema:
        found = self.schema(depth)
        if isinstance(found, dict) and self.chance(0.08):
            found = {**found, self.one("readOnly", "writeOnly"): True}
        return found

    def object_keyword(self, depth: int) -> dict[str, Any]:
        return self.one(
            {"minProperties": self.random.randint(0, 3)},
            {"maxProperties": self.random.randint(0, 3)},
            {"patternProperties": {self.random.choice(NAME_PATTERNS): self.schema(depth - 2)}},
            {"propertyNames": self.one({"maxLength": 1}, {"pattern": "^[a-c]"}, {"enum": ["a", "b"]})},
            {"dependentRequired": {self.random.choice(NAMES): [self.random.choice(NAMES)]}},
            {"unevaluatedProperties": self.one(False, False, True, {"type": "string"})},
            {"dependentSchemas": {self.random.choice(NAMES): self.one(self.branch(1), self.schema(depth - 2))}},
        )

    def array(self, depth: int) -> Schema:
        found: dict[str, Any] = {"type": "array"}
        if self.chance(0.85):
            found["items"] = self.schema(depth - 1)
        for _ in range(self.random.choice((0, 0, 1, 2))):
            found.update(self.array_keyword(depth))
        return found

    def array_keyword(self, depth: int) -> dict[str, Any]:
        return self.one(
            {"minItems": self.random.randint(0, 3)},
            {"maxItems": self.random.randint(0, 3)},
            {"uniqueItems": True},
            {"prefixItems": [self.schema(depth - 2) for _ in range(self.random.randint(1, 2))]},
            {"contains": self.schema(depth - 2)},
            {"contains": self.scalar(), "minContains": self.random.randint(0, 2)},
            {"contains": self.scalar(), "maxContains": self.random.randint(0, 2)},
            {"unevaluatedItems": False},
        )

    def union(self, depth: int) -> Schema:
        keyword = self.one("oneOf", "anyOf")
        if self.chance(0.4):
            kinds = self.random.sample(("red", "green", "blue", "black"), self.random.randint(1, 3))
            return {keyword: [self.variant(kind, depth) for kind in kinds]}
        if self.chance(0.3):
            return {keyword: [self.schema(depth - 1), {"type": "null"}]}
        return {keyword: [self.schema(depth - 1) for _ in range(self.random.randint(1, 3))]}

    def variant(self, kind: str, depth: int) -> Schema:
        found = self.object(max(1, depth - 1))
        found["type"] = "object"
        found["properties"] = {**found.get("properties", {}), "kind": {"type": "string", "const": kind}}
        found["required"] = sorted({*found.get("required", []), "kind"})
        return found

    def condition(self, depth: int) -> Schema:
        if self.chance(0.4):
            return {**self.one({}, {"type": "string"}, self.object(1)), "not": self.schema(depth - 1)}
        if self.chance(0.5):
            kind = {"properties": {"kind": {"const": self.one("red", "green")}}, "required": ["kind"]}
            found = {**self.object(depth), "if": kind, "then": self.branch(depth)}
            found.get("properties", {}).setdefault("kind", {"type": "string"})
            return {**found, "else": self.branch(depth)} if self.chance(0.4) else found
        found = {"if": self.schema(depth - 1)}
        if self.chance(0.8):
            found["then"] = self.schema(depth - 1)
        if self.chance(0.5):
            found["else"] = self.schema(depth - 1)
        return {**self.one({}, self.object(1), {"type": "object"}), **found}

    def branch(self, depth: int) -> Schema:
        """What is asked of an object beside the rest."""
        found = self.object(depth - 1)
        del found["type"]
        return found

    # --- edits -------------------------------------------------------------------------------------------------------

    def edited(self, side: Side) -> Side:
        """A copy with one edit, perhaps in a component."""
        holder = {"schema": copied(side.schema), "components": copied(side.components)}
        self.names = tuple(side.components)
        places = list(schema_places(holder["schema"], holder, "schema"))
        for name in side.components:
            places += schema_places(holder["components"][name], holder["components"], name)
        for _ in range(12):
            place, key = self.random.choice(places)
            new = self.edit(place[key])
            if json.dumps(new) != json.dumps(place[key]):
                place[key] = new
                break
        return Side(holder["schema"], holder["components"])

    def edit(self, schema: Schema) -> Schema:
        """One edit of one schema, nothing below it."""
        if not isinstance(schema, dict) or self.chance(0.05):
            return self.schema(1)
        kind = self.random.randrange(12)
        if kind < 3:
            return self.with_value_moved(schema)
        if kind < 5:
            return self.without_keyword(schema)
        if kind < 8:
            return self.with_keyword(schema)
        if kind < 10:
            return self.with_members_edited(schema)
        return self.restructured(schema)

    def with_value_moved(self, schema: Schema) -> Schema:
        found = copied(schema)
        keys = [key for key, value in found.items() if key in MOVED or isinstance(value, int | float)]
        if not keys:
            return self.with_members_edited(schema)
        key = self.random.choice(keys)
        value = found[key]
        if isinstance(value, bool):
            found[key] = not value
        elif key == "multipleOf":
            found[key] = self.one(1, 2, 3, 4, 0.5, 1.5)
        elif isinstance(value, int | float) and key != "const":
            low = 0 if key.startswith(("min", "max")) and key not in ("minimum", "maximum") else -9
            found[key] = max(low, value + self.one(-2, -1, 1, 2))
        elif key == "pattern":
            found[key] = self.random.choice(PATTERNS)
        elif key == "format":
            found[key] = self.one(*FORMATS)
        elif key == "type":
            types = ("string", "integer", "number", "boolean", "object", "array", "null")
            many = [value, *([self.one(*types)])] if isinstance(value, str) else value[:1]
            found[key] = self.one(self.one(*types), list(dict.fromkeys(many)))
        elif key == "const":
            found[key] = self.random.choice(SCALARS)
        return found

    def without_keyword(self, schema: Schema) -> Schema:
        if not schema:
            return self.leaf()
        gone = self.random.choice(list(schema))
        return {key: value for key, value in schema.items() if key != gone}

    def with_keyword(self, schema: Schema) -> Schema:
        types = schema.get("type")
        kind = self.one(*types) if isinstance(types, list) and types else types
        more: dict[str, Any]
        if self.chance(0.12):
            more = self.one(
                {"description": "Other words."},
                {"not": self.leaf()},
                {"enum": self.random.sample(SCALARS, 3)},
                {"const": self.random.choice(SCALARS)},
                {self.one("anyOf", "oneOf", "allOf"): [self.schema(1) for _ in range(self.random.randint(1, 2))]},
                {"if": self.leaf(), "then": self.leaf()},
                {"readOnly": True},
                {"writeOnly": True},
            )
        elif kind == "string":
            more = self.one(self.text_keyword(), self.text_keyword(), self.listed())
        elif kind in ("integer", "number"):
            more = self.one(self.number_keyword(), self.number_keyword(), self.listed())
        elif kind == "array":
            more = self.array_keyword(2)
        elif kind == "object" or "properties" in schema:
            more = self.one(
                self.object_keyword(2),
                {"additionalProperties": self.one(False, True, self.leaf())},
                {"required": [self.random.choice(NAMES)]},
            )
        else:
            more = self.one(
                self.text_keyword(), self.number_keyword(), {"type": self.one("string", "object", "integer")}
            )
        return {**schema, **more}

    def with_members_edited(self, schema: Schema) -> Schema:
        """One more, one less or another order in what is a list or a map."""
        found = copied(schema)
        keys = [key for key in LISTS if isinstance(found.get(key), list | dict) and key in found]
        if not keys:
            return self.with_keyword(schema)
        key = self.random.choice(keys)
        value = found[key]
        if isinstance(value, dict):
            self.edit_map(found, key)
        elif value and self.chance(0.4):
            value.pop(self.random.randrange(len(value)))
        elif value and self.chance(0.15):
            value.reverse()
        elif key == "required":
            value.append(self.random.choice(list(found.get("properties", {})) or NAMES))
            found[key] = list(dict.fromkeys(value))
        elif key == "enum":
            value.append(self.random.choice(SCALARS))
        elif key == "type":
            value.append(self.one("string", "integer", "boolean", "null"))
            found[key] = list(dict.fromkeys(value))
        else:
            value.append(
                self.variant(self.one("red", "green", "blue", "black"), 2) if self.chance(0.3) else self.schema(1)
            )
        if isinstance(found[key], list) and not found[key] and key != "required":
            del found[key]
        return found

    def edit_map(self, found: Schema, key: str) -> None:
        value = found[key]
        if value and self.chance(0.4):
            gone = self.random.choice(list(value))
            del value[gone]
            if self.chance(0.5) and gone in found.get("required", []):
                found["required"].remove(gone)
        else:
            name = self.random.choice(NAME_PATTERNS if key == "patternProperties" else NAMES)
            value[name] = [self.random.choice(NAMES)] if key == "dependentRequired" else self.property(1)
            if key == "properties" and self.chance(0.3):
                found["required"] = sorted({*found.get("required", []), name})

    def restructured(self, schema: Schema) -> Schema:
        """Wrapped, taken out of a wrapper, split, or made another union."""
        kind = self.random.randrange(6)
        if kind == 0:
            return {self.one("anyOf", "oneOf"): [schema, self.one({"type": "null"}, self.leaf())]}
        if kind == 1:
            return {"allOf": [schema, *([self.leaf()] if self.chance(0.4) else [])]}
        if kind == 2 and len(schema) > 1:
            moved = self.random.choice(list(schema))
            rest = {key: value for key, value in schema.items() if key != moved}
            return {**rest, "allOf": [*rest.pop("allOf", []), {moved: schema[moved]}]}
        if kind == 3:
            for one, other in (("anyOf", "oneOf"), ("oneOf", "anyOf")):
                if one in schema and other not in schema:
                    return {other if key == one else key: value for key, value in schema.items()}
        for keyword in ("anyOf", "oneOf", "allOf"):
            if schema.get(keyword):
                return self.random.choice(schema[keyword])
        return self.with_keyword(schema)


MOVED = frozenset({"pattern", "format", "type", "const", "additionalProperties", "unevaluatedProperties"})
LISTS = (
    "properties", "properties", "required", "enum", "oneOf", "anyOf", "allOf", "patternProperties", "prefixItems",
    "dependentRequired", "type",
)  # fmt: skip
ONE = (
    "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedProperties",
    "unevaluatedItems",
)  # fmt: skip
SEVERAL = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "patternProperties", "dependentSchemas")


def is_circular(side: Side) -> bool:
    """Whether a component is defined by itself about the same value, which JSON Schema forbids (2020-12 core, 9.4.1)."""
    return any(_is_itself(name, side.components) for name in side.components)


def _is_itself(name: str, components: dict[str, Schema]) -> bool:
    waiting, seen = [components[name]], set()
    while waiting:
        schema = waiting.pop()
        if not isinstance(schema, dict):
            continue
        target = schema.get("$ref", "").rpartition("/")[2]
        if target == name:
            return True
        if target and target not in seen:
            seen.add(target)
            waiting.append(components[target])
        for keyword in ("allOf", "anyOf", "oneOf"):
            waiting += schema.get(keyword, [])
        waiting += [schema.get(keyword) for keyword in ("not", "if", "then", "else")]
        waiting += schema.get("dependentSchemas", {}).values()
    return False


def schema_places(schema: Schema, holder: Any, key: Any) -> Iterator[tuple[Any, Any]]:
    """Every schema in a schema, itself first, as the holder and key that it stands at."""
    yield holder, key
    if not isinstance(schema, dict):
        return
    for keyword in ONE:
        if isinstance(schema.get(keyword), dict | bool):
            yield from schema_places(schema[keyword], schema, keyword)
    for keyword in SEVERAL:
        for index, each in enumerate(schema.get(keyword) or ()):
            yield from schema_places(each, schema[keyword], index)
    for keyword in NAMED:
        for name, each in (schema.get(keyword) or {}).items():
            yield from schema_places(each, schema[keyword], name)
