"""A document that tries to do harm to its reader, through every form in which specwatch shows it.

It breaks out of mark-up, loads pictures, sets links, mentions people, moves the cursor of a terminal, begins headers of a
mail, ends events of a calendar and gives orders to CI systems: in its title, its paths, the names of its parts, its values
and its prose.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
import icalendar
import pytest
from markdown_it import MarkdownIt

from monitor.cli.state import State
from monitor.jobs import build_report
from monitor.notify import build_message
from monitor.report import render_alert, render_reminder

HOST = "evil.example"
EVIL = (
    f"\"'><img src=//{HOST}/p.png onerror=alert(1)></title></style><script>alert(1)</script>"
    f"![x](http://{HOST}/p.png) [x](http://{HOST}) <http://{HOST}> http://{HOST}/ www.{HOST} a@{HOST} @everyone #12 GH-7 "
    "| ``` ~~x~~ **x** {{ 7*7 }} {% x %} ${x} %n ]]> --> </failure> "
    "\x1b[2J\x1b]0;owned\x07\x9b31m\x00\x08 \u202etxt\u2066\u200b\ufeff\u2028"
    f"\r\nBcc: victim@{HOST}\r\n\r\n::error file=x::owned\n::add-mask::a\n##[add-mask]a\n##vso[task.setvariable]a\n"
    "END:VEVENT\r\nBEGIN:VALARM\n# Heading\n- item\n"
)
VERSIONS = {
    "2026-01-05T0800_a.json": (False, ["red", "green", EVIL]),
    "2026-03-02T0800_b.json": (True, ["red", EVIL]),
    "2026-07-06T0800_c.json": (None, ["red"]),
}
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""What moves a cursor, turns the direction of writing, or is there and cannot be seen; but for line feeds."""


def document(deprecated: bool | None, values: list[str]) -> dict[str, Any]:
    lantern = {
        "type": "object",
        "description": EVIL,
        "required": [EVIL, *([] if deprecated is None else ["lit"])],
        "properties": {
            EVIL: {"type": "string", "enum": values, "description": f"{EVIL} {len(values)}"},
            **({} if deprecated is None else {"lit": {"type": "boolean"}}),
        },
    }
    answer = {
        "200": {"description": EVIL, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/L"}}}}
    }
    operation = {
        "summary": EVIL,
        "description": f"Deprecated: use {EVIL} instead.",
        "tags": [EVIL],
        "responses": answer,
    }
    paths: dict[str, Any] = {
        "/v2/lamps": {"get": {"responses": answer}},
        f"/v1/keep{EVIL}": {"get": {**operation, "deprecated": bool(deprecated)}},
    }
    if deprecated is not None:
        flagged = {"deprecated": True, "x-sunset": "2026-06-01"} if deprecated else {}
        paths[f"/v1/{EVIL}"] = {"post": {**operation, **flagged}}
    return {
        "openapi": "3.0.3",
        "info": {"title": EVIL, "version": f"1 {EVIL}", "description": EVIL},
        "tags": [{"name": EVIL, "description": EVIL}],
        "paths": paths,
        "components": {"schemas": {"L": lantern}},
    }


@pytest.fixture(params=[False, True], ids=["unknown use", "ours first"])
def watched(request, specwatch, place) -> Path:
    """The place, with the hostile document's history in the store; nothing is known of what is used, or something, and
    one change is muted in words that are hostile too."""
    folder = place / "versions"
    folder.mkdir()
    for name, (deprecated, values) in VERSIONS.items():
        (folder / name).write_text(json.dumps(document(deprecated, values)), encoding="utf-8")
    assert specwatch("add", "acme", "https://api.acme.example/openapi.json", "--promise", "incident-io").code == 0
    assert specwatch("import", "acme", str(folder)).code == 0
    if request.param:
        with (place / "specwatch.toml").open("a", encoding="utf-8") as file:
            file.write('uses = ["/v2/lamps"]\n')
        told = json.loads(specwatch("report", *SPAN, "--format", "json").out)["sources"][0]["comparisons"]
        changes = [change for each in told for change in each["diff"]["changes"] if change["level"] == "breaking"]
        words = EVIL.replace("\x00", "")
        assert specwatch("mute", changes[-1]["fingerprint"], "--reason", words, "--until", "2900-01-01").code == 0
    return place


SIDES = ("acme@2026-01-31", "acme@2026-07-31")
SPAN = ("--since", "2026-01-01", "--today", "2026-08-01")
COMMANDS: dict[str, tuple[str, ...]] = {
    "diff": ("diff", *SIDES, "--promise", "incident-io"),
    "diff by operation": ("diff", *SIDES, "--group-by", "operation"),
    "report": ("report", *SPAN),
    "history": ("history", "acme", "--today", "2026-08-01"),
    "deprecations": ("deprecations", "show", "--today", "2026-08-01"),
    "audit": ("audit", "acme", "--today", "2026-08-01"),
    "list": ("list",),
    "report by change": ("report", *SPAN, "--group-by", "change"),
    "report by operation": ("report", *SPAN, "--group-by", "operation"),
    "history as a plot": ("history", "acme", "--today", "2026-08-01", "--plot"),
    "log": ("log",),
}
BY_GROUP = ("report by change", "report by operation")
FORMS = {
    "text": (
        *("diff", "diff by operation", "report", "history", "deprecations", "audit", "list"),
        *(*BY_GROUP, "history as a plot", "log"),
    ),
    "markdown": ("diff", "diff by operation", "report", "history", "deprecations", "audit", "list", *BY_GROUP, "log"),
    "json": ("diff", "report", "history", "deprecations", "audit", "list", "log"),
    "html": ("diff", "diff by operation", "report", "history", "deprecations", "audit", *BY_GROUP),
    "ics": ("deprecations",),
    "line": ("diff",),
    "github": ("diff",),
    "junit": ("diff",),
    "sarif": ("diff",),
}


@pytest.fixture
def outputs(watched, specwatch) -> Callable[[str], list[tuple[str, str]]]:
    """What every command prints in a form."""

    def run(form: str) -> list[tuple[str, str]]:
        made = []
        for name in FORMS[form]:
            result = specwatch(*COMMANDS[name], "--format", form)
            assert result.code == 0, (name, result.err)
            assert result.out
            made.append((name, result.out))
        return made

    return run


def orders(text: str) -> list[str]:
    """Lines that the log of a CI system would obey."""
    begun = [line for line in text.splitlines() if line.lstrip().startswith("::")]
    return begun + re.findall(r"##\w*\[", text)


def test_a_terminal_and_the_log_of_a_ci_system_obey_nothing(outputs):
    for form in ("text", "line", "markdown", "json", "sarif", "junit", "html"):
        for name, text in outputs(form):
            assert UNSEEN.findall(text.replace("\r\n", "\n")) == [], (form, name)
            # HTML goes to a file; its words stand within lines all the same.
            assert orders(text) == [], (form, name)


def test_what_turns_the_direction_of_writing_is_shown(outputs):
    for name, text in outputs("text")[:1]:
        assert "[U+202E]" in text, name


def test_a_markdown_page_has_no_element_link_or_mention_of_a_document(outputs):
    for name, text in outputs("markdown"):
        html = (
            MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"]).render(text)
        )
        tags = set(re.findall(r"<([a-z][a-z0-9]*)", html))
        assert not tags & {"img", "a", "script", "style", "title", "s", "iframe"}, name
        bare = re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL)
        assert not re.search(rf"@everyone|://{HOST}|www\.{HOST}|a@{HOST}|(?<![\w&])#12|GH-7", bare), name


