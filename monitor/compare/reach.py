"""Reach: through which operations, in which direction and where a client meets each change."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from monitor.compare.changes import Change, Location
from monitor.compare.context import Context, Edge, Fact, Frame, PairKey, Wire
from monitor.contract import Direction, OperationRef, Site

Entry = tuple[OperationRef, Direction]
Reached = dict[PairKey, list[tuple[OperationRef, Direction, str]]]
"""For each pair of definitions the operations that meet it, in order, each with the readable path that leads there."""


Met = dict[PairKey, set[Direction]]
"""The pairs of definitions that differ in themselves, and the directions in which operations meet them."""


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """A pair of definitions that differs in itself, and not only in what it refers to, and what was found there.

    `before`, `after`: their pointers. `changes`: each with the direction in which it is seen, None for both.
    `directions`: in which operations meet the pair. `inner`: the definitions before that those after, which the pair
    refers to, were compared with, by the pointer after.
    """

    before: str
    after: str
    changes: tuple[tuple[Change, Direction | None], ...]
    directions: tuple[Direction, ...]
    inner: Mapping[str, str]


class Way(NamedTuple):
    """A shortest way to a pair of definitions: the pair that it starts from, and the readable path from there."""

    start: PairKey
    where: str


def with_sites(context: Context) -> tuple[list[Change], list[ComparedPair]]:
    """Every change found, each with all the sites through which it is met, and the pairs. Raises BudgetExceeded."""
    found: list[Change] = []
    uses = _uses(context)
    for frame in context.roots:
        for fact in frame.facts:
            sites: tuple[Site, ...] = ()
            if frame.operation is not None and fact.direction is not None:
                visible = fact.only is None or fact.only is fact.direction
                sites = (Site(frame.operation, fact.direction, fact.change.where),) if visible else ()
            found.append(replace(fact.change, sites=sites))
    reached, met = _reached(context)
    for key, frame in context.frames.items():
        for fact in frame.facts:
            sites = _sites(fact, reached.get(key, []))
            context.budget.spend_text(sum(len(site.where) for site in sites))
            change = _at_its_uses(context, fact.change, uses[key]) if key in uses else fact.change
            found.append(replace(change, sites=sites))
    return found, list(_pairs(context, met))


def _pairs(context: Context, met: Met) -> Iterator[ComparedPair]:
    for key in sorted(met):
        frame = context.frames[key]
        inner = {edge.target.after: edge.target.before for edge in frame.edges}
        changes = tuple((fact.change, fact.only or fact.direction) for fact in frame.facts)
        yield ComparedPair(key.before, key.after, changes, tuple(sorted(met[key])), inner)


def sites_of(context: Context, pair: ComparedPair, direction: Direction) -> tuple[Site, ...]:
    """Every operation that meets a pair in a direction. Raises BudgetExceeded."""
    key = PairKey(pair.before, pair.after)
    entries, graph = _entries(context), _Graph(context, direction)
    found = []
    for entry in (each for each in sorted(entries) if each[1] is direction):
        starts = entries[entry]
        way = next((way for reached, way in graph.ways(frozenset(starts)) if reached == key), None)
        if way is not None:
            found.append(Site(entry[0], direction, _joined(starts[way.start], way.where)))
    return tuple(found)


def _differs_itself(context: Context, key: PairKey, frame: Frame) -> bool:
    """Whether a pair is one definition of JSON before and after, and its own words differ.

    Left out is a pair of which `null` is decided elsewhere.
    """
    if key.wire is not Wire.JSON or key.null_told or frame.exchanged:
        return False
    mine, yours = (units.all.get(place) for units, place in zip(context.units, key[:2], strict=True))
    return mine is not None and yours is not None and mine.digest != yours.digest


def _at_its_uses(context: Context, change: Change, uses: dict[Location, str]) -> Change:
    """A change between two definitions that were exchanged: what refers to them was edited, at each of these places."""
    first, *others = sorted(uses, key=lambda use: (use.after or "", use.before or ""))
    where = _joined(uses[first], change.where)
    definition = context.definition(first.before, first.after)
    places = (first, *others)
    return replace(change, location=first, places=places, where=where, definition=definition, at_reference=True)


def _uses(context: Context) -> dict[PairKey, dict[Location, str]]:
    """For each pair of definitions that were exchanged, the references by which they were, with the path to them.

    The path leads there from the definition or operation in which the reference stands.

    What the two refer to in turn differs for the same reason, so that the same references stand for it.
    """
    uses: dict[PairKey, dict[Location, str]] = {}
    waiting: deque[tuple[PairKey, Location, str]] = deque()
    inside: dict[PairKey, list[Edge]] = {key: frame.edges for key, frame in context.frames.items() if frame.exchanged}
    outside = (frame for frame in (*context.roots, *context.frames.values()) if not frame.exchanged)
    for frame in outside:
        waiting.extend((edge.target, edge.place, edge.where) for edge in frame.edges if edge.target in inside)
    while waiting:
        key, use, where = waiting.popleft()
        if use in uses.setdefault(key, {}):
            continue
        context.budget.spend()
        uses[key][use] = where
        waiting.extend((edge.target, use, _joined(where, edge.where)) for edge in inside[key] if edge.target in inside)
    return uses


def _sites(fact: Fact, users: list[tuple[OperationRef, Direction, str]]) -> tuple[Site, ...]:
    below = fact.change.where
    # There may be many thousands on few paths, so that each path is put together once and shared by its sites.
    paths = {where: _joined(where, below) for where in {where for _, _, where in users}}
    return tuple(
        Site(operation, direction, paths[where])
        for operation, direction, where in users
        if fact.only is None or fact.only is direction
    )


def _reached(context: Context) -> tuple[Reached, Met]:
    """Walk from the operations down, once for all those that start from the same definitions in one direction."""
    entries = _entries(context)
    alike: dict[tuple[Direction, frozenset[PairKey]], list[tuple[int, Entry]]] = {}
    for rank, entry in enumerate(sorted(entries)):
        alike.setdefault((entry[1], frozenset(entries[entry])), []).append((rank, entry))
    graphs = {direction: _Graph(context, direction) for direction in Direction}
    ranked: dict[PairKey, list[tuple[int, Entry, str]]] = {}
    met: Met = {key: set() for key, frame in context.frames.items() if _differs_itself(context, key, frame)}
    for (direction, starts), users in alike.items():
        for key, way in graphs[direction].ways(starts):
            if context.frames[key].facts:
                found = ranked.setdefault(key, [])
                found.extend((rank, entry, _joined(entries[entry][way.start], way.where)) for rank, entry in users)
                context.budget.spend_text(len(way.where) * len(users))
            if key in met:
                met[key].add(direction)
    # No two have one rank, so that nothing but numbers is compared.
    return {key: [(*entry, where) for _, entry, where in sorted(found)] for key, found in ranked.items()}, met


def _entries(context: Context) -> dict[Entry, dict[PairKey, str]]:
    """Where each operation itself refers to which pairs of definitions, in which direction."""
    entries: dict[Entry, dict[PairKey, str]] = {}
    for frame in context.roots:
        for edge in frame.edges:
            if frame.operation is not None and edge.direction is not None and _passes(edge, edge.direction):
                entries.setdefault((frame.operation, edge.direction), {}).setdefault(edge.target, edge.where)
    return entries


class _Graph:
    """Which pairs of definitions refer to which, as far as it is seen in one direction."""

    def __init__(self, context: Context, direction: Direction) -> None:
        self._budget = context.budget
        self._targets: dict[PairKey, list[PairKey]] = {}
        self._users: dict[PairKey, list[tuple[PairKey, str]]] = {}
        for key, frame in context.frames.items():
            seen = [edge for edge in frame.edges if _passes(edge, direction)]
            self._targets[key] = list(dict.fromkeys(edge.target for edge in seen))
            for edge in seen:
                self._users.setdefault(edge.target, []).append((key, edge.where))

    def ways(self, starts: frozenset[PairKey]) -> Iterator[tuple[PairKey, Way]]:
        """Every pair that is reached, each with its shortest way.

        Of several as short, the one whose last step stands first among those that lead to the pair, and so on upwards.
        """
        distances = self._distances(starts)
        ways: dict[PairKey, Way] = {}
        for key, distance in distances.items():
            ways[key] = Way(key, "") if distance == 0 else self._from_above(key, distance - 1, distances, ways)
            yield key, ways[key]

    def _from_above(self, key: PairKey, distance: int, distances: dict[PairKey, int], ways: dict[PairKey, Way]) -> Way:
        user, where = next((user, where) for user, where in self._users[key] if distances.get(user) == distance)
        above = ways[user]
        # What is kept for those below is text as well, whether or not a change is met on the way.
        self._budget.spend_text(len(above.where))
        return Way(above.start, _joined(above.where, where))

    def _distances(self, starts: frozenset[PairKey]) -> dict[PairKey, int]:
        """The steps to every pair that is reached, the nearest first."""
        distances = dict.fromkeys(starts, 0)
        waiting = list(starts)
        for key in waiting:
            self._budget.spend()
            for target in self._targets[key]:
                if target not in distances:
                    distances[target] = distances[key] + 1
                    waiting.append(target)
        return distances


def _passes(edge: Edge, direction: Direction) -> bool:
    return edge.direction in (None, direction) and edge.only in (None, direction)


def _joined(first: str, second: str) -> str:
    if not first or not second:
        return first or second
    return f"{first}{second}" if second.startswith("[]") else f"{first} > {second}"
