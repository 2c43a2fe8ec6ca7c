"""Through which operations a change is met, and on which way: the shortest, found without a walk for each change."""

from __future__ import annotations

import pytest

from monitor.compare import Budget, compare
from monitor.contract import Contract
from monitor.errors import BudgetExceeded
from monitor.reading.dialects import dialect_for


def to(name):
    return {"$ref": f"#/components/schemas/{name}"}


def document(components, *, start="C0", operations=1):
    content = {"application/json": {"schema": to(start)}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"description": "", "content": content}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {f"/things/{number}": {"post": operation} for number in range(operations)},
        "components": {"schemas": components},
    }


def ring(count, most):
    """Definitions in a circle, of which each has a bound of its own."""
    return document(
        {
            f"C{number}": {"properties": {"next": to(f"C{(number + 1) % count}"), f"p{number}": {"maxLength": most}}}
            for number in range(count)
        }
    )


def compared(before, after, budget):
    return compare(*(Contract(root, dialect_for("3.1.0")) for root in (before, after)), budget=budget)


def test_work_on_a_ring_of_definitions_that_all_differ_grows_with_their_number():
    spent = []
    for count in (100, 200):
        budget = Budget()
        assert len(compared(ring(count, 9), ring(count, 5), budget)) == count
        spent.append(budget.spent)
    assert spent == [400, 800], "each definition and its leaf once, and a step for each in both directions"


def test_long_ways_to_many_changes_end_with_a_clear_error():
    with pytest.raises(BudgetExceeded, match="after 10,000 characters of places") as raised:
        compared(ring(100, 9), ring(100, 5), Budget(text=10_000))
    assert "raise it" in str(raised.value.advice)


def test_a_change_is_met_on_the_shortest_way_whatever_the_order_of_keys(changes):
    def root(most, *, turned=False):
        names = ["left", "right"][:: -1 if turned else 1]
        return document(
            {
                "C0": {"properties": {name: to(name) for name in names} | {"far": to("far")}},
                "far": {"properties": {"left": to("left")}},
                **{name: {"properties": {"leaf": to("leaf")}} for name in names},
                "leaf": {"properties": {"value": {"maxLength": most}}},
            }
        )

    (change,) = changes(root(9), root(5))
    (other,) = changes(root(9, turned=True), root(5, turned=True))
    assert change == other
    assert {site.where.partition("body > ")[2] for site in change.sites} == {"left > leaf > value"}


def test_what_is_only_sent_is_not_met_in_a_response(changes):
    def root(most):
        inner = {"properties": {"a": {**to("leaf"), "writeOnly": True}, "list": {"type": "array", "items": to("leaf")}}}
        return document({"C0": inner, "leaf": {"type": "string", "maxLength": most}})

    (change,) = changes(root(9), root(5))
    assert [(site.direction, site.where) for site in change.sites] == [
        ("request", "body > a"),
        ("response", "response 200 body > list[]"),
    ]


def test_every_operation_that_refers_to_a_definition_by_a_way_of_its_own_says_that_way(changes):
    def root(most):
        whole = document({"C0": {"properties": {"value": {"maxLength": most}}}}, operations=2)
        second = whole["paths"]["/things/1"]["post"] = {
            "parameters": [{"name": "q", "in": "query", "schema": to("C0")}]
        }
        second["responses"] = {}
        return whole

    (change, *_) = changes(root(9), root(5))
    assert {(str(site.operation), site.where) for site in change.sites} >= {
        ("POST /things/0", "body > value"),
        ("POST /things/0", "response 200 body > value"),
        ("POST /things/1", "query q > value"),
    }


@pytest.mark.parametrize(
    ("name", "reference"),
    [("A B", "A B"), ("A B", "A%20B"), ("A{B}", "A%7BB%7D"), ('A"B', 'A"B'), ("A\\B", "A\\B"), ("A/B", "A~1B")],
)
def test_a_definition_is_reached_however_the_reference_to_it_is_written(name, reference):
    sides = (document({name: {"maxLength": most}}, start=reference) for most in (9, 5))
    (change,) = compared(*sides, Budget())
    assert [site.direction for site in change.sites] == ["request", "response"]
