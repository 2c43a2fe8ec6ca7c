"""Liberties: what a provider may do to a value that it sends, as far as the schemas of its parts tell.

Some the contract permits as it is. Others need an edit of the document first, and whether the provider may make that is
not decided here (monitor/policy/future.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monitor.algebra import Place, Sampler
from monitor.contract import Direction, Node
from monitor.policy.profiles import PromiseProfile
from monitor.policy.promise import allowance, reserves
from monitor.values import JsonObject, JsonValue, join, same

_IDENTIFIER: Final = re.compile(r"(?:^|_)ids?$|[a-z]Ids?$|^ID$")
_SAYS_ORDER: Final = re.compile(
    r"\b(?:order|sort|rank|chronolog|ascending|descending|newest|latest|oldest|first|last|priorit|sequence)",
    re.IGNORECASE,
)
_NEW_PROPERTY: Final = "new_property"
_FORM: Final = ("maxLength", "pattern", "format")
_LONGEST: Final = 1_000
"""Characters that a text is shown with."""

Change = Callable[[Any], JsonValue]


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of the document: `change` of the schema at `pointer`. `found`: where a comparison finds it."""

    pointer: str
    change: Change
    found: str

    def is_at(self, pointer: str | None) -> bool:
        """Whether a place of the document is one of this edit."""
        return pointer is not None and (pointer == self.found or pointer.startswith(f"{self.found}/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Liberty:
    """Something that may be done to a value.

    `pointer`: the part that it is told of. `holder`: the part that `change` is made to. `because`: why the contract
    permits it, empty where it does not. `edit`: what must be done to the document first. `removes`: nothing can be
    done to that part any more.
    """

    pointer: str
    holder: str
    change: Change
    what: str
    because: str = ""
    edit: Edit | None = None
    removes: bool = False


def instead(new: JsonValue) -> Change:
    """The change of any value into a certain one."""
    return lambda _: new


def other_orders(parts: Sequence[Place]) -> Iterator[Liberty]:
    """Lists the other way round, where no word of the document speaks of their order; none within another of them."""
    outer: list[str] = []
    for part in parts:
        items = part.value
        if not isinstance(items, list) or all(same(items[0], each) for each in items):
            continue
        if any(part.pointer.startswith(f"{pointer}/") for pointer in outer):
            continue
        said = (str(schema.mapping.get("description", "")) for schema in (*part.stated, *part.schemas))
        if any(map(_SAYS_ORDER.search, said)) or any("prefixItems" in schema.mapping for schema in part.schemas):
            continue
        outer.append(part.pointer)
        yield Liberty(
            pointer=part.pointer,
            holder=part.pointer,
            change=lambda value: value[::-1],
            what="the items come in another order",
            because="Nothing in the contract says in which order they come.",
        )


def unknown_values(parts: Sequence[Place]) -> Iterator[Liberty]:
    """Values that a list of values does not have. A list of one value is no list that grows, it is a constant."""
    for part in parts:
        lists = [
            (schema, keyword)
            for schema in part.schemas
            for keyword in ("enum", "x-extensible-enum")
            if isinstance(schema.mapping.get(keyword), list)
        ]
        if len(lists) != 1 or isinstance(part.value, dict | list):
            continue
        ((schema, keyword),) = lists
        new = _unlike(schema.mapping[keyword])
        if new is not None:
            yield _unknown(part, schema, keyword, new)


def _unknown(part: Place, schema: Node, keyword: str, new: JsonValue) -> Liberty:
    return Liberty(
        pointer=part.pointer,
        holder=part.pointer,
        change=instead(new),
        what=f"a value that is not in the list: {_json(new)} instead of {_json(part.value)}",
        because="`x-extensible-enum` says that the list may grow." if keyword == "x-extensible-enum" else "",
        edit=Edit(
            schema.pointer,
            lambda value: {**value, keyword: [*(each for each in value[keyword] if each != new), new]},
            schema.pointer,
        ),
    )


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def _unlike(values: list[Any]) -> JsonValue:
    """A value that is written as those of a list are, and is none of them; None where they are not of one kind."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    if all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        return int(max(known)) + 1
    if not all(isinstance(value, str) for value in known):
        return None
    new = "new_value"
    if all(value == value.upper() for value in known):
        new = "NEW_VALUE"
    elif all(value[:1].isupper() for value in known):
        new = "NewValue"
    elif any("-" in value for value in known) and not any("_" in value for value in known):
        new = "new-value"
    return next(each for each in (new, *(f"{new}{number}" for number in range(2, len(known) + 3))) if each not in known)


def longer_identifiers(sampler: Sampler, parts: Sequence[Place], promise: PromiseProfile | None) -> Iterator[Liberty]:
    """IDs twice as long: those that the promise names, else what is called so.

    Where a schema states a length, a pattern or a format, the document must say less first.
    """
    for part in parts:
        text = part.value
        reserved = (
            None if promise is None else allowance(promise, "max-length-increased", Direction.RESPONSE, part.name)
        )
        if not isinstance(text, str) or not text or not (reserved or _IDENTIFIER.search(part.name)):
            continue
        if any(keyword in schema.mapping for schema in part.schemas for keyword in ("enum", "const")):
            continue
        stated = [schema for schema in part.schemas if any(keyword in schema.mapping for keyword in _FORM)]
        longer = text * 2
        free = all(sampler.fits(schema, longer) and "format" not in schema.mapping for schema in stated)
        if not free:
            ends = [end for schema in stated if isinstance(end := schema.mapping.get("maxLength"), int)]
            longer = text * max(2, max(ends, default=0) // len(text) + 1)
        if len(longer) > _LONGEST or (len(stated) > 1 and not free):
            continue
        words = "" if promise is None or reserved is None else reserves(promise, [reserved.words])
        yield Liberty(
            pointer=part.pointer,
            holder=part.pointer,
            change=instead(longer),
            what=f"a longer text: {len(longer)} characters instead of {len(text)}",
            because=(words or "The contract accepts a text of this length.") if free else "",
            edit=None if free else Edit(stated[0].pointer, _without_form, stated[0].pointer),
        )


def _without_form(schema: JsonObject) -> JsonObject:
    return {keyword: value for keyword, value in schema.items() if keyword not in _FORM}


def more_properties(parts: Sequence[Place]) -> Iterator[Liberty]:
    """A property that is not listed, in objects that list some."""
    for part in parts:
        listing = [schema for schema in part.schemas if schema.child("properties").mapping]
        if not isinstance(part.value, dict) or not listing or _NEW_PROPERTY in part.value:
            continue
        closed = any(schema.mapping.get("additionalProperties") is False for schema in part.schemas)
        yield Liberty(
            pointer=join(part.pointer, _NEW_PROPERTY),
            holder=part.pointer,
            change=lambda value: {**value, _NEW_PROPERTY: "new"},
            what="a property that is not listed",
            because="" if closed else "An object of a response that does not forbid further properties may have some.",
            edit=Edit(listing[0].pointer, _with_property, join(listing[0].pointer, "properties", _NEW_PROPERTY)),
        )


def _with_property(schema: JsonObject) -> JsonObject:
    return {**schema, "properties": {**schema["properties"], _NEW_PROPERTY: {"type": "string"}}}


def nulls(sampler: Sampler, parts: Sequence[Place]) -> Iterator[Liberty]:
    """`null` where it is accepted."""
    for part in parts:
        if part.stated and part.value is not None and all(sampler.fits(schema, None) for schema in part.stated):
            yield Liberty(
                pointer=part.pointer,
                holder=part.pointer,
                change=instead(None),
                what=f"null instead of {_kind(part.value)}",
                because="The contract accepts null here.",
                removes=True,
            )


def _without(name: str) -> Change:
    return lambda value: {key: each for key, each in value.items() if key != name}


def _kind(value: JsonValue) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean"}
    return names.get(type(value), "a number")


def absences(parts: Sequence[Place]) -> Iterator[Liberty]:
    """Properties that are listed, may be left out, and are."""
    for part in parts:
        if not isinstance(part.value, dict):
            continue
        stated = [schema.mapping.get("required") for schema in part.schemas]
        required = [name for names in stated if isinstance(names, list) for name in names]
        listed = {name for schema in part.schemas for name in schema.child("properties").mapping}
        for name in part.value:
            if name in listed and name not in required:
                yield Liberty(
                    pointer=join(part.pointer, name),
                    holder=part.pointer,
                    change=_without(name),
                    what="the property is absent",
                    because=f"`{name}` is not required.",
                    removes=True,
                )
