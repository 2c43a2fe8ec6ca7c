"""The way to a document: hosts that are not there, certificates, proxies, and secrets that stay secret."""

from __future__ import annotations

import logging
import ssl
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from monitor.errors import FetchError
from monitor.fetch import ClientOptions, FetchLimits
from monitor.fetch.address import shown
from monitor.fetch.wire import tls_context
from tests.fetch.local import fetch

PATH = "/openapi.json"
CERTIFICATE = Path(__file__).parent.parent / "notify" / "localhost.pem"
SECRET = "hunter2"


def refused(url: str, limits: FetchLimits, **options) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, limits=limits, **options)
    return caught.value


def seen(httpserver, path: str) -> dict[str, str]:
    return next(dict(request.headers) for request, _ in httpserver.log if request.path == path)


def test_a_server_that_is_not_there_is_said_so(closed_port, quick):
    error = refused(f"http://127.0.0.1:{closed_port}{PATH}", quick)
    assert (error.category, error.what) == ("connect", "no connection: connection refused")


@pytest.mark.parametrize("host", ["openapi.invalid", "a" * 70 + ".example", "a..example"])
def test_a_host_that_does_not_exist_is_said_so(once, host):
    assert refused(f"http://{host}{PATH}", once).category == "dns"


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "https:///openapi.json",
        "http:openapi.json",
        "http://[::1",
        "http://a:b:c/",
        "http://127.0.0.1:99999/",
        "http://a\x07b/",
    ],
)
def test_an_address_that_is_none_is_said_so(once, url):
    assert refused(url, once).category == "invalid"


@pytest.fixture
def secure(document):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with HTTPServer("127.0.0.1", 0, ssl_context=context) as server:
        server.expect_request(PATH).respond_with_data(document)
        yield server


def test_a_certificate_that_is_not_trusted_is_refused_at_once(secure, quick):
    error = refused(f"https://localhost:{secure.port}{PATH}", quick)
    assert error.category == "tls"
    assert "its certificate is not trusted: self-signed certificate" in error.what.replace("self signed", "self-signed")
    assert secure.log == []


