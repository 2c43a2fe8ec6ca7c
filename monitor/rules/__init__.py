"""Rules: a Change becomes a Finding. One declaration a rule, one file an area (monitor/rules/areas)."""

from monitor.rules.example import Example
from monitor.rules.judge import Finding, judge, rule_for
from monitor.rules.levels import Level, worst
from monitor.rules.registry import Affects, Rule, by_id, catalogue, rule
from monitor.rules.variance import VARIANCE, lawful

__all__ = [
    "VARIANCE",
    "Affects",
    "Example",
    "Finding",
    "Level",
    "Rule",
    "by_id",
    "catalogue",
    "judge",
    "lawful",
    "rule",
    "rule_for",
    "worst",
]
