"""Pairs made of definitions of real documents: one as it is, and what an edit or two make of it.

The definitions are brought into the words of OpenAPI 3.1 that tests/oracle/reading.py knows, so that both conversions
to plain JSON Schema can judge them; what they say is kept, but for words of other dialects.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import orjson

from tests.oracle.generation import LISTS, NAMED, ONE, SEVERAL, Maker, Pair, Side, is_circular
from tests.oracle.reading import HOME

FILES = ("incident-io/2026-07-31T1732_dd7c681.json", "adyen-checkout-v71/2026-05-28T0813_74fabab.json")
LARGEST = 6_000
"""Bytes of a definition and all that it refers to, beyond which a pair costs more than it tells."""
_KEPT = frozenset(
    {*ONE, *SEVERAL, *NAMED, *LISTS, "$ref", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    | {"multipleOf", "minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "default"}
    | {"minProperties", "maxProperties", "readOnly", "writeOnly", "description"}
)
_FORMATS = frozenset({"date", "uuid", "email", "date-time", "ipv4", "int32", "int64"})


def definitions(folder: Path) -> list[Side]:
    """The definitions of the corpus that are not too large, each with those that it refers to."""
    found = []
    for file in FILES:
        schemas = orjson.loads((folder / file).read_bytes())["components"]["schemas"]
        for name in sorted(schemas):
            closure = _closure(name, schemas)
            if closure is not None:
                found.append(Side({"$ref": f"{HOME}{name}"}, {each: _words(schemas[each]) for each in closure}))
    return found


def pair(sides: list[Side], seed: int) -> Pair:
    """The pair of a seed."""
    random = Random(seed)
    before = random.choice(sides)
    maker, after = Maker(random), before
    for _ in range(random.choice((1, 1, 2))):
        edited = maker.edited(after)
        after = after if is_circular(edited) else edited
    return Pair(before, after)


def _closure(name: str, schemas: dict[str, Any]) -> list[str] | None:
    known, waiting, size = set[str](), [name], 0
    while waiting:
        each = waiting.pop()
        if each in known:
            continue
        known.add(each)
        size += len(orjson.dumps(schemas[each]))
        if size > LARGEST:
            return None
        waiting += _references(schemas[each])
    return sorted(known)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix(HOME)
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _words(schema: Any) -> Any:
    """A schema in the words of 3.1 that are looked at here."""
    if not isinstance(schema, dict):
        return schema
    found = {key: value for key, value in schema.items() if key in _KEPT}
    for keyword in ONE:
        if isinstance(found.get(keyword), dict):
            found[keyword] = _words(found[keyword])
    for keyword in SEVERAL:
        if isinstance(found.get(keyword), list):
            found[keyword] = [_words(each) for each in found[keyword]]
    for keyword in NAMED:
        if isinstance(found.get(keyword), dict):
            found[keyword] = {name: _words(each) for name, each in found[keyword].items()}
    if found.get("format") not in _FORMATS:
        found.pop("format", None)
    if schema.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found
