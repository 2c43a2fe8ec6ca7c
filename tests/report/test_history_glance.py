"""A history at a glance: what is drawn of it, as blocks in a terminal and as a page whose charts have equal tables."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from monitor.ledger import Observation, book, outline
from monitor.reading import contract_of, read
from monitor.report import History, HistoryItem, Summary, history_html, history_plot, history_text
from monitor.report.history_glance import Growth, Standing, facts, glance
from monitor.report.view import HistoryEvent

URL = "https://api.acme.example/openapi.json"


def item(day: str, *counts: int, until: str | None = None, **more) -> HistoryItem:
    """A version first seen on a day that changed so much: breaking, risky, compatible, docs."""
    at, last = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (day, until or day))
    known = {
        "sequence": 1,
        "seen_at": at,
        "last_seen_at": last,
        "sha256": "0" * 64,
        "size": 1000,
        "origin": f"fetched from {URL}",
        "openapi": "3.0.3",
        "title": "Acme",
        "version": "1",
        "operations": 12,
        "invalid": 0,
        "suspect": False,
        "summary": Summary(*counts, operations_affected=1) if counts else None,
    }
    return HistoryItem(**{**known, **more})


@pytest.fixture
def history() -> History:
    """A version of Monday 5 January 2026, seen for a week and a half; one of February, of two releases in a week; a slip."""
    items = (
        item("2026-01-05", until="2026-01-14"),
        item("2026-02-03", 1, 2, 3, 4, operations=14),
        item("2026-02-08", 9, 0, 1, 0, operations=13),
        item("2026-02-20", operations=2, suspect=True),
    )
    return History("acme", URL, items, today=date(2026, 3, 4))


def test_every_week_until_today_is_there_with_what_it_changed(history):
    weeks = glance(history).weeks
    assert [week.monday for week in weeks] == [date(2026, 1, 5) + timedelta(days=7 * number) for number in range(9)]
    (changed,) = [week for week in weeks if week.changed and week.versions == 2]
    assert changed.monday == date(2026, 2, 2)
    assert (changed.breaking, changed.risky, changed.compatible, changed.docs) == (10, 2, 4, 4)


def test_a_week_in_which_nobody_looked_is_not_one_without_changes(history):
    assert [week.looked for week in glance(history).weeks] == [
        True,
        True,
        False,
        False,
        True,
        False,
        True,
        False,
        False,
    ]


def test_a_version_from_another_url_and_what_was_not_yet_seen_change_nothing(history):
    items = (*history.items, item("2026-02-25", 400, 0, 0, 0, another_url=True), item("2026-04-01", 7, 7, 7, 7))
    weeks = glance(replace(history, items=items)).weeks
    assert sum(week.breaking for week in weeks) == 10
    assert weeks[-1].monday == date(2026, 3, 2)


def test_growth_has_a_step_for_each_day_on_which_the_number_changed_and_none_for_a_slip(history):
    days = [date(2026, 1, 5), date(2026, 2, 3), date(2026, 2, 8)]
    assert glance(history).growth == tuple(Growth(*step) for step in zip(days, (12, 14, 13), strict=True))


@pytest.fixture
def entries(api):
    """A ledger: GET /v1/a deprecated since 10 January until it is gone on 1 March; GET /v1/b since 1 February."""
    texts = {
        "2026-01-05": api("GET /v1/a", "GET /v1/b"),
        "2026-01-10": api("GET /v1/a!", "GET /v1/b"),
        "2026-02-01": api("GET /v1/a!", "GET /v1/b!"),
        "2026-06-01": api("GET /v1/b!"),
    }
    seen = [
        Observation(datetime.fromisoformat(day).replace(tzinfo=UTC), number, outline(contract_of(read(text.encode(), source=day))), imported=True)
        for number, (day, text) in enumerate(texts.items(), 1)
    ]  # fmt: skip
    return book(seen, today=date(2026, 6, 10), window_months=3, version_pattern=None)


def test_what_is_deprecated_is_counted_while_it_is_served_and_late_the_day_after_its_deadline(history, entries):
    drawn = glance(replace(history, deprecated=entries, today=date(2026, 6, 10)))
    assert drawn.standing == (
        Standing(date(2026, 1, 5), 0, 0),
        Standing(date(2026, 1, 10), 1, 0),
        Standing(date(2026, 2, 1), 2, 0),
        Standing(date(2026, 4, 6), 2, 1),  # the day of the flag is an interval: the early end is what a reader plans by
        Standing(date(2026, 4, 11), 2, 2),
        Standing(date(2026, 6, 1), 1, 1),
    )
    assert facts(drawn)["deprecated"] == "1 now, 1 overdue"


def test_what_is_overdue_since_a_day_or_before_it_is_late_from_the_day_after(history, entries):
    """Deprecated in the first version: nobody knows the day, but the late end of the window is past."""
    old = replace(entries[-1], deadline=None, deadline_late=date(2026, 4, 5))
    drawn = glance(replace(history, deprecated=(old,), today=date(2026, 6, 10)))
    assert drawn.standing[-1] == Standing(date(2026, 4, 6), 1, 1)
    assert facts(drawn)["deprecated"] == "1 now, 1 overdue"


def test_there_is_nothing_to_draw_before_the_first_version(history):
    assert glance(replace(history, items=())) is None
    assert glance(replace(history, today=date(2025, 12, 31))) is None
    empty = replace(history, items=())
    assert history_plot(empty) == history_text(empty)
    assert "<svg" not in history_html(empty)


# --- the plot -----------------------------------------------------------------------------------------------------------


def test_the_plot_has_a_column_for_each_week_where_there_is_room(history):
    assert history_plot(history).splitlines()[2:8] == [
        "            2026",
        "breaking    ··  █ ·    10 in 1 week",
        "risky       ··  █ ·    2 in 1 week",
        "compatible  ··  █ ·    4 in 1 week",
        "operations  ▇▇▇▇█████  12 to 13",
        "deprecated             0 now",
    ]


def test_the_plot_keeps_to_the_width_and_says_how_many_weeks_a_column_is(history):
    long = replace(history, items=(item("2020-01-06"), *history.items))
    for width in (60, 100, 140):
        text = history_plot(long, width=width)
        assert max(map(len, text.splitlines())) <= width
        share = int(re.search(r"A column is (\d+) weeks", " ".join(text.split()))[1])
        blocks = next(line for line in text.splitlines() if line.startswith("operations"))[12:].split("  ")[0]
        assert len(blocks) == -(-len(glance(long).weeks) // share)


def test_the_plot_has_colours_only_where_they_are_welcome(history):
    assert "\x1b" not in history_plot(history)
    assert "\x1b[1;31m" in history_plot(history, color=True)


# --- the page -----------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Holds a page to being well formed: every element that is opened is closed, in turn, and collects its text."""

    VOID = frozenset({"meta", "br", "img", "input", "link"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


@pytest.fixture
def full(history, entries):
    """With everything that the page has a place for."""
    event = HistoryEvent(date(2026, 1, 10), "deprecated", ("GET /v1/a",), "deprecated: GET\xa0/v1/a")
    return replace(history, deprecated=entries, today=date(2026, 6, 10), events=(event,))


def test_every_chart_has_a_table_that_says_the_same(full):
    page = Page(history_html(full))
    charts = [attributes for tag, attributes in page.tags if tag == "svg" and attributes.get("role") == "img"]
    assert [chart["aria-label"] for chart in charts] == [
        "2026: 10 breaking in 1 week; the table below has every week",
        "From 12 operations to 13",
        "1 deprecated and still served on 2026-06-10, 1 of them past the deadline",
    ]
    assert ["2026-01-05 to 2026-01-12", "-", "-", "-", "-", "no changes"] in page.rows
    assert ["2026-01-19 to 2026-01-26", "-", "-", "-", "-", "nobody looked"] in page.rows
    assert ["2026-02-02", "10", "2", "4", "4", "2 new versions"] in page.rows
    assert ["2026-02-08", "13", "-1"] in page.rows
    assert ["2026-04-06", "2", "1"] in page.rows
    assert sum(tag == "table" for tag, _ in page.tags) == len(charts) + 1


def test_the_tables_can_be_reached_and_scrolled_by_keyboard(full):
    page = Page(history_html(full))
    regions = [attributes for tag, attributes in page.tags if attributes.get("role") == "region"]
    assert len(regions) == 4
    assert all(region["tabindex"] == "0" and region["aria-label"] for region in regions)


def test_the_drawing_is_well_formed_and_the_same_each_time(full):
    text = history_html(full)
    assert text == history_html(full)
    assert "deprecated: GET /v1/a</dd>" in text
    drawings = re.findall(r"<figure>(.*?)<figcaption", text, re.DOTALL)
    assert len(drawings) == 3
    for drawing in drawings:
        assert ElementTree.fromstring(f"<figure>{drawing}</figure>").findall("svg")


def test_nothing_is_loaded_from_elsewhere_and_no_script_runs(full):
    tags = Page(history_html(full)).tags
    assert not [tag for tag, _ in tags if tag in ("script", "link", "img", "iframe", "object", "a")]
    assert "url(" not in history_html(full)


@pytest.mark.parametrize(
    "words", ["<script>x</script>", '"><img src=x>', "a\x1b[31m", "\u202eevil", "{{ 7 * 7 }}", "a\nb<i>"]
)
def test_hostile_words_reach_neither_the_page_nor_the_terminal(full, words):
    event = HistoryEvent(date(2026, 1, 10), "deprecated", (words,), f"deprecated: {words}")
    items = tuple(replace(each, origin=words, version=f"{words}{number}") for number, each in enumerate(full.items))
    hostile = replace(full, source=words, url=words, items=items, events=(event,))
    page, plot = history_html(hostile), history_plot(hostile)
    assert not set(page + plot) & set("\x1b\u202e")
    assert {tag for tag, _ in Page(page).tags} == {tag for tag, _ in Page(history_html(full)).tags}
    assert "<h1>49" not in page


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
def test_the_page_fits_a_telephone_with_every_table_open(full, tmp_path):
    """320 CSS pixels, WCAG 2.2's success criterion 1.4.10: only the tables scroll sideways, each by itself."""
    text = history_html(replace(full, url=f"https://{'a' * 90}.example/openapi.json")).replace(
        "<details>", "<details open>"
    )
    probe = "document.title = document.querySelector('iframe').contentDocument.documentElement.scrollWidth"
    frame = text.replace("&", "&amp;").replace('"', "&quot;")
    (tmp_path / "page.html").write_text(
        f'<!DOCTYPE html><title>none</title><iframe width="320" height="900" srcdoc="{frame}" onload="{probe}"></iframe>',
        encoding="utf-8",
    )
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
    ]
    done = subprocess.run(
        [*command, (tmp_path / "page.html").as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    width = re.search(r"<title>(\w+)</title>", done.stdout)
    assert width is not None
    assert int(width[1]) <= 320
