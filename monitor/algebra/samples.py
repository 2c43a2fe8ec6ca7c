"""Values that fit a schema, for users' own tests: the plainest one, or as many different ones as there are seeds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

from monitor.algebra.expansion import Expansion
from monitor.algebra.relation import STEPS, Undecided
from monitor.algebra.steps import Steps, Undecidable
from monitor.algebra.values import Builder
from monitor.algebra.world import Term, World, alone
from monitor.values import JsonObject, JsonValue

_TRIES: Final = 24
"""Values that are made for a seed before it is given up: what is left to the validator seldom fails twice."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A value that fits a schema. `verified`: jsonschema-rs says so; no other is ever returned."""

    value: JsonValue
    verified: bool = True


def sample(
    schema: JsonObject, seed: int | None = None, *, full: bool = False, steps: Steps | None = None
) -> Sample | Undecided:
    """A value of a plain schema (monitor/algebra/plain.py), the same for the same arguments.

    Without a seed the plainest: the document's examples, required properties only; `full`: the listed ones too, as
    deep as a reader follows. With a seed whatever may be chosen is chosen by `random.Random(seed)`.
    """
    world, term = alone(schema)
    purse = steps or Steps(STEPS)
    try:
        for attempt in range(_TRIES if seed is not None else 1):
            random = None if seed is None else Random(seed * _TRIES + attempt)  # noqa: S311 - no secret
            found = _first(world, term, Builder(Expansion(world, purse), random, full))
            if found is not None:
                return found
    except Undecidable as error:
        return Undecided(error.why)
    return Undecided("no value was found that the validator takes; perhaps there is none")


def _first(world: World, term: Term, builder: Builder) -> Sample | None:
    for value in islice(builder.values(term), _TRIES):
        if world.valid(term, value):
            return Sample(value)
    return None
