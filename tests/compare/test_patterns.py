"""Patterns in a comparison: within its budget decided, beyond it not."""

from __future__ import annotations

from monitor.compare import Budget, compare
from monitor.contract import Contract
from monitor.reading.dialects import dialect_for


def test_patterns_stay_undecided_when_the_budget_of_a_comparison_is_spent() -> None:
    def contract(letter: str) -> Contract:
        texts = {f"p{i}": {"type": "string", "pattern": f"^{letter}{{{i}}}$"} for i in range(1, 20)}
        root = {
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {},
            "components": {"schemas": {"A": {"properties": texts}}},
        }  # fmt: skip
        return Contract(root, dialect_for("3.1.0"))

    found = compare(contract("a"), contract("[ab]"), budget=Budget(steps=2_000))
    kinds = [type(change).__name__ for change in found]
    assert {"PatternWidened", "PatternUndecided"} == set(kinds)
    assert found == compare(contract("a"), contract("[ab]"), budget=Budget(steps=2_000))
