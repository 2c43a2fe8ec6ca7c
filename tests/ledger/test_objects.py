"""The object of one entry, as the command line prints it and the store keeps it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from monitor.ledger import Entry, entry_from, entry_object

OnlyEntry = Callable[..., Entry]
HISTORY = (("2026-01-01T09:30", "GET /v1/a"), ("2026-01-20T10:00", "GET /v1/a!", "GET /v2/a"))


def test_the_object_has_the_documented_keys_in_their_order_and_the_further_ones_after_them(
    only_entry: OnlyEntry,
) -> None:
    entry = only_entry(*HISTORY, today="2026-02-01")
    basis = (
        "3 calendar months after first seen deprecated, between 2026-01-01 and 2026-01-20 "
        "(the early end; the late end is 2026-04-20)"
    )
    expected: dict[str, Any] = {
        "source": "quayside",
        "subject": {"kind": "operation", "method": "GET", "path": "/v1/a", "pointer": "/paths/~1v1~1a/get", "name": ""},
        "state": "deprecated",
        "first_seen": {"after": "2026-01-01T09:30:00Z", "by": "2026-01-20T10:00:00Z"},
        "deadline": "2026-04-01",
        "removed": None,
        "outcome": None,
        "deadline_basis": basis,
        "successor": "GET /v2/a",
        "evidence": [
            {
                "kind": "deprecated-flag",
                "strength": "strong",
                "text": "deprecated: true",
                "pointer": "/paths/~1v1~1a/get/deprecated",
                "first_seen": {"after": "2026-01-01T09:30:00Z", "by": "2026-01-20T10:00:00Z"},
                "last_seen": "2026-01-20T10:00:00Z",
            }
        ],
        "deadline_late": "2026-04-20",
        "reinstated": None,
        "episodes": [
            {
                "first_seen": {"after": "2026-01-01T09:30:00Z", "by": "2026-01-20T10:00:00Z"},
                "removed": None,
                "reinstated": None,
                "outcome": None,
                "deadline": "2026-04-01",
            }
        ],
        "strength": "strong",
        "given": None,
        "moves": [],
        "service": "/v1/a",
        "watched": False,
        "done": None,
        "set_at": [],
        "directions": [],
    }
    assert json.dumps(entry_object("quayside", entry)) == json.dumps(expected)


def test_what_is_not_known_is_null(only_entry: OnlyEntry) -> None:
    value = entry_object("quayside", only_entry(("2026-01-20", "GET /v1/a!"), today="2026-02-01"))
    assert value["first_seen"] == {"after": None, "by": "2026-01-20T00:00:00Z"}
    assert (value["deadline"], value["deadline_late"], value["successor"]) == (None, None, None)


def test_an_object_without_the_further_keys_is_read_too(only_entry: OnlyEntry) -> None:
    value = entry_object("quayside", only_entry(*HISTORY, today="2026-02-01"))
    for key in ("deadline_late", "reinstated", "episodes"):
        del value[key]
    assert (entry_from(value).episodes, entry_from(value).deadline_late) == ((), None)
