"""Servers: what differs in the variables of a base URL is told of the variable, and words are words."""

from __future__ import annotations

import pytest

EU = {"default": "eu", "enum": ["eu", "us"], "description": "Where."}


def document(**variables):
    servers = [{"url": "https://{place}.example.com", "variables": variables}]
    paths = {"/a": {"get": {"responses": {}}}}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "servers": servers, "paths": paths}


@pytest.mark.parametrize(
    ("now", "kind", "keyword"),
    [
        ({**EU, "description": "In which place."}, "DocsChanged", "description"),
        ({**EU, "x-note": 1}, "ExtensionChanged", "x-note"),
        ({**EU, "default": "us"}, "Unclassified", "default"),
        ({**EU, "enum": ["eu"]}, "Unclassified", "enum"),
    ],
)
def test_what_differs_of_a_variable_is_told_of_it(changes, now, kind, keyword):
    (change,) = changes(document(place=EU), document(place=now))
    assert (type(change).__name__, change.keyword) == (kind, keyword)
    assert change.location.after == f"/servers/0/variables/place/{keyword}"
    assert [(str(site.operation), site.where) for site in change.sites] == [("GET /a", "server variable place")]


def test_a_variable_that_came_is_undecided_whatever_it_is_called(changes):
    (change,) = changes(document(place=EU), document(place=EU, description=EU))
    assert (type(change).__name__, change.location.before, change.location.after) == (
        "Unclassified",
        None,
        "/servers/0/variables/description",
    )


def test_variables_that_came_as_a_whole_are_undecided(changes):
    after = document(place=EU)
    before = {**after, "servers": [{"url": "https://{place}.example.com"}]}
    (change,) = changes(before, after)
    assert (type(change).__name__, change.location.after) == ("Unclassified", "/servers/0/variables")
