"""Two contracts to Changes: pairing, pruning, walking, reach, root causes, leftovers. Facts only, no judgement."""

from monitor.compare.budget import Budget
from monitor.compare.changes import Change, Effect, Location
from monitor.compare.conventions import Conventions
from monitor.compare.engine import Compared, compare, compare_all
from monitor.compare.promise_words import promise_words
from monitor.compare.reach import ComparedPair

__all__ = [
    "Budget",
    "Change",
    "Compared",
    "ComparedPair",
    "Conventions",
    "Effect",
    "Location",
    "compare",
    "compare_all",
    "promise_words",
]