def own_script(page: ET.Element) -> list[ET.Element]:
    return [each for each in page.iter("script") if each.get("type") != "application/json"]


def test_a_page_is_without_fault_and_loads_and_runs_nothing_of_a_document(outputs):
    for name, text in outputs("html"):
        page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        assert not [
            each.tag for each in page.iter() if each.tag in ("img", "iframe", "object", "embed", "link", "base")
        ]
        assert len(own_script(page)) == (1 if name.startswith(("diff", "report")) else 0)
        attributes = [(key, value) for each in page.iter() for key, value in each.attrib.items()]
        assert not [
            key for key, _ in attributes if key.startswith("on") or key in ("src", "srcset", "style", "action")
        ], name
        assert not [value for key, value in attributes if key == "href" and not value.startswith("#")], name


def test_json_and_sarif_are_json_and_sarif_links_nowhere(outputs):
    for _, text in outputs("json"):
        json.loads(text)
    for _, text in outputs("sarif"):
        for result in json.loads(text)["runs"][0]["results"]:
            assert not re.search(r"(?<!\\)\[", result["message"]["text"])
            assert "\n" not in result["message"]["text"]


def test_github_is_given_orders_of_ours_alone(outputs):
    ((_, text),) = outputs("github")
    assert UNSEEN.findall(text) == []
    for line in text.splitlines():
        assert re.match(r"::(?:error|warning|notice) file=[^,:]+,line=\d+,title=[a-z0-9 -]+::|specwatch: ", line), line
    assert not re.findall(r"##\w*\[", text)


def test_junit_is_xml_with_a_case_for_each_change(outputs, specwatch):
    ((_, text),) = outputs("junit")
    changes = json.loads(specwatch(*COMMANDS["diff"], "--format", "json").out)["changes"]
    cases = list(ET.fromstring(text.encode()).iter("testcase"))
    assert len(cases) == len(changes)
    assert all("\n" not in case.attrib["name"] for case in cases)


