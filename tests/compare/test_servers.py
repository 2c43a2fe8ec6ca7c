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
        ({**EU, "quota": 1}, "Unclassified", "quota"),
        ({**EU, "default": 1}, "Unclassified", "default"),
        ({**EU, "enum": "eu"}, "Unclassified", "enum"),
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


ANY = {"default": "eu", "description": "Where."}


@pytest.mark.parametrize(
    ("was", "now", "kind", "places"),
    [
        (EU, {**EU, "default": "us"}, "ServerVariableDefaultChanged", ("default", "default")),
        (EU, {**EU, "enum": ["eu"]}, "ServerVariableValueRemoved", ("enum/1", None)),
        (EU, {**EU, "enum": ["eu", "us", "au"]}, "ServerVariableValueAdded", (None, "enum/2")),
        (EU, {**EU, "enum": ["us", "eu"]}, None, ()),
        (ANY, EU, "ServerVariableEnumAdded", (None, "enum")),
        (EU, ANY, "ServerVariableEnumRemoved", ("enum", None)),
    ],
)
@pytest.mark.parametrize("level", ["root", "path", "operation"])
def test_what_can_stand_for_a_variable_is_told_value_by_value(changes, was, now, kind, places, level):
    def at_level(variable):
        root = document(place=variable)
        servers = root.pop("servers")
        holder = {"root": root, "path": root["paths"]["/a"], "operation": root["paths"]["/a"]["get"]}[level]
        holder["servers"] = servers
        return root

    found = changes(at_level(was), at_level(now))
    assert [type(change).__name__ for change in found] == ([] if kind is None else [kind])
    for change in found:
        holder = {"root": "", "path": "/paths/~1a", "operation": "/paths/~1a/get"}[level]
        whole = [place and f"{holder}/servers/0/variables/place/{place}" for place in places]
        assert [change.location.before, change.location.after] == whole
        assert (change.url, change.variable) == ("https://{place}.example.com", "place")


def test_servers_that_are_said_for_the_first_time_are_undecided_and_one_change(changes):
    """Without any the server is where the document was found, which may well be the one now said."""
    after = document(place=EU)
    before = {key: value for key, value in after.items() if key != "servers"}
    (came,) = changes(before, after)
    assert (type(came).__name__, came.location.after) == ("ServersStated", "/servers/0")
    (went,) = changes(after, before)
    assert (type(went).__name__, went.location.before) == ("ServersUnstated", "/servers/0")


def test_the_name_of_a_server_is_for_people(changes):
    (change,) = changes(
        {**document(), "openapi": "3.2.0", "servers": [{"url": "/v1", "name": "one"}]},
        {**document(), "openapi": "3.2.0", "servers": [{"url": "/v1", "name": "two"}]},
    )
    assert (type(change).__name__, change.keyword) == ("DocsChanged", "name")


def test_the_servers_of_swagger_2_have_their_place(changes):
    def swagger(**root):
        paths = {"/a": {"get": {"responses": {}}}}
        return {"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": paths, **root}

    gone, come = sorted(
        changes(swagger(host="a.example.com", schemes=["https"]), swagger(host="b.example.com", schemes=["https"])),
        key=lambda change: type(change).__name__,
        reverse=True,
    )
    assert (gone.url, gone.location.before) == ("https://a.example.com/", "/host")
    assert (come.url, come.location.after) == ("https://b.example.com/", "/host")
    (stated,) = changes(swagger(), swagger(basePath="/v1"))
    assert (type(stated).__name__, stated.location.after) == ("ServersStated", "/basePath")
