"""An edit anywhere in a document is in some change: at its place, above it, or at what it consists of.

Real and made-up documents are edited at a random place: a value or an entry is added, removed or replaced, a key is
renamed, two entries change places. What says the same in other words may be silent; `plain` is all that counts as that.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from monitor.compare import compare
from monitor.contract import Contract
from monitor.reading import contract_of, read
from monitor.reading.dialects import dialect_for
from monitor.values import join, same
from tests.compare.documents import documents, places

Json = dict[str, Any]

REAL = (
    "incident-io/2023-04-26T1739_924a1bc.json",
    "box/2026-06-10T1016_8b694ff.json",
    "adyen-checkout-v71/2026-05-11T1355_c17deb7.json",
    "twilio-api/2022-01-12T1920_f5cf05e.json",
    "xero-accounting/2022-01-19T1832_b8f1051.yaml",
    "openai/2023-06-11T0158_8ea6412.yaml",
    "openai/2025-04-29T2005_498c71d.yaml",
    "slack/2020-03-13T1942_39b7cc5.json",
)
VALUES: tuple[Any, ...] = (True, False, 7, -1.5, "other", "", None, {}, [], {"type": "string"}, ["a"], {"x-a": 1})
KEYS = (
    "x-new",
    "odd",
    "description",
    "required",
    "enum",
    "minLength",
    "nullable",
    "default",
    "deprecated",
    "items",
    "type",
)

# --- what says the same ----------------------------------------------------------------------------------------------

OFF = ("required", "deprecated", "nullable", "x-nullable", "readOnly", "writeOnly", "uniqueItems", "allowReserved",
       "allowEmptyValue", "exclusiveMinimum", "exclusiveMaximum")  # fmt: skip
SETS = ("required", "type", "oneOf", "anyOf", "allOf", "parameters", "consumes", "produces", "schemes")
STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


def plain(value: Any, key: str = "") -> Any:
    """The value without what says nothing: flags that are off, empty schemas that accept anything, defaults written out.

    In lists whose order says nothing, each entry once, in one order.
    """
    if isinstance(value, dict):
        members = {name: plain(inner, name) for name, inner in value.items()}
        return {name: inner for name, inner in members.items() if not says_nothing(name, inner, members)}
    if not isinstance(value, list):
        return value
    entries = [plain(inner) for inner in value]
    if key in SETS or (key == "security" and all(isinstance(entry, dict) for entry in entries)):
        return [json.loads(text) for text in sorted({json.dumps(entry, sort_keys=True) for entry in entries})]
    # The scopes of a requirement are a set, too.
    return (
        sorted(entries) if key not in ("enum", "tags") and all(isinstance(each, str) for each in entries) else entries
    )


def says_nothing(name: str, value: Any, beside: Json) -> bool:
    if name in OFF and value is False:
        return True
    if name in ("required", "minLength", "minItems", "minProperties") and value in ([], 0) and value is not False:
        return True
    if name in ("items", "properties", "additionalProperties") and value in ({}, True):
        return True
    if name in ("style", "explode"):
        style = STYLES.get(str(beside.get("in", "header")))
        return same(value, style if name == "style" else beside.get("style", style) == "form")
    return False


# --- edits -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edit:
    """What was done, where (of a list: the list; of a key that is renamed: both names), and how it is undone."""

    words: str
    places: tuple[str, ...]
    undo: Callable[[], None]


def edit(draw: Callable[[Any], Any], spots: list[tuple[Any, Any, str]]) -> Edit:
    """Edit the document at one of its places."""
    holder, key, pointer = spots[draw(st.integers(0, len(spots) - 1))]
    deed = draw(st.sampled_from(["remove", "replace", "add", "move"]))
    new = copy.deepcopy(draw(st.sampled_from(VALUES)))
    if isinstance(holder, list):
        kept = list(holder)
        if deed == "remove":
            del holder[key]
        elif deed == "replace":
            holder[key] = new
        elif deed == "add":
            holder.insert(key, new)
        else:
            other = draw(st.integers(0, len(holder) - 1))
            holder[key], holder[other] = holder[other], holder[key]
        return Edit(deed, (pointer.rpartition("/")[0],), lambda: holder.__setitem__(slice(None), kept))
    members = dict(holder)

    def undo() -> None:
        holder.clear()
        holder.update(members)

    if deed == "remove":
        del holder[key]
    elif deed == "replace":
        holder[key] = new
    elif deed == "add":
        key = draw(st.sampled_from(KEYS))
        holder[key], pointer = new, join(pointer.rpartition("/")[0], key)
    else:
        undo()
        holder.clear()
        holder.update({"renamed" if name == key else name: value for name, value in members.items()})
    renamed = (join(pointer.rpartition("/")[0], "renamed"),) if deed == "move" else ()
    return Edit(deed, (pointer, *renamed), undo)


def is_found(places: tuple[str, ...], pointers: set[str]) -> bool:
    return any(
        place == pointer or place.startswith(f"{pointer}/") or pointer.startswith(f"{place}/")
        for pointer in pointers
        for place in places
    )


def check(before: Contract, changed: Json, done: Edit) -> None:
    """Fail where the edited document says something else, and no change stands at that place."""
    if same(plain(before.root), plain(changed)):
        return
    found = compare(before, Contract(changed, before.dialect))
    pointers = {side for change in found for place in change.places for side in (place.before, place.after)} - {None}
    told = [(type(change).__name__, change.location) for change in found[:5]]
    assert is_found(done.places, {str(pointer) for pointer in pointers}), f"{done.words} {done.places}: {told}"


# --- documents -------------------------------------------------------------------------------------------------------


@cache
def real(file: Path) -> tuple[Contract, Json, list[tuple[Any, Any, str]]]:
    """A document, a copy of it to edit, and the places of the copy."""
    contract = contract_of(read(file.read_bytes(), source=file.name))
    changed = copy.deepcopy(contract.root)
    # What a specification says of itself decides how all of it is read.
    return contract, changed, [spot for spot in places(changed) if spot[2] not in ("/openapi", "/swagger")]


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_edit_of_a_real_document_is_found(shared: Path, name: str, data: st.DataObject) -> None:
    before, changed, spots = real(shared / "corpus" / name)
    done = edit(data.draw, spots)
    try:
        check(before, changed, done)
    finally:
        done.undo()


@settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(document=documents(), data=st.data())
def test_an_edit_of_a_made_up_document_is_found(document: Json, data: st.DataObject) -> None:
    changed = copy.deepcopy(document)
    done = edit(data.draw, [spot for spot in places(changed) if spot[2] != "/openapi"])
    check(Contract(document, dialect_for(document["openapi"])), changed, done)
