"""Regular expressions: texts that one takes and another does not, and the certainty that there are none."""

from __future__ import annotations

import itertools
import re
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.algebra.patterns import MOST_STEPS, find_text, related
from monitor.algebra.steps import Steps, Undecidable

SAME, NARROWER, WIDER, OTHER, UNDECIDED = "same", "narrower", "wider", "other", "undecided"
RELATIONS = {(False, False): SAME, (True, False): NARROWER, (False, True): WIDER, (True, True): OTHER}


def relation(before: str, after: str, steps: Steps | None = None) -> str:
    try:
        return RELATIONS[related(before, after, steps or Steps(MOST_STEPS))]
    except Undecidable:
        return UNDECIDED


def text(accept: list[str], refuse: list[str], least: int = 0, most: int | None = None) -> str | None:
    return find_text(accept, refuse, (least, most), Steps(20_000))


def test_a_pattern_within_another_leaves_no_text() -> None:
    assert text(["^(a|b)+$"], ["^[ab]*$"]) is None
    assert text([r"^\d{4}$"], [r"^\w+$"]) is None
    assert text(["^foo"], ["^fo"]) is None


def test_a_text_that_shows_the_difference_is_shortest_and_readable() -> None:
    assert text(["^[a-z]*$"], ["^[a-z]+$"]) == ""
    assert text(["^[A-Za-z]{2,3}$"], ["^[A-Za-z]{2}$"]) == "aaa"
    assert text(["^fo"], ["^foo"]) == "fo"


def test_lengths_count() -> None:
    assert text(["^[a-z]{3}$"], [], least=4) is None
    assert text(["^a+$"], [], least=3, most=3) == "aaa"
    assert text(["^a+$", "^b+$"], []) is None


def test_a_pattern_matches_anywhere() -> None:
    assert text(["b"], ["a"]) == "b"
    assert text(["^abc$"], ["b"]) is None


@pytest.mark.parametrize(
    "pattern", [r"(?=a)b", r"\bword", r"(a)\1", r"(?i)a", r"\p{L}", "[[:alpha:]]", "a++", "(", r"\Aa"]
)
def test_what_is_not_regular_or_not_read_alike_everywhere_is_undecided(pattern: str) -> None:
    with pytest.raises(Undecidable):
        text([pattern], [])


def test_a_budget_ends_the_search() -> None:
    with pytest.raises(Undecidable):
        find_text(["^(a|b)*a(a|b){12}$"], ["^(a|b)*b(a|b){12}$", "^c"], (0, None), Steps(20))


atoms = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "(a|bc)", r"\d", "x"])
pieces = st.tuples(atoms, st.sampled_from(["", "*", "+", "?", "{2}", "{1,2}"])).map("".join)
patterns = st.tuples(
    st.sampled_from(["", "^"]), st.lists(pieces, min_size=1, max_size=4).map("".join), st.sampled_from(["", "$"])
).map("".join)


@settings(deadline=None, max_examples=120, derandomize=True)
@given(patterns, patterns, st.integers(0, 1000))
def test_no_text_shows_the_contrary(one: str, other: str, seed: int) -> None:
    found = text([one], [other])
    one, other = one.replace("$", r"\Z"), other.replace("$", r"\Z")  # Python's `$` matches before a last line end too
    if found is not None:
        assert re.search(one, found)
        assert not re.search(other, found)
    else:
        random = Random(seed)
        for _ in range(100):
            word = "".join(random.choice("abcx1") for _ in range(random.randrange(7)))
            assert not re.search(one, word) or re.search(other, word)


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
def test_two_patterns_are_related_by_the_texts_that_they_match(before: str, after: str, effect: str) -> None:
    assert relation(before, after) == effect
    assert relation(after, before) == (NARROWER if effect == WIDER else effect)


@pytest.mark.parametrize(
    "pattern",
    [
        "^(?!con)[a-z]+$", "(?<=a)b", r"(a)\1", r"\bword\b", r"\p{L}", "(?i:a)", "(", ")", "[a", "a**", "{", "a{2", "a{3,2}",
        "^*", "[z-a]", r"[\d-z]", "\\", r"\x4", r"\ud800", r"\q", "a" * 1001, "a{99999}", "(a{99}){99}", "(" * 60 + ")" * 60,
    ],
)  # fmt: skip
def test_what_is_no_plain_regular_expression_stays_undecided(pattern: str) -> None:
    assert relation(pattern, "^a$") == UNDECIDED
    assert relation("^a$", pattern) == UNDECIDED


def test_an_automaton_of_a_million_states_is_given_up_soon() -> None:
    start = time.perf_counter()
    assert relation("(a|b)*a(a|b){20}$", "(a|b)*a(a|b){21}$") == UNDECIDED
    assert time.perf_counter() - start < 5


def test_the_steps_that_were_taken_are_counted() -> None:
    steps = Steps(1_000)
    assert relation("^[a-z]+$", "^[a-z0-9]+$", steps) == WIDER
    assert 0 < steps.spent < 500
    assert relation("^[a-z]+$", "^[a-z0-9]+$", Steps(10)) == UNDECIDED


def any_patterns() -> st.SearchStrategy[str]:
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
@given(any_patterns(), any_patterns())
def test_no_text_shows_that_a_relation_is_wrong(before: str, after: str) -> None:
    mine, yours = (
        {text for text in TEXTS if re.search(pattern.replace("$", r"\Z"), text)} for pattern in (before, after)
    )
    effect = relation(before, after)
    assert effect != UNDECIDED
    if mine - yours:
        assert effect in (NARROWER, OTHER)
    if yours - mine:
        assert effect in (WIDER, OTHER)
