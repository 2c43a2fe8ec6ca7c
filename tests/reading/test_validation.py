"""An invalid document is read all the same, and the list of what is wrong in it is one that a person can work off."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from monitor.reading import Problem, contract_of, read, validate
from monitor.values import JsonObject
from monitor.values.pointer import resolve

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ["2.0", "3.0.3", "3.1.0", "3.2.0"]
GET = "/paths/~1a/get"
SCHEMA = f"{GET}/responses/200/content/application~1json/schema"
QUERY = {"name": "q", "in": "query", "schema": {"type": "string"}}
Make = Callable[..., bytes]


def operation(document: Make, version: str = "3.0.3", **members: Any) -> bytes:
    """The document with one operation that has these members; None removes one."""
    whole = {"parameters": [], "responses": {"200": {"description": "Fine."}}, **members}
    return document(version, paths={"/a": {"get": {key: value for key, value in whole.items() if value is not None}}})


def answering(document: Make, version: str, schema: JsonObject) -> bytes:
    """The document whose only answer has this schema."""
    content = {"application/json": {"schema": schema}}
    return operation(document, version, responses={"200": {"description": "Fine.", "content": content}})


def problems(data: bytes) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.message) for problem in validate(read(data))]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_valid_document_has_no_problems(document: Make, version: str) -> None:
    assert validate(read(document(version))) == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_document_without_info_is_read_and_said_to_be_invalid(document: Make, version: str) -> None:
    found = read(document(version, info=None))
    assert validate(found) == (Problem("", '"info" is a required property'),)
    assert len(contract_of(found).operations()) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_not_in_the_specification_is_named(document: Make, version: str) -> None:
    unexpected = "Additional properties are not allowed ('{}' was unexpected)".format
    assert problems(document(version, foo=1)) == [("", unexpected("foo"))]
    assert problems(operation(document, version, respones={})) == [(GET, unexpected("respones"))]


@pytest.mark.parametrize("version", ["2.0", "3.0.3"])
def test_missing_responses_are_named_where_they_are_missing(document: Make, version: str) -> None:
    assert problems(operation(document, version, responses=None)) == [(GET, '"responses" is a required property')]
    assert problems(operation(document, "3.1.0", responses=None)) == []


def test_a_version_written_as_a_number_is_a_problem_and_no_more() -> None:
    assert problems(b'openapi: 3.1\ninfo: {title: t, version: "1"}\npaths: {}\n') == [
        ("/openapi", '3.1 is not of type "string"')
    ]


@pytest.mark.parametrize(
    ("version", "places"),
    [
        ("2.0", '"body", "header", "formData", "query", "path"'),
        ("3.0.3", '"path", "query", "header", "cookie"'),
        ("3.1.0", '"query", "header", "path", "cookie"'),
        ("3.2.0", '"query", "querystring", "header", "path", "cookie"'),
    ],
)
def test_a_wrong_place_of_a_parameter_is_told_with_all_the_right_ones(
    document: Make, version: str, places: str
) -> None:
    parameter = {"name": "q", "in": "querry", **({"type": "string"} if version == "2.0" else {"schema": {}})}
    found = problems(operation(document, version, parameters=[parameter]))
    assert found == [(f"{GET}/parameters/0/in", f'"querry" is not one of {places}')]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_a_parameter_without_schema_is_told_what_it_may_have(document: Make, version: str) -> None:
    found = problems(operation(document, version, parameters=[{"name": "q", "in": "query"}]))
    assert found == [(f"{GET}/parameters/0", '"schema" or "content" is required')]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_a_parameter_with_schema_and_content_has_one_too_many(document: Make, version: str) -> None:
    found = problems(operation(document, version, parameters=[{**QUERY, "content": {"a/b": {}}}]))
    assert found == [(f"{GET}/parameters/0", '"schema" and "content" exclude each other')]


@pytest.mark.parametrize(
    ("members", "pointer", "message"),
    [
        ({"in": "path"}, "", '"required" is a required property'),
        ({"style": "deep"}, "/style", '"deep" is not one of "form", "spaceDelimited", "pipeDelimited", "deepObject"'),
        ({"example": 1, "examples": {}}, "", '"example" and "examples" exclude each other'),
        ({"examples": []}, "/examples", '[] is not of type "object"'),
        ({"$ref": 5}, "/$ref", '5 is not of type "string"'),
        ({"schema": {"type": ["string", "null"]}}, "/schema/type", '["string","null"] is not of type "string"'),
    ],
)
def test_a_faulty_parameter_of_3_0_is_taken_for_the_one_that_it_was_meant_to_be(
    document: Make, members: JsonObject, pointer: str, message: str
) -> None:
    found = problems(operation(document, "3.0.3", parameters=[{**QUERY, **members}]))
    assert found == [(f"{GET}/parameters/0{pointer}", message)]


def test_a_faulty_parameter_of_2_0_is_taken_for_the_one_that_it_was_meant_to_be(document: Make) -> None:
    def said(parameter: JsonObject) -> list[tuple[str, str]]:
        return problems(operation(document, "2.0", parameters=[parameter]))

    place = f"{GET}/parameters/0"
    types = '"string", "number", "boolean", "integer", "array"'
    assert said({"name": "q", "in": "query"}) == [(place, '"type" is a required property')]
    # As in the real documents of an API in 2023.
    assert said({"name": "q", "in": "query", "type": "map"}) == [(f"{place}/type", f'"map" is not one of {types}')]
    assert said({"name": "b", "in": "body"}) == [(place, '"schema" is a required property')]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_a_schema_is_checked_at_any_depth(document: Make, version: str) -> None:
    inner = {"type": "object", "properties": {"a": {"items": {"type": "map"}}, "b": {"required": True}}}
    null = "" if version == "3.0.3" else '"null", '
    types = f'"array", "boolean", "integer", {null}"number", "object", "string"'
    assert problems(answering(document, version, inner)) == [
        (f"{SCHEMA}/properties/a/items/type", f'"map" is not one of {types}'),
        (f"{SCHEMA}/properties/b/required", 'true is not of type "array"'),
    ]


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [({"type": ["string", "null"]}, "type"), ({"const": 1}, ""), ({"exclusiveMinimum": 1}, "exclusiveMinimum")],
)
def test_what_is_json_schema_is_valid_in_3_1_and_not_in_3_0(document: Make, schema: JsonObject, pointer: str) -> None:
    assert problems(answering(document, "3.1.0", schema)) == []
    ((place, _),) = problems(answering(document, "3.0.3", schema))
    assert place == f"{SCHEMA}/{pointer}".rstrip("/")


def test_a_dialect_of_its_own_is_not_held_to_json_schema(document: Make) -> None:
    data = read(answering(document, "3.1.0", {"type": "map"})).root
    assert problems(json.dumps({**data, "jsonSchemaDialect": "https://example.org/dialect"}).encode()) == []


@pytest.mark.parametrize(
    ("version", "place", "known"),
    [
        ("2.0", "securityDefinitions", '"basic", "apiKey", "oauth2"'),
        ("3.0.3", "components/securitySchemes", '"apiKey", "http", "oauth2", "openIdConnect"'),
    ],
)
def test_an_unknown_security_scheme_is_told_the_known_ones(
    document: Make, version: str, place: str, known: str
) -> None:
    schemes: Any = {"k": {"type": "apikey", "name": "X", "in": "header"}}
    for part in reversed(place.split("/")):
        schemes = {part: schemes}
    assert problems(document(version, **schemes)) == [(f"/{place}/k/type", f'"apikey" is not one of {known}')]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_pointer_leads_to_its_place(document: Make, version: str) -> None:
    found = read(document(version, info={"title": 1}, tags=[{}, "x"], paths={"/a": {"get": None, "fetch": {}}, "b": 1}))
    said = validate(found)
    assert len(said) >= 4
    for problem in said:
        resolve(found.root, problem.pointer)
    assert list(said) == sorted(said, key=lambda problem: (problem.pointer, problem.message))


def test_a_hundred_problems_are_enough(document: Make) -> None:
    data = answering(document, "3.0.3", {"properties": {f"p{number}": {"type": "map"} for number in range(500)}})
    assert len(validate(read(data))) == 100


def test_a_long_value_is_cut_in_the_middle(document: Make) -> None:
    ((_, message),) = problems(document(tags=[{"name": "n", "description": ["x" * 9000]}]))
    assert message.startswith('["xxx')
    assert message.endswith('is not of type "string"')
    assert len(message) <= 300


def ask(data: bytes) -> dict[str, Any]:
    """What the authority answers, asked as the jobs ask it: `{"problems": […]}` or `{"fault": "…"}`."""
    command = [sys.executable, "-m", "monitor.reading.authority", str(2 * 1024**3)]
    sent = b"%d\n" % len(data) + data
    run = subprocess.run(command, input=sent, capture_output=True, cwd=ROOT, timeout=60, check=True)
    size, _, answer = run.stdout.partition(b"\n")
    assert (int(size), run.stderr) == (len(answer), b"")
    read: dict[str, Any] = json.loads(answer)
    return read


@pytest.mark.parametrize("version", VERSIONS)
def test_the_authority_agrees(document: Make, version: str) -> None:
    assert ask(document(version)) == {"problems": []}
    invalid = document(version, info={"title": 1, "version": "1"}, foo=1)
    said = {problem["pointer"] for problem in ask(invalid)["problems"]}
    assert said == {problem.pointer for problem in validate(read(invalid))} == {"", "/info/title"}


def test_the_authority_says_what_it_found_before_it_stumbles(document: Make) -> None:
    without_place = operation(document, parameters=[{"name": "q", "schema": {}}])
    (problem,) = ask(without_place)["problems"]
    assert problem["pointer"] == f"{GET}/parameters/0"
    assert "\n" not in problem["message"]


def test_the_authority_names_the_references_that_lead_nowhere(document: Make) -> None:
    data = operation(document, parameters=[{"$ref": "#/components/parameters/No"}, QUERY])
    assert ask(data)["problems"] == [
        {
            "pointer": f"{GET}/parameters/0/$ref",
            "message": "the reference '#/components/parameters/No' leads nowhere",
        }
    ]


@pytest.mark.parametrize("part", ["path", "parameter", "schema"])
def test_the_authority_follows_no_reference_out_of_the_document(
    document: Make, httpserver: HTTPServer, tmp_path: Path, part: str
) -> None:
    httpserver.expect_request("/x").respond_with_json({"type": "object"})
    secret = tmp_path / "secret.json"
    secret.write_text('{"description": "SECRET"}')
    for target in (httpserver.url_for("/x"), secret.as_uri()):
        reference = {"$ref": target}
        data = {
            "path": document(paths={"/a": reference}),
            "parameter": operation(document, parameters=[reference]),
            "schema": document("3.1.0", components={"schemas": {"A": {"default": 1, "properties": {"x": reference}}}}),
        }[part]
        answer = ask(data)
        assert "SECRET" not in str(answer)
        assert answer.get("problems") or answer["fault"]
    assert httpserver.log == []


def test_the_authority_says_in_one_line_why_it_cannot_judge() -> None:
    for data in (b"", b"[]", b'{"openapi": "9.9.9"}'):
        answer = ask(data)
        assert answer.keys() == {"fault"}
        assert answer["fault"].startswith("it cannot be judged: ")
        assert "\n" not in answer["fault"]
