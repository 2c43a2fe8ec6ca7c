"""`specwatch sample`: what an operation sends or receives, today and tomorrow."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import BEFORE

KILN = """\
openapi: 3.0.3
info: {title: Kiln, version: '1'}
paths:
  /v1/pots:
    post:
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/Pot'}}
      responses:
        '201':
          description: Made.
          content:
            text/csv: {schema: {type: string}}
            application/vnd.kiln+json: {schema: {$ref: '#/components/schemas/Pot'}}
        4XX:
          description: Not made.
          content:
            application/problem+json: {schema: {type: object, required: [title], properties: {title: {type: string}}}}
  /v1/pots/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200':
          description: A pot.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pot'}
              example: {id: p7, glaze: ash}
    delete:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: Broken.}}
  /v1/cracks:
    get:
      responses:
        '200': {description: None., content: {application/json: {schema: {type: integer, minimum: 2, maximum: 1}}}}
  /v1/photo:
    get:
      responses:
        '200': {description: A picture., content: {image/png: {}}}
  /v1/anything:
    get:
      responses:
        '200': {description: Whatever., content: {application/json: {}}}
x-webhooks:
  /hooks/pot.fired:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pot'}}}}
      responses: {'204': {description: Heard.}}
components:
  schemas:
    Pot:
      type: object
      required: [id, glaze]
      properties:
        id: {type: string, maxLength: 26, readOnly: true}
        glaze: {type: string, enum: [salt, ash]}
        secret: {type: string, writeOnly: true}
        height: {type: integer, example: 12}
"""
PROMISE = """\
title = "Kiln"
url = "https://kiln.example/promise"
words = "We may add glazes."
words_sha256 = "s"
read_on = 2026-01-01
expects_client = "tolerant-reader"

