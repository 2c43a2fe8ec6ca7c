"""The promise: whether the provider allowed itself what it did, whatever that does to a client."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from monitor.compare.changes import (
    Change,
    FormatChanged,
    FormatNarrowed,
    FormatWidened,
    OperationRemoved,
    ServersStated,
    ServersUnstated,
    Unclassified,
)
from monitor.contract.types import Direction, OperationRef
from monitor.policy.loading import promise_names, promise_profile
from monitor.policy.profiles import Allowance, PromiseProfile
from monitor.rules import Finding, Level


class PromiseState(StrEnum):
    """What the provider's own words say of a change."""

    ALLOWED = "allowed"
    """It reserved the right."""
    BROKEN = "broken"
    """It said that it would not."""
    UNSTATED = "unstated"
    """It said nothing of it, or there is nothing to hold it to."""


@dataclass(frozen=True, slots=True)
class Removals:
    """What the ledger knows of operations that go.

    `deadlines` has the last day of each window. `seen_on` is the day on which they were seen gone; `gone_on` has that
    day for those that went on a way of several versions, and `flagged` those that were deprecated when they went.
    """

    deadlines: Mapping[OperationRef, date] = field(default_factory=dict)
    seen_on: date | None = None
    gone_on: Mapping[OperationRef, date] = field(default_factory=dict)
    flagged: frozenset[OperationRef] = frozenset()


Answer = tuple[PromiseState, tuple[str, ...]]
"""A state and the sentences that explain it."""

_SERVERS: Final = "That servers are said, or no longer are, does not tell whether calls go elsewhere."
UNDECIDED: Final[Mapping[type[Change], str]] = {
    Unclassified: "What specwatch does not understand it holds against nobody.",
    ServersStated: _SERVERS,
    ServersUnstated: _SERVERS,
}
"""What is risky because a document does not say what happened, and why nobody is held to it."""

_HURTS: Final = frozenset({Level.BREAKING, Level.RISKY})


def keeps_promise(finding: Finding, promise: PromiseProfile | None, removals: Removals) -> Answer:
    """Whether a finding keeps the promise, at its strict levels: what the reader's client tolerates is no matter.

    Reserved is allowed; not reserved, and breaking or risky to a strict client, is broken; the rest is unstated.
    """
    if promise is None:
        return PromiseState.UNSTATED, ()
    if isinstance(finding.change, OperationRemoved) and promise.window_months is not None:
        return _removal(finding.change, promise, removals)
    hurt = _hurt_directions(finding)
    reserved = _reserved(finding, promise, hurt or _directions(finding))
    if reserved is not None:
        return PromiseState.ALLOWED, (reserves(promise, reserved),)
    if not hurt:
        return PromiseState.UNSTATED, ()
    if type(finding.change) in UNDECIDED:
        return PromiseState.UNSTATED, (UNDECIDED[type(finding.change)],)
    where = " and ".join(f"a {direction}" for direction in sorted(hurt))
    return PromiseState.BROKEN, (f"{promise.title} promises not to do this: nothing it reserves covers it in {where}.",)


def reserves(promise: PromiseProfile, words: Iterable[str]) -> str:
    """The sentence that the provider reserves a right, in its own words."""
    return f"{promise.title} reserves the right: {'; '.join(f'“{line}”' for line in words)}."


def propose_promise(url: str, description: str | None) -> PromiseProfile | None:
    """The shipped promise profile that fits a source: by the host of its URL, else by phrases of `info.description`."""
    host = (urlsplit(url).hostname or "").lower()
    text = plain(description or "")
    profiles = [promise_profile(name) for name in promise_names()]
    for profile in profiles:
        if any(host == known or host.endswith(f".{known}") for known in profile.hosts):
            return profile
    for profile in profiles:
        if any(plain(phrase) in text for phrase in profile.recognise):
            return profile
    return None


def plain(text: str) -> str:
    """Text without line breaks and case, so that a wrapped paragraph is recognised."""
    return re.sub(r"\s+", " ", text).strip().casefold()


def _removal(change: OperationRemoved, promise: PromiseProfile, removals: Removals) -> Answer:
    months = promise.window_months
    operation = OperationRef(change.path, change.method, change.kind)
    deadline = removals.deadlines.get(operation)
    seen_on = removals.gone_on.get(operation, removals.seen_on)
    window = f"{promise.title} promises {months} months from deprecation to removal"
    if deadline is None and not change.deprecated and operation not in removals.flagged:
        return PromiseState.BROKEN, (f"{window}; this was not deprecated before.",)
    if deadline is None:
        return PromiseState.UNSTATED, (f"{window}; since when this was deprecated is not known.",)
    if seen_on is None:
        return PromiseState.UNSTATED, (f"{window}, up to {deadline}; on which day this went is not known.",)
    if seen_on > deadline:
        return PromiseState.ALLOWED, (f"{window}; the window ended on {deadline}.",)
    permitted = deadline + timedelta(days=1)
    return PromiseState.BROKEN, (f"{window}; it may go from {permitted} on, and was gone by {seen_on}.",)


def _directions(finding: Finding) -> frozenset[Direction]:
    return frozenset(site.direction for site, _ in finding.levels)


def _hurt_directions(finding: Finding) -> frozenset[Direction]:
    return frozenset(site.direction for site, level in finding.levels if level in _HURTS)


def _reserved(finding: Finding, promise: PromiseProfile, directions: frozenset[Direction]) -> list[str] | None:
    """The words that reserve the change in every direction asked for; None where one of them is not covered."""
    asked: tuple[Direction | None, ...] = tuple(sorted(directions)) or (None,)
    words: list[str] = []
    for direction in asked:
        line = allowance(promise, finding.rule.id, direction, subject_name(finding.change), _formats(finding.change))
        if line is None:
            return None
        words.append(line.words)
    return list(dict.fromkeys(words))


def allowance(
    promise: PromiseProfile,
    rule_id: str,
    direction: Direction | None,
    subject: str | None,
    formats: frozenset[str] = frozenset(),
) -> Allowance | None:
    """The line of a promise that reserves what a rule tells of a subject, or None."""
    lines = (line for line in promise.allowed if line.covers(rule_id, direction) and line.fits(subject, formats))
    return next(lines, None)


def _formats(change: Change) -> frozenset[str]:
    """The formats that a change is about; only changes of `format` carry them."""
    if not isinstance(change, FormatChanged | FormatNarrowed | FormatWidened):
        return frozenset()
    return frozenset(value for value in (change.before, change.after) if isinstance(value, str))


def subject_name(change: Change) -> str | None:
    """The name of the property, parameter or header that a change is about, or None.

    A change of a property or parameter carries it; for one inside its schema it is on the readable path.
    """
    name = getattr(change, "name", None)
    if isinstance(name, str):
        return name
    for step in reversed(change.where.split(" > ")):
        word = step.replace("[]", "").rpartition(" ")[2]
        if word and not word.startswith(("(", "*")):
            return word
    return None
