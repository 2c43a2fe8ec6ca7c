"""How a source is doing: how it is asked, what happens when it fails for long, what is told, and what never is."""

from __future__ import annotations

import logging
import sqlite3
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug import Response

from monitor.clock import fixed_clock
from monitor.jobs import (
    CheckResult,
    build_digest,
    build_feed,
    build_report,
    check_all,
    check_source,
    deliver,
    deprecations,
    list_sources,
    send_alerts,
    source_history,
    upcoming,
)
from monitor.report import report_json, report_markdown, report_text, sources_json, sources_markdown, sources_text
from monitor.report.history_glance import glance
from monitor.settings import FetchSettings, Settings, SmtpSettings, SourceSettings
from monitor.store import Store, open_store

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TWO = ("GET /v1/boats", "GET /v1/crews")
CANARY = "canary-c0ffee-4711-deadbeef"


@pytest.fixture
def store(sqlite_url) -> Store:
    """What is looked at here does not depend on the kind of database."""
    opened = open_store(sqlite_url, upgrade=False)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def acme(httpserver) -> SourceSettings:
    return SourceSettings("acme", httpserver.url_for("/openapi.json"), allow_private=True)


@pytest.fixture
def serve(httpserver):
    """`serve(data, status=…, X_Name=…)`: what the server answers from now on, wherever it is asked."""

    def answer(data: bytes = b"", *, status: int = 200, path: str = "/openapi.json", **headers: str) -> None:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        httpserver.clear()
        httpserver.expect_request(path).respond_with_data(data, status=status, headers=names)

    return answer


@pytest.fixture
def check(store, acme, tmp_path):
    def one(hour: float = 0, source: SourceSettings = acme, environ=None, **fetching: int) -> CheckResult:
        return check_source(
            store,
            source,
            clock=fixed_clock(START + timedelta(hours=hour)),
            folder=tmp_path,
            environ=environ or {},
            limit=0,
            fetching=FetchSettings(**fetching),
        )

    return one


def due_in(store, source: SourceSettings, hour: float) -> float:
    """Hours from a check at `hour` until the source falls due, about."""
    settings = Settings(sources=(source,))
    (status,) = list_sources(store, settings, now=START + timedelta(hours=hour))
    return (status.next_check - START) / timedelta(hours=1) - hour


# --- ways of asking --------------------------------------------------------------------------------------------------


def test_what_was_said_to_one_way_of_asking_is_sent_to_no_other(check, serve, make_document, httpserver, acme):
    serve(make_document(*TWO), ETag='"one"')
    check(0)
    other = SourceSettings("acme", acme.url, headers={"X-Tenant": "b"}, allow_private=True)
    check(1, other)
    assert "If-None-Match" not in httpserver.log[-1][0].headers
    serve(b"", status=304)
    assert check(2).outcome == "not modified"
    assert httpserver.log[-1][0].headers["If-None-Match"] == '"one"'
    assert check(3, other).outcome == "not modified"


def test_a_renewed_token_asks_in_the_same_way(check, serve, make_document, httpserver, acme):
    source = SourceSettings("acme", acme.url, headers={"Authorization": "Bearer env:TOKEN"}, allow_private=True)
    serve(make_document(*TWO), ETag='"one"')
    check(0, source, {"TOKEN": "old-token"})
    check(1, source, {"TOKEN": "new-token"})
    assert httpserver.log[-1][0].headers["If-None-Match"] == '"one"'


def test_two_ways_of_asking_are_never_compared_silently(check, serve, make_document, acme, store, tmp_path):
    serve(make_document(*TWO))
    check(0)
    serve(make_document(TWO[0]))
    other = SourceSettings("acme", acme.url, headers={"X-Tenant": "b"}, allow_private=True)
    result = check(1, other)
    assert result.document is not None
    assert "It was asked for with other headers than before" in result.warning
    report = report_of(store, Settings(sources=(other,)), tmp_path)
    assert "was asked for with other headers than the one before" in " ".join(report_text(report).split())
    serve(make_document(*TWO))
    assert check(2, other).warning is None


def test_an_etag_that_lies_hides_no_document(check, serve, make_document):
    """The same validator over other bytes is the same validator: what comes is compared by its bytes."""
    serve(make_document(*TWO), ETag='"same"')
    check(0)
    serve(make_document(TWO[0]), ETag='"same"')
    assert check(1).document is not None


