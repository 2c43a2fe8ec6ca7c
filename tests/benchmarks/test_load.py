"""The load benchmark's documents and what its sources do are what it says, and its cycles check every source."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.load import document, kilobytes, kind, main, version
from monitor.reading import read, validate


def test_what_sources_do_has_the_shares_that_are_told():
    done = Counter(kind(source, cycle) for source in range(1000) for cycle in range(1, 21))
    shares = {name: round(100 * count / done.total()) for name, count in done.items()}
    assert shares == {"not-modified": 85, "unchanged": 10, "new": 4, "failed": 1}


def test_most_documents_are_small_and_some_have_four_megabytes():
    sizes = sorted(kilobytes(source) for source in range(1000))
    assert sizes[0] >= 50
    assert sizes[500] < 150
    assert sizes[-1] == 4000
    largest = next(source for source in range(1000) if kilobytes(source) == 4000)
    assert len(document(largest, 0)) == pytest.approx(4_000_000, rel=0.02)


def test_a_document_is_valid_and_each_version_another():
    small = min(range(1000), key=kilobytes)
    versions = [document(small, number) for number in range(3)]
    assert len(set(versions)) == 3
    assert not [problem for data in versions for problem in validate(read(data, source="x"))]
    changed = next(cycle for cycle in range(1, 200) if kind(small, cycle) == "new")
    assert version(small, changed) == version(small, changed - 1) + 1


@pytest.mark.slow
def test_every_source_is_checked_in_every_cycle(capsys):
    assert main(["--sources", "20", "--cycles", "2"]) == 0
    assert "cycle 2: 20 checks" in capsys.readouterr().out
