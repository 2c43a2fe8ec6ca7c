"""`specwatch doctor`: every step of every part, and what to do where one is at fault."""

from __future__ import annotations

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from .conftest import BEFORE

CERTIFICATE = Path(__file__).parent.parent / "notify" / "localhost.pem"


def configure(place: Path, text: str) -> None:
    (place / "specwatch.toml").write_text(text)


def source(name: str, url: str, more: str = "allow_private = true") -> str:
    return f'[[sources]]\nname = "{name}"\nurl = "{url}"\n{more}\n'


@pytest.fixture
def diagnosed(specwatch):
    """`diagnosed("acme")`: the exit code, and the steps of each part by their names."""

    def run(*names: str) -> tuple[int, dict[str, dict[str, dict[str, object]]]]:
        result = specwatch("doctor", *names, "--format", "json")
        value = json.loads(result.out)
        assert value["format"] == "specwatch.doctor/1"
        sections = {each["subject"]: {step["name"]: step for step in each["steps"]} for each in value["sections"]}
        states = [step["state"] for steps in sections.values() for step in steps.values()]
        assert (value["faults"], value["warnings"]) == (states.count("fault"), states.count("warning"))
        return result.code, sections

    return run


def test_what_is_in_order_is_shown_step_by_step(place, specwatch, httpserver, mailbox):
    httpserver.expect_request("/openapi.yaml").respond_with_data(BEFORE, headers={"ETag": '"1"'})
    url = f"http://127.0.0.1:{httpserver.port}/openapi.yaml"
    mail = f'recipients = ["jo@example.org"]\n[smtp]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\nsender = "specwatch@example.org"\n'
    configure(place, mail + source("lanterns", url))
    specwatch("check")
    httpserver.clear_log()
    result = specwatch("doctor")
    assert result.code == 0
    assert result.out.endswith("\n1 warning.\n")  # there is no TLS
    for words in (
        "sources   1 source",
        "as this version needs it",
        "sound; 1 version read, each as it was stored",
        "the server answers, without encryption",
        "127.0.0.1 (",
        "HTTP 200 (",
        f"{len(BEFORE)} bytes",
        "an unchanged document is not sent again (ETag)",
        "OpenAPI 3.0.3, Lanterns 1, 2 operations",
        "validity  valid",
    ):
        assert words in result.out
    assert len(httpserver.log) == 1
    assert specwatch("history", "lanterns").out.count("first version") == 1


def test_a_source_at_fault_says_at_which_step_and_what_to_do(place, diagnosed, httpserver):
    there = f"http://127.0.0.1:{httpserver.port}"
    httpserver.expect_request("/page").respond_with_data("<!doctype html><p>Welcome")
    httpserver.expect_request("/missing").respond_with_data(status=404)
    httpserver.expect_request("/moved").respond_with_data(status=301, headers={"Location": f"{there}/now"})
    httpserver.expect_request("/now").respond_with_data(BEFORE.replace("description: All of them.", "x-none: 1"))
    configure(
        place,
        source("private", f"{there}/now", "")
        + source("missing", f"{there}/missing")
        + source("page", f"{there}/page")
        + source("moved", f"{there}/moved")
        + source("file", "nowhere.yaml", ""),
    )
    code, found = diagnosed()
    assert code == 3
    assert found["private"]["address"]["state"] == "fault"
    assert "specwatch set private --allow-private" in found["private"]["address"]["advice"]
    assert "HTTP 404" in found["missing"]["fetch"]["what"]
    assert "web page" in found["page"]["document"]["what"]
    assert found["moved"]["redirect"]["advice"] == f"specwatch set moved --url {there}/now"
    assert found["moved"]["validity"]["state"] == "warning"
    assert "invalid at 1 place" in found["moved"]["validity"]["what"]
    assert found["file"]["fetch"]["state"] == "fault"
    assert diagnosed("moved")[0] == 0


def test_a_configuration_at_fault_goes_before_all_others(place, diagnosed, specwatch):
    configure(place, source("lanterns", "before.yaml", 'promise = "./missing.toml"'))
    code, found = diagnosed()
    assert code == 2
    assert found["configuration"]["lanterns"]["state"] == "fault"
    configure(place, "sources = 3\n")
    code, found = diagnosed()
    assert code == 2
    assert "specwatch.toml:1" in found["configuration"]["file"]["what"]
    plain = specwatch("doctor")
    assert (plain.code, plain.out) == (2, "")


