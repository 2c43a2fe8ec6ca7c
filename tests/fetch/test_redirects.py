"""Redirects: followed, counted, and never with a secret to another host."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from monitor.errors import FetchError
from monitor.fetch import FetchLimits
from tests.fetch.local import fetch

PATH = "/openapi.json"
SECRET = "hunter2"
OWN = {"Authorization": f"Bearer {SECRET}", "X-Api-Key": SECRET, "Cookie": f"session={SECRET}"}


def refused(url: str, limits: FetchLimits, **options) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, limits=limits, **options)
    return caught.value


@pytest.fixture
def here(httpserver):
    """The server under one name of this machine."""
    return f"http://localhost:{httpserver.port}"


def seen(httpserver, path: str) -> dict[str, str]:
    return next(dict(request.headers) for request, _ in httpserver.log if request.path == path)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_the_last_address_told(httpserver, leads, document, once, here, there, status):
    leads("/old", f"{there}{PATH}", status)
    httpserver.expect_request(PATH).respond_with_data(document)
    fetched = fetch(f"{here}/old", limits=once)
    assert (fetched.data, fetched.url) == (document, f"{there}{PATH}")


@pytest.mark.parametrize("location", [PATH, "openapi.json", "../openapi.json", "openapi.json#/info"])
def test_a_relative_redirect_starts_where_it_stands(httpserver, leads, document, once, here, location):
    leads("/docs", location)
    httpserver.expect_request(PATH).respond_with_data(document)
    assert fetch(f"{here}/docs", limits=once).data == document


def test_no_header_of_the_source_goes_to_another_host(httpserver, leads, document, once, here, there):
    leads("/old", f"{there}{PATH}")
    httpserver.expect_request(PATH).respond_with_data(document)
    fetch(f"{here}/old", headers=OWN, etag='"a"', limits=once)
    assert OWN.items() <= seen(httpserver, "/old").items()
    assert SECRET not in str(seen(httpserver, PATH))
    assert seen(httpserver, PATH)["If-None-Match"] == '"a"'


def test_the_headers_of_the_source_go_along_on_the_same_host(httpserver, leads, document, once, here):
    leads("/old", PATH)
    httpserver.expect_request(PATH).respond_with_data(document)
    fetch(f"{here}/old", headers=OWN, limits=once)
    assert OWN.items() <= seen(httpserver, PATH).items()


def test_another_port_is_another_host(httpserver, leads, document, once, here):
    with HTTPServer("127.0.0.1", 0) as other:
        other.expect_request(PATH).respond_with_data(document)
        leads("/old", f"http://localhost:{other.port}{PATH}")
        fetch(f"{here}/old", headers=OWN, limits=once)
        assert SECRET not in str(seen(other, PATH))


def test_a_host_that_sends_back_gets_no_headers_any_more(httpserver, leads, document, once, here, there):
    leads("/old", f"{there}/between")
    leads("/between", f"{here}{PATH}")
    httpserver.expect_request(PATH).respond_with_data(document)
    fetch(f"{here}/old", headers=OWN, limits=once)
    assert SECRET not in str(seen(httpserver, "/between")) + str(seen(httpserver, PATH))


def test_user_name_and_password_of_a_redirect_are_not_used(httpserver, leads, document, once, there):
    leads("/old", f"http://me:{SECRET}@127.0.0.1:{httpserver.port}{PATH}")
    httpserver.expect_request(PATH).respond_with_data(document)
    fetched = fetch(f"{there}/old", limits=once)
    assert fetched.url == f"{there}{PATH}"
    assert "Authorization" not in seen(httpserver, PATH)


def test_a_redirect_in_a_circle_ends(httpserver, leads, quick, here):
    leads("/a", "/b")
    leads("/b", "/a")
    error = refused(f"{here}/a", quick)
    assert (error.category, error.what) == ("http status", "it redirects more than 5 times")
    assert len(httpserver.log) == 6


def test_five_redirects_are_not_too_many(httpserver, leads, document, once, here):
    for number in range(5):
        leads(f"/{number}", f"/{number + 1}")
    httpserver.expect_request("/5").respond_with_data(document)
    assert fetch(f"{here}/0", limits=once).data == document


@pytest.mark.parametrize(
    "location",
    [
        None,
        b"mailto:a@b.example",
        b"http://",
        b"http://[::1",
        b"//127.0.0.1:99999/",
        b"//127.0.0.1:port/",
        b"http://caf\xe9:\x80/",
    ],
)
def test_a_redirect_to_what_is_not_on_the_web_is_an_error(raw, once, location):
    header = b"" if location is None else b"Location: " + location + b"\r\n"
    error = refused(raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n" + header + b"\r\n").url, once)
    assert error.category == "http status"
    assert "redirects" in error.what


@pytest.mark.parametrize("location", ["ftp://example.com/x", "file:///etc/passwd", "FILE:/etc/passwd", "gopher://x/"])
def test_a_redirect_that_leaves_the_web_is_blocked(leads, once, there, location):
    leads("/old", location)
    error = refused(f"{there}/old", once)
    assert error.category == "blocked"
    assert f"redirects to {location.partition(':')[0].lower()}:" in error.what


def test_a_cookie_does_not_go_to_another_port(httpserver, document, once, here):
    def door(_: Request) -> Response:
        return Response(status=302, headers={"Location": f"http://localhost:{other.port}{PATH}", "Set-Cookie": "a=1"})

    with HTTPServer("127.0.0.1", 0) as other:
        other.expect_request(PATH).respond_with_data(document)
        httpserver.expect_request("/old").respond_with_handler(door)
        fetch(f"{here}/old", limits=once)
        assert "Cookie" not in seen(other, PATH)


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [([301], 1), ([308, 301], 2), ([302], None), ([307, 301], None), ([301, 302], 1), ([303], None)],
)
def test_where_a_document_is_from_now_on_is_told(httpserver, leads, document, once, there, statuses, moved):
    for number, status in enumerate(statuses):
        leads(f"/{number}", f"/{number + 1}", status)
    httpserver.expect_request(f"/{len(statuses)}").respond_with_data(document)
    fetched = fetch(f"{there}/0", limits=once)
    assert fetched.moved_to == (None if moved is None else f"{there}/{moved}")
