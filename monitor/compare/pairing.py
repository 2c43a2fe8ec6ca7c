"""Which schema of one list became which of the other: branches of unions, members of `allOf`.

Schemas are paired by identity (component, title), by equal content, then by best match. Where they stand in their list
never counts: what nothing else decides, their canonical content does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from monitor.compare import all_of, unions, wrappers
from monitor.compare.context import Context
from monitor.contract import Contract, Node, target_of
from monitor.values import canonical_bytes

ALIKE_INLINE = 0.5
ALIKE_NAMED = 0.75
_TYPE_ALONE = 0.6
"""How alike two schemas of one type are that have no properties, and nothing else in common."""

_DEEP = 2
"""How many steps into a schema its facts are looked for."""

_SCHEMA_MAPS = ("properties", "patternProperties")
_SCHEMA_LISTS = ("oneOf", "anyOf", "prefixItems")
_SCHEMAS = ("items", "additionalProperties", "not", "contains", "propertyNames")

Pairs = tuple[list[tuple[Node, Node]], list[Node], list[Node]]
"""The pairs, and what is left of either list."""


def paired(context: Context, before: list[Node], after: list[Node]) -> Pairs:
    """Pair two lists of schemas."""
    mine = [Candidate(context.before, node) for node in before]
    yours = [Candidate(context.after, node) for node in after]
    pairs: list[tuple[Candidate, Candidate]] = []
    for key, lone in _KEYS:
        if not mine or not yours:
            break
        pairs.extend(_matched(mine, yours, key, lone=lone))
    if mine and yours:
        pairs.extend(_most_alike(mine, yours))
    nodes = [(left.node, right.node) for left, right in pairs]
    return nodes, [left.node for left in mine], [right.node for right in yours]


def _matched(
    mine: list[Candidate], yours: list[Candidate], key: Callable[[Candidate], object], *, lone: bool
) -> list[tuple[Candidate, Candidate]]:
    """Take what has the same key from both lists. `lone`: only where one alone has it on each side."""
    left, right = _by_key(mine, key), _by_key(yours, key)
    found: list[tuple[Candidate, Candidate]] = []
    for shared in left.keys() & right.keys() - {None}:
        if not lone or len(left[shared]) == len(right[shared]) == 1:
            both = (sorted(side, key=_content) if len(side) > 1 else side for side in (left[shared], right[shared]))
            found.extend(zip(*both, strict=False))
    _take(mine, (pair[0] for pair in found))
    _take(yours, (pair[1] for pair in found))
    return sorted(found, key=lambda pair: pair[0].node.pointer)


def _by_key(listed: list[Candidate], key: Callable[[Candidate], object]) -> dict[object, list[Candidate]]:
    groups: dict[object, list[Candidate]] = {}
    for each in listed:
        groups.setdefault(key(each), []).append(each)
    return groups


def _take(listed: list[Candidate], taken: Iterable[Candidate]) -> None:
    gone = {id(each) for each in taken}
    listed[:] = [each for each in listed if id(each) not in gone]


def _most_alike(mine: list[Candidate], yours: list[Candidate]) -> list[tuple[Candidate, Candidate]]:
    """Take pairs from both lists, the most alike first, as long as they are alike enough."""
    left, right = sorted(mine, key=_content), sorted(yours, key=_content)
    scores = []
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            if alike(one, other) >= (ALIKE_NAMED if _are_apart(one, other) else 0.0):
                share, common = likeness(one, other)
                scores.append(((-share, -common), i, j))
    found: list[tuple[Candidate, Candidate]] = []
    taken: tuple[set[int], set[int]] = set(), set()
    for _, i, j in sorted(scores):
        if i not in taken[0] and j not in taken[1]:
            found.append((left[i], right[j]))
            taken[0].add(i)
            taken[1].add(j)
    _take(mine, (pair[0] for pair in found))
    _take(yours, (pair[1] for pair in found))
    return found


def _are_apart(left: Candidate, right: Candidate) -> bool:
    """Whether two schemas have names, so that they must be much alike to be the same all the same."""
    named = left.is_reference or right.is_reference
    return named or (left.title != right.title and None not in (left.title, right.title))


def alike(left: Candidate, right: Candidate) -> float:
    """How alike two schemas are, 0 to 1: the share of property names that they have in common; -1: not at all.

    Schemas of other types are not, nor are those that a property tells apart by its one value (`kind: {const: card}`).
    """
    mine, yours = left.properties, right.properties
    if left.types != right.types:
        # A schema of anything is the only one that may be any other's.
        return 0.0 if None in (left.types, right.types) and not mine and not yours else -1.0
    shared = mine.keys() & yours.keys()
    tags = ((mine[name], yours[name]) for name in shared)
    if any(None not in tag and tag[0] != tag[1] for tag in tags):
        return -1.0
    if mine or yours:
        return len(shared) / len(mine.keys() | yours.keys())
    common = _in_common(left, right)
    return common if left.types is None else _TYPE_ALONE + (1 - _TYPE_ALONE) * common


def likeness(left: Candidate, right: Candidate) -> tuple[float, float]:
    """How alike two schemas are, and how much of what they say both say."""
    return alike(left, right), _in_common(left, right)


def _in_common(left: Candidate, right: Candidate) -> float:
    """The share of what two schemas say that both say, 0 to 1."""
    every = left.facts | right.facts
    return len(left.facts & right.facts) / len(every) if every else 1.0


class Candidate:
    """A schema that looks for its counterpart, and what it is recognised by."""

    def __init__(self, contract: Contract, node: Node) -> None:
        self.node = node
        self._contract = contract

    @cached_property
    def core(self) -> Node:
        """The schema without its wrappers."""
        return self._unwrapped.core

    @cached_property
    def _unwrapped(self) -> wrappers.Unwrapped:
        return wrappers.unwrap(self._contract, self.node)

    @cached_property
    def reference(self) -> str | None:
        """The pointer of the first definition that the schema leads to."""
        if self.node.referenced:
            return self.node.pointer
        inside = self.node.pointer + "/"
        way = (*self._unwrapped.layers, self.core)
        found = (step.pointer for step in way if step.pointer + "/" != inside and not step.pointer.startswith(inside))
        reference = target_of(self.node.value)
        return next(found, None if reference is None else reference.removeprefix("#"))

    @property
    def is_reference(self) -> bool:
        """Whether the schema names a definition."""
        return not self.node.referenced and self.reference is not None

    @property
    def end(self) -> str | None:
        """The pointer of the last definition that the schema leads to."""
        return self.core.pointer if self.core.referenced else None

    @property
    def title(self) -> str | None:
        """The title that it has at its own place."""
        title = self.node.mapping.get("title")
        return title if isinstance(title, str) else None

    @property
    def title_alone(self) -> str | None:
        """The title of a schema that names no definition."""
        return self.title if self.reference is None else None

    @property
    def title_inside(self) -> tuple[str, frozenset[str] | None] | None:
        """The title that it has without its wrappers, whatever the definition is called, and the types it is of."""
        title = self.core.mapping.get("title")
        return (title, self.types) if isinstance(title, str) else None

    @cached_property
    def content(self) -> bytes:
        """The canonical bytes of the schema without its wrappers."""
        return canonical_bytes(self.core.value)

    @cached_property
    def types(self) -> frozenset[str] | None:
        """The types that it accepts; a schema that lists properties is one of an object."""
        types = all_of.types(self._contract, self.core)
        return frozenset({"object"}) if types is None and self.properties else types

    @cached_property
    def properties(self) -> dict[str, bytes | None]:
        """The names of its properties, each with the only value that it can have."""
        found: dict[str, bytes | None] = {}
        for part in all_of.parts(self._contract, self.core):
            properties = part.child("properties")
            for name in properties.mapping:
                found[name] = _only_value(properties.child(name)) or found.get(name)
        return found

    @cached_property
    def facts(self) -> frozenset[tuple[str, bytes]]:
        """What it says of values, as far as a few steps show, whatever the definitions are called that say it."""
        return frozenset(_facts(self._contract, self.core, "", _DEEP))


def _content(candidate: Candidate) -> bytes:
    return candidate.content + b" " + canonical_bytes(candidate.node.value)


_KEYS: tuple[tuple[Callable[[Candidate], object], bool], ...] = (
    (lambda each: each.reference, False),
    (lambda each: each.title_alone, True),
    (lambda each: each.end, False),
    (lambda each: each.content, False),
    (lambda each: each.title_inside, True),
)
"""What tells that two schemas are the same, the strongest first, and whether one alone must have it."""


def _only_value(node: Node) -> bytes | None:
    """The one value that a property can have, as canonical bytes."""
    members = node.mapping
    if "const" in members:
        return canonical_bytes(members["const"])
    listed = members.get("enum")
    return canonical_bytes(listed[0]) if isinstance(listed, list) and len(listed) == 1 else None


def _facts(contract: Contract, node: Node, path: str, deep: int) -> Iterable[tuple[str, bytes]]:
    core = wrappers.unwrap(contract, node).core
    for part in all_of.parts(contract, core):
        for key, value in part.mapping.items():
            if key in _SCHEMA_MAPS:
                for name in part.child(key).mapping:
                    yield f"{path}/{key}/{name}", b""
                    if deep:
                        yield from _facts(contract, part.child(key, name), f"{path}/{key}/{name}", deep - 1)
            elif key in _SCHEMA_LISTS or (key in _SCHEMAS and isinstance(value, dict)):
                inner = unions.branches(part.child(key)) if key in _SCHEMA_LISTS else [part.child(key)]
                yield f"{path}/{key}", b""
                for each in inner if deep else ():
                    yield from _facts(contract, each, f"{path}/{key}", deep - 1)
            elif key in ("enum", "required", "type") and isinstance(value, list):
                for one in value:
                    yield f"{path}/{key}", canonical_bytes(one)
            elif key != "allOf" and wrappers.structural(key):
                yield f"{path}/{'enum' if key == 'const' else key}", canonical_bytes(value)
