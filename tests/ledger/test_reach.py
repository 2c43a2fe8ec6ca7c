"""In which direction a client meets what is deprecated, and the callbacks among the operations."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.contract.types import Direction
from monitor.ledger import Mark, Outline, identity, outline
from monitor.reading import contract_of, read
from monitor.values import canonical_bytes

SENT, RECEIVED = Direction.REQUEST, Direction.RESPONSE
BOAT = {"type": "object", "properties": {"colour": {"type": "string", "deprecated": True}}}


def outlined(**document: Any) -> Outline:
    whole = {"openapi": "3.1.0", "info": {"title": "Boats", "version": "1"}, "paths": {}} | document
    return outline(contract_of(read(canonical_bytes(whole), source="here")))


def body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def operation(
    sent: dict[str, Any] | None = None, received: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    answer = {"200": {"description": "fine", **({} if received is None else body(received))}}
    return {**({} if sent is None else {"requestBody": body(sent)}), "responses": answer, **more}


def of_colour(document: Outline) -> Mark:
    (mark,) = document.marks
    assert mark.subject.name == "Boat > colour"
    return mark


REF = {"$ref": "#/components/schemas/Boat"}
FLEET = {"$ref": "#/components/schemas/Fleet"}


@pytest.mark.parametrize(
    ("path_item", "met"),
    [
        ({"post": operation(sent=REF)}, (SENT,)),
        ({"get": operation(received=REF)}, (RECEIVED,)),
        ({"post": operation(sent=REF, received=REF)}, (SENT, RECEIVED)),
        ({"get": operation(received=FLEET)}, (RECEIVED,)),
        ({"get": operation()}, ()),
        ({"parameters": [{"name": "boat", "in": "query", "schema": REF}], "get": operation()}, (SENT,)),
    ],
)
def test_a_property_of_a_shared_schema_is_met_as_its_uses_say(
    path_item: dict[str, Any], met: tuple[Direction, ...]
) -> None:
    fleet = {"type": "array", "items": REF}
    shared = {"schemas": {"Boat": BOAT, "Fleet": fleet}}
    assert of_colour(outlined(paths={"/boats": path_item}, components=shared)).directions == met


def test_what_a_webhook_or_callback_brings_is_received() -> None:
    shared = {"schemas": {"Boat": BOAT}}
    pushed = {"post": operation(sent=REF)}
    assert of_colour(outlined(webhooks={"moored": pushed}, components=shared)).directions == (RECEIVED,)
    subscribe = operation(callbacks={"moored": {"{$request.body#/url}": pushed}})
    assert of_colour(outlined(paths={"/moorings": {"post": subscribe}}, components=shared)).directions == (RECEIVED,)


@pytest.mark.parametrize(("keyword", "met"), [("readOnly", (RECEIVED,)), ("writeOnly", (SENT,))])
def test_what_only_comes_or_only_goes_is_met_so(keyword: str, met: tuple[Direction, ...]) -> None:
    boat = {"properties": {"colour": {"deprecated": True, keyword: True}}}
    document = outlined(
        paths={"/boats": {"post": operation(sent=REF, received=REF)}}, components={"schemas": {"Boat": boat}}
    )
    assert of_colour(document).directions == met


def test_recursive_definitions_end() -> None:
    boat = {"properties": {"colour": {"deprecated": True}, "tender": REF}}
    document = outlined(paths={"/boats": {"get": operation(received=REF)}}, components={"schemas": {"Boat": boat}})
    assert of_colour(document).directions == (RECEIVED,)


def test_directions_survive_the_stored_form() -> None:
    document = outlined(paths={"/boats": {"post": operation(sent=REF)}}, components={"schemas": {"Boat": BOAT}})
    assert Outline.from_json(document.to_json()) == document


def test_a_callback_is_a_subject_of_its_own_named_after_who_asks_for_it() -> None:
    called = {"{$request.body#/url}": {"post": operation(deprecated=True)}}
    paths = {path: {"post": operation(callbacks={"moored": called})} for path in ("/boats", "/rafts")}
    document = outlined(paths=paths)
    callbacks = [subject for subject in document.operations if subject.kind == "callback"]
    assert [str(each) for each in callbacks] == ["callback moored of POST /boats", "callback moored of POST /rafts"]
    assert len({identity(each) for each in callbacks}) == 2
    assert [str(mark.subject) for mark in document.flags] == [str(each) for each in callbacks]
    assert Outline.from_json(document.to_json()) == document


def test_what_is_deprecated_inside_a_callback_is_told_of_it() -> None:
    wind = {"name": "wind", "in": "query", "schema": {"type": "string"}, "deprecated": True}
    called = {"{$request.body#/url}": {"post": operation(parameters=[wind])}}
    (mark,) = outlined(paths={"/boats": {"post": operation(callbacks={"moored": called})}}).marks
    assert str(mark.subject) == "parameter wind in query of POST {$request.body#/url}"
