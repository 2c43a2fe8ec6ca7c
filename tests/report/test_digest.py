"""The weekly email: what its subject says, what is in it, and that every mail program shows it whole."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from monitor.report import Health, file_stem, render_alert, render_digest, render_reminder

WICK = {"wick": {"type": "string"}}
OIL = {**WICK, "oil": {"type": "string"}}
WEEK = {"since": "2026-08-03T08:00", "until": "2026-08-10T08:00"}
CLIPPED = 80_000
"""Bytes that a digest may have: Gmail cuts a message off at 102,000, with what the transport adds."""


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


def words(text: str) -> str:
    """The words of a plain text, however it is wrapped."""
    return " ".join(text.split())


def test_the_subject_says_who_what_matters_and_which_week(week):
    subject = render_digest(week).subject
    assert subject == "[specwatch] acme: 1 breaking, 1 deadline within 30 days (week 32)"


def test_a_week_with_nothing_new_says_so_in_the_subject_and_in_at_most_five_lines(reported, api):
    versions = ("2025-01-01", api("GET /v1/a")), ("2025-07-01", api("GET /v1/a!"))
    digest = render_digest(reported(*versions, **WEEK))
    assert digest.subject == "[specwatch] acme: nothing new (week 32)"
    body = digest.text.partition("\n-- \n")[0].strip()
    assert body.splitlines() == [
        "acme, week 32 (3 Aug to 10 Aug 2026)",
        "Nothing new in acme.",
        "1 operation is overdue and still served: /v1/a.",
        "1 source watched, last checked on 2026-08-10 08:00 UTC; none fails.",
    ]
    page = Page(digest.html).text
    assert all(line in page for line in body.splitlines())


def test_changes_that_ask_for_nothing_are_counted_in_the_subject(reported, api):
    report = reported(("2026-07-01", api("GET /v1/a")), ("2026-08-05", api("GET /v1/a", "GET /v1/b")), **WEEK)
    assert render_digest(report).subject == "[specwatch] acme: 1 compatible (week 32)"


def test_the_first_week_of_a_source_is_no_flood(reported, api):
    digest = render_digest(reported(("2026-08-05", api("GET /v1/a", "GET /v1/b!")), **WEEK))
    assert digest.subject == "[specwatch] acme: 1 API watched from now on (week 32)"
    assert "First version kept 2026-08-05: 2 operations and 1 deprecated already." in words(digest.text)
    assert "WHAT TO DO, AND BY WHEN Nothing." in words(digest.text)


def test_a_digest_of_three_weeks_says_so(week):
    subject = render_digest(replace(week, since=datetime(2026, 7, 20, 8, tzinfo=UTC))).subject
    assert subject.endswith("(weeks 30 to 32)")


def test_a_span_of_no_whole_weeks_names_both_ends(week):
    subject = render_digest(replace(week, since=datetime(2026, 7, 31, tzinfo=UTC))).subject
    assert subject.endswith("(31 Jul to 10 Aug 2026)")


def test_of_many_sources_the_subject_names_those_with_something_to_tell(week):
    (view,) = week.sources
    calm = [replace(view, name=f"calm-{number}", comparisons=(), entries=()) for number in range(3)]
    assert render_digest(replace(week, sources=(*calm, view))).subject.startswith("[specwatch] acme: 1 breaking, ")
    loud = [replace(view, name=f"loud-{number}") for number in range(3)]
    assert render_digest(replace(week, sources=tuple(loud))).subject.startswith("[specwatch] 3 APIs: 3 breaking, ")


def test_text_and_html_tell_in_the_same_order_what_to_do_what_broke_the_windows_the_sources_and_the_book(week):
    digest = render_digest(week)
    for told in (words(digest.text).lower(), Page(digest.html).text.lower()):
        order = [
            told.index("what to do, and by when"),
            told.rindex("check your calls of /v1/a, /v1/b and /v1/old: 1 breaking change"),
            told.index("stop using get /v1/a"),
            told.index("breaking (1)"),
            told.index("lantern, promise broken"),
            told.index("the property oil that was always present is gone. [required-property-removed]"),
            told.index("received from get /v1/a, get /v1/b and get /v1/old."),
            told.index("open windows"),
            told.index("in 10 days, 2026-08-20"),
            told.index("overdue: "),
            told.index("the sources"),
            told.index("acme: well"),
        ]
        assert order == sorted(order)


def test_the_bars_of_the_windows_are_cells_whose_widths_add_up_and_stand_beside_the_words(week):
    page = Page(render_digest(week).html)
    cells = [attributes for attributes in page.named("td") if attributes.get("height") == "8"]
    assert [cell["width"] for cell in cells] == ["89%", "11%", "100%"]


def test_changes_met_by_one_service_are_one_thing_to_do(reported, api):
    rich, poor = {"oil": {"type": "string"}, "wick": {"type": "string"}, "tin": {"type": "string"}}, WICK
    calls = ("GET /v1/a", "POST /v1/a", "DELETE /v1/a")
    digest = render_digest(
        reported(("2026-07-01", api(*calls, lantern=rich)), ("2026-08-05", api(*calls, lantern=poor)), **WEEK)
    )
    text = words(digest.text)
    assert "now: Check your calls of /v1/a: 2 breaking changes Lantern: " in text
    assert "Met by DELETE /v1/a, GET /v1/a and POST /v1/a." in text


def test_what_is_gone_is_to_be_called_no_more_and_its_successor_is_named(reported, api):
    old, new = "GET /v1/boats", "GET /v2/boats"
    versions = [("2026-01-01", api(old, new)), ("2026-01-02", api(f"{old}!", new)), ("2026-08-05", api(new))]
    text = words(render_digest(reported(*versions, **WEEK)).text)
    assert "now: Stop calling GET /v1/boats, it is gone, move to GET /v2/boats" in text
    assert "NEW IN THE BOOK * removed: gone between 2026-01-02 and 2026-08-05" in text


def test_risky_changes_are_told_after_the_breaking_ones(reported, api):
    kinds = [{"kind": {"type": "string", "enum": each}} for each in (["a", "b"], ["a", "b", "c"])]
    versions = [
        (moment, api("GET /v1/a", lantern=kind))
        for moment, kind in zip(("2026-07-01", "2026-08-05"), kinds, strict=True)
    ]
    digest = render_digest(reported(*versions, **WEEK))
    assert digest.subject == "[specwatch] acme: 1 risky (week 32)"
    assert "WHAT TO DO, AND BY WHEN Nothing. RISKY (1) seen between" in words(digest.text)


def test_a_source_that_fails_stands_at_the_top_in_the_subject_and_in_full_among_the_sources(week):
    (view,) = week.sources
    failing = replace(view, name="down", comparisons=(), entries=(), health=Health(outcome="failed", message="503"))
    digest = render_digest(replace(week, sources=(view, failing)))
    text = words(digest.text)
    assert "1 source failing" in digest.subject
    assert text.index("now: Look at the source down The last check failed: 503") < text.index("BREAKING (1)")
    assert "* down: failing The last check failed: 503; none was ever good." in text[text.index("THE SOURCES") :]


def test_a_source_that_fails_makes_no_week_quiet(reported, api):
    report = reported(("2026-07-01", api("GET /v1/a")), **WEEK, health=Health(outcome="failed", message="503"))
    digest = render_digest(report)
    assert digest.subject == "[specwatch] acme: 1 source failing (week 32)"
    assert "THE SOURCES" in digest.text


def test_the_preheader_is_the_first_thing_to_do(week):
    html = render_digest(week).html
    preheader = re.search(r'<div class="preheader"[^>]*>(.*?)</div>', html)
    assert preheader is not None
    assert preheader[1] == "now · Check your calls of /v1/a, /v1/b and /v1/old: 1 breaking change"


def test_the_page_is_well_formed_fits_640_pixels_and_needs_no_images(week):
    html = render_digest(week).html
    page = Page(html)
    assert page.open == []
    assert page.named("html") == [{"lang": "en"}]
    assert not {"img", "script", "link", "a", "iframe"} & {tag for tag, _ in page.tags}
    assert "url(" not in html
    assert "max-width: 640px" in html
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
    assert "2,000 breaking" in digest.subject
    assert len(digest.html.encode()) < CLIPPED
    assert len(digest.text.encode()) < CLIPPED


def test_what_is_cut_is_counted_with_the_command_that_shows_all(reported, api):
    names = [f"GET /v1/{letter}{number}" for letter in "abcdefghij" for number in range(30)]
    after = api("GET /v2/a")
    digest = render_digest(reported(("2026-07-01", api("GET /v2/a", *names)), ("2026-08-05", after), **WEEK))
    text = " ".join(digest.text.split())
    shown = text.count("is gone. [operation-removed]")
    assert 0 < shown < 300
    assert "BREAKING (300)" in text
    assert f"… and {300 - shown} more changes; specwatch report acme --since 2026-08-03 shows all." in text


def test_hundreds_of_sources_stay_below_it_too(week):
    (view,) = week.sources
    failed = Health(outcome="failed", message="503 " * 200, problems=("x" * 900,))
    sources = tuple(replace(view, name=f"source-{number}", health=failed) for number in range(300))
    digest = render_digest(replace(week, sources=sources))
    assert "300 sources failing" in digest.subject
    assert len(digest.html.encode()) < CLIPPED
    assert re.search(r"… and \d+ more sources; specwatch list shows all", words(digest.text))
    assert re.search(r"… and [\d,]+ more things to do", words(digest.text))


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


def test_one_compatible_change_is_one_change_in_the_subject_and_the_text(reported, api):
    digest = render_digest(
        reported(("2026-08-01", api("GET /v1/a")), ("2026-08-05", api("GET /v1/a", "GET /v1/b")), **WEEK)
    )
    assert "Nothing to act on; 1 compatible change." in digest.text


@pytest.mark.parametrize(
    ("since", "until", "stem", "words"),
    [
        ("2026-08-03T08:00", "2026-08-10T08:00", "2026-W32", "(week 32)"),
        ("2026-08-07T17:00", "2026-08-14T17:00", "2026-W33", "(week 33)"),  # on Fridays
        ("2026-07-20T08:00", "2026-08-10T08:00", "2026-W30-to-2026-W32", "(weeks 30 to 32)"),
        ("2026-12-28T08:00", "2027-01-04T08:00", "2026-W53", "(week 53)"),
        ("2026-08-03T08:00", "2026-08-06T08:00", "2026-08-03-to-2026-08-06", "(3 Aug to 6 Aug 2026)"),
    ],
)
def test_its_files_are_called_after_the_week_that_its_subject_names(reported, api, since, until, stem, words):
    report = reported(("2026-07-01", api("GET /v1/a")), since=since, until=until)
    assert file_stem(report) == stem
    assert render_digest(report).subject.endswith(words)


def test_an_alert_a_reminder_and_the_digest_begin_with_different_words(reported, api):
    report = reported(
        ("2026-05-18", api("GET /v1/a", "GET /v1/b")),
        ("2026-05-20", api("GET /v1/a!", "GET /v1/b")),
        ("2026-08-05", api("GET /v1/a!")),
        **WEEK,
    )
    alert = render_alert(report)
    (entry,) = [each for each in report.sources[0].entries if each.standing]
    reminder = render_reminder(report, [entry])
    assert alert.subject.startswith("[specwatch] Alert: acme: 1 breaking")
    assert alert.subject.endswith("(GET /v1/b)")
    assert reminder.subject == "[specwatch] Reminder: acme: GET /v1/a: deadline in 8 days"
    assert (alert.text.split(":")[0], reminder.text.split(":")[0]) == ("Alert", "Reminder")
    assert "weekly digest has all else" not in reminder.text
