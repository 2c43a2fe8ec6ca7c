"""From a document to what the ledger keeps of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.contract import Contract
from monitor.ledger import Evidence, Outline, Subject, outline
from monitor.reading import contract_of, read
from monitor.reading.dialects import dialect_for

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/users/{id}": {
            "parameters": [],
            "get": {"deprecated": True, "responses": {}},
            "put": {"deprecated": False, "responses": {}},
        },
        "/shared": {"$ref": "#/components/pathItems/Shared"},
    },
    "webhooks": {"user.created": {"post": {"deprecated": True, "responses": {}}}},
    "components": {"pathItems": {"Shared": {"delete": {"deprecated": "true", "responses": {}}}}},
}


def outline_of(document: dict[str, Any]) -> Outline:
    return outline(Contract(document, dialect_for(document.get("openapi") or document["swagger"])))


def test_the_outline_has_every_operation_and_webhook() -> None:
    assert set(outline_of(DOCUMENT).operations) == {
        Subject("operation", "GET", "/users/{id}", "/paths/~1users~1{id}/get"),
        Subject("operation", "PUT", "/users/{id}", "/paths/~1users~1{id}/put"),
        Subject("operation", "DELETE", "/shared", "/components/pathItems/Shared/delete"),
        Subject("webhook", "POST", "user.created", "/webhooks/user.created/post"),
    }


def test_only_deprecated_true_is_a_flag_and_its_evidence_is_strong_and_points_at_it() -> None:
    marks = {str(mark.subject): mark.evidence for mark in outline_of(DOCUMENT).marks}
    assert marks == {
        "GET /users/{id}": (
            Evidence("deprecated-flag", "strong", "deprecated: true", "/paths/~1users~1{id}/get/deprecated"),
        ),
        "webhook user.created": (
            Evidence("deprecated-flag", "strong", "deprecated: true", "/webhooks/user.created/post/deprecated"),
        ),
    }


def test_swagger_2_has_flags_too() -> None:
    document = {"swagger": "2.0", "paths": {"/a": {"get": {"deprecated": True, "responses": {}}}}}
    assert [str(mark.subject) for mark in outline_of(document).marks] == ["GET /a"]


def test_an_outline_survives_its_stored_form() -> None:
    shown = outline_of(DOCUMENT)
    assert Outline.from_json(json.loads(json.dumps(shown.to_json()))) == shown


def test_the_stored_form_may_have_keys_of_a_later_version() -> None:
    shown = outline_of(DOCUMENT)
    assert Outline.from_json({**shown.to_json(), "parameters": []}) == shown


def test_what_is_no_outline_is_refused() -> None:
    with pytest.raises(ValueError, match="not a subject"):
        Outline.from_json({"operations": [["webhook", "POST", "user.created"]], "marks": []})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Deprecated: use `POST /v2/users` instead.", "POST /v2/users"),
        ("DEPRECATED, replaced by /v2/users/{id}.", "GET /v2/users/{id}"),
        ("Please use the **GET /v2/people** endpoint.", "GET /v2/people"),
        ("List all users, in favour of nobody.", None),
        ("You may use it until 2027.", None),
        (None, None),
    ],
)
def test_a_replacement_is_taken_from_the_description_when_it_names_a_path(text: str | None, named: str | None) -> None:
    operation = {"deprecated": True, "responses": {}, "description": text}
    document = {"openapi": "3.0.3", "paths": {"/v1/users": {"get": operation}}}
    (mark,) = outline_of(document).marks
    assert mark.successor == named
    assert Outline.from_json(outline_of(document).to_json()).marks == (mark,)


def test_the_tags_of_each_operation_are_kept_whatever_their_order():
    def tagged(*tags: object) -> dict:
        return {"tags": list(tags), "responses": {"200": {"description": "fine"}}}

    paths = {
        "/boats": {"get": tagged("Boats"), "post": tagged("Admin", "Boats", "Admin")},
        "/crews": {"get": tagged("Crews", "Boats"), "put": tagged(3), "delete": {"responses": {}}},
    }
    text = json.dumps({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths})
    shown = outline(contract_of(read(text.encode(), source="a.json")))
    assert {f"{subject.method} {subject.path}": tags for subject, tags in shown.tags.items()} == {
        "GET /boats": ("Boats",),
        "POST /boats": ("Admin", "Boats"),
        "GET /crews": ("Boats", "Crews"),
    }
    assert Outline.from_json(json.loads(json.dumps(shown.to_json()))) == shown
