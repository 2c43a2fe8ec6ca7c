"""Regular expressions as sets of texts: one function, `find_text`, decides inclusion, emptiness and makes samples.

JSON Schema's `pattern` is an ECMA-262 regular expression that may match anywhere in the text (2020-12 validation,
section 6.3.3). The part of the language that is regular is turned into automata, which are walked together, one state
of each at a time, breadth first: the first text that fits is a shortest one, and when there are no states left there
is none. What is not regular or not understood (look-around, references back, word boundaries, flags) is `Undecidable`.

The automata are our own because those of libraries have no budget: greenery 4.2 and interegular 0.3 make deterministic
ones of whole patterns first, and are at it for more than 20 seconds on `(a|b)*a(a|b){12}`.
"""

from __future__ import annotations

import importlib
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from monitor.algebra.steps import Steps, Undecidable

_MOST_STATES = 1500
_LAST = 0x10FFFF
_LINE_ENDS = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))

Ranges = tuple[tuple[int, int], ...]
"""A set of characters: code points from the first to the last, both included, in order and apart."""

_DIGIT: Ranges = ((0x30, 0x39),)
_WORD: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: Ranges = (
    (0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
    (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
_ANY: Ranges = ((0, _LAST),)

_FOREIGN = re.compile(r"\(\?(?!:)|\\[AZBbGzpPkcxN0-9]|\[\^?\]|\[\[|\{,|[*+?}]\+")
"""What Python reads otherwise than ECMA-262, or one of them not at all."""

_READABLE = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_ ."


def find_text(accept: Sequence[str], refuse: Sequence[str], sizes: tuple[int, int | None], steps: Steps) -> str | None:
    """A shortest text that matches all of `accept` and, if there are any, fails one of `refuse`; None: there is none.

    `sizes`: the least and the most characters. Raises Undecidable.
    """
    automata = [automaton(pattern) for pattern in (*accept, *refuse)]
    least, most = sizes
    letters = list(_letters(automata))
    start = tuple(each.start() for each in automata)
    waiting = deque([(start, 0, "")])
    seen = {(start, 0)}
    while waiting:
        states, length, text = waiting.popleft()
        steps.spend()
        if length >= least:
            matched = [each.accepts(state, first=length == 0) for each, state in zip(automata, states, strict=True)]
            refused = matched[len(accept) :]
            if all(matched[: len(accept)]) and (not refused or not all(refused)):
                return text
        if length == most:
            continue
        for letter in letters:
            following = tuple(each.step(state, letter) for each, state in zip(automata, states, strict=True))
            if not all(following[: len(accept)]):
                continue
            key = following, min(length + 1, least)
            if key not in seen:
                seen.add(key)
                waiting.append((following, length + 1, text + chr(letter)))
    return None


def _letters(automata: list[Automaton]) -> Iterator[int]:
    """A character of each class that no automaton tells apart, the readable ones first."""
    edges = {0, 0xD800, 0xE000, _LAST + 1}
    for each in automata:
        for ranges, _ in (move for moves in each.moves for move in moves):
            for low, high in ranges:
                edges |= {low, high + 1}
    bounds = sorted(edges)
    classes: dict[frozenset[int], int] = {}
    spans = [(low, high - 1) for low, high in pairwise(bounds) if low != 0xD800]
    distinct = list({ranges: None for each in automata for moves in each.moves for ranges, _ in moves})
    for low, high in spans:
        kind = frozenset(index for index, ranges in enumerate(distinct) if _has(ranges, low))
        letter = next((ord(each) for each in _READABLE if low <= ord(each) <= high), low if low >= 0x20 else high)
        known = classes.get(kind)
        if known is None or _rank(letter) < _rank(known):
            classes[kind] = letter
    return iter(sorted(classes.values(), key=_rank))


def _rank(letter: int) -> tuple[int, int]:
    place = _READABLE.find(chr(letter))
    return (place if place >= 0 else len(_READABLE), letter)


def _has(ranges: Ranges, letter: int) -> bool:
    return any(low <= letter <= high for low, high in ranges)


@dataclass(slots=True)
class Automaton:
    """A nondeterministic automaton over whole texts. State 0 waits for the match to begin, state 1 has seen it."""

    moves: list[list[tuple[Ranges, int]]] = field(default_factory=lambda: [[(_ANY, 0)], [(_ANY, 1)]])
    free: list[list[tuple[int, str]]] = field(default_factory=lambda: [[], []])
    """Moves that read nothing, and where they may be made: `""` anywhere, `^` at the start, `$` at the end."""
    known: dict[tuple[frozenset[int], int], frozenset[int]] = field(default_factory=dict)

    def state(self) -> int:
        """A new state."""
        if len(self.moves) >= _MOST_STATES:
            raise Undecidable("a regular expression is too large")
        self.moves.append([])
        self.free.append([])
        return len(self.moves) - 1

    def start(self) -> frozenset[int]:
        """The states before the first character."""
        return self._closure({0}, "^")

    def step(self, states: frozenset[int], letter: int) -> frozenset[int]:
        """The states after one more character."""
        key = states, letter
        found = self.known.get(key)
        if found is None:
            reached = {to for state in states for ranges, to in self.moves[state] if _has(ranges, letter)}
            found = self.known[key] = frozenset({1}) if 1 in reached else self._closure(reached, "")
        return found

    def accepts(self, states: frozenset[int], *, first: bool) -> bool:
        """Whether a text that ends in these states matches; `first`: it is the empty text."""
        return 1 in states or 1 in self._closure(set(states), "^$" if first else "$")

    def _closure(self, states: set[int], where: str) -> frozenset[int]:
        waiting = list(states)
        while waiting:
            for to, condition in self.free[waiting.pop()]:
                if to not in states and (not condition or condition in where):
                    states.add(to)
                    waiting.append(to)
        return frozenset(states)


@lru_cache(maxsize=512)
def automaton(pattern: str) -> Automaton:
    """The automaton of a pattern. Raises Undecidable."""
    parser: Any = importlib.import_module("re._parser")
    if _FOREIGN.search(pattern):
        raise Undecidable(f"the regular expression {pattern!r} is not understood")
    try:
        tree = parser.parse(pattern, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise Undecidable(f"the regular expression {pattern!r} is not understood") from error
    made = Automaton()
    begin = made.state()
    made.free[0].append((begin, ""))
    made.free[_sequence(made, begin, tree)].append((1, ""))
    return made


def _sequence(made: Automaton, at: int, tree: Any) -> int:
    for operation, argument in tree:
        at = _node(made, at, str(operation), argument)
    return at


def _node(made: Automaton, at: int, operation: str, argument: Any) -> int:
    if operation == "BRANCH":
        end = made.state()
        for branch in argument[1]:
            made.free[_sequence(made, at, branch)].append((end, ""))
        return end
    if operation == "SUBPATTERN":
        return _sequence(made, at, argument[3])
    if operation in ("MAX_REPEAT", "MIN_REPEAT"):
        return _repeat(made, at, *argument)
    if operation == "AT":
        where = {"AT_BEGINNING": "^", "AT_END": "$"}.get(str(argument))
        if where is None:
            raise Undecidable("a regular expression has a word boundary")
        end = made.state()
        made.free[at].append((end, where))
        return end
    end = made.state()
    made.moves[at].append((_characters(operation, argument), end))
    return end


def _repeat(made: Automaton, at: int, least: int, most: int, tree: Any) -> int:
    for _ in range(min(int(least), _MOST_STATES)):
        at = _sequence(made, at, tree)
    if str(most) == "MAXREPEAT":
        # A state of its own: what comes before must not be entered again from within the repetition.
        hub = made.state()
        made.free[at].append((hub, ""))
        made.free[_sequence(made, hub, tree)].append((hub, ""))
        end = made.state()
        made.free[hub].append((end, ""))
        return end
    end = made.state()
    made.free[at].append((end, ""))
    for _ in range(min(int(most) - int(least), _MOST_STATES)):
        at = _sequence(made, at, tree)
        made.free[at].append((end, ""))
    return end


def _characters(operation: str, argument: Any) -> Ranges:
    if operation == "LITERAL":
        return ((argument, argument),)
    if operation == "NOT_LITERAL":
        return _others(((argument, argument),))
    if operation == "ANY":
        return _others(_LINE_ENDS)
    if operation == "IN":
        negated = bool(argument) and str(argument[0][0]) == "NEGATE"
        found: list[tuple[int, int]] = []
        for kind, value in argument[negated:]:
            found.extend(_member(str(kind), value))
        return _others(_sorted(found)) if negated else _sorted(found)
    raise Undecidable(f"a regular expression has what is not regular ({operation.lower()})")


def _member(kind: str, value: Any) -> Ranges:
    if kind == "LITERAL":
        return ((value, value),)
    if kind == "RANGE":
        return ((value[0], value[1]),)
    name = str(value).removeprefix("CATEGORY_")
    ranges = {"DIGIT": _DIGIT, "WORD": _WORD, "SPACE": _SPACE}.get(name.removeprefix("NOT_"))
    if ranges is None:
        raise Undecidable(f"a regular expression has an unknown class of characters ({name.lower()})")
    return _others(ranges) if name.startswith("NOT_") else ranges


def _sorted(ranges: list[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], high)
        else:
            found.append((low, high))
    return tuple(found)


def _others(ranges: Ranges) -> Ranges:
    found, low = [], 0
    for first, last in ranges:
        if first > low:
            found.append((low, first - 1))
        low = last + 1
    if low <= _LAST:
        found.append((low, _LAST))
    return tuple(found)
