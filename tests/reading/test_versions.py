"""The versions of OpenAPI are recognised, and local references are followed: to path items, through hops, escaped."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.contract import Contract
from monitor.errors import ReferenceUnresolved
from monitor.reading import contract_of, read, validate
from monitor.values import JsonObject, join

OK = {"200": {"description": "Fine."}}


@pytest.mark.parametrize(
    ("written", "version", "dialect"),
    [
        ('swagger: "2.0"', "2.0", "2.0"),
        ("swagger: 2.0", "2.0", "2.0"),
        ("swagger: 2", "2.0", "2.0"),
        ("openapi: 3.0.0", "3.0.0", "3.0"),
        ("openapi: 3.0.4", "3.0.4", "3.0"),
        ("openapi: 3.0.0-rc2", "3.0.0-rc2", "3.0"),
        ("openapi: 3.0", "3.0", "3.0"),
        ("openapi: 3", "3.0", "3.0"),
        ("openapi: 3.1", "3.1", "3.1"),
        ("openapi: 3.1.0", "3.1.0", "3.1"),
        ("openapi: 3.1.12", "3.1.12", "3.1"),
        ("openapi: 3.2.0", "3.2.0", "3.2"),
        ("openapi: 3.2", "3.2", "3.2"),
        ("openapi: 3.1.0\nswagger: '2.0'", "3.1.0", "3.1"),
    ],
)
def test_the_version_is_recognised(written: str, version: str, dialect: str) -> None:
    document = read(f"{written}\ninfo: {{title: t, version: 2}}\n".encode())
    assert document.openapi == version
    assert contract_of(document).dialect.name == dialect
    assert (document.title, document.version) == ("t", "2")
    assert validate(document)


def test_what_is_known_of_a_document(document: Callable[..., bytes]) -> None:
    data = document("3.1.0")
    found = read(data, source="https://api.example/openapi.json")
    assert (found.openapi, found.title, found.version, found.syntax) == ("3.1.0", "Small", "1.2", "json")
    assert found.source == "https://api.example/openapi.json"
    # Of the bytes as they came, so that white space counts; the digest is that of sha256sum.
    assert read(b'{"openapi": "3.1.0"}').sha256 == "82caf8d8777f8bd8fd0ba60b8c1e449173c1195c11bfc885ac96b681df8c7731"
    assert read(data + b"\n").sha256 != found.sha256


def contract(version: str = "3.1.0", **members: Any) -> Contract:
    key = "swagger" if version == "2.0" else "openapi"
    return contract_of(read(json.dumps({key: version, "info": {"title": "t", "version": "1"}, **members}).encode()))


def names(found: Contract) -> list[str]:
    return [str(operation.ref) for operation in found.operations()]


def test_the_methods_are_those_of_the_version() -> None:
    item = {method: {"responses": OK} for method in ("get", "trace", "query", "fetch")}
    item["additionalOperations"] = {"COPY": {"responses": OK}}
    found = {version: names(contract(version, paths={"/a": item})) for version in ("2.0", "3.0.3", "3.1.0", "3.2.0")}
    assert found == {
        "2.0": ["GET /a"],
        "3.0.3": ["GET /a", "TRACE /a"],
        "3.1.0": ["GET /a", "TRACE /a"],
        "3.2.0": ["GET /a", "TRACE /a", "QUERY /a", "COPY /a"],
    }


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_a_path_item_is_found_through_several_hops(version: str) -> None:
    found = contract(
        version,
        paths={"/a": {"$ref": "#/components/pathItems/First"}, "/b": {"$ref": "#/paths/~1a"}},
        components={
            "pathItems": {
                "First": {"$ref": "#/components/pathItems/Second"},
                "Second": {"$ref": "#/x-items/0"},
            }
        },
        **{"x-items": [{"get": {"responses": OK}, "parameters": [{"name": "p", "in": "query"}]}]},
    )
    assert names(found) == ["GET /a", "GET /b"]
    for operation in found.operations():
        assert operation.pointer == "/x-items/0/get"
        assert [parameter.name for parameter in found.parameters(operation)] == ["p"]


def test_each_part_is_found_through_several_hops() -> None:
    hop = {
        kind: {"A": {"$ref": f"#/components/{kind}/B"}, "B": {"$ref": f"#/components/{kind}/C"}, "C": target}
        for kind, target in {
            "parameters": {"name": "p", "in": "query", "schema": {"$ref": "#/components/schemas/S"}},
            "requestBodies": {"required": True, "content": {"application/json": {"schema": {}}}},
            "responses": {"description": "Fine.", "headers": {"X-A": {"$ref": "#/components/headers/A"}}},
            "headers": {"required": True, "schema": {"type": "string"}},
            "callbacks": {"{$request.body#/url}": {"post": {"responses": OK}}},
        }.items()
    }
    operation = {
        "parameters": [{"$ref": "#/components/parameters/A"}],
        "requestBody": {"$ref": "#/components/requestBodies/A"},
        "responses": {"200": {"$ref": "#/components/responses/A"}},
        "callbacks": {"done": {"$ref": "#/components/callbacks/A"}},
    }
    found = contract(paths={"/a": {"post": operation}}, components=hop)
    (post,) = found.operations()
    (parameter,) = found.parameters(post)
    body = found.request_body(post)
    (response,) = found.responses(post)
    (callback,) = found.callbacks(post)
    assert (parameter.name, parameter.node.pointer) == ("p", "/components/parameters/C")
    assert body is not None
    assert body.required
    assert (response.status, response.node.pointer) == ("200", "/components/responses/C")
    assert [(header.name, header.required) for header in response.headers] == [("X-A", True)]
    assert str(callback.ref) == "callback {$request.body#/url}"


def test_the_parts_of_2_0_are_found_through_references() -> None:
    found = contract(
        "2.0",
        paths={
            "/a": {
                "post": {
                    "parameters": [{"$ref": "#/parameters/Body"}, {"$ref": "#/parameters/Page"}],
                    "responses": {200: {"$ref": "#/responses/Ok"}},
                }
            }
        },
        parameters={
            "Body": {"name": "b", "in": "body", "required": True, "schema": {"$ref": "#/definitions/A"}},
            "Page": {"name": "page", "in": "query", "type": "integer"},
        },
        responses={"Ok": {"description": "Fine.", "schema": {"$ref": "#/definitions/A"}}},
        definitions={"A": {"type": "object"}},
    )
    (post,) = found.operations()
    body = found.request_body(post)
    assert body is not None
    assert [medium.name for medium in body.media_types] == ["application/json"]
    assert [parameter.name for parameter in found.parameters(post)] == ["page"]
    assert [response.node.pointer for response in found.responses(post)] == ["/responses/Ok"]


@pytest.mark.parametrize(
    ("key", "token"),
    [
        ("/a/b", "~1a~1b"),
        ("a~b", "a~0b"),
        ("~1", "~01"),
        ("a b", "a%20b"),
        ("a b", "a b"),
        ("{id}", "%7Bid%7D"),
        ("é", "%C3%A9"),
        ("é", "é"),
        ("a/b", "a%7E1b"),
        ("100%", "100%25"),
        ("", ""),
        ("0", "0"),
    ],
)
def test_a_pointer_is_unescaped_and_its_percent_signs_decoded(key: str, token: str) -> None:
    reference = f"#/x-parts/{token}"
    found = contract(**{"x-parts": {key: {"description": "here"}}})
    assert found.refs.hop(reference).value == {"description": "here"}
    assert found.refs.hop(reference).pointer == join("/x-parts", key)


def test_a_percent_encoded_slash_is_a_slash_before_the_pointer_is_taken_apart() -> None:
    found = contract(**{"x-parts": {"a/b": 1, "a": {"b": 2}}})  # RFC 6901, section 6
    assert found.refs.hop("#/x-parts/a%2Fb").value == 2


@pytest.mark.parametrize(
    "reference",
    ["#/nowhere", "#/tags/1", "#/tags/-", "#/tags/01x", "#/tags/a", "other.json#/a", "#anchor", "http://x/y"],
)
def test_a_reference_that_leads_nowhere_says_so(reference: str) -> None:
    with pytest.raises(ReferenceUnresolved, match=r"leads nowhere|not in this document"):
        contract(tags=[{"name": "t"}]).refs.hop(reference)


BASE: dict[str, JsonObject] = {
    "3": {
        "servers": [{"url": "/"}],
        "paths": {
            "/a": {
                "parameters": [{"name": "p", "in": "path", "required": True, "schema": {"type": "string"}}],
                "post": {
                    "parameters": [{"$ref": "#/components/parameters/P"}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}},
                    "responses": {"200": {"description": "", "headers": {"X": {"schema": {"minimum": 1}}}}},
                    "callbacks": {"c": {"{$url}": {"post": {"responses": OK}}}},
                    "security": [{"k": []}],
                },
            }
        },
        "components": {
            "parameters": {"P": {"name": "q", "in": "query", "content": {"a/b": {"schema": {}}}}},
            "schemas": {"S": {"properties": {"x": {"$ref": "#/components/schemas/S"}}}},
        },
        "webhooks": {"w": {"post": {"responses": OK}}},
    },
    "2": {
        "host": "x",
        "schemes": ["https"],
        "consumes": ["application/json"],
        "paths": {
            "/a": {
                "post": {
                    "parameters": [
                        {"name": "f", "in": "formData", "type": "file", "required": True},
                        {"name": "l", "in": "query", "type": "array", "items": {}, "collectionFormat": "multi"},
                        {"$ref": "#/parameters/B"},
                    ],
                    "responses": {"200": {"description": "", "schema": {}, "headers": {"X": {"type": "string"}}}},
                }
            }
        },
        "parameters": {"B": {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/S"}}},
        "definitions": {"S": {"type": "object"}},
    },
}
ODD = st.sampled_from(
    [
        "[]",
        "{}",
        "[null]",
        "[[]]",
        '{"":[]}',
        '{"$ref":"#/paths"}',
        '{"$ref":1}',
        "null",
        "true",
        "0",
        "-1.5",
        "1000000000000000000000000",
        '""',
        '"x"',
    ]
).map(json.loads)


def places(value: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in children for place in [(*above, key), *places(inner, (*above, key))]]


@settings(max_examples=300, deadline=None)
@given(data=st.data(), version=st.sampled_from(["2.0", "3.0.3", "3.1.0", "3.2.0"]))
def test_a_part_of_any_wrong_type_is_passed_over(data: st.DataObject, version: str) -> None:
    root = json.loads(json.dumps(BASE[version[0]]))
    for _ in range(data.draw(st.integers(1, 3))):
        *above, last = data.draw(st.sampled_from(places(root)))
        target = root
        for token in above:
            target = target[token]
        target[last] = data.draw(ODD)
    found = contract(version, **root)
    for operation in found.operations():
        found.parameters(operation), found.request_body(operation), found.responses(operation)
        found.callbacks(operation), found.servers(operation), found.security(operation)
    assert all(isinstance(component.name, str) for component in found.components())
    document = read(json.dumps({**found.root}).encode())
    assert all(problem.message for problem in validate(document))
