"""Patterns: which texts one takes and the other does not, decided within a budget or not at all."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.compare import Budget, compare
from monitor.compare.changes import Effect
from monitor.compare.patterns import Steps, relate
from monitor.contract import Contract
from monitor.reading.dialects import dialect_for

SAME, WIDER, OTHER, UNDECIDED = Effect.NEUTRAL, Effect.WIDENED, Effect.CHANGED, Effect.UNDECIDED


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("^[a-z]+$", "^[a-z0-9]+$", WIDER),
        ("^a", "a", WIDER),
        ("^a$", "^(a|bb)$", WIDER),
        ("^a{3}$", "^a{2,5}$", WIDER),
        ("^AC[0-9a-fA-F]{32}$", "^[A-Z]{2}[0-9a-fA-F]{32}$", WIDER),
        ("^.{1,64}$", "^.{1,255}$", WIDER),
        ("^.*$", "", WIDER),  # a dot is no line feed
        ("^(a|b)$", "^a|b$", WIDER),
        ("^[0-9]{4}$", r"^\d\d\d\d$", SAME),
        (r"^\u0041\x42\u{43}$", "^ABC$", SAME),
        (r"[\s\S]*", "", SAME),
        ("a*", "b*", SAME),
        ("^(?<year>[0-9]+)$", "^(?:[0-9]+?)$", SAME),
        ("^[^]$", r"^[\d\D]$", SAME),
        ("^[a-]$", r"^(a|\-)$", SAME),
        (r"^[\w.]$", "^[A-Za-z0-9_.]$", SAME),
        ("^😀{2}$", "^😀😀$", SAME),
        ("^a{0}$", "^$", SAME),
        ("a$b", "b^a", SAME),  # neither takes any text
        ("^[a-z]+$", "^[0-9]+$", OTHER),
        ("^é", "^e", OTHER),
    ],
)
def test_two_patterns_are_related_by_the_texts_that_they_match(before: str, after: str, effect: Effect) -> None:
    assert relate(before, after) is effect
    assert relate(after, before) is (Effect.NARROWED if effect is WIDER else effect)


@pytest.mark.parametrize(
    "pattern",
    [
        "^(?!con)[a-z]+$", "(?<=a)b", r"(a)\1", r"\bword\b", r"\p{L}", "(?i:a)", "(", ")", "[a", "a**", "{", "a{2", "a{3,2}",
        "^*", "[z-a]", r"[\d-z]", "\\", r"\x4", r"\ud800", r"\q", "a" * 1001, "a{99999}", "(a{99}){99}", "(" * 60 + ")" * 60,
    ],
)  # fmt: skip
def test_what_is_no_plain_regular_expression_stays_undecided(pattern: str) -> None:
    assert relate(pattern, "^a$") is UNDECIDED
    assert relate("^a$", pattern) is UNDECIDED


def test_an_automaton_of_a_million_states_is_given_up_soon() -> None:
    start = time.perf_counter()
    assert relate("(a|b)*a(a|b){20}$", "(a|b)*a(a|b){21}$") is UNDECIDED
    assert time.perf_counter() - start < 5


def test_the_steps_that_were_taken_are_counted() -> None:
    steps = Steps(1_000)
    assert relate("^[a-z]+$", "^[a-z0-9]+$", steps) is WIDER
    assert 500 < steps.left < 1_000
    assert relate("^[a-z]+$", "^[a-z0-9]+$", Steps(10)) is UNDECIDED


def test_patterns_stay_undecided_when_the_budget_of_a_comparison_is_spent() -> None:
    def contract(letter: str) -> Contract:
        texts = {f"p{i}": {"type": "string", "pattern": f"^{letter}{{{i}}}$"} for i in range(1, 20)}
        root = {
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {},
            "components": {"schemas": {"A": {"properties": texts}}},
        }  # fmt: skip
        return Contract(root, dialect_for("3.1.0"))

    found = compare(contract("a"), contract("[ab]"), budget=Budget(steps=2_000))
    kinds = [type(change).__name__ for change in found]
    assert {"PatternWidened", "PatternUndecided"} == set(kinds)
    assert found == compare(contract("a"), contract("[ab]"), budget=Budget(steps=2_000))


def patterns() -> st.SearchStrategy[str]:
    one = st.sampled_from(["a", "b", "[ab]", ".", "[^a]", r"\w", "c"])
    return st.recursive(
        one,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map("".join),
            st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
            st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}", "*?"])).map(
                lambda pair: f"(?:{pair[0]}){pair[1]}"
            ),
            inner.map(lambda pattern: f"^{pattern}"),
            inner.map(lambda pattern: f"{pattern}$"),
        ),
        max_leaves=6,
    )


TEXTS = ["".join(text) for length in range(6) for text in itertools.product("abc", repeat=length)] + ["\n", "a\n", "-"]


@settings(max_examples=300, deadline=None)
@given(patterns(), patterns())
def test_no_text_shows_that_a_relation_is_wrong(before: str, after: str) -> None:
    mine, yours = (
        {text for text in TEXTS if re.search(pattern.replace("$", r"\Z"), text)} for pattern in (before, after)
    )
    effect = relate(before, after)
    assert effect is not UNDECIDED
    if mine - yours:
        assert effect in (Effect.NARROWED, OTHER)
    if yours - mine:
        assert effect in (WIDER, OTHER)
