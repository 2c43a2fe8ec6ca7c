"""What the comparators of parameters, bodies, responses and headers have in common."""

from __future__ import annotations

import re
from typing import Final

from monitor.compare.changes import SchemaAdded, SchemaRemoved
from monitor.compare.context import Context, Scope
from monitor.contract import Direction, Node, Operation
from monitor.values import join

TEMPLATED: Final = re.compile(r"\{(?!\$)[^{}]*\}")
"""A parameter of a path template; what begins with `$` is a runtime expression (OAS 3.0.4, section 4.8.20.4)."""


def is_clean(context: Context, before: Node, after: Node) -> bool:
    """Whether both are the same shared definition, and nothing it reaches differs."""
    return before.pointer == after.pointer and before.referenced and not context.is_dirty(before.pointer)


def unchanged(context: Context, before: Node, after: Node) -> bool:
    """Whether two parameters or headers are the same: all of one is said in its place."""
    return is_clean(context, before, after) or context.is_unchanged(before, after)


def received(operation: Operation) -> Direction:
    return Direction.REQUEST if operation.inverted else Direction.RESPONSE


def sent(operation: Operation) -> Direction:
    return Direction.RESPONSE if operation.inverted else Direction.REQUEST


def stated_at(nodes: tuple[Node, Node], keyword: str) -> tuple[str, str]:
    """Where a member stands; the object itself on a side that does not say it."""
    first, second = (join(node.pointer, keyword) if keyword in node.mapping else node.pointer for node in nodes)
    return first, second


def one_sided(context: Context, scope: Scope, before: Node | None, after: Node | None) -> None:
    """A schema came where any value went, or the other way round."""
    if after is not None and before is None:
        context.emit(scope, SchemaAdded, (None, after.pointer), new=after.value)
    elif before is not None and after is None:
        context.emit(scope, SchemaRemoved, (before.pointer, None), old=before.value)
