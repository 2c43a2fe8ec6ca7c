"""Security schemes: how credentials are sent, and where OAuth tokens come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.compare.changes import DocsChanged, OAuthFlowAdded, OAuthFlowRemoved, SecuritySchemeChanged
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import DOCS, leftovers, places_of
from monitor.contract import Contract, Node
from monitor.values import canonical_bytes, join, same

_FIELDS: Final = (
    "type", "in", "name", "scheme", "bearerFormat", "openIdConnectUrl", "deprecated", "oauth2MetadataUrl"
)  # fmt: skip
"""The fields of a Security Scheme Object beside its flows (OAS 3.2.0, section 4.27)."""
_FLOW_FIELDS: Final = ("authorizationUrl", "deviceAuthorizationUrl", "tokenUrl", "refreshUrl", "scopes")
_FLOWS_OF_2: Final = {"application": "clientCredentials", "accessCode": "authorizationCode"}
"""What OAS 3 calls the flows that Swagger 2.0 has another name for."""


@dataclass(frozen=True, slots=True)
class _Scheme:
    """One scheme in the words of OAS 3: its fields, its flows by name, and what else stands in it."""

    fields: dict[str, Node]
    flows: dict[str, Node]
    rest: Node
    rest_of_flows: Node

    @classmethod
    def of(cls, node: Node) -> _Scheme:
        members = node.mapping
        fields: dict[str, Node] = {key: node.child(key) for key in _FIELDS if key in members}
        if members.get("type") == "basic":
            place = join(node.pointer, "type")
            fields |= {"type": Node(place, "http"), "scheme": Node(place, "basic")}
        listed = node.child("flows")
        claimed = {*_FIELDS, "flows"} if isinstance(listed.value, dict) else {*_FIELDS}
        flows = {str(name): listed.child(name) for name in listed.mapping if isinstance(listed.mapping[name], dict)}
        of_2 = members.get("flow")
        if isinstance(of_2, str):
            claimed |= {"flow", *_FLOW_FIELDS}
            flows[_FLOWS_OF_2.get(of_2, of_2)] = node.only(_FLOW_FIELDS)
        flows = {name: flow for name, flow in flows.items() if not name.startswith("x-")}
        rest = Node(node.pointer, {key: value for key, value in members.items() if key not in claimed})
        others = {key: value for key, value in listed.mapping.items() if key not in flows}
        return cls(fields, flows, rest, Node(listed.pointer, others))


def compare_scheme(context: Context, scope: Scope, before: Node, after: Node, name: str) -> None:
    """Compare two Security Scheme Objects field by field (OAS 3.1.1, section 4.8.27).

    One of another type has other fields, and is told as that alone. Swagger 2.0 is read in the words of OAS 3.
    """
    mine, yours = _Scheme.of(before), _Scheme.of(after)
    kinds = [side.fields["type"].value if "type" in side.fields else None for side in (mine, yours)]
    if same(*kinds):
        for key in _FIELDS:
            _field(context, scope, mine, yours, (name, key))
        _flows(context, scope, mine.flows, yours.flows, name)
        leftovers(context, scope, mine.rest_of_flows, yours.rest_of_flows, ())
    else:
        written = {"old": before.mapping.get("type"), "new": after.mapping.get("type")}
        context.emit(
            scope, SecuritySchemeChanged, places_of(before, after, "type"), scheme=name, keyword="type", **written
        )
    leftovers(context, scope, mine.rest, yours.rest, ())


def _field(context: Context, scope: Scope, mine: _Scheme, yours: _Scheme, named: tuple[str, str]) -> None:
    name, key = named
    old, new = mine.fields.get(key), yours.fields.get(key)
    values = {"old": old.value if old else None, "new": new.value if new else None}
    if same(values["old"], values["new"]):
        return
    places = old.pointer if old else None, new.pointer if new else None
    if _meant(mine, key) == _meant(yours, key):
        context.emit(scope, DocsChanged, places, keyword=key, **values)
    else:
        context.emit(scope, SecuritySchemeChanged, places, scheme=name, keyword=key, **values)


def _meant(scheme: _Scheme, key: str) -> bytes:
    """A field as it counts: names of HTTP schemes and of headers have no case (RFC 9110, sections 11.1 and 5.1)."""
    value = scheme.fields[key].value if key in scheme.fields else None
    place = scheme.fields.get("in")
    caseless = key == "scheme" or (key == "name" and place is not None and place.value == "header")
    return canonical_bytes(value.lower() if caseless and isinstance(value, str) else value)


def _flows(context: Context, scope: Scope, mine: dict[str, Node], yours: dict[str, Node], name: str) -> None:
    for flow in sorted(mine.keys() | yours.keys()):
        old, new = mine.get(flow), yours.get(flow)
        if old is None and new is not None:
            context.emit(scope, OAuthFlowAdded, (None, new.pointer), new=new.value, scheme=name, flow=flow)
        elif new is None and old is not None:
            context.emit(scope, OAuthFlowRemoved, (old.pointer, None), old=old.value, scheme=name, flow=flow)
        elif old is not None and new is not None:
            _flow(context, scope, (old, new), (name, flow))


def _flow(context: Context, scope: Scope, sides: tuple[Node, Node], named: tuple[str, str]) -> None:
    """Compare two OAuth Flow Objects (OAS 3.1.1, section 4.8.29)."""
    name, flow = named
    before, after = sides
    for key in _FLOW_FIELDS:
        values = {"old": before.mapping.get(key), "new": after.mapping.get(key)}
        if not same(values["old"], values["new"]):
            keyword = f"{flow} > {key}"
            places = places_of(before, after, key)
            context.emit(scope, SecuritySchemeChanged, places, scheme=name, keyword=keyword, **values)
    leftovers(context, scope, before, after, _FLOW_FIELDS)


def renamed_schemes(context: Context) -> dict[str, str]:
    """What schemes are called now that are declared as before under another name: on the wire they have none."""
    gone, come = _declared_only(context.before, context.after), _declared_only(context.after, context.before)
    return {names[0]: come[said][0] for said, names in gone.items() if len(names) == 1 and len(come.get(said, ())) == 1}


def _declared_only(here: Contract, there: Contract) -> dict[bytes, list[str]]:
    """The names of the schemes that one side alone declares, by what they say."""
    found: dict[bytes, list[str]] = {}
    mine, yours = (side.at(side.dialect.sections["securitySchemes"]) for side in (here, there))
    for name in sorted(str(name) for name in mine.mapping.keys() - yours.mapping.keys()):
        scheme = here.refs.follow(mine.child(name)).mapping
        said = {key: value for key, value in scheme.items() if key not in DOCS and not str(key).startswith("x-")}
        found.setdefault(canonical_bytes(here.dialect.security_scheme(said)), []).append(name)
    return found
