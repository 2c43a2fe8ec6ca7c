"""The rules' documentation, made from the declarations: a page for each rule, and an index.

Pure: text comes out, nothing is written. `docs/generate.py` writes it to `docs/rules/`; a test says when it is stale.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from monitor.rules.registry import Affects, Rule, catalogue

INDEX: Final = "index.md"

_NOTICED_BY: Final[dict[Affects, str]] = {
    "wire": "clients: it is seen on the wire",
    "generated-client": "code that is generated from the document",
    "docs": "people and tools that read the document",
}

_INTRODUCTION: Final = (
    "Every change that specwatch can find is judged by exactly one of these rules. Levels are those of the client "
    "profile `strict`; what they mean, and where they come from, is told in the [stance](../stance.md)."
)
_GENERATED: Final = (
    "This folder is generated from the declarations in `monitor/rules/areas` by `python docs/generate.py`."
)


def pages() -> dict[str, str]:
    """File name to Markdown text, for each rule and the index, ordered by name."""
    texts = {f"{rule.id}.md": page(rule) for rule in catalogue()}
    texts[INDEX] = _index()
    return dict(sorted(texts.items()))


def page(rule: Rule) -> str:
    """One rule's page."""
    parts = [
        f"# {rule.id}",
        rule.template,
        _levels(rule),
        f"## Why\n\n{rule.why}",
        f"## What to do\n\n{rule.advice}",
        _waiver(rule),
        _unseen(rule),
        _example(rule),
        _footer(rule),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _levels(rule: Rule) -> str:
    return (
        "| what the client | level |\n"
        "|---|---|\n"
        f"| sends (request) | {rule.request} |\n"
        f"| receives (response) | {rule.response} |"
    )


def _unseen(rule: Rule) -> str:
    return "" if rule.unseen is None else f"## Why no value shows it\n\n{rule.unseen}"


def _waiver(rule: Rule) -> str:
    if rule.waiver is None:
        return ""
    return (
        "## Why not the variance table\n\n"
        f"The change is *{rule.effect}*, for which the [stance](../stance.md) has other levels. {rule.waiver}"
    )


def _example(rule: Rule) -> str:
    of = {
        "schema": "A schema that one operation sends and receives:",
        "operation": "An operation:",
        "document": "A document:",
    }
    before, after = rule.example.before, rule.example.after
    return f"## Example\n\n{of[rule.example.kind]}\n\n```yaml\n{before}\n```\n\nbecomes\n\n```yaml\n{after}\n```"


def _footer(rule: Rule) -> str:
    return (
        f"Noticed by {_NOTICED_BY[rule.affects]}. Since {rule.since}. Area: {rule.area}. "
        f"[Cases and near misses](../../tests/cases/{rule.area}/{rule.id}.md). [All rules](index.md)."
    )


def _index() -> str:
    parts = ["# Rules", _INTRODUCTION, _GENERATED]
    by_area = sorted(catalogue(), key=lambda rule: (rule.area, rule.id))
    for area, rules in groupby(by_area, key=lambda rule: rule.area):
        rows = "\n".join(_row(rule) for rule in rules)
        parts.append(f"## {area.capitalize()}\n\n| rule | request | response | |\n|---|---|---|---|\n{rows}")
    return "\n\n".join(parts) + "\n"


def _row(rule: Rule) -> str:
    sentence = rule.template.replace("|", "\\|")
    return f"| [{rule.id}]({rule.id}.md) | {rule.request} | {rule.response} | {sentence} |"
