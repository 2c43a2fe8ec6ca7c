"""What concerns the reader's own code comes first in every form, the rest is counted, and nothing is lost."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from monitor import resources
from monitor.policy import Uses
from monitor.report import diff_json, diff_markdown, diff_text, render_digest, report_json, report_markdown, report_text
from monitor.report.marks import marked

SCHEMA = json.loads(resources.text("schemas", "diff-1.schema.json"))
USES = Uses.of(["GET /v1/boats", "/v1/crews/**"])
SIZE = {"name": "size", "in": "query", "required": True, "schema": {"type": "integer"}}


def versions(api) -> tuple[tuple[str, str], ...]:
    """A parameter is demanded by what is used, an operation of another service goes, a title changes; deprecated are
    something used and something else.
    """
    names = ["GET /v1/boats", "GET /v1/rafts", "GET /v1/crews", "GET /v1/locks", "GET /v1/tides"]
    before = api("GET /v1/boats", *names[1:])
    flagged = api(*names[:2], "GET /v1/crews!", "GET /v1/locks!", names[4])
    after = json.loads(api("GET /v1/boats", "GET /v1/crews!", "GET /v1/locks!", names[4]))
    after["paths"]["/v1/boats"]["get"]["parameters"] = [SIZE]
    after["info"]["title"] = "Boats"
    return ("2026-05-18", before), ("2026-05-20", flagged), ("2026-08-05", json.dumps(after))


@pytest.fixture
def document(compared, api):
    before, _, after = versions(api)
    return marked(compared(before[1], after[1]), USES)


@pytest.fixture
def report(reported, api):
    report = reported(*versions(api), since="2026-08-03T08:00", until="2026-08-10T08:00")
    (view,) = report.sources
    comparisons = tuple(replace(each, document=marked(each.document, USES)) for each in view.comparisons)
    return replace(report, sources=(replace(view, comparisons=comparisons, uses=USES),))


def test_the_json_says_of_each_change_whether_it_is_met_and_keeps_to_its_schema(document):
    told = json.loads(diff_json(document))
    jsonschema_rs.validate(SCHEMA, told)
    assert {each["message"]: each["use"] for each in told["changes"] if each["level"] == "breaking"} == {
        "The operation GET /v1/rafts is gone.": "not used",
        "The query parameter `size` is new and must be sent.": "hit",
    }
    assert next(each["use"] for each in told["changes"] if each["rule"] == "documentation-changed") == "unknown"
    assert (told["summary"]["breaking"], told["yours"]["breaking"]) == (2, 1)


def test_without_uses_the_json_says_nothing_of_them(compared, api):
    before, _, after = versions(api)
    told = json.loads(diff_json(compared(before[1], after[1])))
    jsonschema_rs.validate(SCHEMA, told)
    assert "yours" not in told
    assert not any("use" in each for each in told["changes"])


def test_every_form_of_a_comparison_opens_with_ours_and_loses_nothing(document):
    for form in (diff_text(document), diff_markdown(document).replace("`", "")):
        words = " ".join(form.replace("`", "").split())
        own = words.index("Yours: 1 breaking, ")
        hit = words.index("The query parameter size is new and must be sent.")
        aside = words.index("Not used by you (2)")
        assert own < words.index("In all: 2 breaking") < hit < aside < words.index("GET /v1/rafts is gone.", aside)


def test_every_form_of_a_report_opens_with_ours_and_loses_nothing(report):
    for form in (report_text(report), report_markdown(report)):
        words = " ".join(form.replace("`", "").replace("\\", "").split())
        own = words.index("Yours: 1 breaking, 1 deadline")
        assert own < words.index("2 breaking changes, 2 deadlines within 30 days")
        aside = words.index("Not used by you (2)")
        assert words.index("parameter size is new") < aside < words.index("breaking: GET /v1/rafts", aside)
        assert words.index("GET /v1/crews") < aside < words.index("due soon: GET /v1/locks: 1 operation", aside)


def test_the_json_of_a_report_says_what_is_ours(report):
    told = json.loads(report_json(report))
    names = ("report-1", "deprecations-1", "diff-1")
    schemas = {name: json.loads(resources.text("schemas", f"{name}.schema.json")) for name in names}
    known = Registry().with_resources(
        (f"urn:specwatch:{name}", Resource.from_contents(schemas[name])) for name in names
    )
    Draft202012Validator(schemas["report-1"], registry=known).validate(told)
    (source,) = told["sources"]
    assert source["uses"] == ["GET /v1/boats", "/v1/crews/**"]
    assert source["yours"] == {"breaking": 1, "deadlines": 1}
    assert {each["subject"]["path"]: each["use"] for each in source["deprecations"]} == {
        "/v1/crews": "hit",
        "/v1/locks": "not used",
    }


def test_the_digest_opens_with_ours_and_counts_the_rest(report):
    digest = render_digest(report)
    assert digest.subject == (
        "[specwatch] acme: yours: 1 breaking, 1 deadline; in all 2 breaking, 2 deadlines within 30 days (week 32)"
    )
    text = " ".join(digest.text.split())
    assert text.index("Yours: 1 breaking, 1 deadline. In all: 2 breaking") < text.index("WHAT TO DO")
    todo = text[text.index("WHAT TO DO") : text.index("BREAKING (1)")]
    assert "/v1/boats" in todo
    assert "/v1/crews" in todo
    assert "/v1/rafts" not in todo
    assert "/v1/locks" not in todo
    assert "Not used by you: 1 change that would be told, 1 of them breaking." in text
    assert "Deprecated and not used by you: GET /v1/locks." in text
    assert "of 2" in digest.html
