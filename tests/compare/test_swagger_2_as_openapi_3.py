"""Real documents of Swagger 2.0, written in the words of OpenAPI 3.0, say the same; and so do pairs of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from monitor.compare import compare
from monitor.policy import client_profile, decide, promise_profile
from monitor.reading import contract_of, read
from monitor.rules import Finding, Level, judge

Json = dict[str, Any]

pytestmark = pytest.mark.corpus

SLACK = ("slack/2017-11-01T1708_38cfaba.json", "slack/2020-03-13T1942_39b7cc5.json")
SENDGRID = "sendgrid/2022-08-24T1753_c3aaa43.json"

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
OF_PARAMETERS = ("name", "in", "description", "required", "allowEmptyValue", "collectionFormat")
"""Members of a parameter of 2.0 that are the parameter's own; all others are those of its schema."""
STYLES = {
    "csv": ("form", False),
    "multi": ("form", True),
    "ssv": ("spaceDelimited", False),
    "pipes": ("pipeDelimited", False),
}
FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}
FORMS = ["application/x-www-form-urlencoded", "multipart/form-data"]
SECTIONS = {"definitions": "schemas", "parameters": "parameters", "responses": "responses"}

# --- the conversion --------------------------------------------------------------------------------------------------


def to_openapi_3(swagger: Json) -> Json:
    """The document in OpenAPI 3.0 (OAS 2.0 to OAS 3.0.4, object by object)."""
    root = json.loads(json.dumps(swagger))
    bodies = {name: each for name, each in root.get("parameters", {}).items() if each["in"] in ("body", "formData")}
    paths = {path: _item(root, copy.deepcopy(item)) for path, item in root["paths"].items()}
    components = {
        "schemas": root.get("definitions", {}),
        "parameters": {
            name: _parameter(each) for name, each in root.get("parameters", {}).items() if name not in bodies
        },
        "responses": {name: _response(each, root.get("produces")) for name, each in root.get("responses", {}).items()},
        "securitySchemes": {name: _scheme(each) for name, each in root.get("securityDefinitions", {}).items()},
    }
    moved = {
        "swagger",
        "host",
        "basePath",
        "schemes",
        "consumes",
        "produces",
        "paths",
        "securityDefinitions",
        *SECTIONS,
    }
    converted = {
        "openapi": "3.0.3",
        **{key: value for key, value in root.items() if key not in moved},
        "servers": [{"url": f"{scheme}://{root['host']}{root['basePath']}"} for scheme in root["schemes"]],
        "paths": paths,
        "components": components,
    }
    text = json.dumps(converted)
    for old, new in SECTIONS.items():
        text = text.replace(f'"#/{old}/', f'"#/components/{new}/')
    found: Json = json.loads(text)
    return found


def _item(root: Json, item: Json) -> Json:
    shared = item.pop("parameters", [])
    for method in METHODS:
        if method in item:
            item[method] = _operation(root, item[method])
    if shared:
        item["parameters"] = [_parameter(each) for each in shared]
    return item


def _operation(root: Json, operation: Json) -> Json:
    listed = operation.pop("parameters", [])
    consumes = operation.pop("consumes", None) or root.get("consumes") or ["application/json"]
    produces = operation.pop("produces", None) or root.get("produces")
    places = [_followed(root, each)["in"] for each in listed]
    parameters = [
        _parameter(each) for each, place in zip(listed, places, strict=True) if place not in ("body", "formData")
    ]
    bodies = [_followed(root, each) for each, place in zip(listed, places, strict=True) if place == "body"]
    fields = [_followed(root, each) for each, place in zip(listed, places, strict=True) if place == "formData"]
    if parameters:
        operation["parameters"] = parameters
    if bodies or fields:
        operation["requestBody"] = _body(bodies[0], consumes) if bodies else _form(fields, consumes)
    operation["responses"] = {
        status: _response(response, produces) for status, response in operation["responses"].items()
    }
    return operation


def _followed(root: Json, value: Json) -> Json:
    while "$ref" in value:
        _, section, name = value["$ref"].split("/")
        value = root[section][name]
    return value


def _parameter(parameter: Json) -> Json:
    if "$ref" in parameter:
        return parameter
    converted = {key: value for key, value in parameter.items() if key in OF_PARAMETERS and key != "collectionFormat"}
    converted["schema"] = {key: value for key, value in parameter.items() if key not in OF_PARAMETERS}
    if parameter["in"] == "path":
        converted["required"] = True
    if parameter["type"] == "array":
        style, explode = STYLES[parameter.get("collectionFormat", "csv")]
        converted |= {"style": style if parameter["in"] == "query" else "simple", "explode": explode}
    return converted


