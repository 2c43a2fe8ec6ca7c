"""What the tests of the rules share: fragments to findings, through every layer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.compare import compare_all
from monitor.proof import Proofs
from monitor.reading import contract_of, read
from monitor.rules import Finding, judge

Judge = Callable[[str, str], tuple[Finding, ...]]


@pytest.fixture(scope="session")
def judged() -> Judge:
    """Two OpenAPI documents in YAML to the findings between them: read, contract, compare, judge, ask the sets."""

    def run(before: str, after: str) -> tuple[Finding, ...]:
        contracts = [contract_of(read(text.encode(), source="example.yaml")) for text in (before, after)]
        compared = compare_all(*contracts)
        return (*judge(compared.changes), *Proofs(*contracts).unnamed(compared))

    return run


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parents[2]
