"""What the answer to a download says of the URL, in the forms that servers really send."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.ledger import State, Subject, book, header_mark, url_observations
from monitor.ledger.http_evidence import links_of
from monitor.ledger.watched import serves

URL = Subject("url", None, "https://api.example.com/v1/openapi.json", "")


@pytest.mark.parametrize(
    ("value", "since"),
    [
        ("@1803081600", date(2027, 2, 20)),
        ("Sat, 20 Feb 2027 00:00:00 GMT", date(2027, 2, 20)),
        ("2027-02-20", date(2027, 2, 20)),
        ('version="v1", date="Sat, 20 Feb 2027 00:00:00 GMT"', date(2027, 2, 20)),
        ("true", None),
        ("?1", None),
    ],
)
def test_a_deprecation_header_is_read_in_every_form(value: str, since: date | None) -> None:
    mark = header_mark(URL, {"deprecation": value})
    assert mark is not None
    assert (mark.strong, mark.evidence[0].since, mark.evidence[0].certain) == (True, since, True)


@pytest.mark.parametrize("value", ["false", "?0", "", " "])
def test_a_header_that_denies_is_no_evidence(value: str) -> None:
    assert header_mark(URL, {"deprecation": value, "sunset": value}) is None


@pytest.mark.parametrize("value", ["Sat, 20 Feb 2027 23:59:59 GMT", "2027-02-20T00:00:00Z", "@1803081600"])
def test_a_sunset_header_gives_the_day(value: str) -> None:
    mark = header_mark(URL, {"sunset": value})
    assert mark is not None
    assert (mark.evidence[0].ends, mark.evidence[0].certain) == (date(2027, 2, 20), False)


def test_links_name_the_successor_and_words_about_it_are_weak() -> None:
    link = (
        '<https://d.example/why,really>; rel="deprecation"; type="text/html", </v2/openapi.json>;rel=successor-version'
    )
    mark = header_mark(URL, {"link": link})
    assert mark is not None
    assert (mark.strong, mark.successor) == (False, "/v2/openapi.json")
    assert header_mark(URL, {"link": "</v2>; rel=successor-version"}) is None


@pytest.mark.parametrize("value", ["", "nonsense", "<", "<a>; rel", "<a>;;;rel=x", "<" * 5000, "<a>" + "; a=b" * 5000])
def test_odd_links_do_no_harm(value: str) -> None:
    links_of(value)


def test_the_url_is_an_entry_of_its_own_with_the_moment_that_it_was_first_said() -> None:
    days = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3)]
    told = {"deprecation": "true", "sunset": "Sat, 20 Feb 2027 00:00:00 GMT"}
    answers = list(zip(days, ({}, told, told), strict=True))
    (entry,) = book(
        url_observations(URL.path or "", answers), today=date(2026, 3, 2), window_months=3, version_pattern=None
    )
    assert (entry.state, entry.deadline) == (State.DEPRECATED, date(2027, 2, 20))
    assert (entry.first_seen.after, entry.first_seen.by) == (days[0], days[1])
    assert str(entry.subject) == "url https://api.example.com/v1/openapi.json"


@pytest.mark.parametrize(
    ("path", "url", "same"),
    [
        ("/v1/openapi.json", "https://api.example.com/v1/openapi.json", True),
        ("/openapi.json", "https://api.example.com/v1/openapi.json?x=1", True),
        ("/v1/openapi.json", "https://api.example.com/v2/openapi.json", False),
        ("/{version}/openapi.json", "https://api.example.com/v1/openapi.json", False),
        ("/openapi.json", "specs/openapi.json", False),
        ("/", "https://api.example.com/", False),
    ],
)
def test_the_operation_that_serves_the_url_is_known_by_its_path(path: str, url: str, same: bool) -> None:
    assert serves(Subject("operation", "GET", path, "/p"), url) is same
    assert not serves(Subject("operation", "POST", path, "/p"), url)
