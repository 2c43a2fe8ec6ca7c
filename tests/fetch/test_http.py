"""Documents over HTTP: what comes whole, and which answers are errors."""

from __future__ import annotations

import time

import pytest
from werkzeug import Request, Response

import monitor
from monitor.errors import FetchError
from monitor.fetch import ClientOptions, Fetched, FetchLimits
from tests.fetch.local import fetch

PATH = "/openapi.json"


def refused(url: str, limits: FetchLimits, **options) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, limits=limits, **options)
    return caught.value


def test_a_200_gives_the_bytes_as_they_came_and_where_they_came_from(httpserver, document, once):
    httpserver.expect_request(PATH).respond_with_data(document, content_type="application/json")
    fetched = fetch(httpserver.url_for(PATH), limits=once)
    assert (fetched.data, fetched.status, fetched.content_type) == (document, 200, "application/json")
    assert fetched.url == httpserver.url_for(PATH)


def test_the_user_agent_names_the_product_and_its_version(httpserver, document, once):
    httpserver.expect_request(PATH).respond_with_data(document)
    fetch(httpserver.url_for(PATH), limits=once)
    assert httpserver.log[0][0].headers["User-Agent"] == f"specwatch/{monitor.__version__}"


def test_headers_of_the_source_are_sent_and_go_before_ours(httpserver, document, once):
    httpserver.expect_request(PATH).respond_with_data(document)
    fetch(httpserver.url_for(PATH), headers={"X-Api-Key": "k", "user-agent": "me"}, limits=once)
    sent = httpserver.log[0][0].headers
    assert (sent["X-Api-Key"], sent.getlist("User-Agent")) == ("k", ["me"])


def test_the_headers_worth_keeping_are_kept_with_lower_case_names(httpserver, document, once):
    headers = [
        ("Deprecation", "@1767225600"),
        ("Sunset", "Wed, 01 Jul 2026 00:00:00 GMT"),
        ("Link", "</a>; rel=successor-version"),
        ("Link", "</b>; rel=deprecation"),
        ("Set-Cookie", "secret=1"),
        ("X-Other", "x"),
    ]
    httpserver.expect_request(PATH).respond_with_response(Response(document, headers=headers))
    kept = [
        pair for pair in fetch(httpserver.url_for(PATH), limits=once).headers if pair[0] not in ("date", "content-type")
    ]
    assert kept == [(name.lower(), value) for name, value in headers[:4]]


def test_etag_and_last_modified_are_given_for_the_next_time(httpserver, document, once):
    headers = {"ETag": 'W/"a1"', "Last-Modified": "Wed, 01 Jul 2026 00:00:00 GMT"}
    httpserver.expect_request(PATH).respond_with_data(document, headers=headers)
    fetched = fetch(httpserver.url_for(PATH), limits=once)
    assert (fetched.etag, fetched.last_modified) == ('W/"a1"', "Wed, 01 Jul 2026 00:00:00 GMT")


def test_a_304_is_no_document_and_keeps_what_it_was_asked_with(httpserver, once):
    httpserver.expect_request(PATH).respond_with_data(status=304)
    url = httpserver.url_for(PATH)
    fetched = fetch(url, etag='"a1"', last_modified="Wed, 01 Jul 2026 00:00:00 GMT", limits=once)
    sent = httpserver.log[0][0].headers
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"a1"', "Wed, 01 Jul 2026 00:00:00 GMT")
    assert (fetched.data, fetched.status, fetched.url) == (None, 304, url)
    assert (fetched.etag, fetched.last_modified) == ('"a1"', "Wed, 01 Jul 2026 00:00:00 GMT")


def test_a_304_may_bring_a_new_etag(httpserver, once):
    httpserver.expect_request(PATH).respond_with_data(status=304, headers={"ETag": '"a2"'})
    assert fetch(httpserver.url_for(PATH), etag='"a1"', limits=once).etag == '"a2"'


