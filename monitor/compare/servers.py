"""Servers: where calls go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from monitor.compare.changes import (
    Change,
    DocsChanged,
    ServerAdded,
    ServerRemoved,
    ServersStated,
    ServersUnstated,
    ServerVariableDefaultChanged,
    ServerVariableEnumAdded,
    ServerVariableEnumRemoved,
    ServerVariableValueAdded,
    ServerVariableValueRemoved,
    Unclassified,
)
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import leftovers, places_of
from monitor.contract import Contract, Node, Operation, Server
from monitor.values import JsonValue, join, same

IMPLIED: Final = "/"
"""The base URL of a document that says none: where the document itself was found (OAS 3.1.1, section 4.8.1)."""

_PUT_TOGETHER: Final = ("/host", "/basePath")
"""Where a base URL stands that Swagger 2.0 puts together of several members."""


def compare_servers(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Compare the base URLs in force for an operation: its own, else its path's, else the document's."""
    sides = context.before.servers(before), context.after.servers(after)
    if any(each.node.pointer in _PUT_TOGETHER for side in sides for each in side):
        members = _members(context.before, before), _members(context.after, after)
        sides = _placed(sides[0], *members), _placed(sides[1], *reversed(members))
    mine, yours = ({server.url: server.node for server in side} for side in sides)
    implied = [_is_implied(side) for side in sides]
    if implied[0] != implied[1] and not mine.keys() & yours.keys():
        _stated(context, scope, sides[0] if implied[1] else sides[1], gone=implied[1])
        return
    for url, node in mine.items():
        if url not in yours:
            context.emit(scope, ServerRemoved, (_place(node), None), old=node.value, url=url)
        else:
            told = {"url", *_name(context, scope, node, yours[url]), *_variables(context, scope, node, yours[url], url)}
            leftovers(context, scope, node, yours[url], told)
    for url, node in yours.items():
        if url not in mine:
            context.emit(scope, ServerAdded, (None, _place(node)), new=node.value, url=url)


def _members(contract: Contract, operation: Operation) -> tuple[Node, ...]:
    """The members of which Swagger 2.0 puts the base URLs of an operation together."""
    root, own = Node("", contract.root), Node(operation.pointer, operation.node).child("schemes")
    return root.child("host"), root.child("basePath"), own if isinstance(own.value, list) else root.child("schemes")


def _placed(servers: tuple[Server, ...], here: tuple[Node, ...], there: tuple[Node, ...]) -> tuple[Server, ...]:
    """The servers; what was put together stands at the first of its members that differs from the other side's."""
    pairs = zip(here, there, strict=True)
    place = next((mine for mine, yours in pairs if mine.value is not None and not same(mine.value, yours.value)), None)
    if place is None:
        return servers
    return tuple(replace(each, node=place) if each.node.pointer in _PUT_TOGETHER else each for each in servers)


def _is_implied(servers: Iterable[Server]) -> bool:
    return all(server.url == IMPLIED and server.node.value is None for server in servers)


def _stated(context: Context, scope: Scope, servers: tuple[Server, ...], *, gone: bool) -> None:
    """Whether the servers now said are where the document was found, it does not say: nothing more can be told."""
    place = _place(servers[0].node)
    said: JsonValue = [server.url for server in servers]
    if gone:
        context.emit(scope, ServersUnstated, (place, None), old=said, url=servers[0].url)
    else:
        context.emit(scope, ServersStated, (None, place), new=said, url=servers[0].url)


def _place(node: Node) -> str | None:
    return node.pointer if node.value is not None else None


def _name(context: Context, scope: Scope, before: Node, after: Node) -> tuple[str, ...]:
    """Compare what a server is called among the others (OAS 3.2.0, section 4.6): it is for people to choose by."""
    old, new = before.mapping.get("name"), after.mapping.get("name")
    if not same(old, new):
        places = places_of(before, after, "name")
        context.emit(scope, DocsChanged, places, old=old, new=new, keyword="name")
    return ("name",)


def _variables(context: Context, scope: Scope, before: Node, after: Node, url: str) -> tuple[str, ...]:
    """Compare what stands for the variables of a base URL (OAS 3.1.1, section 4.8.6); the members told by that."""
    holders = before.child("variables"), after.child("variables")
    if not all(isinstance(holder.value, dict) for holder in holders):
        return ()
    for name in sorted({str(name) for holder in holders for name in holder.mapping}):
        mine, yours = (holder.child(name) for holder in holders)
        if isinstance(mine.value, dict) and isinstance(yours.value, dict):
            _variable(context, scope.at(f"server variable {name}"), (mine, yours), (url, name))
            continue
        first, second = (holder.child(name).pointer if name in holder.mapping else None for holder in holders)
        if (first is None) != (second is None) or not same(mine.value, yours.value):
            context.emit(scope, Unclassified, (first, second), old=mine.value, new=yours.value, keyword="variables")
    return ("variables",)


def _variable(context: Context, scope: Scope, sides: tuple[Node, Node], named: tuple[str, str]) -> None:
    """Compare two Server Variable Objects."""
    mine, yours = sides
    url, name = named
    told = set()
    old, new = mine.mapping.get("default"), yours.mapping.get("default")
    if isinstance(old, str) and isinstance(new, str):
        told.add("default")
        if old != new:
            places = places_of(mine, yours, "default")
            context.emit(scope, ServerVariableDefaultChanged, places, old=old, new=new, url=url, variable=name)
    listed = mine.child("enum"), yours.child("enum")
    if all(_is_enum(node) for node in listed) and any(isinstance(node.value, list) for node in listed):
        told.add("enum")
        _enum(context, scope, listed, named)
    leftovers(context, scope, mine, yours, told)


def _is_enum(node: Node) -> bool:
    return node.value is None or (isinstance(node.value, list) and all(isinstance(one, str) for one in node.value))


def _enum(context: Context, scope: Scope, listed: tuple[Node, Node], named: tuple[str, str]) -> None:
    url, name = named
    mine, yours = (node.value if isinstance(node.value, list) else None for node in listed)
    kind: type[Change]
    if mine is None or yours is None:
        kind = ServerVariableEnumAdded if mine is None else ServerVariableEnumRemoved
        places = _place(listed[0]), _place(listed[1])
        context.emit(scope, kind, places, old=mine, new=yours, url=url, variable=name)
        return
    for index, value in enumerate(mine):
        if value not in yours:
            place = join(listed[0].pointer, index)
            context.emit(scope, ServerVariableValueRemoved, (place, None), old=value, url=url, variable=name)
    for index, value in enumerate(yours):
        if value not in mine:
            place = join(listed[1].pointer, index)
            context.emit(scope, ServerVariableValueAdded, (None, place), new=value, url=url, variable=name)