def test_a_certificate_that_the_environment_trusts_is_taken(secure, document, once, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert fetch(f"https://localhost:{secure.port}{PATH}", limits=once).data == document


def test_a_certificate_for_another_host_is_refused(secure, once, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    error = refused(f"https://127.1:{secure.port}{PATH}", once)
    assert (error.category, "mismatch" in error.what.lower()) == ("tls", True)


def test_a_body_cut_under_tls_is_tried_again_and_then_an_error(raw, quick, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", context=context)
    assert refused(server.url, quick).category == "connect"
    assert server.connections == 3


def test_https_at_a_server_without_it_is_no_secure_connection(httpserver, once):
    assert refused(f"https://127.0.0.1:{httpserver.port}{PATH}", once).category == "tls"


def test_the_proxy_of_the_environment_is_asked(httpserver, document, once, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://me:{SECRET}@127.0.0.1:{httpserver.port}")
    monkeypatch.setenv("http_proxy", f"http://me:{SECRET}@127.0.0.1:{httpserver.port}")
    httpserver.expect_request(PATH).respond_with_data(document)
    fetched = fetch(f"http://api.invalid{PATH}", limits=once)
    assert (fetched.data, fetched.url) == (document, f"http://api.invalid{PATH}")
    headers = seen(httpserver, PATH)
    assert headers["Host"] == "api.invalid"
    assert headers["Proxy-Authorization"] == "Basic " + b64encode(f"me:{SECRET}".encode()).decode()


def test_a_host_of_no_proxy_is_asked_itself(httpserver, document, once, there, closed_port, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    httpserver.expect_request(PATH).respond_with_data(document)
    assert fetch(f"{there}{PATH}", limits=once).data == document


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_told_apart_from_the_server(once, closed_port, monkeypatch, scheme):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://me:{SECRET}@127.0.0.1:{closed_port}")
    error = refused(f"{scheme}://127.0.0.1{PATH}", once)
    assert (error.category, error.what) == ("connect", "the proxy that the environment names is not there, or refuses")
    assert SECRET not in str(error)


@pytest.mark.parametrize("proxy", [f"socks5://me:{SECRET}@localhost:1", f"http://me:{SECRET}@[::1", "http://"])
def test_a_proxy_that_cannot_be_used_is_said_so_without_its_password(once, there, monkeypatch, proxy):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, proxy)
    error = refused(f"{there}{PATH}", once)
    assert "proxy that cannot be used" in error.what
    assert SECRET not in str(error)


def test_user_name_and_password_of_the_address_log_in_and_are_not_told(httpserver, document, once, there):
    httpserver.expect_request(PATH).respond_with_data(document)
    fetched = fetch(f"http://m%40e:{SECRET}%3A@127.0.0.1:{httpserver.port}{PATH}", limits=once)
    assert fetched.url == f"{there}{PATH}"
    assert seen(httpserver, PATH)["Authorization"] == "Basic " + b64encode(f"m@e:{SECRET}:".encode()).decode()


def test_a_header_of_the_source_goes_before_the_address_s_user_name(httpserver, document, once):
    httpserver.expect_request(PATH).respond_with_data(document)
    url = f"http://me:{SECRET}@127.0.0.1:{httpserver.port}{PATH}"
    fetch(url, headers={"authorization": "Bearer other"}, limits=once)
    assert seen(httpserver, PATH)["Authorization"] == "Bearer other"


@pytest.mark.parametrize(
    "rest",
    ["127.0.0.1:{closed}/x", "openapi.invalid/x", "127.0.0.1:{port}/missing", "127.0.0.1:{port}/broken", "127.0.0.1:{port}/loop",
     "127.0.0.1:{port}/empty", "127.0.0.1:{port}/large", "[::1/x", "host:port/x", "a\x07b/x"],
)  # fmt: skip
@pytest.mark.parametrize("user", [f"me:{SECRET}", f"me:pa/{SECRET}", f"me:{SECRET}@home", f":{SECRET}"])
def test_no_error_tells_the_user_name_or_the_password(httpserver, leads, closed_port, once, user, rest):
    leads("/loop", "/loop")
    httpserver.expect_request("/broken").respond_with_data(status=500)
    httpserver.expect_request("/empty").respond_with_data(b"")
    httpserver.expect_request("/large").respond_with_data(b"x" * 1000)
    url = f"http://{user}@{rest.format(closed=closed_port, port=httpserver.port)}"
    error = refused(url, replace(once, bytes=100))
    assert SECRET not in str(error) + repr(error)
    assert "me:" not in str(error)


@pytest.mark.parametrize("headers", [{"X-Key": f"{SECRET}\r\nX-Other: 1"}, {"X-Key": f"{SECRET}☃"}, {"X Key": SECRET}])
def test_a_header_that_cannot_be_sent_is_named_and_not_shown(httpserver, once, there, headers):
    error = refused(f"{there}{PATH}", once, headers=headers)
    assert error.category == "invalid"
    assert repr(next(iter(headers)).lower()) in error.what
    assert SECRET not in str(error)
    assert httpserver.log == []


def test_nothing_logs_the_value_of_a_header(httpserver, quick, there, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    httpserver.expect_request(PATH).respond_with_data(status=503)
    refused(f"http://me:{SECRET}@127.0.0.1:{httpserver.port}{PATH}", quick, headers={"X-Api-Key": SECRET})
    assert SECRET not in caplog.text
    assert b64encode(f"me:{SECRET}".encode()).decode() not in caplog.text


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://example.com/a@b?x=y@z", "https://example.com/a@b?x=y@z"),
        ("https://me:pw@example.com/a@b", "https://example.com/a@b"),
        ("https://me@example.com#part", "https://example.com"),
        ("HTTPS://me:p@w@example.com:8443/x", "HTTPS://example.com:8443/x"),
        ("https://example.com/\x1b[31m", "https://example.com/\N{REPLACEMENT CHARACTER}[31m"),
        ("openapi.json", "openapi.json"),
    ],
)
def test_an_address_is_shown_without_user_name_password_and_fragment(url, told):
    assert shown(url) == told


def test_importing_is_quick_because_the_http_client_comes_later():
    code = "import sys, monitor.fetch, monitor.fetch.git; print([m for m in ('httpx', 'httpcore', 'stamina', 'ssl') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_retry_says_nothing_on_stderr(raw):
    server = raw(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
    code = (
        "import sys\nfrom monitor.errors import FetchError\nfrom monitor.fetch import AddressPolicy, FetchLimits, fetch\n"
        "policy = AddressPolicy.typed(sys.argv[1])\n"
        "try:\n    fetch(sys.argv[1], limits=FetchLimits(wait=0.01), policy=policy)\nexcept FetchError as error:\n    print(error.status)"
    )
    run = subprocess.run([sys.executable, "-c", code, server.url], capture_output=True, text=True, check=True)
    assert (run.stdout.strip(), run.stderr, server.connections) == ("503", "", 3)


def test_an_authority_of_the_configuration_is_trusted_besides_the_usual_ones(secure, document, once):
    url = f"https://localhost:{secure.port}{PATH}"
    assert fetch(url, limits=once, options=ClientOptions(ca_file=CERTIFICATE)).data == document
    assert refused(url, once).category == "tls"


def test_authorities_that_cannot_be_read_are_said_so(secure, once, tmp_path):
    for path in (tmp_path / "gone.pem", Path(__file__)):
        error = refused(f"https://localhost:{secure.port}{PATH}", once, options=ClientOptions(ca_file=path))
        assert (error.category, error.where) == ("tls", str(path))


def test_authorities_are_read_once_until_they_change(secure, document, once, tmp_path):
    url, file = f"https://localhost:{secure.port}{PATH}", tmp_path / "authorities.pem"
    options = ClientOptions(ca_file=file)
    file.write_bytes(CERTIFICATE.read_bytes())
    first = tls_context(options)
    assert fetch(url, limits=once, options=options).data == document
    assert tls_context(ClientOptions(ca_file=file)) is first
    file.write_bytes(b"")
    assert refused(url, once, options=options).category == "tls"
    file.write_bytes(CERTIFICATE.read_bytes())
    assert fetch(url, limits=once, options=options).data == document
    assert tls_context(options) is not first
