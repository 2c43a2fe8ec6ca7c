"""Response headers: their content is compared as that of parameters is; those of 2.0 are their own schema."""

from __future__ import annotations

import pytest


def kinds(found):
    return sorted(type(change).__name__ for change in found)


def document(header, **root):
    response = {"description": "", "headers": {"X-Rate": header}}
    item = {"/a": {"get": {"responses": {"200": response}}}}
    return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": item, **root}


def swagger(header):
    root = document(header, swagger="2.0")
    del root["openapi"]
    return root


def content(kind, media_type="application/json"):
    return {"content": {media_type: {"schema": {"type": kind}}}}


def test_the_content_of_a_header_is_compared(changes):
    (change,) = changes(document(content("string")), document(content("integer")))
    assert type(change).__name__ == "TypeChanged"
    assert change.location.after == ("/paths/~1a/get/responses/200/headers/X-Rate/content/application~1json/schema")
    assert [(site.direction, site.where) for site in change.sites] == [("response", "response 200 header X-Rate")]


def test_a_header_in_another_media_type_is_one_change(changes):
    found = changes(document(content("string")), document(content("string", "text/plain")))
    assert kinds(found) == ["ParameterSerializationChanged"]


def test_the_content_of_a_header_that_no_operation_uses_is_compared(changes):
    def root(kind):
        return document({"schema": {}}, components={"headers": {"Lonely": content(kind)}})

    (change,) = changes(root("string"), root("integer"))
    assert (type(change).__name__, change.sites) == ("TypeChanged", ())


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"type": "string"}, {"type": "integer"}, "TypeNarrowed"),
        ({"type": "string"}, {"type": "string", "format": "date"}, "FormatNarrowed"),
        ({"type": "integer", "maximum": 9}, {"type": "integer", "maximum": 5}, "BoundDecreased"),
        ({"type": "string", "description": "A."}, {"type": "string", "description": "B."}, "DocsChanged"),
        ({"type": "string", "x-a": 1}, {"type": "string", "x-a": 2}, "ExtensionChanged"),
        ({"type": "string", "odd": 1}, {"type": "string", "odd": 2}, "Unclassified"),
    ],
)
def test_a_header_of_swagger_2_has_the_facts_of_its_schema_and_no_others(changes, before, after, kind):
    assert kinds(changes(swagger(before), swagger(after))) == [kind]
