"""`specwatch deprecations`: states, deadlines and first sights in words, grouped, what stands first."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from datetime import date

import pytest

from monitor.ledger import State, entry_from, events
from monitor.report import deprecations_html, deprecations_json, deprecations_markdown, deprecations_text, report_text
from monitor.report.history_events import history_events

TODAY = date(2026, 8, 10)


@pytest.fixture
def ledger(reported, api):
    """The ledger of a short history, read on TODAY under a window of three months."""

    def run(*versions, promise="incident-io"):
        texts = [(moment, api(*operations)) for moment, *operations in versions]
        report = reported(*texts, since="2020-01-01", until="2026-08-10", promise=promise)
        return [("acme", report.sources[0].entries)]

    return run


def printed(entries, *, width: int = 200, **options) -> str:
    return deprecations_text(entries, TODAY, width=width, **options)


def test_a_deadline_that_is_near_says_how_many_days_are_left(ledger):
    text = printed(ledger(("2026-05-15", "GET /v1/a"), ("2026-05-20", "GET /v1/a!")))
    assert "due soon  deadline 2026-08-15  in 5 days" in text
    assert "first seen deprecated between 2026-05-15 and 2026-05-20" in text


def test_what_is_served_after_its_deadline_is_overdue(ledger):
    text = printed(ledger(("2026-01-01", "GET /v1/a"), ("2026-01-01T12:00", "GET /v1/a!")))
    assert "overdue, still served  deadline 2026-04-01  131 days ago" in text
    assert "first seen deprecated on 2026-01-01" in text


def test_what_was_deprecated_in_the_first_version_has_no_deadline_to_count_on(ledger):
    text = printed(ledger(("2026-07-01", "GET /v1/a!")))
    assert "deprecated  deadline unknown, possibly past" in text
    assert "before 2026-07-01 (in the first version)" in text


def test_without_a_window_the_reason_for_no_deadline_is_given(ledger):
    text = printed(ledger(("2026-05-15", "GET /a"), ("2026-05-20", "GET /a!"), promise=None))
    assert "No deadline is known: no promise that names a window." in text


@pytest.mark.parametrize(
    ("gone", "word", "deadline"),
    [("2026-03-01", "removed early", "2026-05-01"), ("2026-07-01", "removed in time", "2026-05-02")],
)
def test_a_removal_is_told_with_its_outcome_and_the_day_it_is_judged_by(ledger, gone, word, deadline):
    text = printed(
        ledger(
            ("2026-02-01", "GET /v1/a", "GET /v1/b"),
            ("2026-02-02", "GET /v1/a!", "GET /v1/b"),
            *([("2026-06-30", "GET /v1/a!", "GET /v1/b", "GET /v1/c")] if word.endswith("time") else []),
            (gone, "GET /v1/b"),
        )
    )
    assert f"{word}  deadline was {deadline}" in text
    assert "; gone between" in text


def test_a_flag_taken_back_is_reinstated(ledger):
    text = printed(ledger(("2026-02-01", "GET /v1/a"), ("2026-02-02", "GET /v1/a!"), ("2026-02-05", "GET /v1/a")))
    assert "reinstated" in text
    assert "flag taken back between 2026-02-02 and 2026-02-05" in text


def test_what_was_deprecated_again_says_so(ledger):
    flagged, free = ("GET /v1/a!", "GET /v1/b"), ("GET /v1/a", "GET /v1/b")
    text = printed(
        ledger(("2026-02-01", *free), ("2026-02-02", *flagged), ("2026-02-05", *free), ("2026-06-05", *flagged))
    )
    assert "GET /v1/a (deprecated 2 times)" in text


def test_what_stands_comes_first_by_deadline_and_what_goes_together_is_told_together(ledger):
    text = printed(
        ledger(
            ("2026-01-01", "GET /v1/a", "GET /v1/b", "POST /v1/b", "GET /v1/c"),
            ("2026-01-02", "GET /v1/a!", "GET /v1/b", "POST /v1/b", "GET /v1/c"),
            ("2026-06-01", "GET /v1/b!", "POST /v1/b!", "GET /v1/c"),
            ("2026-07-01", "GET /v1/b!", "POST /v1/b!", "GET /v1/c!"),
        )
    )
    assert text.startswith("acme: 3 deprecated and still served in 2 services, 1 removed\n")
    names = ["GET /v1/b", "POST /v1/b", "GET /v1/c", "GET /v1/a"]
    assert sorted(names, key=text.index) == names
    assert text.count("first seen deprecated") == 3


def test_the_successor_stands_beside_the_operation(ledger):
    text = printed(ledger(("2026-06-01", "GET /v1/a", "GET /v2/a"), ("2026-06-02", "GET /v1/a!", "GET /v2/a")))
    assert "GET /v1/a -> GET /v2/a" in text
    page = deprecations_markdown(ledger(("2026-06-01", "GET /v1/a!", "GET /v2/a")), TODAY)
    assert "| `GET /v1/a` | `GET /v2/a` |" in page


def test_the_operations_of_a_tag_that_go_together_are_one_service_with_its_operations_inside(reported, tagged):
    report = reported(*tagged, since="2020-01-01", until="2026-08-10")
    entries = [("acme", report.sources[0].entries)]
    text = printed(entries)
    assert text.startswith("acme: 3 deprecated and still served in 2 services\n")
    assert text.count("    Ships V1: 2 operations\n") == text.count("    GET /v1/cranes\n") == 1
    assert "      GET /v1/boats -> GET /v2/boats\n      GET /v1/rafts -> GET /v2/rafts\n" in text
    objects = json.loads(deprecations_json(entries, TODAY))
    assert [(one["subject"]["path"], one["service"]) for one in objects] == [
        ("/v1/boats", "Ships V1"),
        ("/v1/cranes", "Cranes V1"),
        ("/v1/rafts", "Ships V1"),
    ]


def test_nothing_deprecated_is_one_line(ledger):
    assert printed(ledger(("2026-06-01", "GET /v1/a"))) == "acme: nothing is deprecated, and nothing was\n"
    assert "specwatch add NAME URL" in printed([])


def test_lines_keep_to_the_width_and_colours_come_only_when_asked(ledger):
    entries = ledger(
        ("2026-01-01", f"GET /v1/{'a' * 30}", "GET /v2/x"), ("2026-01-02", f"GET /v1/{'a' * 30}!", "GET /v2/x")
    )
    narrow = printed(entries, width=60)
    assert max(map(len, narrow.splitlines())) <= 60
    assert "\x1b" not in narrow
    assert "\x1b[33moverdue, still served\x1b[0m" in printed(entries, color=True)


def test_the_json_is_a_flat_list_that_the_ledger_reads_back(ledger):
    entries = ledger(("2026-02-01", "GET /v1/a", "GET /v1/b!"), ("2026-02-02", "GET /v1/a!"))
    text = deprecations_json([*entries, ("calm", ())], TODAY)
    objects = json.loads(text)
    assert text.endswith("]\n")
    assert [one["source"] for one in objects] == ["acme", "acme"]
    assert tuple(entry_from(one) for one in objects) == entries[0][1]


def test_a_hostile_name_reaches_neither_terminal_nor_page(ledger):
    hostile = "/v1/<script>`|\x1b[31m"
    entries = ledger(("2026-06-01", f"GET {hostile}!"))
    assert "\x1b" not in printed(entries, color=False)
    page = deprecations_markdown(entries, TODAY)
    assert "``GET /v1/<script>`\\|�[31m``" in page
    assert "\x1b" not in page


def test_parts_and_prose_are_told_after_the_operations_and_counted_apart(reported, api):
    lantern = {
        "wick": {"type": "string", "deprecated": True, "x-sunset": "2027-02-20"},
        "oil": {"type": "string", "description": "DEPRECATED: use `fuel` instead."},
    }
    texts = [(day, api("GET /v1/a", lantern=each)) for day, each in (("2026-07-01", None), ("2026-07-02", lantern))]
    report = reported(*texts, since="2020-01-01", until="2026-08-10", promise="incident-io")
    text = printed([("acme", report.sources[0].entries)])
    assert text.startswith("acme: nothing is deprecated now, also 1 part, 1 in prose alone\n")
    order = ["Parts of operations, and what they share:", "property Lantern > wick"]
    order += ["Said in prose alone, which is weak evidence:", "property Lantern > oil (in responses) -> fuel"]
    assert sorted(order, key=text.index) == order
    assert "deadline 2027-02-20" in text
    assert "given by the provider (x-sunset: 2027-02-20)" in text
    page = deprecations_markdown([("acme", report.sources[0].entries)], TODAY)
    assert "| deprecated (prose alone) |" in page


def test_a_moved_date_is_told(reported, api):
    dates = (("2026-07-01", "2027-02-20"), ("2026-07-02", "2026-12-01"))
    texts = [
        (day, api("GET /v1/a", lantern={"wick": {"deprecated": True, "x-sunset": sunset}})) for day, sunset in dates
    ]
    report = reported(*texts, since="2020-01-01", until="2026-08-10", promise="incident-io")
    text = " ".join(printed([("acme", report.sources[0].entries)]).split())
    assert (
        "the given date moved from 2027-02-20 to 2026-12-01, which is earlier, between 2026-07-01 and 2026-07-02"
    ) in text


def test_the_page_shows_states_dates_successors_and_the_provider_s_own_words(reported, tagged):
    report = reported(*tagged, since="2020-01-01", until="2026-08-10")
    page = deprecations_html([("acme", report.sources[0].entries), ("calm", ())], TODAY)
    for words in (
        "Deprecations, as of 10 August 2026",
        "3 deprecated and still served in 2 services.",
        "deadline 2026-10-01",
        "in 52 days",
        "First seen deprecated between 2026-07-01 and 2026-07-02",
        "Ships V1: 2 operations</strong> → <strong>/v2/boats and /v2/rafts",
        "<code>GET /v1/boats</code></td><td>→ <code>GET /v2/boats</code>",
        "Nothing is deprecated, and nothing was.",
    ):
        assert words in page
    assert not re.search(r"https?://|<script|<link|url\(", page)
    assert "specwatch add NAME URL" in deprecations_html([], TODAY)


def test_what_prose_alone_says_is_folded_away_with_its_words_on_the_page(reported, api):
    oil = {"oil": {"type": "string", "description": "DEPRECATED: use `fuel` instead, as 1 < 2 &\x1b so."}}
    texts = [(day, api("GET /v1/a", lantern=each)) for day, each in (("2026-07-01", None), ("2026-07-02", oil))]
    page = deprecations_html(
        [("acme", reported(*texts, since="2020-01-01", until="2026-08-10").sources[0].entries)], TODAY
    )
    hidden = page[page.index("<details>") : page.index("</details>")]
    assert "Said in prose alone, which is weak evidence (1)" in hidden
    assert "property Lantern &gt; oil (in responses)</strong> → <strong>fuel" in hidden
    assert "<blockquote>DEPRECATED: use fuel instead, as 1 &lt; 2 &amp;" in hidden
    assert "\x1b" not in page


@pytest.mark.parametrize(
    "form", [printed, lambda each: deprecations_markdown(each, TODAY), lambda each: deprecations_html(each, TODAY)]
)
def test_what_to_do_about_a_beginning_that_nobody_knows_is_said_in_every_form(ledger, form):
    words = re.sub(r"</?code>|`", "", html.unescape(form(ledger(("2026-07-01", "GET /v1/a!")))))
    assert "1 deprecation since before 2026-07-01, deadline unknown, possibly past. specwatch import acme PATH" in words
    assert "specwatch deprecations set acme 'GET /v1/a' --since DATE --why TEXT" in words


def test_a_part_that_is_only_sent_or_only_received_says_so(reported, api):
    rows = ((day, {"wick": {"deprecated": flag}}) for day, flag in (("2026-07-01", False), ("2026-07-02", True)))
    report = reported(
        *((day, api("GET /v1/a", lantern=lantern)) for day, lantern in rows), since="2020-01-01", until="2026-08-10"
    )
    entries = [("acme", report.sources[0].entries)]
    assert "property Lantern > wick (in responses)" in printed(entries)
    assert "`property Lantern > wick (in responses)`" in deprecations_markdown(entries, TODAY)
    assert json.loads(deprecations_json(entries, TODAY))[0]["directions"] == ["response"]


@pytest.fixture
def since_ever(reported, api):
    """What was deprecated in the first version of 1 January: its deadline is 1 April or earlier."""
    texts = [
        ("2026-01-01", api("GET /v1/a!", "GET /v1/b")),
        ("2026-04-20", api("GET /v1/a!", "GET /v1/b", "GET /v1/c")),
    ]

    def run(since="2026-03-30", until="2026-04-06"):
        return reported(*texts, since=since, until=until)

    return run


def test_what_is_surely_past_is_not_called_possibly_past(since_ever):
    text = printed([("acme", since_ever(until="2026-08-10").sources[0].entries)])
    assert "overdue, still served  deadline 2026-04-01 or earlier" in text
    assert "1 deprecation since before 2026-01-01, deadline past, the day is unknown." in text
    assert "possibly past" not in text


def test_where_only_some_are_surely_past_the_note_says_how_many(since_ever):
    (past,) = since_ever(until="2026-08-10").sources[0].entries
    subject = replace(past.subject, path="/v1/b")
    open_ = replace(past, subject=subject, state=State.DEPRECATED, deadline_late=None)
    text = printed([("acme", (past, open_))])
    assert "2 deprecations since before 2026-01-01, deadline unknown, possibly past; 1 of them surely." in text


def test_a_deadline_that_passed_on_a_day_or_before_it_passed_in_the_span_of_that_day(since_ever):
    assert "1 deadline passed" in report_text(since_ever())
    assert "deadline passed" not in report_text(since_ever(since="2026-04-06", until="2026-04-13"))


def test_what_is_overdue_without_an_exact_day_is_so_in_a_history_too(since_ever):
    today = date(2026, 8, 10)
    (view,) = since_ever(until="2026-08-10").sources
    told = history_events(events(view.entries, (), today))
    assert [(each.day, each.words) for each in told if each.kind.startswith("overdue")] == [
        (date(2026, 4, 2), "overdue, still served: GET\xa0/v1/a; deadline 2026-04-01 or earlier")
    ]
