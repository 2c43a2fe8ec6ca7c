"""The second opinion on a document: given in a process of its own, within its time, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from monitor.jobs.authority import Authority, cancel_all
from monitor.reading import read


def test_a_valid_document_has_no_problems(make_document: Callable[..., bytes]) -> None:
    opinion = Authority(read(make_document("GET /a"))).opinion()
    assert opinion.missing is None
    assert opinion.problems == ()


def test_what_the_meta_schema_cannot_see_is_found(make_document: Callable[..., bytes]) -> None:
    # The path says {id}, and no parameter of that name is declared.
    opinion = Authority(read(make_document("GET /a/{id}"))).opinion()
    assert opinion.missing is None
    assert any("id" in problem.message for problem in opinion.problems)


def test_it_is_given_so_much_time_and_no_more(make_document: Callable[..., bytes]) -> None:
    started = time.monotonic()
    opinion = Authority(read(make_document("GET /a")), limit=0.01).opinion()
    assert opinion.problems == ()
    assert opinion.missing == "it did not finish within 0.01 seconds"
    assert time.monotonic() - started < 5


def test_one_that_is_not_needed_any_more_ends_at_once(make_document: Callable[..., bytes]) -> None:
    authority = Authority(read(make_document("GET /a")))
    started = time.monotonic()
    cancel_all()
    assert time.monotonic() - started < 2
    assert authority.opinion() is None


def test_one_that_cannot_be_started_is_an_opinion_not_given(
    make_document: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert Authority(read(make_document("GET /a"))).opinion().missing == "it could not be started"
