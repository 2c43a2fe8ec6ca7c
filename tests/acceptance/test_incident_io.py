"""Three years of a real API through every layer, by the commands that a reader types.

What must come out was read off the 88 files by hand (../shared/README.md, "What happened in incident.io's history").
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.ledger import add_months
from tests.bundles import not_reproduced
from tests.cli.test_formats import validate

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

TODAY = "2026-07-31"


class Watch:
    """A folder with a configuration and a database; commands are typed there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "monitor", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--format", "json"))


@pytest.fixture(scope="module")
def watch(incident_history, tmp_path_factory) -> Watch:
    """incident.io is watched and its public history imported."""
    watch = Watch(tmp_path_factory.mktemp("watch"))
    watch("add", "incident-io", "https://api.incident.io/v1/openapiV3.json", "--promise", "incident-io")
    assert "88 new versions" in watch("import", "incident-io", str(incident_history))
    return watch


@pytest.fixture(scope="module")
def book(watch) -> dict[str, dict[str, Any]]:
    entries = watch.json("deprecations", "incident-io", "--today", TODAY)
    return {
        f"{entry['subject']['method']} {entry['subject']['path']}": entry
        for entry in entries
        if entry["subject"]["kind"] == "operation" and entry["strength"] == "strong"
    }


def test_a_second_import_finds_nothing_new(watch, incident_history):
    assert "0 new versions, 88 known already" in watch("import", "incident-io", str(incident_history))


def test_the_book_counts_what_happened(book):
    states = Counter(entry["state"] for entry in book.values())
    assert len(book) == 32
    assert states == {"overdue_still_served": 27, "reinstated": 4, "removed": 1}


def test_the_one_removal_came_519_days_after_it_was_first_seen_deprecated(book):
    (entry,) = [entry for entry in book.values() if entry["state"] == "removed"]
    assert (entry["subject"]["method"], entry["subject"]["path"]) == ("GET", "/v1/openapi.json")
    assert entry["removed"] == {"after": "2026-07-28T15:47:00Z", "by": "2026-07-29T10:53:00Z"}
    seen, gone = (date.fromisoformat(entry[key]["by"][:10]) for key in ("first_seen", "removed"))
    assert (gone - seen).days == 519
    assert entry["outcome"] == "in_time"


def test_what_was_taken_back_is_reinstated(book):
    reinstated = {name for name, entry in book.items() if entry["state"] == "reinstated"}
    assert reinstated == {
        "POST /v2/custom_fields",
        "DELETE /v2/custom_fields/{id}",
        "GET /v2/custom_fields/{id}",
        "PUT /v2/custom_fields/{id}",
    }


def test_a_deadline_is_three_calendar_months_after_the_flag_can_first_have_been_there(book):
    for name, entry in book.items():
        after = entry["first_seen"]["after"]
        if after is None:
            assert name in {"GET /v1/incidents", "POST /v1/incidents", "GET /v1/incidents/{id}"}
            assert entry["deadline"] is None
        else:
            assert date.fromisoformat(entry["deadline"]) == add_months(date.fromisoformat(after[:10]), 3)


def test_an_entry_has_the_documented_keys(book):
    entry = book["GET /v2/catalog_types"]
    assert list(entry)[:11] == [
        "source",
        "subject",
        "state",
        "first_seen",
        "deadline",
        "removed",
        "outcome",
        "deadline_basis",
        "successor",
        "evidence",
        "deadline_late",
    ]
    assert list(entry["subject"]) == ["kind", "method", "path", "pointer", "name"]
    keys = ["kind", "strength", "text", "pointer", "first_seen", "last_seen"]
    assert [list(item) for item in entry["evidence"]] == [keys, keys]
    assert entry["first_seen"]["by"].startswith("2025-04-30")
    assert entry["successor"] == "GET /v3/catalog_types"


SCHEMAS = "/components/schemas/"
TABLE = Path(__file__).resolve().parents[2] / "docs" / "incident-io.md"


