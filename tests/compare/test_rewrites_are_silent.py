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
        pytest.param({"enum": [1]}, {"enum": [1.0]}, id="a number written otherwise"),
        pytest.param({"const": "a"}, {"enum": ["a"]}, id="const and a list of one"),
        pytest.param({"type": "array", "items": {"type": ["string", "integer"]}}, {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "string"}]}}, id="a list of types and a union of them"),
        pytest.param({"enum": ["a", "b", None]}, {"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]}, id="null among values without a type"),
        pytest.param({"items": True}, {}, id="items of anything"),
        pytest.param({"additionalProperties": True}, {"additionalProperties": {}}, id="true and the empty schema"),
        pytest.param({"type": "string", "minLength": 0}, {"type": "string"}, id="a length that bounds nothing"),
        pytest.param({"oneOf": [REF, {"type": "string"}]}, {"oneOf": [{"type": "string"}, REF]}, id="branches reordered"),
    ],
)  # fmt: skip
def test_the_same_set_of_values_written_otherwise_is_no_change(schema_changes, before, after):
    assert schema_changes(before, after, openapi="3.1.0", was={"Point": POINT}) == ()
    assert schema_changes(after, before, openapi="3.1.0", was={"Point": POINT}) == ()


def test_an_order_of_values_is_said_to_generated_code_alone(schema_changes):
    (change,) = schema_changes({"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["b", "a"]})
    assert type(change).__name__ == "EnumOrderChanged"
    assert change.effect == "neutral"


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


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        pytest.param({"type": "string", "enum": ["a", "b"]}, {"enum": ["a", "b"]}, id="texts"),
        pytest.param({"type": "string", "enum": ["a"]}, {"const": "a"}, id="one text"),
        pytest.param({"type": "number", "enum": [1, 2]}, {"enum": [1.0, 2.0]}, id="whole numbers"),
        pytest.param({"type": ["string", "null"], "enum": ["a", None]}, {"enum": ["a", None]}, id="null among them"),
        pytest.param({"allOf": [{"type": "string"}, {"enum": ["a"]}]}, {"enum": ["a"]}, id="in members of an allOf"),
    ],
)
def test_a_type_beside_values_that_are_of_it_has_no_effect(schema_changes, typed, bare):
    for before, after in ((typed, bare), (bare, typed)):
        kinds = {type(change).__name__ for change in schema_changes(before, after, openapi="3.1.0")}
        assert kinds <= {"KeywordWithoutEffect"}


def test_values_stated_without_a_type_are_compared_with_a_type_by_theirs(schema_changes):
    def told(before, after):
        return {type(change).__name__ for change in schema_changes(before, after, openapi="3.1.0")}

    assert told({"type": "string"}, {"enum": ["a"]}) == {"EnumAdded"}
    assert told({"type": "integer"}, {"enum": ["a"]}) == {"TypeChanged"}
    assert told({"enum": ["a", None]}, {"type": "string", "enum": ["a"]}) == {
        "BecameNonNullable",
        "KeywordWithoutEffect",
    }


def secured(*alternatives, own=(), **schemes):
    operation = {"security": list(own), "responses": {}} if own else {"responses": {}}
    return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "security": list(alternatives),
            "paths": {"/a": {"get": operation}}, "components": {"securitySchemes": schemes}}  # fmt: skip


KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
OAUTH = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {"read": "", "write": ""}}}}


def test_a_security_scheme_called_otherwise_is_no_other_scheme(changes):
    before = secured({"key": []}, {"oauth": ["read"]}, own=({"key": [], "oauth": ["write"]},), key=KEY, oauth=OAUTH)
    after = secured({"k": []}, {"o": ["read"]}, own=({"k": [], "o": ["write"]},), k=KEY, o=OAUTH)
    for sides in ((before, after), (after, before)):
        found = changes(*sides)
        assert {(type(change).__name__, change.section) for change in found} == {
            ("ComponentRenamed", "securitySchemes")
        }
        assert len(found) == 2


def test_what_changed_with_a_renamed_security_scheme_is_told_under_its_name(changes):
    before = secured({"oauth": ["read"]}, oauth=OAUTH)
    described = secured({"o": ["read", "write"]}, o={**OAUTH, "description": "new"})
    found = {type(change).__name__: change for change in changes(before, described)}
    assert found.keys() == {"ComponentRenamed", "SecurityScopeAdded", "DocsChanged"}
    assert (found["SecurityScopeAdded"].scheme, found["SecurityScopeAdded"].location.after) == ("o", "/security/0/o/1")
    other = {type(change).__name__ for change in changes(before, secured({"k": []}, k=KEY))}
    assert other == {
        "SecuritySchemeAdded",
        "SecuritySchemeRemoved",
        "SecurityAlternativeAdded",
        "SecurityAlternativeRemoved",
    }


