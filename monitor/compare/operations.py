"""Operations: pairing them, and what stands on the operation itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace

from monitor.compare.changes import (
    CallbackExpressionChanged,
    CallbackRenamed,
    Change,
    KeywordWithoutEffect,
    MethodChanged,
    OperationAdded,
    OperationDeprecated,
    OperationIdChanged,
    OperationRemoved,
    OperationUndeprecated,
    PathAdded,
    PathRemoved,
    UnstableOperationRemoved,
)
from monitor.compare.context import Context, Scope
from monitor.compare.extended_scopes import compare_extended_scopes
from monitor.compare.leftovers import leftovers, places_of
from monitor.compare.malformed import compare_malformed
from monitor.compare.messages import compare_bodies, compare_parameters, compare_responses
from monitor.compare.messages.shared import TEMPLATED, sent
from monitor.compare.references import (
    compare_callback_references,
    compare_path_references,
    compare_unread_parameters,
)
from monitor.compare.security import CALLING, compare_schemes, compare_security
from monitor.compare.servers import compare_servers
from monitor.compare.tags import compare_operation_tags
from monitor.contract import Contract, Node, Operation, OperationKind
from monitor.values import JsonObject, canonical_bytes, join, same

Identity = tuple[OperationKind, str, str]
UNSTABLE = ("draft", "alpha")
"""The values of `x-stability-level` under which an operation may go at any time."""


def blank(path: str) -> str:
    """A path template with its parameters nameless: `/a/{id}` and `/a/{key}` are the same path on the wire."""
    return TEMPLATED.sub("{}", path)


def pair(
    before: Iterable[Operation], after: Iterable[Operation]
) -> Iterator[tuple[Operation | None, Operation | None]]:
    """Pair operations by method and path: as written first, then with the path's parameters nameless.

    Where several paths are one on the wire, an operation is the one of its operationId, else the one that says the
    same, else the one in its place in the order of the paths. A webhook or callback is also the one of another method,
    and a callback that of another expression under its name.
    """
    mine, yours = (sorted(side, key=lambda operation: operation.ref) for side in (before, after))
    for identify in (_as_written, _by_id, _by_content, _on_the_wire, _by_receiver, _by_name):
        known: dict[Hashable, list[Operation]] = {}
        places = {_on_the_wire(operation) for operation in mine} if identify in (_by_id, _by_content) else None
        for operation in yours:
            if places is None or _on_the_wire(operation) in places:
                known.setdefault(identify(operation), []).append(operation)
        for operation in list(mine) if known else ():
            others = known.get(identify(operation))
            if others:
                other = others.pop(0)
                yield operation, other
                mine.remove(operation)
                yours.remove(other)
    yield from ((operation, None) for operation in mine)
    yield from ((None, operation) for operation in yours)


def _as_written(operation: Operation) -> Hashable:
    return (*operation.ref, operation.name)


def _on_the_wire(operation: Operation) -> Identity:
    return operation.ref.kind, operation.ref.method, blank(operation.ref.path)


def _by_receiver(operation: Operation) -> Hashable:
    """What is sent to the same place by another method; an operation of another method is another one."""
    received = operation.ref.kind, operation.ref.path, operation.inverted
    return received if operation.ref.kind != "operation" else id(operation)


def _by_name(operation: Operation) -> Hashable:
    named = operation.ref.method, operation.name
    return named if operation.ref.kind == "callback" else id(operation)


def _by_id(operation: Operation) -> Hashable:
    name = operation.node.get("operationId")
    # Without an operationId it is like no other.
    return (*_on_the_wire(operation), name if isinstance(name, str) else id(operation))


def _by_content(operation: Operation) -> Hashable:
    sides = [
        _nameless(holder) for holder in (operation.node, {"parameters": operation.path_item.mapping.get("parameters")})
    ]
    return (*_on_the_wire(operation), canonical_bytes(sides))


def _nameless(holder: JsonObject) -> JsonObject:
    """An operation or path item without the names of its path parameters."""
    listed = holder.get("parameters")
    if not isinstance(listed, list):
        return holder
    parameters = [
        {key: value for key, value in each.items() if key != "name"}
        if isinstance(each, dict) and each.get("in") == "path"
        else each
        for each in listed
    ]
    return {**holder, "parameters": parameters}


def compare_operations(context: Context) -> None:
    """Compare every operation and webhook of the two contracts."""
    globals_differ = _globals_differ(context)
    for before, after in pair(context.before.operations(), context.after.operations()):
        if before is None or after is None:
            _presence(context, before, after)
        elif globals_differ or _stands_elsewhere(before, after) or _is_dirty(context, before, after):
            _compare(context, before, after)
    _paths(context)
    _unheeded_root(context)
    compare_path_references(context)


def _unheeded_root(context: Context) -> None:
    """Tell of servers and security requirements of a document that describes no calls, which they would be of."""
    sides = context.before, context.after
    if not any(operation.ref.kind == "operation" for side in sides for operation in side.operations()):
        scope = Scope(context.root(), direction=CALLING)
        for keyword in ("servers", "security"):
            _unheeded(context, scope, Node("", context.before.root), Node("", context.after.root), keyword)


def _globals_differ(context: Context) -> bool:
    """Whether something of the root that operations inherit differs."""
    mine, yours = context.before, context.after
    inherited = ("security", "servers", "consumes", "produces", "host", "basePath", "schemes")
    if any(not same(mine.root.get(key), yours.root.get(key)) for key in inherited):
        return True
    schemes = [contract.at(contract.dialect.sections["securitySchemes"]).value for contract in (mine, yours)]
    return not same(schemes[0], schemes[1])


def _stands_elsewhere(before: Operation, after: Operation) -> bool:
    """Whether the path leads to another place now, by its `$ref` or its name: neither place need differ for that."""
    return before.pointer != after.pointer or before.path_item.pointer != after.path_item.pointer


def _is_dirty(context: Context, *operations: Operation) -> bool:
    pointers = (pointer for side in operations for pointer in (side.pointer, side.path_item.pointer))
    return any(context.is_dirty(pointer) for pointer in pointers)


def _shown(operation: Operation) -> JsonObject:
    """An operation in few words: the whole object would repeat half the document."""
    members = ("operationId", "summary", "deprecated")
    return {key: operation.node[key] for key in members if key in operation.node}


def _named(operation: Operation) -> dict[str, str]:
    return {"method": operation.ref.method, "path": operation.ref.path, "kind": operation.ref.kind}


def _presence(context: Context, before: Operation | None, after: Operation | None) -> None:
    operation = before or after
    assert operation is not None
    scope = Scope(context.root(operation.ref), direction=CALLING)
    kind: type[Change] = OperationRemoved if after is None else OperationAdded
    stability = operation.node.get("x-stability-level")
    unstable = {}
    if kind is OperationRemoved and operation.ref.kind == "operation" and stability in UNSTABLE:
        kind, unstable = UnstableOperationRemoved, {"stability": stability}
    context.emit(
        scope,
        kind,
        (before.pointer if before else None, after.pointer if after else None),
        old=_shown(before) if before else None,
        new=_shown(after) if after else None,
        deprecated=operation.deprecated,
        **unstable,
        **_named(operation),
    )


def _compare(context: Context, before: Operation, after: Operation) -> None:
    scope = Scope(context.root(before.ref), direction=CALLING)
    _marks(context, scope, before, after)
    asked = replace(scope, direction=sent(after))
    compare_security(context, asked, before, after)
    compare_schemes(context, asked, before, after)
    if after.ref.kind == "operation":
        compare_servers(context, scope, before, after)
    else:
        _unheeded(context, scope, Node(before.pointer, before.node), Node(after.pointer, after.node), "servers")
        _unheeded(context, scope, before.path_item, after.path_item, "servers")
    compare_parameters(context, scope, before, after)
    compare_bodies(context, scope, before, after)
    compare_responses(context, scope, before, after)
    mine, yours = context.before.callbacks(before), context.after.callbacks(after)
    for left, right in pair(mine, yours):
        if left is None or right is None:
            _presence(context, left, right)
        else:
            if left.name != right.name:
                places = join(before.pointer, "callbacks", left.name), join(after.pointer, "callbacks", right.name)
                about = Scope(context.root(left.ref), direction=CALLING)
                context.emit(about, CallbackRenamed, places, old=left.name, new=right.name)
            _compare(context, left, right)
    compare_callback_references(context, scope, before, after)
    compare_unread_parameters(context, scope, before, after)
    compare_operation_tags(context, scope, before, after)
    told = compare_extended_scopes(context, scope, before, after) | {"tags"}
    nodes = Node(before.pointer, before.node), Node(after.pointer, after.node)
    _idle_lists(context, scope, before, after)
    for holder in ("responses", "callbacks"):
        _extensions(context, scope, *(node.child(holder) for node in nodes))
    compare_malformed(context, scope, *nodes, "operation")
    compare_malformed(context, scope, before.path_item, after.path_item, "path item")
    leftovers(context, scope, *nodes, context.claimed["operation"] | told)
    leftovers(context, scope, before.path_item, after.path_item, context.claimed["path item"])


def _unheeded(context: Context, scope: Scope, before: Node, after: Node, keyword: str) -> None:
    """Tell of a member that differs and says nothing of what the provider calls: the receiver says where that is."""
    old, new = before.mapping.get(keyword), after.mapping.get(keyword)
    if not same(old, new):
        context.emit(scope, KeywordWithoutEffect, places_of(before, after, keyword), old=old, new=new, keyword=keyword)


def _idle_lists(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Tell of lists of media types (Swagger 2.0) that differ and offer no other for any body or response."""
    if not context.before.dialect.name == context.after.dialect.name == "2.0":
        return
    for keyword, names in (("consumes", _taken), ("produces", _returned)):
        mine, yours = before.node.get(keyword), after.node.get(keyword)
        listed = [sorted(str(name) for name in side) if isinstance(side, list) else side for side in (mine, yours)]
        if listed[0] != listed[1] and names(context.before, before) == names(context.after, after):
            places = places_of(Node(before.pointer, before.node), Node(after.pointer, after.node), keyword)
            context.emit(scope, KeywordWithoutEffect, places, old=mine, new=yours, keyword=keyword)


