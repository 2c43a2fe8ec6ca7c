"""What the commands print as JSON is what the published JSON Schemas say."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import jsonschema
import pytest
import referencing

from monitor import resources

NAMES = ("deprecations-1", "report-1", "audit-1", "successor-1", "bundle-1", "diff-1")
SCHEMAS: dict[str, Any] = {name: json.loads(resources.text("schemas", f"{name}.schema.json")) for name in NAMES}
REGISTRY = referencing.Registry().with_resources(
    [(schema["$id"], referencing.Resource.from_contents(schema)) for schema in SCHEMAS.values()]
)


def validate(name: str, value: Any) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(SCHEMAS[name], registry=REGISTRY, format_checker=checker).validate(value)


def document(*operations: str, colour: str = "") -> str:
    """`GET /v1/a!` is deprecated, `GET /v1/a!2026-09-01` with a date; `colour` is said of a property."""
    schema = {"type": "object", "properties": {"colour": {"type": "string", "description": colour}}}
    answer = {"200": {"description": "Fine.", "content": {"application/json": {"schema": schema}}}}
    paths: dict[str, Any] = {}
    for text in operations:
        name, flagged, day = text.partition("!")
        method, path = name.split(" ")
        node: dict[str, Any] = {"responses": answer}
        node |= {"deprecated": True} if flagged else {}
        node |= {"x-sunset": day} if day else {}
        paths.setdefault(path, {})[method.lower()] = node
    info = {"title": "Lanterns", "version": "1", "description": "# Compatibility\n\nWe break nothing.\n"}
    return json.dumps({"openapi": "3.0.3", "info": info, "paths": paths})


STEADY = ("GET /v2/a", "GET /v2/b", "GET /v2/c", "GET /v2/d", "GET /v2/e", "POST /v2/e")
GOING = "This field is deprecated and will be removed in 6 months. Use hue instead."
VERSIONS = {
    "2026-01-01": document(*STEADY, "GET /v1/a", "GET /v1/b", "GET /v1/c", "GET /v1/x", "GET /v1/y"),
    "2026-02-01": document(*STEADY, "GET /v1/a!2026-09-01", "GET /v1/b!", "GET /v1/c!", "GET /v1/x", "GET /v1/y"),
    "2026-02-10": document(*STEADY[:4]),
    "2026-03-01": document(
        *STEADY, "GET /v1/a!2026-08-01", "GET /v1/b", "GET /v1/c!", "GET /v1/x", "GET /v1/y!", colour=GOING
    ),
    "2026-07-01": document(*STEADY[1:], "GET /v1/a!2026-08-01", "GET /v1/b", "GET /v1/y!", colour=GOING),
}
"""Flags, dates that move, flags taken back, removals in time and without a word, a stale copy, words alone."""


@pytest.fixture
def watched(specwatch, place):
    (place / "specwatch.toml").write_text(
        '[[sources]]\nname = "lamps"\nurl = "served.json"\npromise = "incident-io"\n[[sources]]\n'
        'name = "never"\nurl = "nowhere.json"\n',
        encoding="utf-8",
    )
    for day, text in VERSIONS.items():
        (place / f"{day}T0930.json").write_text(text, encoding="utf-8")
    assert specwatch("import", "lamps", *[f"{day}T0930.json" for day in VERSIONS]).code == 0
    (place / "served.json").write_text(document(*STEADY[:2]), encoding="utf-8")
    specwatch("check")  # suspect, and the other source fails
    done = ("--by", "jo", "--note", "migrated")
    assert specwatch("deprecations", "done", "lamps", "GET /v1/a", *done).code == 0
    return specwatch


def printed(watched, *arguments: str) -> Any:
    result = watched(*arguments, "--today", "2026-08-01", "--format", "json")
    assert result.code == 0, result.err
    return json.loads(result.out)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one_and_says_what_each_member_is(name):
    schema = SCHEMAS[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:specwatch:{name}"

    def silent(node: Any, place: str) -> list[str]:
        if not isinstance(node, dict):
            return []
        members = node.get("properties", {})
        mute = [f"{place}/{key}" for key, each in members.items() if not {"description", "$ref", "const"} & each.keys()]
        inside = [*members.items(), *node.get("$defs", {}).items(), ("items", node.get("items"))]
        return mute + [word for key, each in inside for word in silent(each, f"{place}/{key}")]

    assert silent(schema, name) == []


def test_deprecations_are_as_published(watched):
    entries = printed(watched, "deprecations")
    validate("deprecations-1", entries)
    assert {entry["state"] for entry in entries} >= {"due_soon", "overdue_still_served", "removed", "reinstated"}
    assert any(entry["moves"] for entry in entries)
    assert any(entry["strength"] == "weak" for entry in entries)
    assert any(entry["done"] for entry in entries)


def test_a_report_is_as_published(watched):
    report = printed(watched, "report", "--since", "2026-01-01", "--until", "2030-01-01")
    validate("report-1", report)
    lamps, never = report["sources"]
    assert lamps["comparisons"]
    assert lamps["unconfirmed"]["operations"] > 0
    assert never["health"]["outcome"] == "failed"


def test_an_audit_and_its_bundle_are_as_published(watched, place):
    audit = printed(watched, "audit", "lamps")
    validate("audit-1", audit)
    assert audit["removals"]
    assert audit["services"]
    assert audit["parts"]
    assert watched("audit", "lamps", "--today", "2026-08-01", "--bundle", "evidence.zip").code == 0
    with zipfile.ZipFile(place / "evidence.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        validate("audit-1", json.loads(archive.read("audit.json")))
    validate("bundle-1", manifest)
    assert manifest["originals"]
    assert manifest["verdicts"]


@pytest.mark.parametrize("operation", ["GET /v1/b", "GET /v1/y", "GET /v1/x"])
def test_a_successor_is_as_published(watched, operation):
    note = printed(watched, "successor", "lamps", operation)
    validate("successor-1", note)
    assert (note["successor"], note["diff"] is None) == (
        ("GET /v2/b", False) if operation == "GET /v1/b" else (None, True)
    )


@pytest.mark.parametrize("name", ["deprecations-1", "report-1", "audit-1", "successor-1"])
def test_a_member_that_is_not_published_is_refused(watched, name):
    word = name.partition("-")[0]
    value = printed(
        watched,
        word,
        *(["lamps"] if word in ("audit", "successor") else []),
        *(["GET /v1/a"] if word == "successor" else []),
    )
    (value[0] if isinstance(value, list) else value)["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        validate(name, value)
