"""`backup`, `restore`, `export`, `prune`, `log`: looking after what is kept, and who did what."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3

import jsonschema
import pytest

from monitor import resources
from tests.jobs.conftest import harbour, write_harbour

SCHEMA = jsonschema.Draft202012Validator(json.loads(resources.text("schemas", "export-1.schema.json")))


@pytest.fixture
def stocked(place, specwatch):
    """The harbour's history, and a source in a file that was checked."""
    write_harbour(place / "versions")
    (place / "acme.json").write_bytes(harbour()["2025-01-10T0900_a.json"])
    (place / "specwatch.toml").write_text(
        '[[sources]]\nname = "harbour"\nurl = "acme.json"\npromise = "incident-io"\n'
        '[[sources]]\nname = "acme"\nurl = "acme.json"\n'
    )
    specwatch("import", "harbour", "versions")
    specwatch("check", "acme")
    return specwatch


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_export_follows_the_schema_that_we_publish_line_by_line(stocked):
    stocked("deprecations", "set", "harbour", "GET /v2/fees", "--why", "their mail", "--by", "jo")
    report = json.loads(stocked("report", "harbour", "--since", "2025-01-01", "--format", "json").out)
    (change, *_) = report["sources"][0]["comparisons"][0]["diff"]["changes"]
    stocked("mute", change["fingerprint"], "--reason", "not ours", "--until", "2900-01-01", "--by", "jo")
    result = stocked("export")
    assert result.code == 0
    assert result.out.isascii()
    found = lines(result.out)
    for record in found:
        SCHEMA.validate(record)
    assert found[0]["format"] == "specwatch.export/1"
    assert found[-1] == {"record": "end", "records": len(found) - 2}
    kinds = {record["record"] for record in found}
    assert kinds == {
        "export",
        "source",
        "document",
        "version",
        "check",
        "correction",
        "mute",
        "comparison",
        "deprecation",
        "end",
    }


def test_an_export_holds_every_byte_of_every_document(stocked, place):
    documents = [record for record in lines(stocked("export").out) if record["record"] == "document"]
    wanted = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (place / "versions").glob("*_[a-i].json")}
    for each in documents:
        data = each["text"].encode() if "text" in each else base64.b64decode(each["base64"])
        assert hashlib.sha256(data).hexdigest() == each["sha256"]
        assert len(data) == each["size"]
    assert wanted <= {each["sha256"] for each in documents}


def test_bytes_that_are_no_utf_8_are_exported_too(place, specwatch):
    (place / "a.json").write_bytes(
        '{"openapi": "3.0.3", "info": {"title": "É", "version": "1"}, "paths": {}}'.encode("utf-16")
    )
    (place / "specwatch.toml").write_text('[[sources]]\nname = "acme"\nurl = "a.json"\n')
    assert specwatch("check").code in (0, 3)
    for record in lines(specwatch("export").out):
        SCHEMA.validate(record)
        if record["record"] == "document":
            assert base64.b64decode(record["base64"]) == (place / "a.json").read_bytes()


def test_an_export_of_one_source_has_nothing_of_another(stocked):
    found = lines(stocked("export", "--source", "acme", "--without-documents").out)
    assert {record.get("source", record.get("name", "acme")) for record in found[1:-1]} == {"acme"}
    assert not any("text" in record for record in found)
    assert found[0]["sources"] == ["acme"]


def test_an_export_of_a_source_that_is_not_there_writes_nothing(stocked, place):
    result = stocked("export", "--source", "acmee", "--output", "x.jsonl")
    assert (result.code, result.out) == (2, "")
    assert "acme" in result.err
    assert not list(place.glob("*x.jsonl*"))


def test_an_export_into_a_file_is_for_its_owner_alone(stocked, place):
    result = stocked("export", "--output", "x.jsonl")
    assert result.code == 0
    assert (place / "x.jsonl").stat().st_mode & 0o777 == 0o600
    assert lines((place / "x.jsonl").read_text())[-1]["record"] == "end"
    assert f"{len(lines((place / 'x.jsonl').read_text())) - 2:,} records" in result.out


def test_two_exports_of_the_same_differ_in_their_first_line_alone(stocked):
    assert stocked("export").out.splitlines()[1:] == stocked("export").out.splitlines()[1:]


def test_a_backup_is_taken_and_put_back(stocked, place):
    before = stocked("export").out.splitlines()[1:]
    result = stocked("backup", "b.db")
    assert (result.code, "11 documents" in result.out) == (0, True), result
    stocked("remove", "harbour", "--yes")
    refused = stocked("restore", "b.db")
    assert refused.code == 2
    assert "--force" in refused.err
    result = stocked("restore", "b.db", "--force")
    assert result.code == 0
    assert "2 sources" in result.out
    assert "Not in your configuration: harbour" in result.err
    assert stocked("export").out.splitlines()[1:] == before


