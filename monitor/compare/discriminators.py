"""Discriminators: which property tells the variants of a union apart, and which values name them."""

from __future__ import annotations

from monitor.compare.changes import (
    Change,
    DiscriminatorAdded,
    DiscriminatorChanged,
    DiscriminatorRemoved,
    DiscriminatorValueAdded,
    DiscriminatorValueChanged,
    DiscriminatorValueRemoved,
)
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import leftovers
from monitor.contract import Node
from monitor.values import same


def compare_discriminators(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare the Discriminator Objects of two schemas (OAS 3.0.4, section 4.8.25); in 2.0 it is the name alone."""
    mine, yours = _as_object(before.child("discriminator")), _as_object(after.child("discriminator"))
    if mine is None and yours is None:
        return
    if mine is None or yours is None:
        kind: type[Change] = DiscriminatorAdded if mine is None else DiscriminatorRemoved
        places = mine.pointer if mine else None, yours.pointer if yours else None
        context.emit(scope, kind, places, old=mine.value if mine else None, new=yours.value if yours else None)
        return
    names = mine.mapping.get("propertyName"), yours.mapping.get("propertyName")
    if not same(*names):
        context.emit(scope, DiscriminatorChanged, (mine.pointer, yours.pointer), old=names[0], new=names[1])
    _mappings(context, scope, mine.child("mapping"), yours.child("mapping"))
    leftovers(context, scope, mine, yours, ("propertyName", "mapping"))


def _as_object(node: Node) -> Node | None:
    """The object; a name alone says as much as an object with that name. None where nothing is said."""
    if isinstance(node.value, str):
        return Node(node.pointer, {"propertyName": node.value})
    return node if isinstance(node.value, dict) else None


def _mappings(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.mapping, after.mapping
    for value in sorted(mine.keys() | yours.keys()):
        old, new = before.child(value), after.child(value)
        places = old.pointer if value in mine else None, new.pointer if value in yours else None
        if same(old.value, new.value):
            continue
        kind: type[Change] = DiscriminatorValueChanged
        if value not in mine:
            kind = DiscriminatorValueAdded
        elif value not in yours:
            kind = DiscriminatorValueRemoved
        context.emit(scope, kind, places, old=old.value, new=new.value, value=value)
