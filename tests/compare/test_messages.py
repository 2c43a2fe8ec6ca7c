"""Parameters, headers, bodies: what is one edit, what has no effect, and what no version of OpenAPI may lose."""

from __future__ import annotations

import pytest

TEXT = {"type": "string"}
LIST = {"type": "array", "items": TEXT}
FINE = {"200": {"description": "fine"}}


def kinds(found):
    return sorted(type(change).__name__ for change in found)


@pytest.fixture
def operations(changes):
    """Compare two Operation Objects, of OpenAPI 3 or of Swagger 2.0."""

    def document(operation, version):
        head = {"swagger": "2.0"} if version == "2.0" else {"openapi": version}
        paths = {"/things/{id}": {"post": {"responses": FINE, **operation}}}
        return {**head, "info": {"title": "t", "version": "1"}, "paths": paths}

    return lambda before, after, version="3.0.3": changes(document(before, version), document(after, version))


def parameters(*listed):
    return {"parameters": list(listed)}


@pytest.mark.parametrize("name", ["Accept", "content-type", "Authorization"])
def test_header_parameters_that_openapi_ignores_are_told_to_have_no_effect(operations, name):
    declared = {"name": name, "in": "header", "required": True, "schema": TEXT}
    for before, after in ((parameters(), parameters(declared)), (parameters(declared), parameters())):
        (change,) = operations(before, after)
        assert (type(change).__name__, change.keyword) == ("KeywordWithoutEffect", name)
    optional = {**declared, "required": False, "schema": {"type": "integer"}}
    assert kinds(operations(parameters(declared), parameters(optional))) == ["KeywordWithoutEffect"]


def test_swagger_ignores_no_header_parameter(operations):
    declared = {"name": "Authorization", "in": "header", "required": True, "type": "string"}
    assert kinds(operations(parameters(), parameters(declared), "2.0")) == ["ParameterAdded"]


def test_a_content_type_header_of_a_response_is_told_to_have_no_effect(operations):
    def answer(headers):
        return {"responses": {"200": {"description": "fine", "headers": headers}}}

    declared = {"Content-Type": {"required": True, "schema": TEXT}}
    for before, after in ((answer({}), answer(declared)), (answer(declared), answer({}))):
        assert kinds(operations(before, after)) == ["KeywordWithoutEffect"]


def test_a_path_parameter_is_always_sent_whether_or_not_it_says_so(operations):
    slip = {"name": "id", "in": "path", "schema": TEXT}
    (change,) = operations(parameters(slip), parameters({**slip, "required": True}))
    assert (type(change).__name__, change.keyword) == ("KeywordWithoutEffect", "required")


def test_the_name_of_a_querystring_parameter_is_not_sent(operations):
    def whole(name):
        content = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
        return parameters({"name": name, "in": "querystring", "content": content})

    assert kinds(operations(whole("q"), whole("query"), "3.2.0")) == ["DocsChanged"]


@pytest.mark.parametrize("member", [{"style": "simple"}, {"explode": False}, {"allowReserved": False}])
def test_defaults_of_a_response_header_that_are_spelled_out_are_no_change(operations, member):
    def answer(**members):
        headers = {"X-Ids": {"schema": LIST, **members}}
        return {"responses": {"200": {"description": "fine", "headers": headers}}}

    assert operations(answer(), answer(**member)) == ()


def test_a_header_that_becomes_json_is_one_change(operations):
    def answer(**members):
        return {"responses": {"200": {"description": "fine", "headers": {"X-Thing": members}}}}

    schema = {"type": "object"}
    before, after = answer(schema=schema), answer(content={"application/json": {"schema": schema}})
    for old, new in ((before, after), (after, before)):
        assert kinds(operations(old, new)) == ["ParameterSerializationChanged"]


def test_a_header_that_is_deprecated_is_told_by_its_name(operations):
    def answer(**members):
        return {"responses": {"200": {"description": "fine", "headers": {"X-A": {"schema": TEXT, **members}}}}}

    (change,) = operations(answer(), answer(deprecated=True))
    assert change.name == "X-A"


# --- Swagger 2.0 -----------------------------------------------------------------------------------------------------


