"""Chats and signed webhooks, against servers on this machine."""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpcore
import httpx
import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError
from werkzeug import Request, Response

from monitor.errors import ConfigurationError, DeliveryError
from monitor.fetch import AddressPolicy, ClientOptions
from monitor.fetch.wire import Deadline, Wire
from monitor.notify import build_notice
from monitor.notify.channels import Chat, Webhook
from monitor.report import Notice, NoticeSection

NOW = datetime.now(UTC).replace(microsecond=0)
SECRET = "whsec_" + b64encode(b"k" * 32).decode()
NOTICE = Notice(
    "specwatch: 1 breaking change",
    (NoticeSection("Breaking", ("The operation GET /v1/crews is gone.", "@everyone <!channel>")),),
    {"report": {"format": "specwatch.report/1"}},
)
MESSAGE = build_notice(NOTICE, message_id="msg_1", kind="digest", at=NOW)


def webhook(
    url: str, *, private: bool = True, at: datetime = NOW, secret: str = SECRET, seconds: float = 10
) -> Webhook:
    policy = AddressPolicy.of(url, allow_private=private)
    return Webhook(
        url,
        name="ops",
        secret=secret,
        wire=lambda: Wire(Deadline(seconds), policy, ClientOptions(proxy="")),
        clock=lambda: at,
    )


def refusal(transport: Chat | Webhook) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        transport.send(MESSAGE, sender="specwatch", recipient="channel:ops")
    return caught.value


