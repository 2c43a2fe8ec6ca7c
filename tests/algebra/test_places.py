"""Which schemas speak of which part of a value."""

from __future__ import annotations

from typing import Any

from monitor.algebra import Sampler, places
from monitor.contract import Direction
from monitor.reading import contract_of, read

DOCUMENT = b"""
openapi: 3.1.0
info: {title: Pets, version: '1'}
paths: {}
components:
  schemas:
    Named: {type: object, properties: {name: {type: string, minLength: 1}}}
    Cat: {type: object, required: [meows], properties: {meows: {type: boolean}}}
    Dog: {type: object, required: [barks], properties: {barks: {type: boolean}}}
    Pet:
      allOf: [{$ref: '#/components/schemas/Named'}]
      properties:
        name: {maxLength: 9}
        friends: {type: array, items: {$ref: '#/components/schemas/Pet'}}
        pair: {prefixItems: [{type: integer}], items: {type: string}}
      additionalProperties: {type: [integer, boolean]}
      anyOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
"""
SCHEMAS = "/components/schemas"


def speaking(value: Any) -> dict[str, set[str]]:
    contract = contract_of(read(DOCUMENT))
    sampler = Sampler(contract, Direction.RESPONSE)
    found = places(sampler, contract.at(f"{SCHEMAS}/Pet"), value)
    return {place.pointer: {schema.pointer.removeprefix(SCHEMAS) for schema in place.schemas} for place in found}


def test_references_members_of_all_of_and_fitting_branches_speak() -> None:
    found = speaking({"meows": True, "name": "Tom"})
    assert found[""] == {"/Pet", "/Named", "/Cat"}
    assert found["/name"] == {"/Pet/properties/name", "/Named/properties/name"}
    assert found["/meows"] == {"/Pet/additionalProperties", "/Cat/properties/meows"}


def test_items_are_spoken_of_by_their_place() -> None:
    found = speaking({"meows": True, "pair": [1, "a"], "friends": [{"barks": True}]})
    assert found["/pair/0"] == {"/Pet/properties/pair/prefixItems/0"}
    assert found["/pair/1"] == {"/Pet/properties/pair/items"}
    assert found["/friends/0"] == {"/Pet", "/Named", "/Dog"}


def test_a_part_comes_before_its_own_parts_and_is_named_by_its_property() -> None:
    contract = contract_of(read(DOCUMENT))
    value = {"meows": True, "friends": [{"barks": True}, {"barks": False}], "name": "Tom"}
    found = list(places(Sampler(contract, Direction.RESPONSE), contract.at(f"{SCHEMAS}/Pet"), value))
    assert [(place.pointer, place.name) for place in found] == [
        ("", ""),
        ("/meows", "meows"),
        ("/friends", "friends"),
        ("/friends/0", "friends"),
        ("/friends/0/barks", "barks"),
        ("/friends/1", "friends"),
        ("/friends/1/barks", "barks"),
        ("/name", "name"),
    ]
