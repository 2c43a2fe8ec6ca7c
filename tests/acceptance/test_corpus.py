"""Every pair of neighbours in the corpus of real documents is compared, forwards and backwards, within the budget."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.compare import Budget, compare
from monitor.reading import contract_of, read
from monitor.rules import judge

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"


def pairs() -> list[tuple[Path, Path]]:
    """Neighbours in time, of each folder."""
    if not CORPUS.is_dir():
        return []
    folders = sorted(path for path in CORPUS.iterdir() if path.is_dir() and path.name != "archives")
    files = (sorted(file for file in folder.iterdir() if file.suffix in {".json", ".yaml"}) for folder in folders)
    return [pair for found in files for pair in pairwise(found)]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real documents is not beside the project")
@pytest.mark.parametrize(
    ("older", "newer"), pairs(), ids=lambda path: f"{path.parent.name}-{path.name[:15]}" if path else ""
)
def test_a_pair_of_real_documents_is_compared_in_both_directions(older, newer):
    before, after = (contract_of(read(path.read_bytes(), source=path.name)) for path in (older, newer))
    forwards = judge(compare(before, after, budget=Budget(clock=time.monotonic)))
    backwards = judge(compare(after, before, budget=Budget(clock=time.monotonic)))
    same = judge(compare(after, after, budget=Budget(clock=time.monotonic)))
    assert same == ()
    assert bool(forwards) == bool(backwards)
    assert all(finding.message and finding.rule.why for finding in forwards)
