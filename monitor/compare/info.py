"""`info`: the long description is compared by heading, and the JSON that it shows by its shape.

Authentication, errors and limits are often written nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from monitor.compare.budget import Budget
from monitor.compare.changes import (
    Change,
    DocsChanged,
    DocumentedKeyAdded,
    DocumentedKeyRemoved,
    DocumentedValueChanged,
    PromiseWordsAdded,
    PromiseWordsChanged,
    PromiseWordsRemoved,
    SectionAdded,
    SectionChanged,
    SectionRemoved,
    SectionRenamed,
)
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import docs_below
from monitor.compare.markdown import OPENING, Section, sections
from monitor.compare.operations import pair
from monitor.compare.promise_words import holds_promise
from monitor.compare.shapes import Difference, Shape, differences, places, shape_of
from monitor.contract import Direction, Node
from monitor.values import JsonValue, same

Pair = tuple[Section | None, Section | None]

_ALIKE: Final = 0.5
"""Share of the places of two examples that both have, from which on they show the same thing."""


def compare_info(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare the two `info` by their members; long descriptions with headings section by section."""
    mine, yours = before.mapping.get("description", ""), after.mapping.get("description", "")
    if not isinstance(mine, str) or not isinstance(yours, str) or mine == yours:
        docs_below(context, scope, before, after)
        return
    docs_below(context, scope, _without_description(before), _without_description(after))
    _Description(context, scope, (before.child("description"), after.child("description"))).compare()


def _without_description(node: Node) -> Node:
    return Node(node.pointer, {key: value for key, value in node.mapping.items() if key != "description"})


@dataclass(slots=True)
class _Block:
    """JSON shown in a section; `other` is what it is compared with on the other side."""

    section: Section
    value: JsonValue
    shape: Shape
    paths: frozenset[tuple[str, ...]]
    other: _Block | None = None


class _Description:
    """One comparison of two long descriptions."""

    def __init__(self, context: Context, scope: Scope, nodes: tuple[Node, Node]) -> None:
        self.context = context
        self.scope = scope
        self.nodes = nodes
        self.told = False

    def compare(self) -> None:
        """Tell each section, and each place of the shown JSON, that differs."""
        mine, yours = (sections(node.value or "") for node in self.nodes)
        if len(mine) == len(yours) == 1 and not (mine[0].blocks and yours[0].blocks):
            self._whole()
            return
        pairs = _paired(mine, yours)
        blocks = _blocks(mine), _blocks(yours)
        _find_partners(self.context.budget, *blocks, pairs)
        shaped = self._shapes(blocks[0])
        for before, after in pairs:
            self._section(before, after, blocks, shaped)
        if not self.told:
            self._whole()

    def _whole(self) -> None:
        values = {"old": self.nodes[0].value, "new": self.nodes[1].value}
        if self._is_promise(*(Section((), prose=[str(value)]) for value in values.values())):
            self._emit(PromiseWordsChanged, section=OPENING, **values)
        else:
            self._emit(DocsChanged, keyword="description", **values)

    def _section(
        self, before: Section | None, after: Section | None, blocks: tuple[list[_Block], list[_Block]], shaped: set[int]
    ) -> None:
        promise = self._is_promise(before, after)
        kind: type[Change]
        if before is None and after is not None:
            kind = PromiseWordsAdded if promise else SectionAdded
            self._emit(kind, section=after.name, old=None, new=after.text)
        elif before is not None and after is None:
            kind = PromiseWordsRemoved if promise else SectionRemoved
            self._emit(kind, section=before.name, old=before.text, new=None)
        if before is None or after is None:
            return
        if before.words != after.words or not _shown_alike(before, after, blocks, shaped):
            kind = PromiseWordsChanged if promise else SectionChanged
            self._emit(kind, section=after.name, old=before.text, new=after.text)
        elif before.path[-1:] != after.path[-1:]:
            self._emit(SectionRenamed, section=after.name, was=before.name, old=before.path[-1], new=after.path[-1])

    def _is_promise(self, *either: Section | None) -> bool:
        phrases = self.context.conventions.promise
        return any(section is not None and holds_promise(section, phrases) for section in either)

    def _shapes(self, blocks: Iterable[_Block]) -> set[int]:
        """Tell where shown JSON differs in its shape; the ids of those values on the left of which that was told."""
        found = [
            (block, block.other.section, difference)
            for block in blocks
            if block.other is not None
            for difference in differences(block.shape, block.other.shape)
        ]
        scopes = self._everywhere() if found else []
        for _, section, difference in found:
            self._difference(scopes, section, difference)
        return {id(block.value) for block, _, _ in found}

    def _difference(self, scopes: list[Scope], section: Section, found: Difference) -> None:
        kind: type[Change] = DocumentedValueChanged
        arguments = {"section": section.name, "path": " > ".join(found.path) or "(all of it)"}
        if not found.was or not found.now:
            kind = DocumentedKeyRemoved if found.was else DocumentedKeyAdded
        else:
            arguments |= {"was": found.was, "now": found.now}
        for scope in scopes:
            below = scope.at(" > ".join(("documentation", *section.path, *found.path)))
            self._emit(kind, scope=below, old=found.old, new=found.new, **arguments)

    def _everywhere(self) -> list[Scope]:
        """What is written for all operations is met through each that both sides have, in what it answers."""
        operations = [side.operations() for side in (self.context.before, self.context.after)]
        kept = [mine.ref for mine, yours in pair(*operations) if mine and yours and mine.ref.kind == "operation"]
        found = [Scope(self.context.root(ref), direction=Direction.RESPONSE) for ref in kept]
        return found or [self.scope]

    def _emit(
        self,
        kind: type[Change],
        *,
        old: JsonValue,
        new: JsonValue,
        scope: Scope | None = None,
        **arguments: str,
    ) -> None:
        self.told = True
        first, second = (node.pointer if node.value is not None else None for node in self.nodes)
        self.context.emit(scope or self.scope, kind, (first, second), old=old, new=new, **arguments)


