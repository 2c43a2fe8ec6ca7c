"""What many pairs come to: unsound verdicts, breaks, and breaks that no value shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.generation import Pair
from tests.oracle.judging import NEEDLESS, judged, judged_parameter, understood
from tests.oracle.shrinking import shrunk

MOST_CONTRADICTORY = 0.25
"""The share of the breaks that pairs with a schema of nothing may have: of such a pair values tell little."""
MOST_NEEDLESS = 0.05
"""The share of the breaks that may be proven to hurt nobody: a rule that cries for nothing is seen here."""
FEW = 500
"""Breaks of which a share says little."""


@dataclass
class Tally:
    """What many pairs came to."""

    pairs: int = 0
    breaks: int = 0
    needless: int = 0
    """Breaks of which it is proven that no value shows them."""
    contradictory: int = 0
    """Breaks that no value shows, in pairs with a schema that accepts nothing."""
    unshown: Counter[str] = field(default_factory=Counter)
    """Other breaks that no value shows, by what the algebra says of them."""
    faults: list[str] = field(default_factory=list)
    """Unsound verdicts and disagreements of the conversions, made small."""

    @property
    def undecided(self) -> int:
        return sum(self.unshown.values())

    @property
    def drifts(self) -> tuple[str, ...]:
        """What says that the pairs, or the rules, are not what they were; of few breaks nothing does."""
        said = (
            ("contradictory: pairs with a schema of nothing", self.contradictory, MOST_CONTRADICTORY),
            ("needless: breaks that are proven to hurt nobody", self.needless, MOST_NEEDLESS),
        )
        if self.breaks < FEW:
            return ()
        return tuple(
            f"{what}: {number / self.breaks:.1%} of the breaks, {most:.0%} at most"
            for what, number, most in said
            if number / self.breaks > most
        )

    def __str__(self) -> str:
        def share(number: int) -> str:
            return f"{number:,} ({number / max(1, self.breaks):.1%})"

        lines = [
            f"pairs:                     {self.pairs:,}",
            f"unsound verdicts:          {len(self.faults):,}",
            f"breaks:                    {self.breaks:,}",
            f"  no value shows them:     {share(self.undecided)}",
            f"  of schemas of nothing:   {share(self.contradictory)}",
            f"  proven to hurt nobody:   {share(self.needless)}",
            *(f"    undecided: {why}: {number}" for why, number in self.unshown.most_common(8)),
        ]
        return "\n".join(lines)


def run(pairs: Iterable[tuple[int, Pair]], tally: Tally) -> None:
    """Judge pairs as bodies."""
    for seed, pair in pairs:
        outcome = judged(pair, seed)
        tally.pairs += 1
        tally.breaks += len(outcome.breaks)
        for _, why in outcome.unshown:
            if not understood(pair):
                tally.contradictory += 1
            elif why == NEEDLESS:
                tally.needless += 1
            else:
                tally.unshown[why] += 1
        if outcome.faults:
            tally.faults.append(_small(seed, pair, lambda each, seed=seed: judged(each, seed).faults))


def run_parameters(pairs: Iterable[tuple[int, Pair]], tally: Tally) -> None:
    """Judge pairs as parameters."""
    for seed, pair in pairs:
        tally.pairs += 1
        if judged_parameter(pair, seed):
            tally.faults.append(_small(seed, pair, lambda each, seed=seed: judged_parameter(each, seed)))


def _small(seed: int, pair: Pair, faults: Callable[[Pair], Any]) -> str:
    small = shrunk(pair, lambda each: bool(faults(each)))
    return f"seed {seed}\n" + "\n".join(map(str, faults(small))) + f"\n{small}"


def from_seed(make: Callable[[int], Pair], seed: int, number: int) -> Iterable[tuple[int, Pair]]:
    return ((each, make(each)) for each in range(seed, seed + number))
