"""What a source's `uses` do to every command that tells of it: each form opens with what is the reader's own."""

from __future__ import annotations

import json
import re

import feedparser
import icalendar
import pytest

from tests.jobs.conftest import harbour

SPAN = ("--since", "2025-06-09", "--until", "2025-06-16", "--today", "2025-06-16")
NOW = ("--today", "2025-06-16")
USES = 'uses = ["GET /v1/crews", "/v1/boats"]\n'


@pytest.fixture
def stocked(place, specwatch):
    """The harbour's history, of which two paths are used."""
    folder = place / "versions"
    folder.mkdir()
    for name, data in harbour().items():
        (folder / name).write_bytes(data)
    source = '[[sources]]\nname = "harbour"\nurl = "a.json"\npromise = "incident-io"\n'
    (place / "specwatch.toml").write_text(source + USES)
    assert "10 in all" in specwatch("import", "harbour", "versions").out
    return specwatch


def words(text: str) -> str:
    """A form without its mark-up."""
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:code|strong|span)\b[^>]*>|[`\\*]", "", text)).split())


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
@pytest.mark.parametrize("command", ["report", "history", "deprecations"])
def test_every_form_for_people_opens_with_ours(stocked, command, form):
    told = {
        "report": ("report", *SPAN),
        "history": ("history", "harbour", *NOW),
        "deprecations": ("deprecations", *NOW),
    }
    result = stocked(*told[command], "--format", form)
    assert result.code == 0, result.err
    text = words(result.out)
    assert re.search(r"Yours: (?:\d+ breaking, )?\d+ deadlines?", text)
    assert text.index("Yours: ") < min(
        (text.index(each) for each in ("Breaking (", "2025-06-10 ", "overdue", "first seen") if each in text),
        default=len(text),
    )


def test_the_history_counts_ours_in_each_version_and_says_it_of_each_event(stocked):
    told = json.loads(stocked("history", "harbour", *NOW, "--format", "json").out)
    assert told["uses"] == ["GET /v1/crews", "/v1/boats"]
    assert set(told["yours"]) == {"breaking", "deadlines"}
    own = [each["yours"]["breaking"] for each in told["versions"] if each["summary"]]
    whole = [each["summary"]["breaking"] for each in told["versions"] if each["summary"]]
    assert sum(own) == told["yours"]["breaking"] > 0
    assert all(mine <= each for mine, each in zip(own, whole, strict=True))
    assert {each["use"] for each in told["events"] if each["subjects"]} >= {"hit"}
    text = stocked("history", "harbour", *NOW, "--no-plot").out
    assert re.search(r"OPS +YOURS +BREAKING", text)
    assert "Yours are the breaking changes that you meet." in text
    page = stocked("history", "harbour", *NOW, "--format", "markdown").out
    assert "| ops | yours, breaking | breaking |" in page
    assert "use: hit" in text
    plot = stocked("history", "harbour", *NOW, "--plot").out
    assert re.search(r"^yours .* \d+ in \d+ weeks?$", plot, re.MULTILINE)
    assert "Yours are the breaking changes that you meet." in " ".join(plot.split())


def test_the_book_folds_what_is_not_used_and_says_use_of_each(stocked, place):
    (place / "specwatch.toml").write_text((place / "specwatch.toml").read_text().replace(USES, 'uses = ["/v9/none"]\n'))
    for form in ("text", "markdown", "html"):
        text = words(stocked("deprecations", *NOW, "--format", form).out)
        assert "Yours: 0 deadlines" in text
        assert text.index("Yours: 0 deadlines") < text.index("Not used by you (")
    told = json.loads(stocked("deprecations", *NOW, "--format", "json").out)
    assert "not used" in {each["use"] for each in told}
    calendar = icalendar.Calendar.from_ical(stocked("deprecations", *NOW, "--format", "ics").out)
    assert "harbour: Yours: 0 deadlines in this calendar." in calendar["description"]
    for event in calendar.events:
        if "Use: not used." in event["description"]:
            assert not event.walk("VALARM")
            assert "not used" in event["categories"].cats


def test_the_feed_opens_its_entries_with_ours(stocked):
    entries = feedparser.parse(stocked("feed", *NOW).out).entries
    breaking = [entry for entry in entries if "breaking" in [tag.term for tag in entry.tags]]
    assert breaking
    for entry in breaking:
        assert re.search(r"^harbour: yours: \d+ breaking; in all \d+ breaking", entry.title)
        content = entry.content[0].value
        assert content.startswith("<p>Yours: ")
    assert {"hit", "not used"} & {tag.term for entry in entries for tag in entry.tags}


def test_what_is_muted_is_counted_in_the_history_and_the_feed(stocked):
    told = json.loads(stocked("report", *SPAN, "--format", "json").out)
    (view,) = told["sources"][0]["comparisons"]
    mark = next(each["fingerprint"] for each in view["diff"]["changes"] if each["level"] == "breaking")
    versions = json.loads(stocked("history", "harbour", *NOW, "--format", "json").out)["versions"]
    all_told = sum(each["summary"]["breaking"] for each in versions if each["summary"])
    stocked("mute", mark, "--reason", "we know", "--until", "2900-01-01", "--by", "jo")
    for form in ("text", "markdown", "html"):
        assert "Muted or acknowledged: 1 change" in words(stocked("history", "harbour", *NOW, "--format", form).out)
    versions = json.loads(stocked("history", "harbour", *NOW, "--format", "json").out)["versions"]
    assert sum(each["muted"] for each in versions) == 1
    assert sum(each["summary"]["breaking"] for each in versions if each["summary"]) == all_told - 1
    (entry,) = [
        each for each in feedparser.parse(stocked("feed", *NOW).out).entries if "Muted" in each.content[0].value
    ]
    assert "Muted or acknowledged: 1 breaking change." in entry.content[0].value
    page = words(stocked("report", *SPAN, "--format", "html").out)
    assert "Muted or acknowledged: 1 breaking change." in page
    assert "Muted by jo until 2900-01-01: we know." in page


def test_the_calendar_of_the_feed_knows_what_is_used_too(stocked):
    assert stocked("feed", *NOW, "--format", "ics").out == stocked("deprecations", *NOW, "--format", "ics").out


def hulls(size: str, paths: dict[str, tuple[str, ...]]) -> str:
    """A document whose operations send (POST) or answer with (GET) one definition; `size` is the type of a property."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Hull"}}}
    made = {
        "get": {"responses": {"200": {"description": "fine", "content": content}}},
        "post": {"requestBody": {"content": content}, "responses": {"204": {"description": "done"}}},
    }
    found = {path: {method: made[method] for method in methods} for path, methods in paths.items()}
    schemas = {"Hull": {"type": "object", "properties": {"size": {"type": size}}}}
    info = {"title": "Hulls", "version": "1"}
    return json.dumps({"openapi": "3.0.3", "info": info, "paths": found, "components": {"schemas": schemas}})


@pytest.mark.parametrize(("uses", "code"), [("GET /v1/hulls", 0), ("POST /v1/hulls", 1), ("/v1/hulls", 1)])
def test_a_run_fails_for_what_breaks_an_operation_that_is_used_and_not_for_another(place, specwatch, uses, code):
    for name, size in (("before", "number"), ("after", "integer")):
        (place / f"{name}.json").write_text(hulls(size, {"/v1/hulls": ("get", "post")}))
    result = specwatch("diff", "before.json", "after.json", "--uses", uses, "--fail-on", "breaking")
    assert (result.code, f"Yours: {code} breaking" in result.out) == (code, True), result.out


def test_a_change_of_a_callback_is_not_passed_over_since_it_may_be_one_of_what_is_used(place, specwatch):
    answer = {"responses": {"200": {"description": "fine"}}}
    for name, kind in (("before", "string"), ("after", "integer")):
        told = {"type": "object", "required": ["at"], "properties": {"at": {"type": kind}}}
        body = {"requestBody": {"content": {"application/json": {"schema": told}}}}
        callbacks = {"done": {"{$request.query.url}": {"post": body | answer}}}
        paths = {"/v1/a": {"get": answer | {"callbacks": callbacks}}}
        info = {"title": "Calls", "version": "1"}
        (place / f"{name}.json").write_text(json.dumps({"openapi": "3.0.3", "info": info, "paths": paths}))
    result = specwatch("diff", "before.json", "after.json", "--uses", "GET /v1/a", "--fail-on", "breaking")
    assert result.code == 1
    assert "1 change may be yours" in result.out
    assert "Not used by you" not in result.out


ASTRAY = "No operation of either document matches 'GET /api/v1/lanterns' of `uses`: nothing is yours by it."


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html", "sarif", "junit", "github", "line"])
def test_a_pattern_that_names_no_operation_is_named_beside_and_in_every_form_with_notes(specwatch, form):
    uses = ("--uses", "GET /api/v1/lanterns", "--uses", "DELETE /v1/**")
    result = specwatch("diff", "before.yaml", "after.yaml", *uses, "--format", form)
    assert ASTRAY in result.err
    if form not in ("json", "line"):
        text = re.sub(r"</?code>|[`\\]|&#x27;|&#39;|'", "", " ".join(result.out.split()))
        assert re.sub("[`']", "", ASTRAY) in text
    assert "matches" not in specwatch("diff", "before.yaml", "after.yaml", *uses[2:]).err


