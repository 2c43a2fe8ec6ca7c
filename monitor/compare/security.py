"""Who may call, and where: security requirements, security schemes, servers."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.compare.changes import (
    SecurityAlternativeAdded,
    SecurityAlternativeRemoved,
    SecurityBecameOptional,
    SecurityBecameRequired,
    SecuritySchemeChanged,
    SecurityScopeAdded,
    SecurityScopeRemoved,
    ServerAdded,
    ServerRemoved,
    Unclassified,
)
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import DOCS, leftovers
from monitor.contract import Contract, Direction, Node, Operation
from monitor.values import JsonObject, canonical_bytes, join, same

Alternative = tuple[str, ...]
"""The names of the schemes that one alternative asks for, sorted; empty for anonymous access."""

ANONYMOUS: Alternative = ()
_NONE: Mapping[str, str] = {}


def renamed_schemes(context: Context) -> dict[str, str]:
    """The security schemes that are called otherwise now, the new name to the old.

    A name that went and one that came are of one scheme where both declare the same: the wire carries no names.
    """
    if context.renamed_schemes is None:
        mine, yours = _declared(context.before), _declared(context.after)
        gone, come = sorted(mine.keys() - yours.keys()), sorted(yours.keys() - mine.keys())
        context.renamed_schemes = {}
        for old in gone:
            new = next((name for name in come if yours[name] == mine[old]), None)
            if new is not None:
                context.renamed_schemes[new] = old
                come.remove(new)
    return context.renamed_schemes


def _declared(contract: Contract) -> dict[str, bytes]:
    """What each scheme declares of credentials, without what only people read, as canonical bytes."""
    holder = contract.at(contract.dialect.sections["securitySchemes"])
    return {str(name): canonical_bytes(_fields(_scheme(contract, str(name)))) for name in holder.mapping}


def _fields(scheme: Node) -> JsonObject:
    return {key: value for key, value in scheme.mapping.items() if key not in DOCS and not str(key).startswith("x-")}


def _alternatives(node: Node, renamed: Mapping[str, str] = _NONE) -> dict[Alternative, Node]:
    """The alternatives of a list of Security Requirement Objects (OAS 3.0.4, section 4.8.30); none is anonymous.

    Schemes are known by the name that they had before, which `renamed` gives.
    """
    listed = node.value if isinstance(node.value, list) else []
    found = {}
    for index, requirement in enumerate(listed):
        if isinstance(requirement, dict):
            found[tuple(sorted(renamed.get(name, name) for name in requirement))] = node.child(index)
    return found or {ANONYMOUS: node}


def compare_security(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Compare the security requirements in force for an operation; one list of the root reaches all that inherit it."""
    nodes = context.before.security(before), context.after.security(after)
    if same(nodes[0].value, nodes[1].value):
        return
    renamed = renamed_schemes(context)
    mine, yours = _alternatives(nodes[0]), _alternatives(nodes[1], renamed)
    optional = _optional(context, scope, nodes, mine, yours)
    for names in sorted(mine.keys() - yours.keys() - {ANONYMOUS}):
        if optional is not SecurityBecameOptional or ANONYMOUS not in yours or len(yours) > 1:
            values = {"old": mine[names].value, "schemes": names}
            context.emit(scope, SecurityAlternativeRemoved, (mine[names].pointer, None), **values)
    for names in sorted(yours.keys() - mine.keys() - {ANONYMOUS}):
        if optional is not SecurityBecameRequired:
            values = {"new": yours[names].value, "schemes": tuple(sorted(yours[names].mapping))}
            context.emit(scope, SecurityAlternativeAdded, (None, yours[names].pointer), **values)
    for names in sorted(mine.keys() & yours.keys()):
        schemes = {renamed.get(name, name): name for name in yours[names].mapping}
        _scopes(context, scope, mine[names], yours[names], schemes)