def test_a_weak_validator_is_sent_back_as_it_came(check, serve, make_document, httpserver):
    serve(make_document(*TWO), ETag='W/"weak"')
    check(0)
    check(1)
    assert httpserver.log[-1][0].headers["If-None-Match"] == 'W/"weak"'


# --- another URL -----------------------------------------------------------------------------------------------------


def swagger(names: tuple[str, ...], deprecated: tuple[str, ...] = ()) -> bytes:
    """The same API as `make_document`'s, in Swagger 2.0."""
    import json

    paths = {}
    for name in names:
        method, path = name.split(" ")
        schema = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
        node = {"produces": ["application/json"], "responses": {"200": {"description": "Fine.", "schema": schema}}}
        paths.setdefault(path, {})[method.lower()] = {**node, **({"deprecated": True} if name in deprecated else {})}
    return json.dumps({"swagger": "2.0", "info": {"title": "Harbour", "version": "1"}, "paths": paths}).encode()


def test_history_and_ledger_go_on_at_another_url_and_in_another_version_without_a_flood(
    check, serve, make_document, httpserver, store, tmp_path, acme
):
    serve(swagger(TWO), path="/v1/openapi.json")
    old = SourceSettings("acme", httpserver.url_for("/v1/openapi.json"), allow_private=True)
    check(0, old)
    serve(swagger(TWO, deprecated=(TWO[0],)), path="/v1/openapi.json")
    check(24, old)
    serve(make_document(*TWO, deprecated=(TWO[0],)))
    result = check(48)
    assert (result.outcome, result.baseline) == ("new", False)
    assert [change.rule for change in result.document.changes if change.level in ("breaking", "risky")] == []
    assert len(result.document.changes) <= 3
    assert "at another URL" in result.warning
    ((_, (entry,)),) = deprecations(store, Settings(sources=(acme,)), today=date(2026, 3, 5), folder=tmp_path)
    assert entry.episodes[0].first_seen.by == START + timedelta(hours=24)
    (due,) = upcoming(store, Settings(sources=(acme,)), now=START + timedelta(hours=49))
    assert due.due > START + timedelta(hours=49)
    history = source_history(store, Settings(sources=(acme,)), "acme", today=date(2026, 3, 9), folder=tmp_path)
    assert [item.another_url for item in history.items] == [False, False, True]
    *_, crossed = history.items
    week = next(week for week in glance(replace(history, items=(crossed,))).weeks if week.looked)
    assert (week.versions, week.changed) == (1, False)
    feed = build_feed(store, Settings(sources=(acme,)), today=date(2026, 3, 9), folder=tmp_path).decode()
    assert "acme: asked for at another URL" in feed
    assert "What differs from the document before is no change of the API" in feed


@pytest.mark.corpus
def test_incident_io_s_move_to_openapi_3_is_no_flood(shared, check, serve, httpserver, store, tmp_path, acme):
    """Swagger 2.0 at the old URL, OpenAPI 3.0 at the new one: 318 differences would be called breaking."""
    before = (shared / "corpus/incident-io-swagger2/2024-05-14T1410_661e529.json").read_bytes()
    after = (shared / "corpus/incident-io/2024-06-27T1144_0cac5e1.json").read_bytes()
    serve(before, path="/v1/openapi.json")
    check(0, SourceSettings("acme", httpserver.url_for("/v1/openapi.json"), allow_private=True))
    serve(after)
    result = check(24)
    assert (result.outcome, result.crossed) == ("new", "at another URL")
    settings = Settings(sources=(acme,))
    report = report_of(store, settings, tmp_path)
    (view,) = report.sources
    assert view.comparisons == ()
    assert view.crossings[0].summary.breaking > 300
    text = report_text(report)
    assert "is not told as changes of the API: specwatch diff acme@" in " ".join(text.split())
    assert "breaking change" not in text
    history = source_history(store, settings, "acme", today=date(2026, 3, 9), folder=tmp_path)
    assert len(history.items) == 2
    assert not [event for event in history.events if "unannounced" in str(event)]


