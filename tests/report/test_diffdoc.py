"""The document of differences: its shape, its order, its bytes."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest

from monitor import resources
from monitor.contract import Direction
from monitor.report.diffdoc import (
    ChangeEntry,
    DiffDocument,
    Exchange,
    Location,
    OperationEffect,
    Side,
    Summary,
    Witness,
    decode,
    diff_document,
    encode,
)
from monitor.rules import Level

SCHEMA = json.loads(resources.text("schemas", "diff-1.schema.json"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

LANTERNS = """\
openapi: 3.1.0
info: {title: Lanterns, version: '1'}
paths:
  /v1/lanterns:
    get:
      responses:
        '200':
          description: All of them.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Lantern'}}}}
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Lantern'}}}
      responses:
        '201':
          description: The new one.
          content: {application/json: {schema: {$ref: '#/components/schemas/Lantern'}}}
webhooks:
  lantern.lit:
    post:
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Lantern'}}}
      responses: {'200': {description: Seen.}}
components:
  schemas:
    Lantern:
      type: object
      required: [id]
      properties:
        id: {type: string}
        colour: {type: string, enum: [red, green]}
        wick: {type: integer, maximum: 10, default: 4}
"""
PAIRS = {
    "nothing": (LANTERNS, LANTERNS),
    "an enum value less": (LANTERNS, LANTERNS.replace("[red, green]", "[red]")),
    "an enum value more": (LANTERNS, LANTERNS.replace("[red, green]", "[red, green, blue]")),
    "a property gone": (LANTERNS, LANTERNS.replace("        id: {type: string}\n", "").replace("[id]", "[wick]")),
    "other types": (LANTERNS, LANTERNS.replace("integer, maximum: 10, default: 4", "'null'")),
    "a text": (LANTERNS, LANTERNS.replace("All of them.", "Every one of them.")),
    "an extension": (LANTERNS, LANTERNS.replace("paths:\n", "x-colour: {b: [1, 2.5, null], a: true}\npaths:\n", 1)),
    "no webhook": (
        LANTERNS,
        LANTERNS.split("webhooks:", maxsplit=1)[0] + "components:" + LANTERNS.split("components:")[1],
    ),
    "an operation deprecated": (LANTERNS, LANTERNS.replace("    get:\n", "    get:\n      deprecated: true\n")),
    "another title": (LANTERNS, LANTERNS.replace("title: Lanterns", "title: Lamps").replace("3.1.0", "3.1.1")),
}


@pytest.fixture(params=PAIRS)
def pair(request):
    return PAIRS[request.param]


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("promise", [None, "incident-io"])
def test_every_document_follows_the_schema_forwards_and_backwards(compared, pair, promise):
    for before, after in (pair, pair[::-1]):
        VALIDATOR.validate(json.loads(encode(compared(before, after, promise=promise))))


@pytest.mark.parametrize(
    ("struct", "part"),
    [
        (DiffDocument, SCHEMA),
        (Side, SCHEMA["$defs"]["side"]),
        (Summary, SCHEMA["$defs"]["summary"]),
        (ChangeEntry, SCHEMA["$defs"]["change"]),
        (Location, SCHEMA["$defs"]["location"]),
        (OperationEffect, SCHEMA["$defs"]["operation"]),
        (Exchange, SCHEMA["$defs"]["exchange"]),
    ],
)
def test_the_schema_has_the_members_of_the_structures_in_their_order(struct, part):
    assert tuple(part["properties"]) == struct.__struct_fields__
    assert part["additionalProperties"] is False
    assert set(struct.__struct_fields__) - set(part["required"]) <= {"places", "use", "muted", "yours"}
    assert all("description" in member or "$ref" in member for member in part["properties"].values())


def test_each_kind_of_witness_has_members_of_the_structure_in_its_order():
    for kind in ("value_witness", "exchange_witness", "undecided_witness"):
        part = SCHEMA["$defs"][kind]
        members = [name for name in Witness.__struct_fields__ if name in part["properties"]]
        assert list(part["properties"]) == members
        # Only a value of a parameter has the call that sends it.
        sent = ["exchange"] if kind == "value_witness" else []
        assert members == [*part["required"], *sent]
        assert part["additionalProperties"] is False


@pytest.mark.parametrize(
    ("witness", "said"),
    [
        (
            Witness(direction="request", value=None, accepted="before", refused="after", verified=True),
            {"direction": "request", "value": None, "accepted": "before", "refused": "after", "verified": True},
        ),
        (
            Witness(direction="request", exchange=Exchange("GET", "/a", (("Accept", "*/*"),), None, None, "It is gone.")),
            {
                "direction": "request",
                "exchange": {
                    "method": "GET", "target": "/a", "headers": [["Accept", "*/*"]], "body": None, "answer": None,
                    "now": "It is gone.",
                },
            },
        ),
        (Witness(direction="response", undecided="too much"), {"direction": "response", "undecided": "too much"}),
    ],
)  # fmt: skip
def test_a_witness_says_only_what_it_is(compared, witness, said):
    document = compared(*PAIRS["an enum value less"])
    (change,) = document.changes
    document = msgspec.structs.replace(document, changes=(msgspec.structs.replace(change, witness=witness),))
    written = json.loads(encode(document))
    assert written["changes"][0]["witness"] == said
    VALIDATOR.validate(written)
    assert encode(decode(encode(document))) == encode(document)


def test_the_members_of_the_json_stand_in_the_order_of_the_design(compared):
    document = json.loads(encode(compared(*PAIRS["an enum value less"])))
    assert list(document) == ["format", "client", "promise", "before", "after", "summary", "changes"]
    assert list(document["before"]) == ["source", "sha256", "openapi", "title", "version"]
    assert list(document["summary"]) == ["breaking", "risky", "compatible", "docs", "operations_affected"]
    (change,) = document["changes"]
    assert list(change) == [
        "rule",
        "level",
        "promise",
        "affects",
        "fingerprint",
        "directions",
        "message",
        "why",
        "location",
        "operations",
        "before",
        "after",
        "reasons",
        "witness",
    ]
    assert list(change["location"]) == ["before", "after"]
    assert list(change["operations"][0]) == ["kind", "method", "path", "direction", "level", "where"]


def test_decoding_gives_back_what_was_encoded(compared, pair):
    document = compared(*pair, promise="incident-io")
    assert decode(encode(document)) == document


def test_the_same_documents_give_the_same_bytes_in_whatever_order_they_are_written(compared):
    before, after = PAIRS["an extension"]
    extension = "x-colour: {b: [1, 2.5, null], a: true}\n"
    reordered = after.replace(extension, "").replace("openapi", "x-colour: {a: true, b: [1, 2.5, null]}\nopenapi")
    first, second = compared(before, after), compared(before, reordered)
    assert encode(msgspec.structs.replace(second, after=first.after)) == encode(first)


def test_an_edit_is_told_once_with_every_operation_that_meets_it(compared):
    (change,) = compared(*PAIRS["an enum value less"]).changes
    assert change.rule == "enum-value-removed"
    assert change.location == Location("/components/schemas/Lantern/properties/colour/enum/1", None)
    assert (change.before, change.after) == ("green", None)
    assert change.level is Level.BREAKING
    assert change.directions == (Direction.REQUEST, Direction.RESPONSE)
    assert [(str(each.operation), each.direction, each.level) for each in change.operations] == [
        ("GET /v1/lanterns", "response", "compatible"),
        ("POST /v1/lanterns", "request", "breaking"),
        ("POST /v1/lanterns", "response", "compatible"),
        ("webhook lantern.lit", "response", "compatible"),
    ]
    assert [str(each) for each in change.reach] == ["GET /v1/lanterns", "POST /v1/lanterns", "webhook lantern.lit"]


def test_a_webhook_is_named_by_its_name_and_has_its_method(compared):
    removed = next(each for each in compared(*PAIRS["no webhook"]).changes if each.rule == "webhook-removed")
    (effect,) = removed.operations
    assert (effect.kind, effect.method, effect.path) == ("webhook", "POST", "lantern.lit")


def test_the_summary_counts_what_there_is(compared):
    document = compared(*PAIRS["no webhook"])
    levels = [change.level for change in document.changes]
    summary = document.summary
    assert (summary.breaking, summary.risky, summary.compatible, summary.docs) == tuple(map(levels.count, Level))
    assert compared(*PAIRS["nothing"]).summary == Summary(0, 0, 0, 0, 0)


def test_an_operation_whose_text_alone_differs_is_not_affected(compared):
    summary = compared(*PAIRS["a text"]).summary
    assert (summary.docs, summary.operations_affected) == (1, 0)
    assert compared(*PAIRS["an enum value less"]).summary.operations_affected == 3


def test_changes_stand_in_the_order_of_deciding_worst_first(compared):
    ranks = [change.level.rank for change in compared(*PAIRS["other types"]).changes]
    assert ranks == sorted(ranks)


def test_the_further_places_of_one_edit_are_told_and_left_out_where_there_are_none(compared):
    inline = LANTERNS.replace("schema: {$ref: '#/components/schemas/Lantern'}", "schema: {type: string, maxLength: 9}")
    (change,) = json.loads(encode(compared(inline, inline.replace("maxLength: 9", "maxLength: 5"))))["changes"]
    assert change["location"] not in change["places"]
    assert len(change["places"]) == 2
    (single,) = json.loads(encode(compared(*PAIRS["an enum value less"])))["changes"]
    assert "places" not in single


def test_the_promise_is_a_second_axis(compared):
    pair = PAIRS["an enum value less"]
    (unstated,), (broken,) = compared(*pair).changes, compared(*pair, promise="incident-io").changes
    assert (unstated.promise, unstated.level) == ("unstated", "breaking")
    assert (broken.promise, broken.level) == ("broken", "breaking")
    assert broken.reasons


def test_numbers_keep_every_digit(compared):
    huge = "maximum: 123456789012345678901234567890"
    document = compared(LANTERNS, LANTERNS.replace("maximum: 10", huge))
    (change,) = decode(encode(document)).changes
    assert change.after == 123456789012345678901234567890


def test_a_file_name_that_is_no_text_can_be_written_down():
    side = Side("caf\udce9.yaml", "0" * 64, "3.0.3", None, None)
    document = diff_document(side, side, (), client="strict", promise=None)
    assert decode(encode(document)).before.source == "caf\ufffd.yaml"
    VALIDATOR.validate(json.loads(encode(document)))


def test_a_document_of_another_format_is_refused(compared):
    other = encode(compared(*PAIRS["nothing"])).replace(b"specwatch.diff/1", b"specwatch.diff/2")
    with pytest.raises(msgspec.ValidationError):
        decode(other)
