"""What is written as text: one value, or a list of one, is the same on the wire."""

from __future__ import annotations

from typing import Final

from monitor.compare import keywords, wrappers
from monitor.compare.changes import TypeNarrowed, TypeWidened
from monitor.compare.context import Context, Scope
from monitor.compare.keywords import Types
from monitor.contract import Contract, Node

_LIST = frozenset({"array"})


def one_or_list(context: Context, scope: Scope, before: Node, after: Node, types: tuple[Types, Types]) -> bool:
    """Compare one value with a list, in a parameter that is written again for each item; whether they are such a pair.

    `color=red` is the text `red` and the list of it, so that a list accepts what its items accept, and more.
    """
    if not scope.wire.repeats or (types[0] == _LIST) == (types[1] == _LIST):
        return False
    grows = types[1] == _LIST
    one, many = (before, after) if grows else (after, before)
    alone, least = types[0] if grows else types[1], many.mapping.get("minItems", 0)
    if alone is None or not alone <= keywords.SCALARS or not isinstance(least, int | float) or least > 1:
        return False
    items = wrappers.unwrap(context.after if grows else context.before, many.child("items")).core
    if _says_more(many, _OF_LISTS) or many.mapping.get("maxItems") == 0 or _says_more(items, _OF_ITEMS):
        return False
    pair = (one, items) if grows else (items, one)
    inside = scope.at("[]")
    kinds = [_types(contract, node) for contract, node in zip((context.before, context.after), pair, strict=True)]
    values = {"old": sorted(types[0] or ()), "new": sorted(types[1] or ())}
    context.emit(scope, TypeWidened if grows else TypeNarrowed, (before.pointer, after.pointer), **values)
    keywords.compare_types(context, inside, *pair, *kinds)
    keywords.compare_values(context, inside, *pair, null=False)
    return True


_OF_LISTS: Final = ("type", "items", "minItems", "maxItems", "uniqueItems")
_OF_ITEMS: Final = (
    "type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf",
)  # fmt: skip


def _says_more(node: Node, known: tuple[str, ...]) -> bool:
    """Whether a schema constrains its values by other keywords."""
    return node.value is False or any(wrappers.structural(key) and key not in known for key in node.mapping)


def _types(contract: Contract, node: Node) -> Types:
    return contract.dialect.types(node.mapping)
