"""Which texts a `pattern` takes: how two regular expressions of ECMA-262 relate, and texts that one of them takes.

JSON Schema asks whether a pattern matches anywhere in a text (2020-12 validation, section 6.3.3); a character is a code
point of Unicode (core, section 6.4). Each pattern becomes a nondeterministic automaton; several are walked side by
side, by the sets of states that the same texts lead to, breadth first, so that the first text that fits is a shortest
one. What is no regular language (`\\1`, `(?=`) or costs more than the budget stays undecided.

Written here and not taken from a library: those on PyPI build whole deterministic automata first, which for
`(a|b)*a(a|b){20}` are a million states, and none can be told when to stop (docs/adr/0002-parts.md).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Final

from monitor.algebra.steps import Steps, Undecidable

_MOST_CHARACTERS: Final = 1_000
_MOST_STATES: Final = 4_000
MOST_STEPS: Final = 100_000
"""Moves from a state that are looked at for one pair; about a fifth of a second."""
_STEPS_OF_A_STATE: Final = 4
"""What it takes to make a state, in moves that are looked at."""
_DEEPEST: Final = 50
_READABLE: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_ ."
_SURROGATES: Final = 0xD800, 0xE000
"""They stand for half a character each, and in no text."""

_TOP: Final = 0x110000
Ranges = tuple[tuple[int, int], ...]
"""A set of code points: sorted ranges `(first, past the last)` that do not touch."""

_DIGITS: Final[Ranges] = ((0x30, 0x3A),)
_WORD: Final[Ranges] = ((0x30, 0x3A), (0x41, 0x5B), (0x5F, 0x60), (0x61, 0x7B))
_SPACE: Final[Ranges] = (
    (0x09, 0x0E), (0x20, 0x21), (0xA0, 0xA1), (0x1680, 0x1681), (0x2000, 0x200B), (0x2028, 0x202A), (0x202F, 0x2030),
    (0x205F, 0x2060), (0x3000, 0x3001), (0xFEFF, 0xFF00),
)  # fmt: skip
_LINE_ENDS: Final[Ranges] = ((0x0A, 0x0B), (0x0D, 0x0E), (0x2028, 0x202A))
_CLASSES: Final = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_CONTROLS: Final = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
_COUNTS: Final = re.compile(r"\{([0-9]{1,5})(?:(,)([0-9]{1,5})?)?\}")
_HEX: Final = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}")


def related(before: str, after: str, steps: Steps) -> tuple[bool, bool]:
    """Whether there are texts that only the first pattern takes, and texts that only the second does.

    Raises Undecidable.
    """
    mine, yours = _automaton(before, steps), _automaton(after, steps)
    alphabet = _alphabet([mine, yours], steps)
    walks = _Walk(mine, alphabet, steps), _Walk(yours, alphabet, steps)
    pair = walks[0].start, walks[1].start
    takes = mine.matches(pair[0], start=True), yours.matches(pair[1], start=True)
    found, seen, waiting = {takes}, {pair}, deque([pair])
    while waiting and not found.issuperset(_APART):
        pair = waiting.popleft()
        for reached in zip(walks[0].nexts(pair[0]), walks[1].nexts(pair[1]), strict=True):
            if reached not in seen:
                seen.add(reached)
                waiting.append(reached)
                found.add((mine.matches(reached[0], start=False), yours.matches(reached[1], start=False)))
    lost, came = (apart in found for apart in _APART)
    return lost, came


_APART: Final = ((True, False), (False, True))
"""A text that the one takes and the other does not, and the reverse."""


def find_text(accept: Sequence[str], refuse: Sequence[str], sizes: tuple[int, int | None], steps: Steps) -> str | None:
    """A shortest text that matches all of `accept` and, if there are any, fails one of `refuse`; None: there is none.

    `sizes`: the least and the most characters. `steps` pays for each set of states. Raises Undecidable.
    """
    automata = [_known_automaton(pattern) for pattern in (*accept, *refuse)]
    least, most = sizes
    moves = Steps(MOST_STEPS)
    alphabet = _alphabet(automata, moves)
    walks = [_Walk(each, alphabet, moves) for each in automata]
    start = tuple(each.start for each in walks)
    waiting = deque([(start, 0, "")])
    seen = {(start, 0)}
    while waiting:
        states, length, text = waiting.popleft()
        steps.spend()
        if length >= least:
            takes = [each.matches(own, start=length == 0) for each, own in zip(automata, states, strict=True)]
            if all(takes[: len(accept)]) and (not refuse or not all(takes[len(accept) :])):
                return text
        if length == most:
            continue
        nexts = [walk.nexts(own) for walk, own in zip(walks, states, strict=True)]
        for index, letter in enumerate(alphabet):
            following = tuple(each[index] for each in nexts)
            key = following, min(length + 1, least)
            if all(following[: len(accept)]) and key not in seen:
                seen.add(key)
                waiting.append((following, length + 1, text + chr(letter)))
    return None


def _union(*sets: Ranges) -> Ranges:
    merged: list[tuple[int, int]] = []
    for first, end in sorted(each for ranges in sets for each in ranges):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((first, end))
    return tuple(merged)


def _all_but(ranges: Ranges) -> Ranges:
    edges = [0, *(edge for each in ranges for edge in each), _TOP]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((first, end) for first, end in pairs if first < end)


_ANY: Final[Ranges] = ((0, _TOP),)


@dataclass(slots=True)
class _Automaton:
    """States are numbers: 0 is where a search begins, 1 is a match.

    `moves` lead on by a character of a set; `free` by nothing: always (``), at the start (`^`) or the end (`$`).
    """

    steps: Steps
    moves: list[list[tuple[Ranges, int]]] = field(default_factory=list)
    free: list[list[tuple[str, int]]] = field(default_factory=list)
    hopeful: frozenset[int] = frozenset()
    """The states from which there is a way to a match that does not lead through the start of the text."""

    def state(self) -> int:
        """A new state. Raises Undecidable when there are too many."""
        if len(self.moves) == _MOST_STATES:
            raise Undecidable("a regular expression is too large")
        self.steps.spend(_STEPS_OF_A_STATE)
        self.moves.append([])
        self.free.append([])
        return len(self.moves) - 1

    def closure(self, states: set[int], *, start: bool, end: bool) -> set[int]:
        """The states and those that are reached from them by nothing."""
        found, waiting = set(states), list(states)
        while waiting:
            for condition, target in self.free[waiting.pop()]:
                allowed = not condition or (start if condition == "^" else end)
                if allowed and target not in found:
                    found.add(target)
                    waiting.append(target)
        return found

    def settled(self, states: set[int], *, start: bool) -> frozenset[int]:
        """The closure, as far as it still matters; after a match nothing else does."""
        found = self.closure(states, start=start, end=False)
        if 1 in found:
            return frozenset({1})
        return frozenset(found) if start else frozenset(found & self.hopeful)

    def matches(self, states: frozenset[int], *, start: bool) -> bool:
        """Whether a text that ends here is taken."""
        return 1 in self.closure(set(states), start=start, end=True)


@lru_cache(maxsize=512)
def _known_automaton(pattern: str) -> _Automaton:
    return _automaton(pattern, Steps(MOST_STEPS))


def _automaton(pattern: str, steps: Steps) -> _Automaton:
    """The automaton that searches for a pattern. Raises Undecidable."""
    if len(pattern) > _MOST_CHARACTERS:
        raise Undecidable(f"a regular expression has more than {_MOST_CHARACTERS:,} characters")
    automaton = _Automaton(steps)
    begin, match = automaton.state(), automaton.state()
    automaton.moves[begin].append((_ANY, begin))
    automaton.moves[match].append((_ANY, match))
    parser = _Parser(pattern, automaton)
    first, last = parser.alternatives()
    if parser.at != len(pattern):
        raise parser.not_understood
    automaton.free[begin].append(("", first))
    automaton.free[last].append(("", match))
    automaton.hopeful = _hopeful(automaton)
    return automaton


def _hopeful(automaton: _Automaton) -> frozenset[int]:
    back: list[list[int]] = [[] for _ in automaton.moves]
    for state in range(len(automaton.moves)):
        for _, target in automaton.moves[state]:
            back[target].append(state)
        for condition, target in automaton.free[state]:
            if condition != "^":
                back[target].append(state)
    found, waiting = {1}, [1]
    while waiting:
        for state in back[waiting.pop()]:
            if state not in found:
                found.add(state)
                waiting.append(state)
    return frozenset(found)


class _Parser:
    """Reads a pattern with the `u` flag (ECMA-262, 22.2.1) and builds its automaton; `at` is the place in the text.

    Each method gives the first and the last state of what it read.
    """

    def __init__(self, pattern: str, automaton: _Automaton) -> None:
        self.pattern = pattern
        self.automaton = automaton
        self.at = 0
        self.depth = 0

    @property
    def not_understood(self) -> Undecidable:
        """What is raised for what is no plain regular expression."""
        return Undecidable(f"the regular expression {self.pattern!r} is not understood")

    def alternatives(self) -> tuple[int, int]:
        """One or more sequences, `|` between them."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.not_understood
        first, last = self.automaton.state(), self.automaton.state()
        while True:
            inner = self._sequence()
            self._link(first, inner[0])
            self._link(inner[1], last)
            if not self._take("|"):
                break
        self.depth -= 1
        return first, last

    def _sequence(self) -> tuple[int, int]:
        first = last = self.automaton.state()
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            start = self.at
            part = self._term()
            part = self._repeated(part, start)
            self._link(last, part[0])
            last = part[1]
        return first, last

    def _term(self) -> tuple[int, int]:
        if self.pattern[self.at] in "^$":
            return self._anchor()
        if self._take("("):
            return self._group()
        return self._character()

    def _anchor(self) -> tuple[int, int]:
        first, last = self.automaton.state(), self.automaton.state()
        self.automaton.free[first].append((self.pattern[self.at], last))
        self.at += 1
        if self.pattern[self.at : self.at + 1] in ("*", "+", "?", "{"):
            raise self.not_understood  # an anchor cannot be repeated
        return first, last

    def _group(self) -> tuple[int, int]:
        name = re.compile(r"\?(:|<[A-Za-z_$][\w$]*>)").match(self.pattern, self.at)
        if name:
            self.at = name.end()
        elif self.pattern.startswith("?", self.at):
            raise self.not_understood  # looks ahead or behind
        inner = self.alternatives()
        if not self._take(")"):
            raise self.not_understood
        return inner

    def _character(self) -> tuple[int, int]:
        first, last = self.automaton.state(), self.automaton.state()
        self.automaton.moves[first].append((self._set(), last))
        return first, last

    def _set(self) -> Ranges:
        if self._take("["):
            return self._listed()
        if self._take("."):
            return _all_but(_LINE_ENDS)
        if self._take("\\"):
            return self._escaped()
        character = self.pattern[self.at]
        if character in "*+?{}]":
            raise self.not_understood  # no pattern with the `u` flag
        self.at += 1
        return _one(ord(character))

    def _listed(self) -> Ranges:
        negated = self._take("^")
        sets: list[Ranges] = []
        while not self._take("]"):
            left = self._listed_one()
            if self.pattern.startswith("-", self.at) and not self.pattern.startswith("-]", self.at):
                self.at += 1
                right = self._listed_one()
                if not (_is_one(left) and _is_one(right)) or right[0][0] < left[0][0]:
                    raise self.not_understood
                left = ((left[0][0], right[0][1]),)
            sets.append(left)
        found = _union(*sets)
        return _all_but(found) if negated else found

    def _listed_one(self) -> Ranges:
        if self.at >= len(self.pattern):
            raise self.not_understood
        if self._take("\\"):
            if self._take("b"):
                return _one(0x08)
            return self._escaped()
        self.at += 1
        return _one(ord(self.pattern[self.at - 1]))

    def _escaped(self) -> Ranges:
        if self.at >= len(self.pattern):
            raise self.not_understood
        found = _HEX.match(self.pattern, self.at)
        if found:
            self.at = found.end()
            code = int(found[1] or found[2] or found[3], 16)
            if code >= _TOP or 0xD800 <= code < 0xE000:
                raise self.not_understood
            return _one(code)
        name = self.pattern[self.at]
        self.at += 1
        if name.lower() in _CLASSES:
            ranges = _CLASSES[name.lower()]
            return ranges if name.islower() else _all_but(ranges)
        if name in _CONTROLS:
            return _one(_CONTROLS[name])
        if name.isascii() and not name.isalnum():
            return _one(ord(name))
        raise self.not_understood  # `\b`, `\1`, `\p{…}`, and what no engine agrees on

    def _repeated(self, part: tuple[int, int], start: int) -> tuple[int, int]:
        """The part as often as the quantifier behind it says; it is read again for each time."""
        counts = self._quantifier()
        if counts is None:
            return part
        end, (least, most) = self.at, counts
        first = last = self.automaton.state()
        leaving = self.automaton.state()
        for number in range(max(least, most if most is not None else least + 1)):
            if number:
                self.at = start
                part = self._term()
                self.at = end
            if number >= least:
                self._link(last, leaving)
            self._link(last, part[0])
            last = part[1]
        if most is None:  # the last time is one that may be left out, and taken again
            self._link(part[1], part[0])
        self._link(last, leaving)
        return first, leaving

    def _quantifier(self) -> tuple[int, int | None] | None:
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        found: tuple[int, int | None] | None = None
        character = self.pattern[self.at : self.at + 1]
        if character in simple:
            found, self.at = simple[character], self.at + 1
        elif character == "{":
            counts = _COUNTS.match(self.pattern, self.at)
            if counts is None:
                raise self.not_understood
            least = int(counts[1])
            most = least if counts[2] is None else None if counts[3] is None else int(counts[3])
            if most is not None and most < least:
                raise self.not_understood
            found, self.at = (least, most), counts.end()
        if found is not None:
            self._take("?")  # how much is tried first does not matter to what matches
        return found

    def _take(self, text: str) -> bool:
        if not self.pattern.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def _link(self, first: int, last: int) -> None:
        self.automaton.free[first].append(("", last))


