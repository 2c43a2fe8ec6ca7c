"""Who may call: security requirements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.compare.changes import (
    SecurityAlternativeAdded,
    SecurityAlternativeLoosened,
    SecurityAlternativeRemoved,
    SecurityAlternativeTightened,
    SecurityBecameOptional,
    SecurityBecameRequired,
    SecurityScopeAdded,
    SecurityScopeRemoved,
)
from monitor.compare.context import Context, Scope
from monitor.compare.security_schemes import compare_scheme, renamed_schemes
from monitor.contract import Contract, Direction, Node, Operation
from monitor.values import join, same

ANONYMOUS: tuple[str, ...] = ()
"""What an alternative asks for that lets anybody in."""


@dataclass(frozen=True, slots=True)
class _Alternative:
    """One way to authenticate: the names of its schemes, sorted, as the later document has them, with their scopes."""

    names: tuple[str, ...]
    scopes: tuple[frozenset[str], ...]
    node: Node
    written: Mapping[str, str]
    """The names as they are written in its own document."""

    @property
    def shown(self) -> tuple[str, ...]:
        """The names as its own document has them, sorted."""
        return tuple(sorted(self.written.values()))

    def suffices_for(self, other: _Alternative) -> bool:
        """Whether it asks for less: whoever has what the other asks for is let in by this one, and more than that."""
        held = dict(zip(other.names, other.scopes, strict=True))
        asked = zip(self.names, self.scopes, strict=True)
        fewer = self.names != ANONYMOUS and set(self.names) < set(other.names)
        return fewer and all(scopes <= held[name] for name, scopes in asked)


def _alternatives(node: Node, renamed: Mapping[str, str]) -> list[_Alternative]:
    """The alternatives of a list of Security Requirement Objects (OAS 3.1.1, section 4.8.30); none is anonymous."""
    found: dict[tuple[tuple[str, ...], tuple[frozenset[str], ...]], _Alternative] = {}
    for index, requirement in enumerate(node.value if isinstance(node.value, list) else []):
        if isinstance(requirement, dict):
            place = node.child(index)
            written = {renamed.get(name, name): name for name in requirement}
            names = tuple(sorted(written))
            scopes = tuple(frozenset(_listed(place.child(written[name]))) for name in names)
            found.setdefault((names, scopes), _Alternative(names, scopes, place, written))
    return list(found.values()) or [_Alternative(ANONYMOUS, (), node, {})]


def _in_force(contract: Contract, operation: Operation) -> Node:
    """The security requirements of an operation.

    Those of the root are of the calls that the provider takes: what it calls itself asks only for what it says.
    """
    own = Node(operation.pointer, operation.node).child("security")
    return contract.security(operation) if operation.ref.kind == "operation" else own


def compare_security(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Compare the security requirements in force for an operation; one list of the root reaches all that inherit it."""
    nodes = _in_force(context.before, before), _in_force(context.after, after)
    if same(nodes[0].value, nodes[1].value):
        return
    mine = _alternatives(nodes[0], renamed_schemes(context))
    yours = _alternatives(nodes[1], {})
    optional = _optional(context, scope, nodes, mine, yours)
    left, right = _without_pairs(context, scope, mine, yours)
    replaced = optional is SecurityBecameOptional and len(yours) == 1
    for old in left:
        _went(context, scope, old, (yours, right), replaced=replaced)
    for new in right if optional is not SecurityBecameRequired else ():
        values = {"new": new.node.value, "schemes": new.shown}
        context.emit(scope, SecurityAlternativeAdded, (None, new.node.pointer), **values)


def _optional(
    context: Context, scope: Scope, nodes: tuple[Node, Node], mine: list[_Alternative], yours: list[_Alternative]
) -> type[SecurityBecameRequired | SecurityBecameOptional] | None:
    """Tell when anonymous access came or went; the alternatives that replace it are part of that fact."""
    was, now = (any(one.names == ANONYMOUS for one in side) for side in (mine, yours))
    if was == now:
        return None
    kind = SecurityBecameRequired if was else SecurityBecameOptional
    names = sorted({name for one in (yours if was else mine) for name in one.shown})
    first, second = (node.pointer if isinstance(node.value, list) else None for node in nodes)
    context.emit(scope, kind, (first, second), old=nodes[0].value, new=nodes[1].value, schemes=tuple(names))
    return kind


