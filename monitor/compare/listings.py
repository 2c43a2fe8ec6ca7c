"""What schemas list together: properties and items that others of one value leave to `additionalProperties`,
`unevaluatedProperties` and `unevaluatedItems` (JSON Schema 2020-12, sections 10.3 and 11).
"""

from __future__ import annotations

from monitor.compare import evaluated, objects, schemas
from monitor.compare.changes import (
    AdditionalPropertiesNarrowed,
    AdditionalPropertiesWidened,
    ClosedPatternPropertyAdded,
    ClosedPropertyAdded,
    PatternPropertyRemoved,
    PropertyRemoved,
    SubschemaChanged,
)
from monitor.compare.context import Context, Scope
from monitor.compare.evaluated import Listing
from monitor.contract import Node


def compare_listed(
    context: Context, scope: Scope, sides: tuple[Node, Node], gone: list[Node], come: list[Node]
) -> None:
    """Tell what members of an `allOf` that stand on one side alone list, but for what they say of one object together:
    properties, and `additionalProperties`. `sides`: the schemas that have the `allOf`.
    """
    alone = [[(scope, node.without(("additionalProperties",))) for node in nodes] for nodes in (gone, come)]
    listed_go(context, scope, sides, alone[0])
    listed_come(context, scope, sides, alone[1])


def listed_go(context: Context, scope: Scope, sides: tuple[Node, Node], gone: list[tuple[Scope, Node]]) -> None:
    """Tell of names that only schemas which are gone listed: nothing accepts them in a request now.

    `sides`: the schemas that these stood in, which may be parts of others.
    """
    if not gone:
        return
    closed = any(evaluated.closes(context.after, each) for each in around(scope, sides, 1))
    known, left = _listed_around(context, scope, sides)
    for place, node in gone:
        found = evaluated.in_place(context.before, node, under_if=True)
        for each in found.openings if closed else ():
            values = {"old": each.value, "implicit": True}
            context.emit(place, AdditionalPropertiesNarrowed, (each.pointer, None), **values)
        for name in sorted(found.names.keys() - known.names.keys()):
            listed = found.names[name]
            if name in left.names:
                schemas.compare_schemas(context, scope.at(name), _stated(listed), _stated(left.names[name]))
            elif closed:
                old = _stated(listed).value
                context.emit(place.at(name), PropertyRemoved, (listed.pointer, None), old=old, name=name)
        for pattern in sorted(found.patterns.keys() - left.patterns.keys()) if closed else ():
            listed = found.patterns[pattern]
            values = {"old": listed.value, "pattern": pattern, "open": False}
            context.emit(place.at(f"{{{pattern}}}"), PatternPropertyRemoved, (listed.pointer, None), **values)


def listed_come(context: Context, scope: Scope, sides: tuple[Node, Node], come: list[tuple[Scope, Node]]) -> None:
    """Tell of names that schemas which are new list, where the whole had ruled them out."""
    if not come or scope.ruled_out is None:
        return
    known, told = _listed_around(context, scope, sides)
    for place, node in come:
        found = evaluated.in_place(context.after, node, under_if=True, asked=False)
        for each in found.openings:
            values = {"new": each.value, "implicit": False}
            context.emit(place, AdditionalPropertiesWidened, (None, each.pointer), **values)
        for name in sorted(found.names.keys() - known.names.keys() - told.names.keys()):
            listed = found.names[name]
            if objects.rules_out(context, scope.ruled_out[0], listed):
                context.emit(place.at(name), ClosedPropertyAdded, (None, listed.pointer), new=listed.value, name=name)
        for pattern in sorted(found.patterns.keys() - known.patterns.keys()):
            listed = found.patterns[pattern]
            values = {"new": listed.value, "pattern": pattern, "open": False}
            context.emit(place.at(f"{{{pattern}}}"), ClosedPatternPropertyAdded, (None, listed.pointer), **values)


def _stated(node: Node) -> Node:
    """The schema of a name that is listed; one that is only required may have any value."""
    return Node(node.pointer, {}) if isinstance(node.value, list) else node


def around(scope: Scope, sides: tuple[Node, Node], side: int) -> tuple[Node, ...]:
    """A schema and the outermost one of the value, on one side (0: before)."""
    return (sides[side],) if scope.wholes is None else (sides[side], scope.wholes[side])


def _listed_around(context: Context, scope: Scope, sides: tuple[Node, Node]) -> list[Listing]:
    """What two schemas, or those that they are parts of, list whichever condition holds."""
    return [
        Listing.of(evaluated.surely(contract, each) for each in around(scope, sides, side))
        for side, contract in enumerate((context.before, context.after))
    ]


def compare_evaluated_items(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell that `unevaluatedItems` is about other items now, as other schemas look at them: undecided."""
    sides = (context.before, before), (context.after, after)
    if not all(evaluated.refuses_items(node) for _, node in sides):
        return
    if evaluated.looks_at_items(*sides[0]) != evaluated.looks_at_items(*sides[1]):
        mine, yours = before.child("unevaluatedItems"), after.child("unevaluatedItems")
        values = {"old": mine.value, "new": yours.value, "keyword": "unevaluatedItems"}
        context.emit(scope.at("(unevaluatedItems)"), SubschemaChanged, (mine.pointer, yours.pointer), **values)
