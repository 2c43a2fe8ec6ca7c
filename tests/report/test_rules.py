"""The catalogue of rules and one rule, as a reader and as a program gets them."""

from __future__ import annotations

import json
import re

import pytest
from markdown_it import MarkdownIt

from monitor.report import rule_json, rule_markdown, rule_text, rules_json, rules_markdown, rules_text
from monitor.rules import Rule, by_id, catalogue

ADDED = by_id()["enum-value-added"]
WITH_WAIVER = next(rule for rule in catalogue() if rule.waiver is not None)
WITHOUT_WAIVER = next(rule for rule in catalogue() if rule.waiver is None)


def test_the_catalogue_is_a_line_a_rule_in_columns():
    head, *lines = rules_text(catalogue()).splitlines()
    assert len(lines) == len(catalogue())
    columns = [head.index(word) for word in ("RULE", "REQUEST", "RESPONSE", "WHAT IT SAYS")]
    for rule, line in zip(catalogue(), lines, strict=True):
        cells = [line[start:end].strip() for start, end in zip(columns, [*columns[1:], None], strict=True)]
        assert cells == [rule.id, rule.request, rule.response, rule.template]
        assert line == line.rstrip()


def test_the_catalogue_as_a_page_has_each_rule_in_the_table_of_its_area():
    page = rules_markdown(catalogue())
    html = MarkdownIt("commonmark").enable("table").render(page)
    assert html.count("<h2>") == html.count("<table>") == len({rule.area for rule in catalogue()})
    rows = re.findall(r"<tr>\n(.*?)</tr>", html, re.DOTALL)
    assert len(rows) == len(catalogue()) + html.count("<table>")
    assert {row.count("<td") + row.count("<th") for row in rows} == {4}
    assert page.endswith("|\n")


def test_the_catalogue_as_json_has_every_fact_of_every_rule():
    objects = json.loads(rules_json(catalogue()))
    assert [each["id"] for each in objects] == [rule.id for rule in catalogue()]
    assert objects[catalogue().index(ADDED)] == json.loads(rule_json(ADDED))
    assert list(objects[0]) == [
        "id",
        "area",
        "sentence",
        "request",
        "response",
        "affects",
        "effect",
        "why",
        "advice",
        "waiver",
        "unseen",
        "since",
        "example",
    ]
    assert json.loads(rule_json(ADDED))["response"] == "risky"


def test_some_rules_are_shown_in_the_order_given():
    two = (by_id()["operation-removed"], ADDED)
    assert [line.split()[0] for line in rules_text(two).splitlines()[1:]] == ["operation-removed", "enum-value-added"]
    assert [each["id"] for each in json.loads(rules_json(two))] == ["operation-removed", "enum-value-added"]


def test_one_rule_says_its_levels_its_reason_and_what_to_do():
    text = rule_text(ADDED)
    assert text.startswith("enum-value-added\nThe value {value} is new in the list.\n")
    assert "sent by the client (request)    compatible\n" in text
    assert "received (response)             risky\n" in text
    assert "\nWhat to do\n  Let the client " in text
    for words in (text, rule_markdown(ADDED)):
        assert f"What to do {ADDED.advice} " in " ".join(words.split())
    assert json.loads(rule_json(ADDED))["advice"] == ADDED.advice


@pytest.mark.parametrize("render", [rule_text, rule_markdown])
def test_a_waiver_is_given_where_there_is_one(render):
    title = "Why not the variance table"
    assert title in render(WITH_WAIVER)
    assert title not in render(WITHOUT_WAIVER)


@pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.id)
def test_every_rule_is_told_in_lines_that_fit_with_its_example(rule: Rule):
    text = rule_text(rule)
    for line in text.splitlines():
        assert line == line.rstrip()
        assert len(line) <= 100 or line.startswith("    ")  # YAML is not wrapped
    for fragment in (rule.example.before, rule.example.after):
        assert all(f"    {line}".rstrip() in text for line in fragment.splitlines())
        assert f"```yaml\n{fragment}\n```" in rule_markdown(rule)
    assert text.endswith(".\n")
    assert rule_markdown(rule).endswith(".\n")
