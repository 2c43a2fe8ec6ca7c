"""Which places of a document are said to be deprecated, and by what."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.compare import Conventions
from monitor.contract import Contract
from monitor.ledger import Evidence, Mark, Outline, outline
from monitor.ledger.evidence import day_in
from monitor.reading import contract_of, read
from monitor.reading.dialects import dialect_for


def outlined(conventions: Conventions | None = None, **document: Any) -> Outline:
    whole = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, **document}
    return outline(Contract(whole, dialect_for(whole.get("swagger") or whole["openapi"])), conventions)


def marks(conventions: Conventions | None = None, **document: Any) -> dict[str, Mark]:
    return {str(mark.subject): mark for mark in outlined(conventions, **document).marks}


def schemas(**schemas: Any) -> dict[str, Any]:
    return {"components": {"schemas": schemas}}


def of_operation(operation: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"paths": {"/boats/{id}": {"get": {"responses": {}, **operation}}}, **more}


OLD = {"deprecated": True}
EVERYWHERE: dict[str, Any] = {
    "paths": {
        "/boats/{id}": {
            "parameters": [{"name": "id", "in": "path", **OLD}],
            "get": {
                "parameters": [{"name": "page", "in": "query", "schema": {"properties": {"at": OLD}}, **OLD}],
                "requestBody": {"content": {"application/json": {"schema": {"properties": {"colour": OLD}}}}},
                "responses": {
                    "200": {
                        "headers": {"X-Old": OLD},
                        "content": {
                            "application/xml": {
                                "x-deprecated": True,
                                "schema": {"items": {"properties": {"name": OLD}}},
                            }
                        },
                    }
                },
            },
        }
    },
    "webhooks": {"sunk": {"post": OLD}},
    "components": {
        "schemas": {
            "Boat": {**OLD, "properties": {"hull": {"oneOf": [{"const": "oak", **OLD}, {"const": "ash"}]}}},
        },
        "parameters": {"Page": {"name": "page", "in": "query", **OLD}},
        "headers": {"Rate": OLD},
        "securitySchemes": {"Key": {"type": "apiKey", **OLD}},
    },
}
PARTS = {
    "parameter id in path of /boats/{id}",
    "parameter page in query of GET /boats/{id}",
    "property page in query > at of GET /boats/{id}",
    "property request body > colour of GET /boats/{id}",
    "header X-Old in response 200 of GET /boats/{id}",
    "property response 200[] > name of GET /boats/{id}",
    "schema Boat",
    "enum value Boat > hull = oak",
    "media type application/xml in response 200 of GET /boats/{id}",
    "webhook sunk",
    "parameter Page",
    "header Rate",
}


@pytest.mark.parametrize(
    ("version", "found"), [("3.0.3", PARTS), ("3.1.0", PARTS), ("3.2.0", PARTS | {"security scheme Key"})]
)
def test_the_flag_counts_wherever_the_version_has_it(version: str, found: set[str]) -> None:
    shown = marks(openapi=version, **EVERYWHERE)
    assert set(shown) == found
    for name, mark in shown.items():
        assert mark.strong
        pointer = mark.evidence[0].pointer
        assert pointer.endswith("/x-deprecated" if name.startswith("media type") else "/deprecated")


def test_swagger_2_has_the_flag_on_operations_alone() -> None:
    document = {
        "swagger": "2.0",
        "paths": {"/a": {"get": {**OLD, "parameters": [{"name": "p", "in": "query", **OLD}], "responses": {}}}},
        "definitions": {"Boat": {"properties": {"hull": OLD, "mast": {"x-deprecated": True}}}},
    }
    shown = outline(Contract(document, dialect_for("2.0")))
    assert {str(mark.subject) for mark in shown.marks} == {"GET /a", "property Boat > mast"}


def test_a_flag_beside_a_reference_counts_only_where_the_version_reads_it() -> None:
    boat = schemas(Boat={"properties": {"hull": {"$ref": "#/components/schemas/Hull", **OLD}}}, Hull={})
    assert set(marks(openapi="3.1.0", **boat)) == {"property Boat > hull"}
    assert marks(openapi="3.0.3", **boat) == {}


def test_a_shared_definition_is_one_subject() -> None:
    page = {"$ref": "#/components/parameters/Page"}
    shown = marks(
        paths={path: {"get": {"parameters": [page], "responses": {}}} for path in ("/a", "/b")},
        components={"parameters": {"Page": {"name": "page", "in": "query", **OLD}}},
    )
    assert set(shown) == {"parameter Page"}


@pytest.mark.parametrize(
    ("extension", "text", "said"),
    [
        ({"x-sunset": "2027-02-20"}, "x-sunset: 2027-02-20", {"ends": date(2027, 2, 20), "certain": False}),
        (
            {"x-removal-date": "1 March 2027"},
            "x-removal-date: 1 March 2027",
            {"ends": date(2027, 3, 1), "certain": False},
        ),
        ({"x-deprecated": True}, "x-deprecated: true", {}),
        ({"x-deprecated-at": "2026-05-01"}, "x-deprecated-at: 2026-05-01", {"since": date(2026, 5, 1)}),
        ({"x-deprecatedInVersion": "49"}, "x-deprecatedInVersion: 49", {}),
        ({"x-deprecatedMessage": "Use `b` instead."}, "x-deprecatedMessage: Use `b` instead.", {}),
    ],
)
def test_extensions_are_strong_evidence(extension: dict[str, Any], text: str, said: dict[str, Any]) -> None:
    (mark,) = marks(**of_operation(extension)).values()
    pointer = f"/paths/~1boats~1{{id}}/get/{next(iter(extension))}"
    assert mark.evidence == (Evidence("extension", "strong", text, pointer, **said),)


@pytest.mark.parametrize("value", [False, None, ""])
def test_an_extension_that_says_no_is_none(value: object) -> None:
    assert marks(**of_operation({"x-deprecated": value, "x-sunset": value})) == {}


def test_extensions_of_the_users_own_count() -> None:
    mine = Conventions(deprecated=("x-old",), sunset=("x-gone-by",))
    (mark,) = marks(mine, **of_operation({"x-gone-by": "2027-01-01", "x-sunset": "2026-01-01"})).values()
    assert [item.text for item in mark.evidence] == ["x-gone-by: 2027-01-01"]


def test_prose_alone_is_weak_and_names_what_takes_its_place() -> None:
    shown = marks(**schemas(Boat={"properties": {"role": {"description": "DEPRECATED: use `duty` instead."}}}))
    mark = shown["property Boat > role"]
    assert not mark.strong
    assert mark.successor == "duty"
    (item,) = mark.evidence
    assert (item.kind, item.strength, item.text) == ("prose", "weak", "DEPRECATED: use duty instead.")
    assert item.pointer == "/components/schemas/Boat/properties/role/description"


def test_a_sentence_about_a_part_is_said_of_that_part() -> None:
    operation = {
        "description": "Lists boats. The `page` parameter is deprecated, use `after`.",
        "parameters": [{"name": "page", "in": "query"}, {"name": "after", "in": "query"}],
    }
    shown = marks(**of_operation(operation))
    assert set(shown) == {"parameter page in query of GET /boats/{id}"}
    assert shown["parameter page in query of GET /boats/{id}"].successor == "after"


def test_a_sentence_about_a_value_is_said_of_that_value() -> None:
    colour = {"enum": ["amber", "yellow"], "description": "The value `amber` is deprecated; use `yellow`."}
    assert set(marks(**schemas(Boat={"properties": {"colour": colour}}))) == {"enum value Boat > colour = amber"}


def test_the_description_of_a_tag_is_said_of_its_operations() -> None:
    tags = [{"name": "Fleet V2", "description": "These endpoints have been deprecated in favour of FleetV3."}]
    shown = marks(tags=tags, **of_operation({"tags": ["Fleet V2"]}))
    mark = shown["GET /boats/{id}"]
    assert (mark.strong, mark.successor) == (False, "FleetV3")
    assert mark.evidence[0].pointer == "/tags/0/description"


def test_the_document_itself_can_be_deprecated_but_a_promise_is_no_deprecation() -> None:
    info = {"title": "t", "version": "1", "description": "This API is deprecated, please use the Fleet API."}
    (mark,) = marks(info=info, paths={}).values()
    assert (mark.subject.kind, mark.successor) == ("document", "Fleet API")
    promise = (
        "We expect you to upgrade within 3 months of us deprecating a service. Old endpoints are deprecated first."
    )
    assert marks(info={**info, "description": promise}, paths={}) == {}


def test_an_outline_knows_what_it_serves_however_small() -> None:
    served, gone = (outlined(**schemas(Boat={"properties": each})) for each in ({"a": {}, "b": {}}, {"a": {}}))
    assert len(served.parts - gone.parts) == 1
    assert Outline.from_json(served.to_json()) == served


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-02-20", date(2027, 2, 20)),
        ("2027-02-20T00:00:00Z", date(2027, 2, 20)),
        ("Sat, 20 Feb 2027 23:59:59 GMT", date(2027, 2, 20)),
        ("@1803081600", date(2027, 2, 20)),
        ("1803081600", date(2027, 2, 20)),
        ("1803081600000", date(2027, 2, 20)),
        ("true", None),
        ("49", None),
        ("999999999999999", None),
    ],
)
def test_days_are_read_in_the_forms_that_providers_send(text: str, day: date | None) -> None:
    assert day_in(text) == day


CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"


def _newest(folder: str) -> dict[str, Mark]:
    files = sorted(path for path in (CORPUS / folder).glob("20*") if path.suffix in (".json", ".yaml"))
    if not files:
        pytest.skip(f"the corpus is absent: {CORPUS / folder}")
    return {str(mark.subject): mark for mark in outline(contract_of(read(files[-1].read_bytes(), source=folder))).marks}


@pytest.mark.corpus
def test_the_sunset_dates_of_datadog_are_read() -> None:
    dated = {name: item for name, mark in _newest("datadog-v1").items() for item in mark.evidence if item.ends}
    assert len(dated) == 4
    assert {(item.text, item.ends) for item in dated.values()} == {("x-sunset: 2027-02-20", date(2027, 2, 20))}
    assert all("/api/v1/integration/aws/logs" in name for name in dated)


@pytest.mark.corpus
def test_the_versions_and_messages_of_adyen_are_read() -> None:
    shown = _newest("adyen-checkout-v71")
    phone = shown["property AccountInfo > homePhone"]
    assert [item.text for item in phone.evidence] == [
        "deprecated: true",
        "x-deprecatedInVersion: 68",
        "x-deprecatedMessage: Use `ThreeDS2RequestData.homePhone` instead.",
    ]
    assert phone.successor == "ThreeDS2RequestData.homePhone"
    versions = [item for mark in shown.values() for item in mark.evidence if "InVersion" in item.text]
    assert len(versions) == 65
