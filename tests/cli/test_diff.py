"""`specwatch diff`: two documents, nothing to set up."""

from __future__ import annotations

import gc
import json
import subprocess
import sys

import pytest


def test_a_property_gone_from_a_response_is_breaking_and_named(specwatch):
    result = specwatch("diff", "before.yaml", "after.yaml")
    assert result.code == 0
    assert "breaking" in result.out
    assert "lit" in result.out
    assert "GET /v1/lanterns" in result.out


@pytest.mark.parametrize(
    ("after", "level", "code"),
    [
        ("after.yaml", "breaking", 1),
        ("after.yaml", "docs", 1),
        ("harmless.yaml", "breaking", 0),
        ("harmless.yaml", "compatible", 1),
        ("before.yaml", "docs", 0),
    ],
)
def test_fail_on_decides_the_exit_code(specwatch, after, level, code):
    assert specwatch("diff", "before.yaml", after, "--fail-on", level).code == code


@pytest.mark.parametrize("after", ["after.yaml", "missing.yaml"])
def test_the_garbage_collector_works_again_when_the_command_has_ended(specwatch, after):
    specwatch("diff", "before.yaml", after)
    assert gc.isenabled()


def test_the_json_is_one_object_and_the_same_bytes_each_time(process):
    runs = {process("diff", "before.yaml", "after.yaml", "--format", "json").out for _ in range(2)}
    (text,) = runs
    document = json.loads(text)
    assert document["format"] == "specwatch.diff/1"
    assert document["client"] == "strict"
    assert document["promise"] is None
    assert document["summary"]["breaking"] == 1
    assert document["changes"][0]["operations"][0]["path"] == "/v1/lanterns"


def test_the_json_follows_the_schema_that_we_publish(specwatch):
    import jsonschema

    from monitor import resources

    schema = json.loads(resources.text("schemas", "diff-1.schema.json"))
    for after in ("after.yaml", "harmless.yaml", "before.yaml"):
        document = json.loads(specwatch("diff", "before.yaml", after, "--format", "json").out)
        jsonschema.Draft202012Validator(schema).validate(document)


def test_markdown_is_for_a_page(specwatch):
    text = specwatch("diff", "before.yaml", "after.yaml", "--format", "markdown").out
    assert text.startswith("#")
    assert "breaking" in text


def test_the_promise_is_said_beside_the_level(specwatch):
    document = json.loads(
        specwatch("diff", "before.yaml", "after.yaml", "--promise", "incident-io", "--format", "json").out
    )
    assert document["promise"] == "incident-io"
    assert document["changes"][0]["promise"] == "broken"