def _one(code: int) -> Ranges:
    return ((code, code + 1),)


def _is_one(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][1] - ranges[0][0] == 1


class _Walk:
    """The sets of states of one automaton, and where each character leads from them."""

    def __init__(self, automaton: _Automaton, alphabet: list[int], steps: Steps) -> None:
        self._automaton = automaton
        self._alphabet = alphabet
        self._steps = steps
        self._known: dict[frozenset[int], list[frozenset[int]]] = {}
        self.start = automaton.settled({0}, start=True)

    def nexts(self, states: frozenset[int]) -> list[frozenset[int]]:
        """For each character of the alphabet the set of states that it leads to."""
        self._steps.spend(len(self._alphabet))
        if states not in self._known:
            reached: list[set[int]] = [set() for _ in self._alphabet]
            for state in states:
                for ranges, target in self._automaton.moves[state]:
                    self._steps.spend(len(self._alphabet))
                    for index, code in enumerate(self._alphabet):
                        if any(first <= code < end for first, end in ranges):
                            reached[index].add(target)
            self._steps.spend(sum(map(len, reached)))
            self._known[states] = [self._automaton.settled(each, start=False) for each in reached]
        return self._known[states]


def _alphabet(automata: Sequence[_Automaton], steps: Steps) -> list[int]:
    """A code point for each kind of character that no set of the patterns tells apart, the readable ones first."""
    sets = sorted({ranges for each in automata for moves in each.moves for ranges, _ in moves})
    edges = sorted({0, *_SURROGATES, _TOP, *(edge for ranges in sets for each in ranges for edge in each)})
    steps.spend(len(edges) * len(sets))
    kinds: dict[tuple[bool, ...], int] = {}
    for low, end in pairwise(edges):
        if not _SURROGATES[0] <= low < _SURROGATES[1]:
            kind = tuple(any(first <= low < past for first, past in ranges) for ranges in sets)
            kinds[kind] = min(kinds.get(kind, _TOP), _readable(low, end), key=_rank)
    return sorted(kinds.values(), key=_rank)


def _readable(low: int, end: int) -> int:
    """The code point of a range that is best to read."""
    return next((ord(each) for each in _READABLE if low <= ord(each) < end), low if low >= 0x20 else end - 1)


def _rank(letter: int) -> tuple[int, int]:
    place = _READABLE.find(chr(letter)) if letter < _TOP else -1
    return (place if place >= 0 else len(_READABLE), letter)
