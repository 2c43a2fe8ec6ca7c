"""`specwatch audit`: the counts first, then what they count with its evidence; four forms of one view."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from monitor.policy import promise_profile
from monitor.report import audit_html, audit_json, audit_markdown, audit_text
from monitor.report.audit_build import is_correction
from monitor.rules import catalogue

OIL = {"wick": {"type": "string"}, "oil": {"type": "string"}}


@pytest.fixture
def lamps(audited, api):
    """Two services deprecated, one of them with a successor; one operation gone early, another never announced."""
    one = ("GET /v1/lamps", "POST /v1/lamps", "GET /v1/wicks", "GET /v1/oils", "GET /v1/glasses")
    two = ("GET /v1/lamps!", "POST /v1/lamps!", "GET /v1/wicks!", "GET /v1/oils", "GET /v2/lamps", "GET /v1/glasses")
    three = ("GET /v1/lamps!", "POST /v1/lamps!", "GET /v2/lamps", "GET /v1/glasses")
    return audited(
        ("2026-01-10", api(*one, lantern=OIL)),
        ("2026-02-10", api(*two, lantern=OIL)),
        ("2026-03-10", api(*three)),
        today="2026-04-01",
    )


def test_the_counts_stand_under_each_clause_before_what_they_count(lamps):
    text = audit_text(lamps)
    assert text.startswith("acme, held to the promise of incident.io\n")
    window, stability, parallel, kinds = (text.index(clause.title[:60]) for clause in lamps.clauses)
    assert window < text.index("broken     2 removals") < text.index("  Removals") < stability
    assert stability < text.index("broken     1 change in 1 version") < parallel < kinds
    assert text.index("What documents cannot tell") > kinds


def test_each_verdict_names_the_command_that_shows_it(lamps):
    text = audit_text(lamps)
    assert text.count("specwatch diff acme@2026-02-10 acme@2026-03-10 --client strict") == 3
    assert "specwatch diff acme@2026-02-10 acme@2026-03-10 --client strict" in audit_markdown(lamps)
    assert "specwatch diff acme@2026-02-10 acme@2026-03-10 --client strict" in audit_html(lamps)


def test_each_breach_has_the_fingerprint_by_which_it_is_explained(lamps):
    (breach,) = lamps.breaches
    name = f"required-property-removed {breach.change.fingerprint[:8]}"
    assert all(name in form(lamps) for form in (audit_text, audit_markdown, audit_html))


def test_what_went_early_is_told_from_what_was_never_deprecated(lamps):
    assert [(each.operation, each.sentence) for each in lamps.removed] == [
        ("GET /v1/oils", "It was not deprecated when it went."),
        ("GET /v1/wicks", "It was gone by 2026-03-10, and its window runs up to 2026-04-10."),
    ]


def test_a_service_names_the_method_that_has_no_equivalent(lamps):
    text = " ".join(audit_text(lamps).split())
    assert "no equivalent is known of POST /v1/lamps" in text
    assert "both ran for at least 28 days so far" in text


def test_lines_keep_to_the_width_where_the_words_allow_it(lamps):
    long = [line for line in audit_text(lamps, width=72).splitlines() if len(line) > 72]
    assert all("specwatch diff" in line or "SHA-256" in line or "54226d8bb" in line for line in long)


def test_an_operation_that_was_seen_once_may_never_have_been_meant(audited, api):
    audit = audited(
        ("2026-01-10", api("GET /a")), ("2026-02-10", api("GET /a", "GET /b")), ("2026-03-10", api("GET /a")),
        today="2026-04-01",
    )  # fmt: skip
    assert audit.removed[0].doubts == ("It was seen in one version only: it may never have been meant to be there.",)


def test_nothing_to_judge_is_said(audited, api):
    audit = audited(("2026-01-10", api("GET /a")), today="2026-04-01")
    assert "nothing to judge it by" in audit_text(audit)
    assert audit.timeline.bars == ()
    assert "<figure" not in audit_html(audit)


def test_the_json_has_every_judgement_with_its_evidence(lamps):
    value = json.loads(audit_json(lamps))
    assert value["format"] == "specwatch.audit/1"
    assert [(each["clause"], each["broken"]) for each in value["clauses"]] == [
        ("window", 2),
        ("stability", 1),
        ("parallel", 0),
        ("kinds", 0),
    ]
    (breach,) = value["breaches"]
    assert breach["change"]["rule"] == "required-property-removed"
    assert breach["evidence"]["before"] == "acme@2026-02-10"
    assert value["promise"]["words_sha256"] == promise_profile("incident-io").words_sha256


def test_the_same_audit_gives_the_same_bytes_in_every_form(lamps):
    for form in (audit_text, audit_json, audit_markdown, audit_html):
        assert form(lamps) == form(lamps)


class Page(HTMLParser):
    """The elements of a page: those that are open, and every attribute that could load something."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str | None] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.loads += [value for name, value in attrs if name in ("src", "href", "srcset", "data")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.remove(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page(text: str) -> Page:
    parser = Page()
    parser.feed(text)
    parser.close()
    return parser


def test_the_page_is_whole_and_loads_nothing(lamps):
    found = page(audit_html(lamps))
    assert found.open == []
    assert found.loads == []
    assert not {"script", "link", "img", "iframe"} & set(found.seen)
    assert not re.search(r"url\((?!#)|@import", audit_html(lamps))


