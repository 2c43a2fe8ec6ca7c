"""`specwatch ack`, `mute` and `unmute`: what nobody needs to be told any more is counted, and never gone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import jsonschema_rs
import pytest

from monitor import resources
from monitor.jobs.muting import muted_by
from monitor.store import MuteRow
from tests.jobs.conftest import harbour

SCHEMA = json.loads(resources.text("schemas", "diff-1.schema.json"))
GONE = "The operation GET /v1/crews is gone."
SPAN = ("--since", "2025-06-09", "--until", "2025-06-16")


@pytest.fixture
def stocked(place, specwatch):
    """The harbour's history."""
    folder = place / "versions"
    folder.mkdir()
    for name, data in harbour().items():
        (folder / name).write_bytes(data)
    (place / "specwatch.toml").write_text('[[sources]]\nname = "harbour"\nurl = "a.json"\npromise = "incident-io"\n')
    specwatch("import", "harbour", "versions")
    return specwatch


@pytest.fixture
def fingerprint(stocked) -> str:
    """That of the operation that went in June 2025."""
    report = json.loads(stocked("report", *SPAN, "--format", "json").out)
    (view,) = report["sources"][0]["comparisons"]
    return next(change["fingerprint"] for change in view["diff"]["changes"] if change["message"] == GONE)


def report(specwatch, *options: str) -> str:
    return " ".join(specwatch("report", *SPAN, *options).out.replace("`", "").replace("\\", "").split())


def test_a_muted_change_is_counted_apart_in_every_form_and_told_behind_all_others(stocked, fingerprint, place):
    assert GONE in report(stocked)
    result = stocked("mute", fingerprint[:8], "--reason", "not ours", "--until", "2900-01-01", "--by", "jo")
    assert result.code == 0
    assert result.out == f"{fingerprint[:8]} is muted in harbour until 2900-01-01.\n"
    for form in ((), ("--format", "markdown")):
        words = report(stocked, *form)
        assert "Muted or acknowledged: 1 breaking change." in words
        aside = words.index("Muted or acknowledged (1)")
        assert aside < words.index(f"breaking: {GONE}") < words.index("Muted by jo until 2900-01-01: not ours.")
        assert words.count(GONE) == 1
    stocked("digest", "--preview", "out", "--today", "2025-06-16")
    mail = (place / "out" / "digest-2025-W24.txt").read_text()
    assert "Muted or acknowledged: 1 breaking change." in mail
    assert "1 breaking change." in mail  # the other one
    assert GONE not in mail


def test_the_json_has_the_muted_change_with_who_and_why(stocked, fingerprint):
    stocked("mute", fingerprint, "--reason", "not ours", "--until", "2900-01-01", "--by", "jo")
    told = json.loads(stocked("report", *SPAN, "--format", "json").out)
    (view,) = told["sources"][0]["comparisons"]
    jsonschema_rs.validate(SCHEMA, view["diff"])
    (change,) = [each for each in view["diff"]["changes"] if each["fingerprint"] == fingerprint]
    assert change["muted"] == {"how": "muted", "by": "jo", "reason": "not ours", "until": "2900-01-01"}


def test_a_comparison_of_stored_versions_tells_it_behind_all_others_and_fail_on_passes_over_it(stocked, fingerprint):
    pair = ("diff", "harbour@2025-06-10", "harbour@2025-06-16")
    assert stocked(*pair, "--fail-on", "breaking").code == 1
    told = json.loads(stocked(*pair, "--format", "json").out)["changes"]
    for change in told:
        if change["level"] == "breaking":
            stocked("ack", change["fingerprint"], "--note", "seen", "--by", "jo")
    result = stocked(*pair, "--fail-on", "breaking")
    assert result.code == 0
    words = " ".join(result.out.split())
    assert words.index("Muted or acknowledged (2)") < words.index(GONE) < words.index("Acknowledged by jo: seen.")


def test_a_mute_ends_and_can_be_taken_back_and_the_log_has_it_all(stocked, fingerprint):
    stocked("mute", fingerprint, "--reason", "not ours", "--until", "2900-01-01", "--by", "jo")
    assert f"{GONE} Muted by jo" not in report(stocked, "--today", "2900-01-02")
    assert f"{GONE} Muted by jo" in report(stocked, "--today", "2900-01-01")
    assert stocked("unmute", fingerprint, "--reason", "it is", "--by", "kim").code == 0
    assert GONE in report(stocked)
    assert "Muted" not in report(stocked)
    items = json.loads(stocked("log", "--format", "json").out)
    assert [(item["who"], item["action"], item["subject"], item["note"], item["deadline"]) for item in items] == [
        ("jo", "mute", fingerprint, "not ours", "2900-01-01"),
        ("kim", "unmute", fingerprint, "it is", None),
    ]
    text = stocked("log").out
    assert f"muted {fingerprint} until 2900-01-01\n    not ours\n" in text
    assert f"told again of {fingerprint}\n    it is\n" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ack", "ffff0000", "--note", "x"), "no stored change has a fingerprint that begins with ffff0000"),
        (("ack", "nonsense", "--note", "x"), "'nonsense' is no fingerprint"),
        (("ack", "FINGERPRINT", "--note", " "), "--note says nothing"),
        (("ack", "FINGERPRINT", "--note", "x", "--source", "nobody"), "nobody"),
        (("mute", "FINGERPRINT", "--reason", "x", "--until", "2020-01-01"), "2020-01-01 is over"),
        (("unmute", "FINGERPRINT"), "neither muted nor acknowledged"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(stocked, fingerprint, arguments, words):
    result = stocked(*(fingerprint if each == "FINGERPRINT" else each for each in arguments))
    assert result.code == 2
    assert words in result.err
    assert stocked("log").out == "Nobody has corrected anything yet.\n"


def test_who_acknowledged_a_change_is_told_when_it_is_made_again_later():
    row = MuteRow(datetime(2025, 7, 1, tzinfo=UTC), "jo", "ack", "f", "seen")
    today = date(2025, 9, 1)
    assert "f" in muted_by([row], today=today, seen_at=datetime(2025, 6, 15, tzinfo=UTC))
    assert "f" not in muted_by([row], today=today, seen_at=datetime(2025, 8, 1, tzinfo=UTC))
