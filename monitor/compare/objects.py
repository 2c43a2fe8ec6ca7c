"""Objects: properties, `required`, and what is not listed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from monitor.compare import evaluated, keywords, schemas, statements, wrappers
from monitor.compare.changes import (
    AdditionalPropertiesNarrowed,
    AdditionalPropertiesWidened,
    Change,
    ClosedPropertyAdded,
    ClosedPropertyRemoved,
    Effect,
    KeywordWithoutEffect,
    ObjectBecameListed,
    OpenPropertyRemoved,
    PropertyAdded,
    PropertyBecameOptional,
    PropertyBecameRequired,
    PropertyRemoved,
    PropertySchemaAdded,
    ReadOnlyChanged,
    VariantBecameClosed,
    WriteOnlyChanged,
)
from monitor.compare.context import Context, Scope
from monitor.compare.evaluated import Listing
from monitor.compare.relations import relation
from monitor.contract import Contract, Direction, Node
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
    closing: list[Listing] = field(default_factory=list)
    """What stands beside each word that refuses names which are not listed: that alone it spares."""

    @property
    def is_silent(self) -> bool:
        """Whether nothing is said of names that are not listed."""
        return not self.openness and self.unevaluated is None

    members: list[Node] = field(default_factory=list)


def plain(contract: Contract, node: Node) -> ObjectView:
    """The view of one schema, `allOf` left aside."""
    view = ObjectView(pointer=node.pointer)
    add(contract, view, node)
    return view


def add(contract: Contract, view: ObjectView, node: Node, *, use: str | None = None) -> None:
    """Add what one more schema says: under `allOf` all of it holds. `use`: where it is told, other than at itself."""
    view.members.append(node)
    view.lists = view.lists or evaluated.lists(contract, node)
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
        if additional.value not in (True, {}):
            view.closing.append(evaluated.own(node))
    elif evaluated.refuses_rest(node):
        view.closing.append(evaluated.spared(contract, node))


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
            _presence(context, place, _removal(context, name, before, after), name, before, (node.use, None))
    for name in sorted(after.properties.keys() - before.properties.keys()):
        _added(context, scope, name, before, after)
    for name in sorted(before.required.keys() ^ after.required.keys()):
        if name not in (after if name in after.required else before).properties:
            _unlisted_requirement(context, scope, name, before, after)
    _nameless(context, scope, before.nameless, after.nameless)
    _names_come(context, scope, before, after)
    _rest(context, scope, before, after)
    _idle(context, scope, before, after)


def _added(context: Context, scope: Scope, name: str, before: ObjectView, after: ObjectView) -> None:
    """Tell that a property is listed, which was ruled out, or accepted under another schema, or neither."""
    node = after.properties[name]
    place, places = scope.at(name).seen_only(_marks_of(context.after, node).only), (None, node.use)
    closing = None if _is_matched(context, name, before) else _closing(before, after, scope.ruled_out)
    ruled_out = closing is not None and rules_out(context, closing, node)
    said = _said_of(context, scope, name, before)
    if closing is not None and closing.mapping and evaluated.limits(context.before, closing):
        said.append(closing)
    effects = {relation(context, each, node) for each in said} - {Effect.NEUTRAL, Effect.WIDENED}
    if ruled_out:
        _presence(context, place, ClosedPropertyAdded, name, after, places)
    if effects and name not in after.required:  # one that must be there is told as such
        certain = effects != {Effect.UNDECIDED}
        _presence(context, place, PropertySchemaAdded, name, after, places, certain=certain)
    elif not ruled_out:
        _presence(context, place, PropertyAdded, name, after, places)
    for pattern in sorted(before.patterns.keys() - after.patterns.keys()):
        if keywords.may_meet(context, keywords.exactly(name), pattern):  # it was accepted under that
            schemas.compare_schemas(context, place, before.patterns[pattern], node)


def _is_matched(context: Context, name: str, before: ObjectView) -> bool:
    """Whether a pattern surely took a name, so that what is said of all other names was not said of it."""
    key = "name", name
    return _spares(context, Listing(patterns=before.patterns), key) and all(
        _spares(context, spared, key) for spared in before.closing
    )


def _said_of(context: Context, scope: Scope, name: str, before: ObjectView) -> list[Node]:
    """What was said of a name that none of the schemas in view listed: by a pattern, or by others of the same value.

    What one variant says of a name is nothing to the others. Of what is said of all names that are not listed only
    what a condition adds is looked at here.
    """
    parts = [part.node for node in before.members for part in evaluated.parts(context.before, node)]
    if scope.branch and scope.wholes is not None:
        whole = evaluated.parts(context.before, scope.wholes[0], variants=not scope.variant)
        parts += [part.node for part in whole]
    listings = [evaluated.own(node) for node in parts]
    named = [each.names[name] for each in listings if name in each.names]
    text = keywords.exactly(name)
    matching = (
        each.patterns[pattern]
        for each in [Listing(patterns=before.patterns), *listings]
        for pattern in sorted(each.patterns)
        if keywords.may_meet(context, text, pattern)
    )
    return [*named, *matching, *([] if named else _openings(context, scope, before))]


def _openings(context: Context, scope: Scope, before: ObjectView) -> list[Node]:
    """What the parts of a value that a condition adds say of all names which they do not list themselves."""
    wholes = [scope.wholes[0]] if scope.branch and scope.wholes is not None else []
    own = {opening.pointer for node in before.members if (opening := evaluated.rest(node)) is not None}
    found = (evaluated.in_place(context.before, node, variants=False) for node in [*before.members, *wholes])
    openings = (each for listing in found for each in listing.openings if each.pointer not in own)
    return [each for each in openings if evaluated.limits(context.before, each)]


def _rest(context: Context, scope: Scope, before: ObjectView, after: ObjectView) -> None:
    """Compare what is said of properties that are not listed."""
    mine, yours = before.additional, after.additional
    if (mine is None) != (yours is None) and before.unevaluated is not None and after.unevaluated is not None:
        # What `additionalProperties` of one member takes is not left to `unevaluatedProperties` of the whole.
        mine, yours = mine or before.unevaluated, yours or after.unevaluated
    if mine is None and yours is None:
        return
    lists = before.lists, after.lists
    if scope.wholes is not None:  # one of several schemas of a value leaves it to all of them together
        closed = evaluated.closes(context.before, scope.wholes[0]), evaluated.closes(context.after, scope.wholes[1])
        lists = lists[0] or closed[0], lists[1] or closed[1]
        if mine is None and evaluated.in_place(context.before, scope.wholes[0], under_if=True).openings:
            lists = False, lists[1]  # where a condition held, or in a variant, any name was accepted
    if scope.branch and scope.ruled_out is not None and mine is None and yours is not None and yours.value is not False:
        values = {"old": None, "new": yours.value, "implicit": False}
        context.emit(scope, AdditionalPropertiesWidened, (None, yours.pointer), **values)
    compare_openness(context, scope, mine, yours, lists=lists)


def compare_closing_of_part(
    context: Context, scope: Scope, places: tuple[Node, Node], sides: tuple[Node, Node]
) -> None:
    """Tell where a definition is one of several schemas of a value that it says something of other names now.

    As a value of its own its silence was read as closed, which the definition tells; as a part it left them to others.
    """
    before, after = (evaluated.said_of_rest(*side) for side in zip((context.before, context.after), sides, strict=True))
    closing = next((each for each in after if each.value not in evaluated.ANYTHING), None)
    if not before and closing is not None and not scope.frame.exchanged:
        pointers = places[0].pointer, places[1].pointer
        context.emit(scope, VariantBecameClosed, pointers, old=None, new=closing.value)


def compare_listing_of_part(context: Context, scope: Scope, sides: tuple[Node, Node]) -> None:
    """Tell of names that a definition lists now which, as one of several schemas of a value, it left to the others."""
    if scope.wholes is None or scope.frame.exchanged:
        return
    known = evaluated.in_place(context.before, scope.wholes[0], asked=False, variants=not scope.variant).names
    listed = [
        evaluated.in_place(contract, each, asked=False, variants=False).names
        for contract, each in zip((context.before, context.after), sides, strict=True)
    ]
    for name in sorted(known.keys() & (listed[1].keys() - listed[0].keys())):
        node = listed[1][name]
        effect = relation(context, known[name], node)
        if effect not in (Effect.NEUTRAL, Effect.WIDENED):
            values = {"new": node.value, "name": name, "certain": effect is not Effect.UNDECIDED}
            context.emit(scope.at(name), PropertySchemaAdded, (None, node.use), **values)


def _names_come(context: Context, scope: Scope, before: ObjectView, after: ObjectView) -> None:
    """Tell what it does to the other names that some are listed now."""
    places, silent = (before.pointer, after.pointer), before.is_silent and after.is_silent
    whole = after.lists and (_is_open_variant(context, scope) if scope.branch else not after.patterns)
    opened = not before.lists or (not scope.branch and _opens(context, before, after))
    if silent and opened and (after.properties or whole):
        context.emit(scope, ObjectBecameListed, places)
    if not before.closing and not after.closing:
        return
    listed = _listed_by(context.before, before), _listed_by(context.after, after)
    refused = _refused(context, listed[0], before.closing), _refused(context, listed[1], after.closing)
    both = listed[0].keys & listed[1].keys
    values = {"old": _said(before), "new": _said(after)}
    if both & (refused[1] - refused[0]):
        context.emit(scope, AdditionalPropertiesNarrowed, places, implicit=False, **values)
    if both & (refused[0] - refused[1]):
        context.emit(scope, AdditionalPropertiesWidened, places, implicit=False, **values)


def _is_open_variant(context: Context, scope: Scope) -> bool:
    """Whether a variant that listed nothing accepted any name, as nothing is surely listed beside it."""
    return scope.wholes is not None and not (
        evaluated.surely_lists(context.before, scope.wholes[0])
        or evaluated.said_of_rest(context.before, scope.wholes[0])
    )


def _opens(context: Context, before: ObjectView, after: ObjectView) -> bool:
    """Whether a variant that lists nothing accepted any name, and no longer does where more is listed beside it."""
    if any(evaluated.surely_lists(context.before, node) for node in before.members):
        return False
    lists = any(evaluated.surely_lists(context.after, node) for node in after.members)
    return lists and any(evaluated.has_open_variant(context.before, node) for node in before.members)


def _listed_by(contract: Contract, view: ObjectView) -> Listing:
    return Listing.of(evaluated.in_place(contract, node) for node in view.members)


def _refused(context: Context, listed: Listing, closing: list[Listing]) -> frozenset[tuple[str, str]]:
    """What is listed, or is required and counts as listed, and is refused all the same.

    `additionalProperties` and `unevaluatedProperties` do not see what is listed elsewhere, nor what is required and not
    listed (JSON Schema 2020-12 core, 10.3.2.3 and 11.3).
    """
    return frozenset(key for key in listed.keys if not all(_spares(context, spared, key) for spared in closing))


def _spares(context: Context, spared: Listing, key: tuple[str, str]) -> bool:
    kind, name = key
    if spared.openings or key in spared.keys:
        return True
    fits = (Effect.NEUTRAL, Effect.WIDENED)
    return kind == "name" and any(
        keywords.relation_of_patterns(context, keywords.exactly(name), pattern) in fits for pattern in spared.patterns
    )


def _said(view: ObjectView) -> Any:
    return None if view.additional is None else view.additional.value


def _closing(before: ObjectView, after: ObjectView, whole: tuple[Node, Node] | None) -> Node | None:
    """What an object said of all names that it does not list, and still does; else what became of them is told.

    `whole`: what is said so of the whole that the object is a part of.
    """
    if before.is_silent and after.is_silent:
        return None if whole is None else whole[0]
    return None if after.is_silent else before.additional or before.unevaluated


def _removal(context: Context, name: str, before: ObjectView, after: ObjectView) -> type[Change]:
    """What becomes of the values of a property that is no longer listed, as far as the document says so itself."""
    node, closing = before.properties[name], after.additional or after.unevaluated
    if closing is None:
        return PropertyRemoved
    listed = _listed_by(context.after, after)
    if name in listed.names or any(
        keywords.may_meet(context, keywords.exactly(name), pattern) for pattern in listed.patterns
    ):
        return PropertyRemoved  # another schema of the same value may accept it
    if closing.value is False:
        return ClosedPropertyRemoved
    if closing.value in evaluated.ANYTHING:
        return PropertyRemoved if after.closing else OpenPropertyRemoved
    found = relation(context, node, closing), relation(context, node, closing, closed=True)
    kept = (Effect.NEUTRAL, Effect.WIDENED)
    if found[0] in kept and found[1] in kept:
        return OpenPropertyRemoved if len(after.closing) == 1 else PropertyRemoved
    return ClosedPropertyRemoved if found[0] in (Effect.NARROWED, Effect.CHANGED) else PropertyRemoved


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
    **more: Any,
) -> None:
    removed = issubclass(kind, PropertyRemoved)
    contract = context.before if removed else context.after
    node = view.properties[name]
    marks = _marks_of(contract, node)
    context.emit(
        scope,
        kind,
        places,
        old=node.value if removed else None,
        new=None if removed else node.value,
        name=name,
        required=name in view.required,
        read_only=marks.read_only,
        write_only=marks.write_only,
        **more,
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
