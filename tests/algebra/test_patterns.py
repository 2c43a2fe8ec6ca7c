"""Regular expressions: texts that one takes and another does not, and the certainty that there are none."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.algebra.patterns import find_text
from monitor.algebra.steps import Steps, Undecidable


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
