"""The reference pairs of `../shared/conformance`: where specwatch disagrees with them, `reasons.toml` says why it is right.

Compared with `--client strict` in three classes: breaking, risky, and fine (compatible, docs or nothing at all). The
reference is another tool's opinion; its pairs are not part of the project.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from monitor.compare import compare
from monitor.contract import Contract, OperationRef
from monitor.policy import client_profile, decide
from monitor.reading import contract_of, read
from monitor.rules import Level, judge

HERE: Final = Path(__file__).resolve()
REFERENCE: Final = HERE.parents[2].parent / "shared" / "conformance"
REASONS: Final = HERE.with_name("reasons.toml")

AGREEING: Final = 361
"""How many of the 378 pairs have the verdict of the reference: 95.5 of 100. The others each have their reason."""

FINE: Final = "fine"
CLASSES: Final = {"breaking": "breaking", "risky": "risky", "compatible": FINE, "docs": FINE, "none": FINE}

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"the reference pairs are not there: {REFERENCE}"),
]


@dataclass(frozen=True)
class Case:
    """One pair: the class of the reference and ours, and the operations that only the reference calls broken."""

    name: str
    theirs: str
    ours: str
    unbroken: frozenset[tuple[str, str]]

    @property
    def agrees(self) -> bool:
        return self.theirs == self.ours

    def __str__(self) -> str:
        operations = "".join(f"; not broken: {method} {path}" for method, path in sorted(self.unbroken))
        return f"{self.name}: the reference says {self.theirs}, we say {self.ours}{operations}"


@cache
def reasons() -> dict[str, str]:
    return tomllib.loads(REASONS.read_text(encoding="utf-8"))["reasons"]


@cache
def cases() -> tuple[Case, ...]:
    lines = (REFERENCE / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_compared(json.loads(line)) for line in lines)


@cache
def contract(file: str) -> Contract:
    path = REFERENCE / "specs" / file
    return contract_of(read(path.read_bytes(), source=file))


def _compared(case: dict[str, Any]) -> Case:
    findings = judge(compare(contract(case["before"]), contract(case["after"])))
    verdicts = decide(findings, client=client_profile("strict"))
    worst = min((verdict.level for verdict in verdicts), key=lambda level: level.rank, default=Level.DOCS)
    broken = {_named(site.operation) for finding in findings for site, level in finding.levels if level == "breaking"}
    return Case(case["case"], CLASSES[case["verdict"]], CLASSES[worst], frozenset(_errors(case["changes"])) - broken)


def _errors(changes: Iterable[dict[str, str]]) -> set[tuple[str, str]]:
    return {
        (change["operation"], change["path"]) for change in changes if change["level"] == "error" and change["path"]
    }


def _named(operation: OperationRef) -> tuple[str, str]:
    return operation.method, f"webhook:{operation.path}" if operation.kind == "webhook" else operation.path


def test_no_pair_that_had_the_verdict_of_the_reference_loses_it() -> None:
    agreeing = sum(case.agrees for case in cases())
    assert agreeing >= AGREEING, f"{agreeing} of {len(cases())} agree"


def test_each_pair_with_another_verdict_has_a_reason() -> None:
    unexplained = [str(case) for case in cases() if not case.agrees and case.name not in reasons()]
    assert not unexplained, "\n".join(unexplained)


def test_each_operation_that_the_reference_calls_broken_is_called_broken_or_there_is_a_reason() -> None:
    unexplained = [str(case) for case in cases() if case.unbroken and case.name not in reasons()]
    assert not unexplained, "\n".join(unexplained)


def test_no_reason_is_stale() -> None:
    disagreeing = {case.name for case in cases() if not case.agrees or case.unbroken}
    assert reasons().keys() <= disagreeing, f"these agree now: {sorted(reasons().keys() - disagreeing)}"


def test_a_reason_is_a_sentence_and_never_that_something_is_missing() -> None:
    for name, reason in reasons().items():
        assert reason.endswith("."), name
        assert len(reason) > 40, name
        assert "not supported" not in reason, name
