"""Judging: a Change becomes a Finding, by exactly one rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from monitor.compare.changes import Change, ReadOnlyChanged, Unclassified, WriteOnlyChanged
from monitor.contract.types import Direction, Site
from monitor.rules.levels import Level, worst
from monitor.rules.registry import Rule, catalogue

_DEFINITIONS: Final = [["components"], ["definitions"], ["parameters"], ["responses"], ["securityDefinitions"]]
UNREACHED: Final = "No operation meets it: a client neither sends nor receives it."
NOT_SENT: Final = "The property is read-only: a client does not send it."
NOT_RECEIVED: Final = "The property is write-only: a client does not receive it."


@dataclass(frozen=True, slots=True)
class Finding:
    """A change judged by one rule, for a client that holds the provider to the letter.

    `levels` has one entry for each site of the change, in its order; `level` is the worst of them, or what the rule
    gives an unreached definition. `reasons` are sentences that explain where a level is not the rule's own.
    """

    rule: Rule
    change: Change
    levels: tuple[tuple[Site, Level], ...]
    level: Level
    message: str
    reasons: tuple[str, ...] = ()


def judge(changes: Iterable[Change]) -> tuple[Finding, ...]:
    """One finding for each change, in the same order.

    Raises RuntimeError when not exactly one rule takes a change: a fault of the program that tests over all classes of
    changes show cannot happen.
    """
    return tuple(_finding(change) for change in changes)


def rule_for(change: Change) -> Rule:
    """The one rule that judges a change. Raises RuntimeError when there are none or several."""
    found = [rule for rule in _rules_by_class().get(type(change), ()) if rule.takes(change)]
    if len(found) != 1:
        names = ", ".join(rule.id for rule in found) or "none"
        raise RuntimeError(f"a {type(change).__name__} must have exactly one rule, it has: {names}")
    return found[0]


@cache
def _rules_by_class() -> dict[type[Change], tuple[Rule, ...]]:
    rules: dict[type[Change], tuple[Rule, ...]] = {}
    for rule in catalogue():
        rules[rule.on] = (*rules.get(rule.on, ()), rule)
    return rules


def _finding(change: Change) -> Finding:
    rule = rule_for(change)
    message = rule.message(change)
    if not change.sites:
        own = worst((rule.request, rule.response))
        level = own if isinstance(change, Unclassified) and not _is_defined(change) else own.at_most(Level.COMPATIBLE)
        return Finding(rule, change, (), level, message, () if level is own else (UNREACHED,))
    unheard = _unheard(change)
    met = {site.direction for site in change.sites}
    by_direction = {direction: rule.level(direction) for direction in Direction if direction in met}
    reasons = []
    for direction, level in by_direction.items():
        if direction in unheard and level.rank < Level.COMPATIBLE.rank:
            by_direction[direction] = Level.COMPATIBLE
            reasons.append(unheard[direction])
    levels = tuple((site, by_direction[site.direction]) for site in change.sites)
    return Finding(rule, change, levels, worst(by_direction.values()), message, tuple(reasons))


def _is_defined(change: Change) -> bool:
    """Whether it stands in a definition that operations may refer to: one that none does is met by nobody.

    What stands at the root itself may be meant for all of them; that nothing is known of it is no reason to be calm.
    """
    return (change.location.after or change.location.before or "").split("/")[1:2] in _DEFINITIONS


def _unheard(change: Change) -> dict[Direction, str]:
    """The directions in which a property never travels (OAS 3.0.4, section 4.8.24.2), with the reason.

    Flips of the two flags themselves are about nothing else, so their rules decide alone.
    """
    if isinstance(change, ReadOnlyChanged | WriteOnlyChanged):
        return {}
    unheard = {}
    if getattr(change, "read_only", False):
        unheard[Direction.REQUEST] = NOT_SENT
    if getattr(change, "write_only", False):
        unheard[Direction.RESPONSE] = NOT_RECEIVED
    return unheard
