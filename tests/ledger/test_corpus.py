"""The real histories of incident.io, with the facts that were read off them by hand (../shared/README.md)."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

import pytest

from monitor.contract import Contract
from monitor.ledger import Entry, Observation, State, book, doubts, flaps, outline, unannounced_removals
from monitor.reading.dialects import dialect_for

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

ARCHIVES = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "archives"
TODAY = date(2026, 7, 31)


def _observations(prefix: str) -> list[Observation]:
    """The outlines of every version in an archive, read from the stream: nothing is unpacked to the disk."""
    zstd = pytest.importorskip("backports.zstd")
    archive = next(iter(sorted(ARCHIVES.glob(f"{prefix}*.tar.zst"))), None)
    if archive is None:
        pytest.skip(f"the corpus is absent: no {prefix}*.tar.zst in {ARCHIVES}")
    found = []
    long_window = {zstd.DecompressionParameter.window_log_max: 31}
    with zstd.open(archive, options=long_window) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
        for member in tar:
            stream = tar.extractfile(member)
            if stream is not None and member.name.endswith(".json"):
                root = json.loads(stream.read())
                shown = outline(Contract(root, dialect_for(root.get("openapi") or root["swagger"])))
                found.append((PurePosixPath(member.name).name, shown))
    return [
        Observation(datetime.strptime(name[:15], "%Y-%m-%dT%H%M").replace(tzinfo=UTC), sequence, shown, imported=True)
        for sequence, (name, shown) in enumerate(sorted(found, key=lambda one: one[0]), start=1)
    ]


@pytest.fixture(scope="module")
def public() -> list[Observation]:
    return _observations("incident-io-every-version")


@pytest.fixture(scope="module")
def whole_book(public: list[Observation]) -> tuple[Entry, ...]:
    return book(public, today=TODAY, window_months=3, version_pattern=r"^/v(\d+)/", suspect=flaps(public))


@pytest.fixture(scope="module")
def entries(whole_book: tuple[Entry, ...]) -> dict[str, Entry]:
    """The operations that had the flag."""
    flagged = [entry for entry in whole_book if entry.subject.kind == "operation" and entry.strength == "strong"]
    return {str(entry.subject): entry for entry in flagged}


def _days(entry: Entry) -> tuple[str | None, str]:
    after = entry.first_seen.after
    return (None if after is None else after.date().isoformat(), entry.first_seen.by.date().isoformat())


def _suspect(observations: list[Observation]) -> list[str]:
    suspect = flaps(observations)
    return [f"{seen.seen_at:%Y-%m-%dT%H%M}" for seen in observations if seen.snapshot in suspect]


def test_the_stale_file_of_march_2024_alone_is_suspect(public: list[Observation]) -> None:
    assert len(public) == 88
    assert _suspect(public) == ["2024-03-12T1037"]


def test_seen_live_the_stale_file_is_never_told_and_what_really_went_is_told_once_confirmed(
    public: list[Observation],
) -> None:
    found = doubts([replace(seen, imported=False) for seen in public])
    days = {seen.snapshot: f"{seen.seen_at:%Y-%m-%d}" for seen in public}
    assert [days[snapshot] for snapshot in found.flaps] == ["2024-03-12"]
    assert found.unconfirmed == frozenset()
    # The file of 2024-05-06 goes on without what the one of 2024-05-01 lost, and so confirms it.
    assert {days[snapshot]: f"{at:%Y-%m-%d}" for snapshot, at in found.confirmed.items()} == {
        "2024-04-19": "2024-05-01",
        "2024-05-01": "2024-05-06",
        "2024-05-06": "2024-05-06",
    }


def test_the_series_with_unreleased_endpoints_loses_no_operation_and_no_flag_and_alarms_nobody() -> None:
    secret = _observations("incident-io-secret")
    assert len(secret) == 63
    assert unannounced_removals([seen for seen in secret if seen.seen_at.date() < date(2026, 6, 30)]) == ()
    (webhook,) = unannounced_removals(secret)
    assert webhook.subject.kind == "webhook"
    found = doubts([replace(seen, imported=False) for seen in secret])
    assert (found.suspect, dict(found.confirmed)) == (frozenset(), {})
    entries = book(secret, today=TODAY, window_months=3, version_pattern=r"^/v(\d+)/")
    assert not [entry for entry in entries if entry.flagged and not entry.standing]


@pytest.mark.parametrize("prefix", ["incident-io-secret", "incident-io-swagger2"])
def test_no_snapshot_of_the_other_histories_is_suspect(prefix: str) -> None:
    assert _suspect(_observations(prefix)) == []


def test_32_operations_were_ever_deprecated_27_stand_4_were_reinstated_1_was_removed(entries: dict[str, Entry]) -> None:
    states = Counter(entry.state for entry in entries.values())
    assert states == {State.OVERDUE_STILL_SERVED: 27, State.REINSTATED: 4, State.REMOVED: 1}


def test_each_deprecation_was_first_seen_in_its_interval(entries: dict[str, Entry]) -> None:
    assert Counter(_days(entry) for entry in entries.values()) == {
        (None, "2023-03-10"): 3,
        ("2023-06-28", "2023-10-09"): 16,
        ("2025-01-22", "2025-02-25"): 1,
        ("2025-02-26", "2025-04-30"): 12,
    }
    assert _days(entries["GET /v1/openapi.json"]) == ("2025-01-22", "2025-02-25")
    assert {_days(entry) for name, entry in entries.items() if "/v2/catalog_" in name} == {("2025-02-26", "2025-04-30")}
    assert all(len(entry.episodes) == 1 for entry in entries.values())


def test_what_the_first_file_already_deprecates_has_no_deadline(entries: dict[str, Entry]) -> None:
    baseline = {name: entry for name, entry in entries.items() if entry.first_seen.after is None}
    assert set(baseline) == {"GET /v1/incidents", "POST /v1/incidents", "GET /v1/incidents/{id}"}
    for entry in baseline.values():
        assert entry.deadline is None
        assert entry.deadline_basis.startswith("unknown, possibly past")


def test_deadlines_are_three_calendar_months_after_first_seen(entries: dict[str, Entry]) -> None:
    days = {(entry.deadline, entry.deadline_late) for entry in entries.values() if entry.first_seen.after is not None}
    assert days == {
        (date(2023, 9, 28), date(2024, 1, 9)),
        (date(2025, 4, 22), date(2025, 5, 25)),
        (date(2025, 5, 26), date(2025, 7, 30)),
    }


def test_the_only_deprecated_operation_ever_removed_went_519_days_after_it_was_first_seen(
    entries: dict[str, Entry],
) -> None:
    (removed,) = [entry for entry in entries.values() if entry.state is State.REMOVED]
    assert str(removed.subject) == "GET /v1/openapi.json"
    assert removed.removed is not None
    assert removed.removed.after == datetime(2026, 7, 28, 15, 47, tzinfo=UTC)
    assert removed.removed.by == datetime(2026, 7, 29, 10, 53, tzinfo=UTC)
    assert (removed.removed.by.date() - removed.first_seen.by.date()).days == 519
    assert removed.outcome == "in_time"


def test_four_operations_of_custom_fields_were_reinstated_within_eight_days(entries: dict[str, Entry]) -> None:
    reinstated = {name: entry for name, entry in entries.items() if entry.state is State.REINSTATED}
    assert set(reinstated) == {
        "POST /v2/custom_fields",
        "GET /v2/custom_fields/{id}",
        "PUT /v2/custom_fields/{id}",
        "DELETE /v2/custom_fields/{id}",
    }
    for entry in reinstated.values():
        assert entry.reinstated is not None
        assert entry.reinstated.by.date() == date(2023, 10, 17)


def test_every_standing_operation_has_its_successor_under_the_next_version(entries: dict[str, Entry]) -> None:
    for name, entry in entries.items():
        if entry.standing:
            next_version = name.replace("/v2/", "/v3/") if "/v2/" in name else name.replace("/v1/", "/v2/")
            assert entry.successor == next_version


def test_unannounced_are_the_leaked_workflows_and_managed_resources_but_not_the_stale_file(
    public: list[Observation],
) -> None:
    gone = [
        (removal.subject.path, removal.removed.by.date().isoformat())
        for removal in unannounced_removals(public, flaps(public))
        if removal.subject.kind == "operation"
    ]
    assert Counter(day for _, day in gone) == {
        "2024-04-19": 18,
        "2024-05-01": 18,
        "2024-06-13": 1,
        "2024-06-27": 1,
        "2025-04-30": 1,
        "2026-07-01": 1,
    }
    assert [day for path, day in gone if path == "/v2/managed_resources"] == [
        "2024-06-13",
        "2024-06-27",
        "2025-04-30",
        "2026-07-01",
    ]


def test_what_prose_alone_deprecates_is_weak_and_names_its_replacement(whole_book: tuple[Entry, ...]) -> None:
    weak = {str(entry.subject): entry for entry in whole_book if entry.strength == "weak"}
    assert {entry.subject.kind for entry in weak.values()} == {"property"}
    standing = {name: entry for name, entry in weak.items() if entry.standing}
    assert len(standing) == 27
    assert standing["property CustomFieldV1 > required"].successor == "required_v2"
    assert standing["property ScheduleRotationV2 > working_interval"].successor == "working_intervals"
    assert standing["property WorkflowV2 > include_private_incidents"].successor == "private_incident_scope"
    binding = standing["property CatalogEntryEngineParamBindingValueV2 > helptext"]
    assert (binding.successor, _days(binding)) == (None, ("2024-07-05", "2024-08-01"))
    assert binding.evidence[0].text == "This field is deprecated."


def test_the_description_of_the_tag_that_names_catalog_v3_is_evidence(entries: dict[str, Entry]) -> None:
    named = {
        name
        for name, entry in entries.items()
        for item in entry.evidence
        if item.text == "These endpoints have been deprecated in favour of CatalogV3."
    }
    assert named == {name for name in entries if "/v2/catalog_" in name}


def test_the_27_standing_operations_are_five_services(entries: dict[str, Entry]) -> None:
    assert Counter(entry.service for entry in entries.values() if entry.standing) == {
        "Actions V1": 2,
        "Catalog V2": 12,
        "Custom Fields V1": 5,
        "Incident Roles V1": 5,
        "Incidents V1": 3,
    }