def rows() -> list[tuple[str, ...]]:
    """The rows of the table in the documentation: day, level, promise, rule, definition, a path that it reaches."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| 20")]
    return [tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in lines]


@pytest.fixture(scope="module")
def changes(watch) -> list[tuple[str, dict[str, Any]]]:
    """Every change of the three years with the day on which it was seen."""
    report = watch.json("report", "incident-io", "--since", "2023-01-01", "--until", "2026-08-01", "--today", TODAY)
    (source,) = report["sources"]
    return [
        (comparison["after_seen"][:10], change)
        for comparison in source["comparisons"]
        for change in comparison["diff"]["changes"]
    ]


def places(change: dict[str, Any]) -> set[str]:
    """Every place of a change in either document."""
    return {place for each in (change["location"], *change.get("places", ())) for place in each.values()}


@pytest.mark.parametrize(("day", "level", "promise", "rule", "definition", "path"), rows())
def test_a_change_in_place_is_told_once_at_its_definition(changes, day, level, promise, rule, definition, path):
    place, _, inside = definition.replace("`", "").partition(" > ")
    found = [
        change
        for seen, change in changes
        if seen == day and change["rule"] == rule and SCHEMAS + place in places(change)
        if any(operation["where"].endswith(inside) for operation in change["operations"])
    ]
    (change,) = found
    assert (change["level"], change["promise"]) == (level, promise)
    assert path in {operation["path"] for operation in change["operations"]}


def test_what_the_promise_reserves_is_never_called_broken_and_nothing_else_is_allowed(changes):
    """Every breaking or risky change to a living endpoint is broken, unless the provider's own words allow it."""
    reserved = {"enum-value-added", "extensible-enum-value-added"}
    hurting = [change for _, change in changes if change["level"] in ("breaking", "risky")]
    assert len(hurting) > 300
    for change in hurting:
        if change["rule"] in reserved:
            assert change["promise"] == "allowed"
        elif change["promise"] == "allowed":
            assert any("reserves the right" in reason or "window ended" in reason for reason in change["reasons"])
        elif change["rule"] != "unclassified-changed":
            assert change["promise"] == "broken", change


def test_the_leaked_workflow_operations_are_removals_that_nobody_announced(changes):
    gone = [change for seen, change in changes if seen == "2024-05-01" and change["rule"] == "operation-removed"]
    assert len(gone) == 18
    assert {(change["level"], change["promise"]) for change in gone} == {("breaking", "broken")}


def test_the_stale_file_is_no_change(changes):
    assert "2024-03-12" not in {seen for seen, _ in changes}


def test_the_promise_never_changed_whatever_versions_came_without_it(watch):
    """Four of the 88 have no long description, and all others the same section to the letter."""
    (source,) = watch.json("report", "incident-io", "--since", "2020-01-01")["sources"]
    assert source["promise_changes"] == []
    told = {change["rule"] for each in source["comparisons"] for change in each["diff"]["changes"]}
    assert not {rule for rule in told if rule.startswith("promise-words")}
    gone = watch.json("diff", "incident-io@2025-01-23", "incident-io@2025-02-25")["changes"]
    assert "promise-words-removed" in {change["rule"] for change in gone}


def test_a_report_of_a_month_names_what_broke_in_it(watch):
    text = watch("report", "incident-io", "--since", "2024-08-01", "--until", "2024-09-01", "--today", "2024-09-01")
    for words in ("alert_sources", "PUT /v2/alert_routes/{id}", "required-property-added", "promise broken"):
        assert words in text
    assert "defer_time_seconds" not in text  # it went in 2025


def test_two_stored_versions_and_their_files_differ_in_the_same_way(watch, incident_history):
    files = sorted(incident_history.glob("*.json"))[-2:]
    stored = watch.json("diff", "incident-io@2026-07-31T14:49", "incident-io@latest")
    plain = watch.json("diff", *map(str, files), "--promise", "incident-io")
    assert stored["changes"] == plain["changes"]
    for side in ("before", "after"):
        assert stored[side]["sha256"] == plain[side]["sha256"]


