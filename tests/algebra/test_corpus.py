"""Real histories: what is decided about the schemas that changed, and witnesses held against whole plain schemas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.algebra import Relation, Sides, plain_schema
from monitor.contract import Contract, Direction, Node
from monitor.reading import contract_of, read
from monitor.values import same
from tests.algebra.schemas import by_python, by_rust

pytestmark = pytest.mark.corpus
HISTORIES = {"incident-io": 2, "box": 1, "adyen-checkout-v71": 1, "slack": 1}


def changed(folder: Path, pairs: int) -> Iterator[tuple[Contract, Contract, list[tuple[Node, Node]]]]:
    """Consecutive versions, the newest, with the components that differ."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".json", ".yaml"))[-pairs - 1 :]
    contracts = [contract_of(read(path.read_bytes())) for path in files]
    for before, after in pairwise(contracts):
        mine, yours = (
            {each.name: each.node for each in side.components() if each.section == "schemas"}
            for side in (before, after)
        )
        names = sorted(name for name in mine.keys() & yours.keys() if not same(mine[name].value, yours[name].value))
        yield before, after, [(mine[name], yours[name]) for name in names]


@pytest.mark.parametrize("folder", HISTORIES)
def test_nearly_all_changed_schemas_are_decided_and_every_witness_holds(shared: Path, folder: str) -> None:
    decided: Counter[bool] = Counter()
    for before, after, nodes in changed(shared / "corpus" / folder, HISTORIES[folder]):
        for direction in Direction:
            sides = Sides(before, after, direction)
            for index, (mine, yours) in enumerate(nodes):
                found = sides.pair(mine, yours).relate()
                decided[found.relation is not Relation.UNDECIDED] += 1
                plain = plain_schema(before, mine, direction), plain_schema(after, yours, direction)
                for shown, one, other in ((found.lost, *plain), (found.gained, *plain[::-1])):
                    for validator in (by_rust, by_python) if shown is not None and index < 10 else ():
                        assert validator(one)(shown.value)
                        assert not validator(other)(shown.value)
    assert decided[False] <= 0.05 * decided.total()