def test_without_etag_and_date_nothing_is_asked_conditionally_and_a_304_is_an_error(httpserver, once):
    httpserver.expect_request(PATH).respond_with_data(status=304)
    error = refused(httpserver.url_for(PATH), once)
    assert (error.category, error.status) == ("http status", 304)
    assert not {"If-None-Match", "If-Modified-Since"} & set(httpserver.log[0][0].headers.keys())


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
def test_a_4xx_is_an_error_at_once(httpserver, quick, status):
    httpserver.expect_request(PATH).respond_with_data("{}", status=status)
    error = refused(httpserver.url_for(PATH), quick)
    assert (error.category, error.status, error.where) == ("http status", status, httpserver.url_for(PATH))
    assert f"HTTP {status}" in error.what
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "login"), (404, "moved"), (410, "new address"), (429, "interval")]
)
def test_a_status_that_a_person_can_do_something_about_says_what(httpserver, once, status, advice):
    httpserver.expect_request(PATH).respond_with_data(status=status)
    assert advice in (refused(httpserver.url_for(PATH), once).advice or "")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_status_that_may_pass_is_tried_again_and_then_an_error(httpserver, quick, status):
    httpserver.expect_request(PATH).respond_with_data("{}", status=status)
    error = refused(httpserver.url_for(PATH), quick)
    assert (error.category, error.status) == ("http status", status)
    assert len(httpserver.log) == 3


def test_a_server_that_recovers_gives_the_document(httpserver, document, quick):
    httpserver.expect_ordered_request(PATH).respond_with_data(status=503)
    httpserver.expect_ordered_request(PATH).respond_with_data(status=500)
    httpserver.expect_ordered_request(PATH).respond_with_data(document)
    assert fetch(httpserver.url_for(PATH), limits=quick).data == document


def test_retry_after_is_waited_for(httpserver, document):
    httpserver.expect_ordered_request(PATH).respond_with_data(status=503, headers={"Retry-After": "1"})
    httpserver.expect_ordered_request(PATH).respond_with_data(document)
    begin = time.monotonic()
    assert fetch(httpserver.url_for(PATH), limits=FetchLimits(wait=0.01)).data == document
    assert 0.9 < time.monotonic() - begin < 5


def test_a_date_to_retry_after_is_held_against_the_server_s_own_clock(raw):
    server = raw(
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n"
        b"Date: Wed, 01 Jul 2020 00:00:00 GMT\r\nRetry-After: Wed, 01 Jul 2020 00:00:01 GMT\r\n\r\n"
    )
    begin = time.monotonic()
    assert refused(server.url, FetchLimits(wait=0.01, retries=1)).status == 503
    assert 0.9 < time.monotonic() - begin < 5
    assert server.connections == 2


def test_a_retry_after_of_nothing_is_tried_again_at_once(httpserver, document):
    httpserver.expect_ordered_request(PATH).respond_with_data(status=503, headers={"Retry-After": "0"})
    httpserver.expect_ordered_request(PATH).respond_with_data(document)
    begin = time.monotonic()
    assert fetch(httpserver.url_for(PATH), limits=FetchLimits(wait=30)).data == document
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("after", ["31", "3600", "999999999"])
def test_a_server_that_asks_for_a_long_pause_is_left_alone(httpserver, after):
    httpserver.expect_request(PATH).respond_with_data(status=429, headers={"Retry-After": after})
    assert refused(httpserver.url_for(PATH), FetchLimits()).status == 429
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("after", ["soon", "-5", "1e3", "", "Wed, 99 Foo"])
def test_a_retry_after_that_says_nothing_is_not_heeded(httpserver, quick, after):
    httpserver.expect_request(PATH).respond_with_data(status=503, headers={"Retry-After": after})
    assert refused(httpserver.url_for(PATH), quick).status == 503
    assert len(httpserver.log) == 3


def test_no_retry_is_begun_that_could_not_end_in_time(httpserver):
    httpserver.expect_request(PATH).respond_with_data(status=503, headers={"Retry-After": "20"})
    begin = time.monotonic()
    assert refused(httpserver.url_for(PATH), FetchLimits(total=5)).status == 503
    assert time.monotonic() - begin < 3


def test_an_empty_body_is_no_document(httpserver, once):
    httpserver.expect_request(PATH).respond_with_data(b"")
    assert refused(httpserver.url_for(PATH), once).category == "not openapi"


