"""What may come tomorrow: what the contract permits, what the promise reserves, and nothing else."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from monitor.algebra import plain_schema
from monitor.compare import compare
from monitor.contract import Contract, Direction, Node
from monitor.policy import (
    PromiseProfile,
    PromiseState,
    client_profile,
    decide,
    promise_profile,
)
from monitor.policy.future import Future, Judges, future
from monitor.reading import contract_of, read
from monitor.rules import judge

DOCUMENT = """
openapi: 3.0.3
info: {title: Lanterns, version: '1'}
paths:
  /v1/lanterns/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200':
          description: One.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Lantern'}
components:
  schemas:
    Lantern:
      type: object
      required: [id, colour]
      properties:
        id: {type: string, maxLength: 26, example: 01FCNDV6P870EA6S7TK1DSYDG0}
        colour: {type: string, enum: [red, green], example: red}
        mood: {type: string, x-extensible-enum: [calm, cross], example: calm}
        kind: {type: string, enum: [lantern]}
        keeper: {type: string, nullable: true, example: Ada}
        places: {type: array, items: {type: string, example: pier}}
        visits: {type: array, description: 'Newest first.', items: {type: string, example: monday}}
"""
LANTERN = {
    "id": "01FCNDV6P870EA6S7TK1DSYDG0",
    "colour": "red",
    "mood": "calm",
    "kind": "lantern",
    "keeper": "Ada",
    "places": ["pier", "quay"],
    "visits": ["tuesday", "monday"],
}
INCIDENT = promise_profile("incident-io")


def tomorrow(
    promise: PromiseProfile | None = None,
    client: str = "strict",
    *,
    document: str = DOCUMENT,
    value: Any = LANTERN,
    seed: int = 0,
) -> tuple[Contract, Future]:
    contract = contract_of(read(document.encode()))
    node = contract.at("/components/schemas/Lantern")
    judges = Judges(client=client_profile(client), promise=promise)
    return contract, future(contract, node, value, judges, seed=seed)


def told(found: Future) -> dict[str, str]:
    return {change.pointer: change.because for change in found.changes}


def valid(contract: Contract, value: Any) -> bool:
    plain = plain_schema(contract, Node("", {"$ref": "#/components/schemas/Lantern"}), Direction.RESPONSE)
    return jsonschema_rs.Draft202012Validator(plain, validate_formats=True).is_valid(value)


def over_seeds(promise: PromiseProfile | None = None, client: str = "strict", **more: Any) -> dict[str, set[str]]:
    """What is done to each part, over some seeds."""
    found: dict[str, set[str]] = {}
    for seed in range(12):
        for change in tomorrow(promise, client, seed=seed, **more)[1].changes:
            found.setdefault(change.pointer, set()).add(change.because)
    return found


def test_the_provider_s_words_stand_beside_what_it_reserved() -> None:
    reasons = over_seeds(INCIDENT)
    assert reasons["/colour"] == {"incident.io reserves the right: “Adding new values to enums”."}
    assert reasons["/id"] == {"incident.io reserves the right: “Altering the format or length of IDs”."}
    assert reasons[""] == {
        "incident.io reserves the right: “Reordering properties returned from existing API endpoints”."
    }
    assert reasons["/new_property"] == {
        "incident.io reserves the right: “Adding new properties to responses from existing API endpoints”."
    }


def test_without_a_promise_only_what_the_contract_permits_is_done() -> None:
    reasons = over_seeds()
    assert not {"/id", "/colour"} & reasons.keys()
    assert reasons["/mood"] >= {"`x-extensible-enum` says that the list may grow."}
    assert reasons["/keeper"] == {"The contract accepts null here."}
    assert reasons["/kind"] == {"`kind` is not required."}
    assert reasons["/new_property"] == {
        "An object of a response that does not forbid further properties may have some."
    }
    for seed in range(12):
        contract, found = tomorrow(seed=seed)
        assert valid(contract, found.value)


def test_a_client_that_tolerates_it_may_meet_an_unknown_value() -> None:
    assert "/colour" in over_seeds(client="tolerant-reader")


def test_what_the_promise_does_not_reserve_is_not_done_for_a_tolerant_client_either() -> None:
    stripe = promise_profile("stripe")
    assert "/colour" not in over_seeds(stripe, "tolerant-reader")
    assert "/id" in over_seeds(stripe, "tolerant-reader")


def test_a_list_of_one_value_is_a_constant() -> None:
    assert over_seeds(INCIDENT)["/kind"] == {"`kind` is not required."}


@pytest.mark.parametrize("seed", range(12))
def test_it_is_valid_against_the_contract_with_the_allowed_changes_made(seed: int) -> None:
    contract, found = tomorrow(INCIDENT, seed=seed)
    assert valid(found.contract, found.value)
    assert not valid(contract, found.value)
    verdicts = decide(judge(compare(contract, found.contract)), client=client_profile("strict"), promise=INCIDENT)
    assert {verdict.promise for verdict in verdicts} == {PromiseState.ALLOWED}


def test_a_seed_says_what_is_done() -> None:
    assert tomorrow(INCIDENT, seed=3)[1].value == tomorrow(INCIDENT, seed=3)[1].value
    assert len({str(tomorrow(INCIDENT, seed=seed)[1].value) for seed in range(8)}) == 8


def test_each_kind_is_done_once_at_the_least() -> None:
    for seed in range(8):
        _, found = tomorrow(INCIDENT, seed=seed)
        words = " ".join(change.what for change in found.changes)
        for kind in ("not in the list", "longer text", "not listed", "items come in another order", "every object"):
            assert kind in words


def test_a_list_is_turned_only_where_no_word_speaks_of_its_order() -> None:
    turned = over_seeds()
    assert "Nothing in the contract says in which order they come." in turned["/places"]
    assert turned.get("/visits", set()) <= {"`visits` is not required."}


def test_a_closed_object_gets_a_property_only_where_that_is_reserved() -> None:
    closed = DOCUMENT.replace("      type: object\n", "      type: object\n      additionalProperties: false\n")
    _, found = tomorrow(INCIDENT, document=closed)
    assert "/new_property" in told(found)
    assert isinstance(found.value, dict)
    assert found.value["new_property"] == "new"
    assert valid(found.contract, found.value)


def test_an_id_with_a_pattern_and_a_format_is_altered_as_the_promise_says() -> None:
    strict = DOCUMENT.replace("maxLength: 26", "format: ulid, pattern: '^[0-9A-Z]{26}$', maxLength: 26")
    _, found = tomorrow(INCIDENT, document=strict)
    assert isinstance(found.value, dict)
    assert len(str(found.value["id"])) == 52
    assert "/id" not in over_seeds(document=strict)


def test_an_id_without_any_limit_may_be_longer_by_the_contract_alone() -> None:
    _, found = tomorrow(document=DOCUMENT.replace(", maxLength: 26", ""))
    assert told(found)["/id"] == "The contract accepts a text of this length."


def test_an_id_is_no_longer_than_is_stated_where_there_is_room() -> None:
    _, found = tomorrow(INCIDENT, document=DOCUMENT.replace("maxLength: 26", "maxLength: 5000"))
    assert isinstance(found.value, dict)
    assert len(str(found.value["id"])) == 52
    assert told(found)["/id"] == "incident.io reserves the right: “Altering the format or length of IDs”."


def test_a_schema_that_is_not_well_formed_is_altered_as_far_as_it_is_read() -> None:
    odd = DOCUMENT.replace("{type: string, enum: [lantern]}", "{type: object, required: true, properties: {a: {}}}")
    _, found = tomorrow(INCIDENT, document=odd, value={**LANTERN, "kind": {"a": 1}})
    assert found.changes


def test_an_unknown_value_is_written_as_the_others_are() -> None:
    for listed, given, new in (
        ("[RED, GREEN]", "RED", "NEW_VALUE"),
        ("[Red, Green]", "Red", "NewValue"),
        ("[new_value, red]", "red", "new_value2"),
        ("[dark-red, red]", "red", "new-value"),
    ):
        document = DOCUMENT.replace("[red, green], example: red", listed).replace("        mood:", "        temper:")
        _, found = tomorrow(INCIDENT, document=document, value={**LANTERN, "colour": given})
        assert isinstance(found.value, dict)
        assert found.value["colour"] == new


def test_lists_of_numbers_grow_by_numbers() -> None:
    document = DOCUMENT.replace("type: string, enum: [red, green], example: red", "type: integer, enum: [1, 2]")
    document = document.replace("        mood:", "        temper:")
    _, found = tomorrow(INCIDENT, document=document, value={**LANTERN, "colour": 2})
    assert isinstance(found.value, dict)
    assert found.value["colour"] == 3


def test_what_is_removed_takes_nothing_with_it_that_was_told() -> None:
    for seed in range(20):
        _, found = tomorrow(INCIDENT, seed=seed)
        absent = {change.pointer for change in found.changes if "absent" in change.what}
        assert not any(
            change.pointer.startswith(f"{gone}/") or (change.pointer == gone and "absent" not in change.what)
            for gone in absent
            for change in found.changes
        )
