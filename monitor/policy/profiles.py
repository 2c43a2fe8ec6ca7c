"""Profiles: what a client tolerates, and what a provider promised. Two kinds, two axes; both are data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase

from monitor.contract.types import Direction
from monitor.rules import Affects, Level, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One line of a client profile: the level of some rules, for one direction or both, and the sentence why.

    `rules` are ids; `affects` picks by who notices instead. An adjustment has one of the two.
    """

    level: Level
    because: str
    rules: frozenset[str] = frozenset()
    affects: Affects | None = None
    direction: Direction | None = None

    def moves(self, rule: Rule, direction: Direction | None) -> bool:
        """Whether it moves the rule for a client that meets the change in that direction.

        `None` is a definition that no operation reaches: only who generates code from the document meets it.
        """
        if self.affects is not None:
            return rule.affects == self.affects and self.direction in (None, direction)
        return direction is not None and rule.id in self.rules and self.direction in (None, direction)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientProfile:
    """What the reader's own code tolerates. The last adjustment that fits decides; none: the rule's own level."""

    name: str
    title: str
    description: str
    adjustments: tuple[Adjustment, ...] = ()
    options: Mapping[str, bool] = field(default_factory=dict)
    """The options the profile knows, with their settings; their adjustments are among `adjustments` already."""

    def adjustment(self, rule: Rule, direction: Direction | None) -> Adjustment | None:
        """The adjustment that decides, or None."""
        fitting = (each for each in reversed(self.adjustments) if each.moves(rule, direction))
        return next(fitting, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One line of a promise: what the provider reserves the right to do, and its words for it.

    `names` and `formats` narrow it to subjects with such a name (shell patterns, without regard to case) or format;
    without them every subject is meant.
    """

    rules: frozenset[str]
    words: str
    direction: Direction | None = None
    names: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()

    def covers(self, rule_id: str, direction: Direction | None) -> bool:
        """Whether it speaks of that rule in that direction."""
        return rule_id in self.rules and (self.direction is None or direction is None or self.direction is direction)

    def fits(self, subject: str | None, formats: frozenset[str]) -> bool:
        """Whether the subject, by its name or by the formats it has had, is one that the provider means."""
        if not self.names and not self.formats:
            return True
        named = subject is not None and any(fnmatchcase(subject.lower(), name.lower()) for name in self.names)
        return named or not formats.isdisjoint(self.formats)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseProfile:
    """What the provider said of itself: the words, where and when they were read, and what they allow.

    `window_months` are calendar months from deprecation to removal, None where no window is promised.
    `version_pattern` is a regular expression for paths with one group, the version's number.
    `recognise` are phrases of the document's description by which the profile is proposed. `order` are the words by
    which properties of a response may come in another order: no rule tells of that, for JSON gives them none.
    """

    name: str
    title: str
    url: str
    words: str
    words_sha256: str
    read_on: date
    window_months: int | None
    version_pattern: str | None
    expects_client: str
    hosts: tuple[str, ...]
    recognise: tuple[str, ...]
    allowed: tuple[Allowance, ...]
    order: str | None = None
