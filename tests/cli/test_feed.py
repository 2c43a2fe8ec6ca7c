"""`specwatch feed`, as it is typed."""

from __future__ import annotations

import feedparser
import pytest
import vobject

from tests.cli.conftest import AFTER, BEFORE


@pytest.fixture
def acme(specwatch, place):
    """A source with two versions, the second of which breaks something."""
    (place / "v").mkdir()
    for day, text in (("2026-01-05", BEFORE), ("2026-02-05", AFTER)):
        (place / "v" / f"{day}T0900_spec.yaml").write_text(text)
    assert specwatch("add", "acme", "https://acme.example/openapi.yaml", "--promise", "incident-io").code == 0
    assert specwatch("import", "acme", "v").code == 0
    arguments = ("--since", "2026-01-01", "--why", "a mail", "--by", "jo")
    assert specwatch("deprecations", "set", "acme", "DELETE /v1/lanterns/{id}", *arguments).code == 0


@pytest.mark.usefixtures("acme")
def test_the_feed_of_all_sources_comes_on_standard_output_and_is_the_same_each_time(specwatch):
    first, second = (specwatch("feed", "--today", "2026-03-01") for _ in range(2))
    assert (first.code, first.err) == (0, "")
    assert first.out == second.out
    parsed = feedparser.parse(first.out)
    assert not parsed.bozo
    assert [entry.title for entry in parsed.entries] == [
        "acme: 1 breaking (against the promise)",
        "acme: the first version that is known, with 2 operations",
        "acme: deprecated: DELETE /v1/lanterns/{id}; deadline 2026-04-01",
    ]


@pytest.mark.usefixtures("acme")
def test_today_is_the_last_day_that_is_known(specwatch):
    titles = [entry.title for entry in feedparser.parse(specwatch("feed", "acme", "--today", "2026-02-04").out).entries]
    assert "acme: 1 breaking (against the promise)" not in titles
    assert len(titles) == 2


@pytest.mark.usefixtures("acme")
def test_a_file_is_written_whole_and_may_be_read_by_a_web_server(specwatch, place):
    result = specwatch("feed", "--today", "2026-03-01", "--output", "apis.atom")
    assert (result.code, result.out, result.err) == (0, "", "wrote apis.atom\n")
    assert (place / "apis.atom").read_text() == specwatch("feed", "--today", "2026-03-01").out
    assert (place / "apis.atom").stat().st_mode & 0o600 == 0o600
    assert not list(place.glob(".apis.atom*"))
    assert specwatch("feed", "--output", "nowhere/apis.atom").code == 3


@pytest.mark.usefixtures("acme")
def test_the_calendar_is_that_of_the_deprecations(specwatch, place):
    result = specwatch("feed", "--format", "ics", "--today", "2026-03-01", "--output", "deadlines.ics")
    assert result.code == 0, result.err
    data = (place / "deadlines.ics").read_bytes()
    assert data.decode() == specwatch("deprecations", "--format", "ics", "--today", "2026-03-01").out
    assert vobject.readOne(data.decode()).vevent.dtstart.value.isoformat() == "2026-04-01"


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("nobody",), "nobody"), (("--entries", "0"), "--entries"), (("--format", "rss"), "--format")],
)
def test_mistakes_are_told(specwatch, arguments, words):
    result = specwatch("feed", *arguments)
    assert result.code == 2
    assert words in result.err
