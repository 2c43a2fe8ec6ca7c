"""The weekly email: what its subject says, what is in it, and that every mail program shows it whole."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from monitor.report import Health, render_digest

WICK = {"wick": {"type": "string"}}
OIL = {**WICK, "oil": {"type": "string"}}
WEEK = {"since": "2026-08-03T08:00", "until": "2026-08-10T08:00"}
CLIPPED = 102_000
"""Bytes at which Gmail cuts a message off."""


class Page(HTMLParser):
    """What an email's HTML is made of: its tags, open and closed in order, their attributes and its visible text."""

    VOID = frozenset({"br", "meta"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.visible: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.visible.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.visible))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def week(reported, api):
    """A week with a broken promise, a deadline that is near, and an operation long overdue."""
    old = ("GET /v1/old", "GET /v1/a", "GET /v1/b")
    return reported(
        ("2025-01-01", api(*old, lantern=OIL)),
        ("2025-01-02", api("GET /v1/old!", *old[1:], lantern=OIL)),
        ("2026-05-20", api("GET /v1/old!", *old[1:], lantern=OIL)),
        ("2026-05-21", api("GET /v1/old!", "GET /v1/a!", "GET /v1/b", lantern=OIL)),
        ("2026-08-05", api("GET /v1/old!", "GET /v1/a!", "GET /v1/b", lantern=WICK)),
        **WEEK,
    )


@pytest.fixture
def many(reported, api):
    """A week in which 2,000 services with long paths went, each a point of its own."""
    operations = [f"GET /v1/service{number}/{'segment/' * 40}" for number in range(2000)]
    return reported(("2026-07-01", api("GET /v2/a", *operations)), ("2026-08-05", api("GET /v2/a")), **WEEK)


def test_the_subject_says_what_matters_and_which_week(week):
    subject = render_digest(week).subject
    assert subject == "specwatch: 1 breaking change, 1 deadline within 30 days (week to 10 Aug 2026)"


def test_a_week_with_nothing_new_says_so_in_subject_and_text(reported, api):
    digest = render_digest(reported(("2026-07-01", api("GET /v1/a")), **WEEK))
    assert digest.subject == "specwatch: nothing new (week to 10 Aug 2026)"
    assert "Nothing new: acme." in digest.text


def test_changes_that_ask_for_nothing_are_counted_in_the_subject(reported, api):
    report = reported(("2026-07-01", api("GET /v1/a")), ("2026-08-05", api("GET /v1/a", "GET /v1/b")), **WEEK)
    assert render_digest(report).subject == "specwatch: 1 change, none of them breaking (week to 10 Aug 2026)"


def test_the_first_week_of_a_source_is_no_flood(reported, api):
    digest = render_digest(reported(("2026-08-05", api("GET /v1/a", "GET /v1/b!")), **WEEK))
    assert digest.subject == "specwatch: 1 source watched from now on (week to 10 Aug 2026)"
    assert "First version kept 2026-08-05: 2 operations and 1 deprecated already." in " ".join(digest.text.split())


def test_a_longer_span_names_both_ends(week):
    subject = render_digest(replace(week, since=datetime(2026, 7, 1, tzinfo=UTC))).subject
    assert subject.endswith("(1 Jul 2026 to 10 Aug 2026)")


def test_text_and_html_tell_the_same_deadlines_first_then_what_breaks(week):
    digest = render_digest(week)
    text, page = " ".join(digest.text.split()), Page(digest.html).text
    for told in (text, page):
        near = told.index("due soon: 2026-08-20, in 10 days")
        old = told.index("Overdue for longer and still served (1 operation): GET /v1/old.")
        broken = told.index("Lantern, promise broken")
        assert near < old < broken
        assert "The property oil that was always present is gone. [required-property-removed]" in told
        assert "Received from GET /v1/a, GET /v1/b and GET /v1/old." in told


def test_the_rest_is_counted_with_the_command_that_shows_it(reported, api):
    kinds = [{"kind": {"type": "string", "enum": each}} for each in (["a", "b"], ["a", "b", "c"])]
    versions = [
        (moment, api("GET /v1/a", lantern=kind))
        for moment, kind in zip(("2026-07-01", "2026-08-05"), kinds, strict=True)
    ]
    text = render_digest(reported(*versions, **WEEK)).text
    assert "Besides: 1 risky change; specwatch report acme --since 2026-08-03 shows them." in " ".join(text.split())


