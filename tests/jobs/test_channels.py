"""Channels through the jobs: the digest and alerts reach mail, chats and webhooks, each by itself."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from werkzeug import Response

from monitor.clock import fixed_clock
from monitor.errors import ConfigurationError
from monitor.jobs import (
    build_digest,
    check_source,
    deliver,
    due_digest,
    import_history,
    outbox_items,
    outbox_message,
    put_notice,
    send_alerts,
    send_digest,
    versions_in_files,
)
from monitor.report import Notice, NoticeSection, digest_notice
from monitor.settings import ChannelSettings, Settings, SmtpSettings, SourceSettings
from monitor.store import Store

SOURCE = SourceSettings("harbour", "https://harbour.example/openapi.json", promise="incident-io")
HERE = Path()
MONDAY = datetime(2025, 6, 16, 8, tzinfo=UTC)
SECRET = "whsec_" + b64encode(b"k" * 32).decode()
TOKEN = "t0ps3cr3t"


@pytest.fixture
def harbour(store: Store, harbour_folder: Path) -> Store:
    """The harbour's history in the store, watched since January."""
    with store.transaction() as uow:
        uow.sources.ensure(SOURCE.name, SOURCE.url, now=datetime(2025, 1, 2, tzinfo=UTC))
    versions = versions_in_files([harbour_folder])
    import_history(store, SOURCE, versions, now=datetime(2025, 7, 2, tzinfo=UTC), folder=HERE, limit=0)
    return store


@pytest.fixture
def environ(httpserver) -> dict[str, str]:
    """The URLs and the secret that the configuration names."""
    return {
        "CHAT": f"json://127.0.0.1:{httpserver.port}/chat/{TOKEN}",
        "HOOK": f"http://127.0.0.1:{httpserver.port}/hook/{TOKEN}",
        "SIGN": SECRET,
    }


@pytest.fixture
def everywhere(mailbox) -> Settings:
    """A person, a chat and a webhook."""
    return Settings(
        sources=(SOURCE,),
        recipients=("ann@example.org", "channel:chat", "channel:hook"),
        smtp=SmtpSettings("127.0.0.1", mailbox.port, "none", "specwatch@example.org"),
        channels=(
            ChannelSettings("chat", url="env:CHAT"),
            ChannelSettings("hook", webhook="env:HOOK", secret="env:SIGN", allow_private=True),
        ),
    )


def states(store: Store, now: datetime = MONDAY) -> list[tuple[str, str]]:
    return [(item.recipient, str(item.state)) for item in outbox_items(store, now=now)]


def heard(httpserver, path: str) -> list[dict]:
    return [json.loads(request.get_data()) for request, _ in httpserver.log if request.path.startswith(path)]


def test_the_digest_goes_to_mail_a_chat_and_a_webhook_with_the_json_of_the_changes(
    harbour, everywhere, environ, mailbox, httpserver
):
    httpserver.expect_request(re.compile("/(chat|hook)/.*")).respond_with_json({})
    assert send_digest(harbour, everywhere, now=MONDAY, folder=HERE).messages == 3
    assert send_digest(harbour, everywhere, now=MONDAY, folder=HERE).messages == 0
    assert deliver(harbour, everywhere, now=MONDAY, environ=environ).sent == 3
    assert [state for _, state in states(harbour)] == ["accepted"] * 3
    (chat,) = heard(httpserver, "/chat")
    assert chat["title"] == mailbox.messages[0]["Subject"]
    assert "The operation GET /v1/crews is gone." in chat["message"]
    (hook,) = heard(httpserver, "/hook")
    assert hook["type"] == "specwatch.digest"
    (source,) = hook["data"]["report"]["sources"]
    changes = [change["rule"] for each in source["comparisons"] for change in each["diff"]["changes"]]
    assert "operation-removed" in changes
    (request,) = [request for request, _ in httpserver.log if request.path.startswith("/hook")]
    headers = {name.lower(): value for name, value in request.headers.items()}
    mac = headers["webhook-signature"]
    # The reference implementation refuses what is old, so that it is asked only whether it would have signed the same.
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert Verifier(SECRET).sign(headers["webhook-id"], at, request.get_data(as_text=True)) == mac
    assert at == MONDAY


