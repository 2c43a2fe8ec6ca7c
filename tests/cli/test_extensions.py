"""Keys of specification extensions that carry a meaning are a setting: global, of a source, or of one comparison."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

SOURCE = '[[sources]]\nname = "quay"\nurl = "quay.json"\n'


def document(*scopes: str, event: str = "integer", webhooks: bool = True):
    """One operation that lists its scopes under `x-permissions`, and a webhook under `x-events`."""
    payload = {"type": "object", "required": ["length"], "properties": {"length": {"type": event}}}
    body = {"content": {"application/json": {"schema": payload}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Quay", "version": "1"},
        "paths": {"/berths": {"get": {"x-permissions": list(scopes), "responses": {"200": {"description": "Fine."}}}}},
        "x-events": {"moored": {"post": {"requestBody": body, "responses": {}}}} if webhooks else {},
    }


@pytest.fixture
def files(place):
    """Two versions: a scope more, and another type in the payload of the webhook."""
    versions = {"2026-01-01": document("berths:read"), "2026-02-01": document("berths:read", "tolls", event="string")}
    (place / "versions").mkdir()
    for day, version in versions.items():
        (place / f"versions/{day}_quay.json").write_text(json.dumps(version))
    return sorted((place / "versions").iterdir())


def rules(result) -> set[str]:
    return {change["rule"] for change in json.loads(result.out)["changes"]}


def reported(specwatch) -> set[str]:
    report = json.loads(specwatch("report", "--since", "2025-12-01", "--until", "2026-03-01", "--format", "json").out)
    return {change["rule"] for each in report["sources"][0]["comparisons"] for change in each["diff"]["changes"]}


def test_a_diff_takes_the_keys_as_options(specwatch, files):
    assert rules(specwatch("diff", *files, "--format", "json")) == {"extension-changed"}
    keys = ("--scopes-key", "x-permissions", "--webhooks-key", "x-events")
    found = specwatch("diff", *files, *keys, "--format", "json")
    assert rules(found) == {"required-scope-added", "type-changed"}
    text = specwatch("diff", *files, *keys).out
    assert "webhook moored" in text


def test_a_key_that_is_named_twice_is_compared_once(specwatch, files):
    found = specwatch(
        "diff", *files, "--scopes-key", "x-permissions", "--scopes-key", "x-permissions", "--format", "json"
    )
    told = [change["rule"] for change in json.loads(found.out)["changes"]]
    assert told.count("required-scope-added") == 1


def test_what_only_echoes_the_scopes_is_no_change_of_its_own(specwatch, place):
    before, after = document("a"), document("a", "b")
    for version, words in ((before, "Needs `a`."), (after, "Needs `a` and `b`.")):
        version["paths"]["/berths"]["get"]["x-doc"] = words
    for name, version in (("one", before), ("two", after)):
        (place / f"{name}.json").write_text(json.dumps(version))
    keys = ("--scopes-key", "x-permissions")
    assert rules(specwatch("diff", "one.json", "two.json", *keys, "--format", "json")) == {
        "required-scope-added",
        "extension-changed",
    }
    found = specwatch("diff", "one.json", "two.json", *keys, "--echoes-key", "x-doc", "--format", "json")
    assert rules(found) == {"required-scope-added"}


def test_an_option_that_is_no_extension_key_is_wrong_use(specwatch, files):
    result = specwatch("diff", *files, "--scopes-key", "permissions")
    assert result.code == 2
    assert "x-" in result.err


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("", {"extension-changed"}),
        (
            '[extensions]\nscopes = ["x-permissions"]\nwebhooks = ["x-events"]\n',
            {"required-scope-added", "type-changed"},
        ),
    ],
)
def test_reports_compare_by_the_keys_of_the_configuration(specwatch, place, files, table, found):
    (place / "specwatch.toml").write_text(table + SOURCE)
    assert specwatch("import", "quay", *files).code == 0
    assert reported(specwatch) == found


def test_a_check_compares_by_the_keys_of_its_source(specwatch, place, files):
    keys = '[sources.extensions]\nscopes = ["x-permissions"]\n'
    (place / "specwatch.toml").write_text(SOURCE + keys)
    (place / "quay.json").write_text(files[0].read_text())
    assert specwatch("check").code == 0
    (place / "quay.json").write_text(files[1].read_text())
    assert "breaking" in specwatch("check").out


def test_a_stored_comparison_under_other_keys_is_made_again(specwatch, place, files):
    (place / "specwatch.toml").write_text(SOURCE)
    specwatch("import", "quay", *files)
    assert reported(specwatch) == {"extension-changed"}
    (place / "specwatch.toml").write_text(
        SOURCE + '[sources.extensions]\nscopes = ["x-permissions"]\nwebhooks = ["x-events"]\n'
    )
    assert reported(specwatch) == {"required-scope-added", "type-changed"}
    stored = specwatch("diff", "quay@2026-01-01", "quay@latest", "--format", "json")
    assert rules(stored) == {"required-scope-added", "type-changed"}
    (place / "specwatch.toml").write_text(SOURCE)
    assert reported(specwatch) == {"extension-changed"}


def test_the_ledger_knows_webhooks_under_the_keys_that_are_set(specwatch, place):
    """Also those of versions that were stored before the key was set."""
    flagged = deepcopy(document())
    flagged["x-events"]["moored"]["post"]["deprecated"] = True
    (place / "specwatch.toml").write_text(SOURCE)
    for day, version in (("2026-01-01", document()), ("2026-02-01", flagged)):
        (place / f"{day}.json").write_text(json.dumps(version))
        specwatch("import", "quay", f"{day}.json")
    assert json.loads(specwatch("deprecations", "--format", "json").out) == []
    (place / "specwatch.toml").write_text('[extensions]\nwebhooks = ["x-events"]\n' + SOURCE)
    (entry,) = json.loads(specwatch("deprecations", "--format", "json").out)
    assert entry["subject"]["kind"] == "webhook"
    assert entry["subject"]["path"] == "moored"


def test_a_source_is_added_beside_the_keys_of_all_sources(specwatch, place):
    (place / "specwatch.toml").write_text('[extensions]\nscopes = ["x-permissions"]\n')
    assert specwatch("add", "quay", "quay.json").code == 0
    assert specwatch("set", "quay", "--every", "2h").code == 0
    assert specwatch("list").code == 0