def test_a_document_s_own_words_are_no_mark_up(audited, api):
    nasty = "/v1/<script>alert(1)</script>&\u202e"
    audit = audited(
        ("2026-01-10", api(f"GET {nasty}", "GET /b")),
        ("2026-02-10", api(f"GET {nasty}!", "GET /b")),
        ("2026-03-10", api("GET /b")),
        today="2026-04-01",
    )
    html = audit_html(audit)
    assert "<script" not in html
    assert "\u202e" not in html + audit_text(audit) + audit_markdown(audit)
    assert page(html).open == []


def test_the_timeline_has_a_bar_for_each_deprecated_service_from_first_seen_to_deadline_to_its_end(lamps):
    bars = {bar.label: bar for bar in lamps.timeline.bars}
    assert list(bars) == ["/v1/lamps (2)", "GET /v1/wicks"]
    lamp, wick = bars.values()
    assert [segment.kind for segment in lamp.segments] == ["uncertain", "window"]
    assert lamp.end is None
    assert lamp.deadline is not None
    assert wick.end is not None
    assert wick.end.kind == "removed early"
    assert wick.end.x < (wick.deadline or 0)
    # Each begins where the one before ends, and none leaves the axis.
    for bar in bars.values():
        for left, right in zip(bar.segments, bar.segments[1:], strict=False):
            assert left.x + left.width == pytest.approx(right.x, abs=0.02)
        assert all(0 <= segment.x <= segment.x + segment.width <= 100.01 for segment in bar.segments)


def test_of_what_was_deprecated_in_the_first_version_no_deadline_is_drawn(audited, api):
    first = ("2026-01-10", api("GET /v1/a!", "GET /b"))
    (young,) = audited(first, today="2026-02-01").timeline.bars
    assert ([segment.kind for segment in young.segments], young.deadline) == (["unknown"], None)
    (old,) = audited(first, today="2026-09-01").timeline.bars
    assert ([segment.kind for segment in old.segments], old.deadline) == (["unknown", "late"], None)


def test_a_flag_that_was_taken_back_ends_without_a_deadline(audited, api):
    audit = audited(
        ("2026-01-10", api("GET /v1/a", "GET /b")),
        ("2026-02-10", api("GET /v1/a!", "GET /b")),
        ("2026-03-10", api("GET /v1/a", "GET /b")),
        today="2026-04-01",
    )
    (bar,) = audit.timeline.bars
    assert bar.end is not None
    assert (bar.end.kind, bar.deadline) == ("reinstated", None)
    assert [segment.kind for segment in bar.segments] == ["uncertain", "window"]


@pytest.mark.parametrize("last", ["2026-01-20", "2026-06-01", "2027-06-01", "2031-01-01", "2070-01-01"])
def test_the_axis_has_as_many_days_as_a_telephone_has_room_for(audited, api, last):
    ticks = audited(("2026-01-10", api("GET /v1/a!")), today=last).timeline.ticks
    assert len(ticks) <= 6
    assert len({tick.label for tick in ticks}) == len(ticks)


def test_every_kind_of_edit_that_may_be_a_correction_is_a_rule_that_there_is():
    found = {rule.id for rule in catalogue() if is_correction(rule.id)}
    assert {"property-became-required", "property-became-optional", "enum-added", "maximum-added"} <= found
    assert not {"enum-value-removed", "required-property-removed", "operation-removed"} & found


# --- smaller things -------------------------------------------------------------------------------------------------


@pytest.fixture
def wicks(audited, api):
    """Two properties that prose alone deprecates, one of which goes; a service beside them."""
    gone = {"type": "string", "description": "DEPRECATED: use flame instead."}
    return audited(
        ("2026-01-10", api("GET /v1/lamps", "GET /v2/lamps", lantern=OIL)),
        ("2026-02-10", api("GET /v1/lamps!", "GET /v2/lamps", lantern={**OIL, "wick": gone, "oil": gone})),
        ("2026-03-10", api("GET /v1/lamps!", "GET /v2/lamps", lantern={"oil": gone})),
        today="2026-09-01",
    )


def test_smaller_things_are_told_with_what_takes_their_place_and_accuse_nobody(wicks):
    text = audit_text(wicks)
    told = text[text.index("Smaller things that were deprecated") : text.index("What documents cannot tell")]
    assert "property Lantern > oil: still served; first seen deprecated between" in told
    assert "Lantern > oil -> flame" in told
    assert told.count("said in prose alone, which proves nothing") == 2
    assert "overdue" not in told
    parts = json.loads(audit_json(wicks))["parts"]
    assert [(each["subject"]["name"], each["strength"], each["state"]) for each in parts] == [
        ("Lantern > oil", "weak", "overdue_still_served"),
        ("Lantern > wick", "weak", "removed"),
    ]
    assert "| `Lantern > oil` → `flame` | still served |" in audit_markdown(wicks)


def test_each_timeline_stands_beside_a_table_that_says_the_same(wicks):
    page = audit_html(wicks)
    tables = re.findall(r"<summary>The same as a table</summary>.*?</table>", page, re.DOTALL)
    timelines = re.findall(r'<figure class="timeline">.*?</figure>', page, re.DOTALL)
    assert len(tables) == len(timelines) == 2
    for drawn, table in zip(timelines, tables, strict=True):
        bars = re.findall(r"<g><title>(.*?)</title>", drawn)
        rows = re.findall(r"<tr><td>(.*?)</tr>", table, re.DOTALL)
        assert len(bars) == len(rows)
        for bar, row in zip(bars, rows, strict=True):
            state, seen = re.findall(r"<td>(.*?)</td>", row)[:2]
            assert f": {state}; deprecated {seen}; " in bar
    assert 'class="seg-words"' in timelines[1]
    assert 'class="deadline"' not in timelines[1]
