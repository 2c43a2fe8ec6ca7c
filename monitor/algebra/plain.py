"""Schemas of a contract as plain JSON Schema 2020-12, so that anybody's validator can judge a value.

`plain_schema` says in the words of JSON Schema alone what a Schema Object of any OpenAPI version says to a client in
one direction: `nullable`, both spellings of exclusive bounds, ignored siblings of `$ref`, `type: file`, int32 and
int64, `readOnly` and `writeOnly`, and the reading of docs/stance.md of properties that are not listed (directional
closing). Only what is reached from the schema is in `$defs`.

Values are those of JSON. A parameter, header or XML body writes 1 and "1" alike (docs/stance.md), of which a plain
schema says nothing: where the types of a pair differ there, its relation is not one of what is on the wire.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from monitor.algebra.formats import EXAMPLES, FREE, INTEGER_BOUNDS
from monitor.contract import Contract, Direction, Node, target_of
from monitor.errors import ReferenceUnresolved
from monitor.values import JsonObject, JsonValue, parse

_TYPES: Final = ("null", "boolean", "integer", "number", "string", "array", "object")
_SIZES: Final = (
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains",
)  # fmt: skip
_SAID: Final = frozenset({"additionalProperties", "unevaluatedProperties"})
_BRANCHES: Final = ("oneOf", "anyOf")
_IN_PLACE: Final = ("then", "else")
_LEADING: Final = ("$ref", "allOf", *_BRANCHES)
"""Keywords by which a schema may lead to another of the same value."""
_LISTING: Final = ("properties", *_LEADING, *_IN_PLACE, "dependentSchemas")
_OF_PARTS: Final = ("propertyNames", "contains", "unevaluatedItems", "unevaluatedProperties")
_OF_VALUES: Final = (
    "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "pattern", "format",
    *_SIZES,
)  # fmt: skip
_OF_NAMES: Final = ("properties", "patternProperties")
_OF_OBJECTS: Final = (
    "properties", "required", "patternProperties", "additionalProperties", "dependentRequired", *_OF_PARTS,
)  # fmt: skip
_OF_ARRAYS: Final = ("items", "prefixItems", "uniqueItems")
_OF_THE_SAME: Final = ("allOf", *_BRANCHES, "not", "if", "dependentSchemas")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a place of a schema is read.

    `direction`: whose marks count (None under `not`, where none do). `closed`: objects silent on
    `additionalProperties` are closed, on their outermost schema. `part`: this is a part of a larger schema of the same
    value, which does the closing; `listed`: that one lists properties. `unsent`: names that the larger one marks as
    not sent.
    """

    direction: Direction | None
    closed: bool
    part: bool = False
    listed: bool = False
    unsent: frozenset[str] = frozenset()

    @property
    def mark(self) -> str | None:
        """The keyword of properties that are not sent (OAS 3.0.4, section 4.8.24.2)."""
        if self.direction is None:
            return None
        return "readOnly" if self.direction is Direction.REQUEST else "writeOnly"

    @property
    def of_child(self) -> Reading:
        """The reading of another value inside this one."""
        if not (self.part or self.listed or self.unsent):
            return self
        return Reading(self.direction, self.closed)


def plain_schema(contract: Contract, node: Node, direction: Direction, *, ordered: bool = False) -> JsonObject:
    """The schema as self-contained JSON Schema 2020-12: what a client may send, or may receive.

    A property that is not sent in this direction (`readOnly` in a request, `writeOnly` in a response) is not required
    and may have any value: it is ignored; its schema is then the mark alone, `{"readOnly": true}`. Words for readers
    are left out, but examples and defaults stay. `ordered`: properties by
    name, not in the document's order. Raises ReferenceUnresolved where a `$ref` cannot be followed.
    """
    reader = Reader(contract, ordered=ordered)
    found = reader.root(node, direction)
    definitions: JsonObject = {}
    while reader.pending:
        name = next(iter(reader.pending))
        definitions[name] = reader.read(name)
    return {**found, "$defs": dict(sorted(definitions.items()))} if definitions else found


