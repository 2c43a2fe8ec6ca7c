"""Reach: through which operations, in which direction and where a client meets each change."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from monitor.compare.changes import Change
from monitor.compare.context import Context, Edge, Frame, PairKey
from monitor.contract import Direction, OperationRef, Site

Reached = list[tuple[OperationRef, Direction, str]]
"""Operation, direction and the readable path that leads to a definition (the shortest one), in order."""


def with_sites(context: Context) -> list[Change]:
    """Every change found, each with all the sites through which it is met."""
    users = _users(context)
    found: list[Change] = []
    for frame in context.roots:
        for fact in frame.facts:
            sites: tuple[Site, ...] = ()
            if frame.operation is not None and fact.direction is not None:
                visible = fact.only is None or fact.only is fact.direction
                sites = (Site(frame.operation, fact.direction, fact.change.where),) if visible else ()
            found.append(replace(fact.change, sites=sites))
    for key, frame in context.frames.items():
        if frame.facts:
            reached = _reached(key, users)
            for fact in frame.facts:
                sites = tuple(
                    Site(operation, direction, _joined(where, fact.change.where))
                    for operation, direction, where in reached
                    if fact.only is None or fact.only is direction
                )
                found.append(replace(fact.change, sites=sites))
    return found


def _users(context: Context) -> dict[PairKey, list[tuple[PairKey | None, Frame, Edge]]]:
    """Who refers to a pair of definitions: other pairs by their key, operations by None."""
    users: dict[PairKey, list[tuple[PairKey | None, Frame, Edge]]] = {}
    for frame in context.roots:
        for edge in frame.edges:
            users.setdefault(edge.target, []).append((None, frame, edge))
    for key, frame in context.frames.items():
        for edge in frame.edges:
            users.setdefault(edge.target, []).append((key, frame, edge))
    return users


def _reached(key: PairKey, users: dict[PairKey, list[tuple[PairKey | None, Frame, Edge]]]) -> Reached:
    """Walk from a definition up to the operations, breadth first, so that the first path found is a shortest."""
    found: dict[tuple[OperationRef, Direction], str] = {}
    for direction in Direction:
        waiting, seen = deque([(key, "")]), {key}
        while waiting:
            at, where = waiting.popleft()
            for user, frame, edge in users.get(at, ()):
                if not _passes(edge, direction):
                    continue
                path = _joined(edge.where, where)
                if user is None:
                    if frame.operation is not None and edge.direction is direction:
                        found.setdefault((frame.operation, direction), path)
                elif user not in seen:
                    seen.add(user)
                    waiting.append((user, path))
    return [(operation, direction, path) for (operation, direction), path in sorted(found.items())]


def _passes(edge: Edge, direction: Direction) -> bool:
    return edge.direction in (None, direction) and edge.only in (None, direction)


def _joined(first: str, second: str) -> str:
    if not first or not second:
        return first or second
    return f"{first}{second}" if second.startswith("[]") else f"{first} > {second}"
