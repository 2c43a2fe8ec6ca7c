"""Calls that worked, in the values that the document shows, and what happens to them now."""

from __future__ import annotations

from typing import Any

from monitor.algebra import exchange
from monitor.contract import Contract, Direction, Operation
from monitor.reading import contract_of, read
from monitor.values import canonical_bytes

ROOT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "https://api.example.com/v2"}],
    "security": [{"key": []}],
    "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/types/{id}": {
            "put": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "example": "a b"},
                    {"name": "tag", "in": "query", "required": True, "schema": {"type": "array", "minItems": 2, "uniqueItems": True, "items": {"enum": ["x", "y"]}}},
                    {"name": "page", "in": "query", "schema": {"type": "integer"}},
                    {"name": "X-Team", "in": "header", "required": True, "schema": {"type": "integer", "minimum": 7}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"type": "object", "required": ["color"], "properties": {"color": {"type": "string", "example": "red"}}}},
                        "application/x-www-form-urlencoded": {"schema": {"type": "object", "required": ["color"], "properties": {"color": {"enum": ["dark red"]}}}},
                    },
                },
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": {}}}}, "404": {"description": ""}},
            }
        }
    },
    "x-webhooks": {"made": {"post": {"requestBody": {"content": {"application/json": {"schema": {"const": 1}}}}, "responses": {}}}},
}  # fmt: skip


def contract_and(position: int = 0) -> tuple[Contract, Operation]:
    """The contract and one of its operations."""
    found = contract_of(read(canonical_bytes(ROOT)))
    return found, found.operations()[position]


def test_the_call_of_a_removed_operation_is_written_out() -> None:
    found = exchange.operation_removed(*contract_and())
    assert str(found) == (
        "PUT /v2/types/a%20b?tag=x&tag=y HTTP/1.1\n"
        "Host: api.example.com\n"
        "X-Team: 7\n"
        "Accept: application/json\n"
        "Authorization: Bearer …\n"
        "Content-Type: application/json\n"
        "\n"
        '{"color": "red"}'
    )
    assert found.now == "PUT /types/{id} is no longer documented: expect 404 or 405."


def test_a_body_of_a_removed_media_type_is_shown_as_it_was_sent() -> None:
    contract, operation = contract_and()
    body = contract.request_body(operation)
    assert body is not None
    found = exchange.media_type_removed(contract, operation, body.media_types[1], Direction.REQUEST)
    assert found.body == "color=dark+red"
    assert "415" in found.now


def test_an_answer_of_a_removed_media_type_is_asked_for() -> None:
    contract, operation = contract_and()
    found = exchange.media_type_removed(
        contract, operation, contract.responses(operation)[0].media_types[0], Direction.RESPONSE
    )
    assert found.headers[0] == ("Accept", "application/json")
    assert "406" in found.now


def test_nobody_asks_for_the_media_type_of_an_error() -> None:
    contract, operation = contract_and()
    media_type = contract.responses(operation)[0].media_types[0]
    found = exchange.media_type_removed(contract, operation, media_type, Direction.RESPONSE, status="403")
    assert found.answer == "403"
    assert found.headers == exchange.call(contract, operation).headers
    assert found.now == "The answer 403 no longer comes as application/json: expect a body of another type."


def test_a_call_sends_the_values_that_it_is_given() -> None:
    contract, operation = contract_and()
    page = contract.parameters(operation)[2]
    assert exchange.call(contract, operation, given={(page.place, page.name): 7}).target.endswith("page=7")


def test_the_answer_that_is_gone_is_named() -> None:
    contract, operation = contract_and()
    found = exchange.response_removed(contract, operation, contract.responses(operation)[0])
    assert found.answer == "200"
    assert "200" in found.now


def test_a_call_without_the_parameter_or_the_scope_that_is_needed_now() -> None:
    contract, operation = contract_and()
    page = contract.parameters(operation)[2]
    assert "page=" not in exchange.parameter_required(contract, operation, page).target
    assert "'page'" in exchange.parameter_required(contract, operation, page).now
    assert "'types:write'" in exchange.scope_added(contract, operation, "types:write").now


def test_a_webhook_is_sent_by_the_provider() -> None:
    found = exchange.operation_removed(*contract_and(1))
    assert found.body == "1"
    assert "does not any more" in found.now
