"""Every form of a report, exactly as it is kept in `golden/`, so that each change of a form is seen in review.

`make golden` (SPECWATCH_GOLDEN=write) writes the files anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from monitor.policy import Uses
from monitor.report import (
    Muted,
    diff_json,
    diff_markdown,
    diff_text,
    full_text,
    render_alert,
    render_digest,
    render_reminder,
    report_json,
    report_markdown,
    report_text,
)
from monitor.report.marks import marked
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
    return {**found, "full.txt": full_text(report)}


NAMES = sorted(path.name for path in GOLDEN.iterdir()) if GOLDEN.is_dir() else []


def test_the_folder_has_a_file_for_each_form(forms):
    if WRITE:
        for path in GOLDEN.iterdir():
            path.unlink()
        for name, text in forms.items():
            (GOLDEN / name).write_text(text, encoding="utf-8", newline="\n")
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(forms)


@pytest.mark.parametrize("name", NAMES)
def test_a_form_is_exactly_what_is_kept(forms, name):
    assert forms[name] == (GOLDEN / name).read_text(encoding="utf-8")


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