def test_a_document_that_has_moved_for_good_is_told_until_the_url_follows(
    check, serve, make_document, httpserver, store, tmp_path, acme
):
    def moved(location: str) -> Response:
        response = Response(status=301, headers={"Location": location})
        response.autocorrect_location_header = False
        return response

    new = httpserver.url_for("/new.json")
    httpserver.expect_request("/openapi.json").respond_with_handler(lambda _: moved("/new.json"))
    httpserver.expect_request("/new.json").respond_with_data(make_document(*TWO))
    result = check(0)
    assert (result.moved_to, "specwatch set acme --url" in result.warning) == (new, True)
    settings = Settings(sources=(acme,))
    assert f"it has moved for good to {new}" in " ".join(
        sources_text(list_sources(store, settings, now=START), width=200).split()
    )
    assert f"moved for good to {new}" in report_text(report_of(store, settings, tmp_path), width=300)
    followed = Settings(sources=(SourceSettings("acme", new, allow_private=True),))
    assert "moved for good" not in report_text(report_of(store, followed, tmp_path))


# --- failing for long ------------------------------------------------------------------------------------------------


def report_of(store, settings, folder: Path, days: int = 30):
    return build_report(
        store,
        settings,
        since=START - timedelta(days=1),
        until=START + timedelta(days=days),
        today=(START + timedelta(days=days)).date(),
        folder=folder,
    )


def test_a_source_that_fails_is_asked_less_and_less_and_at_once_as_ever_when_it_is_back(
    check, serve, make_document, store, acme
):
    serve(b"", status=404)
    hour, pauses = 0.0, []
    for _ in range(6):
        check(hour)
        pauses.append(round(due_in(store, acme, hour)))
        hour += pauses[-1]
    assert pauses == [6, 6, 12, 24, 24, 24]
    serve(make_document(*TWO))
    check(hour)
    assert round(due_in(store, acme, hour)) == 6


def test_who_corrects_the_url_is_not_kept_waiting(check, serve, store, httpserver, acme):
    serve(b"", status=404)
    for hour in range(6):
        check(hour)
    corrected = SourceSettings("acme", httpserver.url_for("/right.json"), allow_private=True)
    assert round(due_in(store, acme, 5)) == 24
    assert round(due_in(store, corrected, 5)) == 6


def test_a_setting_that_cannot_be_followed_does_not_slow_down(check, store, acme):
    source = SourceSettings("acme", acme.url, headers={"Authorization": "Bearer env:MISSING"}, allow_private=True)
    for hour in range(6):
        assert check(hour, source).category == "configuration"
    assert round(due_in(store, source, 5)) == 6


@pytest.mark.parametrize(
    ("status", "headers", "hours"),
    [
        (200, {"Cache_Control": "max-age=43200"}, 12),
        (200, {"Cache_Control": "max-age=99999999"}, 24),
        (200, {"Cache_Control": "max-age=60"}, 1),
        (404, {"Retry_After": "10800"}, 3),
        (429, {"Retry_After": "999999999"}, 4),
    ],
)
def test_the_provider_s_own_words_are_a_lower_bound(check, serve, make_document, store, acme, status, headers, hours):
    hourly = replace(acme, every=timedelta(hours=1))
    serve(make_document(*TWO), status=status, **headers)
    check(0, hourly)
    assert round(due_in(store, hourly, 0)) == hours


@pytest.fixture
def mailing(mailbox, acme) -> Settings:
    smtp = SmtpSettings("127.0.0.1", mailbox.port, "none", "specwatch@example.org")
    return Settings(sources=(acme,), recipients=("ann@example.org", "bo@example.org"), smtp=smtp)


def test_people_are_told_once_after_three_failures_and_once_when_it_is_back(
    check, serve, make_document, store, mailing, mailbox
):
    def told(hour: float) -> list[str]:
        now = START + timedelta(hours=hour)
        send_alerts(store, mailing, now=now, folder=Path())
        deliver(store, mailing, now=now, environ={})
        found = [f"{message['To']}: {message['Subject']}" for message in mailbox.messages]
        mailbox.messages.clear()
        return sorted(found)

    serve(make_document(*TWO))
    check(0)
    serve(b"down", status=404, X_Request_Id="req-77")
    heard = []
    for hour in (1, 2, 3, 4, 5):
        check(hour)
        heard.append(told(hour))
    down = [f"{name}@example.org: specwatch: acme cannot be checked" for name in ("ann", "bo")]
    assert heard == [[], [], down, [], []]
    serve(make_document(*TWO))
    check(6)
    assert told(6) == [f"{name}@example.org: specwatch: acme is back" for name in ("ann", "bo")]
    check(7)
    assert told(7) == []