WORDS = {"description": "a text", "default": None, "deprecated": True, "x-note": 1}
LISTED = {"type": ["string", "null"], "maxLength": 5, **WORDS}
IN_A_UNION = {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}], **WORDS}


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(lambda schema: schema, id="a body"),
        pytest.param(lambda schema: {"type": "object", "properties": {"a": schema}}, id="a property"),
        pytest.param(
            lambda schema: {
                "allOf": [{"properties": {"a": schema}}, {"properties": {"a": {"type": ["string", "null"]}}}]
            },
            id="a property that two members state",
        ),
        pytest.param(lambda schema: {"allOf": [schema, {"minLength": 1}]}, id="a member of an allOf"),
    ],
)
def test_words_stay_where_they_are_when_null_moves_into_a_union(schema_changes, place):
    for before, after in ((LISTED, IN_A_UNION), (IN_A_UNION, LISTED)):
        assert schema_changes(place(before), place(after), openapi="3.1.0") == ()


def test_the_words_of_a_definition_stay_with_it_when_null_moves_into_a_union(schema_changes):
    for before, after in ((LISTED, IN_A_UNION), (IN_A_UNION, LISTED)):
        for using in ({"$ref": "#/components/schemas/Text"}, {"allOf": [{"$ref": "#/components/schemas/Text"}]}):
            assert schema_changes(using, using, openapi="3.1.0", was={"Text": before}, now={"Text": after}) == ()


def test_words_that_changed_while_null_moved_into_a_union_are_told_once(schema_changes):
    found = schema_changes(LISTED, {**IN_A_UNION, "default": "x", "description": "other"}, openapi="3.1.0")
    assert sorted(type(change).__name__ for change in found) == ["DefaultChanged", "DocsChanged"]


def versions(*, scheme_2, scheme_3, parameter_2=None, parameter_3=None, schema=None, header_2=None, header_3=None):
    """The same API in Swagger 2.0 and in OpenAPI 3.0, as far as the arguments say so."""

    def operation(parameter, header, response):
        headers = {"headers": {"X-Rate": header}} if header else {}
        return {"security": [{"s": []}], "parameters": [parameter] if parameter else [],
                "responses": {"200": {"description": "fine", **headers, **response}}}  # fmt: skip

    info = {"title": "t", "version": "1"}
    swagger = {
        "swagger": "2.0", "info": info, "host": "api.example.com", "schemes": ["https"],
        "paths": {"/a": {"get": operation(parameter_2, header_2, {"schema": schema} if schema else {})}},
        "securityDefinitions": {"s": scheme_2},
    }  # fmt: skip
    content = {"content": {"application/json": {"schema": schema}}} if schema else {}
    openapi = {
        "openapi": "3.0.3", "info": info, "servers": [{"url": "https://api.example.com/"}],
        "paths": {"/a": {"get": operation(parameter_3, header_3, content)}},
        "components": {"securitySchemes": {"s": scheme_3}},
    }  # fmt: skip
    return swagger, openapi


SAME_IN_BOTH = {"type": "apiKey", "in": "header", "name": "X-Key"}
OAUTH_URLS = {"authorizationUrl": "/authorize", "tokenUrl": "/token", "scopes": {"read": ""}}


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"scheme_2": {"type": "basic"}, "scheme_3": {"type": "http", "scheme": "basic"}}, id="basic authentication"),
        pytest.param(
            {"scheme_2": {"type": "oauth2", "flow": "accessCode", **OAUTH_URLS},
             "scheme_3": {"type": "oauth2", "flows": {"authorizationCode": OAUTH_URLS}}},
            id="an OAuth2 flow",
        ),
        pytest.param(
            {"parameter_2": {"name": "q", "in": "query", "type": "string", "description": "what", "x-note": 1},
             "parameter_3": {"name": "q", "in": "query", "schema": {"type": "string"}, "description": "what", "x-note": 1}},
            id="the words of a parameter",
        ),
        pytest.param(
            {"header_2": {"type": "integer", "description": "what"},
             "header_3": {"schema": {"type": "integer"}, "description": "what"}},
            id="the words of a header",
        ),
        pytest.param({"schema": {"type": ["string", "null"]}}, id="null in a list of types, which 2.0 does not have"),
    ],
)  # fmt: skip
def test_what_the_versions_write_otherwise_is_no_change(changes, said):
    swagger, openapi = versions(**{"scheme_2": SAME_IN_BOTH, "scheme_3": SAME_IN_BOTH, **said})
    for before, after in ((swagger, openapi), (openapi, swagger)):
        found = [(type(change).__name__, change.keyword) for change in changes(before, after)]
        assert sorted(found) == [("DocsChanged", "openapi"), ("DocsChanged", "swagger")]


def test_what_a_body_of_either_version_says_beside_its_schema_is_told(changes):
    swagger, openapi = versions(scheme_2=SAME_IN_BOTH, scheme_3=SAME_IN_BOTH, schema={"type": "string"})
    openapi["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["x-note"] = 1
    for before, after in ((swagger, openapi), (openapi, swagger)):
        assert [
            change.keyword for change in changes(before, after) if change.keyword not in ("openapi", "swagger")
        ] == ["x-note"]


def test_null_let_in_by_a_wrapper_and_by_an_inlined_definition_is_the_same(schema_changes):
    wrapped = {"allOf": [{"$ref": "#/components/schemas/Point"}], "nullable": True, "description": "a point"}
    inlined = {**POINT, "nullable": True, "description": "a point"}
    for before, after in ((wrapped, inlined), (inlined, wrapped)):
        assert schema_changes(before, after, was={"Point": POINT}) == ()
