"""What the tests of proofs share: two documents to their findings, held against the algebra."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.compare import compare
from monitor.proof import Proofs, Shown
from monitor.reading import contract_of, read
from monitor.rules import Example, Finding, judge

Proven = Callable[[Example], tuple[tuple[Finding, ...], tuple[Finding, ...], Proofs]]


@pytest.fixture(scope="session")
def proven() -> Proven:
    """An example to its findings, the same as they are held, and the proofs."""

    def run(example: Example) -> tuple[tuple[Finding, ...], tuple[Finding, ...], Proofs]:
        contracts = [contract_of(read(text.encode(), source="example.yaml")) for text in example.documents()]
        findings = judge(compare(*contracts))
        proofs = Proofs(*contracts)
        return findings, proofs.held(findings), proofs

    return run


@pytest.fixture(scope="session")
def shown(proven: Proven) -> Callable[[Example, str], Shown | None]:
    """What shows the change of a rule in an example, at its worst sites."""

    def run(example: Example, rule: str) -> Shown | None:
        _, held, proofs = proven(example)
        (finding,) = [each for each in held if each.rule.id == rule]
        return proofs.shown(finding, [site for site, level in finding.levels if level is finding.level])

    return run
