"""What the provider promises is told when it lasts, once, and never for a copy without its description."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

PROMISE = "We keep every endpoint for six months after it was deprecated."
HALVED = PROMISE.replace("six", "three")


def written(promise: str | None, number: int) -> str:
    description = "Quay is an API." if promise is None else f"# Use\nCall it.\n\n# Compatibility\n{promise}\n"
    info = {"title": "Quay", "version": str(number), "description": description}
    return json.dumps({"openapi": "3.0.3", "info": info, "paths": {"/berths": {"get": {"responses": {}}}}})


@pytest.fixture
def history(place, specwatch):
    """Imports versions, one a week from 5 January 2026, of which these are the promises."""
    (place / "specwatch.toml").write_text('[[sources]]\nname = "quay"\nurl = "quay.json"\n')

    def run(*promises: str | None) -> None:
        for number, promise in enumerate(promises):
            month, day = divmod(4 + 7 * number, 28)
            path = place / f"2026-{month + 1:02}-{day + 1:02}_quay.json"
            path.write_text(written(promise, number))
        assert specwatch("import", "quay", *sorted(place.glob("2026-*.json"))).code == 0

    return run


def report(specwatch, since="2026-01-06", until="2026-06-01", form="text") -> str:
    return specwatch("report", "--since", since, "--until", until, "--format", form).out


@pytest.mark.parametrize("gap", [(None,), (HALVED,)])
def test_a_promise_that_is_away_in_one_version_is_not_told(history, specwatch, gap):
    history(PROMISE, PROMISE, *gap, PROMISE, PROMISE, PROMISE, PROMISE)
    text = report(specwatch)
    assert "promises" not in text
    assert "promise-words" not in report(specwatch, form="json")
    assert json.loads(report(specwatch, form="json"))["sources"][0]["promise_changes"] == []


def test_what_lasts_is_told_once_with_the_dates_between_which_it_changed(history, specwatch):
    history(PROMISE, PROMISE, HALVED, HALVED, HALVED, HALVED)
    text = report(specwatch)
    assert "seen between 2026-01-12 and 2026-01-19" in text
    assert text.count("[promise-words-changed]") == 1
    assert "six months" in text
    assert "three months" in text
    assert "1 promise change" in text
    page = report(specwatch, form="markdown")
    assert page.count("promise-words-changed") == 1
    (change,) = json.loads(report(specwatch, form="json"))["sources"][0]["promise_changes"]
    assert change == {
        "section": "Compatibility",
        "before": PROMISE,
        "after": HALVED,
        "first_seen": {"after": "2026-01-12T00:00:00Z", "by": "2026-01-19T00:00:00Z"},
        "confirmed_at": "2026-01-26T00:00:00Z",
    }


@pytest.mark.parametrize("day", [7, 19, 20, 26, 27])
def test_of_two_spans_that_meet_one_tells_it(history, specwatch, day):
    history(PROMISE, HALVED, HALVED, HALVED, HALVED)
    halves = [report(specwatch, until=f"2026-01-{day:02}"), report(specwatch, since=f"2026-01-{day:02}")]
    assert sum(text.count("[promise-words-changed]") for text in halves) == 1


@pytest.mark.parametrize(("promises", "word"), [((PROMISE, None, None), "gone"), ((None, PROMISE, PROMISE), "new")])
def test_a_section_that_stays_away_or_stays_is_told(history, specwatch, promises, word):
    history(*promises)
    assert f"The words in which the provider says what it promises are {word}." in report(specwatch)


def test_the_digest_tells_it_in_the_week_in_which_it_proved_to_last(history, specwatch, place):
    history(PROMISE, PROMISE, HALVED, HALVED, HALVED, HALVED)
    found = {}
    for today in ("2026-01-20", "2026-01-27", "2026-02-03"):
        assert specwatch("digest", "--preview", "out", "--today", today).code == 0
        (path,) = place.glob("out/*.txt")
        found[today] = path.read_text()
        assert ("promise-words-changed" in path.with_suffix(".html").read_text()) is ("promise-words" in found[today])
        for file in place.glob("out/*"):
            file.unlink()
    told = [today for today, text in found.items() if "promise-words-changed" in text]
    assert told == ["2026-01-27"]
    assert re.search(r"seen between 2026-01-12\s+and\s+2026-01-19", found["2026-01-27"], re.IGNORECASE)


def test_two_documents_have_no_history_and_differ_as_they_do(specwatch, place):
    (place / "a.json").write_text(written(PROMISE, 1))
    (place / "b.json").write_text(written(HALVED, 1))
    (change,) = json.loads(specwatch("diff", "a.json", "b.json", "--format", "json").out)["changes"]
    assert (change["rule"], change["level"]) == ("promise-words-changed", "docs")


PROFILE = """
title = "Quay"
url = "https://quay.example/promise"
read_on = 2026-01-01
words = "{words}"
words_sha256 = "{digest}"
window_months = 6
expects_client = "strict"
"""


def holds(place, words: str) -> None:
    digest = hashlib.sha256(words.encode()).hexdigest()
    (place / "own.toml").write_text(PROFILE.format(words=words, digest=digest))
    (place / "specwatch.toml").write_text('[[sources]]\nname = "quay"\nurl = "quay.json"\npromise = "./own.toml"\n')


def test_a_profile_whose_words_are_no_longer_there_is_said_to_be_out_of_date_once(history, specwatch, place):
    history(PROMISE, PROMISE, HALVED, HALVED, HALVED, HALVED)
    holds(place, PROMISE)
    text = " ".join(report(specwatch).split())
    assert "1 promise change, 1 promise profile out of date" in text
    assert (
        "The promise profile own is out of date: the section Compatibility with its words says something else" in text
    )
    assert "`specwatch set quay --promise FILE` names newer ones." in text
    assert "out of date" not in report(specwatch, since="2026-02-02")
    (source,) = json.loads(report(specwatch, form="json"))["sources"]
    assert source["promise_outdated"] == ["Compatibility"]
    history_words = " ".join(specwatch("history", "quay").out.split())
    assert "2026-01-26 promise profile out of date: the section Compatibility says something else" in history_words


@pytest.mark.parametrize("words", [HALVED, "What stands elsewhere."])
def test_a_profile_with_the_new_words_or_with_others_is_not_out_of_date(history, specwatch, place, words):
    history(PROMISE, PROMISE, HALVED, HALVED, HALVED, HALVED)
    holds(place, words)
    assert "promise changed: the section Compatibility" in " ".join(specwatch("history", "quay").out.split())
    assert "out of date" not in report(specwatch) + specwatch("history", "quay").out
