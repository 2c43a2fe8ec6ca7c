"""`null`: whether a schema lets it in, whichever of its parts says so."""

from __future__ import annotations

from monitor.compare import unions, wrappers
from monitor.contract import Contract, Node
from monitor.values import JsonValue

_MARKS = ("nullable", "x-nullable")
_OF_THE_SAME = frozenset({"allOf", "anyOf", "oneOf", "if", "not"})
"""Keywords with more schemas of the same value, each of which may refuse `null`."""


def says(contract: Contract, node: Node, seen: set[str] | None = None) -> bool | None:
    """Whether a schema without wrappers accepts `null` (True) or refuses it (False); None where it leaves that open.

    Under `allOf` each member must accept it.
    """
    value = node.mapping
    typed, listed = contract.dialect.types(value) is not None, _listed(node)
    decided = typed or listed is not None or any(keyword in value for keyword in unions.UNIONS)
    if value.get("not") in (True, {}):
        return False
    if listed is not None and None not in listed and contract.dialect.types(value) == frozenset():
        return False  # nothing but `null`, and not `null`
    if not _OF_THE_SAME.isdisjoint(value) and not is_marked(node) and not _fits(contract, node, {}):
        return False
    if not decided and "allOf" not in value:
        return None
    # Beside a list of values without `null` the word decides nothing by the letter, and is meant (docs/stance.md).
    if contract.dialect.nullable(value):
        return True
    # In 3.1 a type without `null` refuses it, whatever stands beside.
    if unions.has_null(contract, node) and not (typed and contract.dialect.ref_siblings):
        return True
    if not typed and listed is not None and None in listed:
        return True
    if decided:  # a variant of anything leaves it open
        return None if not typed and listed is None and _fits(contract, node, {}) else False
    known = set[str]() if seen is None else seen
    heard = {_wrapped(contract, branch, known) for branch in unions.branches(node.child("allOf"))}
    return False if False in heard else True if True in heard else None


def _fits(contract: Contract, node: Node, known: dict[str, bool]) -> bool:
    """Whether `null` fits a schema, all of its parts taken by the letter; where it leads in a circle it does."""
    if is_marked(node):
        return True
    node = contract.refs.follow(node)
    if isinstance(node.value, bool):
        return node.value
    if node.pointer not in known:  # many ways may lead there
        known[node.pointer] = True
        known[node.pointer] = _fit(contract, node, known)
    return known[node.pointer]


def _fit(contract: Contract, node: Node, known: dict[str, bool]) -> bool:
    value, listed = node.mapping, _listed(node)
    types, left_out = contract.dialect.types(value), listed is not None and None not in listed
    if left_out and types == frozenset():
        return False  # nothing but `null`, and not `null`
    decided = types is not None or left_out
    if is_marked(node) or (decided and not contract.dialect.nullable(value)):
        return is_marked(node)

    def fits(holder: Node) -> bool:
        return _fits(contract, holder, known)

    excluded, asked = node.child("not"), node.child("if")
    if excluded.value is not None and fits(excluded):
        return False
    if asked.value is not None and not fits(node.child("then" if fits(asked) else "else")):
        return False
    found = [[fits(each) for each in unions.branches(node.child(keyword))] for keyword in ("allOf", "anyOf", "oneOf")]
    return all(found[0]) and (any(found[1]) or not found[1]) and (found[2].count(True) == 1 or not found[2])


def _listed(node: Node) -> list[JsonValue] | None:
    value = node.mapping
    if "const" in value:
        return [value["const"]]
    return value["enum"] if isinstance(value.get("enum"), list) else None


def _wrapped(contract: Contract, node: Node, seen: set[str]) -> bool | None:
    found = wrappers.unwrap(contract, node)
    if found.nullable:
        return True
    if found.core.pointer in seen:  # it was heard: under `allOf` it does not matter how often a member is
        return None
    seen.add(found.core.pointer)
    return says(contract, found.core, seen)


def is_marked(node: Node) -> bool:
    """Whether a schema bears the mark that `null` is accepted beside its type (OAS 3.0.4, section 4.8.24.1)."""
    return any(node.mapping.get(mark) is True for mark in _MARKS)