def swagger(place, **members):
    return parameters({"name": "ids", "in": place, **members})


@pytest.mark.parametrize(
    ("place", "kind"),
    [("query", "ParameterSerializationChanged"), ("formData", "PartSerializationChanged")],
)
def test_a_collection_format_is_one_change_called_by_its_name(operations, place, kind):
    for was, now in (("pipes", "multi"), ("csv", "multi")):
        before, after = (swagger(place, **LIST, collectionFormat=each) for each in (was, now))
        (change,) = operations(before, after, "2.0")
        assert (type(change).__name__, change.keyword) == (kind, "collectionFormat")
        assert (change.before, change.after) == (was, now)
    assert operations(swagger(place, **LIST), swagger(place, **LIST, collectionFormat="csv"), "2.0") == ()


def test_the_collection_format_of_a_list_in_a_list_is_compared(operations):
    def nested(**members):
        return swagger("query", type="array", items={**LIST, **members})

    (change,) = operations(nested(collectionFormat="pipes"), nested(collectionFormat="ssv"), "2.0")
    assert (type(change).__name__, change.place, change.name) == ("ParameterSerializationChanged", "query", "ids")
    assert operations(nested(), nested(collectionFormat="csv"), "2.0") == ()


def test_the_collection_format_of_a_response_header_is_compared(operations):
    def answer(**members):
        return {"responses": {"200": {"description": "fine", "headers": {"X-Ids": {**LIST, **members}}}}}

    assert kinds(operations(answer(), answer(collectionFormat="pipes"), "2.0")) == ["ParameterSerializationChanged"]
    assert operations(answer(), answer(collectionFormat="csv"), "2.0") == ()


def test_a_form_field_may_be_empty_or_not(operations):
    before, after = swagger("formData", **TEXT), swagger("formData", **TEXT, allowEmptyValue=True)
    assert kinds(operations(before, after, "2.0")) == ["SpellingAllowed"]
    assert kinds(operations(after, before, "2.0")) == ["SpellingDisallowed"]


def test_a_form_field_that_becomes_required_is_one_change(operations):
    before, after = swagger("formData", **TEXT), swagger("formData", **TEXT, required=True)
    assert kinds(operations(before, after, "2.0")) == ["PropertyBecameRequired"]
    assert kinds(operations(after, before, "2.0")) == ["PropertyBecameOptional"]


def test_an_example_of_a_response_is_told_in_one_place(operations):
    def answer(value):
        response = {"description": "fine", "schema": TEXT, "examples": {"application/json": value}}
        return {"responses": {"200": response}}

    (change,) = operations(answer("a"), answer("b"), "2.0")
    assert [site.where for site in change.sites] == ["response 200"]


def test_a_form_is_the_same_in_the_words_of_openapi_3(changes):
    fields = [{"name": "a", "in": "formData", "required": True, "type": "string"}]
    schema = {"type": "object", "required": ["a"], "properties": {"a": TEXT}}
    body = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    info = {"title": "t", "version": "1"}
    old = {"swagger": "2.0", "info": info, "paths": {"/a": {"post": {"parameters": fields, "responses": FINE}}}}
    new = {"openapi": "3.0.3", "info": info, "paths": {"/a": {"post": {"requestBody": body, "responses": FINE}}}}
    for before, after in ((old, new), (new, old)):
        assert set(kinds(changes(before, after))) == {"DocsChanged"}


# --- components, used or not -----------------------------------------------------------------------------------------


BODY = {"content": {"application/json": {"schema": TEXT}}}
PARAMETER = {"name": "color", "in": "query", "schema": TEXT}