def test_a_report_and_the_doctor_name_a_pattern_that_names_no_operation(stocked, place):
    config = place / "specwatch.toml"
    assert "of `uses`" not in stocked("report", *SPAN).out
    config.write_text(config.read_text().replace("GET /v1/crews", "GET /api/v1/crews"))
    for form in ("text", "markdown", "html"):
        told = words(stocked("report", *SPAN, "--format", form).out).replace("&#39;", "'").replace("&#x27;", "'")
        assert "matches 'GET /api/v1/crews' of uses: nothing is yours by it." in told.replace("`", "")


def test_every_form_counts_the_same_deadlines_of_ours_on_one_day(stocked, place):
    (place / "specwatch.toml").write_text((place / "specwatch.toml").read_text().replace(USES, 'uses = ["/**"]\n'))
    span = ("--since", "2025-12-01", "--until", "2025-12-08", "--today", "2025-12-08")
    day = span[-2:]
    forms = (("report", *span), ("history", "harbour", *day), ("deprecations", *day))
    told = [re.search(r"\d+ deadlines?[^.\n]*", stocked(*form).out)[0].strip() for form in forms]
    assert told == ["1 deadline, 1 passed"] * 3
    counts = [json.loads(stocked(*form, "--format", "json").out) for form in forms[:2]]
    assert counts[0]["sources"][0]["yours"]["deadlines"] == counts[1]["yours"]["deadlines"] == 1


