"""`specwatch report`: what to act on first, each thing once, and no flood where there is nothing to act on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.report import Health, decode, encode, report_json, report_markdown, report_text
from monitor.report.diffdoc import DiffDocument

WICK = {"wick": {"type": "string"}}
OIL = {**WICK, "oil": {"type": "string"}, "glass": {"type": "string"}}
SPAN = {"since": "2026-08-03", "until": "2026-08-10"}
KINDS = {"kind": {"type": "string", "enum": ["storm", "magic"]}}
MORE_KINDS = {"kind": {"type": "string", "enum": ["storm", "magic", "paper"]}}


def printed(report, *, width: int = 200, **options) -> str:
    return report_text(report, width=width, **options)


def with_health(report, **facts):
    (view,) = report.sources
    return replace(report, sources=(replace(view, health=Health(**facts)),))


@pytest.fixture
def broken(reported, api):
    """A week in which a schema that many operations answer with lost two properties."""
    operations = [f"GET /v1/lanterns{number}" for number in range(7)]
    return reported(
        ("2026-07-01", api(*operations, lantern=OIL)), ("2026-08-04", api(*operations, lantern=WICK)), **SPAN
    )


def test_a_breaking_change_names_day_definition_operations_rule_and_promise(broken):
    text = printed(broken)
    assert "2 breaking changes" in text.splitlines()[1]
    assert "seen between 2026-07-01 and 2026-08-04" in text
    assert "Lantern, promise broken" in text
    assert "The property `oil` that was always present is gone. [required-property-removed " in text
    assert "received from GET /v1/lanterns0, GET /v1/lanterns1, " in text
    assert "GET /v1/lanterns4 and 2 more" in text


def test_changes_of_one_definition_with_the_same_reach_are_told_together(broken):
    assert printed(broken).count("Lantern, promise broken") == 1
    assert report_markdown(broken).count("received from") == 1


def test_deadlines_stand_before_changes_and_services_that_go_together_are_one_line(reported, api):
    living = ("GET /v1/a", "POST /v1/a", "GET /v1/a/{id}", "GET /v1/b")
    dying = ("GET /v1/a!", "POST /v1/a!", "GET /v1/a/{id}!", "GET /v1/b", "GET /v2/a")
    report = reported(
        ("2026-05-10", api(*living)), ("2026-05-20", api(*dying)), ("2026-08-04", api(*dying, lantern=OIL)), **SPAN
    )
    text = printed(report)
    assert "1 deadline within 30 days" in text
    assert "      2026-08-10, today\n        /v1/a: 3 operations\n" in text
    assert text.index("Deadlines") < text.index("Besides: 2 compatible")


def test_a_removal_after_its_deadline_is_breaking_and_allowed(reported, api):
    report = reported(
        ("2026-01-01", api("GET /v1/a", "GET /v1/b")),
        ("2026-01-02", api("GET /v1/a!", "GET /v1/b")),
        ("2026-07-30", api("GET /v1/a!", "GET /v1/b", "GET /v1/c")),
        ("2026-08-04", api("GET /v1/b", "GET /v1/c")),
        **SPAN,
    )
    text = printed(report)
    assert "GET /v1/a, promise allowed" in text
    assert "incident.io promises 3 months from deprecation to removal; the window ended on 2026-04-02." in text
    assert "removed in time" in text


def test_operations_of_a_service_that_go_at_once_are_one_point(reported, api):
    report = reported(
        ("2026-07-01", api("GET /v1/a", "POST /v1/a", "GET /v1/b")), ("2026-08-04", api("GET /v1/b")), **SPAN
    )
    text = printed(report)
    assert "/v1/a, promise broken" in text
    assert "2 operations of the service are gone: GET /v1/a and POST /v1/a [operation-removed]" in text
    assert "this was not deprecated before" in text


def test_a_broken_promise_is_told_even_where_it_need_not_break_the_client(reported, api):
    before, after = api("GET /v1/a", lantern=OIL), api("GET /v1/a", lantern=WICK)
    report = reported(("2026-07-01", before), ("2026-08-04", after), **SPAN)
    (view,) = report.sources
    (comparison,) = view.comparisons
    raw = (
        encode(comparison.document)
        .replace(b'"breaking"', b'"risky"')
        .replace(b'"risky":2,"risky":0', b'"breaking":0,"risky":2')
    )
    milder = replace(view, comparisons=(replace(comparison, document=decode(raw)),))
    text = printed(replace(report, sources=(milder,)))
    assert "2 broken promises\n" in text.splitlines()[1] + "\n"
    assert "Broken promises that need not break you (2)" in text
    assert "Besides" not in text


def test_what_the_promise_allows_is_risky_with_the_words_that_reserve_it(reported, api):
    before, after = api("GET /v1/a", lantern=KINDS), api("GET /v1/a", lantern=MORE_KINDS)
    text = printed(reported(("2026-07-01", before), ("2026-08-04", after), **SPAN))
    assert "Risky (1)" in text
    assert 'kind: The value "paper" is new in the list. [enum-value-added ' in text
    assert "“Adding new values to enums”" in text


def test_without_a_promise_no_word_is_said_of_one(reported, api):
    before, after = api("GET /a", lantern=OIL), api("GET /a", lantern=WICK)
    text = printed(reported(("2026-07-01", before), ("2026-08-04", after), promise=None, **SPAN))
    assert "client strict, no promise" in text
    assert "promise unstated" not in text
    assert "promise broken" not in text


def test_the_first_version_is_a_baseline_and_no_flood(reported, api):
    text = printed(reported(("2026-08-04", api("GET /v1/a", "GET /v1/b!")), **SPAN))
    assert "First version kept 2026-08-04: 2 operations and 1 deprecated already." in text
    assert "Breaking" not in text
    assert "(new)" not in text


def test_nothing_new_is_one_line(reported, api):
    report = reported(("2026-07-01", api("GET /v1/a")), **SPAN)
    assert printed(report).splitlines()[1:] == ["", "acme: nothing new"]


def test_what_was_long_overdue_does_not_make_a_quiet_week_long(reported, api):
    living, dying = ("GET /v1/a", "POST /v1/a"), ("GET /v1/a!", "POST /v1/a!")
    report = reported(("2025-01-01", api(*living)), ("2025-01-02", api(*dying)), **SPAN)
    assert printed(report).splitlines()[-1] == "acme: nothing new; 2 operations are overdue and still served"


def test_a_deadline_that_is_near_is_told_in_a_quiet_week_too(reported, api):
    report = reported(("2026-05-15", api("GET /v1/a")), ("2026-05-15T01:00", api("GET /v1/a!")), **SPAN)
    assert "2026-08-15, in 5 days" in printed(report)


def test_sources_with_news_come_before_quiet_ones(reported, api, broken):
    quiet = reported(("2026-07-01", api("GET /v1/a")), name="calm", **SPAN)
    text = printed(replace(broken, sources=(*quiet.sources, *broken.sources)))
    assert text.index("acme: 2 breaking") < text.index("calm: nothing new")


def test_a_source_that_fails_is_said_at_the_top_with_the_last_good_day(broken):
    at, good = datetime(2026, 8, 9, 12, tzinfo=UTC), datetime(2026, 8, 5, tzinfo=UTC)
    facts = {"checked_at": at, "outcome": "failed", "category": "http status", "message": "503", "last_good": good}
    text = printed(with_health(broken, **facts))
    assert "1 source failing" in text.splitlines()[1]
    words = (
        "acme: The last check failed on 2026-08-09 12:00 UTC (http status): 503; the last good one was on 2026-08-05"
    )
    assert text.splitlines()[2] == "0 of 1 source checked; last success of acme 5 days ago."
    assert words in text.splitlines()[4]


def test_an_invalid_document_is_said_near_the_top_with_its_first_problem(broken):
    problems = ("/paths: is required", "/info: is required")
    text = printed(with_health(broken, outcome="new", problems=problems))
    assert "The newest document is invalid" in text.splitlines()[3]
    assert "2 problems, first: /paths: is required" in text.splitlines()[3]


def test_a_comparison_that_could_not_be_made_is_said(reported, api):
    report = reported(("2026-07-01", api("GET /v1/a")), warnings=("acme@1 and acme@2: too large",), **SPAN)
    assert "A comparison could not be made: acme@1 and acme@2: too large" in printed(report)


def test_slips_are_one_line(reported, api):
    text = printed(reported(("2026-07-01", api("GET /v1/a")), suspect=1, versions=1, **SPAN))
    assert "1 version lacks what the versions around it have; taken for a slip." in text


def test_paused_and_unknown_sources_say_so(reported):
    assert "Paused: it is not checked." in printed(with_health(reported(**SPAN), paused=True))
    assert "Nothing is known yet: specwatch check acme" in printed(with_health(reported(**SPAN)))


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ({"since": "2026-08-01", "until": "2026-09-01"}, "Changes from 2026-08-01 to 2026-08-31, as of 2026-09-01"),
        ({"since": "2026-08-01", "until": "2026-08-02"}, "Changes from 2026-08-01, as of 2026-08-02"),
        (
            {"since": "2026-08-01T08:30", "until": "2026-08-02T08:30"},
            "Changes from 2026-08-01 08:30 UTC to 2026-08-02 08:30 UTC, as of 2026-08-02",
        ),
    ],
)
def test_the_span_is_said_as_a_reader_counts_days(reported, api, span, words):
    assert printed(reported(("2026-07-01", api("GET /v1/a")), **span)).splitlines()[0] == words


@pytest.mark.parametrize("width", [60, 100])
def test_lines_keep_to_the_width_and_none_ends_in_a_space(broken, width):
    lines = report_text(broken, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert [line for line in lines if line != line.rstrip()] == []


def test_colours_come_only_when_asked_and_only_repeat_words(broken):
    assert "\x1b" not in printed(broken)
    assert "\x1b[31mpromise broken\x1b[0m" in printed(broken, color=True)


def test_the_json_has_the_documents_whole(broken):
    said = json.loads(report_json(broken))
    assert list(said) == ["format", "since", "until", "today", "sources"]
    assert said["format"] == "specwatch.report/1"
    assert (said["since"], said["until"], said["today"]) == (
        "2026-08-03T00:00:00Z",
        "2026-08-10T00:00:00Z",
        "2026-08-10",
    )
    (comparison,) = said["sources"][0]["comparisons"]
    document = decode(json.dumps(comparison["diff"]).encode())
    assert isinstance(document, DiffDocument)
    assert document == broken.sources[0].comparisons[0].document
    assert len(document.changes[0].operations) == 7


def test_each_form_ends_in_one_newline(broken):
    for text in (report_text(broken), report_markdown(broken), report_json(broken)):
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_a_hostile_name_reaches_neither_terminal_nor_page(reported, api):
    hostile = "<script>alert(1)</script>\x1b[31m`|" + "x" * 4000
    before = api(f"GET /v1/{hostile}", lantern={**WICK, hostile: {"type": "string"}})
    report = reported(("2026-07-01", before), ("2026-08-04", api(f"GET /v1/{hostile}")), name=hostile, **SPAN)
    assert "1 breaking change" in printed(report)
    assert "\x1b" not in printed(report)
    page = report_markdown(report)
    assert "\x1b" not in page
    assert "## &lt;script&gt;" in page


def test_no_source_at_all_says_what_to_do(broken):
    assert "specwatch add NAME URL" in report_text(replace(broken, sources=()))
    assert "specwatch add NAME URL" in report_markdown(replace(broken, sources=()))


@pytest.mark.parametrize("form", [report_text, report_markdown])
def test_by_operation_what_is_breaking_stands_before_what_was_seen_earlier_and_is_milder(reported, api, form):
    def version(*parameters):
        document = json.loads(api("GET /v1/a", "GET /v1/b"))
        document["paths"]["/v1/a"]["get"]["parameters"] = list(parameters)
        return json.dumps(document)

    old, needed = ({"name": name, "in": "query", "schema": {"type": "string"}} for name in ("old", "needed"))
    report = reported(
        ("2026-08-01", version(old)),
        ("2026-08-04", version()),
        ("2026-08-05", version({**needed, "required": True})),
        since="2026-08-03",
        until="2026-08-10",
    )
    told = form(report, by="operation").replace("`", "")
    assert told.index("parameter needed is new and must be sent") < told.index("parameter old")
