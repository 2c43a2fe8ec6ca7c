"""Runs every case file of this folder: prose, before, after, what must be found, and near misses that stay silent.

A file has sections (`#`, `##`). Each section with a pair of fenced blocks is one case:

    ```yaml schema before        the kind of fragment: schema, operation or document (monitor/rules/example.py)
    ```yaml schema after
    - `rule-id`: breaking in a request, compatible in a response
    - nothing
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from monitor.compare import compare_all
from monitor.contract import Direction
from monitor.proof import Proofs
from monitor.reading import contract_of, read
from monitor.rules import Finding, by_id, judge
from monitor.rules.example import Kind, whole

HERE = Path(__file__).parent
BLOCK = re.compile(r"^```yaml (\w+) (before|after)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
EXPECTED = re.compile(r"^- (?:`([a-z-]+)`: (.+)|nothing)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    rule: str
    title: str
    kind: Kind
    before: str
    after: str
    expected: tuple[str, ...]


def cases_of(file: Path) -> list[Case]:
    """The cases of one file; a section without a pair, or without an expectation, is a fault of the file."""
    found = []
    for section in re.split(r"^(?=#)", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title = section.splitlines()[0].lstrip("# ")
        blocks = {side: (kind, text) for kind, side, text in BLOCK.findall(section)}
        expected = list(EXPECTED.finditer(BLOCK.sub("", section)))
        assert blocks.keys() == {"before", "after"}, f"{file.name}: {title}: a case has a before and an after"
        assert expected, f"{file.name}: {title}: say what is expected, or `- nothing`"
        kind, before = blocks["before"]
        assert kind in get_args(Kind)
        lines = tuple(sorted(match.group(0) for match in expected if match.group(1)))
        found.append(Case(file.stem, title, kind, before, blocks["after"][1], lines))
    return found


def line_of(finding: Finding) -> str:
    """A finding as the files write it."""
    levels = {site.direction: level for site, level in finding.levels}
    parts = [f"{levels[direction]} in a {direction}" for direction in Direction if direction in levels]
    return f"- `{finding.rule.id}`: {', '.join(parts) or f'{finding.level}, met by no operation'}"


FILES = sorted(HERE.glob("*/*.md"))
CASES = [case for file in FILES for case in cases_of(file)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.title}")
def test_a_case_finds_what_it_says_and_nothing_else(case: Case) -> None:
    before, after = (
        contract_of(read(whole(text, case.kind).encode(), source=f"{case.rule}.yaml"))
        for text in (case.before, case.after)
    )
    compared = compare_all(before, after)
    findings = (*judge(compared.changes), *Proofs(before, after).unnamed(compared))
    assert tuple(sorted(line_of(finding) for finding in findings)) == case.expected


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_first_case_is_the_example_of_the_rules_page(file: Path) -> None:
    example = by_id()[file.stem].example
    first, *others = cases_of(file)
    assert (first.kind, first.before, first.after) == (example.kind, example.before, example.after)
    assert others, "a case file shows at least one neighbour of the change"
