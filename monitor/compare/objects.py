"""Objects: properties, `required`, and what is not listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from monitor.compare import schemas, statements, wrappers
from monitor.compare.changes import (
    AdditionalPropertiesNarrowed,
    AdditionalPropertiesWidened,
    Change,
    ClosedPropertyAdded,
    Effect,
    KeywordWithoutEffect,
    ObjectBecameListed,
    PropertyAdded,
    PropertyBecameOptional,
    PropertyBecameRequired,
    PropertyRemoved,
    ReadOnlyChanged,
    VariantBecameClosed,
    WriteOnlyChanged,
)
from monitor.compare.context import Context, Scope
from monitor.compare.relations import relation
from monitor.contract import Contract, Direction, Node, target_of
from monitor.errors import ReferenceUnresolved
from monitor.values import canonical_bytes, same


@dataclass(slots=True)
class ObjectView:
    """What one schema, or several under `allOf` together, say of an object.

    `properties` by name, all that is stated of one together; `required` maps a name to the pointer of its entry, and
    `nameless` has the entries that name nothing, by their pointers; `additional` is None where nothing is said.
    """

    properties: dict[str, Node] = field(default_factory=dict)
    required: dict[str, str] = field(default_factory=dict)
    additional: Node | None = None
    nameless: dict[str, Any] = field(default_factory=dict)
    pointer: str = ""
    openness: list[Node] = field(default_factory=list)
    """All that the members say of properties that are not listed."""
    lists: bool = False
    """Whether anything is listed, so that there is something to close (docs/stance.md)."""
    patterns: dict[str, Node] = field(default_factory=dict)
    """What stands under `patternProperties`."""
    unevaluated: Node | None = None
    """`unevaluatedProperties`, where a member has it."""
    closing: list[tuple[Node, frozenset[str]]] = field(default_factory=list)
    """Each `additionalProperties` that refuses something, with the names beside it, which alone it spares."""

    @property
    def is_silent(self) -> bool:
        """Whether nothing is said of names that are not listed."""
        return not self.openness and self.unevaluated is None

    members: list[Node] = field(default_factory=list)

    def is_blind(self, contract: Contract) -> bool:
        """Whether an `additionalProperties` speaks of what is listed elsewhere, which it does not see, or of what is
        required and not listed (JSON Schema 2020-12 core, 10.3.2.3)."""
        if not self.closing:
            return False
        names = {str(name) for node in self.members for part in _parts(contract, node) for name in part.names}
        return any(not names <= spared for _, spared in self.closing)


def plain(contract: Contract, node: Node) -> ObjectView:
    """The view of one schema, `allOf` left aside."""
    view = ObjectView(pointer=node.pointer)
    add(contract, view, node)
    return view


def add(contract: Contract, view: ObjectView, node: Node, *, use: str | None = None) -> None:
    """Add what one more schema says: under `allOf` all of it holds. `use`: where it is told, other than at itself."""
    view.members.append(node)
    view.lists = view.lists or lists(contract, node)
    properties, patterns = node.child("properties"), node.child("patternProperties")
    view.patterns |= {str(name): patterns.child(name) for name in patterns.mapping}
    if isinstance(node.mapping.get("unevaluatedProperties"), dict | bool):
        view.unevaluated = node.child("unevaluatedProperties")
    for name in properties.mapping:
        stated, known = properties.child(name), view.properties.get(str(name))
        if use is not None:
            stated = replace(stated, used_at=use)
        view.properties[str(name)] = stated if known is None else statements.all_of_them((known, stated))
    required = node.mapping.get("required")
    for index, name in enumerate(required if isinstance(required, list) else ()):
        place = use or node.child("required", index).pointer
        if _names(view, name):
            view.required.setdefault(name, place)
        else:
            view.nameless[place] = name
    additional = node.child("additionalProperties")
    if "additionalProperties" in node.mapping:
        view.openness.append(additional)
    if isinstance(additional.value, dict | bool):
        view.additional = _strictest(view.additional, additional)
        if additional.value not in (True, {}) and not patterns.mapping:
            view.closing.append((additional, frozenset(map(str, properties.mapping))))


def lists(contract: Contract, node: Node) -> bool:
    """Whether a schema lists properties, itself or in a part that holds beside it, perhaps under a condition."""
    return any(part.lists for part in _parts(contract, node))


class _Part(NamedTuple):
    """What one schema lists: the names that count as listed, required ones too, and whether there are others."""

    names: tuple[object, ...]
    lists: bool


def _parts(contract: Contract, node: Node) -> Iterator[_Part]:
    """What the schemas of the same value list, the schema itself first."""
    waiting, seen = [node], set[str]()
    while waiting:
        part = waiting.pop()
        if part.pointer in seen:
            continue
        seen.add(part.pointer)
        value = part.mapping
        names, required = tuple(part.child("properties").mapping), value.get("required")
        asked = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
        yield _Part((*names, *asked), bool(names or value.get("patternProperties")))
        reference = target_of(part.value)
        if reference is not None:
            try:
                waiting.append(contract.refs.hop(reference))
            except ReferenceUnresolved:
                yield _Part((), lists=True)  # what it leads to may list anything
        for keyword in _IN_PLACE:
            held = part.child(keyword)
            if isinstance(held.value, list):
                waiting.extend(held.child(index) for index in range(len(held.value)))
            elif keyword == "dependentSchemas":
                waiting.extend(held.child(name) for name in held.mapping)
            elif "if" in value:
                waiting.append(held)


_IN_PLACE = ("allOf", "oneOf", "anyOf", "then", "else", "dependentSchemas")
"""Keywords with schemas of the same value (JSON Schema 2020-12 core, section 10.2), but for those that only ask."""


def _strictest(known: Node | None, stated: Node) -> Node:
    """What the members of an `allOf` come to in what they say of properties that are not listed."""
    said = _openness(known), _openness(stated)
    if known is None or said == (1, 1):
        return stated if known is None else statements.all_of_them((known, stated))
    return stated if said[1] < said[0] else known


def _names(view: ObjectView, name: object) -> bool:
    """Whether an entry of `required` names a property: an empty one (a dash with nothing behind it) does only where
    there is a property of that name, and what is no text never does."""
    return isinstance(name, str) and (name != "" or "" in view.properties)


def compare_objects(context: Context, scope: Scope, before: ObjectView, after: ObjectView) -> None:
    """Compare properties by name, then `required`, then `additionalProperties`."""
    # In the order of names, not of the document: which of several ways to a place is met first must not depend on it.
    for name, node in sorted(before.properties.items(), key=lambda entry: entry[0]):
        if name in after.properties:
            _both(context, scope, name, before, after)
        else:
            place = scope.at(name).seen_only(_marks_of(context.before, node).only)
            _presence(context, place, PropertyRemoved, name, before, (node.use, None))
    for name, node in sorted(after.properties.items(), key=lambda entry: entry[0]):
        if name not in before.properties:
            place = scope.at(name).seen_only(_marks_of(context.after, node).only)
            ruled_out = _was_ruled_out(context, node, before, after, scope.ruled_out)
            kind = ClosedPropertyAdded if ruled_out else PropertyAdded
            _presence(context, place, kind, name, after, (None, node.use))
    for name in sorted(before.required.keys() ^ after.required.keys()):
        if name not in (after if name in after.required else before).properties:
            _unlisted_requirement(context, scope, name, before, after)
    _nameless(context, scope, before.nameless, after.nameless)
    _names_come(context, scope, before, after)
    compare_openness(context, scope, before.additional, after.additional, lists=(before.lists, after.lists))
    _idle(context, scope, before, after)


def _names_come(context: Context, scope: Scope, before: ObjectView, after: ObjectView) -> None:
    """Tell what it does to the other names that some are listed now."""
    places, silent = (before.pointer, after.pointer), before.is_silent and after.is_silent
    if silent and not before.lists and after.properties:
        context.emit(scope, ObjectBecameListed, places)
    blind = before.is_blind(context.before), after.is_blind(context.after)
    if blind[0] != blind[1]:
        kind = AdditionalPropertiesNarrowed if blind[1] else AdditionalPropertiesWidened
        values = {"old": _said(before), "new": _said(after)}
        context.emit(scope, kind, places, implicit=False, **values)


def _said(view: ObjectView) -> Any:
    return None if view.additional is None else view.additional.value


def _was_ruled_out(
    context: Context, node: Node, before: ObjectView, after: ObjectView, whole: tuple[Node, Node] | None
) -> bool:
    """Whether a new property would not have been accepted: the object says so of all names that it does not list.

    `whole`: what is said so of the whole that the object is a part of.
    """
    closing = before.additional or before.unevaluated
    if whole is not None and before.is_silent and after.is_silent:
        return rules_out(context, whole[0], node)
    if closing is None or after.is_silent:  # what became of the names that are not listed is told by itself
        return False
    return rules_out(context, closing, node)


def rules_out(context: Context, closing: Node, node: Node) -> bool:
    """Whether what is said of names that are not listed refuses values of a schema."""
    if isinstance(closing.value, bool):
        return not closing.value
    return bool(closing.mapping) and relation(context, closing, node) not in (Effect.NEUTRAL, Effect.NARROWED)


def _unlisted_requirement(context: Context, scope: Scope, name: str, before: ObjectView, after: ObjectView) -> None:
    """Tell that a name is asked for, or no longer, which is not listed where it is; as such it counted as listed."""
    closing = after.additional or after.unevaluated
    closed = after.lists or scope.branch if closing is None else closing.value not in (True, {})
    if name in after.required or name in after.properties or not (before.is_silent and closed):
        _requirement(context, scope.at(name), name, before, after)
    else:
        context.emit(scope.at(name), PropertyRemoved, (before.required[name], None), old=name, name=name, required=True)


class Marks(NamedTuple):
    """What is said of a property, on its wrappers or on the schema that they wrap."""

    read_only: bool
    write_only: bool

    @property
    def only(self) -> Direction | None:
        """In which direction alone the property is seen (OAS 3.0.4, section 4.8.24.2)."""
        if self.read_only:
            return Direction.RESPONSE
        return Direction.REQUEST if self.write_only else None


def _marks_of(contract: Contract, node: Node) -> Marks:
    unwrapped = wrappers.unwrap(contract, node)
    return Marks(*(wrappers.flag(contract, unwrapped, keyword) for keyword in ("readOnly", "writeOnly")))


def _presence(
    context: Context,
    scope: Scope,
    kind: type[Change],
    name: str,
    view: ObjectView,
    places: tuple[str | None, str | None],
) -> None:
    contract = context.before if kind is PropertyRemoved else context.after
    node = view.properties[name]
    marks = _marks_of(contract, node)
    context.emit(
        scope,
        kind,
        places,
        old=node.value if kind is PropertyRemoved else None,
        new=None if kind is PropertyRemoved else node.value,
        name=name,
        required=name in view.required,
        read_only=marks.read_only,
        write_only=marks.write_only,
    )


def _both(context: Context, scope: Scope, name: str, before: ObjectView, after: ObjectView) -> None:
    mine, yours = before.properties[name], after.properties[name]
    requirement_differs = (name in before.required) != (name in after.required)
    if not requirement_differs and context.is_unchanged(mine, yours):
        return
    place = scope.at(name)
    marks = _marks_of(context.before, mine), _marks_of(context.after, yours)
    _marks(context, place, name, (mine, yours), marks, required=name in after.required)
    inner = place.seen_only(_only_between(marks[0].only, marks[1].only))
    if requirement_differs:
        _requirement(context, inner, name, before, after)
    schemas.compare_schemas(context, inner, mine, yours, of_property=True)


def _nameless(context: Context, scope: Scope, before: dict[str, Any], after: dict[str, Any]) -> None:
    if not same(list(before.values()), list(after.values())):
        places = next(iter(before), None), next(iter(after), None)
        values = {"old": list(before.values()), "new": list(after.values()), "keyword": "required"}
        context.emit(scope, KeywordWithoutEffect, places, **values)


def _idle(context: Context, scope: Scope, before: ObjectView, after: ObjectView) -> None:
    """Tell what a member of an `allOf` says of unlisted properties that another says already, or goes beyond."""
    if len(before.openness) < 2 and len(after.openness) < 2:
        return
    winners = [None if view.additional is None else view.additional.value for view in (before, after)]
    mine, yours = _by_content(before.openness, after.openness), _by_content(after.openness, before.openness)
    if mine.keys() == yours.keys() or not same(*winners):
        return
    for key in sorted(mine.keys() ^ yours.keys()):
        left, right = mine.get(key), yours.get(key)
        values = {"old": left.value if left else None, "new": right.value if right else None}
        places = left.pointer if left else None, right.pointer if right else None
        context.emit(scope, KeywordWithoutEffect, places, keyword="additionalProperties", **values)


def _by_content(nodes: list[Node], others: list[Node]) -> dict[tuple[bytes, int], Node]:
    """The nodes by their content, and how often it was there before; first those that stand in the same place there."""
    found: dict[tuple[bytes, int], Node] = {}
    for node in sorted(
        nodes,
        key=lambda node: not any(node.pointer == other.pointer and same(node.value, other.value) for other in others),
    ):
        content, times = canonical_bytes(node.value), 0
        while (content, times) in found:
            times += 1
        found[content, times] = node
    return found


def _only_between(was: Direction | None, now: Direction | None) -> Direction | None:
    """In which direction alone what differs inside a property is seen.

    What was not sent before was never sent, and what is not sent any more is ignored: it is enough that one side
    says so. That it can now be sent, or must be, the flip of the mark tells.
    """
    if was is not None and now is not None and was is not now:
        return None
    return was or now


def _marks(
    context: Context,
    scope: Scope,
    name: str,
    nodes: tuple[Node, Node],
    marks: tuple[Marks, Marks],
    *,
    required: bool,
) -> None:
    places = nodes[0].pointer, nodes[1].pointer
    for kind, was, now in zip((ReadOnlyChanged, WriteOnlyChanged), *marks, strict=True):
        if was != now:
            context.emit(scope, kind, places, old=was, new=now, name=name, now=now, required=required)


def _requirement(context: Context, scope: Scope, name: str, before: ObjectView, after: ObjectView) -> None:
    became_required = name in after.required
    kind = PropertyBecameRequired if became_required else PropertyBecameOptional
    places = before.required.get(name), after.required.get(name)
    context.emit(scope, kind, places, old=not became_required, new=became_required, name=name)


def _openness(node: Node | None) -> int:
    """How much an object accepts beyond what is listed: 0 nothing, 1 what fits a schema, 2 anything, -1 not said."""
    if node is None:
        return -1
    if node.value is False:
        return 0
    return 2 if node.value in (True, {}) else 1


def compare_openness(
    context: Context, scope: Scope, mine: Node | None, yours: Node | None, *, lists: tuple[bool, bool]
) -> None:
    """Compare what is said of properties that are not listed; None: nothing is.

    `lists`: whether each side lists any. One that lists none and says nothing accepts every name.
    """
    was, now = _openness(mine), _openness(yours)
    if was == now == 1 and mine is not None and yours is not None:
        schemas.compare_schemas(context, scope.at("{*}"), mine, yours)
    if was == now:
        return
    places = mine.pointer if mine else None, yours.pointer if yours else None
    values = {"old": mine.value if mine else None, "new": yours.value if yours else None}
    silent_and_open = was == -1 and not lists[0], now == -1 and not lists[1]
    if (silent_and_open[0] and now == 2) or (silent_and_open[1] and was == 2):
        context.emit(scope, KeywordWithoutEffect, places, keyword="additionalProperties", **values)
        return
    if silent_and_open[0]:
        context.emit(scope, AdditionalPropertiesNarrowed, places, implicit=False, **values)
        return
    if scope.branch and was == -1 and now != 2:
        context.emit(scope, VariantBecameClosed, places, **values)
        return
    # Silence is closed in a request and open in a response: next to `false` it is wider, next to
    # anything else narrower.
    levels = [1.5 if said == -1 and 0 in (was, now) else 0.5 if said == -1 else said for said in (was, now)]
    kind = AdditionalPropertiesNarrowed if levels[1] < levels[0] else AdditionalPropertiesWidened
    context.emit(scope, kind, places, implicit=-1 in (was, now), **values)
