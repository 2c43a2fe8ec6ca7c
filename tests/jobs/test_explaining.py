"""Explaining by the beginning of a fingerprint: several that begin alike, and none."""

from __future__ import annotations

import msgspec
import pytest

from monitor.errors import UsageError
from monitor.jobs.explaining import _one_of
from monitor.report.diffdoc import ChangeEntry


def change(fingerprint: str) -> ChangeEntry:
    told = {
        "rule": "enum-value-removed", "level": "breaking", "promise": "unstated", "affects": "wire",
        "fingerprint": fingerprint, "directions": [], "message": "Gone.", "why": "So.",
        "location": {"before": None, "after": None}, "operations": [], "before": None, "after": None, "reasons": [],
    }  # fmt: skip
    return msgspec.convert(told, ChangeEntry)


def test_two_changes_that_begin_alike_are_named():
    with pytest.raises(UsageError, match="abcd0000 and abcd1111"):
        _one_of([change("abcd0000"), change("abcd1111")], "abcd", "here", "Look.")


def test_one_change_seen_twice_is_one():
    _one_of([change("abcd0000"), change("abcd0000")], "abcd", "here", "Look.")


def test_none_is_an_error_with_advice():
    with pytest.raises(UsageError) as raised:
        _one_of([], "abcd", "here", "Look.")
    assert "Look." in str(raised.value)
