"""Documents over HTTP: what comes whole, and what is an error."""

from __future__ import annotations

import monitor
from monitor.fetch import fetch


def test_a_200_gives_the_bytes_as_they_came(httpserver, document, quick):
    httpserver.expect_request("/openapi.json").respond_with_data(document, content_type="application/json")
    fetched = fetch(httpserver.url_for("/openapi.json"), limits=quick)
    assert (fetched.data, fetched.status, fetched.content_type) == (document, 200, "application/json")
    assert fetched.url == httpserver.url_for("/openapi.json")


def test_the_user_agent_names_the_product_and_its_version(httpserver, document, quick):
    httpserver.expect_request("/").respond_with_data(document)
    fetch(httpserver.url_for("/"), limits=quick)
    assert httpserver.log[0][0].headers["User-Agent"] == f"specwatch/{monitor.__version__}"
