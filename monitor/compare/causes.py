"""Root causes: one edit is one change, in however many places the document repeats it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace

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

_OF_THE_PLACE = {"location", "places", "sites", "where", "definition", "before", "after"}


def one_edit_each(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Bring together what is one edit: the same place met on several ways, and the same edit in several places.

    The order is by location and does not depend on the order in which changes were found.
    """
    at_place: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        at_place.setdefault((*_facts(change), change.location), []).append(change)
    merged = [_together(group) for group in at_place.values()]
    alike: dict[tuple[object, ...], list[Change]] = {}
    for change in sorted(merged, key=_order):
        apart = change.location if isinstance(change, _APART) else None
        key = (*_facts(change), _step(change), apart)
        alike.setdefault(key, []).append(change)
    return tuple(sorted((_together(group) for group in alike.values()), key=_order))


def _facts(change: Change) -> tuple[object, ...]:
    """What differs, whatever the place: the kind, its arguments and the values."""
    names = (field.name for field in fields(change) if field.name not in _OF_THE_PLACE)
    arguments = tuple((name, _hashable(getattr(change, name))) for name in names)
    return type(change).__name__, arguments, canonical_bytes(change.before), canonical_bytes(change.after)


def _hashable(value: object) -> object:
    return canonical_bytes(value) if isinstance(value, dict | list | bool | int | float) else value


def _step(change: Change) -> str:
    """The last step of the readable path: the same edit of properties with other names is not one edit.

    Bodies and responses count as one name: a schema written out in each of them was edited once.
    """
    path, _, step = change.where.rpartition(" > ")
    return "body" if not path and step.startswith(("body", "response ")) else step


def _order(change: Change) -> tuple[str, ...]:
    location = change.location
    return (location.after or location.before or "", location.before or "", type(change).__name__, repr(_facts(change)))


def _place_order(place: Location) -> tuple[str, str]:
    return place.after or place.before or "", place.before or ""


def _together(group: list[Change]) -> Change:
    if len(group) == 1:
        # Most changes are alone, and the sites of one are in order: sorting them again was a third of the time.
        return group[0] if group[0].places else replace(group[0], places=(group[0].location,))
    places: set[Location] = {place for change in group for place in (change.places or (change.location,))}
    sites: set[Site] = {site for change in group for site in change.sites}
    first = min(group, key=_order)
    others = sorted(places - {first.location}, key=_place_order)
    return replace(first, places=(first.location, *others), sites=tuple(sorted(sites)))
