"""Definitions inside schemas (`$defs`, `definitions`): those that no `$ref` leads to are told as they stand.

All others are compared where they are used, like any schema.
"""

from __future__ import annotations

from monitor.compare.changes import KeywordWithoutEffect
from monitor.compare.context import Context
from monitor.contract import Contract, Node, target_of
from monitor.errors import ReferenceUnresolved
from monitor.values import same


def compare_unused_definitions(context: Context) -> None:
    """Tell of each definition that differs and that nothing uses, neither before nor after."""
    if not context.definitions:
        return
    mine = _used(context.before, {before.pointer for _, before, _ in context.definitions})
    yours = _used(context.after, {after.pointer for _, _, after in context.definitions})
    for scope, before, after in context.definitions:
        keyword = before.pointer.rpartition("/")[2]
        for name in sorted(str(name) for name in before.mapping.keys() | after.mapping.keys()):
            old, new = before.child(name), after.child(name)
            first = old.pointer if name in before.mapping else None
            second = new.pointer if name in after.mapping else None
            differs = first is None or second is None or not same(old.value, new.value)
            if differs and first not in mine and second not in yours:
                values = {"old": old.value, "new": new.value}
                context.emit(scope, KeywordWithoutEffect, (first, second), keyword=keyword, **values)


def _used(contract: Contract, holders: set[str]) -> set[str]:
    """The places in a document that a `$ref` leads to, but for those that only unused definitions name."""
    used: set[str] = set()
    waiting = [Node("", contract.root)]
    while waiting:
        node = waiting.pop()
        target = _target(contract, node)
        if target is not None and target.pointer not in used:
            used.add(target.pointer)
            # What is not among the definitions is walked over anyway.
            if any(target.pointer.startswith(f"{holder}/") for holder in holders):
                waiting.append(target)
        keys = node.mapping if isinstance(node.value, dict) else range(len(node.value))
        inner = (node.child(key) for key in keys)
        waiting.extend(each for each in inner if isinstance(each.value, dict | list) and each.pointer not in holders)
    return used


def _target(contract: Contract, node: Node) -> Node | None:
    reference = target_of(node.value)
    try:
        found = None if reference is None else contract.refs.hop(reference)
    except ReferenceUnresolved:
        return None
    return found if found is not None and isinstance(found.value, dict | list) else None
