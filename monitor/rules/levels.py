"""Levels: how badly a change can hurt a client (docs/stance.md)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """What a change does to a client that followed the contract before."""

    BREAKING = "breaking"
    """It can stop working."""
    RISKY = "risky"
    """It can stop working, depending on what the contract does not say."""
    COMPATIBLE = "compatible"
    """It goes on working."""
    DOCS = "docs"
    """Nothing on the wire moved."""

    @property
    def rank(self) -> int:
        """0 for the worst level, 3 for the mildest: sorts findings, worst first."""
        return _RANKS[self]

    def at_most(self, other: Level) -> Level:
        """The milder of the two."""
        return self if self.rank >= other.rank else other


_RANKS: Final = {level: rank for rank, level in enumerate(Level)}


def worst(levels: Iterable[Level]) -> Level:
    """The worst of the levels; `docs` when there are none."""
    return min(levels, key=lambda level: level.rank, default=Level.DOCS)
