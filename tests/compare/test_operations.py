"""Operations: where a path leads, which path is which, and what is said of paths that lead nowhere."""

from __future__ import annotations

import pytest


def kinds(found):
    return sorted(type(change).__name__ for change in found)


def document(paths, **root):
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths, **root}


PLAIN = {"get": {"responses": {"200": {"description": ""}}}}
ASKING = {
    "get": {
        "deprecated": True,
        "parameters": [{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}],
        "responses": {"200": {"description": ""}},
    }
}


@pytest.mark.parametrize("key", ["paths", "webhooks"])
def test_a_path_that_leads_to_another_one_is_compared_with_it(changes, key):
    def root(target):
        holder = {"/l": {"$ref": f"#/components/pathItems/{target}"}}
        parts = {"components": {"pathItems": {"a": PLAIN, "b": ASKING}}}
        return document({} if key == "webhooks" else holder, **({key: holder} if key == "webhooks" else {}), **parts)

    found = changes(root("a"), root("b"))
    assert kinds(found) == ["OperationDeprecated", "ParameterAdded"]
    assert {str(site.operation) for change in found for site in change.sites} == {
        "GET /l" if key == "paths" else "webhook /l"
    }
    assert changes(root("a"), root("a")) == ()


def test_a_path_that_leads_to_another_path_is_compared_with_it(changes):
    def root(target):
        return document({"/a": PLAIN, "/b": ASKING, "/l": {"$ref": f"#/paths/~1{target}"}})

    found = changes(root("a"), root("b"))
    assert kinds(found) == ["OperationDeprecated", "ParameterAdded"]
    assert [str(site.operation) for change in found for site in change.sites] == ["GET /l", "GET /l"]


@pytest.mark.parametrize("now", ["other.yaml#/b", "#/paths/~1nowhere"])
def test_a_path_that_leads_out_of_the_document_is_said_to_differ(changes, now):
    (change,) = changes(document({"/l": {"$ref": "other.yaml#/a"}}), document({"/l": {"$ref": now}}))
    assert (type(change).__name__, change.keyword) == ("Unclassified", "$ref")
    assert change.location.after == "/paths/~1l/$ref"


def test_a_path_that_was_elsewhere_and_is_written_out_is_said_to_differ(changes):
    found = changes(document({"/l": {"$ref": "other.yaml#/a"}}), document({"/l": PLAIN}))
    assert kinds(found) == ["OperationAdded", "Unclassified"]


def test_what_stands_beside_the_reference_of_a_path_is_told(changes):
    def root(text):
        return document({"/a": PLAIN, "/l": {"$ref": "#/paths/~1a", "description": text}})

    (change,) = changes(root("One."), root("Other."))
    assert (type(change).__name__, change.location.after) == ("DocsChanged", "/paths/~1l/description")
    assert changes(root("One."), root("One.")) == ()


def test_a_path_that_moves_to_a_place_of_its_own_says_the_same(changes):
    moved = document({"/a": {"$ref": "#/components/pathItems/a"}}, components={"pathItems": {"a": PLAIN}})
    assert kinds(changes(document({"/a": PLAIN}), moved)) == ["ComponentAdded"]


@pytest.mark.parametrize("expression", [True, False], ids=["its path item", "the callback"])
def test_a_callback_that_leads_out_of_the_document_is_said_to_differ(changes, expression):
    def root(target):
        reference = {"$ref": f"other.yaml#/{target}"}
        callbacks = {"done": {"{$url}": reference} if expression else reference}
        return document({"/a": {"get": {"callbacks": callbacks, "responses": {}}}})

    (change,) = changes(root("a"), root("b"))
    assert (type(change).__name__, change.keyword) == ("Unclassified", "$ref")
    assert [str(site.operation) for site in change.sites] == ["GET /a"]


@pytest.mark.parametrize("of", ["get", "path item"])
def test_a_parameter_that_stands_elsewhere_is_said_to_differ(changes, of):
    def root(*targets):
        listed = [{"$ref": f"other.yaml#/{target}"} for target in targets]
        own = {"parameters": listed}
        return document(
            {"/a": {"get": {**PLAIN["get"], **(own if of == "get" else {})}, **({} if of == "get" else own)}}
        )

    (change,) = changes(root("a", "b"), root("b", "c"))
    assert (type(change).__name__, change.keyword) == ("Unclassified", "parameters")
    assert (change.before, change.after) == ({"$ref": "other.yaml#/a"}, {"$ref": "other.yaml#/c"})
    assert [str(site.operation) for site in change.sites] == ["GET /a"]
    assert changes(root("a", "b"), root("b", "a")) == ()


def test_a_shared_path_parameter_with_another_name_is_told_once(changes):
    def root(name):
        parts = {"parameters": {"Id": {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}}}
        item = {"get": {"parameters": [{"$ref": "#/components/parameters/Id"}], "responses": {}}}
        return document({f"/a/{{{name}}}": item}, components=parts)

    assert kinds(changes(root("id"), root("key"))) == ["PathParameterRenamed"]