def test_a_backup_does_not_write_over_a_file_unasked(stocked, place):
    (place / "b.db").write_text("mine")
    assert stocked("backup", "b.db").code == 2
    assert (place / "b.db").read_text() == "mine"
    assert stocked("backup", "b.db", "--force").code == 0


def test_a_restore_of_something_else_says_so(stocked, place):
    (place / "notes.txt").write_text("these are notes of mine, and they are long enough to be no database at all")
    result = stocked("restore", "notes.txt", "--force")
    assert result.code == 3
    assert "no backup of specwatch" in result.err


@pytest.mark.postgresql
def test_a_history_moves_from_an_sqlite_file_to_postgresql_and_back(stocked, place, postgresql_url, monkeypatch):
    before = stocked("export").out.splitlines()[1:]
    monkeypatch.setenv("SPECWATCH_TEST_DATABASE", postgresql_url)
    configuration = (place / "specwatch.toml").read_text()
    (place / "specwatch.toml").write_text('database = "env:SPECWATCH_TEST_DATABASE"\n' + configuration)
    assert stocked("restore", "specwatch.db").code == 0
    assert stocked("export").out.splitlines()[1:] == before
    assert stocked("backup", "back.db").code == 0
    (place / "specwatch.toml").write_text('database = "sqlite:///back.db"\n' + configuration)
    assert stocked("export").out.splitlines()[1:] == before


def test_pruning_says_what_goes_and_what_stays_and_why(stocked):
    said = stocked("prune", "harbour", "--older-than", "90d", "--dry-run")
    assert said.code == 0
    assert "would go" in said.out
    assert "open verdict" in said.out
    before = stocked("deprecations", "harbour", "--format", "json").out
    done = stocked("prune", "harbour", "--older-than", "90d")
    assert done.out.split(" versions")[0] == said.out.split(" versions")[0]
    assert "went" in done.out
    assert stocked("deprecations", "harbour", "--format", "json").out == before


@pytest.mark.parametrize("arguments", [(), ("--older-than", "soon"), ("--keep", "0"), ("nobody", "--keep", "1")])
def test_pruning_that_is_not_said_rightly_does_nothing(stocked, arguments):
    before = stocked("export").out.splitlines()[1:]
    assert stocked("prune", *arguments).code == 2
    assert stocked("export").out.splitlines()[1:] == before


def test_what_the_configuration_lets_go_is_pruned_where_no_option_is_given(stocked, place):
    with (place / "specwatch.toml").open("a") as file:
        file.write('[retention]\nolder_than = "90d"\n')
    assert stocked("prune", "--dry-run").out == stocked("prune", "--older-than", "90d", "--dry-run").out
    assert " went" in stocked("prune").out


@pytest.mark.parametrize("age", ["9999y", "99999d", "3mo", "52w"])
def test_an_age_of_any_length_is_an_age(stocked, age):
    assert stocked("prune", "--older-than", age, "--dry-run").code == 0


def test_the_log_says_who_did_what_and_why(stocked):
    assert stocked("log").out == "Nobody has corrected anything yet.\n"
    stocked(
        "deprecations",
        "set",
        "harbour",
        "GET /v2/fees",
        "--deadline",
        "2027-03-01",
        "--why",
        "their mail",
        "--by",
        "jo",
    )
    stocked("deprecations", "done", "harbour", "GET /v2/fees", "--note", "moved \x1b[31m", "--by", "kim")
    text = stocked("log").out
    assert [line for line in text.splitlines() if not line.startswith(" ")] == [
        line for line in text.splitlines() if " UTC  " in line
    ]
    assert "jo  harbour\n  set GET /v2/fees: deadline 2027-03-01\n    their mail\n" in text
    assert "kim  harbour\n  done with GET /v2/fees\n" in text
    assert "\x1b" not in text
    items = json.loads(stocked("log", "harbour", "--format", "json").out)
    assert [(item["who"], item["action"], item["deadline"]) for item in items] == [
        ("jo", "set", "2027-03-01"),
        ("kim", "done", None),
    ]
    assert "| kim | harbour | done with GET /v2/fees |" in stocked("log", "--format", "markdown").out
    assert stocked("log", "nobody").code == 2


def test_a_damaged_database_gives_no_backup(stocked, place):
    with sqlite3.connect(place / "specwatch.db") as connection:
        connection.execute("UPDATE contents SET packed = x'00' WHERE id = 2")
    result = stocked("backup", "b.db")
    assert result.code == 3
    assert "damaged" in result.err
    assert not list(place.glob("*b.db.part*"))
