"""Security: what a caller must send, told once, and by what counts on the wire."""

from __future__ import annotations

import pytest

from monitor.compare import compare
from monitor.contract import Contract
from monitor.reading.dialects import dialect_for
from monitor.rules import judge

KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
FLOW = {"tokenUrl": "https://example.com/token", "scopes": {"read": "r"}}
CLIENT = {"type": "oauth2", "flows": {"clientCredentials": FLOW}}


def document(scheme=KEY, *, asked=None, name="k", version="3.1.0"):
    """One operation that asks for one scheme, or for what is said."""
    requirement = [{name: []}] if asked is None else asked
    root = {
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": {}, "security": requirement}}},
    }
    schemes = {name: scheme, "o": CLIENT} if asked is not None else {name: scheme}
    if version == "2.0":
        return {"swagger": "2.0", **root, "securityDefinitions": schemes}
    return {"openapi": version, **root, "components": {"securitySchemes": schemes}}


def found(before, after):
    sides = [Contract(root, dialect_for(root.get("openapi") or root["swagger"])) for root in (before, after)]
    told = [(one.rule.id, str(one.level)) for one in judge(compare(*sides))]
    return sorted(one for one in told if one[0] != "documentation-changed")


@pytest.mark.parametrize("other", [{"type": "http", "scheme": "bearer"}, {"type": "mutualTLS"}, CLIENT])
def test_a_scheme_of_another_type_is_one_change_whatever_fields_come_with_it(other):
    told = [("security-scheme-changed", "breaking")]
    assert found(document(KEY), document(other)) == told
    assert found(document(other), document(KEY)) == told


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"type": "http", "scheme": "bearer"}, {"type": "http", "scheme": "Bearer"}),
        (KEY, {**KEY, "name": "x-key"}),
    ],
)
def test_names_without_case_may_be_written_otherwise(before, after):
    assert found(document(before), document(after)) == []


def test_the_name_of_a_query_parameter_has_case():
    before = {**KEY, "in": "query"}
    assert found(document(before), document({**before, "name": "x-key"})) == [("security-scheme-changed", "breaking")]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"quota": 1}, ("unclassified-changed", "risky")),
        ({"flows": "none"}, ("unclassified-changed", "risky")),
        ({"flows": {"clientCredentials": {**FLOW, "quota": 1}}}, ("unclassified-changed", "risky")),
        ({"flows": {"clientCredentials": {**FLOW, "x-quota": 1}}}, ("extension-changed", "docs")),
        ({"flows": {"clientCredentials": FLOW, "x-quota": 1}}, ("extension-changed", "docs")),
        (
            {"flows": {"clientCredentials": {**FLOW, "refreshUrl": "https://a"}}},
            ("security-scheme-address-changed", "compatible"),
        ),
        ({"flows": {"clientCredentials": {**FLOW, "scopes": {}}}}, ("security-scheme-details-changed", "compatible")),
    ],
)
def test_each_member_of_a_scheme_and_of_a_flow_is_told_as_what_it_is(changes, told):
    after = document({**CLIENT, **changes})
    assert told in found(document(CLIENT), after)
    assert told in found(after, document(CLIENT))


def test_a_flow_that_is_replaced_is_gone():
    device = {"deviceAuthorization": {**FLOW, "deviceAuthorizationUrl": "https://example.com/device"}}
    before, after = (document({"type": "oauth2", "flows": each}, version="3.2.0") for each in (CLIENT["flows"], device))
    assert found(before, after) == [("oauth-flow-added", "compatible"), ("oauth-flow-removed", "breaking")]


def test_swagger_2_and_openapi_3_say_the_same_in_other_words():
    basic = document({"type": "basic"}, version="2.0")
    assert found(basic, document({"type": "http", "scheme": "basic"})) == []
    flow = document({"type": "oauth2", "flow": "application", **FLOW}, version="2.0")
    assert found(flow, document(CLIENT)) == []
    implicit = document(
        {"type": "oauth2", "flow": "implicit", "authorizationUrl": "https://a", "scopes": {}}, version="2.0"
    )
    assert found(flow, implicit) == [("oauth-flow-added", "compatible"), ("oauth-flow-removed", "breaking")]


def test_a_scheme_under_another_name_is_the_same_on_the_wire():
    assert found(document(KEY), document(KEY, name="key")) == [("component-renamed", "docs")]
    other = found(document(KEY), document({**KEY, "name": "X-Other"}, name="key"))
    assert ("security-alternative-removed", "breaking") in other


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([{"k": []}], [{"k": [], "o": []}], "security-alternative-became-stricter"),
        ([{"k": [], "o": []}], [{"k": []}], "security-alternative-became-laxer"),
        ([{"k": []}, {"k": [], "o": []}], [{"k": []}], "security-alternative-became-laxer"),
        ([{"k": []}], [{"k": []}, {"k": [], "o": []}], "security-alternative-added"),
        ([{"o": ["a"]}, {"o": ["b"]}], [{"o": ["a"]}], "security-alternative-removed"),
        ([{"o": ["a"]}], [{"o": ["a"]}, {"o": ["b"]}], "security-alternative-added"),
        ([{"o": ["a"]}], [{"o": ["b"]}, {"o": ["a"]}], "security-alternative-added"),
        ([{"k": [], "o": ["a"]}], [{"o": ["a"]}], "security-alternative-became-laxer"),
    ],
)
def test_alternatives_are_compared_by_what_they_ask_for(before, after, told):
    assert [rule for rule, _ in found(document(asked=before), document(asked=after))] == [told]


def test_a_weaker_alternative_with_another_scope_does_not_suffice():
    before, after = document(asked=[{"k": [], "o": ["a"]}]), document(asked=[{"o": ["b"]}])
    assert found(before, after) == [
        ("security-alternative-added", "compatible"),
        ("security-alternative-removed", "breaking"),
    ]
