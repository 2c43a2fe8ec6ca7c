"""`null`: whether a schema lets it in, whichever of its parts says so."""

from __future__ import annotations

from monitor.compare import unions, wrappers
from monitor.contract import Contract, Node
from monitor.values import JsonObject

_VALUES = ("enum", "const", "oneOf", "anyOf")


def says(contract: Contract, node: Node, seen: set[str] | None = None) -> bool | None:
    """Whether a schema without wrappers accepts `null` (True) or refuses it (False); None where it leaves that open.

    Under `allOf` each member must accept it.
    """
    value = node.mapping
    typed = contract.dialect.types(value) is not None or any(key in value for key in _VALUES)
    if not typed and "allOf" not in value:
        return None
    if contract.dialect.nullable(value) or _is_listed(value) or _has_branch(contract, node):
        return True
    if typed:
        return False
    known = set[str]() if seen is None else seen
    heard = {_wrapped(contract, branch, known) for branch in unions.branches(node.child("allOf"))}
    return False if False in heard else True if True in heard else None


def _is_listed(value: JsonObject) -> bool:
    """Whether `null` is one of the values listed, and no `type` beside them refuses it."""
    listed = [value["const"]] if "const" in value else value.get("enum")
    return "type" not in value and isinstance(listed, list) and None in listed


def _has_branch(contract: Contract, node: Node) -> bool:
    return any(
        wrappers.is_null(contract, branch)
        for keyword in unions.UNIONS
        for branch in unions.branches(node.child(keyword))
    )


def _wrapped(contract: Contract, node: Node, seen: set[str]) -> bool | None:
    found = wrappers.unwrap(contract, node)
    if found.nullable:
        return True
    if found.core.pointer in seen:  # it was heard: under `allOf` it does not matter how often a member is
        return None
    seen.add(found.core.pointer)
    return says(contract, found.core, seen)
