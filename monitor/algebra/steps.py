"""How much work a question may be: steps, not seconds, so that the answer is the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass, field


class Undecidable(Exception):
    """A question that is not decided, and why. It never leaves the algebra: the answer is then `undecided`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class Steps:
    """A number of steps that work is paid with: a pair of schemas, a candidate, some states of an automaton."""

    limit: int = 20_000
    spent: int = field(default=0, init=False)
    doubts: dict[str, None] = field(default_factory=dict, init=False)
    """What could not be decided on the way, in the order in which it was met."""

    def spend(self, number: int = 1) -> None:
        """Pay for work. Raises Undecidable when nothing is left."""
        self.spent += number
        if self.spent > self.limit:
            raise Undecidable(f"the budget of {self.limit:,} steps is used up")

    def doubt(self, why: str) -> None:
        """Note what could not be decided: it may be the reason why a question is not."""
        self.doubts[why] = None

    def share(self, limit: int) -> Steps:
        """A purse for one question, of at most `limit` and at most what is left."""
        return Steps(max(0, min(limit, self.limit - self.spent)))
