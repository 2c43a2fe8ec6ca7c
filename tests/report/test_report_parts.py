"""What is smaller than an operation, and what prose alone says, in the report and the digest: told in proportion."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from monitor.report import render_digest, report_json, report_markdown, report_text

WEEK = {"since": "2026-08-03", "until": "2026-08-10"}
TEXT = {"type": "string"}
WICK = {"deprecated": True, "x-sunset": "2026-08-20", **TEXT}
OIL = {"description": "DEPRECATED: use `fuel` instead.", **TEXT}


def told(report) -> tuple[str, str, str, str]:
    """The report in words, whatever its form: text, Markdown, and both parts of the mail."""
    digest = render_digest(report)
    page = report_markdown(report).replace("`", "").replace("\\", "").replace("*", "")
    return report_text(report, width=200), page, digest.text, digest.html


@pytest.fixture
def news(reported, api):
    """A week in which a property got a date, and prose called another deprecated; one had been so for long."""
    rows = (
        ("2026-01-01", {"wick": TEXT, "oil": TEXT, "soot": TEXT}),
        ("2026-01-02", {"wick": TEXT, "oil": TEXT, "soot": {"description": "DEPRECATED.", **TEXT}}),
        ("2026-08-01", {"wick": TEXT, "oil": TEXT, "soot": {"description": "DEPRECATED!", **TEXT}}),
        ("2026-08-04", {"wick": WICK, "oil": OIL, "soot": {"description": "DEPRECATED.", **TEXT}}),
    )
    return reported(*((day, api("GET /v1/a", lantern=lantern)) for day, lantern in rows), **WEEK)


def test_parts_are_told_after_the_operations_with_days_left_date_and_successor(news):
    text = report_text(news, width=200)
    assert "1 deadline within 30 days" in text.splitlines()[1]
    parts, prose = text.index("  Parts of operations, and what they share\n"), text.index("  Said in prose alone")
    assert parts < prose < text.index("Told before and still served: 1 property, all in prose alone, all overdue")
    assert "    due soon\n      2026-08-20, in 10 days\n        property Lantern > wick (in responses) (new)\n" in text
    assert "2026-11-01, in 83 days\n        property Lantern > oil (in responses) -> fuel (new)\n" in text
    assert "soot" not in text


def test_page_and_mail_tell_the_same(news):
    for form in told(news):
        words = " ".join(form.replace("&gt;", ">").replace("<code>", "").replace("</code>", "").split())
        for said in (
            "2026-08-20, in 10 days",
            "property Lantern > wick",
            "in prose alone",
            "Told before and still",
        ):
            assert said in words
        assert words.index("Lantern > wick") < words.index("Lantern > oil")


def test_the_json_has_all_of_them_with_their_strength(news):
    (source,) = json.loads(report_json(news))["sources"]
    found = {one["subject"]["name"]: one["strength"] for one in source["deprecations"]}
    assert found == {"Lantern > oil": "weak", "Lantern > soot": "weak", "Lantern > wick": "strong"}


def test_properties_of_one_schema_are_one_line_with_their_names(reported, api):
    names = ("ash", "oil", "wick")
    rows = (("2026-08-01", TEXT), ("2026-08-04", {"deprecated": True, **TEXT}))
    report = reported(*((day, api("GET /v1/a", lantern=dict.fromkeys(names, each))) for day, each in rows), **WEEK)
    text = report_text(report, width=200)
    assert "        Lantern: 3 properties (in responses) (new)\n          ash, oil and wick\n" in text


def test_hundreds_of_deprecated_parts_are_no_flood(reported, api):
    lantern = {f"wick{number}": {"type": "object", "properties": {"a": TEXT}} for number in range(300)}
    flagged = {name: {**each, "properties": {"a": {"deprecated": True, **TEXT}}} for name, each in lantern.items()}
    rows = ((day, api("GET /v1/a", lantern=each)) for day, each in (("2026-08-01", lantern), ("2026-08-04", flagged)))
    document = json.loads(api("GET /v1/a"))
    histories = []
    for day, deprecated in (("2026-08-01", False), ("2026-08-04", True)):
        schemas = {
            f"Lamp{number}": {"type": "object", "properties": {"wick": {"deprecated": deprecated, **TEXT}}}
            for number in range(300)
        }
        both = document["components"]["schemas"] | schemas
        histories.append((day, json.dumps({**document, "components": {"schemas": both}})))
    for report in (reported(*rows, **WEEK), reported(*histories, **WEEK)):
        for form in told(report):
            assert len(form.splitlines()) < 250
        text = report_text(report, width=200)
        deadlines = text[text.index("Parts of operations") : text.index("Besides")]
        assert len(deadlines.splitlines()) < 20
    assert "and 290 more; `specwatch deprecations acme` lists them." in text


def test_parts_that_went_are_told_where_more_than_prose_had_said_so(reported, api):
    rows = (
        ("2026-01-01", {"wick": TEXT, "oil": TEXT, "ash": TEXT}),
        ("2026-01-02", {"wick": {"deprecated": True, **TEXT}, "oil": OIL, "ash": TEXT}),
        ("2026-08-04", {"ash": TEXT}),
    )
    report = reported(*((day, api("GET /v1/a", lantern=lantern)) for day, lantern in rows), **WEEK)
    text = report_text(report, width=200)
    gone = text[text.index("Gone or taken back") :]
    assert "property Lantern > wick" in gone
    assert "1 property that prose alone called deprecated went, or is no longer called so." in text
    assert "Lantern > oil" not in text[: text.index("Breaking")]


def test_a_quiet_week_does_not_tell_them_again(reported, api):
    rows = (("2026-01-01", TEXT), ("2026-01-02", {"deprecated": True, **TEXT}))
    report = reported(*((day, api("GET /v1/a", lantern={"wick": each})) for day, each in rows), **WEEK)
    assert "wick" not in report_text(report)


def test_a_deprecated_url_that_is_watched_is_said_first_and_loud(reported, api):
    rows = (("2026-08-01", "GET /openapi.json"), ("2026-08-04", "GET /openapi.json!"))
    report = reported(*((day, api(name, "GET /v2/a")) for day, name in rows), **WEEK)
    (view,) = report.sources
    entries = tuple(replace(entry, watched=True) for entry in view.entries)
    report = replace(report, sources=(replace(view, entries=entries),))
    for form in told(report):
        words = " ".join(form.split())
        assert "THE WATCHED URL ITSELF IS DEPRECATED (GET /openapi.json): deadline 2026-11-01, in 83 days" in words
        second = next(title for title in ("Deadlines", "OPEN WINDOWS", "Open windows") if title in words)
        assert words.index("THE WATCHED URL") < words.index(second)
    assert render_digest(report).subject.startswith("[specwatch] acme: 1 watched URL deprecated")
