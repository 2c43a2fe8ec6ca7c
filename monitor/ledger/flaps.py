"""Which snapshots are suspect: a document that loses much at once may be a stale copy and no event.

trusted ──loses much──> unconfirmed ──still so, long or often enough──> confirmed: trusted from then on
                             └──the lost is back──> a flap, which opens and closes nothing
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from monitor.ledger.identity import Identity, identity
from monitor.ledger.types import Observation, Outline

LEAST_LOST = 3
"""Fewer things lost than this are told as they are: one operation may well be taken out and put back."""
LEAST_SHARE = 0.05
"""The lost things must be at least this part of the operations and flags that were there."""
FLAGS_SHARE = 0.5
"""Or the lost flags, of operations that are still served, at least this part of all flags."""
LONG_AGO = timedelta(days=90)
"""Or the operations must be those of a snapshot that was last seen as long ago as this."""
LOOK_AHEAD = 3
"""A loss that stands in more different snapshots than this is confirmed: nobody publishes a stale copy that often."""
RETURNING_SHARE = 0.75
"""Which part of the lost things must be back."""
CONFIRM_AFTER = timedelta(days=3)

Thing = tuple[str, Identity]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What confirms a snapshot that is suspect: another sight of the same loss, `after` this time since the first, or
    the one that makes `checks` sights of it, the first included (None: only time counts; 1: nothing is ever suspect).
    """

    after: timedelta = CONFIRM_AFTER
    checks: int | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """What a suspect snapshot lacks: how many operations, webhooks and flags, of how many there were before it."""

    first_seen: datetime
    operations: int
    flags: int
    of: int


@dataclass(frozen=True, slots=True)
class Doubts:
    """What became of the snapshots that were suspect, by their sequences.

    `flaps` were taken back. `unconfirmed` are those of which it is not yet known, with `loss` for what they lack.
    `confirmed` are those that turned out to be real, each with the sight by which that was known: they are told then,
    though they were first seen before.
    """

    flaps: frozenset[int] = frozenset()
    unconfirmed: frozenset[int] = frozenset()
    confirmed: Mapping[int, datetime] = field(default_factory=lambda: MappingProxyType({}))
    loss: Loss | None = None

    @property
    def suspect(self) -> frozenset[int]:
        """Those that open and close nothing."""
        return self.flaps | self.unconfirmed


@dataclass(slots=True)
class _Stretch:
    """Sights of snapshots that lack the same things."""

    lost: frozenset[Thing]
    loss: Loss
    imported: bool
    sights: list[Observation]

    def confirmed_by(self, confirmation: Confirmation) -> bool:
        waited = self.sights[-1].seen_at - self.sights[0].seen_at
        often = confirmation.checks is not None and len(self.sights) >= confirmation.checks
        different = {sight.snapshot for sight in self.sights}
        return often or waited >= confirmation.after or len(different) > LOOK_AHEAD


def flaps(observations: Sequence[Observation], confirmation: Confirmation | None = None) -> frozenset[int]:
    """The sequences of the snapshots that are suspect: they open and close nothing in the ledger."""
    return doubts(observations, confirmation).suspect


def doubts(observations: Sequence[Observation], confirmation: Confirmation | None = None) -> Doubts:
    """Which snapshots are suspect, and what became of those that were. `observations` in any order, each a sight.

    A snapshot is suspect when, against the last one that is not, it lost

    - at least `LEAST_LOST` things (operations, webhooks, and flags of operations that it still serves), and of all
      things `LEAST_SHARE` or of all flags `FLAGS_SHARE`; or
    - anything at all, and its operations are those of a snapshot that was last seen `LONG_AGO`: an old copy.

    It is a flap when `RETURNING_SHARE` of the lost are back, and so are the snapshots between. It is confirmed when the
    loss is still there at a later sight, as `Confirmation` says, or in more than `LOOK_AHEAD` snapshots; what is
    confirmed stays so, whatever comes later. A single operation that goes and comes is an event.

    A sight at another URL is never suspect: the configuration led there.

    A sight decides on what came before it, so what is told at one time is never taken back at another. But of an
    imported snapshot nobody is told in the hour: in a history the future is known. So one that was imported is
    believed until the lost is back, and never told later than it was seen.

    Measured on three histories of incident.io, imported from git; "things" are operations, webhooks and flags:
    - public, 88 snapshots: 2024-03-12T1037 alone is suspect. It loses 57 of 177 things (18 operations, 27 webhooks,
      12 of 15 flags; 32 %), its operations are those last seen 304 days before, and the next snapshot has 0.95 of the
      lost back. Its size, 0.77 of the one before, tells nothing: 2024-05-01T1048, which really loses 18 of 94
      operations (8.5 % of all things; 0.28 back three snapshots later), has 0.52. That one is confirmed, and so is
      2024-04-19T1441 (the same number moves to other paths, none comes back). Never suspect: 2023-10-17T1258 (4 of 19
      flags taken back for good), and the four times that `POST /v2/managed_resources` goes (0.3 to 0.5 %; twice it is
      back within two snapshots). The operations of 2024-05-01 and 2024-06-13 are those of 36 and 30 days before.
    - the one with unreleased endpoints, 63 snapshots: no operation and no flag is ever lost, one webhook in the last.
    - Swagger 2.0, 18 snapshots: losses of 3.5 to 8.5 %, of which at most 0.28 come back.
    So a real loss comes back by at most 0.28 and the flap by 0.95; what really goes and comes is 0.5 % of a document,
    the flap 32 %. The thresholds lie between.
    """
    confirmation = confirmation or Confirmation()
    watch = _Watch(confirmation)
    for seen in sorted(observations, key=lambda one: (one.seen_at, one.snapshot)):
        watch.see(seen)
    open_ = watch.stretch
    doubted = open_ is not None and not open_.imported
    return Doubts(
        frozenset(watch.flaps),
        frozenset(sight.snapshot for sight in open_.sights) if open_ is not None and doubted else frozenset(),
        MappingProxyType(watch.confirmed),
        open_.loss if open_ is not None and doubted else None,
    )


