"""What stands around a schema without changing which values it accepts: `$ref`, unions and `allOf` of one, `null`."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.compare import all_of
from monitor.compare.leftovers import DOCS
from monitor.contract import REFERENCES, Contract, Node, Scattered, target_of
from monitor.errors import ReferenceUnresolved
from monitor.values import JsonObject

ANNOTATIONS = DOCS | {
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "nullable",
    "x-nullable",
    "xml",
    "discriminator",
}
"""Schema keywords that do not by themselves decide which values are accepted."""


@dataclass(slots=True)
class Unwrapped:
    """A schema without its wrappers; `layers` are the wrappers' own members, outermost first."""

    core: Node
    layers: list[Node] = field(default_factory=list)
    nullable: bool = False
    nulls: list[Node] = field(default_factory=list)
    """The branches that only let `null` in."""
    idle: JsonObject = field(default_factory=dict)
    """What stands beside a `$ref` without effect, the outermost winning."""

    @property
    def annotations(self) -> Node:
        """The members of the wrappers together, the outermost winning."""
        merged: JsonObject = {}
        places: dict[tuple[str | int, ...], Node] = {}
        for layer in reversed(self.layers):
            merged.update(layer.mapping)
            places |= {(key,): layer.child(key) for key in layer.mapping}
        return Scattered.of(self.layers[0].pointer if self.layers else self.core.pointer, merged, places)


def is_null(contract: Contract, node: Node) -> bool:
    """Whether a schema accepts `null` alone."""
    value = contract.refs.follow(node).mapping
    if (isinstance(value.get("enum"), list) and None not in value["enum"]) or value.get("const") is not None:
        return False
    if contract.dialect.types(value) is not None and not contract.dialect.nullable(value):
        return False  # a type that refuses `null`, which alone is listed
    return value.get("type") in ("null", ["null"]) or value.get("enum") == [None] or value.get("const", 0) is None


def unwrap(contract: Contract, node: Node) -> Unwrapped:
    """Take off what does not change the accepted values; `null` that a wrapper lets in is noted."""
    found = Unwrapped(node)
    seen: set[str] = set()
    while isinstance(found.core.value, dict) and found.core.pointer not in seen:
        seen.add(found.core.pointer)
        inner = _reference(contract, found) if target_of(found.core.value) is not None else _wrapped(contract, found)
        if inner is None:
            break
        found.core = inner
    return found


def _reference(contract: Contract, found: Unwrapped) -> Node | None:
    value, reference = found.core.value, target_of(found.core.value)
    keyword = next(key for key in REFERENCES if value.get(key) == reference)
    siblings = {key: member for key, member in value.items() if key != keyword}
    if reference is None:
        return None
    if contract.dialect.ref_siblings and any(structural(key) for key in siblings):
        members = siblings.get("allOf")
        parts = [{keyword: reference}, *(members if isinstance(members, list) else [])]
        return Node(found.core.pointer, {**siblings, "allOf": parts}, found.core.referenced)
    try:
        target = contract.refs.hop(reference)
    except ReferenceUnresolved:
        return None
    for keyword in idle_beside(contract, found.core):
        found.idle.setdefault(keyword, siblings.pop(keyword))
    if siblings:
        found.layers.append(Node(found.core.pointer, siblings, found.core.referenced))
        # By the letter it is ignored there (OAS 3.0.4, section 4.8.23), and it is meant (docs/stance.md).
        found.nullable = found.nullable or siblings.get("nullable") is True
    return target


def idle_beside(contract: Contract, node: Node) -> list[str]:
    """The keywords beside a `$ref` that have no effect: before JSON Schema 2020-12 all that decide anything."""
    if target_of(node.value) is None or contract.dialect.ref_siblings:
        return []
    return [key for key in node.mapping if key not in REFERENCES and structural(key)]


def structural(key: str) -> bool:
    """Whether a keyword takes part in deciding which values are accepted."""
    return key not in ANNOTATIONS and not key.startswith("x-")


def _wrapped(contract: Contract, found: Unwrapped) -> Node | None:
    """The only branch of an `allOf`, `oneOf` or `anyOf` that says everything; None where the schema is no wrapper."""
    value, referenced = found.core.value, found.core.referenced
    saying = [key for key in value if structural(key)]
    if len(saying) != 1 or saying[0] not in ("allOf", "oneOf", "anyOf"):
        return None
    keyword = saying[0]
    branches = found.core.child(keyword)
    if not isinstance(branches.value, list) or "discriminator" in value:
        return None
    nodes = [branches.child(index) for index in range(len(branches.value))]
    rest = nodes if keyword == "allOf" else [node for node in nodes if not is_null(contract, node)] or nodes[:1]
    if len(rest) != 1:
        return None
    found.nulls.extend(node for node in nodes if node not in rest)
    found.nullable = found.nullable or len(rest) < len(nodes) or value.get("nullable") is True
    words = {key: member for key, member in value.items() if key != keyword}
    found.layers.append(Node(found.core.pointer, words, referenced))
    return Node(rest[0].pointer, rest[0].value, referenced)


def flag(contract: Contract, found: Unwrapped, keyword: str) -> bool:
    """Whether a mark such as `readOnly` stands on a schema, its wrappers, or the members of its `allOf`."""
    mapping = found.core.mapping
    if mapping.get(keyword) is True:
        return True
    if found.layers and found.annotations.mapping.get(keyword) is True:
        return True
    return "allOf" in mapping and any(part.mapping.get(keyword) is True for part in all_of.parts(contract, found.core))