[[allow]]
rules = ["enum-value-added"]
words = "We may add glazes."
"""


@pytest.fixture
def kiln(place, specwatch):
    """Runs `specwatch sample kiln.yaml …`; answers the value, or the whole run where it failed."""
    (place / "kiln.yaml").write_text(KILN, encoding="utf-8")
    (place / "promise.toml").write_text(PROMISE, encoding="utf-8")

    def call(*arguments: str):
        result = specwatch("sample", "kiln.yaml", *arguments)
        return json.loads(result.out) if result.code == 0 else result

    return call


def test_the_plain_sample_shows_the_document_s_own_examples(kiln):
    assert kiln("GET /v1/pots/{id}") == {"id": "p7", "glaze": "ash"}
    assert kiln("GET /v1/pots/{id}", "--full") == {"id": "p7", "glaze": "ash", "height": 12}


def test_the_operation_needs_no_quotes_and_no_capitals(kiln):
    assert kiln("get", "/v1/pots/{id}") == {"id": "p7", "glaze": "ash"}


def test_a_request_has_what_is_sent_and_a_response_what_comes(kiln):
    assert set(kiln("POST /v1/pots", "--request", "--full")) == {"glaze", "secret", "height"}
    assert set(kiln("POST /v1/pots", "--full")) == {"id", "glaze", "height"}


def test_a_status_is_found_by_its_range(kiln):
    assert set(kiln("POST /v1/pots", "--status", "422")) == {"title"}


def test_a_media_type_may_be_asked_for(kiln):
    assert isinstance(kiln("POST /v1/pots", "--media-type", "text/csv"), str)
    refused = kiln("POST /v1/pots", "--media-type", "text/html")
    assert refused.code == 2
    assert "It has text/csv, application/vnd.kiln+json." in refused.err


def test_the_payload_of_a_webhook_is_received(kiln):
    assert set(kiln("webhook /hooks/pot.fired", "--full")) == {"id", "glaze", "height"}
    assert set(kiln("webhook", "pot.fired")) == {"id", "glaze"}


def test_a_schema_that_is_not_stated_has_a_sample(kiln):
    assert kiln("GET /v1/anything") is not None


def test_a_seed_draws_another_sample_and_always_the_same(specwatch, kiln):
    command = ("sample", "kiln.yaml", "GET /v1/pots/{id}", "--full", "--seed")
    assert specwatch(*command, "4").out == specwatch(*command, "4").out
    assert len({specwatch(*command, str(seed)).out for seed in range(10)}) > 3


def test_tomorrow_says_on_stderr_what_was_done_and_why(specwatch, kiln):
    result = specwatch("sample", "kiln.yaml", "GET /v1/pots/{id}", "--future", "--promise", "promise.toml")
    value = json.loads(result.out)
    assert value["glaze"] == "new_value"
    assert value["new_property"] == "new"
    assert list(value) != ["id", "glaze", "height", "new_property"]
    assert len(value["id"]) == 4
    assert '/glaze: a value that is not in the list: "new_value" instead of "ash"' in result.err
    assert "Kiln reserves the right: “We may add glazes.”" in result.err
    again = specwatch("sample", "kiln.yaml", "GET /v1/pots/{id}", "--future", "--promise", "promise.toml")
    assert (again.out, again.err) == (result.out, result.err)


def test_tomorrow_without_a_promise_has_no_unknown_value_of_a_list(kiln):
    assert kiln("GET /v1/pots/{id}", "--future")["glaze"] == "ash"
    assert kiln("GET /v1/pots/{id}", "--future", "--client", "tolerant-reader")["glaze"] == "new_value"


def test_as_json_the_value_stands_beside_what_was_done(kiln):
    found = kiln("GET /v1/pots/{id}", "--future", "--promise", "promise.toml", "--format", "json")
    assert set(found) == {"value", "changes"}
    (glaze,) = (change for change in found["changes"] if change["pointer"] == "/glaze")
    assert glaze == {
        "pointer": "/glaze",
        "what": 'a value that is not in the list: "new_value" instead of "ash"',
        "because": "Kiln reserves the right: “We may add glazes.”.",
    }
    assert kiln("GET /v1/pots/{id}", "--format", "json") == {"value": {"id": "p7", "glaze": "ash"}, "changes": []}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("GET /v1/pot/{id}",), 2, "Did you mean GET /v1/pots/{id}"),
        (("PUT /v1/pots",), 2, "Did you mean POST /v1/pots?"),
        (("/v1/pots",), 2, "Did you mean POST /v1/pots?"),
        (("nonsense",), 2, "Write it as GET /v1/things/{id}, or webhook NAME."),
        (("DELETE /v1/pots/{id}",), 2, "no success status with a JSON body\n  It documents 204 (no body)."),
        (("GET /v1/photo",), 2, "It documents 200 (image/png)."),
        (("GET /v1/photo", "--status", "200"), 2, "It has image/png; --media-type shows one of these"),
        (("GET /v1/photo", "--status", "404"), 2, "documents no status 404"),
        (("GET /v1/pots/{id}", "--request"), 2, "the request of GET /v1/pots/{id} has no JSON body"),
        (("POST /v1/pots", "--request", "--status", "201"), 2, "a request has no status"),
        (("POST /v1/pots", "--request", "--future"), 2, "Leave out one of --request and --future."),
        (("GET /v1/cracks",), 3, "GET /v1/cracks, response 200: no value of its schema can be shown: there is none"),
    ],
)
def test_what_cannot_be_shown_says_why(kiln, arguments, code, words):
    result = kiln(*arguments)
    assert result.code == code
    assert result.out == ""
    assert words in result.err


def test_work_without_end_is_an_error_that_says_so(kiln, monkeypatch):
    monkeypatch.setattr("monitor.jobs.sampling._STEPS", 1)
    result = kiln("GET /v1/pots/{id}", "--full")
    assert result.code == 3
    assert "the budget of 1 steps is used up" in result.err
    assert "Try without --full" in result.err


def test_a_watched_source_is_sampled_with_its_own_promise(place, specwatch, kiln):
    toml = '[[sources]]\nname = "kiln"\nurl = "./kiln.yaml"\npromise = "./promise.toml"\n'
    (place / "specwatch.toml").write_text(toml, encoding="utf-8")
    assert specwatch("check").code == 0
    for name in ("kiln", "kiln@latest"):
        result = specwatch("sample", name, "GET /v1/pots/{id}", "--future")
        assert json.loads(result.out)["glaze"] == "new_value"
        assert "We may add glazes." in result.err


def test_a_name_that_nobody_watches_and_a_file_that_is_not_there_are_told_apart(place, specwatch):
    (place / "specwatch.toml").write_text('[[sources]]\nname = "kiln"\nurl = "./kiln.yaml"\n', encoding="utf-8")
    assert "nothing is stored of a source 'oven'" in specwatch("sample", "oven", "GET /").err
    assert "there is no such file" in specwatch("sample", "oven.yaml", "GET /").err


def test_two_plain_files_load_neither_the_database_nor_the_network(process, place):
    import subprocess
    import sys

    (place / "lanterns.yaml").write_text(BEFORE, encoding="utf-8")
    script = (
        "import sys; from monitor.cli.app import run; code = run(['sample', 'lanterns.yaml', 'GET /v1/lanterns']);"
        "heavy = {'sqlalchemy', 'httpx', 'rich', 'jinja2', 'apscheduler'} & set(sys.modules);"
        "assert not heavy, heavy; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=place, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) == {"id", "lit"}


def test_what_a_terminal_obeys_is_escaped_and_the_value_is_the_same(place, specwatch):
    text = KILN.replace("example: {id: p7, glaze: ash}", 'example: {id: "a\\x9b31m\\u202e", glaze: ash}')
    (place / "kiln.yaml").write_text(text, encoding="utf-8")
    result = specwatch("sample", "kiln.yaml", "GET /v1/pots/{id}")
    assert "\x9b" not in result.out
    assert "\u202e" not in result.out
    assert json.loads(result.out)["id"] == "a\x9b31m\u202e"
