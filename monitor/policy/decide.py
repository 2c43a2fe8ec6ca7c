"""Deciding: a Finding becomes a Verdict, on two axes that never meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from monitor.contract.types import Direction, Site
from monitor.policy.fingerprint import fingerprint
from monitor.policy.profiles import Adjustment, ClientProfile, PromiseProfile
from monitor.policy.promise import PromiseState, Removals, keeps_promise
from monitor.proof import Proofs, Shown
from monitor.rules import Finding, Level, worst


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding for one client and one promise.

    `level` and `site_levels` are the client's; `promise` is the provider's and the client profile never moves it.
    `reasons` are sentences: why a level is not the rule's own, and why the promise holds or does not. `shown` is what
    shows the break, where it was asked for (`with_witnesses`).
    """

    finding: Finding
    level: Level
    site_levels: tuple[tuple[Site, Level], ...]
    promise: PromiseState
    reasons: tuple[str, ...]
    fingerprint: str
    shown: Shown | None = None


def decide(
    findings: Iterable[Finding],
    *,
    client: ClientProfile,
    promise: PromiseProfile | None = None,
    removals: Removals | None = None,
) -> tuple[Verdict, ...]:
    """Verdicts, ordered by level (worst first), then location, then rule.

    `removals` is what the ledger knows of operations that go; without it a removal of what was flagged is `unstated`.
    """
    removals = removals or Removals()
    verdicts = [_verdict(finding, client, promise, removals) for finding in findings]
    return tuple(sorted(verdicts, key=_order))


def _order(verdict: Verdict) -> tuple[int, str, str, str, str]:
    location = verdict.finding.change.location
    place = location.before if location.before is not None else location.after or ""
    return verdict.level.rank, place, location.after or "", verdict.finding.rule.id, verdict.fingerprint


def _verdict(finding: Finding, client: ClientProfile, promise: PromiseProfile | None, removals: Removals) -> Verdict:
    levels, moved = _for_client(finding, client)
    level = worst({each for _, each in levels}) if levels else _unreached(finding, client, moved)
    state, why = keeps_promise(finding, promise, removals)
    reasons = (*finding.reasons, *moved, *why)
    return Verdict(finding, level, levels, state, tuple(dict.fromkeys(reasons)), fingerprint(finding))


def _for_client(finding: Finding, client: ClientProfile) -> tuple[tuple[tuple[Site, Level], ...], list[str]]:
    """The level at each site as the client profile has it, and a sentence for each way in which it moved one."""
    # A finding has one level for each direction, however many sites it has.
    judged = {site.direction: level for site, level in finding.levels}
    moved: dict[Direction, Level] = {}
    reasons: list[str] = []
    for direction, level in sorted(judged.items()):
        adjustment = client.adjustment(finding.rule, direction)
        if adjustment is not None and adjustment.level is not level and not _silenced(finding, level, direction):
            reasons.append(_sentence(adjustment, client, level, direction))
            moved[direction] = adjustment.level
    if not moved:
        return finding.levels, []
    levels = tuple((site, moved.get(site.direction, level)) for site, level in finding.levels)
    return levels, list(dict.fromkeys(reasons))


def _silenced(finding: Finding, level: Level, direction: Direction) -> bool:
    """Whether judging already found that the client never meets the change there (read-only, in a request)."""
    return level is not finding.rule.level(direction)


def _unreached(finding: Finding, client: ClientProfile, reasons: list[str]) -> Level:
    adjustment = client.adjustment(finding.rule, None)
    if adjustment is None or adjustment.level is finding.level:
        return finding.level
    reasons.append(_sentence(adjustment, client, finding.level, None))
    return adjustment.level


def _sentence(adjustment: Adjustment, client: ClientProfile, was: Level, direction: Direction | None) -> str:
    place = f" in a {direction}" if direction is not None else ""
    return f"For the client {client.name} it is {adjustment.level}{place}, not {was}: {adjustment.because}"


_SHOWN: Final = (Level.BREAKING, Level.RISKY)


def with_witnesses(verdicts: Iterable[Verdict], proofs: Proofs) -> tuple[Verdict, ...]:
    """The verdicts, the breaking and the risky ones with what shows them, as far as it is found within the budget.

    Of a change that many operations meet one is shown: the first of those for which it has its worst level. The
    worst verdicts come first and take what they need of the budget.
    """
    return tuple(
        replace(verdict, shown=proofs.shown(verdict.finding, _worst_sites(verdict)))
        if verdict.level in _SHOWN
        else verdict
        for verdict in verdicts
    )


def _worst_sites(verdict: Verdict) -> Iterator[Site]:
    return (site for site, level in verdict.site_levels if level is verdict.level)