def test_an_alert_says_what_is_wrong_with_the_request_id_and_what_to_do(check, serve, store, mailing, mailbox):
    serve(b"down", status=404, X_Request_Id="req-77")
    check(0, alert_after=1)
    assert send_alerts(store, mailing, now=START, folder=Path()) == 2
    deliver(store, mailing, now=START, environ={})
    text = mailbox.messages[0].get_body(("plain",)).get_content()
    for words in ("HTTP 404", "req-77", "failed 1 time in a row since 2026-03-02 09:00 UTC", "specwatch check acme"):
        assert words in " ".join(text.split())


def test_two_failures_are_no_alert_and_a_good_check_begins_anew(check, serve, make_document, store, mailing):
    for hour, status in enumerate((404, 404, 200, 404, 404, 200)):
        serve(make_document(*TWO), status=status)
        check(hour)
        assert send_alerts(store, mailing, now=START, folder=Path()) == 0


def test_what_nobody_could_be_told_in_time_is_no_alert_any_more(check, serve, store, mailing, acme):
    serve(b"down", status=404)
    check(0, alert_after=1)
    assert send_alerts(store, Settings(sources=(acme,)), now=START, folder=Path()) == 0
    assert send_alerts(store, mailing, now=START + timedelta(days=30), folder=Path()) == 0
    assert send_alerts(store, mailing, now=START, folder=Path()) == 0


def test_health_stands_in_list_report_and_digest(check, serve, make_document, store, tmp_path, httpserver, acme):
    well = SourceSettings("well", "well.json")
    (tmp_path / "well.json").write_bytes(make_document(*TWO))
    settings = Settings(sources=(acme, well))
    serve(make_document(*TWO))
    check_all(store, settings, clock=fixed_clock(START), folder=tmp_path, environ={}, limit=0)
    serve(b"down", status=404, X_Request_Id="req-77")
    for hour in (70, 72):
        check(hour)
    now = START + timedelta(hours=72)
    report = build_report(
        store, settings, since=START, until=now + timedelta(hours=1), today=now.date(), folder=tmp_path
    )
    words = "1 of 2 sources checked; last success of acme 3 days ago."
    built = build_digest(store, settings, now=now + timedelta(days=7), folder=tmp_path)
    week = words.replace("3 days", "10 days")
    assert week in built.digest.html
    for told, sentence in (
        (report_text(report), words),
        (report_markdown(report), words),
        (built.digest.text, week),
        (report_text(report), "The last 2 checks failed on 2026-03-05 09:00 UTC (http status)"),
        (report_json(report), '"request_id": "req-77"'),
        (report_json(report), '"failures": 2'),
        (
            sources_text(list_sources(store, settings, now=now)),
            "acme: failed 2 times in a row, last success 2026-03-02",
        ),
    ):
        assert sentence in " ".join(told.split())


def test_an_outage_that_is_over_stands_in_the_report_of_its_time(check, serve, make_document, store, tmp_path, acme):
    for hour, status in ((0, 200), (1, 404), (2, 404), (3, 404), (9, 200)):
        serve(make_document(*TWO), status=status)
        check(hour)
    text = " ".join(report_text(report_of(store, Settings(sources=(acme,)), tmp_path)).split())
    assert (
        "It could not be checked from 2026-03-02 10:00 UTC to 2026-03-02 18:00 UTC (3 failures: http status)." in text
    )


# --- side by side ----------------------------------------------------------------------------------------------------


def test_a_source_that_is_slow_keeps_no_other_waiting_and_results_come_in_order(
    store, make_document, httpserver, tmp_path
):
    import threading

    go_on = threading.Event()

    def slow(_: object) -> Response:
        go_on.wait(20)
        return Response(make_document(*TWO))

    httpserver.expect_request("/slow.json").respond_with_handler(slow)
    (tmp_path / "quick.json").write_bytes(make_document(*TWO))
    sources = (
        SourceSettings("slow", httpserver.url_for("/slow.json"), allow_private=True),
        SourceSettings("quick", "quick.json"),
    )

    def clock() -> datetime:
        with store.reading() as uow:
            if uow.sources.find("quick") is not None:
                go_on.set()  # the quick one is stored while the slow one is still on its way
        return START

    heard: list[str] = []
    threading.Timer(15, go_on.set).start()
    with store.reading():
        pass
    watcher = threading.Thread(target=lambda: [clock() for _ in iter(lambda: go_on.wait(0.05), True)], daemon=True)
    watcher.start()
    results = check_all(
        store, Settings(sources=sources), clock=fixed_clock(START), folder=tmp_path, environ={}, limit=0,
        say=lambda result: heard.append(result.source),
    )  # fmt: skip
    assert [result.outcome for result in results] == ["new", "new"]
    assert heard == ["slow", "quick"]
    assert results[0].duration < 14


