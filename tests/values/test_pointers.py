"""JSON pointers: what they name, and a document with one place edited."""

from __future__ import annotations

import pytest

from monitor.values import edited

DOCUMENT = {"a/b": [{"c": 1}, {"c": 2}], "d": {"e": 3}}


def test_an_edit_changes_the_place_and_nothing_else() -> None:
    found = edited(DOCUMENT, "/a~1b/1/c", lambda value: [value, 4])
    assert found == {"a/b": [{"c": 1}, {"c": [2, 4]}], "d": {"e": 3}}
    assert DOCUMENT == {"a/b": [{"c": 1}, {"c": 2}], "d": {"e": 3}}
    assert isinstance(found, dict)
    assert found["d"] is DOCUMENT["d"]


def test_the_root_may_be_edited() -> None:
    assert edited(DOCUMENT, "", lambda _: None) is None


@pytest.mark.parametrize("pointer", ["/x", "/a~1b/7", "/a~1b/-", "/d/e/f"])
def test_a_place_that_is_not_there_is_an_error(pointer: str) -> None:
    with pytest.raises(LookupError):
        edited(DOCUMENT, pointer, lambda value: value)
