"""The feed, read by a parser that nobody here wrote, and held to what RFC 4287 asks of every feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from lxml import etree

from monitor.ledger import events
from monitor.policy import Uses
from monitor.report import Muted, feed_atom
from monitor.report.feed_view import FeedOutage, FeedSource, feed_entries
from monitor.report.history_events import history_events
from monitor.report.marks import marked
from monitor.rules import Level

ATOM = "{http://www.w3.org/2005/Atom}"
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "atom.rng"))
EMPTY = datetime(2026, 8, 10, tzinfo=UTC)
JUNE = (("2026-06-01", ["GET /v1/a", "GET /v1/b"]), ("2026-06-02", ["GET /v1/a"]), ("2026-06-03", ["GET /v1/a!"]))


@pytest.fixture
def source(reported, api):
    """A source from its history: (day, operations, properties)."""

    def run(*versions, today=date(2026, 12, 31), **facts) -> FeedSource:
        texts = [(day, api(*operations, lantern=more[0] if more else None)) for day, operations, *more in versions]
        view = reported(*texts, since="2020-01-01", until="2026-08-10").sources[0]
        first = datetime.fromisoformat(versions[0][0]).replace(tzinfo=UTC)
        told = history_events(events(view.entries, (), today))
        known = {"name": "acme", "begun": first, "operations": 2, "comparisons": view.comparisons, "events": told}
        return FeedSource(**{**known, **facts})

    return run


def feed(*sources: FeedSource, names: tuple[str, ...] = (), most: int = 100, level: Level = Level.DOCS) -> Any:
    data = feed_atom(feed_entries(sources, most=most, level=level), names, updated=EMPTY)
    hold_to_rfc_4287(data)
    parsed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == "atom10"
    return parsed


def hold_to_rfc_4287(data: bytes) -> None:
    """Its RELAX NG schema (appendix B), and what that cannot say (sections 4.1.1 and 4.1.2): who has an author, which
    entries need a link or content; ids are different from each other."""
    assert SCHEMA.validate(etree.fromstring(data)), SCHEMA.error_log.last_error
    root = ElementTree.fromstring(data)  # of our own making
    assert root.tag == f"{ATOM}feed"
    assert len(root.findall(f"{ATOM}author")) == 1
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            (found,) = element.findall(f"{ATOM}{name}")
            assert found.text
            if name == "updated":
                assert datetime.fromisoformat(found.text).tzinfo is not None  # RFC 3339, with its zone
    for entry in entries:
        (content,) = entry.findall(f"{ATOM}content")
        assert content.get("type") == "html"
        assert len(content) == 0  # escaped text, no elements
    ids = [element.findtext(f"{ATOM}id") for element in (root, *entries)]
    assert len(set(ids)) == len(ids)
    assert all(each is not None and each.startswith("urn:uuid:") for each in ids)


@pytest.mark.parametrize(
    ("was", "broken"),
    [
        ("<id>", "<id/><id>"),
        ("<updated>2", "<updated>the 2"),
        (' term="acme"', ""),
        ('type="html"', 'type="HTML"'),
        ("<title>", "<link/><title>"),
        ("<name>", "<names/><name>"),
    ],
)
def test_the_schema_of_rfc_4287_refuses_what_is_no_feed(source, was, broken):
    text = feed_atom(feed_entries([source(*JUNE)], most=9), (), updated=EMPTY).decode()
    assert SCHEMA.validate(etree.fromstring(text.encode()))
    assert was in text
    assert not SCHEMA.validate(etree.fromstring(text.replace(was, broken, 1).encode()))


def test_each_thing_that_became_known_is_an_entry_with_its_verdicts_in_the_title_newest_first(source):
    titles = [entry.title for entry in feed(source(*JUNE)).entries]
    assert titles == [
        "acme: overdue, still served: GET /v1/a; deadline 2026-09-02",
        "acme: due soon: GET /v1/a; deadline 2026-09-02",
        "acme: 1 compatible",
        "acme: deprecated: GET /v1/a; deadline 2026-09-02",
        "acme: 1 breaking (against the promise)",
        "acme: the first version that is known, with 2 operations",
    ]


def test_an_entry_bears_the_time_at_which_it_was_seen_and_what_the_calendar_brings_its_day(source):
    entries = feed(source(*JUNE)).entries
    assert [entry.updated for entry in entries[:3]] == [
        "2026-09-03T00:00:00+00:00",
        "2026-08-03T00:00:00+00:00",
        "2026-06-03T00:00:00+00:00",
    ]
    assert feed(source(*JUNE)).feed.updated == entries[0].updated


def test_the_content_says_what_breaks_and_how_to_see_the_whole(source):
    entry = next(entry for entry in feed(source(*JUNE)).entries if "breaking" in entry.title)
    content = entry.content[0].value
    assert "<h3>Breaking (1)</h3>" in content
    assert "<li><code>GET /v1/b</code>, promise broken" in content
    assert "The operation GET /v1/b is gone. [operation-removed " in content
    assert "<code>specwatch diff acme@2026-06-01 acme@2026-06-02</code>" in content
    assert [tag.term for tag in entry.tags] == ["acme", "breaking"]


def test_an_entry_keeps_its_id_while_the_history_goes_on(source):
    before = {entry.title: entry.id for entry in feed(source(*JUNE[:2])).entries}
    after = {entry.title: entry.id for entry in feed(source(*JUNE)).entries}
    assert before.items() <= after.items()
    assert len(before) == 2


def test_what_goes_back_and_forth_is_an_entry_each_time(source):
    there, gone = ["GET /v1/a", "GET /v1/b"], ["GET /v1/a"]
    days = [(f"2026-06-{day:02d}", gone if day % 2 else there) for day in range(1, 7)]
    assert len(feed(source(*days, events=())).entries) == 6


def test_the_same_history_gives_the_same_bytes_and_two_sources_are_told_apart(source):
    def written() -> bytes:
        sources = (source(*JUNE), source(*JUNE, name="other"))
        return feed_atom(feed_entries(sources, most=100), (), updated=EMPTY)

    assert written() == written()
    assert len(feed(source(*JUNE), source(*JUNE, name="other")).entries) == 12


def test_only_the_newest_entries_are_there_and_a_level_leaves_out_quieter_versions(source):
    assert [entry.updated[:10] for entry in feed(source(*JUNE), most=2).entries] == ["2026-09-03", "2026-08-03"]
    titles = [entry.title for entry in feed(source(*JUNE), level=Level.RISKY).entries]
    assert "acme: 1 compatible" not in titles
    assert len(titles) == 5


def test_a_feed_without_entries_is_a_feed():
    parsed = feed(FeedSource("acme"), names=("acme",))
    assert (parsed.entries, parsed.feed.title, parsed.feed.updated) == (
        [],
        "specwatch: acme",
        "2026-08-10T00:00:00+00:00",
    )


def test_the_feed_of_some_sources_has_another_id_than_that_of_all():
    ids = {feed(FeedSource("a"), FeedSource("b"), names=names).feed.id for names in ((), ("a",), ("b",), ("a", "b"))}
    assert len(ids) == 4
    assert feed(FeedSource("a"), names=("a", "b")).feed.id == feed(FeedSource("a"), names=("b", "a")).feed.id


def test_nothing_in_it_is_a_link(source):
    data = feed_atom(feed_entries([source(*JUNE)], most=100), (), updated=EMPTY)
    assert not list(ElementTree.fromstring(data).iter(f"{ATOM}link"))
    assert b"href" not in data


def test_an_outage_is_told_when_it_is_known_and_when_it_is_over():
    since, known, over = (datetime(2026, 8, 1, hour, tzinfo=UTC) for hour in (1, 3, 9))
    outage = FeedOutage(since, known, 4, "http", "500 <b>\x1b[2J", over)
    back, failing = feed(FeedSource("acme", outages=(outage,))).entries
    assert (failing.updated, back.updated) == ("2026-08-01T03:00:00+00:00", "2026-08-01T09:00:00+00:00")
    assert failing.title == "acme: no document since 2026-08-01 01:00 UTC"
    assert "(http): 500 &lt;b&gt;" in failing.content[0].value
    assert back.title == "acme: the document comes again"


def test_a_version_that_could_not_be_compared_is_told_too():
    at = datetime(2026, 8, 1, tzinfo=UTC)
    (entry,) = feed(FeedSource("acme", uncompared=((at, "a and b: too <large>"),))).entries
    assert entry.title == "acme: a new version could not be compared"
    assert "a and b: too &lt;large&gt;" in entry.content[0].value


HOSTILE = [
    "</content><script>alert(1)</script>",
    "]]><b>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "a\x1b[31m\x00\x08b",
    "\u202eright to left",
    "\ufffe\uffff",
    "line\r\nInjected: yes",
    "`code` <i>",
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_text_in_titles_and_escaped_in_contents(source, words):
    before = ["GET /v1/a"], {"wick": {"type": "string"}, words: {"type": "string", "description": "DEPRECATED: x"}}
    after = ["GET /v1/a"], {"wick": {"type": "string"}}
    parsed = feed(source(("2026-06-01", *before), ("2026-06-02", *after), name=f"acme {words}"))
    assert len(parsed.entries) >= 3
    for entry in parsed.entries:
        assert not set(entry.title + entry.content[0].value) & set("\x00\x08\x1b\u202e\ufffe\uffff\r")
        for tag in ("script", "img", "b>", "i>"):
            assert f"<{tag}" not in entry.content[0].value
        assert "\n" not in entry.title


def categories(source: FeedSource, uses: Uses, muted: tuple[str, ...] = ()) -> tuple[str, set[str]]:
    """Title and categories of the entry of the only comparison; `muted` are rules."""
    (comparison,) = source.comparisons
    found = {
        change.fingerprint: Muted(how="muted", by="ada", reason="known")
        for change in comparison.document.changes
        if change.rule in muted
    }
    own = replace(comparison, document=marked(comparison.document, uses, found))
    entry = next(
        each for each in feed(replace(source, comparisons=(own,))).entries if "Changed between" in each.content[0].value
    )
    return entry.title, {tag.term for tag in entry.tags}


def test_an_entry_that_is_breaking_and_hit_breaks_something_that_is_used(source):
    one = source(("2026-06-01", ["GET /v1/a", "GET /v1/b"]), ("2026-06-02", ["GET /v1/a", "GET /v1/c"]))
    assert categories(one, Uses.of(["/v1/b"]))[1] == {"acme", "breaking", "hit"}
    assert categories(one, Uses.of(["/v1/c"]))[1] == {"acme", "breaking", "not used"}  # what is new alone is used
    title, tags = categories(one, Uses.of(["/v1/c"]), muted=("operation-removed",))
    assert (title, tags) == ("acme: yours: 0 breaking; in all 1 compatible", {"acme", "compatible", "hit"})
    title, _ = categories(one, Uses.of(["/v1/c"]), muted=("operation-removed", "operation-added"))
    assert title == "acme: yours: 0 breaking; in all 2 muted changes"
