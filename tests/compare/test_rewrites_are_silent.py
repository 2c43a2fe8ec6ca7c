"""Ways of writing the same thing compare as the same thing."""

from __future__ import annotations

import pytest

NULLABLE = {"type": "string", "nullable": True}
POINT = {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}}, "required": ["x"]}
REF = {"$ref": "#/components/schemas/Point"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"type": ["string", "null"]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}, id="null in a union"),
        pytest.param({"type": "string", "nullable": True}, {"type": ["string", "null"]}, id="nullable and a type list"),
        pytest.param({"type": "string"}, {"type": ["string"]}, id="a list of one type"),
        pytest.param({"type": "integer", "minimum": 1, "exclusiveMinimum": 1}, {"type": "integer", "exclusiveMinimum": 1}, id="the tighter of two bounds"),
        pytest.param(POINT, {"allOf": [POINT]}, id="allOf of one"),
        pytest.param(POINT, {"oneOf": [POINT]}, id="oneOf of one"),
        pytest.param(REF, {"allOf": [REF]}, id="allOf around a reference"),
        pytest.param(
            POINT,
            {"allOf": [{"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]},
                       {"type": "object", "properties": {"y": {"type": "integer"}}}]},
            id="properties spread over allOf",
        ),
        pytest.param({"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["b", "a"]}, id="enum reordered"),
        pytest.param({"enum": [1]}, {"enum": [1.0]}, id="a number written otherwise"),
        pytest.param({"const": "a"}, {"enum": ["a"]}, id="const and a list of one"),
        pytest.param({"items": True}, {}, id="items of anything"),
        pytest.param({"additionalProperties": True}, {"additionalProperties": {}}, id="true and the empty schema"),
        pytest.param({"type": "string", "minLength": 0}, {"type": "string"}, id="a length that bounds nothing"),
        pytest.param({"oneOf": [REF, {"type": "string"}]}, {"oneOf": [{"type": "string"}, REF]}, id="branches reordered"),
    ],
)  # fmt: skip
def test_the_same_set_of_values_written_otherwise_is_no_change(schema_changes, before, after):
    assert schema_changes(before, after, openapi="3.1.0", was={"Point": POINT}) == ()
    assert schema_changes(after, before, openapi="3.1.0", was={"Point": POINT}) == ()


def test_exclusive_bounds_in_both_spellings_are_the_same(api, changes):
    old = api({"type": "number", "minimum": 1, "exclusiveMinimum": True})
    new = api({"type": "number", "exclusiveMinimum": 1}, openapi="3.1.0")
    assert {type(change).__name__ for change in changes(old, new)} == {"DocsChanged"}  # the version itself


def test_a_renamed_path_parameter_is_no_operation_removed(changes):
    def root(name):
        parameter = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"},
                "paths": {f"/a/{{{name}}}": {"get": {"parameters": [parameter], "responses": {}}}}}  # fmt: skip

    assert [type(change).__name__ for change in changes(root("id"), root("key"))] == ["PathParameterRenamed"]


def test_a_swagger_2_document_and_its_openapi_3_form_say_the_same(changes):
    swagger = {
        "swagger": "2.0", "info": {"title": "t", "version": "1"}, "host": "api.example.com", "basePath": "/v1", "schemes": ["https"],
        "consumes": ["application/json"], "produces": ["application/json"],
        "paths": {"/a": {"post": {
            "parameters": [{"name": "n", "in": "query", "type": "integer", "maximum": 5},
                           {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": "multi"},
                           {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/P"}}],
            "responses": {"200": {"description": "fine", "schema": {"$ref": "#/definitions/P"}}}}}},
        "definitions": {"P": POINT},
    }  # fmt: skip
    ref = {"application/json": {"schema": {"$ref": "#/components/schemas/P"}}}
    openapi = {
        "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": [{"url": "https://api.example.com/v1"}],
        "paths": {"/a": {"post": {
            "parameters": [{"name": "n", "in": "query", "schema": {"type": "integer", "maximum": 5}},
                           {"name": "tags", "in": "query", "explode": True, "schema": {"type": "array", "items": {"type": "string"}}}],
            "requestBody": {"required": True, "content": ref},
            "responses": {"200": {"description": "fine", "content": ref}}}}},
        "components": {"schemas": {"P": POINT}},
    }  # fmt: skip
    kinds = {type(change).__name__ for change in changes(swagger, openapi)}
    assert kinds <= {"DocsChanged", "ComponentRenamed"}