def _paired(mine: list[Section], yours: list[Section]) -> list[Pair]:
    """Sections of the two sides: by their headings, by the last of these alone, by their text; then those left over."""
    pairs: list[Pair] = []
    left, right = list(mine), list(yours)
    identities: tuple[Callable[[Section], object], ...] = (
        lambda section: section.path,
        lambda section: section.path[-1:],
        lambda section: section.words or id(section),
    )
    for identity in identities:
        known: dict[object, list[Section]] = {}
        for section in right:
            known.setdefault(identity(section), []).append(section)
        for section in list(left):
            fitting = known.get(identity(section), [])
            if len(fitting) == 1:
                other = fitting.pop()
                pairs.append((section, other))
                left.remove(section)
                right.remove(other)
    pairs.extend((section, None) for section in left)
    pairs.extend((None, section) for section in right)
    return pairs


def _blocks(found: list[Section]) -> list[_Block]:
    blocks = []
    for section in found:
        for value in section.blocks:
            shape = shape_of(value)
            blocks.append(_Block(section, value, shape, frozenset(places(shape))))
    return blocks


def _find_partners(budget: Budget, mine: list[_Block], yours: list[_Block], pairs: list[Pair]) -> None:
    """Find what each block is compared with: the equal one, the most alike of its section, then of any section.

    What is left over in the same section on both sides was written anew, and is compared as well.
    """
    partner = {id(before): id(after) for before, after in pairs if before is not None and after is not None}
    scored = []
    for i, left in enumerate(mine):
        for j, right in enumerate(yours):
            budget.spend()
            home = partner.get(id(left.section)) == id(right.section)
            equal = same(left.value, right.value)
            alike = len(left.paths & right.paths) / len(left.paths | right.paths)
            if home or equal or alike >= _ALIKE:
                scored.append((not (equal and home), not equal, not (home and alike >= _ALIKE), home, -alike, i, j))
    for *_, i, j in sorted(scored):
        if mine[i].other is None and yours[j].other is None:
            mine[i].other, yours[j].other = yours[j], mine[i]


def _shown_alike(before: Section, after: Section, blocks: tuple[list[_Block], list[_Block]], shaped: set[int]) -> bool:
    """Whether the JSON of two sections is the same, but for what was told of its shape."""
    here = [block for block in blocks[0] if block.section is before]
    there = [block for block in blocks[1] if block.section is after]
    if any(block.other is None or block.other.section is not after for block in here):
        return False
    if any(block.other is None or block.other.section is not before for block in there):
        return False
    return all(
        id(block.value) in shaped or (block.other is not None and same(block.value, block.other.value))
        for block in here
    )