def test_a_database_at_fault_is_told(place, diagnosed, specwatch):
    configure(place, source("lanterns", "before.yaml", ""))
    assert "not there yet" in diagnosed()[1]["database"]["file"]["what"]
    assert not (place / "specwatch.db").exists()
    specwatch("check")
    import sqlite3

    with sqlite3.connect(place / "specwatch.db") as connection:
        connection.execute("UPDATE contents SET packed = x'00'")
    connection.close()
    code, found = diagnosed()
    assert code == 3
    assert "damaged" in found["database"]["integrity"]["what"]
    assert "backup" in found["database"]["integrity"]["advice"]
    with sqlite3.connect(place / "specwatch.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "newer" in diagnosed()[1]["database"]["schema"]["what"]
    for file in place.glob("specwatch.db*"):
        file.unlink()
    (place / "specwatch.db").write_text("no database at all " * 100)
    code, found = diagnosed()
    assert (code, found["database"]["open"]["state"]) == (3, "fault")


def test_a_mail_server_at_fault_is_told_and_no_password_with_it(place, diagnosed, monkeypatch, specwatch):
    smtp = '[smtp]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"\nsender = "s@example.org"\nusername = "u"\npassword = "env:MAIL"\n'
    configure(place, 'recipients = ["jo@example.org"]\n' + smtp)
    code, found = diagnosed()
    assert code == 3
    assert "the environment variable MAIL" in found["mail"]["login"]["what"]
    monkeypatch.setenv("MAIL", "canary")
    result = specwatch("doctor")
    assert "connection refused" in result.out
    assert "canary" not in result.out + result.err


def test_channels_are_looked_at_without_a_word_to_them(place, diagnosed, monkeypatch, specwatch):
    monkeypatch.setenv("CHAT", "ntfy://127.0.0.1:9/c4n4ry")
    monkeypatch.setenv("STRANGE", "c4n4ry://x")
    monkeypatch.setenv("SIGN", "whsec_" + "a2tr" * 11)
    chats = "".join(f'[channels.{name}]\nurl = "env:{name.upper()}"\n' for name in ("chat", "strange", "unset"))
    hooks = '[channels.hook]\nwebhook = "https://hooks.example/"\nsecret = "env:SIGN"\n'
    configure(place, f'recipients = ["channel:chat", "channel:strange", "channel:unset"]\n{chats}{hooks}')
    code, found = diagnosed()
    assert code == 3
    assert {name: step["state"] for name, step in found["channels"].items()} == {
        "chat": "ok",
        "strange": "fault",
        "unset": "fault",
        "hook": "warning",
    }
    assert found["channels"]["chat"]["what"] == "ntfy, which apprise knows"
    assert found["mail"]["settings"]["what"] == "every recipient is a channel, so that none is needed"
    result = specwatch("doctor")
    assert "c4n4ry" not in result.out + result.err
    assert 'Add "channel:hook" to the recipients.' in result.out


def test_a_certificate_that_is_not_trusted_is_a_fault_of_tls(place, diagnosed):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(500)

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        configure(place, source("lanterns", f"https://127.0.0.1:{server.server_port}/"))
        code, found = diagnosed()
        assert code == 3
        assert "certificate is not trusted" in found["lanterns"]["TLS"]["what"]
        configure(
            place,
            f'[fetch]\nca_file = "{CERTIFICATE}"\n' + source("lanterns", f"https://localhost:{server.server_port}/"),
        )
        tls = diagnosed()[1]["lanterns"]["TLS"]
        assert "TLSv1" in str(tls["what"])
        assert "valid until" in str(tls["what"])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_unknown_source_is_wrong_use(place, specwatch):
    configure(place, source("lanterns", "before.yaml", ""))
    result = specwatch("doctor", "lantern")
    assert result.code == 2
    assert "lanterns" in result.err


def test_what_is_used_or_subscribed_to_and_is_not_in_the_document_is_named(place, diagnosed):
    uses = 'uses = ["GET /v1/lanterns", "GET /api/v1/lanterns"]'
    subscriptions = (
        '[[subscriptions]]\nname = "astray"\nrecipients = ["jo@example.org"]\ntags = ["Nope"]\noperations = ["/v9/**"]\n'
        '[[subscriptions]]\nname = "fine"\nrecipients = ["jo@example.org"]\noperations = ["/v1/**"]\n'
    )
    configure(place, source("lanterns", "before.yaml", uses) + subscriptions)
    _, found = diagnosed()
    assert found["lanterns"]["uses"]["state"] == "warning"
    assert "'GET /api/v1/lanterns'" in found["lanterns"]["uses"]["what"]
    assert "'GET /v1/lanterns'" not in found["lanterns"]["uses"]["what"]
    assert found["subscriptions"]["astray"]["state"] == "warning"
    assert "operation '/v9/**'" in found["subscriptions"]["astray"]["what"]
    assert "tag 'Nope'" in found["subscriptions"]["astray"]["what"]
    assert found["subscriptions"]["fine"]["state"] == "ok"
    configure(place, source("lanterns", "before.yaml", 'uses = ["GET /v1/lanterns"]'))
    assert diagnosed()[1]["lanterns"]["uses"]["state"] == "ok"
