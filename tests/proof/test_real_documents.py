"""Real documents: nearly every breaking change of a schema has a value that shows it (docs/stance.md counts the rest)."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.algebra import Exchange, Undecided, Witness
from monitor.compare import Conventions, compare
from monitor.proof import Proofs
from monitor.reading import contract_of, read
from monitor.rules import Level, judge

PAIRS = [
    ("github/2021-01-05T1851_c6524d8.json", "github/2022-07-13T1459_972bff7.json", 153, 0),
    ("box/2023-09-04T0809_9309c62.json", "box/2026-06-10T1000_155f09b.json", 55, 4),
]


@pytest.mark.corpus
@pytest.mark.parametrize(("before", "after", "verified", "undecided"), PAIRS, ids=["github", "box"])
def test_breaking_changes_of_real_schemas_are_shown(shared: Path, before: str, after: str, verified, undecided):
    contracts = [contract_of(read((shared / "corpus" / name).read_bytes(), source=name)) for name in (before, after)]
    findings, proofs = judge(compare(*contracts, conventions=Conventions())), Proofs(*contracts)
    breaking = [finding for finding in proofs.held(findings) if finding.level is Level.BREAKING]
    found = [proofs.shown(each, [site for site, level in each.levels if level is Level.BREAKING]) for each in breaking]
    kinds = [type(each.what) for each in found if each is not None]
    assert kinds.count(Witness) >= verified
    assert kinds.count(Undecided) <= undecided
    assert len(kinds) == kinds.count(Witness) + kinds.count(Undecided) + kinds.count(Exchange)