def test_the_series_with_unreleased_endpoints_never_loses_one(shared, tmp_path):
    command = [sys.executable, str(shared / "corpus" / "unpack.py"), str(tmp_path / "c"), "incident-io-secret"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    watch = Watch(tmp_path)
    watch("add", "secret", "https://api.incident.io/v1/openapiV3.json", "--promise", "incident-io")
    (folder,) = (path for path in (tmp_path / "c").iterdir() if path.is_dir())
    assert "63 new versions" in watch("import", "secret", str(folder))
    report = watch.json("report", "--since", "2020-01-01", "--until", "2027-01-01", "--today", TODAY)
    (source,) = report["sources"]
    rules = Counter(change["rule"] for each in source["comparisons"] for change in each["diff"]["changes"])
    assert rules["operation-added"] > 0
    assert rules["operation-removed"] == 0


@pytest.fixture(scope="module")
def audit(watch) -> dict[str, Any]:
    return watch.json("audit", "incident-io", "--today", TODAY)


def test_the_audit_counts_what_was_kept_and_what_was_broken(audit):
    counts = {each["clause"]: (each["kept"], each["broken"], each["unknown"]) for each in audit["clauses"]}
    # One flagged removal; 40 operations and 3 webhooks that went unflagged, POST /v2/managed_resources four times.
    assert counts["window"] == (1, 43, 0)
    assert counts["parallel"] == (5, 0, 1)  # the services that stand, and GET /v1/openapi.json
    page = " ".join(TABLE.read_text(encoding="utf-8").split())
    assert f"{counts['stability'][1]} changes in 27 of {audit['compared']} new versions" in page
    assert f"{counts['kinds'][1]} more were of no reserved kind; {counts['kinds'][0]} were" in page
    gone = Counter(each["operation"] for each in audit["removals"])
    assert gone["POST /v2/managed_resources"] == 4
    (kept,) = [each for each in audit["removals"] if each["outcome"] == "kept"]
    assert kept["operation"] == "GET /v1/openapi.json"


def test_the_audit_has_every_broken_promise_of_the_report_once(watch, audit):
    (source,) = watch.json("report", "incident-io", "--since", "2020-01-01", "--today", TODAY)["sources"]
    changes = [change for each in source["comparisons"] for change in each["diff"]["changes"]]
    broken = Counter(each["fingerprint"] for each in changes if each["promise"] == "broken")
    told = Counter(each["change"]["fingerprint"] for each in audit["breaches"])
    removals = [each for each in audit["removals"] if each["outcome"] == "broken"]
    assert not told - broken
    assert sum((broken - told).values()) == len(removals)


def test_each_deprecated_service_runs_beside_its_successor(audit):
    days = {each["service"]: each["days_in_parallel"] for each in audit["services"] if each["state"] != "reinstated"}
    assert days.pop("GET /v1/openapi.json") is None
    assert min(days.values()) == 521
    assert [each["service"] for each in audit["services"] if each["without_equivalent"]] == ["GET /v1/openapi.json"]


def test_the_bundle_s_own_commands_reproduce_every_verdict(watch, tmp_path):
    watch("audit", "incident-io", "--today", TODAY, "--bundle", str(tmp_path / "evidence.zip"))
    zipfile.ZipFile(tmp_path / "evidence.zip").extractall(tmp_path / "away")
    assert not_reproduced(tmp_path / "away", Watch(tmp_path / "away")) == []


@pytest.mark.parametrize(
    ("operation", "successor", "gone"),
    [
        ("GET /v1/incidents", "GET /v2/incidents", "`status`"),
        ("GET /v2/catalog_types/{id}", "GET /v3/catalog_types/{id}", "`semantic_type`"),
        ("PUT /v2/catalog_entries/{id}", "PUT /v3/catalog_entries/{id}", "`sort_key`"),
    ],
)
def test_the_note_for_whoever_moves_over_names_what_is_gone(watch, operation, successor, gone):
    note = watch.json("successor", "incident-io", operation, "--today", TODAY)
    assert note["successor"] == successor
    answers = next(part["differences"] for part in note["parts"] if part["part"] == "Responses")
    assert [each for each in answers if each["level"] == "breaking" and gone in each["message"]]


def test_what_is_printed_of_three_years_is_as_published(watch, audit):
    validate("audit-1", audit)
    validate("deprecations-1", watch.json("deprecations", "incident-io", "--today", TODAY))
    validate("report-1", watch.json("report", "incident-io", "--since", "2026-01-01", "--today", TODAY))
    validate("successor-1", watch.json("successor", "incident-io", "GET /v1/incidents", "--today", TODAY))


def test_properties_that_prose_alone_deprecates_are_told_in_the_audit_and_accuse_nobody(audit):
    parts = audit["parts"]
    assert {(each["subject"]["kind"], each["strength"]) for each in parts} == {("property", "weak")}
    successors = {each["subject"]["name"]: each["successor"] for each in parts}
    assert successors["CustomFieldV1 > required"] == "required_v2"
    judged = {each["operation"] for each in audit["removals"]}
    assert not judged & set(successors)
