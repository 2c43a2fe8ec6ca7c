"""The variance table: the one place that turns an effect and a direction into a level (docs/stance.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.compare.changes import Effect
from monitor.contract.types import Direction
from monitor.rules.levels import Level

VARIANCE: Final[Mapping[Effect, Mapping[Direction, frozenset[Level]]]] = {
    # What was accepted must stay accepted; what was promised must stay promised.
    Effect.NARROWED: {
        Direction.REQUEST: frozenset({Level.BREAKING}),
        Direction.RESPONSE: frozenset({Level.COMPATIBLE}),
    },
    Effect.WIDENED: {
        Direction.REQUEST: frozenset({Level.COMPATIBLE}),
        Direction.RESPONSE: frozenset({Level.BREAKING}),
    },
    Effect.CHANGED: {
        Direction.REQUEST: frozenset({Level.BREAKING}),
        Direction.RESPONSE: frozenset({Level.BREAKING}),
    },
    # Unknown is never compatible.
    Effect.UNDECIDED: {
        Direction.REQUEST: frozenset({Level.RISKY}),
        Direction.RESPONSE: frozenset({Level.RISKY}),
    },
    Effect.NEUTRAL: {
        Direction.REQUEST: frozenset({Level.COMPATIBLE, Level.DOCS}),
        Direction.RESPONSE: frozenset({Level.COMPATIBLE, Level.DOCS}),
    },
}
"""The levels that the stance allows for an effect in a direction. A rule that leaves them carries a waiver."""


def lawful(effect: Effect, *, request: Level, response: Level) -> bool:
    """Whether the two levels are those of the table."""
    row = VARIANCE[effect]
    return request in row[Direction.REQUEST] and response in row[Direction.RESPONSE]
