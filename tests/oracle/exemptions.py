"""Where the stance knowingly calls a change compatible that a value shows to be a break: each by name, and no others.

An exemption is as narrow as it can be said: a value that is not one which a client sends or receives, or another reading
of the two schemas under which it shows nothing. `case` is a pair that needs it: tests/oracle/test_exemptions.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from monitor.contract import Direction
from tests.algebra.schemas import by_rust
from tests.oracle.generation import Pair, Side
from tests.oracle.values import parts_of, schemas_of_name

Places = list[tuple[Any, Any]]


@dataclass(frozen=True)
class Exemption:
    """One place where the stance and the arithmetic of sets part.

    `stance`: its words in docs/stance.md. `of_value`: whether a value is left out, given the plain schemas that speak of
    each object in it before and after; `reading`: what becomes of a plain schema when the stance is followed; `mark`:
    what is not looked at, of properties with that mark on either side.
    """

    name: str
    direction: Direction
    stance: str
    case: Pair
    of_value: Callable[[dict[str, Any], Places, Places], bool] | None = None
    reading: Callable[[Any], Any] | None = None
    mark: str | None = None


def is_break(direction: Direction, before: bool, after: bool) -> bool:
    """Whether a value shows one, given whether it fits."""
    return (before and not after) if direction is Direction.REQUEST else (after and not before)


def exempted(direction: Direction, before: Any, after: Any, value: Any, known: tuple[Exemption, ...]) -> bool:
    """Whether a value that shows a break shows none as the stance reads it."""
    of_direction = [each for each in known if each.direction is direction]
    for each in of_direction:
        if each.of_value is not None and any(
            each.of_value(inner, *places) for inner, *places in _objects(value, [(before, before)], [(after, after)])
        ):
            return True
    for each in of_direction:
        if each.mark is not None:
            value = _unmarked(value, [(before, before)], [(after, after)], each.mark)
            marked = _names_marked(before, each.mark) | _names_marked(after, each.mark)
            before, after = _not_asking_for(before, marked), _not_asking_for(after, marked)
        if each.reading is not None:
            before, after = each.reading(before), each.reading(after)
    return not is_break(direction, by_rust(before)(value), by_rust(after)(value))


def _objects(value: Any, before: Places, after: Places) -> Iterator[tuple[dict[str, Any], Places, Places]]:
    """Every object in a value, with the schemas that speak of it."""
    mine, yours = _parts(before), _parts(after)
    if isinstance(value, dict):
        yield value, mine, yours
        for name, inner in value.items():
            yield from _objects(inner, schemas_of_name(mine, name), schemas_of_name(yours, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _objects(inner, _of_item(mine, index), _of_item(yours, index))


def _parts(places: Places) -> Places:
    return [part for place in places for part in parts_of(*place, set(), refused=False)]


def _of_item(parts: Places, index: int) -> Places:
    found = []
    for part, root in parts:
        listed = part.get("prefixItems", ())
        found += [(listed[index], root)] if index < len(listed) else []
        found += [(part[keyword], root) for keyword in ("items", "contains") if keyword in part]
    return found


def _lists(parts: Iterable[tuple[dict[str, Any], Any]], name: str) -> bool:
    """Whether one of the schemas says something of the values of a name."""
    return any(
        _says(part.get("properties", {}).get(name, True))
        or any(re.search(each, name) for each in part.get("patternProperties", {}))
        for part, _ in parts
    )


def _says(schema: Any) -> bool:
    """Whether a plain schema says anything of a value; what is asked for of nothing does not."""
    return schema is False or (isinstance(schema, dict) and any(value != [] for value in schema.values()))


def _opens(parts: Iterable[tuple[dict[str, Any], Any]]) -> bool:
    """Whether one of the schemas says of which kind the values under all other names are."""
    # Beside the one nothing is left to the other (JSON Schema 2020-12 core, section 11.3).
    said = (part.get("additionalProperties", part.get("unevaluatedProperties")) for part, _ in parts)
    return any(isinstance(each, dict) and _says(each) for each in said)


def _variants(parts: Places) -> list[Places]:
    """The branches of the unions among the schemas of a value, each with all that holds with it."""
    return [
        list(parts_of(branch, root, set(), refused=False))
        for part, root in parts
        for keyword in ("anyOf", "oneOf")
        for branch in part.get(keyword, ())
    ]


def _newly_listed(value: dict[str, Any], before: Places, after: Places) -> bool:
    """Whether a name is listed that was not: nowhere, or in one variant more, when only variants speak of it."""
    mine, yours = _variants(before), _variants(after)
    inside = {id(part) for variant in mine for part, _ in variant}
    outside = [place for place in before if id(place[0]) not in inside]
    return not _opens(outside) and any(
        (_lists(after, name) and not _lists(before, name))
        or (
            sum(_lists(each, name) for each in yours) > sum(_lists(each, name) for each in mine)
            and not _lists(outside, name)
        )
        for name in value
    )


def _unmarked(value: Any, before: Places, after: Places, mark: str) -> Any:
    """A value without the properties that bear a mark on either side."""
    mine, yours = _parts(before), _parts(after)
    if isinstance(value, dict):
        return {
            name: _unmarked(inner, schemas_of_name(mine, name), schemas_of_name(yours, name), mark)
            for name, inner in value.items()
            if not any(part.get("properties", {}).get(name) == {mark: True} for part, _ in (*mine, *yours))
        }
    if isinstance(value, list):
        return [
            _unmarked(inner, _of_item(mine, index), _of_item(yours, index), mark) for index, inner in enumerate(value)
        ]
    return value


def _names_marked(schema: Any, mark: str) -> frozenset[str]:
    """The names of all properties in a plain schema that bear a mark."""
    if isinstance(schema, list):
        return frozenset().union(*(_names_marked(each, mark) for each in schema))
    if not isinstance(schema, dict):
        return frozenset()
    own = {name for name, each in schema.items() if each == {mark: True}}
    return frozenset(own).union(*(_names_marked(each, mark) for each in schema.values()))


def _not_asking_for(schema: Any, names: frozenset[str]) -> Any:
    """A plain schema that asks for none of these names."""

    def change(each: dict[str, Any]) -> dict[str, Any]:
        found = dict(each)
        if "required" in each:
            found["required"] = [name for name in each["required"] if name not in names]
        if "dependentRequired" in each:
            found["dependentRequired"] = {
                trigger: [name for name in asked if name not in names]
                for trigger, asked in each["dependentRequired"].items()
            }
        return found

    return _rewritten(schema, change) if names else schema


def _rewritten(
    schema: Any, change: Callable[[dict[str, Any]], dict[str, Any]], apart: frozenset[str] = frozenset()
) -> Any:
    """A schema with every schema in it changed, but for those under the keywords `apart`."""
    if isinstance(schema, list):
        return [_rewritten(each, change, apart) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = change(schema)
    return {
        key: {name: _rewritten(each, change, apart) for name, each in value.items()}
        if key in ("properties", "patternProperties", "$defs", "dependentSchemas")
        else value
        if key in apart or key in ("enum", "const", "default", "examples")
        else _rewritten(value, change, apart)
        for key, value in found.items()
    }


_REFUSED = frozenset({"not"})
_OF_NO_VALUES = frozenset({"not", "propertyNames"})
"""Keywords whose schema is of no value that travels: what is refused, and names."""


def written(schema: Any) -> Any:
    """A plain schema whose listed numbers are texts too, as they are where all is text."""

    def change(each: dict[str, Any]) -> dict[str, Any]:
        listed = [each["const"]] if "const" in each else each.get("enum", [])
        texts = [json.dumps(value) for value in listed if isinstance(value, int | float)]
        return (
            {key: value for key, value in each.items() if key != "const"} | {"enum": listed + texts} if texts else each
        )

    return _rewritten(schema, change)


def _without_pattern(schema: Any) -> Any:
    def change(each: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in each.items() if key != "pattern"}

    return _rewritten(schema, change, _REFUSED)  # names have patterns as texts do


def _any_of(schema: Any) -> Any:
    def change(each: dict[str, Any]) -> dict[str, Any]:
        if "oneOf" not in each:
            return each
        rest = {key: value for key, value in each.items() if key != "oneOf"}
        return {**rest, "allOf": [*rest.get("allOf", []), {"anyOf": each["oneOf"]}]}

    return _rewritten(schema, change, _OF_NO_VALUES)


def _with_null(schema: Any) -> Any:
    def change(each: dict[str, Any]) -> dict[str, Any]:
        types, listed = each.get("type"), [each["const"]] if "const" in each else each.get("enum")
        if not isinstance(types, list) or "null" not in types or not isinstance(listed, list):
            return each
        return {**{key: value for key, value in each.items() if key != "const"}, "enum": [*listed, None]}

    return _rewritten(schema, change)


def _without_format(schema: Any) -> Any:
    def change(each: dict[str, Any]) -> dict[str, Any]:
        listed = "enum" in each or "const" in each
        return {key: value for key, value in each.items() if not (listed and key == "format")}

    return _rewritten(schema, change)


def _pair(before: Any, after: Any) -> Pair:
    return Pair(Side(before, {}), Side(after, {}))


def _object(more: Any = None, **keywords: Any) -> Any:
    return {"type": "object", "properties": {"name": {"type": "string"}, **(more or {})}, **keywords}


_READ_ONLY = {"type": "string", "readOnly": True}
_WRITE_ONLY = {"type": "string", "writeOnly": True}

EXEMPTIONS: tuple[Exemption, ...] = (
    Exemption(
        "a response's pattern",
        Direction.RESPONSE,
        "`pattern` removed, wider or changed | `compatible` in a response",
        _pair({"type": "string", "pattern": "^a+$"}, {"type": "string", "pattern": "^[ab]+$"}),
        reading=_without_pattern,
    ),
    Exemption(
        "a format beside a list of values",
        Direction.REQUEST,
        "a format beside the same list of values",
        _pair({"const": "red"}, {"const": "red", "format": "email"}),
        reading=_without_format,
    ),
    Exemption(
        "a received format beside a list of values",
        Direction.RESPONSE,
        "a format beside the same list of values",
        _pair({"const": "red", "format": "email"}, {"const": "red"}),
        reading=_without_format,
    ),
    Exemption(
        "null beside a list of values",
        Direction.RESPONSE,
        "the list would refuse `null`; but who writes it announces that `null` comes",
        _pair({"type": ["string", "null"], "enum": ["a"]}, {"oneOf": [{"enum": ["a"]}, {"type": "null"}]}),
        reading=_with_null,
    ),
    Exemption(
        "null beside one value in a request",
        Direction.REQUEST,
        "the list would refuse `null`; but who writes it announces that `null` comes",
        _pair({"anyOf": [{"const": "a"}, {"type": "null"}]}, {"type": ["string", "null"], "const": "a"}),
        reading=_with_null,
    ),
    Exemption(
        "a property newly listed in an open request",
        Direction.REQUEST,
        "an optional property listed where any name was accepted | `compatible` in a request",
        _pair(
            _object(additionalProperties=True),
            _object({"size": {"type": "integer"}}, additionalProperties=True),
        ),
        of_value=_newly_listed,
    ),
    Exemption(
        "a property that is not sent",
        Direction.REQUEST,
        "It is enough that one of the two documents says so: what was not sent before was never sent",
        _pair(_object({"id": _READ_ONLY}), _object({"id": {"type": "string"}})),
        mark="readOnly",
    ),
    Exemption(
        "a property that is not received",
        Direction.RESPONSE,
        "A property that is `readOnly` is not sent, one that is `writeOnly` is not received",
        _pair(_object({"id": {"type": "string"}}), _object({"id": _WRITE_ONLY})),
        mark="writeOnly",
    ),
    Exemption(
        "variants of oneOf",
        Direction.REQUEST,
        "the variants are read as apart",
        _pair(
            {"oneOf": [{"type": "string", "maxLength": 3}, {"type": "string", "minLength": 5}]},
            {"oneOf": [{"type": "string", "maxLength": 5}, {"type": "string", "minLength": 5}]},
        ),
        reading=_any_of,
    ),
    Exemption(
        "received variants of oneOf",
        Direction.RESPONSE,
        "the variants are read as apart",
        _pair(
            {"oneOf": [{"type": "string"}, {"type": "string", "maxLength": 3}]},
            {"oneOf": [{"type": "string"}, {"type": "string", "maxLength": 2}]},
        ),
        reading=_any_of,
    ),
)
