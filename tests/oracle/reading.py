"""What a schema of OpenAPI 3.1 says in one direction, as plain JSON Schema: a reading apart from monitor/algebra/plain.py.

Written once more from docs/stance.md, so that a fault of the one conversion is not a fault of the other; for the words
that tests/oracle/generation.py makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from monitor.contract import Direction
from tests.oracle.generation import Side

HOME = "#/components/schemas/"
INT32, INT64 = 2**31, 2**63
OPENING = ("additionalProperties", "unevaluatedProperties")


def plain(side: Side, direction: Direction) -> dict[str, Any]:
    """The schema of a side, self-contained."""
    reader = _Reader(side.components, direction)
    found = reader.whole(side.schema)
    found = found if isinstance(found, dict) else {"allOf": [found]}
    definitions: dict[str, Any] = {}
    while reader.asked.keys() - definitions.keys():
        for name in sorted(reader.asked.keys() - definitions.keys()):
            definitions[name] = reader.asked[name]()
    return {**found, "$defs": definitions} if definitions else found


@dataclass
class _Reader:
    components: dict[str, Any]
    direction: Direction
    asked: dict[str, Any] = field(default_factory=dict)

    @property
    def closes(self) -> bool:
        return self.direction is Direction.REQUEST

    @property
    def mark(self) -> str:
        return "readOnly" if self.closes else "writeOnly"

    def whole(self, schema: Any) -> Any:
        """A schema of a whole value: closed when it is sent, lists names and says nothing of others."""
        if isinstance(schema, bool):
            return schema
        if "$ref" in schema and not _beside(schema):
            return self.named(schema["$ref"], "whole", self.whole)
        unsent = {
            name
            for part in self.parts(schema)
            for name, each in part.get("properties", {}).items()
            if self.is_marked(each)
        }
        said = any(keyword in schema for keyword in OPENING)  # what is said so stays as it is said
        found = self.part(schema, frozenset(unsent), listed=said)
        if self.closes and not said and self.lists(schema):
            found["unevaluatedProperties"] = False
        return found

    def named(self, reference: str, how: str, read: Any) -> dict[str, Any]:
        target = reference.removeprefix(HOME)
        name = f"{target}.{how}"
        self.asked.setdefault(name, lambda: read(self.components[target]))
        return {"$ref": f"#/$defs/{name}"}

    def part(self, schema: Any, unsent: frozenset[str], *, listed: bool) -> Any:
        """One of the schemas of a value. `listed`: one that surely holds beside it lists names."""
        if isinstance(schema, bool):
            return schema
        if "$ref" in schema and not _beside(schema):
            how = f"part{'.listed' if listed else ''}.{'.'.join(sorted(unsent))}"
            return self.named(schema["$ref"], how, lambda target: self.part(target, unsent, listed=listed))
        listed = listed or self.lists(schema, surely=True)
        found = self.words(schema)
        self._in_place(found, schema, unsent, listed=listed)
        self._inside(found, schema)
        needed = [name for name in schema.get("required", []) if name not in unsent]
        found["required"] = needed
        if self.closes and not any(keyword in schema for keyword in OPENING):
            missing = {name: True for name in needed if name not in schema.get("properties", {})}
            if missing:
                found["properties"] = {**found.get("properties", {}), **missing}
        if "dependentRequired" in schema:
            found["dependentRequired"] = {
                key: [name for name in names if name not in unsent]
                for key, names in schema["dependentRequired"].items()
            }
        return found

    def _in_place(self, found: Any, schema: dict[str, Any], unsent: frozenset[str], *, listed: bool) -> None:
        """The other schemas of the same value."""
        here = [*([{"$ref": schema["$ref"]}] if "$ref" in schema else []), *schema.get("allOf", [])]
        if here:
            members = [self.part(each, unsent, listed=listed) for each in here]
            found["allOf"] = [*found.get("allOf", []), *members]
        for keyword in ("anyOf", "oneOf"):
            if schema.get(keyword):
                found[keyword] = [self.branch(each, unsent, listed=listed) for each in schema[keyword]]
        for keyword in ("then", "else"):
            if "if" in schema and keyword in schema:
                found[keyword] = self.part(schema[keyword], unsent, listed=listed)
        if "dependentSchemas" in schema:
            found["dependentSchemas"] = {
                name: self.part(each, unsent, listed=listed) for name, each in schema["dependentSchemas"].items()
            }
        for keyword in ("not", "if"):
            if keyword in schema:
                found[keyword] = self.free(schema[keyword])

    def _inside(self, found: Any, schema: dict[str, Any]) -> None:
        """The schemas of what is inside the value."""
        if "properties" in schema:
            found["properties"] = {
                name: {self.mark: True} if self.is_marked(each) else self.whole(each)
                for name, each in schema["properties"].items()
            }
        if "patternProperties" in schema:
            found["patternProperties"] = {name: self.whole(each) for name, each in schema["patternProperties"].items()}
        for keyword in (*OPENING, "propertyNames", "contains", "items", "unevaluatedItems"):
            if keyword in schema:
                found[keyword] = self.whole(schema[keyword])
        if schema.get("prefixItems"):
            found["prefixItems"] = [self.whole(each) for each in schema["prefixItems"]]

    def branch(self, schema: Any, unsent: frozenset[str], *, listed: bool) -> Any:
        """A branch of a union; one that lists nothing is open, where nothing else lists for it."""
        found = self.part(schema, unsent, listed=listed)
        if not self.closes or listed or schema is False or self.lists(schema):
            return found
        if isinstance(schema, dict) and any(keyword in schema for keyword in OPENING):
            return found
        return {"allOf": [found, {"additionalProperties": True}]}

    def words(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What says something of a value by itself."""
        found = {key: value for key, value in schema.items() if key in _WORDS}
        if schema.get("format") == "int32":
            found["allOf"] = [{"minimum": -INT32}, {"maximum": INT32 - 1}]
        elif schema.get("format") == "int64":
            found["allOf"] = [{"minimum": -INT64}, {"maximum": INT64 - 1}]
        elif "format" in schema:
            found["format"] = schema["format"]
        return found

    def free(self, schema: Any) -> Any:
        """Under `not` and `if`: nothing is closed, no mark counts."""
        return _Free(self.components, self.direction, self.asked).part(schema, frozenset(), listed=True)

    def parts(self, schema: Any, *, surely: bool = False) -> Iterator[dict[str, Any]]:
        """The schemas of the same value; `surely`: those that hold for every value."""
        waiting, seen = [schema], set()
        while waiting:
            each = waiting.pop()
            if not isinstance(each, dict):
                continue
            if "$ref" in each and each["$ref"] not in seen:
                seen.add(each["$ref"])
                waiting.append(self.components[each["$ref"].removeprefix(HOME)])
            yield each
            waiting += each.get("allOf", [])
            if not surely:
                for keyword in ("anyOf", "oneOf"):
                    waiting += each.get(keyword, [])
                waiting += [each[keyword] for keyword in ("then", "else") if keyword in each and "if" in each]
                waiting += each.get("dependentSchemas", {}).values()

    def lists(self, schema: Any, *, surely: bool = False) -> bool:
        return any(
            part.get("properties") or part.get("patternProperties") for part in self.parts(schema, surely=surely)
        )

    def is_marked(self, schema: Any) -> bool:
        """Whether a property is not sent in this direction."""
        waiting, seen = [schema], set()
        while waiting:
            each = waiting.pop()
            if not isinstance(each, dict):
                continue
            if each.get(self.mark) is True:
                return True
            if "$ref" in each and each["$ref"] not in seen:
                seen.add(each["$ref"])
                waiting.append(self.components[each["$ref"].removeprefix(HOME)])
            waiting += each.get("allOf", [])
            for keyword in ("anyOf", "oneOf"):
                rest = [branch for branch in each.get(keyword, []) if not _is_null(branch)]
                waiting += rest if len(rest) == 1 else []
        return False


class _Free(_Reader):
    @property
    def closes(self) -> bool:
        return False

    @property
    def mark(self) -> str:
        return ""

    def whole(self, schema: Any) -> Any:
        return self.part(schema, frozenset(), listed=True)

    def named(self, reference: str, how: str, read: Any) -> dict[str, Any]:
        return super().named(reference, "free", lambda target: self.part(target, frozenset(), listed=True))


_WORDS = frozenset(
    {"type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength"}
    | {"maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains", "minProperties"}
    | {"maxProperties"}
)
_SAID = frozenset({"description", "title", "default", "readOnly", "writeOnly", "example", "examples", "deprecated"})


def _beside(schema: dict[str, Any]) -> bool:
    """Whether something that decides stands beside a `$ref`."""
    return bool(schema.keys() - _SAID - {"$ref"})


def _is_null(schema: Any) -> bool:
    return isinstance(schema, dict) and (
        schema.get("type") in ("null", ["null"]) or schema.get("enum") == [None] or schema.get("const", 0) is None
    )
