"""The page of keywords has every keyword of the official meta-schemas, and says of each what the engine does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from monitor.rules import by_id
from monitor.rules.keywords_page import VERSIONS, Row, keywords_page, official, rows, sampled, samples

FOLDERS = {"2.0": "v2.0", "3.0": "v3.0", "3.1": "v3.1", "3.2": "v3.2"}


@pytest.fixture(scope="module")
def every_row() -> tuple[Row, ...]:
    return rows()


@pytest.fixture(scope="module")
def page() -> str:
    return keywords_page()


def test_the_page_of_keywords_is_fresh(project: Path, page: str) -> None:
    assert (project / "docs" / "keywords.md").read_text(encoding="utf-8") == page, "run: python docs/generate.py"


def test_every_keyword_of_the_meta_schemas_has_a_sample_in_every_version() -> None:
    assert official() - samples().keys() == frozenset()


def test_no_sample_is_about_a_keyword_that_no_meta_schema_has() -> None:
    assert sampled() - {(of, keyword) for of, keyword, _ in official()} == set()


def test_every_row_stands_on_the_page_for_its_versions(every_row: tuple[Row, ...]) -> None:
    shown = {(row.of, row.keyword, version) for row in every_row for version in row.versions}
    assert shown == official()


def named(schema: Any) -> Iterator[str]:
    """Every member that is named anywhere in a meta-schema."""
    for key, part in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if key == "properties":
            yield from part
        if isinstance(part, dict | list):
            yield from named(part)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_member_that_a_meta_schema_names_is_a_line_of_the_page(version: str, page: str) -> None:
    file = resources.files("openapi_spec_validator") / f"resources/schemas/{FOLDERS[version]}/schema.json"
    lines = [line for line in page.splitlines() if line.startswith("| `") and version in line]
    for keyword in set(named(json.loads(file.read_text(encoding="utf-8")))):
        assert any(line.startswith(f"| `{keyword}` |") for line in lines), keyword


@pytest.mark.parametrize("name", ["applicator", "content", "core", "meta-data", "unevaluated", "validation"])
def test_every_keyword_of_json_schema_is_a_line_of_the_page(name: str, page: str) -> None:
    file = resources.files("jsonschema_specifications") / f"schemas/draft202012/vocabularies/{name}"
    for keyword in json.loads(file.read_text(encoding="utf-8"))["properties"]:
        assert f"| `{keyword}` |" in page, keyword


def test_what_is_silent_has_its_reason_and_nothing_else_has(every_row: tuple[Row, ...]) -> None:
    assert [row for row in every_row if (row.how == "silent") != bool(row.silent)] == []


def test_the_page_names_rules_that_there_are(every_row: tuple[Row, ...]) -> None:
    fired = {rule for row in every_row for edit in row.rules for rule in edit or ()}
    assert fired <= by_id().keys()
    assert "max-length-added" in fired


@pytest.mark.parametrize(
    ("of", "keyword", "how", "rules"),
    [
        ("Schema", "maxLength", "compared", ("max-length-added", "max-length-removed", "max-length-increased")),
        ("Schema", "description", "documentation", ("documentation-changed",) * 3),
        ("Schema", "$vocabulary", "leftover", ("unclassified-changed",) * 3),
        ("Operation", "requestBody", "compared", ("optional-request-body-added", "request-body-removed", None)),
        ("Parameter", "required", "compared", ("parameter-became-required", "parameter-became-optional", None)),
    ],
)
def test_a_row_says_which_rules_fire_for_each_edit(
    every_row: tuple[Row, ...], of: str, keyword: str, how: str, rules: tuple[str | None, ...]
) -> None:
    (row,) = [row for row in every_row if (row.of, row.keyword) == (of, keyword)]
    assert row.how == how
    for fired, expected in zip(row.rules, rules, strict=True):
        assert fired is not None
        assert expected is None or fired == (expected,)
