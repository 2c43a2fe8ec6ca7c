"""What the declaration of a parameter limits that is sent whether it is declared or not: that of a path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from monitor.compare import all_of, schemas, unions, wrappers
from monitor.compare.changes import SchemaAdded, SchemaRemoved
from monitor.compare.context import Context, Scope
from monitor.contract import Contract, Node

_LIMITS: Final = (
    "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minItems", "maxItems", "uniqueItems", "not",
)  # fmt: skip


def compare_limits_alone(context: Context, scope: Scope, schema: Node, *, gone: bool) -> None:
    """Tell what a declaration without another one limits: the path's template by itself lets any value be sent.

    `gone`: the declaration is that of the document before. A union of which each variant is limited is one limit.
    """
    contract = context.before if gone else context.after
    for place, part in _parts(contract, scope, schema, frozenset()):
        # No node that a `$ref` led to: as a pair of definitions these two are not to be known.
        limited = Node(part.pointer, part.mapping).only(("type", "format", *_LIMITS))
        free = limited.without(_LIMITS)
        schemas.compare_schemas(context, place, *((limited, free) if gone else (free, limited)))
        for keyword in unions.UNIONS:
            union = part.child(keyword)
            branches = list(unions.branches(union))
            if branches and all(_is_limited(contract, scope, branch) for branch in branches):
                if gone:
                    context.emit(place, SchemaRemoved, (union.pointer, None), old=union.value)
                else:
                    context.emit(place, SchemaAdded, (None, union.pointer), new=union.value)


def _is_limited(contract: Contract, scope: Scope, schema: Node) -> bool:
    """Whether a schema limits its values, in whichever part."""
    if schema.value is False:
        return True
    for _, part in _parts(contract, scope, schema, frozenset()):
        branches = [list(unions.branches(part.child(keyword))) for keyword in unions.UNIONS]
        inside = (found and all(_is_limited(contract, scope, branch) for branch in found) for found in branches)
        if not part.mapping.keys().isdisjoint(_LIMITS) or any(inside):
            return True
    return False


def _parts(contract: Contract, scope: Scope, schema: Node, seen: frozenset[str]) -> Iterator[tuple[Scope, Node]]:
    """The schemas that all hold of a value, and of the items of a list, each at its own place."""
    core = wrappers.unwrap(contract, schema).core
    if core.pointer in seen:  # a schema that is inside itself
        return
    for part in all_of.parts(contract, core):
        yield scope, part
        items = part.child("items")
        if isinstance(items.value, dict):
            yield from _parts(contract, scope.at("[]"), items, seen | {core.pointer})