def test_a_report_that_is_too_large_goes_without_the_particulars_of_its_changes_and_says_so(harbour, everywhere):
    report = build_digest(harbour, everywhere, now=MONDAY, folder=HERE).report

    def rules(found: dict) -> list[tuple[str, str]]:
        diffs = [each["diff"] for source in found["report"]["sources"] for each in source["comparisons"]]
        return [(change["rule"], change["message"]) for diff in diffs for change in diff["changes"]]

    whole = digest_notice(report).data
    size = len(json.dumps(whole["report"], ensure_ascii=False, separators=(",", ":")).encode())
    slim = digest_notice(report, largest=size - 1).data
    assert (whole["cut"], rules(slim)) == (None, rules(whole))
    assert "specwatch report --since 2025-06-09 --format json" in slim["cut"]
    assert '"operations": [' not in json.dumps(slim["report"]["sources"][0]["comparisons"])
    nothing = digest_notice(report, largest=10).data
    assert (nothing["report"], "too large" in nothing["cut"]) == (None, True)


def test_each_channel_waits_by_itself_and_the_same_message_goes_out_again(
    harbour, everywhere, environ, mailbox, httpserver
):
    httpserver.expect_request(re.compile("/chat/.*")).respond_with_json({})
    answers = iter([503, 204])
    httpserver.expect_request(re.compile("/hook/.*")).respond_with_handler(lambda _: Response(status=next(answers)))
    send_digest(harbour, everywhere, now=MONDAY, folder=HERE)
    done = deliver(harbour, everywhere, now=MONDAY, environ=environ)
    assert (done.sent, done.waiting, len(mailbox.messages)) == (2, 1, 1)
    assert done.error == "channel:hook: it answered 503"
    assert deliver(harbour, everywhere, now=MONDAY + timedelta(minutes=1), environ=environ).sent == 1
    first, second = heard(httpserver, "/hook")
    assert first == second
    assert states(harbour)[-1] == ("channel:hook", "accepted")


def test_a_webhook_in_ones_own_network_waits_until_it_is_allowed(harbour, everywhere, environ, httpserver):
    own = replace(everywhere.channels[1], allow_private=False)
    settings = replace(everywhere, channels=(own,), recipients=("channel:hook",), smtp=None)
    environ["HOOK"] = environ["HOOK"].replace("http:", "https:")
    send_digest(harbour, settings, now=MONDAY, folder=HERE)
    done = deliver(harbour, settings, now=MONDAY, environ=environ)
    assert "a loopback address, and specwatch does not go there" in (done.error or "")
    assert "set allow_private = true in its table under [channels]" in (done.error or "")
    assert httpserver.log == []
    environ["HOOK"] = environ["HOOK"].replace("https:", "http:")
    with pytest.raises(ConfigurationError, match="no https: URL"):
        deliver(harbour, settings, now=MONDAY + timedelta(hours=1), environ=environ)


@pytest.mark.parametrize("missing", ["CHAT", "HOOK", "SIGN"])
def test_a_variable_that_is_not_set_holds_up_no_other_channel(
    harbour, everywhere, environ, mailbox, httpserver, missing
):
    httpserver.expect_request(re.compile("/(chat|hook)/.*")).respond_with_json({})
    send_digest(harbour, everywhere, now=MONDAY, folder=HERE)
    value = environ.pop(missing)
    with pytest.raises(ConfigurationError, match=f"environment variable {missing}"):
        deliver(harbour, everywhere, now=MONDAY, environ=environ)
    assert [state for _, state in states(harbour)].count("accepted") == 2
    (left,) = [item for item in outbox_items(harbour, now=MONDAY) if item.state == "pending"]
    assert left.attempts == 0
    environ[missing] = value
    assert deliver(harbour, everywhere, now=MONDAY, environ=environ).sent == 1


def test_a_channel_that_is_no_longer_configured_leaves_its_message_waiting_and_says_so(harbour, everywhere, environ):
    send_digest(harbour, replace(everywhere, recipients=("channel:chat",)), now=MONDAY, folder=HERE)
    with pytest.raises(ConfigurationError, match="no channel is called 'chat' any more"):
        deliver(harbour, replace(everywhere, channels=()), now=MONDAY, environ=environ)
    assert states(harbour) == [("channel:chat", "pending")]


def test_channels_alone_need_no_mail_server(harbour, everywhere):
    alone = replace(everywhere, smtp=None, recipients=("channel:chat",))
    assert due_digest(harbour, alone, now=MONDAY) is not None
    assert due_digest(harbour, replace(everywhere, smtp=None), now=MONDAY) is None
    with pytest.raises(ConfigurationError, match=r"\[smtp\]"):
        send_digest(harbour, replace(everywhere, smtp=None), now=MONDAY, folder=HERE)


