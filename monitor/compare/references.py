"""References themselves: what stands beside them, and those that lead out of the document or nowhere.

What the latter name is not here to compare, only that they moved.
"""

from __future__ import annotations

from itertools import zip_longest

from monitor.compare.applicators import without_effect
from monitor.compare.changes import Unclassified
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import DOCS, leftovers
from monitor.compare.security import CALLING
from monitor.contract import Contract, Node, Operation, target_of
from monitor.values import canonical_bytes, join


def compare_path_references(context: Context) -> None:
    """Compare the references among the paths and webhooks."""
    scope = Scope(context.root(), direction=CALLING)
    for key in ("paths", *sorted({*context.before.webhooks, *context.after.webhooks})):
        pointer = join("", key)
        mine, yours = context.before.at(pointer), context.after.at(pointer)
        _compare_items(context, scope, mine, yours)
        leftovers(context, Scope(context.root()), _extensions(mine), _extensions(yours), ())


def _extensions(node: Node) -> Node:
    return Node(node.pointer, {key: value for key, value in node.mapping.items() if str(key).startswith("x-")})


def compare_callback_references(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Compare the references among the callbacks of an operation."""
    mine, yours = (Node(side.pointer, side.node).child("callbacks") for side in (before, after))
    _compare_items(context, scope, mine, yours)
    for name in sorted(str(name) for name in mine.mapping.keys() & yours.mapping.keys()):
        callbacks = context.before.refs.follow(mine.child(name)), context.after.refs.follow(yours.child(name))
        _compare_items(context, scope, *callbacks)


def _compare_items(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """What path items say beside their `$ref`, and a `$ref` that cannot be followed.

    Their operations are told where they stand; of these nothing else tells.
    """
    for name in sorted(str(name) for name in before.mapping.keys() & after.mapping.keys()):
        places = before.child(name), after.child(name)
        if any(target_of(place.value) is not None for place in places) and not name.startswith("x-"):
            followed = _is_followed(context.before, places[0]) and _is_followed(context.after, places[1])
            sides = [place if target_of(place.value) else Node(place.pointer, {}) for place in places]
            leftovers(context, scope, sides[0], sides[1], {"$ref"} if followed else ())


def compare_beside_references(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell what stands beside the `$ref`s that led to two things.

    It is a text of its own to read (OAS 3.1.1, section 4.8.23), or has no effect (OAS 3.0.4, section 4.8.23).
    """
    if before.used_at is None and after.used_at is None:
        return
    mine, yours = _reference(context.before, before), _reference(context.after, after)
    keys = {str(key) for key in mine.mapping.keys() | yours.mapping.keys()} - {"$ref"}
    idle = {key for key in keys if key not in DOCS and not key.startswith("x-")}
    leftovers(context, scope, mine, yours, idle | {"$ref"})
    for keyword in sorted(idle):
        without_effect(context, scope, mine, yours, keyword)


def _reference(contract: Contract, node: Node) -> Node:
    return Node(node.pointer, {}) if node.used_at is None else contract.at(node.used_at)


def _is_followed(contract: Contract, place: Node) -> bool:
    return target_of(contract.refs.follow(place).value) is None


def compare_unread_parameters(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Tell of parameters that stand elsewhere: what is no reference and has no name is told as it stands, too."""
    mine, yours = _unread(context.before, before), _unread(context.after, after)
    both = mine.keys() & yours.keys()
    gone, come = ([side[key] for key in sorted(side.keys() - both)] for side in (mine, yours))
    for old, new in zip_longest(gone, come):
        places = old.pointer if old else None, new.pointer if new else None
        values = {"old": old.value if old else None, "new": new.value if new else None}
        context.emit(scope.at("parameter"), Unclassified, places, keyword="parameters", **values)


def _unread(contract: Contract, operation: Operation) -> dict[bytes, Node]:
    """The parameters of an operation and of its path that have no name or no place, by what they say."""
    found: dict[bytes, Node] = {}
    for holder in (operation.path_item, Node(operation.pointer, operation.node)):
        listed = holder.child("parameters")
        for index in range(len(listed.value) if isinstance(listed.value, list) else 0):
            node = contract.refs.follow(listed.child(index))
            if not all(isinstance(node.mapping.get(key), str) for key in ("name", "in")):
                found[canonical_bytes(node.value)] = node
    return found
