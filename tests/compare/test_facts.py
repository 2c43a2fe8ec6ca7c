"""Which fact is found for which difference: the kind, its arguments, its place."""

from __future__ import annotations

import pytest


def kinds(found):
    return sorted(type(change).__name__ for change in found)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"type": "number"}, {"type": "integer"}, "TypeNarrowed"),
        ({"type": "integer"}, {"type": "number"}, "TypeWidened"),
        ({"type": "integer"}, {"type": "string"}, "TypeChanged"),
        ({}, {"type": "string"}, "TypeNarrowed"),
        ({"type": "string", "nullable": True}, {"type": "string"}, "BecameNonNullable"),
        ({"type": "string"}, {"type": "string", "nullable": True}, "BecameNullable"),
        ({"type": "integer", "format": "int64"}, {"type": "integer", "format": "int32"}, "FormatNarrowed"),
        ({"type": "string", "format": "date"}, {"type": "string"}, "FormatWidened"),
        ({"type": "string", "format": "uuid"}, {"type": "string", "format": "email"}, "FormatChanged"),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, "EnumValueRemoved"),
        ({"enum": [1]}, {"enum": [1, True]}, "EnumValueAdded"),
        ({"type": "string"}, {"type": "string", "enum": ["a"]}, "EnumAdded"),
        ({"type": "string", "enum": ["a"]}, {"type": "string"}, "EnumRemoved"),
        ({"const": "a"}, {"const": "b"}, "ConstChanged"),
        ({"maxLength": 10}, {"maxLength": 5}, "BoundDecreased"),
        ({"maxLength": 5}, {"maxLength": 10}, "BoundIncreased"),
        ({}, {"minItems": 1}, "BoundAdded"),
        ({"minimum": 1}, {}, "BoundRemoved"),
        ({"minimum": 1}, {"minimum": 1, "exclusiveMinimum": True}, "BoundBecameExclusive"),
        ({"multipleOf": 2}, {"multipleOf": 4}, "MultipleOfNarrowed"),
        ({"multipleOf": 4}, {"multipleOf": 2}, "MultipleOfWidened"),
        ({"multipleOf": 2}, {"multipleOf": 3}, "MultipleOfChanged"),
        ({}, {"uniqueItems": True}, "UniqueItemsAdded"),
        ({"pattern": "^a"}, {"pattern": "^b"}, "PatternChanged"),
        ({"default": 1}, {"default": 2}, "DefaultChanged"),
        ({"default": 1}, {"default": True}, "DefaultChanged"),
        ({}, {"default": None}, "DefaultAdded"),
        ({"properties": {"a": {}}}, {"properties": {}}, "PropertyRemoved"),
        ({"properties": {"a": {}}}, {"properties": {"a": {}}, "required": ["a"]}, "PropertyBecameRequired"),
        ({"required": ["a"]}, {}, "PropertyBecameOptional"),
        ({"properties": {"a": {}}}, {"properties": {"a": {"readOnly": True}}}, "ReadOnlyChanged"),
        ({"properties": {"a": {}}}, {"properties": {"a": {"deprecated": True}}}, "ElementDeprecated"),
        ({"items": {"type": "string"}}, {}, "ItemsRemoved"),
        ({"additionalProperties": True}, {"additionalProperties": False}, "AdditionalPropertiesNarrowed"),
        ({"additionalProperties": False}, {}, "AdditionalPropertiesWidened"),
        ({"additionalProperties": {"type": "string"}}, {"additionalProperties": True}, "AdditionalPropertiesWidened"),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]}, "UnionBranchAdded"),
        ({"type": "string"}, {"oneOf": [{"type": "string"}, {"type": "integer"}]}, "UnionBranchAdded"),
        ({"allOf": [{"properties": {"a": {}}}, {"pattern": "x"}]}, {"allOf": [{"properties": {"a": {}}}]}, "AllOfBranchRemoved"),
        ({"description": "a"}, {"description": "b"}, "DocsChanged"),
        ({"x-team": "a"}, {"x-team": "b"}, "ExtensionChanged"),
        ({"not": {"type": "string"}}, {"not": {"type": "integer"}}, "ExclusionChanged"),
        ({}, {"somethingNew": 1}, "Unclassified"),
    ],
)  # fmt: skip
def test_a_difference_of_schemas_is_the_one_fact(schema_changes, before, after, kind):
    assert kinds(schema_changes(before, after)) == [kind]


def test_a_type_that_no_value_fits_any_more_claims_what_else_differs_in_the_schema(schema_changes):
    found = schema_changes(
        {"type": "object", "properties": {"a": {}}, "required": ["a"]},
        {"type": "string", "maxLength": 3, "description": "x"},
    )
    assert kinds(found) == ["DocsChanged", "TypeChanged"]
    change = next(change for change in found if type(change).__name__ == "TypeChanged")
    assert change.location.before == "/paths/~1things/post/requestBody/content/application~1json/schema"


def test_an_unknown_keyword_is_reported_with_what_differs_inside(schema_changes):
    (change,) = schema_changes({"x": 1, "odd": {"a": 1}}, {"x": 1, "odd": {"a": 2}})
    assert change.keyword == "odd"
    assert any("root['a']" in line for line in change.details)


def test_the_place_of_a_fact_is_a_pointer_into_each_document(schema_changes):
    (change,) = schema_changes({"properties": {"a/b": {"enum": ["x", "y"]}}}, {"properties": {"a/b": {"enum": ["y"]}}})
    schema = "/paths/~1things/post/requestBody/content/application~1json/schema"
    assert change.location.before == f"{schema}/properties/a~1b/enum/0"
    assert change.location.after is None
    assert change.value == "x"