def of_one_shape(*named, with_ids=True):
    """Paths that differ in the name of their parameter alone: names, each with what its operation is about."""

    def operation(name, about):
        parameter = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        own = {"operationId": about} if with_ids else {}
        return {"get": {"parameters": [parameter], "responses": {"200": {"description": about}}, **own}}

    return document({f"/a/{{{name}}}": operation(name, about) for name, about in named})


@pytest.mark.parametrize("with_ids", [True, False], ids=["by operationId", "by content"])
@pytest.mark.parametrize("names", [("key", "title"), ("title", "key")])
def test_paths_of_one_shape_that_are_all_renamed_are_the_same_ones(changes, with_ids, names):
    before = of_one_shape(("id", "byId"), ("name", "byName"), with_ids=with_ids)
    after = of_one_shape((names[0], "byId"), (names[1], "byName"), with_ids=with_ids)
    found = changes(before, after)
    assert kinds(found) == ["PathParameterRenamed"] * 2
    assert {(change.before, change.after) for change in found} == {("id", names[0]), ("name", names[1])}


def test_paths_of_one_shape_that_say_other_things_are_the_same_in_their_order(changes):
    found = changes(
        of_one_shape(("id", "a"), ("name", "b"), with_ids=False),
        of_one_shape(("key", "c"), ("title", "d"), with_ids=False),
    )
    assert kinds(found) == ["DocsChanged"] * 2 + ["PathParameterRenamed"] * 2


def test_of_paths_of_one_shape_the_one_that_went_is_gone(changes):
    found = changes(of_one_shape(("id", "a"), ("name", "b")), of_one_shape(("title", "b")))
    assert kinds(found) == ["OperationRemoved", "PathParameterRenamed"]
    assert {change.path for change in found if type(change).__name__ == "OperationRemoved"} == {"/a/{id}"}


def test_callbacks_of_one_expression_are_told_apart_by_their_names(changes):
    def document(first, second):
        def callback(kind):
            body = {"content": {"application/json": {"schema": {"type": kind}}}}
            return {"{$request.body#/url}": {"post": {"requestBody": body, "responses": {}}}}

        listed = {name: callback(kind) for name, kind in (first, second)}
        paths = {"/a": {"post": {"callbacks": listed, "responses": {}}}}
        return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}

    one, other = ("created", "string"), ("deleted", "integer")
    assert changes(document(one, other), document(other, one)) == ()


def test_what_a_callback_says_beside_its_expression_is_compared_when_that_changes(changes):
    def document(expression, kind):
        body = {"content": {"application/json": {"schema": {"type": kind}}}}
        callbacks = {"done": {expression: {"post": {"requestBody": body, "responses": {}}}}}
        paths = {"/a": {"post": {"callbacks": callbacks, "responses": {}}}}
        return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths}

    found = changes(document("{$request.body#/url}", "string"), document("{$request.query.url}", "integer"))
    assert sorted(type(change).__name__ for change in found) == ["CallbackExpressionChanged", "TypeChanged"]


ANSWER = {"responses": {"200": {"description": ""}}}
CALLS = {"/a": {"get": {**ANSWER, "callbacks": {"done": {"{$url}": {"post": ANSWER}}}}}}
SERVER, OTHER = {"url": "https://a"}, {"url": "https://b"}
KEYS = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}}


def notifying(paths, notice=ANSWER, **root):
    return document(paths, webhooks={"shipped": {"post": notice}}, components=KEYS, **root)


@pytest.mark.parametrize(
    ("before", "after"),
    [({"servers": [SERVER]}, {"servers": [OTHER]}), ({}, {"security": [{"key": []}]}), ({"security": []}, {})],
)
def test_servers_and_security_of_the_root_are_of_calls_of_clients_alone(changes, before, after):
    for sides in ((before, after), (after, before)):
        found = changes(*(notifying(CALLS, **side) for side in sides))
        assert {str(site.operation) for change in found for site in change.sites} <= {"GET /a"}
        assert found or {"security": []} in sides


@pytest.mark.parametrize("keyword", ["servers", "security"])
def test_servers_and_security_of_a_document_without_calls_have_no_effect(changes, keyword):
    said = {"servers": [SERVER], "security": [{"key": []}]}[keyword]
    (change,) = changes(notifying({}), notifying({}, **{keyword: said}))
    assert (type(change).__name__, change.keyword, change.location.after) == (
        "KeywordWithoutEffect",
        keyword,
        f"/{keyword}",
    )


def test_servers_of_a_webhook_have_no_effect(changes):
    (change,) = changes(notifying(CALLS), notifying(CALLS, {**ANSWER, "servers": [SERVER]}))
    assert (type(change).__name__, change.keyword) == ("KeywordWithoutEffect", "servers")


def test_security_that_a_webhook_says_itself_is_received(changes):
    asking = {**ANSWER, "security": [{"key": []}]}
    (change,) = changes(notifying(CALLS), notifying(CALLS, asking))
    assert type(change).__name__ == "SecurityBecameRequired"
    assert [(str(site.operation), str(site.direction)) for site in change.sites] == [("webhook shipped", "response")]
