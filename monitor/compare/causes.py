"""Root causes: one edit is one change, in however many places the document repeats it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from functools import cache
from itertools import groupby

from monitor.compare.changes import (
    Change,
    ComponentAdded,
    ComponentRemoved,
    ComponentRenamed,
    Location,
    OperationAdded,
    OperationRemoved,
    PathAdded,
    PathRemoved,
    UnstableOperationRemoved,
)
from monitor.contract import Site
from monitor.values import canonical_bytes

_APART = (
    OperationAdded, OperationRemoved, UnstableOperationRemoved, PathAdded, PathRemoved, ComponentAdded,
    ComponentRemoved, ComponentRenamed,
)  # fmt: skip
"""Each of these is an edit of its own, even when two look alike."""

_OF_THE_PLACE = {"location", "places", "sites", "where", "definition", "at_reference", "before", "after"}


_Facts = tuple[object, ...]
_Known = tuple[_Facts, Change]
"""A change and what differs by it, found once: the values may be large."""


def one_edit_each(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Bring together what is one edit: the same place met on several ways, and the same edit in several places.

    The order is by location and does not depend on the order in which changes were found.
    """
    # Several properties of a definition that a reference leads to now are told at the one reference.
    at_place: dict[tuple[_Facts, Location, str], list[Change]] = {}
    for change in changes:
        step = _step(change) if change.at_reference else ""
        at_place.setdefault((_facts(change), change.location, step), []).append(change)
    merged = _in_order((facts, _together(group)) for (facts, *_), group in at_place.items())
    alike: dict[tuple[_Facts, str, Location | None], list[Change]] = {}
    for facts, change in merged:
        apart = change.location if isinstance(change, _APART) else None
        alike.setdefault((facts, _step(change), apart), []).append(change)
    return tuple(change for _, change in _in_order((key[0], _together(group)) for key, group in alike.items()))


def _facts(change: Change) -> _Facts:
    """What differs, whatever the place: the kind, its arguments and the values."""
    names = _arguments(type(change))  # type: ignore[arg-type]  # mypy: instances are not hashable; their class is
    arguments = tuple((name, _hashable(getattr(change, name))) for name in names)
    return type(change).__name__, arguments, canonical_bytes(change.before), canonical_bytes(change.after)


@cache
def _arguments(kind: type[Change]) -> tuple[str, ...]:
    """The names of the fields that say what differs."""
    return tuple(field.name for field in fields(kind) if field.name not in _OF_THE_PLACE)


def _hashable(value: object) -> object:
    return canonical_bytes(value) if isinstance(value, dict | list | bool | int | float) else value


def _step(change: Change) -> str:
    """The last step of the readable path: the same edit of properties with other names is not one edit.

    Bodies and responses count as one name: a schema written out in each of them was edited once.
    """
    path, _, step = change.where.rpartition(" > ")
    return "body" if not path and step.startswith(("body", "response ")) else step


def _in_order(known: Iterable[_Known]) -> list[_Known]:
    """By location; of several at one place, which are few, by what differs."""
    ordered: list[_Known] = []
    for _, group in groupby(sorted(known, key=_place), key=_place):
        at_one_place = list(group)
        if len(at_one_place) > 1:
            at_one_place.sort(key=lambda each: (repr(each[0]), each[1].where))
        ordered.extend(at_one_place)
    return ordered


def _place(known: _Known) -> tuple[str, str, str]:
    change = known[1]
    return *_place_order(change.location), type(change).__name__


def _place_order(place: Location) -> tuple[str, str]:
    return place.after or place.before or "", place.before or ""


def _together(group: list[Change]) -> Change:
    if len(group) == 1:
        # Most changes are alone, and the sites of one are in order: sorting them again was a third of the time.
        return group[0] if group[0].places else replace(group[0], places=(group[0].location,))
    places: set[Location] = {place for change in group for place in (change.places or (change.location,))}
    sites: set[Site] = {site for change in group for site in change.sites}
    first = min(group, key=lambda change: _place_order(change.location))
    others = sorted(places - {first.location}, key=_place_order)
    return replace(first, places=(first.location, *others), sites=tuple(sorted(sites)))