def operation(**members):
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": {}, **members}}},
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "K"}}},
    }


QUERY = {"name": "q", "in": "query", "schema": {"type": "string"}}
QUERIES = {**QUERY, "schema": {"type": "array", "items": {"type": "string"}}}
BODY = {"content": {"application/json": {"schema": {"type": "string"}}}}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({}, {"deprecated": True}, "OperationDeprecated"),
        ({"deprecated": True}, {}, "OperationUndeprecated"),
        ({"operationId": "a"}, {"operationId": "b"}, "OperationIdChanged"),
        ({}, {"parameters": [QUERY]}, "ParameterAdded"),
        ({"parameters": [QUERY]}, {}, "ParameterRemoved"),
        ({"parameters": [QUERY]}, {"parameters": [{**QUERY, "required": True}]}, "ParameterBecameRequired"),
        ({"parameters": [QUERIES]}, {"parameters": [{**QUERIES, "explode": False}]}, "ParameterSerializationChanged"),
        ({"parameters": [QUERY]}, {"parameters": [{**QUERY, "explode": False}]}, "KeywordWithoutEffect"),
        ({"parameters": [QUERY]}, {"parameters": [{**QUERY, "in": "header"}]}, "ParameterPlaceChanged"),
        ({"parameters": [QUERY]}, {"parameters": [{**QUERY, "schema": {"type": "string", "default": "x"}}]}, "DefaultAdded"),
        ({}, {"requestBody": BODY}, "RequestBodyAdded"),
        ({"requestBody": BODY}, {}, "RequestBodyRemoved"),
        ({"requestBody": BODY}, {"requestBody": {**BODY, "required": True}}, "RequestBodyBecameRequired"),
        ({"requestBody": BODY}, {"requestBody": {"content": {**BODY["content"], "text/plain": {}}}}, "MediaTypeAdded"),
        ({}, {"responses": {"404": {"description": "x"}}}, "ResponseStatusAdded"),
        ({"responses": {"200": {"description": "x"}}}, {}, "ResponseStatusRemoved"),
        ({"responses": {"200": {"description": "x"}}}, {"responses": {"200": {"description": "x", "headers": {"A": {}}}}}, "HeaderAdded"),
        ({}, {"security": [{"key": []}]}, "SecurityBecameRequired"),
        ({"security": [{"key": []}]}, {"security": [{"key": []}, {}]}, "SecurityBecameOptional"),
        ({"security": [{"key": []}]}, {"security": [{"key": ["read"]}]}, "SecurityScopeAdded"),
        ({"security": [{"key": []}]}, {"security": [{"key": []}, {"other": []}]}, "SecurityAlternativeAdded"),
        ({}, {"servers": [{"url": "/"}, {"url": "https://b"}]}, "ServerAdded"),
        ({}, {"externalDocs": {"url": "https://x"}}, "DocsChanged"),
        ({}, {"x-team": 1}, "ExtensionChanged"),
    ],
)  # fmt: skip
def test_a_difference_of_operations_is_the_one_fact(changes, before, after, kind):
    assert kinds(changes(operation(**before), operation(**after))) == [kind]


def test_an_operation_that_is_gone_and_one_that_is_new(changes):
    before, after = operation(), operation()
    after["paths"] = {"/b": {"get": {"responses": {}, "deprecated": True}}}
    gone, new = changes(before, after)
    assert (type(gone).__name__, gone.method, gone.path) == ("OperationRemoved", "GET", "/a")
    assert (type(new).__name__, new.path, new.deprecated) == ("OperationAdded", "/b", True)


def test_root_security_is_one_change_for_every_operation_that_inherits_it(changes):
    before = operation()
    before["paths"]["/b"] = {"get": {"responses": {}}, "put": {"responses": {}, "security": []}}
    after = {**before, "security": [{"key": []}]}
    (change,) = changes(before, after)
    assert type(change).__name__ == "SecurityBecameRequired"
    assert [str(site.operation) for site in change.sites] == ["GET /a", "GET /b"]
    assert change.location.after == "/security"


def test_a_webhook_body_is_received_and_a_callback_too(changes):
    def root(values):
        body = {"content": {"application/json": {"schema": {"type": "string", "enum": values}}}}
        return {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "webhooks": {"opened": {"post": {"requestBody": body, "responses": {}}}},
            "paths": {"/a": {"post": {"responses": {}, "callbacks": {"c": {"{$request.body#/url}": {"post": {"requestBody": body}}}}}}},
        }  # fmt: skip

    (change,) = changes(root(["a"]), root(["a", "b"]))
    assert [(str(site.operation), site.direction) for site in change.sites] == [
        ("webhook opened", "response"),
        ("callback {$request.body#/url}", "response"),
    ]


def test_a_webhook_written_as_a_get_has_its_payload_in_the_response(changes):
    def root(values):
        content = {"application/json": {"schema": {"type": "string", "enum": values}}}
        return {
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {},
            "x-webhooks": {"/x/opened": {"get": {"responses": {"200": {"description": "", "content": content}}}}},
        }  # fmt: skip

    (change,) = changes(root(["a"]), root(["a", "b"]))
    assert [(site.operation.kind, site.direction, site.where) for site in change.sites] == [
        ("webhook", "response", "response 200 body")
    ]
