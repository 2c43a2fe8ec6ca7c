"""HTTP exchanges: calls that worked and what happens to them now, for changes that are no change of a schema.

A request line, header fields and a body (RFC 9112, section 3; RFC 9110, section 6), made of the contract before with
the values that its document shows, and a sentence. Credentials are shown as `…`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from monitor.algebra.plain import plain_schema
from monitor.algebra.samples import Sample, sample
from monitor.contract import Contract, Direction, MediaType, Node, Operation, Parameter, Response
from monitor.errors import ReferenceUnresolved
from monitor.values import JsonValue, join

_HIDDEN: Final = "…"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_BEARERS: Final = ("oauth2", "openIdConnect")
_NONE: Final[Mapping[tuple[str, str], JsonValue]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call and what became of it.

    `headers` in the order in which they are sent; `body` None where there is none; `answer` is the status that came
    (`200`, or a range as the document writes it), where the change is about it; `now` is a sentence.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    answer: str | None = None
    now: str = ""

    @property
    def request_line(self) -> str:
        """The first line of the request (RFC 9112, section 3)."""
        return f"{self.method} {self.target} HTTP/1.1"

    def __str__(self) -> str:
        lines = [self.request_line, *(f"{name}: {value}" for name, value in self.headers)]
        if self.body is not None:
            lines += ["", self.body]
        return "\n".join(lines)


def operation_removed(contract: Contract, operation: Operation) -> Exchange:
    """The call of an operation that is gone; `contract` is the one before."""
    found = call(contract, operation)
    if operation.ref.kind != "operation":
        return replace(found, now=f"The provider sent this ({operation.ref}), and does not any more.")
    return replace(found, now=f"{operation.ref} is no longer documented: expect 404 or 405.")


def response_removed(contract: Contract, operation: Operation, response: Response) -> Exchange:
    """The call that was answered with a status that is gone."""
    now = f"{operation.ref} is no longer documented to answer {response.status}: code that waits for it waits for ever."
    return replace(call(contract, operation), answer=response.status, now=now)


def scope_added(contract: Contract, operation: Operation, scope: str) -> Exchange:
    """The call with credentials that lack a scope."""
    now = f"Credentials without the scope {scope!r} are turned away: expect 403."
    return replace(call(contract, operation), now=now)


def parameter_required(contract: Contract, operation: Operation, parameter: Parameter) -> Exchange:
    """The call without a parameter that could be left out, or was not there; `contract` is the one before."""
    now = f"Without the {parameter.place} parameter {parameter.name!r} it is refused: expect 400."
    return replace(call(contract, operation), now=now)


def media_type_removed(
    contract: Contract, operation: Operation, media_type: MediaType, direction: Direction, *, status: str | None = None
) -> Exchange:
    """The call with a body, or that asks for one, of a media type that is gone; `status` is that of the answer."""
    if (direction is Direction.REQUEST) is not operation.inverted:
        now = f"A body of type {media_type.name} is no longer taken: expect 415."
        return replace(call(contract, operation, media_type=media_type), now=now)
    found = call(contract, operation)
    if status is not None and status[0] in "345":
        # Nobody asks for an error: the call is the same, and what comes with the status is another type.
        now = f"The answer {status} no longer comes as {media_type.name}: expect a body of another type."
        return replace(found, answer=status, now=now)
    now = f"{media_type.name} is no longer answered: expect 406, or a body of another type."
    headers = [("Accept", media_type.name), *(each for each in found.headers if each[0] != "Accept")]
    return replace(found, headers=tuple(headers), answer=status, now=now)


def call(
    contract: Contract,
    operation: Operation,
    *,
    media_type: MediaType | None = None,
    given: Mapping[tuple[str, str], JsonValue] = _NONE,
) -> Exchange:
    """A call of an operation with all that is required, in the values that its document shows.

    `given` are values of parameters by place and name, which are sent whether they are required or not.
    """
    target, headers = _target(contract, operation, given)
    accepted = _accepted(contract, operation)
    if accepted is not None:
        headers.append(("Accept", accepted))
    headers.extend(_credentials(contract, operation))
    body = contract.request_body(operation)
    sent = media_type or (_first(body.media_types) if body is not None and body.media_types else None)
    if sent is None:
        return Exchange(operation.ref.method, target, tuple(headers))
    value = None if sent.schema is None else _value(contract, sent.schema, shown_in(sent.node))
    if media_type is None and body is not None and not body.required and value in ({}, [], None):
        return Exchange(operation.ref.method, target, tuple(headers))
    headers.append(("Content-Type", sent.name))
    return Exchange(operation.ref.method, target, tuple(headers), _written(sent.name, value))


def shown_in(node: Node) -> list[JsonValue]:
    """The examples of a Parameter, Header or Media Type Object (OAS 3.0.4, section 4.8.14.1)."""
    found = [node.mapping[key] for key in ("example", "x-example") if key in node.mapping]
    examples = node.child("examples")
    for name in sorted(examples.mapping):
        value = examples.child(name).mapping
        if "value" in value:
            found.append(value["value"])
    return found


def _value(contract: Contract, schema: Node, shown: Sequence[JsonValue] = ()) -> JsonValue:
    """A value of a schema that is sent; `…` where none can be made."""
    try:
        plain = plain_schema(contract, schema, Direction.REQUEST, ordered=True)
    except ReferenceUnresolved:
        return _HIDDEN
    found = sample({**plain, "examples": [*shown, *plain.get("examples", ())]})
    return found.value if isinstance(found, Sample) else _HIDDEN


def _target(
    contract: Contract, operation: Operation, given: Mapping[tuple[str, str], JsonValue]
) -> tuple[str, list[tuple[str, str]]]:
    """The request target with path and query filled in, and the headers that parameters are."""
    server = contract.servers(operation)[0].url
    parts = urlsplit(server)
    path = operation.ref.path if operation.ref.kind == "operation" else "/"
    query: list[str] = []
    headers = [("Host", parts.netloc)] if parts.netloc else []
    for parameter in contract.parameters(operation):
        named = parameter.place, parameter.name
        if named in given or parameter.required or parameter.place == "path":
            value = given[named] if named in given else _of_parameter(contract, parameter)
            if parameter.place == "path":
                path = path.replace(f"{{{parameter.name}}}", quote(_joined(value), safe=",;=…"))
            elif parameter.place == "query":
                query.extend(_query(parameter, value))
            elif parameter.place == "header":
                headers.append((parameter.name, _joined(value)))
            elif parameter.place == "cookie":
                headers.append(("Cookie", f"{parameter.name}={_joined(value)}"))
    target = parts.path.rstrip("/") + path
    return f"{target}?{'&'.join(query)}" if query else target, headers


def _of_parameter(contract: Contract, parameter: Parameter) -> JsonValue:
    schema = parameter.schema
    if schema is None and parameter.media_types:
        schema = _first(parameter.media_types).schema
    return _HIDDEN if schema is None else _value(contract, schema, shown_in(parameter.node))


def _query(parameter: Parameter, value: JsonValue) -> Iterator[str]:
    """A query parameter as it is written (OAS 3.0.4, section 4.8.12.4)."""
    name = quote(parameter.name, safe="[]")
    exploded = parameter.serialization.get("explode", True) is True
    if isinstance(value, dict):
        deep = parameter.serialization.get("style") == "deepObject"
        for key, member in sorted(value.items()):
            yield f"{name}[{quote(key)}]={quote(_text(member))}" if deep else f"{quote(key)}={quote(_text(member))}"
    elif isinstance(value, list) and exploded:
        yield from (f"{name}={quote(_text(each))}" for each in value)
    else:
        yield f"{name}={quote(_joined(value), safe=',…')}"


def _joined(value: JsonValue) -> str:
    """A value in the style `simple`: items and members with commas between."""
    if isinstance(value, list):
        return ",".join(_text(each) for each in value)
    if isinstance(value, dict):
        return ",".join(f"{key},{_text(member)}" for key, member in sorted(value.items()))
    return _text(value)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _accepted(contract: Contract, operation: Operation) -> str | None:
    for response in sorted(contract.responses(operation), key=lambda each: each.status):
        if response.status.startswith("2") and response.media_types:
            return _first(response.media_types).name
    return None


def _first(media_types: Sequence[MediaType]) -> MediaType:
    """JSON, else the first by name: the order of the document's keys says nothing."""
    return min(media_types, key=lambda each: ("json" not in each.name, each.name))


def _credentials(contract: Contract, operation: Operation) -> Iterator[tuple[str, str]]:
    """The headers of the first way to be known (OAS 3.0.4, section 4.8.30)."""
    listed = contract.security(operation).value
    needed = next((each for each in listed if isinstance(each, dict)), {}) if isinstance(listed, list) else {}
    for name in sorted(needed):
        scheme = contract.refs.follow(contract.at(join(contract.dialect.sections["securitySchemes"], name))).mapping
        kind, way = scheme.get("type"), str(scheme.get("scheme", "")).lower()
        if kind in _BEARERS or (kind == "http" and way == "bearer"):
            yield "Authorization", f"Bearer {_HIDDEN}"
        elif kind == "basic" or (kind == "http" and way == "basic"):
            yield "Authorization", f"Basic {_HIDDEN}"
        elif kind == "apiKey" and scheme.get("in") == "header":
            yield str(scheme.get("name")), _HIDDEN


def _written(media_type: str, value: JsonValue) -> str:
    """A body as it is sent: a form as a form, everything else as JSON."""
    if media_type.partition(";")[0] in _FORMS and isinstance(value, dict):
        return urlencode({key: _text(member) for key, member in sorted(value.items())})
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
