"""A source that stands still and says so: an event once, then a line in the book."""

from __future__ import annotations

import json

import pytest

WORDS = "This document is no longer updated."


@pytest.fixture
def quay(place, specwatch):
    """Twice the same document, a year apart."""
    (place / "specwatch.toml").write_text('[[sources]]\nname = "quay"\nurl = "quay.json"\n')
    info = {"title": "Quay", "version": "1", "description": f"Berths. {WORDS}"}
    text = json.dumps({"openapi": "3.0.3", "info": info, "paths": {"/berths": {"get": {"responses": {}}}}})
    for day in ("2025-01-01", "2025-03-01", "2025-08-01", "2025-12-01"):
        path = place / f"{day}_quay.json"
        path.write_text(text)
        assert specwatch("import", "quay", path).code == 0
    return specwatch


def report(quay, since: str, until: str) -> str:
    return " ".join(quay("report", "--since", since, "--until", until).out.split())


def test_it_is_told_in_one_span_and_in_no_other(quay):
    told = f"Frozen: it has not changed since 2025-01-01, and says that it no longer follows the API: “{WORDS}”"
    assert told in report(quay, "2025-07-28", "2025-08-04")
    assert "Frozen" not in report(quay, "2025-08-04", "2025-12-31")
    assert "Frozen" not in report(quay, "2025-02-01", "2025-07-28")


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_the_book_lists_it_in_each_form(quay, form):
    words = " ".join(quay("deprecations", "--format", form, "--today", "2026-01-01").out.split())
    assert "Frozen: it has not changed since 2025-01-01" in words
    assert "Frozen" not in quay("deprecations", "--format", form, "--today", "2025-05-01").out


def test_the_history_has_it_on_its_day(quay):
    assert "2025-08-01  frozen: it has not changed since 2025-01-01" in quay("history", "quay").out


def test_how_long_it_must_stand_still_is_a_setting(quay, place):
    settings = (place / "specwatch.toml").read_text()
    (place / "specwatch.toml").write_text('frozen_after = "52w"\n' + settings)
    assert "frozen" not in quay("history", "quay").out
    (place / "specwatch.toml").write_text('frozen_after = "30d"\n' + settings)
    assert "2025-03-01  frozen" in quay("history", "quay").out