def test_a_calendar_has_events_of_ours_alone(outputs):
    ((_, text),) = outputs("ics")
    calendar = icalendar.Calendar.from_ical(text)
    kinds = {each.name for each in calendar.walk()}
    assert kinds <= {"VCALENDAR", "VEVENT", "VALARM"}
    names = {name for each in calendar.walk() for name in each}
    assert not names & {"ATTACH", "URL", "ATTENDEE", "ORGANIZER", "IMAGE", "BCC"}
    assert all(line.startswith(" ") or re.match(r"[A-Z-]+[;:]", line) for line in text.split("\r\n") if line)


def test_a_mail_has_headers_of_ours_alone_and_loads_nothing(watched, specwatch, place):
    (place / "specwatch.toml").write_text(
        'recipients = ["jo@example.org"]\n' + (place / "specwatch.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    for day in ("2026-03-09", "2026-07-13"):
        folder = place / day
        assert specwatch("digest", "--preview", str(folder), "--today", day).code == 0
        (file,) = folder.glob("*.eml")
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert "bcc" not in mail
        assert str(mail["Subject"]) == re.sub(r"\s+", " ", str(mail["Subject"]))
        html, text = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("html", "plain"))
        assert UNSEEN.findall(text) == UNSEEN.findall(html) == []
        page = html5lib.HTMLParser(namespaceHTMLElements=False).parse(html)
        tags = {each.tag for each in page.iter()}
        assert not tags & {"img", "script", "iframe", "link", "object"}
        assert not [each.attrib["href"] for each in page.iter("a") if HOST in each.attrib.get("href", "")]
        assert HOST in html  # it was there to do its worst


def test_the_story_of_one_change_does_no_harm_either(watched, specwatch):
    (source,) = json.loads(specwatch(*COMMANDS["report"], "--format", "json").out)["sources"]
    changes = [change for each in source["comparisons"] for change in each["diff"]["changes"]]
    for fingerprint in {change["fingerprint"] for change in changes if change["level"] == "breaking"}:
        for form in ("text", "markdown", "json"):
            result = specwatch("explain", fingerprint[:8], "--format", form)
            assert result.code == 0, result.err
            assert UNSEEN.findall(result.out) == orders(result.out) == [], form


def test_a_feed_has_nothing_that_a_reader_would_load_or_run(watched, specwatch):
    text = specwatch("feed", "--today", "2026-08-01").out
    assert UNSEEN.findall(text) == []
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring(text.encode())
    assert list(feed.iter(f"{atom}entry"))
    assert not [each.attrib for each in feed.iter(f"{atom}link") if HOST in each.attrib.get("href", "")]
    for content in feed.iter(f"{atom}content"):
        if content.get("type") != "html":
            assert not list(content)
            continue
        tags = {each.tag for each in html5lib.parse(content.text or "", namespaceHTMLElements=False).iter()}
        assert not tags & {"img", "a", "script", "style", "iframe", "link", "object"}


@pytest.mark.parametrize("what", ["alert", "reminder"])
def test_an_alert_and_a_reminder_have_headers_of_ours_alone_and_load_nothing(watched, what):
    """They name what they are about in their subject."""
    state = State(config=str(watched / "specwatch.toml"))
    settings = state.settings()
    until = datetime(2026, 7, 7 if what == "alert" else 1, tzinfo=UTC)
    today = until.date() if what == "alert" else date(2026, 5, 20)
    with closing(state.store(settings)) as store:
        report = build_report(
            store, settings, since=until - timedelta(days=200), until=until, today=today, folder=watched
        )
    due = [entry for entry in report.sources[0].entries if entry.days_left(today) is not None]
    mail = render_alert(report) if what == "alert" else render_reminder(report, due)
    assert mail is not None
    assert re.match(r"\[specwatch\] (Alert|Reminder): acme: ", mail.subject)
    assert UNSEEN.findall(mail.subject) == []
    assert "\n" not in mail.subject
    message = build_message(
        sender="a@acme.example",
        recipient="jo@acme.example",
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        message_id="<1@acme.example>",
        date=until,
    )
    parsed = email.message_from_bytes(bytes(message), policy=email.policy.default)
    assert "bcc" not in parsed
    assert " ".join(str(parsed["Subject"]).split()) == " ".join(mail.subject.split())
    assert UNSEEN.findall(mail.text) == UNSEEN.findall(mail.html) == []
    page = html5lib.parse(mail.html, namespaceHTMLElements=False)
    assert not {each.tag for each in page.iter()} & {"img", "script", "iframe", "link", "object", "a"}
    assert HOST in mail.html
