"""Notices: cut to what each channel takes, the weightiest first, and with nothing in them that calls or loads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.report import Notice, NoticeSection
from monitor.report.notice import LARGEST_BODY, fit, weight

LONG = Notice(
    "specwatch: 40 breaking changes (week to 10 Aug 2026)",
    (
        NoticeSection("Deadlines", tuple(f"in {number} days: Service {number}" for number in range(1, 6))),
        NoticeSection("Breaking", tuple(f"The property `field_{number}` is gone." for number in range(40))),
    ),
)


def test_what_has_room_is_told_whole():
    notice = Notice("Two things", (NoticeSection("First", ("one", "two")), NoticeSection("Then", ("three",))))
    assert fit(notice, title=250, body=2000) == ("Two things", "First\n• one\n• two\nThen\n• three")


def test_a_service_without_titles_has_it_in_the_text():
    notice = Notice("Two things", (NoticeSection("First", ("one",)),))
    assert fit(notice, title=0, body=2000) == ("", "Two things\nFirst\n• one")


@pytest.mark.parametrize(
    ("service", "title", "body"),
    [
        ("Slack", 250, 35_000),
        ("Discord", 250, 2_000),
        ("Telegram", 0, 4_096),
        ("ntfy", 200, 7_800),
        ("Mattermost", 0, 4_000),
        ("SMS", 0, 160),
    ],
)
def test_each_service_gets_the_weightiest_that_it_has_room_for_and_the_count_of_the_rest(service, title, body):
    head, text = fit(LONG, title=title, body=body)
    assert weight(head) + weight(text) + 2 <= min(body, LARGEST_BODY)
    assert "in 1 days: Service 1" in text
    shown = sum(line.startswith("• ") for line in text.splitlines())
    if shown < 45:
        assert text.endswith(f"\n… and {45 - shown} more")
    assert service != "SMS" or shown < 5


def test_a_line_that_is_longer_than_all_the_room_is_cut_and_not_left_out():
    _, text = fit(Notice("T", (NoticeSection("S", ("word " * 100, "second " * 9)),)), title=50, body=200)
    assert text.startswith("S\n• word word")
    assert text.endswith("…\n… and 1 more")


@pytest.mark.parametrize(
    "hostile",
    [
        "@everyone",
        "<!channel>",
        "<@U0123>",
        "<#C0123>",
        "![x](https://evil.example/a.png)",
        "https://evil.example",
        "\x1b[2J\n",
    ],
)
def test_nothing_of_a_document_calls_somebody_or_loads_something(hostile):
    title, text = fit(Notice(hostile, (NoticeSection(hostile, (hostile,)),)), title=100, body=2000)
    for sign in ("@everyone", "<!channel", "<@U", "<#C", "](", "://", "\x1b"):
        assert sign not in title + text
    assert text.count("\n") == 1


@given(
    title=st.sampled_from([0, 20, 250]),
    body=st.integers(120, 5000),
    words=st.lists(st.text(max_size=300), max_size=20),
    head=st.text(max_size=300),
)
def test_no_text_is_ever_larger_than_the_room_and_every_line_is_shown_or_counted(title, body, words, head):
    got, text = fit(Notice(head, (NoticeSection("Breaking", tuple(words)),)), title=title, body=body)
    assert weight(got) + weight(text) <= body
    assert title == 0 or weight(got) <= title
    shown = text.count("\n• ") + text.startswith("• ")
    left = len(words) - shown
    assert (f"… and {left} more" in text) == (left > 0)
