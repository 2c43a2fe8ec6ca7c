"""What says the same on both sides is passed over, and only that."""

from __future__ import annotations

import pytest

from monitor.compare import Budget, compare
from monitor.compare.changes import EnumValueAdded, EnumValueRemoved, MediaTypeAdded, TypeChanged
from monitor.contract import Contract
from monitor.reading.dialects import dialect_for


def test_the_work_on_a_schema_does_not_grow_with_its_properties_that_stayed(api):
    spent = []
    for count in (10, 100):
        stayed = {f"p{number}": {"type": "object", "properties": {"q": {"maxLength": 9}}} for number in range(count)}
        sides = [api({"properties": {**stayed, "x": {"type": name}}}) for name in ("string", "integer")]
        budget = Budget()
        (change,) = compare(*(Contract(root, dialect_for("3.0.3")) for root in sides), budget=budget)
        assert isinstance(change, TypeChanged)
        spent.append(budget.spent)
    assert spent[0] == spent[1]


def test_numbers_and_booleans_that_python_takes_for_equal_are_told_apart(schema_changes):
    found = schema_changes({"properties": {"p": {"enum": [1]}}}, {"properties": {"p": {"enum": [True]}}})
    assert {type(change) for change in found} == {EnumValueAdded, EnumValueRemoved}


def test_a_changed_definition_is_met_below_a_property_whose_own_words_stayed(schema_changes):
    holder = {"properties": {"p": {"items": {"$ref": "#/components/schemas/D"}}}}
    # The operation differs as well, so that it is compared for its own sake.
    before, after = {**holder, "description": "was"}, {**holder, "description": "is"}
    sides = {"was": {"D": {"type": "string"}}, "now": {"D": {"type": "integer"}}}
    (change,) = (change for change in schema_changes(before, after, **sides) if isinstance(change, TypeChanged))
    assert [site.where for site in change.sites] == ["body > p[]", "response 200 body > p[]"]


@pytest.mark.parametrize("place", ["consumes", "produces"])
def test_a_body_of_swagger_2_that_stayed_can_be_sent_in_one_more_media_type(changes, place):
    def document(*types):
        body = {"in": "body", "name": "b", "schema": {"type": "object"}}
        responses = {"200": {"description": "", "schema": {"type": "object"}}}
        operation = {"parameters": [body], "responses": responses, place: list(types)}
        return {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"post": operation}}}

    (change,) = changes(document("application/json"), document("application/json", "application/xml"))
    assert isinstance(change, MediaTypeAdded)


def test_a_form_of_swagger_2_has_one_more_field(changes):
    def document(*names):
        fields = [{"in": "formData", "name": name, "type": "string"} for name in names]
        operation = {"parameters": fields, "responses": {"200": {"description": ""}}}
        return {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"post": operation}}}

    (change,) = changes(document("a"), document("a", "b"))
    assert change.where == "body > b"


def test_a_contract_does_not_differ_from_itself_and_no_work_is_done_for_it(api):
    contract, budget = Contract(api({"properties": {"p": {"maxLength": 9}}}), dialect_for("3.0.3")), Budget()
    assert compare(contract, contract, budget=budget) == ()
    assert budget.spent == 0
