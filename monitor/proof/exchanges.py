"""The call that shows a change which is no change of a schema, and what happens to it now."""

from __future__ import annotations

from dataclasses import replace

from monitor.algebra import Exchange, exchange
from monitor.compare import changes
from monitor.contract import Contract, Direction, Node, Operation, Parameter
from monitor.contract.types import Site
from monitor.rules import Finding

_GONE = changes.OperationRemoved, changes.UnstableOperationRemoved
_SCOPES = changes.SecurityScopeAdded, changes.RequiredScopeAdded
_REQUIRED = changes.ParameterAdded, changes.ParameterBecameRequired
_BODIES = changes.RequestBodyAdded, changes.RequestBodyBecameRequired


def of(before: Contract, operation: Operation, finding: Finding, site: Site) -> Exchange:
    """A call of the operation as it was before, and what became of it."""
    change = finding.change
    if isinstance(change, _GONE):
        return exchange.operation_removed(before, operation)
    if isinstance(change, changes.ResponseStatusRemoved):
        for response in before.responses(operation):
            if response.status == change.status:
                return exchange.response_removed(before, operation, response)
    if isinstance(change, _SCOPES):
        return exchange.scope_added(before, operation, change.scope)
    if isinstance(change, changes.MediaTypeRemoved):
        return _media_type(before, operation, change, site)
    if isinstance(change, _REQUIRED):
        asked = Parameter(change.name, change.place, required=True, node=Node("", {}), schema=None)
        return exchange.parameter_required(before, operation, asked)
    called = exchange.call(before, operation)
    if isinstance(change, _BODIES):
        bare = tuple(each for each in called.headers if each[0] != "Content-Type")
        return replace(called, headers=bare, body=None, now="Without a body it is refused: expect 400.")
    return replace(called, answer=_status(site), now=finding.message)


def _media_type(before: Contract, operation: Operation, change: changes.MediaTypeRemoved, site: Site) -> Exchange:
    body = before.request_body(operation)
    offered = list(body.media_types) if body is not None and site.where.startswith("body") else []
    for response in before.responses(operation):
        if _status(site) == response.status:
            offered.extend(response.media_types)
    direction = Direction.REQUEST if site.where.startswith("body") else Direction.RESPONSE
    for media_type in offered:
        if media_type.name == change.media_type:
            inverted = site.direction is not direction
            found = site.direction if inverted else direction
            return exchange.media_type_removed(before, operation, media_type, found, status=_status(site))
    return replace(exchange.call(before, operation), answer=_status(site))


def _status(site: Site) -> str | None:
    words = site.where.split(" > ")[0].split()
    return words[1] if len(words) > 1 and words[0] == "response" else None
