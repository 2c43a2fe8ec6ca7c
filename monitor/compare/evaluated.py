"""What the schemas of one value look at together: names and patterns of properties, positions of items.

JSON Schema says that they are evaluated (2020-12 core, section 11). What is not is the business of
`unevaluatedProperties`, of `unevaluatedItems`, and of directional closing (docs/stance.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from monitor.compare import wrappers
from monitor.compare.statements import Statements
from monitor.contract import Contract, Node, target_of
from monitor.errors import ReferenceUnresolved
from monitor.values import JsonValue, canonical_bytes

ANYTHING: tuple[JsonValue, ...] = (True, {})
"""The schema that every value fits, in its two spellings (JSON Schema 2020-12, 4.3.2)."""

_SURE = ("allOf",)
_VARIANTS = ("oneOf", "anyOf")
_PERHAPS = ("then", "else", "dependentSchemas")
_OF_REST = ("additionalProperties", "unevaluatedProperties")


class Part(NamedTuple):
    """One of the schemas of a value. `under_if`: it only asks, so that what it requires is not asked for.

    `unknown`: a reference leads nowhere, so that anything may stand there.
    """

    node: Node
    under_if: bool = False
    unknown: bool = False

    @property
    def asked(self) -> list[str]:
        """The names that are required."""
        required = self.node.mapping.get("required")
        if self.under_if or not isinstance(required, list):
            return []
        return [name for name in required if isinstance(name, str)]

    @property
    def lists(self) -> bool:
        """Whether names are listed, so that there is something to close."""
        mapping = self.node.mapping
        return self.unknown or bool(self.node.child("properties").mapping or mapping.get("patternProperties"))


@dataclass(slots=True)
class Listing:
    """What is listed of an object: names and patterns, each with its place, and what is said of all other names."""

    names: dict[str, Node] = field(default_factory=dict)
    patterns: dict[str, Node] = field(default_factory=dict)
    openings: list[Node] = field(default_factory=list)

    @classmethod
    def of(cls, found: Iterable[Listing]) -> Self:
        """Several as one."""
        listing = cls()
        for each in found:
            for name, node in each.names.items():
                listing.names.setdefault(name, node)
            for pattern, node in each.patterns.items():
                listing.patterns.setdefault(pattern, node)
            listing.openings += each.openings
        return listing

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """The names and patterns, told apart."""
        return frozenset([("name", name) for name in self.names] + [("pattern", each) for each in self.patterns])

    def __bool__(self) -> bool:
        return bool(self.names or self.patterns or self.openings)


def parts(
    contract: Contract, node: Node, *, perhaps: bool = True, variants: bool = True, under_if: bool = False
) -> Iterator[Part]:
    """The schemas of the same value (JSON Schema 2020-12 core, section 10.2), the schema itself first.

    `perhaps`: also those that hold under a condition or, with `variants`, in one variant; `under_if`: also the
    conditions.
    """
    held = (*_SURE, *(_VARIANTS if perhaps and variants else ()), *(_PERHAPS if perhaps else ()))
    waiting, seen = [Part(node)], set[tuple[str, bool]]()
    while waiting:
        part = waiting.pop()
        place = part.node
        if (place.pointer, part.under_if) in seen:
            continue
        if not isinstance(place, Statements):  # they stand at the place of the first of them
            seen.add((place.pointer, part.under_if))
        yield part
        reference = target_of(place.value)
        if reference is not None:
            try:
                waiting.append(Part(contract.refs.hop(reference), part.under_if))
            except ReferenceUnresolved:
                yield Part(Node(place.pointer, {}), part.under_if, unknown=True)
        for keyword in (*held, *(("if",) if under_if else ())):
            if keyword in ("then", "else") and "if" not in place.mapping:
                continue
            asks = part.under_if or keyword == "if"
            waiting.extend(Part(each, asks) for each in _held(place.child(keyword), keyword))


def _held(holder: Node, keyword: str) -> list[Node]:
    """The schemas under a keyword: a list, some by name, or one."""
    if isinstance(holder.value, list):
        return [holder.child(index) for index in range(len(holder.value))]
    if keyword == "dependentSchemas":
        return [holder.child(name) for name in holder.mapping]
    return [holder] if isinstance(holder.value, dict) else []


def lists(contract: Contract, node: Node) -> bool:
    """Whether a schema lists properties, itself or in a part that holds beside it, perhaps under a condition."""
    return any(part.lists for part in parts(contract, node))


def surely_lists(contract: Contract, node: Node) -> bool:
    """Whether a schema lists properties, itself or in a part that holds beside it whichever condition does."""
    return any(part.lists for part in parts(contract, node, perhaps=False))


def has_open_variant(contract: Contract, node: Node) -> bool:
    """Whether a variant lists nothing and says nothing of other names: by itself it accepts any (docs/stance.md)."""
    variants = (
        each
        for part in parts(contract, node)
        for keyword in _VARIANTS
        for each in _held(part.node.child(keyword), keyword)
    )
    return any(not lists(contract, each) and not said_of_rest(contract, each) for each in variants)


def own(node: Node) -> Listing:
    """What a schema itself lists: that alone `additionalProperties` spares."""
    properties, patterns = node.child("properties"), node.child("patternProperties")
    return Listing(
        {str(name): properties.child(name) for name in properties.mapping},
        {str(name): patterns.child(name) for name in patterns.mapping},
    )


def in_place(
    contract: Contract, node: Node, *, under_if: bool = False, asked: bool = True, variants: bool = True
) -> Listing:
    """What the schemas of the same value list. `asked`: names that are required count as listed (docs/stance.md)."""
    found = parts(contract, node, variants=variants, under_if=under_if)
    return Listing.of(_listing(part, asked=asked) for part in found)


def spared(contract: Contract, node: Node) -> Listing:
    """What `unevaluatedProperties` of a schema passes over: what any other of the same value lists.

    A schema that says nothing of other names lists those that it requires; one that does refuses them.
    """
    found = [own(node)]
    for part in parts(contract, node, under_if=True):
        if part.node is not node:
            found.append(_listing(part, asked=rest(part.node) is None))
    return Listing.of(found)


def _listing(part: Part, *, asked: bool) -> Listing:
    listed, opening = own(part.node), rest(part.node)
    if asked:
        listed.names = {**{name: part.node.child("required") for name in part.asked}, **listed.names}
    if opening is not None and opening.value is not False:
        listed.openings = [opening]
    return listed


def surely(contract: Contract, node: Node) -> Listing:
    """What is listed, or required, whichever condition holds."""
    return Listing.of(_listing(part, asked=True) for part in parts(contract, node, perhaps=False))


def rest(node: Node) -> Node | None:
    """What a schema says of names that it does not list."""
    said = (node.child(keyword) for keyword in _OF_REST)
    return next((found for found in said if isinstance(found.value, dict | bool)), None)


def limits(contract: Contract, said: Node) -> bool:
    """Whether what is said of names that are not listed is more than words: it lets in some values and others not."""
    target = contract.refs.follow(said)
    return target.value is False or any(map(wrappers.structural, target.mapping))


def said_of_rest(contract: Contract, node: Node) -> list[Node]:
    """What a schema, and all that hold with it whichever condition holds, say of names that are not listed."""
    found = (rest(part.node) for part in parts(contract, node, perhaps=False))
    return [each for each in found if each is not None]


def refuses_rest(node: Node) -> bool:
    """Whether `unevaluatedProperties` refuses anything: beside `additionalProperties` nothing is left to it (11.3)."""
    said = node.mapping.get("unevaluatedProperties")
    return "additionalProperties" not in node.mapping and isinstance(said, dict | bool) and said not in ANYTHING


def closes(contract: Contract, node: Node) -> bool:
    """Whether an object refuses names that it does not list: in so many words or, in a request, by listing some."""
    said = rest(node)
    if said is not None:
        return said.value not in ANYTHING
    return not any(each.value in ANYTHING for each in said_of_rest(contract, node)) and lists(contract, node)


# --- items ---------------------------------------------------------------------------------------------------------


def refuses_items(node: Node) -> bool:
    """Whether `unevaluatedItems` refuses anything: beside `items` nothing is left to it (11.2)."""
    said = node.mapping.get("unevaluatedItems")
    return "items" not in node.mapping and isinstance(said, dict | bool) and said not in ANYTHING


def looks_at_items(contract: Contract, node: Node) -> Counter[bytes]:
    """Which items each schema of the same value looks at, but for the schema itself."""
    found = (_items(part.node) for part in parts(contract, node, under_if=True) if part.node is not node)
    return Counter(each for each in found if each is not None)


def items_of(contract: Contract, node: Node) -> bool:
    """Whether a schema, or another of the same value, looks at items."""
    return any(_items(part.node) is not None for part in parts(contract, node, under_if=True))


def _items(node: Node) -> bytes | None:
    listed = node.mapping.get("prefixItems")
    positions = len(listed) if isinstance(listed, list) else 0
    every = any(isinstance(node.mapping.get(keyword), dict | bool) for keyword in ("items", "unevaluatedItems"))
    found = node.mapping.get("contains")
    if not (positions or every or isinstance(found, dict | bool)):
        return None
    return canonical_bytes([0 if every else positions, every, found])
