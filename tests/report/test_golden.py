"""Every form of a report, exactly as it is kept in `golden/`, so that each change of a form is seen in review.

`make golden` (SPECWATCH_GOLDEN=write) writes the files anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import UNSET

from monitor import __version__
from monitor.ledger import events
from monitor.policy import Uses
from monitor.report import (
    ComparisonView,
    DiffDocument,
    DiffView,
    History,
    HistoryItem,
    Muted,
    SourceView,
    audit_html,
    audit_json,
    audit_markdown,
    audit_text,
    deprecations_html,
    deprecations_ics,
    deprecations_json,
    deprecations_markdown,
    deprecations_text,
    diff_github,
    diff_html,
    diff_json,
    diff_junit,
    diff_line,
    diff_markdown,
    diff_sarif,
    diff_text,
    digest_notice,
    feed_atom,
    full_text,
    history_html,
    history_json,
    history_markdown,
    history_plot,
    history_text,
    render_alert,
    render_digest,
    render_reminder,
    report_html,
    report_json,
    report_markdown,
    report_text,
)
from monitor.report.excerpts import Pages, pages
from monitor.report.feed_view import FeedOutage, FeedSource, feed_entries
from monitor.report.history_events import history_events
from monitor.report.marks import marked
from monitor.report.notice import fit
from monitor.report.view import Health, Report

GOLDEN = Path(__file__).parent / "golden"
WRITE = os.environ.get("SPECWATCH_GOLDEN") == "write"
USES = Uses.of(["/v1/boats", "/v2/**"])
TEXT = {"type": "string"}
SPAN = {"since": "2026-08-03T08:00", "until": "2026-08-10T08:00"}


def versions(api: Callable[..., str]) -> tuple[tuple[str, str], ...]:
    """An invented harbour: a service deprecated in May goes away on the sly, a property is lost, a list grows, prose calls
    something deprecated, an operation is new.
    """
    names = ("GET /v1/boats", "POST /v1/boats", "GET /v1/crews", "GET /v2/boats", "POST /v2/boats", "GET /v2/fees")
    lantern = {"wick": TEXT, "oil": TEXT, "colour": {"type": "string", "enum": ["red", "green"]}}
    flagged = ("GET /v1/boats!", "POST /v1/boats!", *names[2:])
    last = {
        "wick": {"description": "DEPRECATED: use `flame` instead.", **TEXT},
        "colour": {"type": "string", "enum": ["red", "green", "blue"]},
    }
    return (
        ("2026-05-01T09:00", api(*names, lantern=lantern)),
        ("2026-05-20T09:00", api(*names, lantern=lantern)),
        ("2026-05-21T09:00", api(*flagged, lantern=lantern)),
        ("2026-08-05T09:00", api(*flagged[:2], *names[3:], "GET /v2/crews", lantern=last)),
    )


@pytest.fixture(scope="module")
def report(reported, api) -> Report:
    return reported(*versions(api), **SPAN)


@pytest.fixture(scope="module")
def ours(report) -> Report:
    """The same for somebody who uses some of it, and has muted one change."""
    (view,) = report.sources
    change = next(each for each in view.comparisons[0].document.changes if each.level == "risky")
    muted = {change.fingerprint: Muted(how="muted", by="ada", reason="not ours", until=date(2026, 12, 31))}
    comparisons = tuple(replace(each, document=marked(each.document, USES, muted)) for each in view.comparisons)
    return replace(report, sources=(replace(view, comparisons=comparisons, uses=USES),))


@pytest.fixture(scope="module")
def forms(report, ours, reported, api) -> dict[str, str]:
    document, own = (each.sources[0].comparisons[0].document for each in (report, ours))
    quiet = reported(*versions(api), since="2026-06-01T08:00", until="2026-06-08T08:00")
    (view,) = report.sources
    down = replace(view, name="down", comparisons=(), entries=(), health=Health(outcome="failed", message="503"))
    several = replace(report, sources=(view, down))
    alert = render_alert(ours)
    assert alert is not None
    due = [entry for entry in view.entries if entry.strength == "strong"]
    mails = {
        "digest": render_digest(report),
        "digest-ours": render_digest(ours),
        "digest-quiet": render_digest(quiet),
        "digest-several": render_digest(several),
        "alert": alert,
        "reminder": render_reminder(report, due),
    }
    found = {f"{name}.html": mail.html for name, mail in mails.items()}
    found |= {f"{name}.txt": f"Subject: {mail.subject}\n\n{mail.text}" for name, mail in mails.items()}
    for name, told, compared in (("", report, document), ("-ours", ours, own)):
        found |= {f"report{name}.txt": report_text(told), f"report{name}.md": report_markdown(told)}
        found |= {f"report{name}.json": report_json(told), f"diff{name}.json": diff_json(compared)}
        found |= {f"diff{name}.txt": diff_text(compared), f"diff{name}.md": diff_markdown(compared)}
        of = texts(versions(api), compared)
        view = DiffView(compared, of)
        found |= {f"diff{name}.html": diff_html(view), f"diff{name}.sarif": diff_sarif(view)}
        found |= {f"diff{name}.xml": diff_junit(view), f"diff{name}.github.txt": diff_github(view)}
        found |= {f"diff{name}.line.txt": diff_line(view)}
        found[f"report{name}.html"] = report_html(told, lambda _, of=of: of)
    for by in ("change", "operation"):
        found |= {f"report-by-{by}.txt": report_text(ours, by=by), f"report-by-{by}.md": report_markdown(ours, by=by)}
        found[f"diff-by-{by}.txt"] = diff_text(own, by=by)
    found["notice.txt"] = "\n\n".join(fit(digest_notice(several), title=200, body=3_000))
    found["full.txt"] = full_text(report)
    return {name: text.replace(f"{__version__}", "VERSION") for name, text in found.items()}


@pytest.fixture(scope="module")
def over_time(reported, api, audited) -> dict[str, str]:
    """What is told of the whole history: the book, the calendar, the feed, the history at a glance, the audit."""
    whole = reported(*versions(api), since="2026-05-01T08:00", until="2026-08-10T08:00")
    (view,) = whole.sources
    entries = [("acme", view.entries)]
    found: dict[str, str] = {}
    for name, uses in (("", None), ("-ours", USES)):
        used = {} if uses is None else {"acme": uses}
        book = (entries, whole.today, None, used)
        found |= {
            f"deprecations{name}.txt": deprecations_text(*book),
            f"deprecations{name}.md": deprecations_markdown(*book),
        }
        found |= {
            f"deprecations{name}.html": deprecations_html(*book),
            f"deprecations{name}.ics": deprecations_ics(*book),
        }
        found[f"deprecations{name}.json"] = deprecations_json(*book)
        compared = tuple(replace(each, document=marked(each.document, uses)) for each in view.comparisons)
        told = history_events(events(view.entries, (), whole.today), uses)
        past = History("acme", view.url, items(view, compared), told, view.entries, whole.today, uses)
        found |= {f"history{name}.txt": history_text(past), f"history{name}.md": history_markdown(past)}
        found |= {f"history{name}.html": history_html(past), f"history{name}.json": history_json(past)}
        found[f"history-plot{name}.txt"] = history_plot(past)
        outage = FeedOutage(SEEN, SEEN + timedelta(hours=3), 3, "http status", "503 Service Unavailable", None)
        source = FeedSource("acme", SEEN, 6, compared, told, outages=(outage,))
        found[f"feed{name}.atom"] = feed_atom(feed_entries([source], most=100), (), updated=SEEN).decode()
    audit = audited(*versions(api), today="2026-08-10")
    found |= {"audit.txt": audit_text(audit), "audit.md": audit_markdown(audit)}
    found |= {"audit.html": audit_html(audit), "audit.json": audit_json(audit)}
    return {name: text.replace(__version__, "VERSION").replace("\r\n", "\n") for name, text in found.items()}


SEEN = datetime(2026, 5, 1, 9, tzinfo=UTC)


def texts(of: tuple[tuple[str, str], ...], document: DiffDocument) -> Pages:
    """The two documents of the comparison that the span has."""
    return pages(document, *(text.encode() for _, text in of[-2:]))


def items(view: SourceView, compared: tuple[ComparisonView, ...]) -> tuple[HistoryItem, ...]:
    """Every version of a source, with what each changed."""
    seen = [view.comparisons[0].before_seen, *(each.after_seen for each in compared)]
    summaries = [None, *(each.document.summary for each in compared)]
    own = [UNSET, *(each.document.yours for each in compared)]
    return tuple(
        HistoryItem(
            sequence=place,
            seen_at=at,
            last_seen_at=at,
            sha256=f"{place:064x}",
            size=1000,
            origin=f"fetched from {view.url}",
            openapi="3.0.3",
            title="Lanterns",
            version="1",
            operations=6,
            invalid=0,
            suspect=False,
            summary=summary,
            yours=None if mine is UNSET else mine,
        )
        for place, (at, summary, mine) in enumerate(zip(seen, summaries, own, strict=True), start=1)
    )


@pytest.fixture(scope="module")
def every(forms, over_time) -> dict[str, str]:
    """All forms by the names of their files."""
    return forms | over_time


NAMES = sorted(path.name for path in GOLDEN.iterdir()) if GOLDEN.is_dir() else []


def test_the_folder_has_a_file_for_each_form(every):
    if WRITE:
        for path in GOLDEN.iterdir():
            path.unlink()
        for name, text in every.items():
            (GOLDEN / name).write_text(text, encoding="utf-8", newline="\n")
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(every)


@pytest.mark.parametrize("name", NAMES)
def test_a_form_is_exactly_what_is_kept(every, name):
    assert every[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_one_value_more_in_a_definition_that_many_meet_is_one_line_with_its_reach_in_every_form(reported, api):
    calls = tuple(f"GET /v1/service{number}" for number in range(272))
    kinds = [{"kind": {"type": "string", "enum": each}} for each in (["a", "b"], ["a", "b", "c"])]
    told = reported(
        *((day, api(*calls, lantern=kind)) for day, kind in zip(("2026-07-01", "2026-08-05"), kinds, strict=True)),
        **SPAN,
    )
    document = told.sources[0].comparisons[0].document
    assert len(document.changes) == 1
    mail = render_digest(told)
    for form in (report_text(told), report_markdown(told), diff_text(document), diff_markdown(document), mail.text):
        words = " ".join(form.replace("`", "").replace("\\", "").split())
        assert words.count('"c" is new') == 1
        assert "and 267 more" in words
    assert len(json.loads(diff_json(document))["changes"][0]["operations"]) == 272