class _Watch:
    """What is trusted, and the stretch of sights that is not yet, while one sight comes after the other."""

    def __init__(self, confirmation: Confirmation) -> None:
        self._confirmation = confirmation
        self._trusted: frozenset[Thing] | None = None
        self._last_seen: dict[frozenset[Thing], datetime] = {}
        """When each set of operations was last trusted."""
        self._known: dict[int, frozenset[Thing]] = {}
        self.stretch: _Stretch | None = None
        self.flaps: set[int] = set()
        self.confirmed: dict[int, datetime] = {}

    def see(self, seen: Observation, held: datetime | None = None) -> None:
        """Take in a sight; `held`: it was held back until then, and is told then at the earliest."""
        if seen.elsewhere:
            self._follow(seen)
            return
        things, stretch = self._things(seen), self.stretch
        if stretch is not None and len(stretch.lost & things) >= RETURNING_SHARE * len(stretch.lost):
            self.flaps.update(sight.snapshot for sight in stretch.sights)
            self.stretch = None
        elif stretch is not None and stretch.imported and not seen.imported:
            self._believe(stretch)
            self.see(seen, held)
            return
        elif stretch is not None:
            stretch.sights.append(seen)
            self._confirm(stretch, held)
            return
        self.stretch = self._suspicion(seen, things)
        if self.stretch is not None:
            self._confirm(self.stretch, held)
            return
        self._trust(seen)
        if held is not None:
            self.confirmed.setdefault(seen.snapshot, held)

    def _follow(self, seen: Observation) -> None:
        """Trust what is at the URL that somebody told us to look at: what it lacks is no slip of the provider."""
        while self.stretch is not None:
            self._believe(self.stretch, seen.seen_at)
        self._trust(seen)

    def _confirm(self, stretch: _Stretch, held: datetime | None) -> None:
        """Believe a stretch if its last sight confirms it."""
        if stretch.confirmed_by(self._confirmation):
            at = stretch.sights[-1].seen_at
            self._believe(stretch, None if stretch.imported else max(at, held or at))

    def _believe(self, stretch: _Stretch, at: datetime | None = None) -> None:
        """Trust the first of a stretch, and look at the others again: one of them may lack still more."""
        self.stretch = None
        first, *others = stretch.sights
        self._trust(first)
        if at is not None:
            self.confirmed.setdefault(first.snapshot, at)
        for sight in others:
            self.see(sight, at)

    def _things(self, seen: Observation) -> frozenset[Thing]:
        """The things of a snapshot, made once for all sights of it."""
        if seen.snapshot not in self._known:
            self._known[seen.snapshot] = _things(seen.outline)
        return self._known[seen.snapshot]

    def _trust(self, seen: Observation) -> None:
        self._trusted = self._things(seen)
        self._last_seen[_served(self._trusted)] = seen.seen_at

    def _suspicion(self, seen: Observation, things: frozenset[Thing]) -> _Stretch | None:
        """A new stretch, when this sight lacks too much of what is trusted."""
        before = self._trusted
        if before is None or before <= things:
            return None
        gone = before - things
        # A flag that went with its operation is one loss, not two.
        lost = frozenset(one for one in gone if one[0] == "served" or ("served", one[1]) not in gone)
        flags = sum(what == "flag" for what, _ in lost)
        all_flags = sum(what == "flag" for what, _ in before)
        many = len(lost) >= LEAST_SHARE * len(before) or (flags >= LEAST_LOST and flags >= FLAGS_SHARE * all_flags)
        if not (len(lost) >= LEAST_LOST and many) and not self._is_old(seen, things):
            return None
        return _Stretch(lost, Loss(seen.seen_at, len(lost) - flags, flags, len(before)), seen.imported, [seen])

    def _is_old(self, seen: Observation, things: frozenset[Thing]) -> bool:
        served = _served(things)
        assert self._trusted is not None
        last = self._last_seen.get(served)
        return last is not None and served != _served(self._trusted) and seen.seen_at - last >= LONG_AGO


def _served(things: frozenset[Thing]) -> frozenset[Thing]:
    return frozenset(one for one in things if one[0] == "served")


def _things(outline: Outline) -> frozenset[Thing]:
    served = {("served", identity(subject)) for subject in outline.operations}
    flags = {("flag", identity(mark.subject)) for mark in outline.flags}
    return frozenset(served | flags)
