"""Patterns that name operations: segment by segment, never by prefix."""

from __future__ import annotations

import pytest

from monitor.contract import OperationRef
from monitor.contract.operation_patterns import OperationPattern


@pytest.mark.parametrize(
    ("pattern", "path", "named"),
    [
        ("/users", "/users", True),
        ("/users", "/users_old", False),
        ("/users", "/users/{id}", False),
        ("/users*", "/users_old", True),
        ("/users*", "/users/{id}", False),
        ("/users/*", "/users/{id}", True),
        ("/users/*", "/users", False),
        ("/users/**", "/users", True),
        ("/users/**", "/users/{id}/keys/{key}", True),
        ("/**/keys", "/users/{id}/keys", True),
        ("/**/keys", "/users/{id}/keys/{key}", False),
        ("/users/{id}", "/users/{user_id}", True),
        ("/users/{id}", "/users/me", False),
        ("/a.c", "/abc", False),
        ("users/", "/users", True),
    ],
)
def test_a_path_is_compared_segment_by_segment(pattern, path, named):
    assert OperationPattern.parse(pattern).matches(OperationRef(path, "GET")) is named


def test_a_method_is_compared_too_where_one_is_given():
    get, post = OperationRef("/a", "GET"), OperationRef("/a", "POST")
    assert OperationPattern.parse("get /a").matches(get)
    assert not OperationPattern.parse("get /a").matches(post)
    assert OperationPattern.parse("* /a").matches(post)


def test_a_webhook_is_named_by_its_name():
    hook = OperationRef("lantern.lit", "POST", "webhook")
    assert OperationPattern.parse("webhook lantern.*").matches(hook)
    assert not OperationPattern.parse("POST lantern.*").matches(hook)


def test_many_wildcards_cost_no_more_than_their_number():
    pattern = OperationPattern.parse("/" + "/".join(["**", "a"] * 30))
    assert not pattern.matches(OperationRef("/a" * 29, "GET"))
    assert pattern.matches(OperationRef("/b/a" * 30, "GET"))


def test_what_names_nothing_is_refused():
    with pytest.raises(ValueError, match="names no operation"):
        OperationPattern.parse("  ")