@dataclass(slots=True)
class Reader:
    """Reads the schemas of one contract, each definition once, and only those that are asked for.

    `names`: of the definitions, by pointer and reading; readers of two versions share them. `side`: what the names of
    one version end in, but for definitions that are the same in both (`shared`, by pointer). `told`: schemas that are
    read as definitions wherever they stand, by pointer; the value is the pointer of the one of `origin` (None: of this
    contract) that is read instead. `strict`: whether a
    reference that cannot be followed is an error; it stands as it is otherwise. `ordered`: properties by name, so that
    nothing that is made of them depends on the order of the document's keys.
    """

    contract: Contract
    names: dict[tuple[str, Reading], str] = field(default_factory=dict)
    side: str = ""
    shared: frozenset[str] = frozenset()
    told: Mapping[str, str] = field(default_factory=dict)
    origin: Reader | None = None
    strict: bool = True
    ordered: bool = False
    pending: dict[str, tuple[Node, Reading]] = field(default_factory=dict)
    """Definitions that something refers to, by name, until they are read."""
    marks: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Whether what a reference leads to has a mark."""
    _asked: set[str] = field(default_factory=set)

    def root(self, node: Node, direction: Direction) -> JsonObject:
        """A schema without the definitions that it refers to."""
        found = self._whole(node, Reading(direction, closed=direction is Direction.REQUEST))
        return found if isinstance(found, dict) else {"allOf": [found]}

    def read(self, name: str) -> JsonObject | bool:
        """A definition that something refers to."""
        return self._whole(*self.pending.pop(name))

    def convert(self, node: Node, reading: Reading) -> JsonObject | bool:
        """One schema inside another, its references led to `$defs`."""
        if node.pointer in self.told:
            return {"$ref": self._reference(node, reading)}
        return self._whole(node, reading)

    def _whole(self, node: Node, reading: Reading) -> JsonObject | bool:
        if isinstance(node.value, bool):
            return node.value
        dynamic = node.mapping.get("$dynamicRef")
        if dynamic is not None:
            if self.strict:
                raise ReferenceUnresolved(f"the dynamic reference {dynamic!r} is not followed", where=node.pointer)
            return {"$ref": f"dynamic:{dynamic}"}
        if target_of(node.value) is None:
            return self._without_reference(node, reading)
        siblings = {key: value for key, value in node.mapping.items() if key != "$ref"}
        if not self.contract.dialect.ref_siblings or not any(_decides(key) for key in siblings):
            # `nullable` beside a `$ref` has no effect in any version (OAS 3.0.4, section 4.8.24.1).
            return {"$ref": self._definition(node.mapping["$ref"], reading), **(_shown(siblings) if siblings else {})}
        parts = [{"$ref": node.mapping["$ref"]}, *_listed(siblings.get("allOf"))]
        return self._without_reference(Node(node.pointer, {**siblings, "allOf": parts}), reading)

    def _definition(self, reference: str, reading: Reading) -> str:
        try:
            target = self.contract.refs.hop(reference)
        except ReferenceUnresolved:
            if self.strict:
                raise
            return reference
        return self._reference(target, reading)

    def _reference(self, target: Node, reading: Reading) -> str:
        """A reference to a schema by the name that it has among the definitions."""
        if self.origin is not None and target.pointer in self.told:
            return self.origin._reference(self.origin.contract.at(self.told[target.pointer]), reading)
        key = target.pointer, reading
        base = self.names.get(key)
        if base is None:
            wanted = re.sub(r"[^A-Za-z0-9._-]", "_", parse(target.pointer)[-1]) + (".part" if reading.part else "")
            taken = set(self.names.values())
            base = self.names[key] = next(each for each in _numbered(wanted) if each not in taken)
        name = base if not self.side or target.pointer in self.shared else f"{base}.{self.side}"
        if name not in self._asked and _is_schema(target.value):
            self._asked.add(name)
            self.pending[name] = target, reading
        return f"#/$defs/{name}"

    def _without_reference(self, node: Node, reading: Reading) -> JsonObject | bool:
        value = node.mapping
        marked = frozenset[str]() if reading.mark is None else self._marked(node, reading.mark)
        if not marked <= reading.unsent:
            reading = replace(reading, unsent=reading.unsent | marked)
        types = _types(value)
        found: JsonObject = {**types, **self._values(value), **_shown(value)}
        for more in (self._object(node, reading), self._array(node, reading), self._in_place(node, reading)):
            if more:
                found |= more
        self._close(found, node, reading)
        if self.contract.dialect.nullable(value) and types and "null" not in types["type"]:
            return _nullable(found)
        if value.get("nullable") is True and not types:
            return _nullable(found)
        return found

    def _values(self, value: JsonObject) -> JsonObject:
        """What constrains a value by itself (JSON Schema 2020-12 validation, sections 6.1 to 6.3)."""
        dialect, found = self.contract.dialect, dict[str, Any]()
        if value.keys().isdisjoint(_OF_VALUES):
            return found
        if isinstance(value.get("enum"), list):
            found["enum"] = value["enum"]
        if "const" in value:
            found["const"] = value["const"]
        bounds = {"minimum": dialect.lower_bound(value), "maximum": dialect.upper_bound(value)}
        limits = INTEGER_BOUNDS.get(str(value.get("format")), (None, None))
        for (keyword, bound), limit in zip(bounds.items(), limits, strict=True):
            if bound is not None:
                found[bound[2]] = bound[0]
            tighter = limit is not None and (bound is None or (bound[0] < limit) is (keyword == "minimum"))
            if tighter and (bound is None or bound[0] != limit):
                found.pop(bound[2] if bound else keyword, None)
                found[keyword] = limit
        factor = value.get("multipleOf")
        if isinstance(factor, int | float) and not isinstance(factor, bool) and factor > 0:
            found["multipleOf"] = factor
        for keyword in _SIZES:
            size = value.get(keyword)
            if isinstance(size, int | float) and not isinstance(size, bool) and size >= 0 and size == int(size):
                found[keyword] = int(size)
        if isinstance(value.get("pattern"), str):
            found["pattern"] = value["pattern"]
        named = value.get("format")
        if isinstance(named, str) and named not in INTEGER_BOUNDS and named not in FREE:
            found["format" if named in EXAMPLES else "x-format"] = named
        return found

    def _object(self, node: Node, reading: Reading) -> JsonObject:
        value, found = node.mapping, dict[str, Any]()
        if value.keys().isdisjoint(_OF_OBJECTS):
            return found
        properties, below = node.child("properties"), reading.of_child
        if isinstance(properties.value, dict):
            found["properties"] = {
                str(name): self._property(properties.child(name), below) for name in self._in_order(properties)
            }
        required = [name for name in _listed(value.get("required")) if isinstance(name, str)]
        required = [name for name in required if name not in reading.unsent and (name or "" in properties.mapping)]
        if required:
            found["required"] = list(dict.fromkeys(required))
        unlisted = [name for name in required if name not in found.get("properties", {})]
        if unlisted and reading.closed and not _SAID & value.keys():
            # Closing must not refuse what is asked for: a name that is required counts as listed.
            found["properties"] = {**found.get("properties", {}), **dict.fromkeys(unlisted, True)}
        patterns = node.child("patternProperties")
        if patterns.mapping:
            found["patternProperties"] = {
                str(name): self.convert(patterns.child(name), below) for name in self._in_order(patterns)
            }
        for keyword in ("additionalProperties", *_OF_PARTS):
            if _is_schema(value.get(keyword)):
                found[keyword] = self.convert(node.child(keyword), below)
        asked = value.get("dependentRequired")
        if isinstance(asked, dict):
            found["dependentRequired"] = {
                str(key): [name for name in _listed(names) if isinstance(name, str) and name not in reading.unsent]
                for key in self._in_order(node.child("dependentRequired"))
                for names in (asked[key],)
            }
        return found

    def _in_order(self, node: Node) -> list[str]:
        return sorted(node.mapping) if self.ordered else list(node.mapping)

    def _property(self, node: Node, reading: Reading) -> JsonObject | bool:
        if reading.mark is not None and self._is_marked(node, reading.mark):
            return {reading.mark: True}
        return self.convert(node, reading)

    def _array(self, node: Node, reading: Reading) -> JsonObject:
        value, found = node.mapping, dict[str, Any]()
        if value.keys().isdisjoint(_OF_ARRAYS):
            return found
        tuple_form = isinstance(value.get("items"), list)  # JSON Schema Draft 4, section 5.3.1
        prefix, rest = ("items", "additionalItems") if tuple_form else ("prefixItems", "items")
        listed = node.child(prefix)
        if isinstance(listed.value, list) and listed.value:
            found["prefixItems"] = [
                self.convert(listed.child(index), reading.of_child) for index in range(len(listed.value))
            ]
        if _is_schema(value.get(rest)):
            found["items"] = self.convert(node.child(rest), reading.of_child)
        if value.get("uniqueItems") is True:
            found["uniqueItems"] = True
        return found

    def _in_place(self, node: Node, reading: Reading) -> JsonObject:
        """Schemas of the same value (JSON Schema 2020-12 core, section 10.2)."""
        value, found = node.mapping, dict[str, Any]()
        if value.keys().isdisjoint(_OF_THE_SAME):
            return found
        said = not reading.part and not _SAID.isdisjoint(value)  # what is said so stays as it is said
        listed = reading.listed or said or self._lists_for_sure(node)
        member = replace(reading, part=True, listed=listed)
        whole = member if reading.closed else reading
        members = self._schemas(node.child("allOf"))
        if members:
            found["allOf"] = [self.convert(part, whole) for part in members]
        for keyword in _BRANCHES:
            branches = self._schemas(node.child(keyword))
            if branches:
                found[keyword] = [self._branch(branch, whole) for branch in branches]
        free = Reading(None, closed=False)
        if _is_schema(value.get("not")):
            found["not"] = self.convert(node.child("not"), free)
        if _is_schema(value.get("if")):
            found["if"] = self.convert(node.child("if"), free)
            for keyword in _IN_PLACE:
                if _is_schema(value.get(keyword)):
                    found[keyword] = self.convert(node.child(keyword), whole)
        asked = node.child("dependentSchemas")
        if asked.mapping:
            found["dependentSchemas"] = {
                str(key): self.convert(asked.child(key), whole) for key in self._in_order(asked)
            }
        return found

    def _branch(self, node: Node, reading: Reading) -> JsonObject | bool:
        """A branch of a union. One that lists nothing is not closed, so all that it has counts as looked at."""
        found = self.convert(node, reading)
        if not reading.closed or reading.listed or self._lists(node):
            return found
        if found is True:
            return {"additionalProperties": True}
        if isinstance(found, dict) and not {"additionalProperties", "unevaluatedProperties"} & found.keys():
            types = found.get("type", "object")
            if "object" in types:
                return {**found, "additionalProperties": True}
        return found

    def _close(self, found: JsonObject, node: Node, reading: Reading) -> None:
        """Refuse what is not listed: on the outermost schema, so that all of its parts may list."""
        if reading.closed and not reading.part and _SAID.isdisjoint(found) and self._lists(node):
            found["unevaluatedProperties"] = False

    def _lists(self, node: Node) -> bool:
        """Whether a schema, or any part of it, lists properties."""
        return any(_names(part) for part in self._parts(node, (*_BRANCHES, *_IN_PLACE, "dependentSchemas")))

    def _lists_for_sure(self, node: Node) -> bool:
        """Whether properties are listed whichever branch is taken."""
        return any(_names(part) for part in self._parts(node, ()))

    def _marked(self, node: Node, mark: str) -> frozenset[str]:
        """The properties that any part of a schema marks as not sent."""
        found: set[str] = set()
        if node.mapping.keys().isdisjoint(_LISTING):
            return frozenset()
        for part in self._parts(node, (*_BRANCHES, *_IN_PLACE, "dependentSchemas")):
            properties = part.mapping.get("properties")
            for name, value in properties.items() if isinstance(properties, dict) else ():
                # Most have neither the mark nor anything that may lead to one.
                says = isinstance(value, dict) and not value.keys().isdisjoint((mark, *_LEADING))
                if says and self._is_marked(part.child("properties", name), mark):
                    found.add(name)
        return frozenset(found)

    def _is_marked(self, node: Node, mark: str) -> bool:
        """Whether a mark stands on a property's schema, beside its `$ref`, or on what those and `allOf` lead to."""
        value = node.mapping
        if value.get(mark) is True:
            return True
        if value.keys().isdisjoint(_LEADING):
            return False
        key = str(value.get("$ref")), mark
        if "$ref" in value and key in self.marks and not self.contract.dialect.ref_siblings:
            return self.marks[key]
        found = any(part.mapping.get(mark) is True for part in self._parts(node, (), only_branch=True))
        if "$ref" in value:
            self.marks[key] = found
        return found

    def _parts(self, node: Node, further: tuple[str, ...], *, only_branch: bool = False) -> Iterator[Node]:
        """The schemas of the same value: the schema, what `$ref` and `allOf` lead to, and `further` keywords.

        `only_branch`: also what is the only branch of a union beside `null`.
        """
        if node.mapping.keys().isdisjoint(_LEADING) and node.mapping.keys().isdisjoint(further):
            if isinstance(node.value, dict):
                yield node
            return
        waiting, seen = [node], set[int]()
        while waiting:
            part = waiting.pop()
            if id(part.value) in seen or not isinstance(part.value, dict):
                continue
            seen.add(id(part.value))
            if target_of(part.value) is not None:
                try:
                    waiting.append(self.contract.refs.hop(part.mapping["$ref"]))
                except ReferenceUnresolved:
                    continue
                if not self.contract.dialect.ref_siblings:
                    continue
            yield part
            if "allOf" in part.value:
                waiting.extend(self._schemas(part.child("allOf")))
            for keyword in further:
                if keyword not in part.value or (keyword in _IN_PLACE and "if" not in part.value):
                    continue
                waiting.extend(self._under(part.child(keyword), by_name=keyword == "dependentSchemas"))
            if only_branch:
                for keyword in (each for each in _BRANCHES if each in part.value):
                    branches = [each for each in self._schemas(part.child(keyword)) if not _is_null(each)]
                    waiting.extend(branches if len(branches) == 1 else [])

    def _under(self, child: Node, *, by_name: bool) -> list[Node]:
        """The schemas under a keyword: some by name, a list, or one."""
        if by_name:
            return [child.child(key) for key in child.mapping]
        return [child] if isinstance(child.value, dict) else self._schemas(child)

    def _schemas(self, holder: Node) -> list[Node]:
        nodes = [holder.child(index) for index in range(len(_listed(holder.value)))]
        return [node for node in nodes if _is_schema(node.value)]


