"""`specwatch add --discover` and `set --discover`: the document behind a documentation page."""

from __future__ import annotations

import json

import pytest


def document(title: str) -> str:
    return json.dumps({"openapi": "3.0.3", "info": {"title": title, "version": "1"}, "paths": {}})


@pytest.fixture
def docs(httpserver, place, monkeypatch):
    """`docs(page)`: the page that the server shows; answers its address."""
    monkeypatch.setattr("time.sleep", lambda _: None)  # the search pauses between guesses

    def serve(page: str) -> str:
        httpserver.expect_request("/docs").respond_with_data(f"<!doctype html>{page}", content_type="text/html")
        for name in ("boats", "crews"):
            httpserver.expect_request(f"/{name}.json").respond_with_data(document(name.capitalize()))
        return f"http://127.0.0.1:{httpserver.port}/docs"

    return serve


def test_the_one_document_behind_a_page_is_added(docs, specwatch, place):
    url = docs('<redoc spec-url="/boats.json"></redoc>')
    result = specwatch("add", "boats", url, "--discover", "--allow-private")
    assert result.code == 0
    assert f"boats: {url.removesuffix('docs')}boats.json" in result.out
    assert "Found Boats 1 (OpenAPI 3.0.3), because the page shows it." in result.err
    assert specwatch("check", "boats").code == 0


def test_several_documents_are_listed_and_none_is_added(docs, specwatch, place):
    url = docs(
        "<script>SwaggerUIBundle({urls: [{url: '/boats.json', name: 'All boats'}, {url: '/crews.json', name: 'Crews'}]})"
        "</script>"
    )
    result = specwatch("add", "harbour", url, "--discover", "--allow-private")
    assert result.code == 2
    there = url.removesuffix("docs")
    assert result.out == (
        f"{there}boats.json  All boats 1 (OpenAPI 3.0.3)\n{there}crews.json  Crews 1 (OpenAPI 3.0.3)\n"
    )
    assert "2 documents" in result.err
    assert "specwatch add harbour URL" in result.err
    assert not (place / "specwatch.toml").exists()


def test_a_page_without_a_document_is_an_error_that_says_what_it_names(docs, specwatch, place):
    url = docs('<redoc spec-url="/missing.json"></redoc>')
    result = specwatch("add", "harbour", url, "--discover", "--allow-private")
    assert result.code == 3
    assert "no OpenAPI document was found behind this page" in result.err
    assert "missing.json: the server answers HTTP" in result.err
    assert not (place / "specwatch.toml").exists()


def test_a_check_of_a_documentation_page_names_the_option_that_finds_the_document(docs, specwatch):
    url = docs('<redoc spec-url="/boats.json"></redoc>')
    specwatch("add", "boats", url, "--allow-private")
    failed = specwatch("check", "boats")
    assert failed.code == 3
    assert "a web page (HTML or XML) came" in failed.err
    assert "specwatch set boats --discover" in failed.err
    result = specwatch("set", "boats", "--discover")
    assert (result.code, "boats.json" in result.out) == (0, True)
    assert specwatch("check", "boats").code == 0


def test_only_behind_a_page_on_the_web_is_there_anything_to_find(specwatch, place):
    result = specwatch("add", "boats", "before.yaml", "--discover")
    assert result.code == 2
    assert "page on the web" in result.err