@pytest.mark.parametrize(
    ("section", "before", "after", "use", "found"),
    [
        (
            "requestBodies",
            BODY,
            {**BODY, "required": True},
            lambda ref: {"requestBody": ref},
            ["RequestBodyBecameRequired"],
        ),
        (
            "parameters",
            PARAMETER,
            {**PARAMETER, "in": "header"},
            lambda ref: {"parameters": [ref]},
            ["ParameterPlaceChanged"],
        ),
        (
            "links",
            {"operationId": "a"},
            {"operationId": "b"},
            lambda ref: {"responses": {"200": {"description": "fine", "links": {"next": ref}}}},
            ["LinkChanged"],
        ),
        (
            "mediaTypes",
            {"schema": TEXT},
            {"schema": LIST},
            lambda ref: {"requestBody": {"content": {"application/json": ref}}},
            ["TypeChanged"],
        ),
    ],
)
def test_an_edit_of_a_component_is_told_once_as_what_it_is(changes, section, before, after, use, found):
    def document(component, operation):
        paths = {"/things": {"post": {"responses": FINE, **operation}}}
        components = {section: {"A": component}}
        return {"openapi": "3.2.0", "info": {"title": "t", "version": "1"}, "paths": paths, "components": components}

    used = use({"$ref": f"#/components/{section}/A"})
    for operation in (used, {}):
        assert kinds(changes(document(before, operation), document(after, operation))) == found


def test_an_edit_of_a_callback_component_is_told_once(changes):
    def document(kind):
        body = {"content": {"application/json": {"schema": {"type": kind}}}}
        callbacks = {"A": {"{$url}": {"post": {"requestBody": body, "responses": FINE}}}}
        operation = {"callbacks": {"done": {"$ref": "#/components/callbacks/A"}}, "responses": FINE}
        paths, components = {"/things": {"post": operation}}, {"callbacks": callbacks}
        return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths, "components": components}

    assert kinds(changes(document("string"), document("integer"))) == ["TypeChanged"]


# --- streams and parts -----------------------------------------------------------------------------------------------


def test_a_list_and_the_items_of_a_stream_are_compared_with_one_another(operations):
    def lines(**members):
        return {"responses": {"200": {"description": "fine", "content": {"application/jsonl": members}}}}

    before, after = lines(schema=LIST), lines(itemSchema=TEXT)
    for old, new in ((before, after), (after, before)):
        assert operations(old, new, "3.2.0") == ()
    (change,) = operations(before, lines(itemSchema={"type": "integer"}), "3.2.0")
    assert type(change).__name__ == "TypeChanged"
    assert [site.where for site in change.sites] == ["response 200 body[]"]
    assert change.location.before is not None
    assert change.location.before.endswith("/content/application~1jsonl/schema/items")


def test_an_encoding_of_what_is_no_property_is_told_to_have_no_effect(operations):
    def form(name):
        content = {
            "schema": {"type": "object", "properties": {"a": TEXT}},
            "encoding": {name: {"contentType": "image/png"}},
        }
        return {"requestBody": {"content": {"multipart/form-data": content}}}

    found = operations(form("b"), form("c"))
    assert {(type(change).__name__, change.keyword) for change in found} == {
        ("KeywordWithoutEffect", "b"),
        ("KeywordWithoutEffect", "c"),
    }
    assert kinds(operations(form("a"), form("b"))) == ["KeywordWithoutEffect", "PartContentTypeChanged"]


ID = {"name": "id", "in": "path", "required": True, "schema": TEXT}


def test_a_path_parameter_declared_on_one_side_alone_is_a_slip_of_the_document(operations):
    for before, after in ((parameters(), parameters(ID)), (parameters(ID), parameters())):
        (change,) = operations(before, after)
        assert (type(change).__name__, change.keyword) == ("KeywordWithoutEffect", "id")


def test_what_a_path_parameter_declared_on_one_side_alone_limits_is_told(operations):
    listed = {**ID, "schema": {"type": "string", "enum": ["a", "b"]}}
    for before, after, kind in (
        (parameters(), parameters(listed), "Added"),
        (parameters(listed), parameters(), "Removed"),
    ):
        found = operations(before, after)
        assert kinds(found) == [f"Enum{kind}", "KeywordWithoutEffect"]
        assert {place for change in found for place in (change.location.before, change.location.after) if place} == {
            "/paths/~1things~1{id}/post/parameters/0",
            "/paths/~1things~1{id}/post/parameters/0/schema/enum",
        }


LISTED = {"type": "string", "enum": ["a", "b"]}


