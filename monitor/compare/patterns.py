"""Which texts a `pattern` takes: how two regular expressions of ECMA-262 relate, where that can be decided.

JSON Schema asks whether a pattern matches anywhere in a text (2020-12, 6.3.3); a character is a code point of Unicode
(6.4). Each pattern becomes a nondeterministic automaton; the two are walked side by side, by the sets of states that
the same texts lead to. What is no regular language (`\\1`, `(?=`) or costs more than the budget stays undecided.

Written here and not taken from a library: those on PyPI build whole deterministic automata first, which for
`(a|b)*a(a|b){20}` are a million states, and none can be told when to stop (docs/adr/0002-parts.md).
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from monitor.compare.changes import Effect

_MOST_CHARACTERS: Final = 1_000
_MOST_STATES: Final = 4_000
MOST_STEPS: Final = 100_000
"""Moves from a state that are looked at for one pair; about a fifth of a second."""
_STEPS_OF_A_STATE: Final = 4
"""What it takes to make a state, in moves that are looked at."""
_DEEPEST: Final = 50

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


class Steps:
    """How many steps may be taken; they are counted, and no clock is asked, so that the answer is always the same."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self.left = most

    def spend(self, steps: int) -> None:
        """Count steps. Raises _UndecidedError when there are no more."""
        self.left -= steps
        if self.left < 0:
            raise _UndecidedError


def relate(before: str, after: str, steps: Steps | None = None) -> Effect:
    """What became of the set of texts that a pattern takes: NARROWED, WIDENED, CHANGED, NEUTRAL or UNDECIDED."""
    known = steps or Steps()
    try:
        return _compared(_automaton(before, known), _automaton(after, known), known)
    except _UndecidedError:
        return Effect.UNDECIDED


class _UndecidedError(Exception):
    """The pattern is no plain regular expression, or too much work."""


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
        """A new state. Raises _UndecidedError when there are too many."""
        if len(self.moves) == _MOST_STATES:
            raise _UndecidedError
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


def _automaton(pattern: str, steps: Steps) -> _Automaton:
    """The automaton that searches for a pattern. Raises _UndecidedError."""
    if len(pattern) > _MOST_CHARACTERS:
        raise _UndecidedError
    automaton = _Automaton(steps)
    begin, match = automaton.state(), automaton.state()
    automaton.moves[begin].append((_ANY, begin))
    automaton.moves[match].append((_ANY, match))
    parser = _Parser(pattern, automaton)
    first, last = parser.alternatives()
    if parser.at != len(pattern):
        raise _UndecidedError
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

    def alternatives(self) -> tuple[int, int]:
        """One or more sequences, `|` between them."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _UndecidedError
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
            raise _UndecidedError  # an anchor cannot be repeated
        return first, last

    def _group(self) -> tuple[int, int]:
        name = re.compile(r"\?(:|<[A-Za-z_$][\w$]*>)").match(self.pattern, self.at)
        if name:
            self.at = name.end()
        elif self.pattern.startswith("?", self.at):
            raise _UndecidedError  # looks ahead or behind
        inner = self.alternatives()
        if not self._take(")"):
            raise _UndecidedError
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
            raise _UndecidedError  # no pattern with the `u` flag
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
                    raise _UndecidedError
                left = ((left[0][0], right[0][1]),)
            sets.append(left)
        found = _union(*sets)
        return _all_but(found) if negated else found

    def _listed_one(self) -> Ranges:
        if self.at >= len(self.pattern):
            raise _UndecidedError
        if self._take("\\"):
            if self._take("b"):
                return _one(0x08)
            return self._escaped()
        self.at += 1
        return _one(ord(self.pattern[self.at - 1]))

    def _escaped(self) -> Ranges:
        if self.at >= len(self.pattern):
            raise _UndecidedError
        found = _HEX.match(self.pattern, self.at)
        if found:
            self.at = found.end()
            code = int(found[1] or found[2] or found[3], 16)
            if code >= _TOP or 0xD800 <= code < 0xE000:
                raise _UndecidedError
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
        raise _UndecidedError  # `\b`, `\1`, `\p{…}`, and what no engine agrees on

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
                raise _UndecidedError
            least = int(counts[1])
            most = least if counts[2] is None else None if counts[3] is None else int(counts[3])
            if most is not None and most < least:
                raise _UndecidedError
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


def _compared(mine: _Automaton, yours: _Automaton, steps: Steps) -> Effect:
    """Walk two automata over the same texts until one takes what the other does not, each way."""
    alphabet = _alphabet(mine, yours, steps)
    walks = _Walk(mine, alphabet, steps), _Walk(yours, alphabet, steps)
    pair = (mine.settled({0}, start=True), yours.settled({0}, start=True))
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
    if lost and came:
        return Effect.CHANGED
    return Effect.NARROWED if lost else Effect.WIDENED if came else Effect.NEUTRAL


_APART: Final = ((True, False), (False, True))
"""A text that the one takes and the other does not, and the reverse."""


class _Walk:
    """The sets of states of one automaton, and where each character leads from them."""

    def __init__(self, automaton: _Automaton, alphabet: list[int], steps: Steps) -> None:
        self._automaton = automaton
        self._alphabet = alphabet
        self._steps = steps
        self._known: dict[frozenset[int], list[frozenset[int]]] = {}

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


def _alphabet(mine: _Automaton, yours: _Automaton, steps: Steps) -> list[int]:
    """A code point for each kind of character that no set of either pattern tells apart."""
    sets = sorted({ranges for each in (mine, yours) for moves in each.moves for ranges, _ in moves})
    edges = sorted({0, *(edge for ranges in sets for each in ranges for edge in each)} - {_TOP})
    steps.spend(len(edges) * len(sets))
    kinds = {tuple(any(first <= code < end for first, end in ranges) for ranges in sets): code for code in edges}
    return sorted(kinds.values())