def test_no_url_and_no_secret_of_a_channel_is_stored_or_shown(harbour, everywhere, environ, httpserver, sqlite_url):
    httpserver.expect_request(re.compile("/(chat|hook)/.*")).respond_with_data("no", status=500)
    send_digest(harbour, everywhere, now=MONDAY, folder=HERE)
    done = deliver(harbour, everywhere, now=MONDAY, environ=environ)
    shown = str(done) + "".join(
        str(outbox_message(harbour, item.id, raw=True)) for item in outbox_items(harbour, now=MONDAY)
    )
    assert TOKEN not in shown
    assert SECRET not in shown
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    if file.exists():
        kept = b"".join(path.read_bytes() for path in file.parent.glob("specwatch.db*"))
        assert TOKEN.encode() not in kept
        assert SECRET.encode() not in kept


def test_an_outage_is_told_to_channels_and_so_is_its_end(store, everywhere, environ, httpserver, tmp_path):
    httpserver.expect_request(re.compile("/(chat|hook)/.*")).respond_with_json({})
    source = SourceSettings("acme", "acme.json")
    settings = replace(everywhere, sources=(source,), recipients=("channel:chat", "channel:hook"), smtp=None)
    good = b'{"openapi": "3.0.3", "info": {"title": "A", "version": "1"}, "paths": {}}'
    for hour, data in enumerate((good, None, None, None, good)):
        if data is None:
            (tmp_path / "acme.json").unlink(missing_ok=True)
        else:
            (tmp_path / "acme.json").write_bytes(data)
        now = MONDAY + timedelta(hours=hour)
        check_source(store, source, clock=fixed_clock(now), folder=tmp_path, environ={}, limit=0)
        send_alerts(store, settings, now=now, folder=Path())
        deliver(store, settings, now=now, environ=environ)
    assert [told["title"] for told in heard(httpserver, "/chat")] == [
        "specwatch: acme cannot be checked",
        "specwatch: acme is back",
    ]
    down, up = heard(httpserver, "/hook")
    assert (down["type"], down["data"]["outage"]["source"], down["data"]["outage"]["over_at"]) == (
        "specwatch.alert",
        "acme",
        None,
    )
    assert up["data"]["outage"]["over_at"] is not None


def test_anything_can_be_told_to_a_channel_once(store):
    notice = Notice("A thing", (NoticeSection("What", ("this", "that")),), {"diff": {"changes": []}})

    def put(period: str) -> bool:
        with store.transaction() as uow:
            return put_notice(uow, "channel:ops", notice, kind="alert", period=period, now=MONDAY)

    assert [put("one"), put("one"), put("two")] == [True, False, True]
    (item, _) = outbox_items(store, now=MONDAY)
    assert outbox_message(store, item.id)[1] == "A thing\n\nWhat\n- this\n- that\n"
    assert json.loads(outbox_message(store, item.id, raw=True)[1])["data"] == {"diff": {"changes": []}}


def test_an_alert_and_a_reminder_reach_a_chat_and_a_webhook_with_their_words(
    store, everywhere, environ, httpserver, tmp_path, make_document
):
    httpserver.expect_request(re.compile("/(chat|hook)/.*")).respond_with_json({})
    file = tmp_path / "api.json"
    names = ("GET /v1/boats", "GET /v1/crews", "GET /v2/boats", "GET /v2/locks", "GET /v2/tides", "GET /v2/winds")
    source = SourceSettings("harbour", str(file), promise="incident-io")
    settings = replace(everywhere, sources=(source,), recipients=("channel:chat", "channel:hook"))
    told = [
        ("2026-05-10T09:00", names, ()),
        ("2026-05-11T09:00", names, names[:1]),
        ("2026-08-09T09:00", (names[0], *names[2:]), names[:1]),
    ]
    for at, served, deprecated in told:
        now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        file.write_bytes(make_document(*served, deprecated=deprecated))
        check_source(store, source, clock=fixed_clock(now), folder=tmp_path, environ={})
        now += timedelta(minutes=1)
        send_alerts(store, settings, now=now, folder=tmp_path)
        deliver(store, settings, now=now, environ=environ)
    titles = [each["title"] for each in heard(httpserver, "/chat")]
    assert titles == [
        "[specwatch] Alert: harbour: 1 breaking, 1 deadline within 30 days (GET /v1/crews)",
        "[specwatch] Reminder: harbour: GET /v1/boats: deadline in 1 day",
    ]
    alert = heard(httpserver, "/chat")[0]["message"]
    assert "Stop calling GET /v1/crews, it is gone" in alert
    assert "<" not in alert
    assert [each["type"] for each in heard(httpserver, "/hook")] == ["specwatch.alert"] * 2
    assert {state for _, state in states(store, now)} == {"accepted"}
