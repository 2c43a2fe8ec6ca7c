"""Responses by status, and their links."""

from __future__ import annotations

from dataclasses import replace

from monitor.compare import statuses
from monitor.compare.changes import (
    Change,
    LinkAdded,
    LinkChanged,
    LinkRemoved,
    ResponseStatusAdded,
    ResponseStatusNarrowed,
    ResponseStatusRemoved,
    ResponseStatusWidened,
)
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import DOCS, leftovers
from monitor.compare.malformed import compare_malformed
from monitor.compare.messages.bodies import compare_media_types
from monitor.compare.messages.headers import compare_headers
from monitor.compare.messages.shared import is_clean, received
from monitor.compare.references import compare_beside_references
from monitor.contract import Node, Operation, Response
from monitor.values import same


def compare_responses(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Pair responses by status and compare what comes back."""
    mine = {response.status: response for response in context.before.responses(before)}
    yours = {response.status: response for response in context.after.responses(after)}
    found, at = statuses.paired(mine, yours), scope.at("", received(after))
    for status in found.same:
        compare_beside_references(context, _answer(at, status), mine[status].node, yours[status].node)
        if not is_clean(context, mine[status].node, yours[status].node):
            compare_response(context, _answer(at, status), mine[status], yours[status])
    for status in found.gone:
        old = mine[status]
        values = {"old": old.node.mapping.get("description"), "status": status}
        context.emit(_answer(at, status), ResponseStatusRemoved, (old.node.use, None), **values)
    for status in found.come:
        new = yours[status]
        values = {"new": new.node.mapping.get("description"), "status": status}
        context.emit(_answer(at, status), ResponseStatusAdded, (None, new.node.use), **values)
    for status, narrow in found.wider.items():
        _covering(context, at, ResponseStatusWidened, [mine[each] for each in narrow], [yours[status]])
    for status, narrow in found.narrower.items():
        _covering(context, at, ResponseStatusNarrowed, [mine[status]], [yours[each] for each in narrow])
    for status, wide in found.beside.items():
        _compare_covered(context, _answer(at, status), mine[wide], yours[status])


def _answer(scope: Scope, status: str) -> Scope:
    return replace(scope, where=f"{scope.where}response {status}")


def _covering(
    context: Context, scope: Scope, kind: type[Change], before: list[Response], after: list[Response]
) -> None:
    """Tell of statuses that a range stands for now, or of a range that single statuses stand for now."""
    place = _answer(scope, ", ".join(side.status for side in before))
    words = {key: ", ".join(side.status for side in sides) for key, sides in (("was", before), ("now", after))}
    context.emit(place, kind, (before[0].node.use, after[0].node.use), **words)
    for old in before:
        for new in after:
            single = old if kind is ResponseStatusWidened else new
            _compare_covered(context, _answer(scope, single.status), old, new)


def _compare_covered(context: Context, scope: Scope, before: Response, after: Response) -> None:
    """Compare what comes back with a status that another response stands for on one side.

    Where one of the two says nothing of its body or its headers, the document only fell silent.
    """
    if before.media_types and after.media_types:
        compare_media_types(context, scope.beside("body"), before.media_types, after.media_types)
    if before.headers and after.headers:
        compare_headers(context, scope, before.headers, after.headers)


def compare_response(context: Context, scope: Scope, before: Response, after: Response) -> None:
    """Compare two responses of the same status."""
    scope = context.into(scope, before.node, after.node)
    compare_media_types(context, scope.beside("body"), before.media_types, after.media_types)
    compare_headers(context, scope, before.headers, after.headers)
    _links(context, scope, before.node.child("links"), after.node.child("links"))
    compare_malformed(context, scope, before.node, after.node, "response")
    leftovers(context, scope, before.node, after.node, context.claimed["response"])


def _links(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine, yours = before.mapping, after.mapping
    for name in sorted(mine.keys() | yours.keys()):
        old, new = context.before.refs.follow(before.child(name)), context.after.refs.follow(after.child(name))
        places = old.use if name in mine else None, new.use if name in yours else None
        place, values = scope.beside(f"link {name}"), {"old": old.value, "new": new.value, "name": name}
        if name not in mine or name not in yours:
            context.emit(place, LinkAdded if name in yours else LinkRemoved, places, **values)
            continue
        compare_beside_references(context, place, old, new)
        compare_link(context, context.into(place, old, new), old, new, name)


def compare_link(context: Context, scope: Scope, before: Node, after: Node, name: str) -> None:
    """Compare two links of one name."""
    sides = [{key: value for key, value in node.mapping.items() if key not in DOCS} for node in (before, after)]
    if not same(*sides):
        values = {"old": before.value, "new": after.value, "name": name}
        context.emit(scope, LinkChanged, (before.pointer, after.pointer), **values)
    leftovers(context, scope, before, after, sides[0].keys() | sides[1].keys())
