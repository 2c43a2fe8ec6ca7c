"""The second opinion on a document: given in a process of its own, within its time, or not at all."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.jobs.authority import Authority, cancel_all
from monitor.reading import Document, Opinion, read


@pytest.fixture
def authority() -> Iterator[Authority]:
    given = Authority()
    yield given
    given.close()


@pytest.fixture
def valid(make_document: Callable[..., bytes]) -> Document:
    return read(make_document("GET /a"))


@pytest.fixture
def undeclared(make_document: Callable[..., bytes]) -> Document:
    """The path says {id}, and no parameter of that name is declared."""
    return read(make_document("GET /a/{id}"))


def process_of(authority: Authority) -> int | None:
    return None if authority._process is None else authority._process.pid


def test_a_valid_document_has_no_problems(authority: Authority, valid: Document) -> None:
    assert authority.opinion(valid) == Opinion()


def test_what_the_meta_schema_cannot_see_is_found(authority: Authority, undeclared: Document) -> None:
    opinion = authority.opinion(undeclared)
    assert opinion is not None
    assert opinion.missing is None
    assert any("id" in problem.message for problem in opinion.problems)


def test_one_process_judges_documents_one_after_the_other(
    authority: Authority, valid: Document, undeclared: Document
) -> None:
    first = authority.opinion(undeclared)
    process = process_of(authority)
    assert authority.opinion(valid) == Opinion()
    assert authority.opinion(undeclared) == first
    assert process_of(authority) == process


def test_a_document_that_it_cannot_judge_is_an_opinion_not_given_and_the_next_is_judged(
    authority: Authority, valid: Document, make_document: Callable[..., bytes]
) -> None:
    itself = b', "components": {"schemas": {"Loop": {"$ref": "#/components/schemas/Loop"}}}}'
    opinion = authority.opinion(read(make_document("GET /a")[:-1] + itself))
    assert opinion is not None
    assert opinion.missing is not None
    assert opinion.missing.startswith("it cannot be judged: RecursionError")
    assert authority.opinion(valid) == Opinion()


def test_it_is_given_so_much_time_and_no_more(authority: Authority, valid: Document) -> None:
    started = time.monotonic()
    assert authority.opinion(valid, limit=0.01) == Opinion(missing="it did not finish within 0.01 seconds")
    assert time.monotonic() - started < 5
    assert authority.opinion(valid) == Opinion()


def test_it_is_given_so_much_memory_and_no_more(make_document: Callable[..., bytes], valid: Document) -> None:
    authority = Authority(memory=150 * 1024**2)
    padding = [{f"key {number}": [number] * 4} for number in range(300_000)]
    large = read(make_document("GET /a")[:-1] + b', "x-padding": ' + json.dumps(padding).encode() + b"}")
    opinion = authority.opinion(large)
    assert opinion is not None
    assert opinion.missing is not None
    assert "memory" in opinion.missing or "no answer" in opinion.missing
    assert authority.opinion(valid) == Opinion()
    authority.close()


def test_a_process_that_died_while_it_waited_is_replaced(authority: Authority, valid: Document) -> None:
    authority.opinion(valid)
    process = process_of(authority)
    assert process is not None
    os.kill(process, signal.SIGKILL)
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    assert authority.opinion(valid) == Opinion()


def test_a_process_that_nobody_asks_ends(valid: Document) -> None:
    authority = Authority(idle=0.05)
    authority.opinion(valid)
    process = process_of(authority)
    assert process is not None
    until = time.monotonic() + 20
    while Path(f"/proc/{process}").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not Path(f"/proc/{process}").exists()
    assert authority.opinion(valid) == Opinion()
    authority.close()


def test_one_that_is_not_needed_any_more_ends_at_once_and_says_nothing(
    valid: Document, make_document: Callable[..., bytes]
) -> None:
    authority = Authority()
    authority.opinion(valid)
    large = read(make_document(*(f"GET /a{number}" for number in range(4000))))
    timer = threading.Timer(0.2, cancel_all)
    timer.start()
    started = time.monotonic()
    assert authority.opinion(large) is None
    assert time.monotonic() - started < 5
    assert authority.opinion(valid) is None
    authority.close()


def test_one_that_cannot_be_started_is_an_opinion_not_given(
    authority: Authority, valid: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert authority.opinion(valid) == Opinion(missing="it could not be started")