def test_a_source_that_fails_stands_at_the_top_and_in_the_subject(week):
    (view,) = week.sources
    failing = replace(view, name="down", comparisons=(), entries=(), health=Health(outcome="failed", message="503"))
    digest = render_digest(replace(week, sources=(view, failing)))
    assert "1 source failing" in digest.subject
    assert digest.text.index("! down: The last check failed: 503") < digest.text.index("Deadlines")
    assert "All quiet" not in digest.text


def test_the_preheader_is_the_first_thing_to_act_on(week):
    html = render_digest(week).html
    preheader = re.search(r'<div class="preheader"[^>]*>(.*?)</div>', html)
    assert preheader is not None
    assert preheader[1] == "acme: The property oil that was always present is gone."


def test_the_page_is_well_formed_fits_600_pixels_and_needs_no_images(week):
    html = render_digest(week).html
    page = Page(html)
    assert page.open == []
    assert page.named("html") == [{"lang": "en"}]
    assert not {"img", "script", "link", "a", "iframe"} & {tag for tag, _ in page.tags}
    assert "url(" not in html
    assert "max-width: 600px" in html
    assert all(table["role"] == "presentation" for table in page.named("table"))


def test_the_styles_are_in_the_elements_and_dark_mode_stays_in_the_page(week):
    html = render_digest(week).html
    (sheet,) = [table for table in Page(html).named("table") if table.get("class") == "sheet"]
    assert "background: #ffffff" in (sheet["style"] or "")
    assert "@media (prefers-color-scheme: dark)" in html
    assert {"name": "color-scheme", "content": "light dark"} in Page(html).named("meta")


def test_a_browser_learns_the_encoding_in_time(week):
    # HTML, section 13.2.3.2: it looks for it in the first 1,024 bytes.
    assert b'<meta charset="utf-8">' in render_digest(week).html.encode()[:1024]


def test_headings_go_down_one_step_at_a_time(week):
    levels = [int(tag[1]) for tag, _ in Page(render_digest(week).html).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_two_thousand_changes_stay_below_what_mail_programs_clip(many):
    digest = render_digest(many)
    assert "2,000 breaking changes" in digest.subject
    assert len(digest.html.encode()) < CLIPPED
    assert len(digest.text.encode()) < CLIPPED


def test_what_is_cut_is_counted_with_the_command_that_shows_all(reported, api):
    names = [f"GET /v1/{letter}{number}" for letter in "abcdefghij" for number in range(30)]
    after = api("GET /v2/a")
    digest = render_digest(reported(("2026-07-01", api("GET /v2/a", *names)), ("2026-08-05", after), **WEEK))
    text = " ".join(digest.text.split())
    shown = text.count("is gone. [operation-removed]")
    assert 0 < shown < 300
    assert f"… and {300 - shown} more changes; specwatch report acme --since 2026-08-03 shows all." in text


def test_hundreds_of_sources_stay_below_it_too(week):
    (view,) = week.sources
    failed = Health(outcome="failed", message="503 " * 200, problems=("x" * 900,))
    sources = tuple(replace(view, name=f"source-{number}", health=failed) for number in range(300))
    digest = render_digest(replace(week, sources=sources))
    assert "300 sources failing" in digest.subject
    assert len(digest.html.encode()) < CLIPPED
    assert re.search(
        r"… and \d+ more sources; specwatch report --since 2026-08-03 shows all", " ".join(digest.text.split())
    )
    assert re.search(r"… and \d+ more warnings;", digest.text)


def test_lines_of_the_text_keep_to_what_mail_allows(week, many):
    for report in (week, many):
        assert max(map(len, render_digest(report).text.splitlines())) <= 998
    assert max(map(len, render_digest(week).text.splitlines())) <= 78


def test_a_hostile_name_is_text_in_both_parts(reported, api):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m`{{ 7*7 }}`" + "x" * 4000
    before = api(f"GET /v1/{hostile}", "GET /v1/b", lantern={**WICK, hostile: {"type": "string"}})
    report = reported(("2026-07-01", before), ("2026-08-05", api("GET /v1/b")), name=hostile, **WEEK)
    digest = render_digest(report)
    page = Page(digest.html)
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert "\x1b" not in digest.subject + digest.text + digest.html
    assert "\n" not in digest.subject


def test_the_same_report_gives_the_same_bytes(week):
    assert render_digest(week) == render_digest(week)
