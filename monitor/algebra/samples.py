"""Values that fit a schema, for users' own tests: the plainest one, or as many different ones as there are seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

from monitor.algebra.expansion import Expansion
from monitor.algebra.plain import Reader
from monitor.algebra.proofs import Prover
from monitor.algebra.relation import STEPS, Undecided
from monitor.algebra.steps import Steps, Undecidable
from monitor.algebra.values import Builder
from monitor.algebra.world import Term, World, alone, rooted
from monitor.contract import Contract, Direction, Node
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
    return _sampled(*alone(schema), seed, full=full, steps=steps or Steps(STEPS))


class Sampler:
    """The schemas of one contract in one direction, read when they are looked at: their values, and what fits them.

    For many questions about one document, or few about one whose schemas reach hundreds of others.
    """

    def __init__(self, contract: Contract, direction: Direction) -> None:
        self.contract = contract
        self.direction = direction
        self._reader = Reader(contract, strict=False)
        self._world = World(source=self._reader.read)
        self._terms: dict[str, Term] = {}

    def sample(
        self,
        node: Node,
        seed: int | None = None,
        *,
        full: bool = False,
        shown: Sequence[JsonValue] = (),
        steps: Steps | None = None,
    ) -> Sample | Undecided:
        """As `sample`, of a schema of the contract; `shown`: examples that stand elsewhere (in a Media Type Object)."""
        if shown:
            self._world.show("", {**self._reader.root(node, self.direction), "examples": list(shown)})
        try:
            term = self._term(node)
        except Undecidable as error:
            return Undecided(error.why)
        return _sampled(self._world, term, seed, full=full, steps=steps or Steps(STEPS))

    def fits(self, node: Node, value: JsonValue) -> bool:
        """Whether jsonschema-rs takes a value; False too where it does not take the schema."""
        try:
            return self._world.valid(self._term(node), value)
        except Undecidable:
            return False

    def _term(self, node: Node) -> Term:
        found = self._terms.get(node.pointer)
        if found is None:
            found = self._terms[node.pointer] = rooted(self._world, self._reader.root(node, self.direction))
        return found


def _sampled(world: World, term: Term, seed: int | None, *, full: bool, steps: Steps) -> Sample | Undecided:
    try:
        for attempt in range(_TRIES if seed is not None else 1):
            random = None if seed is None else Random(seed * _TRIES + attempt)  # noqa: S311 - no secret
            found = _first(world, term, Builder(Expansion(world, steps), random, full))
            if found is not None:
                return found
        if Prover(world, steps).nothing(term):
            return Undecided("there is none: the schema accepts no value at all")
    except Undecidable as error:
        return Undecided(error.why)
    return Undecided("no value was found that the validator takes; perhaps there is none")


def _first(world: World, term: Term, builder: Builder) -> Sample | None:
    for value in islice(builder.values(term), _TRIES):
        if world.valid(term, value):
            return Sample(value)
    return None
