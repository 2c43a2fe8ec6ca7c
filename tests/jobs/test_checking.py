"""Checking a source: what becomes a snapshot, what never does, and what is said of it."""

from __future__ import annotations

import os
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.clock import fixed_clock
from monitor.errors import UsageError
from monitor.fetch import Fetched
from monitor.jobs import CheckResult, build_report, check_all, check_source, deprecations, source_history
from monitor.ledger import Interval
from monitor.report import deprecations_text, history_text, report_text
from monitor.settings import Settings, SourceSettings
from monitor.store.contents import Unpacked

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TWO = ("GET /v1/boats", "GET /v1/crews")


@pytest.fixture
def acme(httpserver) -> SourceSettings:
    """A source on a server of our own."""
    return SourceSettings("acme", httpserver.url_for("/openapi.json"), allow_private=True)


@pytest.fixture
def serve(httpserver):
    """`serve(data, etag=…, status=…)`: what the server answers from now on."""

    def answer(data: bytes, *, status: int = 200, **headers: str) -> None:
        httpserver.clear()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        httpserver.expect_request("/openapi.json").respond_with_data(data, status=status, headers=names)

    return answer


@pytest.fixture
def check(store, acme, tmp_path):
    """`check(3)`: a check on the third hour, without the slow authority."""

    def one(hour: float = 0, *, limit: float = 0, source: SourceSettings = acme) -> CheckResult:
        clock = fixed_clock(START + timedelta(hours=hour))
        return check_source(store, source, clock=clock, folder=tmp_path, environ={"TOKEN": "t0k3n"}, limit=limit)

    return one


def snapshots(store) -> list[tuple[datetime, datetime]]:
    with store.reading() as uow:
        return [(row.seen_at, row.last_seen_at) for row in uow.snapshots.all(uow.sources.get("acme").id)]


def outcomes(store, database_url) -> list[str]:
    from sqlalchemy import create_engine, text

    with create_engine(database_url).connect() as connection:
        return [row[0] for row in connection.execute(text("SELECT outcome FROM checks ORDER BY id"))]


def test_the_first_snapshot_is_a_baseline(check, serve, make_document, store):
    serve(make_document(*TWO))
    result = check()
    assert (result.outcome, result.baseline, result.document, result.failed) == ("new", True, None, False)
    assert snapshots(store) == [(START, START)]


def test_a_new_version_is_compared_with_the_one_before(check, serve, make_document):
    serve(make_document(*TWO))
    check(0)
    serve(make_document("GET /v1/boats"))
    result = check(1)
    assert (result.outcome, result.baseline) == ("new", False)
    assert [(change.rule, change.level) for change in result.document.changes] == [("operation-removed", "breaking")]
    assert result.document.before.source == "acme@2026-03-02T09:00:00Z"


def test_the_same_bytes_are_the_same_version_for_longer(check, serve, make_document, store, database_url):
    serve(make_document(*TWO))
    check(0)
    result = check(6)
    assert (result.outcome, result.document) == ("unchanged", None)
    assert snapshots(store) == [(START, START + timedelta(hours=6))]
    assert outcomes(store, database_url) == ["new", "unchanged"]


def test_a_304_is_no_change_and_counts_as_a_sight(check, serve, make_document, store, httpserver):
    serve(make_document(*TWO), ETag='"one"', Last_Modified="Mon, 02 Mar 2026 08:00:00 GMT")
    check(0)
    serve(b"", status=304)
    assert check(6).outcome == "not modified"
    asked = httpserver.log[-1][0].headers
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"one"', "Mon, 02 Mar 2026 08:00:00 GMT")
    assert snapshots(store) == [(START, START + timedelta(hours=6))]


def test_what_one_url_said_is_not_sent_to_another(check, serve, make_document, httpserver, acme):
    serve(make_document(*TWO), ETag='"one"')
    check(0)
    httpserver.expect_request("/elsewhere.json").respond_with_data(make_document(*TWO))
    moved = SourceSettings("acme", httpserver.url_for("/elsewhere.json"), allow_private=True)
    assert check(1, source=moved).outcome == "unchanged"
    assert "If-None-Match" not in httpserver.log[-1][0].headers


