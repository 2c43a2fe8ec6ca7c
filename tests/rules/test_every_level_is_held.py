"""No level of any rule can be changed without a case under tests/cases that fails.

The case files are run by tests/cases/test_cases.py, which expects of each case exactly the lines that the file has. So
a level is held when some line names the rule, the direction and the level. What no client can meet in a direction has
no such line: it is listed here, with the reason, and must have the level of the other direction.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from monitor.contract import Direction
from monitor.rules import Rule, catalogue

Held = Mapping[str, frozenset[str]]
"""What the cases expect of a rule: `breaking in a request`, `docs, met by no operation`, by its id."""

EXPECTED = re.compile(r"^- `([a-z-]+)`: (.+)$", re.MULTILINE)
EVERY_RULE = pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.id)


class NeverMet(NamedTuple):
    """Patterns of rule ids, the directions in which no client can meet their changes, and why."""

    rules: tuple[str, ...]
    directions: tuple[Direction, ...]
    because: str


NEVER_MET: Final = (
    NeverMet(
        ("operation-*", "unstable-operation-removed", "webhook-*", "callback-*", "stability-*"),
        (Direction.RESPONSE,),
        "It is about the call itself, of a webhook or a callback too: compare/operations.py tells it of requests alone.",
    ),
    NeverMet(
        (
            "security-alternative-*",
            "security-became-*",
            "security-scope-*",
            "security-scheme-*changed",
            "security-scheme-became-*",
            "oauth-flow-*",
        ),
        (Direction.RESPONSE,),
        "What must be shown to be let in goes with the call.",
    ),
    NeverMet(
        ("required-scope-*", "scope-list-*", "scope-wording-changed"),
        (Direction.RESPONSE,),
        "What a key must be allowed to do is asked when it is sent.",
    ),
    NeverMet(("server-*",), (Direction.RESPONSE,), "Where calls go is about the call."),
    NeverMet(("body-parameter-renamed",), (Direction.RESPONSE,), "Swagger 2.0, which alone has it, knows no webhooks."),
    NeverMet(
        ("documented-*",),
        (Direction.REQUEST,),
        "JSON that is shown in the long description is what comes back: errors and limits (compare/info.py).",
    ),
    NeverMet(
        ("path-added", "path-removed"),
        tuple(Direction),
        "They are about paths that have no operation; the others are told through their operations.",
    ),
    NeverMet(
        ("component-*", "security-scheme-added", "security-scheme-removed", "tag-*"),
        tuple(Direction),
        "It is declared beside the operations; what they use of it is told where they use it.",
    ),
    NeverMet(
        ("accepted-values-changed",),
        (Direction.RESPONSE,),
        "The sets are asked there too, but no pair of schemas is known in which values came and no comparator says so.",
    ),
    NeverMet(("description-section-*", "promise-words-*"), tuple(Direction), "The words are of no single operation."),
)


def patterns_for(rule: Rule) -> list[NeverMet]:
    return [row for row in NEVER_MET if any(fnmatchcase(rule.id, pattern) for pattern in row.rules)]


def never_met(rule: Rule) -> set[Direction]:
    return {direction for row in patterns_for(rule) for direction in row.directions}


@pytest.fixture(scope="module")
def held(project: Path) -> Held:
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted((project / "tests" / "cases").glob("*/*.md")):
        for rule, expected in EXPECTED.findall(file.read_text(encoding="utf-8")):
            found[rule].update(_parts(expected))
    return {rule: frozenset(parts) for rule, parts in found.items()}


def _parts(expected: str) -> Iterator[str]:
    """One for each direction; what no operation meets is one part."""
    yield from [expected] if expected.endswith("met by no operation") else expected.split(", ")


@EVERY_RULE
@pytest.mark.parametrize("direction", Direction)
def test_a_case_expects_the_level_of_a_rule_in_each_direction(rule: Rule, direction: Direction, held: Held) -> None:
    if direction in never_met(rule):
        assert rule.request is rule.response, "a direction that nobody meets has no level of its own"
    else:
        assert f"{rule.level(direction)} in a {direction}" in held[rule.id]


@EVERY_RULE
def test_what_no_operation_meets_is_held_by_a_case_that_says_so(rule: Rule, held: Held) -> None:
    if never_met(rule) == set(Direction):
        assert held[rule.id] == {f"{rule.request}, met by no operation"}


@pytest.mark.parametrize("row", NEVER_MET, ids=lambda row: row.rules[0])
def test_what_is_said_to_be_never_met_is_met_in_no_case(row: NeverMet, held: Held) -> None:
    for pattern in row.rules:
        rules = [rule for rule in catalogue() if fnmatchcase(rule.id, pattern)]
        assert rules, f"no rule is called {pattern}"
        for rule in rules:
            assert patterns_for(rule) == [row]
            assert not {part for part in held[rule.id] if part.rpartition(" ")[2] in row.directions}