def _taken(contract: Contract, operation: Operation) -> set[str]:
    body = contract.request_body(operation)
    return set() if body is None else {media_type.name for media_type in body.media_types}


def _returned(contract: Contract, operation: Operation) -> set[str]:
    return {media_type.name for response in contract.responses(operation) for media_type in response.media_types}


def _extensions(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Tell of the extensions among things that are held by name."""
    mine, yours = (
        Node(node.pointer, {key: value for key, value in node.mapping.items() if str(key).startswith("x-")})
        for node in (before, after)
    )
    leftovers(context, scope, mine, yours, ())


def _marks(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    places, kept = (before.pointer, after.pointer), {"deprecated": after.deprecated, **_named(after)}
    if before.ref.method != after.ref.method:
        context.emit(scope, MethodChanged, places, old=before.ref.method, new=after.ref.method, **kept)
    if before.ref.kind == "callback" and blank(before.ref.path) != blank(after.ref.path):
        context.emit(scope, CallbackExpressionChanged, places, old=before.ref.path, new=after.ref.path, **kept)
    if before.deprecated != after.deprecated:
        kind: type[Change] = OperationDeprecated if after.deprecated else OperationUndeprecated
        _marked(context, scope, kind, before, after, "deprecated")
    if not same(before.node.get("operationId"), after.node.get("operationId")):
        _marked(context, scope, OperationIdChanged, before, after, "operationId")


def _marked(
    context: Context, scope: Scope, kind: type[Change], before: Operation, after: Operation, keyword: str
) -> None:
    first, second = (join(side.pointer, keyword) if keyword in side.node else None for side in (before, after))
    values = {"old": before.node.get(keyword), "new": after.node.get(keyword)}
    context.emit(scope, kind, (first, second), deprecated=after.deprecated, **values, **_named(after))


def _paths(context: Context) -> None:
    """Path items without any operation: the others are told through their operations."""
    mine, yours = _empty_paths(context.before), _empty_paths(context.after)
    known = [context.before.at("/paths").mapping, context.after.at("/paths").mapping]
    scope = Scope(context.root(), direction=CALLING)
    for path, node in mine.items():
        if path not in known[1]:
            context.emit(scope, PathRemoved, (node.pointer, None), old=node.value, path=path)
        elif path in yours:
            compare_malformed(context, scope, node, yours[path], "path item")
            leftovers(context, scope, node, yours[path], context.claimed["path item"])
    for path, node in yours.items():
        if path not in known[0]:
            context.emit(scope, PathAdded, (None, node.pointer), new=node.value, path=path)


def _empty_paths(contract: Contract) -> dict[str, Node]:
    used = {operation.path_item.pointer for operation in contract.operations()}
    holder = contract.at("/paths")
    items = {str(path): holder.child(path) for path in holder.mapping}
    return {
        path: node
        for path, node in items.items()
        if contract.refs.follow(node).pointer not in used and not path.startswith("x-")
    }