@pytest.mark.parametrize(
    ("data", "status", "category"),
    [
        (b"down", 503, "http status"),
        (b"no", 404, "http status"),
        (b"", 200, "not openapi"),
        (b"<!doctype html><html><body>Please log in</body></html>", 200, "not openapi"),
        (b'{"openapi": "3.0.3", "paths": {', 200, "invalid"),
        (b'{"hello": "world"}', 200, "not openapi"),
        (b'{"openapi": "3.0.3", "openapi": "3.0.3"}', 200, "invalid"),
    ],
)
def test_what_is_no_document_never_becomes_a_change(check, serve, make_document, store, data, status, category):
    serve(make_document(*TWO))
    check(0)
    serve(data, status=status)
    result = check(1)
    assert (result.outcome, result.category, result.failed) == ("failed", category, True)
    assert result.message
    assert snapshots(store) == [(START, START)]
    serve(make_document(*TWO))
    assert check(2).outcome == "unchanged"
    with store.reading() as uow:
        assert uow.checks.last(uow.sources.get("acme").id).outcome == "unchanged"


def test_a_failure_before_anything_was_ever_seen_leaves_no_snapshot(check, serve, store):
    serve(b"down", status=500)
    assert check().failed
    assert snapshots(store) == []


def test_an_invalid_document_is_stored_and_said_to_be_invalid(check, serve, make_document, store):
    serve(make_document(*TWO))
    check(0)
    serve(make_document(*TWO).replace(b'"description": "Fine."', b'"descriptive": "Fine."'))
    result = check(1)
    assert result.outcome == "new"
    assert result.problems
    assert result.document is not None
    assert len(snapshots(store)) == 2


def test_the_authority_is_asked_once_for_each_new_document(check, serve, make_document, store):
    serve(make_document(*TWO))
    opinion = check(0, limit=60).snapshot.opinion
    assert (opinion.problems, opinion.missing) == ((), None)


def test_an_authority_that_is_too_slow_is_an_opinion_that_is_missing(check, serve, make_document):
    serve(make_document(*TWO))
    result = check(0, limit=0.0001)
    assert result.outcome == "new"
    assert "0.0001 seconds" in result.snapshot.opinion.missing


def test_headers_come_from_the_environment_and_are_never_stored(check, serve, make_document, httpserver, database_url):
    from sqlalchemy import create_engine, text

    serve(make_document(*TWO))
    headers = {"Authorization": "Bearer env:TOKEN"}
    source = SourceSettings("acme", httpserver.url_for("/openapi.json"), headers=headers, allow_private=True)
    check(0, source=source)
    assert httpserver.log[-1][0].headers["Authorization"] == "Bearer t0k3n"
    with create_engine(database_url).connect() as connection:
        for table in ("sources", "snapshots", "checks"):
            assert "t0k3n" not in str(connection.execute(text(f"SELECT * FROM {table}")).all())


def test_a_provider_that_goes_back_is_a_change_back(check, serve, make_document, store):
    for hour, names in enumerate((TWO, TWO[:1], TWO)):
        serve(make_document(*names))
        result = check(hour)
    assert [change.rule for change in result.document.changes] == ["operation-added"]
    assert len(snapshots(store)) == 3


def test_one_source_that_fails_does_not_stop_the_others(store, serve, make_document, acme, tmp_path):
    serve(make_document(*TWO))
    (tmp_path / "local.json").write_bytes(make_document(*TWO))
    sources = (
        SourceSettings("gone", "nowhere.json"),
        SourceSettings("strange", "local.json", promise="nobody"),
        acme,
        SourceSettings("local", "local.json"),
        SourceSettings("asleep", "local.json", paused=True),
    )
    heard: list[str] = []
    results = check_all(
        store,
        Settings(sources=sources),
        clock=fixed_clock(START),
        folder=tmp_path,
        environ={},
        say=lambda result: heard.append(result.source),
        limit=0,
    )
    assert {result.source: result.outcome for result in results} == {
        "gone": "failed",
        "strange": "failed",
        "acme": "new",
        "local": "new",
    }
    assert heard == ["gone", "strange", "acme", "local"]


