"""The benchmark of witnesses reads what the diff's JSON says of each change, and computes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import witnesses
from benchmarks.witnesses import NO_WORD, Tally, changes_of, is_about_schemas, table
from monitor.jobs import Input, diff_documents

VALUE = {"direction": "request", "value": {"color": "red"}, "accepted": "before", "refused": "after"}
CHANGES = [
    ("enum-value-removed", "breaking", {**VALUE, "verified": True}),
    ("enum-value-removed", "breaking", {**VALUE, "verified": True}),
    ("enum-value-removed", "breaking", {"direction": "request", "undecided": "the budget is used up"}),
    ("enum-value-removed", "risky", None),
    ("max-length-decreased", "breaking", {**VALUE, "verified": False}),
    ("max-length-decreased", "breaking", None),
    ("operation-removed", "breaking", {"direction": "request", "exchange": {"method": "GET"}}),
]
DOCUMENT = """
openapi: 3.0.3
info: {title: Paints, version: '1'}
paths:
  /v1/paints:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {colour: {enum: [red, blue]}}}}}}
      responses: {'204': {description: Done.}}
"""


@pytest.fixture
def tally() -> Tally:
    counted = Tally()
    counted.add(CHANGES)
    return counted


def test_breaking_changes_of_schemas_are_counted_and_no_others(tally: Tally) -> None:
    assert tally.found == {"enum-value-removed": 3, "max-length-decreased": 2}
    assert is_about_schemas("enum-value-removed")
    assert not is_about_schemas("operation-removed")


def test_only_verified_values_count_as_shown(tally: Tally) -> None:
    assert tally.shown == {"enum-value-removed": 2}
    assert tally.share == pytest.approx(2 / 5)
    assert Tally().share == 1


def test_what_is_not_shown_has_its_reason(tally: Tally) -> None:
    assert tally.reasons == {
        "enum-value-removed": {"the budget is used up": 1},
        "max-length-decreased": {"a value that no validator confirmed": 1, NO_WORD: 1},
    }


def test_the_table_has_a_row_a_rule_and_the_reasons(tally: Tally) -> None:
    lines = list(table(tally))
    assert "| enum-value-removed | 3 | 2 | 66.7% |" in lines
    assert "| all | 5 | 2 | 40.0% |" in lines
    assert "- enum-value-removed, 1: the budget is used up" in lines


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of one history with three versions, the last of which cannot be read."""
    folder = tmp_path / "corpus" / "paints"
    folder.mkdir(parents=True)
    for name, text in (("1", DOCUMENT), ("2", DOCUMENT.replace("[red, blue]", "[red]")), ("3", "[]")):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(witnesses, "CORPUS", folder.parent)
    monkeypatch.setattr(witnesses, "UNPACKED", tmp_path / "absent")
    return folder


def test_the_changes_are_those_of_the_diff(history: Path) -> None:
    before, after = history / "1.yaml", history / "2.yaml"
    document = diff_documents(Input(before.read_bytes(), "1"), Input(after.read_bytes(), "2"))
    assert [(rule, level) for rule, level, _ in changes_of(before, after)] == [
        (change.rule, change.level) for change in document.changes
    ]


def test_a_pair_that_cannot_be_compared_is_named(history: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert witnesses.main([]) == 0
    said = capsys.readouterr().out
    assert "corpus/paints:" in said
    assert "of 1\n" in said
    assert "left out: 2.yaml and 3.yaml:" in said
    assert "| enum-value-removed | 1 |" in said


def test_without_documents_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(witnesses, "CORPUS", tmp_path / "absent")
    monkeypatch.setattr(witnesses, "UNPACKED", tmp_path / "absent")
    assert witnesses.main([]) == 0
    assert "is the corpus there?" in capsys.readouterr().out