def test_two_plain_files_need_neither_database_nor_network(place):
    script = (
        "import sys; from monitor.cli.app import run; code = run(['diff', 'before.yaml', 'after.yaml']);"
        "heavy = {'sqlalchemy', 'alembic', 'httpx', 'apscheduler', 'openapi_spec_validator'} & set(sys.modules);"
        "assert not heavy, heavy; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=place, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_that_is_not_there_is_wrong_use(specwatch):
    result = specwatch("diff", "before.yaml", "nowhere.yaml")
    assert result.code == 2
    assert "nowhere.yaml" in result.err


def test_an_unknown_profile_names_the_known_ones(specwatch):
    result = specwatch("diff", "before.yaml", "after.yaml", "--client", "lenient")
    assert result.code == 2
    assert "tolerant-reader" in result.err


@pytest.mark.parametrize(
    "content",
    [
        "",
        "   \n",
        "<!doctype html><html></html>",
        "{",
        '{"openapi": "3.0.3", "openapi": "3.0.3"}',
        "[1, 2]",
        "nonsense",
        '{"openapi": "9.9.9", "paths": {}}',
        '{"a": NaN}',
        "a: &a [*a]",
        "[" * 100_000,
        "\x00\x01\x02",
        'openapi: 3.0.3\npaths: {/a: {get: {responses: {"200": {$ref: "#/nowhere"}}}}}',
        '{"openapi": 3}',
    ],
)
def test_a_bad_document_is_one_message_and_exit_code_3(specwatch, place, content):
    (place / "bad.json").write_text(content, encoding="utf-8")
    for arguments in (("bad.json", "before.yaml"), ("before.yaml", "bad.json")):
        result = specwatch("diff", *arguments)
        assert result.code in {0, 3}
        if result.code == 3:
            assert "bad.json" in result.err
            assert "fault in specwatch" not in result.err


def test_a_url_that_answers_is_one_side(specwatch, place, httpserver):
    httpserver.expect_request("/openapi.yaml").respond_with_data((place / "after.yaml").read_bytes())
    result = specwatch("diff", "before.yaml", httpserver.url_for("/openapi.yaml"))
    assert result.code == 0
    assert "breaking" in result.out


@pytest.fixture
def spread(httpserver, place) -> str:
    """A document whose one path is on another host, as `localhost` is."""
    there = f"http://127.0.0.1:{httpserver.port}"
    path = f"http://localhost:{httpserver.port}/paths.yaml"
    root = f"openapi: 3.0.3\ninfo: {{title: Lanterns, version: '1'}}\npaths:\n  /v1/lanterns: {{$ref: '{path}'}}\n"
    httpserver.expect_request("/openapi.yaml").respond_with_data(root)
    httpserver.expect_request("/paths.yaml").respond_with_data("get: {responses: {'200': {description: All.}}}\n")
    (place / "local.yaml").write_text(root)
    return f"{there}/openapi.yaml"


def test_parts_on_another_host_are_fetched_where_the_host_is_allowed(specwatch, spread):
    refused = specwatch("diff", "before.yaml", spread)
    assert refused.code == 3
    assert "--allow-host localhost" in refused.err
    result = specwatch("diff", "before.yaml", spread, "--allow-host", "localhost")
    assert result.code == 0
    assert "DELETE /v1/lanterns/{id}" in result.out
    other = specwatch("diff", "before.yaml", spread, "--allow-host", "other.example", "--allow-host", "localhost")
    assert other.out == result.out


def test_explain_and_sample_allow_another_host_as_diff_does(specwatch, spread):
    found = specwatch("diff", "before.yaml", spread, "--allow-host", "localhost", "--format", "json")
    fingerprint = json.loads(found.out)["changes"][0]["fingerprint"]
    asked = ("explain", fingerprint, "--before", "before.yaml", "--after", spread)
    assert specwatch(*asked).code == 3
    assert specwatch(*asked, "--allow-host", "localhost").code == 0
    asked = ("sample", spread, "GET /v1/lanterns", "--status", "200")
    assert "another host" in specwatch(*asked).err
    assert "another host" not in specwatch(*asked, "--allow-host", "localhost").err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("before.yaml", "after.yaml", "--allow-host", "https://a.example/x"), "is no name of a server"),
        (("--git", "HEAD~1..HEAD", "--path", "a.yaml", "--allow-host", "a.example"), "does not get out of its commit"),
    ],
)
def test_a_host_that_cannot_be_meant_is_wrong_use(specwatch, arguments: tuple[str, ...], words: str):
    result = specwatch("diff", *arguments)
    assert result.code == 2
    assert words in result.err


def test_a_url_that_does_not_answer_is_a_failure_to_fetch(specwatch, httpserver):
    httpserver.expect_request("/openapi.yaml").respond_with_data("no", status=404)
    result = specwatch("diff", "before.yaml", httpserver.url_for("/openapi.yaml"))
    assert result.code == 3
    assert "404" in result.err


# --- what is asked for, and where it goes ---


def test_a_file_gets_what_stdout_would_and_stdout_nothing(specwatch, place):
    for form in ("text", "json", "markdown", "html", "sarif", "junit", "github", "line"):
        printed = specwatch("diff", "before.yaml", "after.yaml", "--format", form)
        written = specwatch("diff", "before.yaml", "after.yaml", "--format", form, "--output", f"out.{form}")
        assert printed.code == written.code == 0
        assert written.out == ""
        assert (place / f"out.{form}").read_text(encoding="utf-8") == printed.out
    assert not list(place.glob("*.part"))


def test_a_file_that_cannot_be_written_is_said(specwatch):
    result = specwatch("diff", "before.yaml", "after.yaml", "--output", "no/such/folder/out.txt")
    assert result.code == 2
    assert "cannot be written" in result.err