def test_a_paused_source_is_checked_when_it_is_named_and_a_stop_is_heeded(store, make_document, tmp_path):
    (tmp_path / "local.json").write_bytes(make_document(*TWO))
    sources = Settings(sources=(SourceSettings("asleep", "local.json", paused=True),))
    common = {"clock": fixed_clock(START), "folder": tmp_path, "environ": {}, "limit": 0}
    assert [each.outcome for each in check_all(store, sources, ("asleep",), **common)] == ["new"]
    assert check_all(store, sources, ("asleep",), stop=lambda: True, **common) == ()
    with pytest.raises(UsageError, match="asleep"):
        check_all(store, sources, ("aslepe",), **common)


def test_a_comparison_that_was_missed_is_made_by_the_next_check(check, serve, make_document, store):
    serve(make_document(*TWO))
    check(0)
    serve(make_document("GET /v1/boats"))
    check(1)
    with store.transaction() as uow:  # as a kill between the snapshot and its comparison would leave it
        source = uow.sources.get("acme")
        (pair,) = uow.comparisons.engines(source.id)
        uow.comparisons.drop([pair])
    check(2)
    with store.reading() as uow:
        assert list(uow.comparisons.engines(source.id)) == [pair]


def test_a_stored_document_is_the_bytes_as_fetched(check, serve, make_document, store):
    data = make_document(*TWO) + b"\n\n  "
    serve(data)
    check(0)
    with store.reading() as uow:
        row = uow.snapshots.latest(uow.sources.get("acme").id)
        assert uow.snapshots.data(row.id) == data
        assert row.provenance.kind == "fetched"
        assert row.provenance.location.startswith("http://")