# --- secrets ---------------------------------------------------------------------------------------------------------


def everything_written(folder: Path, database: Path) -> str:
    """Every file below a folder, and every value of a database."""
    with sqlite3.connect(database) as connection:
        dump = "\n".join(connection.iterdump())
    files = [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]
    return "\n".join([dump, *files])


@pytest.mark.parametrize("how", ["env", "file", "basic"])
def test_a_secret_is_in_nothing_that_is_written_whatever_the_server_says_back(
    store, httpserver, make_document, mailing, mailbox, tmp_path, how, request
):
    """The server says the secret back wherever it can: headers, addresses, bodies of all kinds, errors."""
    caplog, capfd = request.getfixturevalue("caplog"), request.getfixturevalue("capfd")
    caplog.set_level(logging.DEBUG)
    secrets = tmp_path.parent / f"{tmp_path.name}-secrets"
    secrets.mkdir()
    (secrets / "token").write_text(f"{CANARY}\n")
    basic = b64encode(f"me:{CANARY}".encode()).decode()
    value = {"env": "Bearer env:TOKEN", "file": f"Bearer file:{secrets / 'token'}", "basic": "Basic env:BASIC"}[how]
    source = SourceSettings("acme", mailing.sources[0].url, headers={"Authorization": value}, allow_private=True)
    settings = Settings(sources=(source,), recipients=mailing.recipients, smtp=mailing.smtp)
    said = {
        "ETag": f'"{CANARY}"',
        "X-Request-Id": CANARY,
        "Link": f"<https://x.example/{CANARY}>; rel=deprecation",
        "Content-Type": f"application/json; note={CANARY}",
    }
    good, other = make_document(*TWO), make_document(TWO[0])
    answers = [
        Response(good, headers=said),
        Response(other, headers=said),
        Response(good.replace(b"Harbour", CANARY.encode())),
        Response(good.replace(b"Harbour", f"{CANARY}-x".encode())),
        Response(f"<html>{CANARY}</html>"),
        Response(f'{{"openapi": "3.0.3", "{CANARY}": 1, "{CANARY}": 2}}'),
        Response(CANARY, status=500, headers=said),
        Response(CANARY, status=404, headers=said),
        Response(status=301, headers={"Location": f"/{CANARY}?token={CANARY}"}),
        Response(status=301, headers={"Location": f"ftp://{CANARY}/"}),
        Response(status=302, headers={"Location": f"http://{CANARY}.invalid/"}),
        Response(status=302, headers={"Location": f"http://127.0.0.1:1/{CANARY}"}),
        Response(good, headers={"Content-Encoding": CANARY}),
    ]
    results = []
    environ = {"TOKEN": CANARY, "BASIC": basic}
    for hour, answer in enumerate(answers):
        httpserver.clear()
        httpserver.expect_request("/openapi.json").respond_with_response(answer)
        moment = START + timedelta(hours=hour)
        results += check_all(store, settings, clock=fixed_clock(moment), folder=tmp_path, environ=environ, limit=0)
        asked = httpserver.log[0][0].headers["Authorization"]
        send_alerts(store, settings, now=moment, folder=Path())
        deliver(store, settings, now=moment, environ=environ)
    now = START + timedelta(days=6)
    report = build_report(store, settings, since=START, until=now, today=now.date(), folder=tmp_path)
    built = build_digest(store, settings, now=now, folder=tmp_path)
    statuses = list_sources(store, settings, now=now)
    shown = [report_text(report), report_json(report), report_markdown(report), built.digest.text, built.digest.html]
    shown += [sources_text(statuses), sources_markdown(statuses), sources_json(statuses)]
    store.close()
    logged = [record.getMessage() for record in caplog.records if record.name != "werkzeug"]
    written = "\n".join(
        [
            everything_written(tmp_path, tmp_path / "specwatch.db"),
            *shown,
            *map(repr, results),
            *logged,
            *map(str, mailbox.messages),
            *capfd.readouterr(),
        ]
    )
    assert CANARY in asked or basic in asked
    assert len(mailbox.messages) >= 2
    assert {result.outcome for result in results} == {"new", "failed"}
    assert CANARY not in written
    assert basic not in written
