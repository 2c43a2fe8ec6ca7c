"""`specwatch check NAME --input FILE`: a document that a pipeline has at hand."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import pytest

from .conftest import BEFORE


@pytest.fixture
def lanterns(place, specwatch):
    """A source whose own address nobody answers at."""
    specwatch("add", "lanterns", "https://lanterns.invalid/openapi.yaml")
    return place


def test_the_document_is_taken_for_what_the_source_says_now(lanterns, specwatch):
    first = specwatch("check", "lanterns", "--input", "before.yaml")
    assert (first.code, first.err.count("Made the database")) == (0, 1)
    assert "first version kept" in first.out
    second = specwatch("check", "lanterns", "--input", "after.yaml", "--format", "json")
    assert second.code == 0
    (result,) = json.loads(second.out)
    assert result["summary"]["breaking"] == 1


def test_standard_input_is_a_document_too(lanterns, specwatch, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(BEFORE.encode()), isatty=lambda: False))
    assert "first version kept" in specwatch("check", "lanterns", "--input", "-").out


@pytest.mark.parametrize("given", ["local.yaml", "-"])
def test_parts_of_a_document_at_hand_come_from_the_hosts_of_its_source(
    place, specwatch, httpserver, monkeypatch, given: str
):
    httpserver.expect_request("/paths.yaml").respond_with_data("get: {responses: {'200': {description: All.}}}\n")
    path = f"http://127.0.0.1:{httpserver.port}/paths.yaml"
    text = f"openapi: 3.0.3\ninfo: {{title: Lanterns, version: '1'}}\npaths:\n  /v1/lanterns: {{$ref: '{path}'}}\n"
    (place / "local.yaml").write_text(text)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode()), isatty=lambda: False))
    url = f"http://127.0.0.1:{httpserver.port}/openapi.yaml"
    specwatch("add", "lanterns", url, "--allow-private", "--allow-host", "127.0.0.1")
    assert "first version kept" in specwatch("check", "lanterns", "--input", given).out


def test_what_is_no_document_fails_and_is_no_version(lanterns, specwatch):
    (lanterns / "page.html").write_text("<!doctype html><title>Build failed</title>")
    result = specwatch("check", "lanterns", "--input", "page.html")
    assert result.code == 3
    assert "web page" in result.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--input", "before.yaml"), "name it"),
        (("lanterns", "other", "--input", "before.yaml"), "name it"),
        (("lanterns", "--input", "missing.yaml"), "no such file"),
        (("lantern", "--input", "before.yaml"), "lanterns"),
    ],
)
def test_wrong_use_is_said(lanterns, specwatch, arguments: tuple[str, ...], words: str):
    result = specwatch("check", *arguments)
    assert result.code == 2
    assert words in result.err
