"""The successor of an operation, and the differences between the two in the words of the engine."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import NoSuchSnapshot, UsageError
from monitor.jobs import import_history, migration_to_successor, versions_in_files
from monitor.report import migration_json, migration_markdown, migration_text
from monitor.report.migration import Migration
from monitor.settings import Settings, SourceSettings

SOURCE = SourceSettings("lamps", "https://lamps.example/openapi.json", promise="incident-io")
TODAY = date(2026, 8, 1)
HERE = Path()


def lamp(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def operation(schema: str, *, deprecated: bool = False, ident: str = "id", **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    node: dict[str, Any] = {
        "operationId": f"put {schema}",
        "tags": [schema],
        "parameters": [{"name": ident, "in": "path", "required": True, "schema": {"type": "string"}}],
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "Fine.", "content": content}},
        **more,
    }
    return {**node, "deprecated": True} if deprecated else node


def document(*, old: bool = True, prose: str | None = None) -> dict[str, Any]:
    first = operation("LampV1", deprecated=True, **{"x-rbac-scopes": ["lamps.view"]})
    if prose:
        first["description"] = prose
    second = operation("LampV2", ident="lamp_id", **{"x-rbac-scopes": ["lamps.edit"]})
    second["parameters"].append({"name": "dry_run", "in": "query", "schema": {"type": "boolean"}})
    text = {"type": "string"}
    paths: dict[str, Any] = {
        "/v2/lamps/{lamp_id}": {"put": second},
        "/v1/wicks": {"get": {"responses": {"200": {"description": "Fine."}}}},
        "/v1/lights": {"put": {"responses": {"200": {"description": "Fine."}}}},
    }
    if old:
        paths["/v1/lamps/{id}"] = {"put": first}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Lamps", "version": "1" if old else "2"},
        "paths": paths,
        "components": {"schemas": {"LampV1": lamp(id=text, wick=text), "LampV2": lamp(id=text, glass=text)}},
    }


@pytest.fixture
def migrated(store, tmp_path):
    """Imports documents by their days; answers a function that looks up a successor among them."""

    def take(**days: dict[str, Any]):
        paths = []
        for day, found in days.items():
            paths.append(tmp_path / f"{day.removeprefix('d').replace('_', '-')}.json")
            paths[-1].write_text(json.dumps(found), encoding="utf-8")
        import_history(
            store, SOURCE, versions_in_files(paths), now=datetime(2026, 8, 1, tzinfo=UTC), folder=HERE, limit=0
        )

        def ask(operation: str = "PUT /v1/lamps/{id}", *, to: str | None = None, today: date = TODAY) -> Migration:
            settings = Settings(sources=(SOURCE,))
            return migration_to_successor(store, settings, "lamps", operation, to=to, today=today, folder=HERE)

        return ask

    return take


def told(migration: Migration) -> set[tuple[str, str, str, str]]:
    return {
        (part.title, str(each.level), each.where, each.rule) for part in migration.parts for each in part.differences
    }


def test_each_difference_stands_under_its_part_at_its_level_there(migrated):
    migration = migrated(d2026_07_01=document())()
    assert migration.successor == "PUT /v2/lamps/{lamp_id}"
    assert told(migration) == {
        ("Parameters", "compatible", "", "optional-parameter-added"),
        ("Request body", "breaking", "body", "required-property-added"),
        ("Request body", "risky", "body", "required-property-removed"),
        ("Responses", "breaking", "response 200 body", "required-property-removed"),
        ("Responses", "compatible", "response 200 body", "required-property-added"),
        ("Scopes and security", "breaking", "", "required-scope-added"),
        ("Scopes and security", "compatible", "", "required-scope-removed"),
    }


def test_that_the_one_is_deprecated_and_the_other_is_not_is_no_difference(migrated):
    migration = migrated(d2026_07_01=document())()
    assert migration.document is not None
    assert not {change.rule for change in migration.document.changes} & {"operation-became-undeprecated"}
    assert "operation-removed" not in {change.rule for change in migration.document.changes}


def test_the_differences_point_to_where_each_of_the_two_stands(migrated):
    migration = migrated(d2026_07_01=document())()
    assert migration.document is not None
    (added,) = [each for each in migration.document.changes if each.rule == "optional-parameter-added"]
    assert added.location.after == "/paths/~1v2~1lamps~1{lamp_id}/put/parameters/1"
    (tags,) = [each for each in migration.document.changes if each.rule == "operation-tags-changed"]
    assert tags.location.before == "/paths/~1v1~1lamps~1{id}/put/tags"
    assert tags.location.after == "/paths/~1v2~1lamps~1{lamp_id}/put/tags"


def test_a_path_parameter_of_another_name_is_the_same_on_the_wire(migrated):
    rules = {rule for *_, rule in told(migrated(d2026_07_01=document())())}
    assert not {"required-parameter-added", "parameter-removed"} & rules


def test_what_the_provider_names_goes_before_the_higher_version(migrated):
    migration = migrated(d2026_07_01=document(prose="Deprecated, use `PUT /v1/lights` instead."))()
    assert (migration.successor, migration.how) == ("PUT /v1/lights", "The provider names the successor")


def test_a_name_that_is_no_operation_is_told_and_is_no_successor(migrated):
    ask = migrated(d2026_07_01=document(prose="Deprecated in favour of LampsV2."))
    migration = ask()
    assert migration.successor == "PUT /v2/lamps/{lamp_id}"
    assert migration.how == "It is the same resource under a higher version; the provider names LampsV2"


def test_a_name_that_is_no_operation_alone_leaves_nothing_to_compare_with(migrated):
    found = document(prose="Deprecated in favour of LampsV2.")
    del found["paths"]["/v2/lamps/{lamp_id}"]
    migration = migrated(d2026_07_01=found)()
    assert (migration.successor, migration.document) == (None, None)
    assert migration.how.startswith("The provider names LampsV2, which is no operation, and")


def test_what_the_reader_names_goes_before_both(migrated):
    ask = migrated(d2026_07_01=document())
    assert ask(to="PUT /v1/lights").successor == "PUT /v1/lights"
    with pytest.raises(UsageError, match="GET /v9/lights"):
        ask(to="GET /v9/lights")


def test_what_is_gone_is_looked_up_in_the_last_version_that_had_it(migrated):
    migration = migrated(d2026_01_01=document(), d2026_07_01=document(old=False))()
    assert migration.version == "lamps@2026-01-01T00:00:00Z"
    assert migration.document is not None
    assert migration.document.before.source == "lamps@2026-01-01T00:00:00Z PUT /v1/lamps/{id}"
    assert migration.document.after.source == "lamps@2026-07-01T00:00:00Z PUT /v2/lamps/{lamp_id}"
    assert ("Responses", "breaking", "response 200 body", "required-property-removed") in told(migration)
    # The document's own version is no difference between two operations.
    assert all(change.operations for change in migration.document.changes)


def test_without_a_successor_that_is_said(migrated):
    migration = migrated(d2026_07_01=document())("GET /v1/wicks")
    assert (migration.successor, migration.document, migration.entry) == (None, None, None)
    assert "GET /v1/wicks: no successor is known" in migration_text(migration)
    assert "It is not deprecated." in migration_markdown(migration)
    assert json.loads(migration_json(migration))["diff"] is None


def test_an_operation_that_never_was_names_the_nearest(migrated):
    with pytest.raises(UsageError, match=r"PUT /v1/lamps/\{id\}"):
        migrated(d2026_07_01=document())("PUT /v1/lamp/{id}")


def test_another_name_of_a_path_parameter_finds_the_operation(migrated):
    assert migrated(d2026_07_01=document())("put /v1/lamps/{x}").operation == "PUT /v1/lamps/{id}"


def test_on_a_day_before_the_first_version_nothing_is_known(migrated):
    with pytest.raises(NoSuchSnapshot):
        migrated(d2026_07_01=document())(today=date(2026, 1, 1))


def test_the_forms_say_the_same(migrated):
    migration = migrated(d2026_07_01=document())()
    text, page, value = migration_text(migration), migration_markdown(migration), json.loads(migration_json(migration))
    assert text.startswith("PUT /v1/lamps/{id} -> PUT /v2/lamps/{lamp_id}\n")
    assert "breaking    body: The property `glass` is new and must be present." in text
    assert "- [ ] breaking: `body`: The property `glass` is new and must be present." in page
    assert value["format"] == "specwatch.successor/1"
    listed = {(part["part"], each["rule"]) for part in value["parts"] for each in part["differences"]}
    assert listed == {(part, rule) for part, _, _, rule in told(migration)}
    assert value["deprecation"]["successor"] == migration.successor
