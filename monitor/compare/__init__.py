"""Two contracts to Changes: pairing, pruning, walking, reach, root causes, leftovers. Facts only, no judgement."""

from monitor.compare.budget import Budget
from monitor.compare.changes import Change, Effect, Location
from monitor.compare.conventions import Conventions
from monitor.compare.engine import compare
from monitor.compare.promise_words import promise_words

__all__ = ["Budget", "Change", "Conventions", "Effect", "Location", "compare", "promise_words"]
