"""Schemas as sets of values: how two relate, and values that show it. Pure; knows contracts, not documents."""

from monitor.algebra.plain import plain_schema
from monitor.algebra.relation import Pair, Related, Relation, Sides, Undecided, Witness, pair_of, relate, witness
from monitor.algebra.steps import Steps

__all__ = [
    "Pair",
    "Related",
    "Relation",
    "Sides",
    "Steps",
    "Undecided",
    "Witness",
    "pair_of",
    "plain_schema",
    "relate",
    "witness",
]
