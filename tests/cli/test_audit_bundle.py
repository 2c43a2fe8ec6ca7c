"""`specwatch audit --bundle`: evidence that stands without us."""

from __future__ import annotations

import hashlib
import json
import zipfile

import pytest

from tests.bundles import not_reproduced


def lanterns(*operations: str, lit: bool = True, scopes: str = "read") -> str:
    """A document; `!` behind an operation means deprecated."""
    properties = {"id": {"type": "string"}, **({"lit": {"type": "boolean"}} if lit else {})}
    schema = {"type": "object", "properties": properties, "required": sorted(properties)}
    paths: dict[str, object] = {}
    for text in operations:
        method, path = text.rstrip("!").split(" ")
        node: dict[str, object] = {
            "x-needs": [scopes],
            "responses": {"200": {"description": "Fine.", "content": {"application/json": {"schema": schema}}}},
        }
        if text.endswith("!"):
            node["deprecated"] = True
        paths.setdefault(path, {})[method.lower()] = node
    info = {"title": "Lanterns", "version": "1", "description": "# Compatibility\n\nWe break nothing.\n"}
    return json.dumps({"openapi": "3.0.3", "info": info, "paths": paths})


LIVING = ("GET /v1/a", "GET /v1/b", "GET /v1/c", "GET /v1/d", "GET /v1/e")
VERSIONS = {
    "2026-01-01": lanterns(*LIVING, "GET /v1/early", "GET /v1/quiet", "GET /v1/late!"),
    "2026-02-01": lanterns(*LIVING, "GET /v1/early!", "GET /v1/quiet", "GET /v1/late!"),
    # Seen twice: what went was still there at the second sight.
    "2026-02-20": lanterns(*LIVING, "GET /v1/early!", "GET /v1/quiet", "GET /v1/late!"),
    "2026-03-01": lanterns(*LIVING, "GET /v1/quiet", "GET /v1/late!"),
    "2026-06-01": lanterns(*LIVING, "GET /v1/late!", lit=False),
    "2026-07-01": lanterns(*LIVING, lit=False, scopes="write"),
}


@pytest.fixture
def watched(specwatch, place):
    """A source that removed one operation early, one without a word, one of unknown age, and changed a living one."""
    (place / "specwatch.toml").write_text(
        '[[sources]]\nname = "lamps"\nurl = "https://lamps.example/openapi.json"\npromise = "incident-io"\n'
        'client = "tolerant-reader"\nextensions = { scopes = ["x-needs"] }\n',
        encoding="utf-8",
    )
    for day, text in VERSIONS.items():
        (place / f"{day}.json").write_text(text, encoding="utf-8")
        (place / f"{day}.json").rename(place / f"{day}T0930.json")
    assert specwatch("import", "lamps", *[f"{day}T0930.json" for day in VERSIONS]).code == 0
    return specwatch


def bundle(watched, place, name: str = "evidence.zip"):
    result = watched("audit", "lamps", "--today", "2026-08-01", "--bundle", name)
    assert result.code == 0
    return zipfile.ZipFile(place / name), result


def test_the_commands_in_the_bundle_reproduce_every_verdict(watched, place, specwatch, monkeypatch):
    archive, result = bundle(watched, place)
    away = place / "away"
    archive.extractall(away)
    # What is reproduced must not come from where the audit was made.
    (place / "specwatch.db").unlink()
    (place / "specwatch.toml").unlink()
    monkeypatch.chdir(away)

    def run(*words: str) -> str:
        done = specwatch(*words)
        assert done.code == 0, done.err
        return done.out

    assert not_reproduced(away, run) == []
    manifest = json.loads((away / "manifest.json").read_text(encoding="utf-8"))
    removals = {each["expect"]["removed"]: each for each in manifest["verdicts"] if "removed" in each["expect"]}
    assert {name: each["outcome"] for name, each in removals.items()} == {
        "GET /v1/early": "broken",
        "GET /v1/quiet": "broken",
        "GET /v1/late": "kept",
    }
    rules = {each["expect"]["rule"] for each in manifest["verdicts"] if "rule" in each["expect"]}
    assert rules == {"required-property-removed", "required-scope-added"}
    early = removals["GET /v1/early"]["expect"]
    assert early["gone"] == {"after": "2026-02-20T09:30:00Z", "by": "2026-03-01T09:30:00Z"}
    assert f"{len(manifest['verdicts'])} verdicts" in result.err


def test_the_originals_are_there_byte_for_byte_with_where_they_came_from(watched, place):
    archive, _ = bundle(watched, place)
    manifest = json.loads(archive.read("manifest.json"))
    assert len(manifest["originals"]) == len(set(VERSIONS.values()))
    for each in manifest["originals"]:
        data = archive.read(each["file"])
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (each["sha256"], each["size"])
        assert data.decode() == VERSIONS[each["first_seen"][:10]]
        assert each["origin"]["location"] == f"{each['first_seen'][:10]}T0930.json"
    named = {name for each in manifest["verdicts"] for name in (each["before"], each["after"])}
    assert named <= {each["file"] for each in manifest["originals"]}


def test_the_words_of_the_promise_are_there_as_the_profile_and_as_the_documents_have_them(watched, place):
    archive, _ = bundle(watched, place)
    manifest = json.loads(archive.read("manifest.json"))
    words = archive.read(manifest["promise"]["words"])
    assert hashlib.sha256(words).hexdigest() == manifest["promise"]["words_sha256"]
    (stated,) = {each["promise_stated"] for each in manifest["verdicts"]}
    assert archive.read(stated).decode() == "# Compatibility\n\nWe break nothing.\n"


def test_the_same_audit_gives_the_same_bytes(watched, place):
    bundle(watched, place, "one.zip")
    bundle(watched, place, "two.zip")
    assert (place / "one.zip").read_bytes() == (place / "two.zip").read_bytes()


def test_a_place_that_cannot_be_written_to_is_wrong_use_and_leaves_nothing(watched, place):
    result = watched("audit", "lamps", "--bundle", "nowhere/evidence.zip")
    assert (result.code, result.out) == (2, "")
    assert "nowhere" in result.err
    assert not list(place.glob(".*zip*"))


def test_an_original_that_was_made_of_several_files_names_them(specwatch, place):
    (place / "specwatch.toml").write_text(
        '[[sources]]\nname = "lamps"\nurl = "https://lamps.example/openapi.json"\npromise = "incident-io"\n',
        encoding="utf-8",
    )
    for day, lit in (("2026-01-01", True), ("2026-06-01", False)):
        folder = place / "versions" / f"{day}T0930"
        folder.mkdir(parents=True)
        document = json.loads(lanterns(*LIVING, lit=lit))
        (folder / "path.json").write_text(json.dumps(document["paths"].pop("/v1/a")), encoding="utf-8")
        document["paths"]["/v1/a"] = {"$ref": "path.json"}
        (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    assert specwatch("import", "lamps", "versions").code == 0
    assert specwatch("audit", "lamps", "--today", "2026-08-01", "--bundle", "evidence.zip").code == 0
    with zipfile.ZipFile(place / "evidence.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    path = place / "versions" / "2026-06-01T0930" / "path.json"
    parts = {part["name"]: part for part in manifest["originals"][-1]["parts"]}
    assert sorted(parts) == ["openapi.json", "path.json"]
    assert parts["path.json"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
