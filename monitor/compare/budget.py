"""How much work a comparison may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.errors import BudgetExceeded

_LOOK_EVERY = 4096
"""Nodes between two looks at the clock: a look costs as much as visiting a node."""


@dataclass(slots=True)
class Budget:
    """Ends a comparison with an error instead of with the machine's memory.

    `nodes` is how many pairs of schemas may be visited, `text` how many characters the readable paths may take on which
    clients meet changes (what lies deep has a long one for each operation), `seconds` how long it may take by `clock`
    (a monotonic clock in seconds, given from outside; without one only the others count). `steps` is the work on
    patterns (monitor/compare/patterns.py): when it is done, those that are left stay undecided.
    """

    nodes: int = 5_000_000
    text: int = 400_000_000
    seconds: float = 60.0
    steps: int = 4_000_000
    clock: Callable[[], float] | None = None
    spent: int = field(default=0, init=False)
    written: int = field(default=0, init=False)
    _ends: float | None = field(default=None, init=False)

    def spend(self) -> None:
        """Count one visited pair. Raises BudgetExceeded."""
        self.spent += 1
        if self.spent > self.nodes:
            raise BudgetExceeded(
                f"the comparison was stopped after {self.nodes:,} pairs of schemas",
                advice="The documents are larger or more entangled than the budget allows; raise it, or split them.",
            )
        if self.clock is not None and self.spent % _LOOK_EVERY == 1:
            self._look(self.clock())

    def spend_steps(self, steps: int) -> None:
        """Count what was done to compare patterns."""
        self.steps -= steps

    def spend_text(self, characters: int) -> None:
        """Count the characters of readable paths. Raises BudgetExceeded."""
        self.written += characters
        if self.written > self.text:
            raise BudgetExceeded(
                f"the comparison was stopped after {self.text:,} characters of places where changes are met",
                advice="The documents are larger or more entangled than the budget allows; raise it, or split them.",
            )

    def _look(self, now: float) -> None:
        if self._ends is None:
            self._ends = now + self.seconds
        elif now > self._ends:
            raise BudgetExceeded(
                f"the comparison was stopped after {self.seconds:g} seconds",
                advice="The documents are larger or more entangled than the budget allows; raise it, or split them.",
            )