def _body(parameter: Json, consumes: list[str]) -> Json:
    kept = {key: value for key, value in parameter.items() if key in ("description", "required")}
    return {**kept, "content": {name: {"schema": parameter["schema"]} for name in consumes}}


def _form(fields: list[Json], consumes: list[str]) -> Json:
    schema = {
        "type": "object",
        "properties": {
            field["name"]: {key: value for key, value in field.items() if key not in ("name", "in", "required")}
            for field in fields
        },
        "required": [field["name"] for field in fields if field.get("required")],
    }
    offered = [name for name in consumes if name in FORMS] or FORMS[:1]  # fields of a form are sent as a form alone
    return {"required": bool(schema["required"]), "content": {name: {"schema": schema} for name in offered}}


def _response(response: Json, produces: list[str] | None) -> Json:
    if "$ref" in response:
        return response
    converted = {key: value for key, value in response.items() if key not in ("schema", "examples", "headers")}
    if "schema" in response:
        converted["content"] = {name: {"schema": response["schema"]} for name in produces or ["application/json"]}
        for name, example in response.get("examples", {}).items():
            if name in converted["content"]:
                converted["content"][name]["example"] = example
    for name, header in response.get("headers", {}).items():
        schema = {key: value for key, value in header.items() if key != "description"}
        words = {key: value for key, value in header.items() if key == "description"}
        converted.setdefault("headers", {})[name] = {**words, "schema": schema}
    return converted


def _scheme(scheme: Json) -> Json:
    if scheme["type"] == "basic":
        return {**scheme, "type": "http", "scheme": "basic"}
    if scheme["type"] != "oauth2":
        return scheme
    members = {key: scheme[key] for key in ("authorizationUrl", "tokenUrl", "scopes") if key in scheme}
    kept = {key: value for key, value in scheme.items() if key not in members and key != "flow"}
    return {**kept, "flows": {FLOWS[scheme["flow"]]: members}}


# --- the tests -------------------------------------------------------------------------------------------------------


@cache
def original(shared: Path, name: str) -> Json:
    """The document without its lists under `items`, which no version of OpenAPI has and no conversion can write."""
    return _without_tuples(read((shared / "corpus" / name).read_bytes(), source=name).root)


def _without_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_tuples(inner)
            for key, inner in value.items()
            if not (key == "items" and isinstance(inner, list))
        }
    return [_without_tuples(inner) for inner in value] if isinstance(value, list) else value


def found(before: Json, after: Json) -> tuple[Finding, ...]:
    return judge(compare(*(contract_of(read(json.dumps(root).encode(), source="a.json")) for root in (before, after))))


@pytest.mark.parametrize("name", [*SLACK, SENDGRID])
def test_a_document_of_2_0_and_its_3_0_form_differ_in_words_alone(shared: Path, name: str) -> None:
    swagger = original(shared, name)
    openapi = to_openapi_3(swagger)
    for findings in (found(swagger, openapi), found(openapi, swagger)):
        assert {finding.level for finding in findings} == {Level.DOCS}
        # The header parameters that OpenAPI 3 ignores are told as they are written.
        told = {"documentation-changed", "component-renamed", "ineffective-keyword-changed"}
        assert {finding.rule.id for finding in findings} <= told


def told(before: Json, after: Json) -> Iterator[tuple[str, ...]]:
    """What clients of each operation are told of the wire."""
    findings = found(before, after)
    for verdict in decide(findings, client=client_profile("strict"), promise=promise_profile("incident-io")):
        for site, level in verdict.site_levels:
            rule, message = verdict.finding.rule, verdict.finding.message
            if rule.affects == "wire" and level is not Level.DOCS:
                # Members of a security scheme have other names in the two versions.
                message = "" if rule.id.startswith("security-scheme-") else message
                yield rule.id, level, message, str(site.operation), site.direction


def test_the_verdicts_on_a_pair_are_the_same_in_either_version(shared: Path) -> None:
    before, after = (original(shared, name) for name in SLACK)
    expected = set(told(before, after))
    assert expected
    assert set(told(to_openapi_3(before), to_openapi_3(after))) == expected
    assert set(told(before, to_openapi_3(after))) == expected
    assert set(told(to_openapi_3(before), after)) == expected
