"""`specwatch explain`: the whole story of one change, found by the beginning of its fingerprint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli.app import run

BEFORE = """\
openapi: 3.0.3
info: {title: Lanterns, version: '1'}
paths:
  /v1/lanterns:
    post:
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Lantern'}}}
      responses: {'201': {description: Made.}}
components:
  schemas:
    Lantern:
      type: object
      properties:
        colour: {type: string, enum: [red, green, blue]}
        size: {type: integer}
"""


@pytest.fixture
def pair(tmp_path: Path) -> list[str]:
    """Two documents, as `--before` and `--after` take them; two values of a list are gone."""
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text(BEFORE, encoding="utf-8")
    after.write_text(BEFORE.replace("[red, green, blue]", "[blue]"), encoding="utf-8")
    return ["--before", str(before), "--after", str(after)]


@pytest.fixture
def fingerprints(pair: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert run(["diff", pair[1], pair[3], "--format", "json"]) == 0
    return [change["fingerprint"] for change in json.loads(capsys.readouterr().out)["changes"]]


def test_the_beginning_of_a_fingerprint_tells_the_whole_story(pair, fingerprints, capsys):
    assert run(["explain", fingerprints[0][:8], *pair, "--promise", "incident-io"]) == 0
    told = capsys.readouterr().out
    for words in (
        'The value "red" is gone from the list.',
        f"enum-value-removed (fingerprint {fingerprints[0]})",
        "A caller that sends the value was served, and is now refused.",
        "POST /v1/lanterns",
        "For the client strict it is breaking.",
        "broken: incident.io promises not to do this",
        "We won't make breaking changes",
        '`{"colour": "red"}` was accepted by POST /v1/lanterns and is refused now.',
        "what to do",
    ):
        assert words in told


def test_the_story_as_json_has_the_change_as_in_a_diff(pair, fingerprints, capsys):
    assert run(["explain", fingerprints[0], *pair, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["format"] == "specwatch.explanation/1"
    assert told["change"]["witness"] == {
        "direction": "request",
        "value": {"colour": "red"},
        "accepted": "before",
        "refused": "after",
        "verified": True,
    }
    assert told["advice"]
    assert told["promise"] is None
    assert told["sightings"] == []


def test_the_story_as_markdown_has_the_value_in_a_fence(pair, fingerprints, capsys):
    assert run(["explain", fingerprints[0], *pair, "--format", "markdown"]) == 0
    assert '```\n{"colour": "red"}\n```' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("0000000000000000", "no change between these two documents has a fingerprint that begins with"),
        ("xyz", "is no fingerprint"),
        ("ab", "the first 4 or more are enough"),
    ],
)
def test_what_is_unknown_or_no_fingerprint_is_wrong_use(pair, asked, says, capsys):
    assert run(["explain", asked, *pair]) == 2
    assert says in capsys.readouterr().err


def test_one_document_alone_is_wrong_use(pair, capsys):
    assert run(["explain", "abcd", *pair[:2]]) == 2
    assert "--before and --after belong together" in capsys.readouterr().err