def _types(value: JsonObject) -> JsonObject:
    """`type`, names that JSON Schema does not know left out; `file` is a text (OAS 2.0, Parameter Object)."""
    stated = value.get("type")
    names = [stated] if isinstance(stated, str) else _listed(stated)
    known = ["string" if name == "file" else name for name in names]
    known = [name for name in dict.fromkeys(known) if name in _TYPES]
    if not known or len(known) < len(names):
        return {}
    return {"type": known[0] if len(known) == 1 else known}


def _nullable(found: JsonObject) -> JsonObject:
    """The schema or `null`, wherever else in it the type stands (OAS 3.0.4, section 4.8.24.1)."""
    shown: JsonObject = {key: found.pop(key) for key in ("examples", "default") if key in found}
    if not found.keys() & {"enum", "const", "allOf", "oneOf", "anyOf", "not", "if"}:
        types = [found["type"]] if isinstance(found.get("type"), str) else found.get("type", [])
        return {**found, **({"type": [*types, "null"]} if types else {}), **shown}
    return {"anyOf": [found, {"type": "null"}], **shown}


def _shown(value: JsonObject) -> JsonObject:
    """What the document shows: `examples`, the older `example`, values of `x-extensible-enum`, and `default`."""
    found: JsonObject = {}
    examples = list(_listed(value.get("examples")))
    if "example" in value:
        examples.insert(0, value["example"])
    examples += _listed(value.get("x-extensible-enum"))
    if examples:
        found["examples"] = examples
    if "default" in value:
        found["default"] = value["default"]
    return found


def _decides(key: str) -> bool:
    """Whether a keyword takes part in deciding which values are accepted."""
    return not key.startswith("x-") and key not in (
        "description", "summary", "title", "example", "examples", "externalDocs", "default", "deprecated", "readOnly",
        "writeOnly", "nullable", "xml", "discriminator", "$comment",
    )  # fmt: skip


def _names(node: Node) -> bool:
    value = node.mapping
    return any(
        value.get(keyword) and isinstance(value[keyword], dict) for keyword in ("properties", "patternProperties")
    )


def _is_null(node: Node) -> bool:
    value = node.mapping
    return value.get("type") in ("null", ["null"]) or value.get("enum") == [None] or value.get("const", 0) is None


def _is_schema(value: object) -> bool:
    return isinstance(value, dict | bool)


def _listed(value: JsonValue) -> list[Any]:
    return value if isinstance(value, list) else []


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}.{number}"
        number += 1
