"""Levels where they rest on more than the rule: direction, reach, read-only and write-only properties, messages."""

from __future__ import annotations

import pytest

from monitor.compare.changes import (
    Change,
    EnumValueAdded,
    FormatWidened,
    Location,
    OperationRemoved,
    PropertyRemoved,
    TypeWidened,
)
from monitor.contract import Direction, OperationRef, Site
from monitor.rules import Level, judge, worst

POST = OperationRef("/things", "POST")
SENT = Site(POST, Direction.REQUEST, "body > thing")
RECEIVED = Site(POST, Direction.RESPONSE, "response 200 body > thing")
AT = Location("/components/schemas/Thing", "/components/schemas/Thing")


def test_one_change_has_a_level_for_each_site_and_the_worst_for_itself() -> None:
    (finding,) = judge([EnumValueAdded(location=AT, value="blue", sites=(SENT, RECEIVED))])
    assert finding.levels == ((SENT, Level.COMPATIBLE), (RECEIVED, Level.RISKY))
    assert finding.level is Level.RISKY


def test_a_definition_that_nothing_reaches_is_compatible_and_says_so() -> None:
    (finding,) = judge([TypeWidened(location=AT, before=["string"], after=["integer", "string"])])
    assert finding.level is Level.COMPATIBLE
    assert finding.levels == ()
    assert "No operation" in finding.reasons[0]


def test_a_property_that_is_not_sent_cannot_break_a_caller() -> None:
    change = PropertyRemoved(location=AT, name="id", required=True, read_only=True, sites=(SENT, RECEIVED))
    (finding,) = judge([change])
    assert finding.levels == ((SENT, Level.COMPATIBLE), (RECEIVED, Level.BREAKING))
    assert "read-only" in finding.reasons[0]


def test_a_property_that_is_not_received_cannot_break_a_reader() -> None:
    change = PropertyRemoved(location=AT, name="password", required=True, write_only=True, sites=(SENT, RECEIVED))
    (finding,) = judge([change])
    assert finding.levels == ((SENT, Level.RISKY), (RECEIVED, Level.COMPATIBLE))
    assert "write-only" in finding.reasons[0]


def test_findings_stand_in_the_order_of_the_changes() -> None:
    changes: list[Change] = [EnumValueAdded(location=AT, value=number) for number in (3, 1, 2)]
    assert [finding.change for finding in judge(changes)] == changes


def test_a_message_shows_names_as_they_are_and_values_as_json() -> None:
    removed = OperationRemoved(location=AT, method="GET", path="/v1/{id}", before={"deprecated": True})
    widened = TypeWidened(location=AT, before=["string"], after=["integer", "string"])
    added = EnumValueAdded(location=AT, value="x" * 200)
    messages = [finding.message for finding in judge([removed, widened, added])]
    assert messages[0] == "The operation GET /v1/{id} is gone."
    assert messages[1] == "More types are accepted: it was string and is integer, string."
    assert len(messages[2]) < 140
    assert "…" in messages[2]


def test_a_format_that_is_gone_is_not_called_null() -> None:
    (finding,) = judge([FormatWidened(location=AT, before="binary", after=None)])
    assert finding.message.endswith('it was "binary" and is not stated.')


def test_a_change_without_a_rule_is_a_fault_of_the_program() -> None:
    with pytest.raises(RuntimeError, match="exactly one rule"):
        judge([Change(location=AT)])


def test_levels_are_ordered_from_breaking_to_docs() -> None:
    assert sorted(Level, key=lambda level: level.rank) == [
        Level.BREAKING,
        Level.RISKY,
        Level.COMPATIBLE,
        Level.DOCS,
    ]
    assert worst([]) is Level.DOCS
    assert worst([Level.DOCS, Level.RISKY]) is Level.RISKY
    assert Level.BREAKING.at_most(Level.COMPATIBLE) is Level.COMPATIBLE
    assert Level.DOCS.at_most(Level.COMPATIBLE) is Level.DOCS