def test_a_part_with_a_deadline_counts_in_every_form_too(place, specwatch):
    def version(number: int, *, deprecated: bool) -> None:
        colour = {"name": "colour", "in": "query", "schema": {"type": "string"}, "deprecated": deprecated}
        get = {"parameters": [colour], "responses": {"200": {"description": "ok"}}}
        info = {"title": "Harbour", "version": "1"}
        text = json.dumps({"openapi": "3.0.3", "info": info, "paths": {"/v1/boats": {"get": get}}})
        (place / "versions" / f"2026-01-0{number}T0900_v.json").write_text(text)

    (place / "versions").mkdir()
    version(1, deprecated=False)
    version(2, deprecated=True)
    source = '[[sources]]\nname = "harbour"\nurl = "a.json"\npromise = "incident-io"\nuses = ["/v1/boats"]\n'
    (place / "specwatch.toml").write_text(source)
    specwatch("import", "harbour", "versions")
    day = ("--today", "2026-03-20")
    forms = (("report", "--since", "2026-03-13", *day), ("history", "harbour", *day), ("deprecations", *day))
    told = [re.search(r"\d+ deadlines?[^.\n]*", specwatch(*form).out)[0].strip() for form in forms]
    assert told == ["1 deadline, 1 within 30 days"] * 3