def lowered(request: Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


@contextmanager
def raw(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with each connection what it is told."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def serve() -> None:
            connection, _ = door.accept()
            with connection:
                connection.recv(65536)
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/hook"
        thread.join()


# --- webhooks -------------------------------------------------------------------------------------------------------


def test_a_webhook_has_the_data_and_is_verified_by_the_reference_implementation(httpserver):
    httpserver.expect_request("/hook", method="POST").respond_with_data("", status=204)
    # The verifier takes nothing that is older than five minutes by its own clock.
    sent_at = datetime.now(UTC)
    webhook(httpserver.url_for("/hook"), at=sent_at).send(MESSAGE, sender="specwatch", recipient="channel:ops")
    ((request, _),) = httpserver.log
    body = request.get_data()
    told = Verifier(SECRET).verify(body, lowered(request))
    assert told["type"] == "specwatch.digest"
    assert told["timestamp"] == NOW.isoformat().replace("+00:00", "Z")
    assert told["data"]["report"] == {"format": "specwatch.report/1"}
    assert told["data"]["sections"][0]["lines"][0] == "The operation GET /v1/crews is gone."
    assert request.headers["webhook-id"] == "msg_1"
    assert request.headers["content-type"] == "application/json"
    for tampered in (body.replace(b"crews", b"boats"), body + b" "):
        with pytest.raises(WebhookVerificationError):
            Verifier(SECRET).verify(tampered, lowered(request))


def test_another_attempt_has_the_same_id_and_body_and_the_time_of_its_own(httpserver):
    httpserver.expect_request("/hook").respond_with_data("")
    for minutes in (0, 5):
        webhook(httpserver.url_for("/hook"), at=NOW + timedelta(minutes=minutes)).send(
            MESSAGE, sender="specwatch", recipient="channel:ops"
        )
    first, second = (request for request, _ in httpserver.log)
    assert first.get_data() == second.get_data()
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 300
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


@pytest.mark.parametrize(
    ("status", "permanent"), [(301, False), (400, False), (404, False), (410, True), (429, False), (500, False)]
)
def test_only_a_2xx_is_an_acceptance_and_only_gone_is_final(httpserver, status, permanent):
    httpserver.expect_request("/hook").respond_with_data("no", status=status, headers={"Location": "/elsewhere"})
    error = refusal(webhook(httpserver.url_for("/hook")))
    assert (error.permanent, error.uncertain) == (permanent, False)
    assert f"it answered {status}" in str(error)
    assert len(httpserver.log) == 1


def test_a_server_says_how_long_it_wants_to_be_left_alone(httpserver):
    answers = iter(["120", "Wed, 21 Oct 2099 07:28:00 GMT", "soon", ""])

    def answer(_: Request) -> Response:
        return Response(status=503, headers={"Retry-After": next(answers)})

    httpserver.expect_request("/hook").respond_with_handler(answer)
    hook = webhook(httpserver.url_for("/hook"))
    found = [refusal(hook).retry_after for _ in range(4)]
    assert (found[0], found[2], found[3]) == (120.0, None, None)
    assert (found[1] or 0) > 10**9


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.7", "169.254.169.254", "[::1]", "2130706433"])
def test_a_webhook_in_ones_own_network_is_refused_unless_it_is_said_to_be_there(host):
    error = refusal(webhook(f"https://{host}:1/hook", private=False))
    assert "specwatch does not go there" in error.what
    assert not error.permanent
    assert "set NAME" not in str(error)


def test_the_metadata_service_is_refused_always():
    assert "metadata service" in refusal(webhook("http://169.254.169.254/latest", private=True)).what


def test_a_connection_that_is_never_made_is_certain_and_one_that_breaks_is_not(closed_port):
    error = refusal(webhook(f"http://127.0.0.1:{closed_port}/hook"))
    assert (error.what, error.uncertain) == ("no connection", False)
    with raw(lambda connection: connection.close()) as url:
        error = refusal(webhook(url))
    assert error.uncertain
    assert "goes out again with the same webhook-id" in error.what


def test_a_server_that_hangs_is_left_and_may_have_the_message():
    over = threading.Event()
    with raw(lambda _: over.wait(30) and None) as url:
        error = refusal(webhook(url, seconds=0.5))
        over.set()
    assert (error.uncertain, error.permanent) == (True, False)
    assert "did not answer in time" in error.what


def test_an_answer_that_never_ends_is_not_read():
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nxx")

    with raw(endless) as url:
        webhook(url).send(MESSAGE, sender="specwatch", recipient="channel:ops")


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/s3cr3t-path", "https://127.0.0.1:{}/s3cr3t-path"])
def test_no_error_shows_the_url_or_the_secret(closed_port, url):
    for private in (True, False):
        error = refusal(webhook(url.format(closed_port), private=private))
        assert "s3cr3t" not in str(error) + repr(error)
        assert SECRET not in str(error)


@pytest.mark.parametrize(
    "secret", ["hunter2", "whsec_", "whsec_!!", b64encode(b"k" * 23).decode(), b64encode(b"k" * 65).decode()]
)
def test_a_secret_that_is_none_is_refused_without_showing_it(secret):
    with pytest.raises(ConfigurationError) as caught:
        webhook("https://hooks.example/", secret=secret)
    assert secret == "whsec_" or secret not in str(caught.value)
    assert "openssl rand" in str(caught.value)


def test_transports_may_fail_as_httpx_or_httpcore_do():
    class Broken(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise httpcore.ReadError("x")

    hook = Webhook("https://h.example/", name="ops", secret=SECRET, wire=Broken, clock=lambda: NOW)
    assert refusal(hook).uncertain


# --- chats ----------------------------------------------------------------------------------------------------------


def url_of(httpserver, scheme: str, path: str = "/x") -> str:
    return f"{scheme}://127.0.0.1:{httpserver.port}{path}"


@pytest.mark.parametrize(
    ("scheme", "path", "place"),
    [
        ("json", "/x", ("title", "message")),
        ("ntfy", "/alerts", ("title", "message")),
        ("gotify", "/aaaaaaaaaaaaaaa", ("title", "message")),
        ("mmost", "/bbbbbbbbbbbbbbbbbbbbbbbb", ("text", "text")),
    ],
)
def test_a_chat_gets_title_and_lines_that_call_nobody(httpserver, scheme, path, place):
    httpserver.expect_request(re.compile(".*")).respond_with_json({"ok": True, "id": 1})
    Chat(url_of(httpserver, scheme, path), name="ops").send(MESSAGE, sender="specwatch", recipient="channel:ops")
    ((request, _),) = httpserver.log
    told = json.loads(request.get_data())
    assert "specwatch: 1 breaking change" in told[place[0]]
    assert "Breaking\n• The operation GET /v1/crews is gone." in told[place[1]]
    assert "@everyone" not in request.get_data(as_text=True)
    assert "github" not in request.get_data(as_text=True)


def test_a_form_that_a_chat_gets_is_what_it_was_before_at_every_attempt(httpserver):
    httpserver.expect_request("/x").respond_with_json({})
    chat = Chat(url_of(httpserver, "json"), name="ops")
    for _ in range(2):
        chat.send(MESSAGE, sender="specwatch", recipient="channel:ops")
    assert len({request.get_data() for request, _ in httpserver.log}) == 1


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_chat_that_refuses_is_told_by_its_status_and_tried_again(httpserver, status):
    httpserver.expect_request("/x").respond_with_data("no", status=status)
    error = refusal(Chat(url_of(httpserver, "json"), name="ops"))
    assert str(error) == f"channel:ops: JSON: it answered {status}"
    assert not error.permanent


def test_a_chat_that_is_not_there_is_told_without_its_url(closed_port, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    error = refusal(Chat(f"json://user:hunter2@127.0.0.1:{closed_port}/t0k3n", name="ops"))
    assert str(error) == "channel:ops: JSON: it could not be reached"
    said = caplog.text + "".join(capfd.readouterr())
    assert "hunter2" not in said
    assert "t0k3n" not in said


@pytest.mark.parametrize("url", ["nonsense://hunter2", "hunter2", "slack://hunter2", ""])
def test_a_url_that_apprise_does_not_know_is_refused_without_showing_it(url, capfd):
    with pytest.raises(ConfigurationError) as caught:
        Chat(url, name="ops")
    assert "hunter2" not in str(caught.value) + "".join(capfd.readouterr())
    assert "the channel ops" in str(caught.value)