def test_a_filter_is_for_the_eye_and_fail_on_judges_everything(specwatch):
    call = ("diff", "before.yaml", "after.yaml", "--fail-on", "breaking")
    result = specwatch(*call, "--operation", "DELETE /v1/lanterns/*")
    assert result.code == 1
    assert "No changes." in result.out
    assert "1 more change not shown: asked for was operations DELETE /v1/lanterns/*." in result.out
    assert specwatch("diff", "before.yaml", "after.yaml", "--operation", " ").code == 2


def test_what_programs_read_has_what_was_left_out_on_stderr(specwatch):
    result = specwatch("diff", "before.yaml", "harmless.yaml", "--level", "risky", "--format", "json")
    assert json.loads(result.out)["changes"] == []
    assert result.err == "1 more change not shown: asked for was risky or worse.\n"


# --- a baseline ---


def test_what_a_baseline_accepts_is_counted_and_fails_nothing(specwatch, place):
    call = ("diff", "before.yaml", "after.yaml", "--fail-on", "breaking")
    assert specwatch(*call).code == 1
    made = specwatch(*call, "--write-baseline", "accepted.txt")
    assert (made.code, made.err) == (0, "1 change accepted in accepted.txt\n")
    lines = (place / "accepted.txt").read_text(encoding="utf-8").splitlines()
    assert sum(not line.startswith("#") for line in lines) == 1
    assert "breaking required-property-removed: The property `lit`" in lines[-1]
    held = specwatch(*call, "--baseline", "accepted.txt")
    assert (held.code, held.err) == (0, "")
    assert "1 change not shown: accepted in the baseline." in held.out
    other = specwatch("diff", "after.yaml", "before.yaml", "--fail-on", "compatible", "--baseline", "accepted.txt")
    assert other.code == 1
    assert "accepted.txt: 1 entry of no change any more:" in other.err


def test_a_baseline_that_cannot_be_used_says_where(specwatch, place):
    (place / "odd.txt").write_text("# fine\n\nnonsense here\n", encoding="utf-8")
    for name, words in (("odd.txt", "line 3 is no fingerprint"), ("missing.txt", "cannot be read")):
        result = specwatch("diff", "before.yaml", "after.yaml", "--baseline", name)
        assert result.code == 2
        assert words in result.err
        assert "--write-baseline" in result.err


def test_one_comparison_is_written_in_as_many_forms_as_are_asked_for(specwatch, place):
    alone = {form: specwatch("diff", "before.yaml", "after.yaml", "--format", form).out for form in ("html", "junit")}
    result = specwatch(
        "diff", "before.yaml", "after.yaml", "--format", "line", "--also", "html=a.html", "--also", "junit=a.xml"
    )
    assert result.out.startswith("before.yaml:30:9: breaking: ")
    assert (place / "a.html").read_text(encoding="utf-8") == alone["html"]
    assert (place / "a.xml").read_text(encoding="utf-8") == alone["junit"]
    refused = specwatch("diff", "before.yaml", "after.yaml", "--also", "pdf=a.pdf")
    assert refused.code == 2
    assert "FORMAT=FILE" in refused.err


def test_of_a_document_in_several_files_no_line_is_told_that_no_file_has(specwatch, place):
    for side in ("old", "new"):
        (place / side).mkdir()
        text = (place / ("before.yaml" if side == "old" else "after.yaml")).read_text(encoding="utf-8")
        head, _, schemas = text.partition("components:\n")
        (place / side / "parts.yaml").write_text(f"components:\n{schemas}", encoding="utf-8")
        whole = head.replace("'#/components/schemas/Lantern'", "'parts.yaml#/components/schemas/Lantern'")
        (place / side / "openapi.yaml").write_text(whole, encoding="utf-8")
    call = ("diff", "old/openapi.yaml", "new/openapi.yaml", "--format")
    assert specwatch(*call, "line").out.startswith("old/openapi.yaml: breaking: The property `lit`")
    assert "\n::error file=new/openapi.yaml,title=" in specwatch(*call, "github").out
    place_of = json.loads(specwatch(*call, "sarif").out)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place_of == {"artifactLocation": {"uri": "new/openapi.yaml"}}
    assert "(put together of several files)" in specwatch(*call, "html").out
    assert 'line="' not in specwatch(*call, "junit").out
