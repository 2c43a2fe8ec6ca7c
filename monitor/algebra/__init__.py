"""Schemas as sets of values: how two relate, and values that show it. Pure; knows contracts, not documents."""

from monitor.algebra import exchange
from monitor.algebra.differences import Differences
from monitor.algebra.exchange import Exchange
from monitor.algebra.inside import NONE_AFFECTED, Inside, descend
from monitor.algebra.places import Place, places
from monitor.algebra.plain import plain_schema
from monitor.algebra.relation import Pair, Related, Relation, Undecided, Witness, pair_of, relate, witness
from monitor.algebra.samples import Sample, Sampler, sample
from monitor.algebra.sides import Sides, unchanged
from monitor.algebra.steps import Steps

__all__ = [
    "NONE_AFFECTED",
    "Differences",
    "Exchange",
    "Inside",
    "Pair",
    "Place",
    "Related",
    "Relation",
    "Sample",
    "Sampler",
    "Sides",
    "Steps",
    "Undecided",
    "Witness",
    "descend",
    "exchange",
    "pair_of",
    "places",
    "plain_schema",
    "relate",
    "sample",
    "unchanged",
    "witness",
]