def _without_pairs(
    context: Context, scope: Scope, mine: list[_Alternative], yours: list[_Alternative]
) -> tuple[list[_Alternative], list[_Alternative]]:
    """Compare the scopes of alternatives that ask for the same schemes; what is left of both sides, by its names."""
    left = sorted((one for one in mine if one.names != ANONYMOUS), key=_order)
    right = sorted((one for one in yours if one.names != ANONYMOUS), key=_order)
    for equal in (True, False):
        for old in list(left):
            new = next(
                (one for one in right if one.names == old.names and (not equal or one.scopes == old.scopes)), None
            )
            if new is not None:
                _scopes(context, scope, old, new)
                left.remove(old)
                right.remove(new)
    return left, right


def _order(alternative: _Alternative) -> tuple[tuple[str, ...], tuple[list[str], ...]]:
    return alternative.names, tuple(sorted(scopes) for scopes in alternative.scopes)


def _went(
    context: Context,
    scope: Scope,
    old: _Alternative,
    others: tuple[list[_Alternative], list[_Alternative]],
    *,
    replaced: bool,
) -> None:
    """Tell what became of an alternative: less suffices now, more is asked for, or it is gone.

    `others` are all alternatives of the other side, and those that are not yet told.
    """
    yours, untold = others
    less = next((one for one in yours if one.suffices_for(old)), None)
    more = next((one for one in untold if old.suffices_for(one)), None)
    told = less or more
    if told is None:
        if not replaced:
            values = {"old": old.node.value, "schemes": old.shown}
            context.emit(scope, SecurityAlternativeRemoved, (old.node.pointer, None), **values)
        return
    kind = SecurityAlternativeTightened if less is None else SecurityAlternativeLoosened
    asked = (old, told) if less is None else (told, old)
    difference = tuple(name for name in asked[1].names if name not in asked[0].names)
    values = {"old": old.node.value, "new": told.node.value, "schemes": asked[0].names, "more": difference}
    context.emit(scope, kind, (old.node.pointer, told.node.pointer), **values)
    if told in untold:
        untold.remove(told)


def _scopes(context: Context, scope: Scope, before: _Alternative, after: _Alternative) -> None:
    for scheme in after.names:
        mine, yours = before.node.child(before.written[scheme]), after.node.child(after.written[scheme])
        had, has = _listed(mine), _listed(yours)
        for name in had:
            if name not in has:
                place = join(mine.pointer, had.index(name))
                context.emit(scope, SecurityScopeRemoved, (place, None), old=name, scheme=scheme, scope=name)
        for name in has:
            if name not in had:
                place = join(yours.pointer, has.index(name))
                context.emit(scope, SecurityScopeAdded, (None, place), new=name, scheme=scheme, scope=name)


def _listed(node: Node) -> list[str]:
    return [name for name in node.value if isinstance(name, str)] if isinstance(node.value, list) else []


def compare_schemes(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Compare the declarations of the schemes that both sides ask for."""
    used = [
        {name for alternative in _alternatives(_in_force(contract, operation), {}) for name in alternative.names}
        for contract, operation in ((context.before, before), (context.after, after))
    ]
    for name in sorted(used[0] & used[1]):
        nodes = _scheme(context.before, name), _scheme(context.after, name)
        compare_scheme(context, scope, nodes[0], nodes[1], name)


def _scheme(contract: Contract, name: str) -> Node:
    return contract.refs.follow(contract.at(join(contract.dialect.sections["securitySchemes"], name)))


CALLING = Direction.REQUEST
"""The direction of what decides whether and how an operation can be called at all."""