@pytest.mark.parametrize(
    ("stated", "kind", "place"),
    [
        ({"schema": {"description": "An id.", "allOf": [LISTED]}}, "Enum", "/schema/allOf/0/enum"),
        ({"schema": {"allOf": [{"type": "string"}, LISTED]}}, "Enum", "/schema/allOf/1/enum"),
        ({"schema": {"anyOf": [LISTED, {"type": "string", "maxLength": 3}]}}, "Schema", "/schema/anyOf"),
        ({"schema": {"type": "array", "items": LISTED}}, "Enum", "/schema/items/enum"),
        ({"content": {"text/plain": {"schema": LISTED}}}, "Enum", "/content/text~1plain/schema/enum"),
    ],
    ids=["wrapped", "together", "of variants", "of items", "in a media type"],
)
def test_wherever_a_path_parameter_declared_on_one_side_alone_limits_its_values_it_is_told(
    operations, stated, kind, place
):
    declared = parameters({"name": "id", "in": "path", "required": True, **stated})
    for before, after, what in ((parameters(), declared, "Added"), (declared, parameters(), "Removed")):
        found = operations(before, after)
        assert kinds(found) == sorted([f"{kind}{what}", "KeywordWithoutEffect"])
        places = {each for change in found for each in (change.location.before, change.location.after) if each}
        assert f"/paths/~1things~1{{id}}/post/parameters/0{place}" in places


def test_a_path_parameter_declared_late_with_a_variant_of_any_value_limits_nothing(operations):
    declared = parameters({**ID, "schema": {"anyOf": [LISTED, {"type": "string"}]}})
    assert kinds(operations(parameters(), declared)) == ["KeywordWithoutEffect"]


def test_a_path_parameter_that_the_template_calls_otherwise_has_the_place_that_is_left_over(operations):
    for name, other in (("thing", "id"), ("id", "thing")):
        found = operations(parameters({**ID, "name": name}), parameters({**ID, "name": other}))
        assert [(type(change).__name__, change.before, change.after) for change in found] == [
            ("PathParameterRenamed", name, other)
        ]


def test_what_else_differs_of_a_path_parameter_whose_name_was_corrected_is_told(operations):
    slip = {**ID, "name": "thing", "schema": {"type": "string", "maxLength": 9}}
    assert kinds(operations(parameters(slip), parameters(ID))) == ["BoundRemoved", "PathParameterRenamed"]


def swagger_with_files(**field):
    given = {"name": "upload", "in": "formData", "required": True, **field}
    answer = {key: value for key, value in field.items() if key != "description"}
    said = {"200": {"description": "fine", "schema": answer}}
    return {"consumes": ["multipart/form-data"], "produces": ["a/b"], **parameters(given), "responses": said}


@pytest.mark.parametrize("binary", [True, False], ids=["binary", "text"])
def test_a_file_of_swagger_is_a_text_of_binary_format(changes, binary):
    def document(head, operation):
        return {**head, "info": {"title": "t", "version": "1"}, "paths": {"/a": {"post": operation}}}

    schema = {**TEXT, "format": "binary"} if binary else TEXT
    form = {"type": "object", "required": ["upload"], "properties": {"upload": schema}}
    asked = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    said = {"200": {"description": "fine", "content": {"a/b": {"schema": schema}}}}
    files = document({"swagger": "2.0"}, swagger_with_files(type="file"))
    texts = document({"openapi": "3.0.3"}, {"requestBody": asked, "responses": said})
    for before, after in ((files, texts), (texts, files)):
        found = {type(change).__name__ for change in changes(before, after)} - {"DocsChanged"}
        assert found <= (set() if binary else {"FormatWidened", "FormatNarrowed"})
        assert binary or found
    located = {place for change in changes(files, texts) for place in (change.location.before,) if place}
    assert not any(place.endswith("/format") for place in located)


def test_a_file_of_swagger_that_becomes_a_text_says_so_at_its_type(operations):
    found = operations(swagger_with_files(type="file"), swagger_with_files(type="string"), "2.0")
    assert {type(change).__name__ for change in found} == {"FormatWidened"}
    places = {place.before for change in found for place in change.places}
    assert places == {
        "/paths/~1things~1{id}/post/parameters/0/type",
        "/paths/~1things~1{id}/post/responses/200/schema/type",
    }