def test_a_folder_is_where_relative_paths_start(store, make_document, tmp_path: Path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.json").write_bytes(make_document(*TWO))
    source = SourceSettings("acme", "deep/a.json")
    assert check_source(store, source, clock=fixed_clock(START), folder=tmp_path, environ={}, limit=0).outcome == "new"


def test_a_stopped_opinion_is_no_opinion_and_the_next_check_asks_again(check, serve, make_document, store, monkeypatch):
    from monitor.jobs import authority, checking

    serve(make_document(*TWO))

    class Stopped(authority.Authority):
        def opinion(self, document, *, limit):
            authority.cancel_all()
            return super().opinion(document, limit=limit)

    monkeypatch.setattr(checking, "Authority", Stopped)
    assert check(0, limit=60).snapshot.opinion is None
    monkeypatch.undo()
    assert check(1, limit=60).snapshot.opinion.missing is None
    with store.reading() as uow:
        assert uow.snapshots.latest(uow.sources.get("acme").id).opinion is not None


def test_a_profile_or_a_variable_that_is_missing_is_a_failed_check_of_its_own_kind(
    check, serve, make_document, store, acme
):
    from dataclasses import replace

    serve(make_document(*TWO))
    for wrong in (replace(acme, promise="nobody"), replace(acme, headers={"Authorization": "env:NOWHERE"})):
        result = check(0, source=wrong)
        assert (result.outcome, result.category) == ("failed", "configuration")
    with store.reading() as uow:
        assert uow.checks.last(uow.sources.get("acme").id).outcome == "failed"


def test_a_304_after_a_newer_import_is_a_change_back_and_is_told(check, serve, make_document, store, acme, tmp_path):
    from monitor.jobs import import_history, versions_in_files

    serve(make_document(*TWO), ETag='"one"')
    check(0)
    file = tmp_path / "2026-03-02T1000_b.json"
    file.write_bytes(make_document("GET /v1/boats"))
    import_history(store, acme, versions_in_files([file]), now=START + timedelta(hours=2), folder=tmp_path, limit=0)
    serve(b"", status=304)
    result = check(3)
    assert result.outcome == "new"
    assert [change.rule for change in result.document.changes] == ["operation-added"]


def test_a_damaged_version_keeps_nobody_from_checking(check, serve, make_document, store, database_url):
    from sqlalchemy import create_engine, text

    serve(make_document(*TWO))
    check(0)
    with create_engine(database_url).begin() as connection:
        connection.execute(text("UPDATE contents SET packed = :junk"), {"junk": b"junk"})
    store._unpacked = type(store._unpacked)()  # as in another process
    serve(make_document("GET /v1/boats"))
    result = check(1)
    assert result.outcome == "new"
    assert "could not be compared" in result.warning
    serve(make_document("GET /v1/boats", "GET /v1/sails"))
    assert [change.rule for change in check(2).document.changes] == ["operation-added"]


def test_what_the_answer_says_of_the_url_itself_is_kept_and_told_first(
    check, serve, make_document, store, acme, tmp_path
):
    serve(make_document(), ETag='"1"')
    check(0)
    link = '</v2/openapi.json>; rel="successor-version"'
    serve(make_document(), Deprecation="@1767225600", Sunset="Sat, 20 Feb 2027 23:59:59 GMT", Link=link)
    check(24)
    serve(b"", status=304)
    check(48)  # it need not say so again
    settings = Settings(sources=(acme,))
    now = (START + timedelta(hours=50)).date()
    ((_, entries),) = deprecations(store, settings, today=now, folder=tmp_path)
    entry = entries[0]
    assert (entry.subject.kind, entry.watched, entry.standing) == ("url", True, True)
    assert entry.first_seen == Interval(START, START + timedelta(hours=24))
    assert (entry.deadline.isoformat(), entry.successor) == ("2027-02-20", "/v2/openapi.json")
    text = deprecations_text([("acme", entries)], now)
    assert text.splitlines()[2].startswith("THE WATCHED URL ITSELF IS DEPRECATED")


@pytest.fixture
def statements():
    """Every statement that goes to a database from now on."""
    from sqlalchemy import Engine, event

    said: list[str] = []

    def hear(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield said
    event.remove(Engine, "before_cursor_execute", hear)


def test_a_check_that_finds_nothing_new_makes_nothing_again(check, serve, make_document, statements):
    serve(make_document(*TWO, deprecated=TWO), ETag='"one"')
    check(0)
    serve(make_document(*TWO, deprecated=TWO, version="2"), ETag='"two"')
    check(1)
    statements.clear()
    check(2)  # the same body
    serve(b"", status=304)
    check(3)
    assert not any("outline" in each or "ledger" in each or "comparisons" in each for each in statements)
    assert len(statements) < 50  # of both; four of each say when the next one is due


def states(store) -> list[str]:
    with store.reading() as uow:
        return [entry["state"] for entry in uow.ledger.all(uow.sources.get("acme").id)]


def test_the_ledger_is_made_again_on_the_day_on_which_it_says_something_else(check, serve, make_document, store, acme):
    from dataclasses import replace

    source = replace(acme, promise="incident-io")
    serve(make_document(*TWO), ETag='"one"')
    check(0, source=source)
    serve(make_document(*TWO, deprecated=TWO[:1]))
    check(1, source=source)
    seen = {day: (check(1 + 24 * day, source=source), states(store))[1] for day in (1, 61, 63, 91, 93)}
    assert [seen[day] for day in (1, 61, 63, 91, 93)] == [
        ["deprecated"],
        ["deprecated"],
        ["due_soon"],
        ["due_soon"],
        ["overdue_still_served"],
    ]


def test_another_promise_has_everything_made_again_by_the_next_check(check, serve, make_document, store, acme):
    from dataclasses import replace

    serve(make_document(*TWO))
    check(0)
    serve(make_document("GET /v1/boats", deprecated=("GET /v1/boats",)))
    check(1)
    check(2, source=replace(acme, promise="incident-io"))
    with store.reading() as uow:
        source_id = uow.sources.get("acme").id
        (pair,) = uow.comparisons.engines(source_id)
        assert uow.comparisons.get(*pair).promise == "incident-io"
        assert uow.ledger.all(source_id)[0]["deadline"] is not None


def test_what_a_304_says_of_the_url_itself_is_in_the_ledger(check, serve, make_document, store):
    serve(make_document(*TWO), ETag='"one"')
    check(0)
    assert states(store) == []
    serve(b"", status=304, Deprecation="@1767225600")
    check(1)
    assert states(store) == ["deprecated"]


SEVERAL = """\
openapi: 3.0.3
info: {title: Harbour, version: '1'}
paths: {/boats: {get: {responses: {default: {description: Fine., content: {application/json: {schema: {$ref: boat.yaml}}}}}}}}
"""


def test_a_document_of_several_files_is_one_version_and_its_files_are_written_down(check, httpserver, store):
    httpserver.expect_request("/openapi.json").respond_with_data(SEVERAL, headers={"ETag": '"1"'})
    httpserver.expect_request("/boat.yaml").respond_with_data("type: string")
    first = check()
    assert first.baseline
    assert first.problems == ()
    with store.reading() as uow:
        row = uow.snapshots.latest(uow.sources.get("acme").id)
        assert [part.name for part in uow.contents.parts(row.content_id)] == ["boat.yaml", "openapi.json"]
        assert b"#/components/schemas/boat" in uow.snapshots.data(row.id)
    assert check(1).outcome == "unchanged"
    httpserver.clear()
    httpserver.expect_request("/openapi.json").respond_with_data(SEVERAL, headers={"ETag": '"1"'})
    httpserver.expect_request("/boat.yaml").respond_with_data("type: integer")
    changed = check(2)
    assert changed.document is not None
    (change,) = changed.document.changes
    assert change.location.before == "/components/schemas/boat"


def test_a_part_that_is_missing_fails_the_check_and_leaves_the_history_alone(check, httpserver, store):
    httpserver.expect_request("/openapi.json").respond_with_data(SEVERAL)
    httpserver.expect_request("/boat.yaml").respond_with_data("type: string")
    check()
    httpserver.clear()
    httpserver.expect_request("/openapi.json").respond_with_data(SEVERAL)
    failed = check(1)
    assert (failed.outcome, failed.category) == ("failed", "http status")
    assert "boat.yaml, which /paths/~1boats/get/responses/default/content/application~1json/schema refers to" in str(
        failed.message
    )
    assert len(snapshots(store)) == 1


def test_a_document_at_hand_is_a_check_like_another(store, acme, make_document, tmp_path, httpserver):
    given = Fetched(make_document(*TWO), "build/openapi.json")
    clock = fixed_clock(START)
    first = check_source(store, acme, clock=clock, folder=tmp_path, environ={}, limit=0, given=given)
    assert first.baseline
    assert httpserver.log == []
    later = fixed_clock(START + timedelta(hours=1))
    given = Fetched(make_document(TWO[0]), "build/openapi.json")
    second = check_source(store, acme, clock=later, folder=tmp_path, environ={}, limit=0, given=given)
    assert second.document is not None
    assert second.document.summary.breaking == 1


def test_a_commit_is_the_revision_of_a_snapshot(store, make_document, tmp_path):
    import os
    import shutil
    import subprocess

    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / "openapi.json").write_bytes(make_document(*TWO))
    people = {f"GIT_{role}_{key}": "ada@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    environment = {**os.environ, **people, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "One"]):
        subprocess.run(["git", *arguments], cwd=repository, env=environment, check=True)
    source = SourceSettings("acme", "git+file:repository#openapi.json")
    results = [
        check_source(
            store, source, clock=fixed_clock(START + timedelta(hours=hour)), folder=tmp_path, environ={}, limit=0
        )
        for hour in (0, 1)
    ]
    assert [result.outcome for result in results] == ["new", "not modified"]
    assert results[0].snapshot.provenance.revision == results[1].snapshot.provenance.revision
    assert len(results[0].snapshot.provenance.revision) == 40


# --- a stale copy ---------------------------------------------------------------------------------------------------

MANY = tuple(f"GET /v1/{name}" for name in ("boats", "crews", "docks", "fees", "locks", "tides"))
FEW = MANY[:2]


def rules_of(documents) -> list[str]:
    return [change.rule for document in documents for change in document.changes]


def test_nothing_is_told_of_a_document_that_lacks_much_until_a_later_check_confirms_it(check, serve, make_document):
    serve(make_document(*MANY))
    check(0)
    serve(make_document(*FEW))
    first = check(1)
    assert (first.outcome, first.told) == ("new", ())
    assert (first.unconfirmed.operations, first.unconfirmed.of) == (4, 6)
    assert check(72).told == ()
    confirmed = check(73)
    assert (confirmed.outcome, confirmed.unconfirmed) == ("unchanged", None)
    assert rules_of(confirmed.told) == ["operation-removed"] * 4
    assert check(74).told == ()


def test_a_number_of_checks_confirms_it_sooner_where_the_configuration_says_so(check, serve, make_document, acme):
    source = replace(acme, confirm_checks=2)
    serve(make_document(*MANY))
    check(0, source=source)
    serve(make_document(*FEW))
    assert check(1, source=source).told == ()
    assert rules_of(check(2, source=source).told) == ["operation-removed"] * 4


def test_versions_that_are_confirmed_together_are_told_together(check, serve, make_document):
    serve(make_document(*MANY))
    check(0)
    serve(make_document(*FEW))
    check(1)
    serve(make_document(*FEW, "GET /v2/boats"))
    assert check(2).told == ()
    assert rules_of(check(80).told) == [*["operation-removed"] * 4, "operation-added"]


def test_a_slip_is_a_line_in_the_history_and_nothing_else(check, serve, make_document, store, acme, tmp_path):
    settings = Settings(sources=(acme,))
    flagged = make_document(*MANY, deprecated=MANY[:3])
    serve(make_document(*MANY))
    check(0)
    serve(flagged)
    check(1)
    serve(make_document(*FEW))
    check(2)
    waiting = source_history(store, settings, "acme", today=START.date(), folder=tmp_path)
    assert history_text(waiting).count("lacks much, not yet confirmed") == 1
    serve(flagged)
    assert check(3).told == ()
    history = source_history(store, settings, "acme", today=START.date(), folder=tmp_path)
    last = [(item.suspect, item.unconfirmed, item.same_as, item.summary is None) for item in history.items[2:]]
    assert last == [(True, False, None, True), (False, False, 2, True)]
    text = history_text(history)
    assert text.count("taken for a slip") == 1
    assert "the same as no. 2" in text
    ((_, entries),) = deprecations(store, settings, today=START.date(), folder=tmp_path)
    assert {(entry.state, len(entry.episodes)) for entry in entries} == {("deprecated", 1)}


def test_a_report_warns_of_what_is_not_yet_confirmed(check, serve, make_document, store, acme, tmp_path):
    serve(make_document(*MANY))
    check(0)
    serve(make_document(*FEW))
    check(1)
    span = {"since": START, "until": START + timedelta(days=1), "today": START.date()}
    report = build_report(store, Settings(sources=(acme,)), **span, folder=tmp_path)
    assert report.sources[0].comparisons == ()
    assert (
        "The version of 2026-03-02 10:00 UTC lacks 4 operations that were there, and may be a stale copy."
        in " ".join(report_text(report).split())
    )


def test_a_document_is_let_go_of_when_it_is_stored_however_many_follow(
    store, make_document, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(store, "_unpacked", Unpacked(limit=0))  # what is kept on purpose
    sources = []
    for number in range(12):
        padding = f', "x-padding": "{number:x}{os.urandom(512 * 1024).hex()}"}}'.encode()
        (tmp_path / f"{number}.json").write_bytes(make_document(*TWO)[:-1] + padding)
        sources.append(SourceSettings(f"source-{number}", f"{number}.json"))
    held = []
    tracemalloc.start()
    try:
        check_all(
            store,
            Settings(sources=tuple(sources)),
            clock=fixed_clock(START),
            folder=tmp_path,
            environ={},
            limit=0,
            say=lambda _: held.append(tracemalloc.get_traced_memory()[0]),
        )
    finally:
        tracemalloc.stop()
    assert len(held) == 12
    assert held[-1] - held[2] < 3 * 1024**2