@pytest.mark.parametrize("status", [201, 202, 204, 205, 206, 226, 300])
def test_a_success_that_is_not_the_whole_document_is_an_error(httpserver, document, once, status):
    httpserver.expect_request(PATH).respond_with_data(document, status=status)
    error = refused(httpserver.url_for(PATH), once)
    assert (error.category, error.status) == ("http status", status)


def test_a_cookie_that_a_redirect_sets_is_shown_again(httpserver, document, once):
    def door(request: Request) -> Response:
        if request.cookies.get("seen") == "1":
            return Response(document)
        return Response(status=302, headers={"Location": PATH, "Set-Cookie": "seen=1"})

    httpserver.expect_request(PATH).respond_with_handler(door)
    assert fetch(httpserver.url_for(PATH), limits=once).data == document


def test_two_fetches_know_nothing_of_each_other(httpserver, document, once):
    httpserver.expect_request(PATH).respond_with_data(document, headers={"Set-Cookie": "seen=1", "ETag": '"a"'})
    first, second = (fetch(httpserver.url_for(PATH), limits=once) for _ in range(2))
    assert isinstance(first, Fetched)
    assert (first.data, "Cookie" in httpserver.log[1][0].headers) == (second.data, False)


@pytest.mark.parametrize("header", ["X-Request-Id", "Request-Id", "x-amzn-RequestId", "CF-Ray", "X-Correlation-ID"])
def test_an_error_tells_what_the_provider_calls_its_answer(httpserver, once, header):
    httpserver.expect_request(PATH).respond_with_data(status=500, headers={header: "req-\u00e97"})
    error = refused(httpserver.url_for(PATH), once)
    assert error.request_id == "req-?7"
    assert "HTTP 500 Internal Server Error (the provider's request id: req-?7)" in str(error)


def test_a_document_knows_the_request_id_too(httpserver, document, once):
    httpserver.expect_request(PATH).respond_with_data(document, headers={"X-Request-Id": "r" * 500})
    assert fetch(httpserver.url_for(PATH), limits=once).request_id == "r" * 100


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=3600"}, 3600),
        ({"Cache-Control": "MAX-AGE=60", "Age": "20"}, 40),
        ({"Cache-Control": "max-age=60", "Age": "100"}, 0),
        ({"Cache-Control": "max-age=60, no-cache"}, None),
        ({"Cache-Control": "no-store, max-age=60"}, None),
        ({"Cache-Control": "s-maxage=60"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({}, None),
    ],
)
def test_for_how_long_an_answer_will_do_is_told(httpserver, document, once, headers, seconds):
    httpserver.expect_request(PATH).respond_with_data(document, headers=headers)
    assert fetch(httpserver.url_for(PATH), limits=once).max_age == seconds


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16", "utf-16-le", "utf-32"])
def test_text_in_an_encoding_that_is_named_comes_in_utf_8(httpserver, once, encoding):
    text = '{"title": "Caf\u00e9"}'
    kind = f"application/json; charset={encoding}"
    httpserver.expect_request(PATH).respond_with_data(text.encode(encoding), content_type=kind)
    assert fetch(httpserver.url_for(PATH), limits=once).data == text.encode()


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8", "unicode_escape", "zip", "nonsense"])
def test_utf_8_stays_as_it_came_whatever_is_said_of_it(httpserver, once, charset):
    data = '{"title": "Caf\u00e9"}'.encode()
    httpserver.expect_request(PATH).respond_with_data(data, content_type=f"application/json; charset={charset}")
    assert fetch(httpserver.url_for(PATH), limits=once).data == data


@pytest.mark.parametrize(
    ("contact", "agent", "sender"),
    [
        (None, f"specwatch/{monitor.__version__}", None),
        ("api@example.org", f"specwatch/{monitor.__version__} (+api@example.org)", "api@example.org"),
        ("https://example.org/us", f"specwatch/{monitor.__version__} (+https://example.org/us)", None),
    ],
)
def test_whom_to_write_to_is_told_the_provider(httpserver, document, once, contact, agent, sender):
    httpserver.expect_request(PATH).respond_with_data(document)
    fetch(httpserver.url_for(PATH), limits=once, options=ClientOptions(contact=contact))
    sent = httpserver.log[0][0].headers
    assert (sent["User-Agent"], sent.get("From")) == (agent, sender)
