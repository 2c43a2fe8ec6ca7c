"""Two inputs become the document of their differences."""

from __future__ import annotations

import pytest

from monitor.jobs import comparing
from monitor.jobs.comparing import Input, diff_documents

DOCUMENT = b'{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": 1}}}}'


@pytest.fixture
def names_read(monkeypatch):
    """The names under which documents were read."""
    names = []

    def read(data, *, source):
        names.append(source)
        return original(data, source=source)

    original = comparing.read
    monkeypatch.setattr(comparing, "read", read)
    return names


def test_equal_bytes_are_read_once_and_each_side_keeps_its_name(names_read):
    heard = []
    document = diff_documents(
        Input(DOCUMENT, "old.json"), Input(DOCUMENT, "new.json"), invalid=lambda name, _: heard.append(name)
    )
    assert names_read == ["old.json"]
    assert document.changes == ()
    assert (document.before.source, document.after.source) == ("old.json", "new.json")
    assert heard == ["old.json", "new.json"], "each side is told to be invalid"


def test_other_bytes_are_read_though_they_say_the_same(names_read):
    document = diff_documents(Input(DOCUMENT, "old.json"), Input(DOCUMENT + b"\n", "new.json"))
    assert names_read == ["old.json", "new.json"]
    assert document.changes == ()
