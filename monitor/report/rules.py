"""The catalogue of rules, and one rule with its reasons and its example: as text, Markdown and JSON.

The pages under `docs/rules` are another form of the same, with links (monitor/rules/pages.py).
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby
from typing import Final

import msgspec

from monitor.report.text import code, plural, prose, wrap
from monitor.rules import Affects, Rule
from monitor.values import JsonObject

_WIDTH: Final = 100
_NOTICED_BY: Final[dict[Affects, str]] = {
    "wire": "clients: it is seen on the wire",
    "generated-client": "code that is generated from the document",
    "docs": "people and tools that read the document",
}
_EXAMPLE_OF: Final = {
    "schema": "a schema that one operation sends and receives",
    "operation": "an operation",
    "document": "a document",
}


# --- all of them ----------------------------------------------------------------------------------------------------


def rules_text(rules: Sequence[Rule]) -> str:
    """A line a rule: id, its level in a request and in a response, its sentence."""
    rows = [
        ("RULE", "REQUEST", "RESPONSE", "WHAT IT SAYS"),
        *((rule.id, str(rule.request), str(rule.response), rule.template) for rule in rules),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    ]
    return "\n".join(lines) + "\n"


def rules_markdown(rules: Sequence[Rule]) -> str:
    """A table for each area."""
    parts = ["# Rules", f"{plural(len(rules), 'rule')}, with the levels of the client profile `strict`."]
    for area, group in groupby(sorted(rules, key=lambda rule: (rule.area, rule.id)), key=lambda rule: rule.area):
        rows = [
            f"| {code(rule.id)} | {rule.request} | {rule.response} | {prose(rule.template, cell=True)} |"
            for rule in group
        ]
        head = "| rule | request | response | what it says |\n|---|---|---|---|"
        parts.append("\n".join([f"## {area.capitalize()}\n", head, *rows]))
    return "\n\n".join(parts) + "\n"


def rules_json(rules: Sequence[Rule]) -> str:
    """A list of objects, in the order given."""
    return _json([_object(rule) for rule in rules])


# --- one of them ----------------------------------------------------------------------------------------------------


def rule_text(rule: Rule) -> str:
    """One rule: its levels, why, what to do, an example."""
    lines = [rule.id, *wrap(rule.template, _WIDTH), ""]
    lines += [f"{what:<32}{level}" for what, level in _levels(rule)]
    for title, words in _sections(rule):
        lines += ["", title, *wrap(words, _WIDTH, first="  ")]
    lines += ["", f"Example: {_EXAMPLE_OF[rule.example.kind]}"]
    for title, fragment in (("before", rule.example.before), ("after", rule.example.after)):
        lines += [f"  {title}", *textwrap.indent(fragment, "    ").splitlines()]
    return "\n".join([*lines, "", *wrap(_footer(rule), _WIDTH)]) + "\n"


def rule_markdown(rule: Rule) -> str:
    """One rule as a page."""
    parts = [f"# {rule.id}", prose(rule.template)]
    rows = [f"| {what} | {level} |" for what, level in _levels(rule)]
    parts.append("\n".join(["| where a client meets it | level |", "|---|---|", *rows]))
    for title, words in _sections(rule):
        parts.append(f"## {title}\n\n{prose(words)}")
    before, after = rule.example.before, rule.example.after
    parts.append(f"## Example\n\n{_EXAMPLE_OF[rule.example.kind].capitalize()}:")
    parts.append(f"```yaml\n{before}\n```\n\nbecomes\n\n```yaml\n{after}\n```")
    return "\n\n".join([*parts, prose(_footer(rule))]) + "\n"


def rule_json(rule: Rule) -> str:
    """One rule as an object."""
    return _json(_object(rule))


def _levels(rule: Rule) -> tuple[tuple[str, str], ...]:
    return ("sent by the client (request)", str(rule.request)), ("received (response)", str(rule.response))


def _sections(rule: Rule) -> tuple[tuple[str, str], ...]:
    sections: tuple[tuple[str, str], ...] = (("Why", rule.why), ("What to do", rule.advice))
    if rule.unseen is not None:
        sections = (*sections, ("Why no value shows it", rule.unseen))
    if rule.waiver is None:
        return sections
    waiver = f"The change is {rule.effect}, for which the stance has other levels. {rule.waiver}"
    return (*sections, ("Why not the variance table", waiver))


def _footer(rule: Rule) -> str:
    return f"Noticed by {_NOTICED_BY[rule.affects]}. Since {rule.since}. Area: {rule.area}."


def _object(rule: Rule) -> JsonObject:
    return {
        "id": rule.id,
        "area": rule.area,
        "sentence": rule.template,
        "request": str(rule.request),
        "response": str(rule.response),
        "affects": rule.affects,
        "effect": str(rule.effect),
        "why": rule.why,
        "advice": rule.advice,
        "waiver": rule.waiver,
        "unseen": rule.unseen,
        "since": rule.since,
        "example": {"kind": rule.example.kind, "before": rule.example.before, "after": rule.example.after},
    }


def _json(of: object) -> str:
    return msgspec.json.format(msgspec.json.encode(of), indent=2).decode() + "\n"