def _optional(
    context: Context,
    scope: Scope,
    nodes: tuple[Node, Node],
    mine: dict[Alternative, Node],
    yours: dict[Alternative, Node],
) -> type[SecurityBecameRequired | SecurityBecameOptional] | None:
    """Tell when anonymous access came or went; the alternatives that replace it are part of that fact."""
    was, now = ANONYMOUS in mine, ANONYMOUS in yours
    if was == now:
        return None
    kind = SecurityBecameRequired if was else SecurityBecameOptional
    names = sorted({name for node in (yours if was else mine).values() for name in node.mapping})
    first, second = (node.pointer if isinstance(node.value, list) else None for node in nodes)
    context.emit(scope, kind, (first, second), old=nodes[0].value, new=nodes[1].value, schemes=tuple(names))
    return kind


def _scopes(context: Context, scope: Scope, before: Node, after: Node, schemes: Mapping[str, str]) -> None:
    for was, scheme in sorted(schemes.items()):
        mine, yours = before.child(was), after.child(scheme)
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
    renamed = renamed_schemes(context)
    mine = {name for node in _alternatives(context.before.security(before)).values() for name in node.mapping}
    yours = {name for node in _alternatives(context.after.security(after)).values() for name in node.mapping}
    for name in sorted(yours):
        was = renamed.get(name, name)
        if was in mine:
            compare_scheme(context, scope, _scheme(context.before, was), _scheme(context.after, name), name)


def _scheme(contract: Contract, name: str) -> Node:
    return contract.refs.follow(contract.at(join(contract.dialect.sections["securitySchemes"], name)))


def compare_scheme(context: Context, scope: Scope, before: Node, after: Node, name: str) -> None:
    """Compare two Security Scheme Objects field by field (OAS 3.0.4, section 4.8.27)."""
    mine, yours = before.mapping, after.mapping
    fields = _fields(before).keys() | _fields(after).keys()
    for key in sorted(fields):
        if not same(mine.get(key), yours.get(key)):
            first, second = (join(node.pointer, key) if key in node.mapping else None for node in (before, after))
            values = {"old": mine.get(key), "new": yours.get(key)}
            context.emit(scope, SecuritySchemeChanged, (first, second), scheme=name, keyword=key, **values)
    leftovers(context, scope, before, after, fields)


def compare_servers(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Compare the base URLs in force for an operation."""
    mine = {server.url: server.node for server in context.before.servers(before)}
    yours = {server.url: server.node for server in context.after.servers(after)}
    for url, node in mine.items():
        if url not in yours:
            place = node.pointer if node.value is not None else None
            context.emit(scope, ServerRemoved, (place, None), old=node.value, url=url)
        else:
            leftovers(context, scope, node, yours[url], {"url", *_variables(context, scope, node, yours[url])})
    for url, node in yours.items():
        if url not in mine:
            place = node.pointer if node.value is not None else None
            context.emit(scope, ServerAdded, (None, place), new=node.value, url=url)


def _variables(context: Context, scope: Scope, before: Node, after: Node) -> tuple[str, ...]:
    """Compare what stands for the variables of a base URL (OAS 3.0.4, section 4.8.6); the members told by that.

    Of their members only words are known to hurt nobody.
    """
    holders = before.child("variables"), after.child("variables")
    if not all(isinstance(holder.value, dict) for holder in holders):
        return ()
    for name in sorted({str(name) for holder in holders for name in holder.mapping}):
        mine, yours = (holder.child(name) for holder in holders)
        if isinstance(mine.value, dict) and isinstance(yours.value, dict):
            leftovers(context, scope.at(f"server variable {name}"), mine, yours, ())
            continue
        first, second = (holder.child(name).pointer if name in holder.mapping else None for holder in holders)
        if (first is None) != (second is None) or not same(mine.value, yours.value):
            context.emit(scope, Unclassified, (first, second), old=mine.value, new=yours.value, keyword="variables")
    return ("variables",)


CALLING = Direction.REQUEST
"""The direction of what decides whether and how an operation can be called at all."""
