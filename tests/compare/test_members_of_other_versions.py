"""What a version of OpenAPI does not know is told like any other unknown member, and never passed over."""

from __future__ import annotations

from copy import deepcopy

import pytest

from monitor.compare import compare
from monitor.contract import Contract
from monitor.reading.dialects import dialect_for
from monitor.rules import judge

OPERATION = {"responses": {"200": {"description": "Fine."}}}


def document(version="3.1.0", item=None, **root):
    head = {"swagger": "2.0"} if version == "2.0" else {"openapi": version}
    paths = {"/a": {"get": OPERATION, **(item or {})}}
    return {**head, "info": {"title": "t", "version": "1"}, "paths": paths, **root}


def found(before, after):
    sides = [Contract(deepcopy(root), dialect_for(root.get("openapi") or root["swagger"])) for root in (before, after)]
    return [(one.rule.id, str(one.level), one.change.location.after) for one in judge(compare(*sides))]


@pytest.mark.parametrize(
    ("version", "member", "value"),
    [
        ("2.0", "trace", OPERATION),
        ("2.0", "query", OPERATION),
        ("3.0.3", "query", OPERATION),
        ("3.1.0", "query", OPERATION),
        ("3.1.0", "additionalOperations", {"COPY": OPERATION}),
    ],
)
def test_an_operation_that_only_another_version_knows_is_undecided(version, member, value):
    told = [("unclassified-changed", "risky", f"/paths/~1a/{member}")]
    assert found(document(version), document(version, {member: value})) == told
    changed = {member: {**value, "summary": "Other."}}
    assert found(document(version, {member: value}), document(version, changed)) == told


@pytest.mark.parametrize("member", ["query", "additionalOperations"])
def test_where_it_is_known_it_is_an_operation(member):
    value = {"COPY": OPERATION} if member == "additionalOperations" else OPERATION
    ((rule, level, _),) = found(document("3.2.0"), document("3.2.0", {member: value}))
    assert (rule, level) == ("operation-added", "compatible")


@pytest.mark.parametrize("holder", ["paths", "webhooks", "x-webhooks"])
def test_an_extension_among_the_paths_is_told(holder):
    before = document(**{} if holder == "paths" else {holder: {"came": {"post": OPERATION}}})
    after = deepcopy(before)
    after[holder]["x-order"] = ["/a"]
    assert found(before, after) == [("extension-changed", "docs", f"/{holder}/x-order")]


def test_what_is_unknown_at_the_root_is_risky_and_in_a_definition_that_nothing_uses_it_is_not():
    assert found(document(), document(quota=1)) == [("unclassified-changed", "risky", "/quota")]
    before = document(components={"callbacks": {"C": {"{$url}": {"post": {"x": 1}}}}})
    after = document(components={"callbacks": {"C": {"{$url}": {"post": {"x": 2}}}}})
    assert found(before, after) == [("unclassified-changed", "compatible", "/components/callbacks/C/{$url}")]


def test_how_a_document_calls_itself_is_documentation():
    told = found(document("3.2.0"), document("3.2.0", **{"$self": "https://example.com/openapi"}))
    assert told == [("documentation-changed", "docs", "/$self")]
