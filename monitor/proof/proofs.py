"""One comparison under proof: what was read and proven of the two contracts is shared by all questions about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from monitor.algebra import (
    NONE_AFFECTED,
    Differences,
    Exchange,
    Inside,
    Sides,
    Steps,
    Undecided,
    Witness,
    descend,
    exchange,
    unchanged,
)
from monitor.compare import Change, Compared, ComparedPair, Conventions, Location
from monitor.compare.changes import AcceptedValuesChanged
from monitor.contract import Contract, Direction
from monitor.contract.types import Site
from monitor.proof import aims, exchanges, unnamed
from monitor.proof.places import Place, Places, parameter_of
from monitor.proof.shown import Shown
from monitor.proof.wire import written_alike
from monitor.rules import Finding, Level, judge, worst
from monitor.values import canonical_bytes

STEPS_OF_ALL: Final = 60_000
"""What all questions about one comparison may cost."""
STEPS_OF_ONE: Final = 4_000
_STEPS_OF_RISKY: Final = 500
"""What the witness of a change that need not break may cost: it is shown where it is cheap."""
_STEPS_OF_UNNAMED: Final = 6_000
"""What all questions about definitions may cost of which no fact says that they hurt."""
_MOST_RISKY: Final = 50
"""Changes of a comparison that need not break and are shown all the same: of many the first ones."""
_MOST_SITES: Final = 500
"""Sites that are looked at before a finding is left as it is."""
_MOST_CALLS: Final = 400
"""Calls that are written out for one comparison."""

_HURT: Final = frozenset({Level.BREAKING, Level.RISKY})

UNAFFECTED: Final = {
    Direction.REQUEST: "No value is affected: whatever could be sent there is accepted as before.",
    Direction.RESPONSE: "No value is affected: whatever comes there could come before.",
}


@dataclass
class Proofs:
    """Two contracts, and what the algebra knows of them."""

    before: Contract
    after: Contract
    conventions: Conventions = field(default_factory=Conventions)
    _steps: Steps = field(default_factory=lambda: Steps(STEPS_OF_ALL))
    _sides: dict[Direction, Sides] = field(default_factory=dict)
    _differences: dict[Direction, Differences] = field(default_factory=dict)
    _inside: dict[tuple[Direction, str, str, tuple[str, ...]], Inside] = field(default_factory=dict)
    _kept: dict[tuple[Direction, object, object], bool] = field(default_factory=dict)
    _shown: dict[tuple[int, Site], tuple[Finding, Shown | None]] = field(default_factory=dict)
    _places: Places = field(init=False)
    _calls: int = 0
    _risky: int = 0

    def __post_init__(self) -> None:
        self._places = Places(self.conventions.applied(self.before), self.conventions.applied(self.after))

    # --- the facts, held against the sets --------------------------------------------------------------------------

    def held(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings, those lowered of which it is proven that no value is affected. None is ever raised."""
        return tuple(self._held(finding) for finding in findings)

    def _held(self, finding: Finding) -> Finding:
        lowered = [direction for direction in Direction if self._is_idle(finding, direction)]
        if not lowered:
            return finding
        levels = tuple(
            (site, level.at_most(Level.COMPATIBLE) if site.direction in lowered else level)
            for site, level in finding.levels
        )
        reasons = (*finding.reasons, *(UNAFFECTED[direction] for direction in lowered))
        return replace(finding, levels=levels, level=worst(level for _, level in levels), reasons=reasons)

    def _is_idle(self, finding: Finding, direction: Direction) -> bool:
        """Whether a fact says that values were lost, or came, where none did."""
        change = finding.change
        if finding.level not in _HURT or self._is_spent or not aims.says_so(change, direction):
            return False
        sites = [site for site, level in finding.levels if site.direction is direction and level in _HURT]
        if not sites or len(sites) > _MOST_SITES:
            return False
        try:
            return all(self._keeps(change, site) for site in sites)
        except RecursionError:
            self._give_up()
            return False

    def _keeps(self, change: Change, site: Site) -> bool:
        place = self._places.of(site)
        if place is None or place.written:
            return False  # what is written as text has other values than the schemas say
        aim = aims.aim_of(change, place.steps)
        inside = self._at(place, site.direction, aim.steps)
        if inside.rest or (aim.branch and self._has_discriminators):
            return False  # a union on the way: its variants are read as apart (docs/stance.md)
        return self._proven(inside, site.direction)

    def _proven(self, inside: Inside, direction: Direction) -> bool:
        key = direction, inside.before, inside.after
        if key not in self._kept:
            purse = self._steps.share(STEPS_OF_ONE)
            self._kept[key] = inside.keeps(direction, purse)
            self._pay(purse)
        return self._kept[key]

    @cached_property
    def _unchanged(self) -> frozenset[str]:
        return unchanged(self._places.before, self._places.after)

    @cached_property
    def _has_discriminators(self) -> bool:
        return any(b'"discriminator"' in canonical_bytes(each.root) for each in (self.before, self.after))

    # --- what the sets say and no fact does --------------------------------------------------------------------------

    def unnamed(self, compared: Compared) -> tuple[Finding, ...]:
        """Findings of definitions that lost what is sent, or gained what is received, where no fact says so.

        One is made only where a value shows it in the whole body of an operation, and as long as the budget lasts.
        """
        purse = self._steps.share(_STEPS_OF_UNNAMED)
        try:
            found = [self._unnamed(compared, pair, purse) for pair in compared.pairs]
        except RecursionError:
            self._give_up()
            return ()
        finally:
            self._pay(purse)
        return tuple(finding for finding in found if finding is not None)

    def _unnamed(self, compared: Compared, pair: ComparedPair, purse: Steps) -> Finding | None:
        hurt = [each for each in pair.directions if self._hurts(pair, each, purse)]
        sites = tuple(site for direction in hurt for site in compared.sites(pair, direction))
        if not sites:
            return None
        change = AcceptedValuesChanged(
            location=Location(pair.before, pair.after),
            definition=self._places.after.component_name(pair.after),
            sites=tuple(sorted(sites)),
        )
        (finding,) = judge([change])
        shown = self.shown(finding, change.sites)
        return finding if shown is not None and isinstance(shown.what, Witness) else None

    def _hurts(self, pair: ComparedPair, direction: Direction, purse: Steps) -> bool:
        """Whether a value shows that a definition changed for the worse, whatever it refers to."""
        nodes = self._places.before.at(pair.before), self._places.after.at(pair.after)
        values = nodes[0].value, nodes[1].value
        contracts = self._places.before, self._places.after
        held = (contracts[0], nodes[0]), (contracts[1], nodes[1])
        if purse.spent >= purse.limit or unnamed.is_settled(pair, direction, held):
            return False
        same = self._named_alike.union(pair.inner.values())
        sides = Sides(*contracts, direction, same, pair.inner)
        own = purse.share(_STEPS_OF_RISKY)
        found = sides.pair(*nodes).witness(direction, own)
        purse.spent += own.spent
        return isinstance(found, Witness) and not unnamed.is_read_otherwise(found.value, values)

    @cached_property
    def _named_alike(self) -> frozenset[str]:
        return unnamed.named_alike(self._places.before, self._places.after)

    # --- what shows a break ------------------------------------------------------------------------------------------

    def shown(self, finding: Finding, sites: Iterable[Site]) -> Shown | None:
        """What shows the break at the first of the sites at which anything can; None where nothing does."""
        site = next((each for each in sites if aims.has_value(finding.change, each.direction)), None)
        if site is None:
            return None
        key = id(finding), site
        if key not in self._shown:
            if finding.level is not Level.BREAKING:
                if self._risky >= _MOST_RISKY:
                    return None
                self._risky += 1
            self._shown[key] = finding, self._show(finding, site)
        return self._shown[key][1]

    def _show(self, finding: Finding, site: Site) -> Shown | None:
        if not aims.is_of_schemas(finding.change):
            return self._called(finding, site)
        place = self._places.of(site)
        if place is None:
            return self._called(finding, site)
        if self._is_spent:
            return Shown(site, Undecided(f"the budget of {STEPS_OF_ALL:,} steps for all changes is used up"))
        try:
            found = self._witness(finding, site, place)
            return Shown(site, found, self._sent(site, found))
        except RecursionError:
            self._give_up()
            return Shown(site, Undecided("schemas are nested too deep in one another"))

    @property
    def _is_spent(self) -> bool:
        return self._steps.spent >= self._steps.limit

    def _give_up(self) -> None:
        """Ask nothing more: what was left in the middle of a proof may be taken for proven."""
        self._steps.spent = self._steps.limit
        for known in (self._sides, self._differences, self._inside, self._kept):
            known.clear()

    def _called(self, finding: Finding, site: Site) -> Shown | None:
        mine, _ = self._places.operations(site.operation)
        if mine is None:
            return None
        if self._calls >= _MOST_CALLS:
            return Shown(site, Undecided(f"more than {_MOST_CALLS} calls would have to be written out"))
        self._calls += 1
        try:
            found: Exchange | Undecided = exchanges.of(self._places.before, mine, finding, site)
        except RecursionError:
            found = Undecided("schemas are nested too deep in one another")
        return Shown(site, found)

    def _sent(self, site: Site, found: Witness | Undecided) -> Exchange | None:
        """The call that sends a parameter with the value that was found; None for what is no parameter."""
        named = parameter_of(site)
        mine, _ = self._places.operations(site.operation)
        if named is None or mine is None or isinstance(found, Undecided) or self._calls >= _MOST_CALLS:
            return None
        self._calls += 1
        place, name = named
        sent = exchange.call(self._places.before, mine, given={named: found.value})
        return replace(sent, now=f"The value of the {place} parameter {name!r} is refused: expect 400.")

    def _witness(self, finding: Finding, site: Site, place: Place) -> Witness | Undecided:
        change, most = finding.change, STEPS_OF_ONE if finding.level is Level.BREAKING else _STEPS_OF_RISKY
        aim = aims.aim_of(change, place.steps)
        inside = self._at(place, site.direction, aim.steps)
        purse = self._steps.share(most)
        name = aim.name if not inside.rest else None
        found = inside.witness(site.direction, purse, shown=aim.shown if not inside.rest else (), name=name)
        self._pay(purse)
        if found == Undecided(NONE_AFFECTED) and inside.rest:
            return Undecided("another variant accepts the value; the variants are read as apart")
        return _on_the_wire(found, inside, site.direction) if place.written else found

    # --- places ------------------------------------------------------------------------------------------------------

    def _at(self, place: Place, direction: Direction, steps: tuple[str, ...]) -> Inside:
        key = direction, place.before.pointer, place.after.pointer, steps
        if key not in self._inside:
            if direction not in self._sides:
                self._sides[direction] = Sides(self._places.before, self._places.after, direction, self._unchanged)
            pair = self._sides[direction].pair(place.before, place.after)
            pair.prover.pay_with(self._steps.share(STEPS_OF_ONE))
            self._inside[key] = descend(pair, steps, self._differences.setdefault(direction, Differences(pair.prover)))
            self._pay(pair.prover.steps)
        return self._inside[key]

    def _pay(self, purse: Steps) -> None:
        self._steps.spent += purse.spent


def _on_the_wire(found: Witness | Undecided, inside: Inside, direction: Direction) -> Witness | Undecided:
    """What was found, as far as it is also no value of the other side when all is written as text."""
    if isinstance(found, Undecided):
        return found
    if any(inside.accepts_whole(direction, value) for value in written_alike(found.value)):
        return Undecided("written as text it is the same as a value that is accepted on both sides")
    return found
