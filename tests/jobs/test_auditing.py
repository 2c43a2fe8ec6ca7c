"""The audit: a provider held to its promise, from the stored history of a small API."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.errors import NoSuchSnapshot, UnknownSource, UsageError
from monitor.jobs import build_audit, import_history, versions_in_files
from monitor.report.audit_view import Audit, ClauseName
from monitor.settings import Settings, SourceSettings

SOURCE = SourceSettings("harbour", "https://harbour.example/openapi.json", promise="incident-io")
TODAY = date(2025, 8, 1)
HERE = Path()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def harbour(store, harbour_folder):
    """The harbour's history in the store."""
    import_history(store, SOURCE, versions_in_files([harbour_folder]), now=moment("2025-07-02"), folder=HERE, limit=0)
    return store


def audited(store, source: SourceSettings = SOURCE, *, since="2000-01-01", until="2025-08-01", today=TODAY) -> Audit:
    settings = Settings(sources=(source,))
    return build_audit(store, settings, source.name, since=moment(since), until=moment(until), today=today, folder=HERE)


def counts(audit: Audit) -> dict[str, tuple[int, int, int]]:
    return {clause.name: (clause.kept, clause.broken, clause.unknown) for clause in audit.clauses}


def test_what_was_kept_and_what_was_broken_is_counted_clause_by_clause(harbour):
    audit = audited(harbour)
    assert counts(audit) == {
        ClauseName.WINDOW: (0, 1, 1),
        # The required parameter; and in the invalid document the answer that went, and the parameter once more.
        ClauseName.STABILITY: (5, 3, 0),
        ClauseName.PARALLEL: (1, 0, 2),
        ClauseName.KINDS: (3, 1, 2),
    }
    assert (audit.versions, audit.suspect, audit.compared) == (10, 1, 8)
    assert (audit.first, audit.last) == (moment("2025-01-10T09:00"), moment("2025-07-01T09:00"))


def test_a_removal_before_its_deadline_is_told_with_the_day_that_was_promised(harbour):
    crews = next(each for each in audited(harbour).removed if each.operation == "GET /v1/crews")
    assert (crews.outcome, crews.deadline) == ("broken", date(2025, 8, 20))
    assert crews.sentence == "It was gone by 2025-06-15, and its window runs up to 2025-08-20."
    assert crews.sides.before == "harbour@2025-06-02T09:00:00Z"
    assert crews.sides.after == "harbour@2025-06-15T09:00:00Z"
    assert crews.flag_sides is not None
    assert crews.flag_sides.after == "harbour@2025-06-01T09:00:00Z"


def test_a_removal_that_is_proven_neither_early_nor_in_time_is_left_open(harbour):
    boats = next(each for each in audited(harbour).removed if each.operation == "POST /v1/boats")
    assert boats.outcome == "unknown"
    assert boats.sentence.startswith("Neither is proven: 3 calendar months after first seen deprecated")


def test_a_change_that_breaks_a_living_operation_has_its_two_versions(harbour):
    (breach,) = audited(harbour, until="2025-06-01").breaches
    assert (breach.clause, breach.change.rule) == (ClauseName.STABILITY, "required-parameter-added")
    assert (breach.sides.before, breach.sides.after) == ("harbour@2025-03-10T09:00:00Z", "harbour@2025-03-25T09:00:00Z")
    assert not breach.deprecated


def test_a_service_has_its_successor_and_the_days_both_were_there(harbour):
    services = {service.name: service for service in audited(harbour).services}
    (row,) = services["POST /v1/boats"].operations
    assert row.successor == "POST /v2/boats"
    assert (row.least, row.most) == (43, 130)
    assert services["POST /v1/boats"].outcome == "kept"
    assert services["GET /v1/old"].without == ("GET /v1/old",)
    assert services["GET /v1/old"].outcome == "unknown"
    assert services["GET /v1/boats"].state == "reinstated"
    assert services["GET /v1/boats"].outcome is None


def test_a_span_has_what_was_first_seen_in_it(harbour):
    march = audited(harbour, since="2025-03-15", until="2025-04-01")
    assert (len(march.breaches), march.removed, march.versions) == (1, (), 2)
    assert audited(harbour, until="2025-06-15T09:00").removed[-1].operation == "POST /v1/boats"


def test_on_an_earlier_day_what_came_later_is_not_known(harbour):
    april = audited(harbour, today=date(2025, 4, 1))
    assert april.removed == ()
    assert [(service.name, service.state) for service in april.services] == [
        ("GET /v1/old", "deprecated"),
        ("/v1/boats", "due soon"),
    ]


def test_the_reader_s_own_client_moves_nothing(harbour):
    strict = audited(harbour)
    tolerant = audited(harbour, replace(SOURCE, client="tolerant-reader"))
    assert counts(tolerant) == counts(strict)
    assert [each.change for each in tolerant.breaches] == [each.change for each in strict.breaches]


def test_a_change_of_what_was_deprecated_already_is_no_breach_of_a_living_operation(store, tmp_path, make_document):
    from json import dumps, loads

    first = loads(make_document("GET /v1/a", "GET /v1/b", deprecated=["GET /v1/a"]))
    second = loads(dumps(first))
    for path, name in (("/v1/a", "size"), ("/v1/b", "depth")):
        second["paths"][path]["get"]["parameters"] = [
            {"name": name, "in": "query", "required": True, "schema": {"type": "integer"}}
        ]
    for name, document in (("2025-01-01.json", first), ("2025-02-01.json", second)):
        (tmp_path / name).write_text(dumps(document), encoding="utf-8")
    files = versions_in_files([tmp_path / "2025-01-01.json", tmp_path / "2025-02-01.json"])
    import_history(store, SOURCE, files, now=moment("2025-07-02"), folder=HERE, limit=0)
    audit = audited(store)
    assert {(breach.change.reach[0].path, breach.deprecated) for breach in audit.breaches} == {
        ("/v1/a", True),
        ("/v1/b", False),
    }
    assert counts(audit)[ClauseName.STABILITY] == (0, 1, 1)


def test_without_a_promise_there_is_nothing_to_hold_it_to(harbour):
    with pytest.raises(UsageError, match="promised"):
        audited(harbour, replace(SOURCE, promise=None))


def test_of_a_source_of_which_nothing_is_stored_there_is_no_audit(store):
    with pytest.raises(NoSuchSnapshot, match="harbour"):
        audited(store)
    with pytest.raises(UnknownSource):
        build_audit(
            store,
            Settings(sources=(SOURCE,)),
            "harbor",
            since=moment("2025-01-01"),
            until=moment("2025-02-01"),
            today=TODAY,
            folder=HERE,
        )
