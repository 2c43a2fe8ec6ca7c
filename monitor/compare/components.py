"""Named definitions, and the root of the document: what no operation led to is compared as well."""

from __future__ import annotations

from collections.abc import Callable

from monitor.compare.changes import (
    ComponentAdded,
    ComponentRemoved,
    ComponentRenamed,
    SecuritySchemeAdded,
    SecuritySchemeRemoved,
)
from monitor.compare.context import Context, Scope
from monitor.compare.info import compare_info
from monitor.compare.leftovers import docs_below, leftovers
from monitor.compare.malformed import compare_malformed
from monitor.compare.messages import (
    compare_header,
    compare_link,
    compare_media_type,
    compare_media_types,
    compare_parameter,
    compare_requirement,
    compare_response,
)
from monitor.compare.schemas import compare_schemas
from monitor.compare.security_schemes import compare_scheme, renamed_schemes
from monitor.compare.tags import compare_tags
from monitor.contract import Component, Contract, MediaType, Node, Response


def compare_components(context: Context) -> None:
    """Compare the components that differ and that nothing was found to reach; name those that came and went."""
    mine = {(found.section, found.name): found for found in context.before.components()}
    yours = {(found.section, found.name): found for found in context.after.components()}
    renamed = _renamed(context, mine, yours) | _renamed_schemes(context, mine, yours)
    visited = _visited(context)
    for key in sorted((mine.keys() | yours.keys()) - renamed):
        old, new = mine.get(key), yours.get(key)
        if old is None or new is None:
            _presence(context, old, new)
        elif context.has_changed(old.node.pointer):
            _same_name(context, old, new, (old.node.pointer in visited[0], new.node.pointer in visited[1]))


def _visited(context: Context) -> tuple[set[str], set[str]]:
    """The units on each side that were compared with something, because the same place led to both."""
    keys = context.frames.keys()
    return {context.units[0].owner(key.before) for key in keys}, {context.units[1].owner(key.after) for key in keys}


def _same_name(context: Context, before: Component, after: Component, visited: tuple[bool, bool]) -> None:
    """Compare two components that only their name brings together.

    Generated names move: what was `CreateBody9` is `CreateBody10` now. A side that was compared with what stands in its
    place is done with; only the other one is news.
    """
    if visited == (False, False):
        _compare(context, before, after)
    elif visited == (True, False):
        _presence(context, None, after)
    elif visited == (False, True):
        _presence(context, before, None)


def _renamed(
    context: Context, mine: dict[tuple[str, str], Component], yours: dict[tuple[str, str], Component]
) -> set[tuple[str, str]]:
    """Tell schemas that the same places call by another name now; the names that were so explained."""
    explained: set[tuple[str, str]] = set()
    scope = Scope(context.root())
    for before, after in sorted({(key.before, key.after) for key in context.frames}):
        names = context.before.component_name(before), context.after.component_name(after)
        if names[0] is None or names[1] is None:
            continue
        left, right = ("schemas", names[0]), ("schemas", names[1])
        whole = _is_at(mine.get(left), before) and _is_at(yours.get(right), after)
        if whole and left not in yours and right not in mine and not {left, right} & explained:
            explained |= {left, right}
            values = {"old": names[0], "new": names[1], "section": "schemas", "name": names[1]}
            context.emit(scope, ComponentRenamed, (before, after), **values)
    return explained


def _renamed_schemes(
    context: Context, mine: dict[tuple[str, str], Component], yours: dict[tuple[str, str], Component]
) -> set[tuple[str, str]]:
    """Tell security schemes that are called otherwise now; the names that were so explained."""
    explained: set[tuple[str, str]] = set()
    scope = Scope(context.root())
    for old, new in sorted(renamed_schemes(context).items()):
        keys = ("securitySchemes", old), ("securitySchemes", new)
        nodes = mine[keys[0]].node, yours[keys[1]].node
        values = {"old": old, "new": new, "section": "securitySchemes", "name": new}
        context.emit(scope, ComponentRenamed, (nodes[0].pointer, nodes[1].pointer), **values)
        compare_scheme(context, scope, context.before.refs.follow(nodes[0]), context.after.refs.follow(nodes[1]), new)
        explained |= {*keys}
    return explained


def _is_at(component: Component | None, pointer: str) -> bool:
    return component is not None and component.node.pointer == pointer


def _presence(context: Context, before: Component | None, after: Component | None) -> None:
    component = before or after
    assert component is not None
    places = before.node.pointer if before else None, after.node.pointer if after else None
    values = {"old": before.node.value if before else None, "new": after.node.value if after else None}
    scope = Scope(context.root())
    if component.section == "securitySchemes":
        kind = SecuritySchemeRemoved if after is None else SecuritySchemeAdded
        context.emit(scope, kind, places, scheme=component.name, **values)
    else:
        named = {"section": component.section, "name": component.name}
        context.emit(scope, ComponentRemoved if after is None else ComponentAdded, places, **named, **values)


def _compare(context: Context, before: Component, after: Component) -> None:
    scope = Scope(context.root())
    compare = _BY_SECTION.get(before.section)
    if before.section == "examples":
        docs_below(context, scope, before.node, after.node)
    elif compare is not None:
        nodes = context.before.refs.follow(before.node), context.after.refs.follow(after.node)
        compare(context, scope, *nodes)
    else:
        leftovers(context, scope, before.node, after.node, ())


def _schema(context: Context, scope: Scope, before: Node, after: Node) -> None:
    if not context.was_compared(before.pointer, after.pointer):
        compare_schemas(context, scope, before, after)


def _parameter(context: Context, scope: Scope, before: Node, after: Node) -> None:
    mine = context.before.dialect.parameter(context.before.refs, before)
    yours = context.after.dialect.parameter(context.after.refs, after)
    if mine is not None and yours is not None:
        compare_parameter(context, scope, mine, yours)
        # That a path parameter is called otherwise is told with it, of others where they are used.
        if mine.place not in ("path", "querystring") and not _is_told(context, before, after):
            leftovers(context, scope, before.only(("name",)), after.only(("name",)), ())
    else:
        leftovers(context, scope, before, after, ())


def _response(context: Context, scope: Scope, before: Node, after: Node) -> None:
    compare_response(context, scope, *_responses(context, before, after))


def _responses(context: Context, before: Node, after: Node) -> tuple[Response, Response]:
    mine, yours = (
        contract.dialect.response(contract.refs, contract.root, "default", node)
        for contract, node in ((context.before, before), (context.after, after))
    )
    return mine, yours


def _header(context: Context, scope: Scope, before: Node, after: Node) -> None:
    name = before.pointer.rpartition("/")[2]
    mine = context.before.dialect.header(context.before.refs, name, before)
    yours = context.after.dialect.header(context.after.refs, name, after)
    compare_header(context, scope, mine, yours)


def _scheme(context: Context, scope: Scope, before: Node, after: Node) -> None:
    compare_scheme(context, scope, before, after, before.pointer.rpartition("/")[2])


def _body(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """A Request Body Object has media types as a response has."""
    mine, yours = _responses(context, before, after)
    compare_requirement(context, scope, before, after)
    compare_media_types(context, scope.at("body"), mine.media_types, yours.media_types)
    leftovers(context, scope, before, after, context.claimed["body"])


def _media_type(context: Context, scope: Scope, before: Node, after: Node) -> None:
    if not _is_told(context, before, after):
        views = (
            MediaType(_ANY, node, node.child("schema") if "schema" in node.mapping else None)
            for node in (before, after)
        )
        compare_media_type(context, scope, *views)


_ANY = "application/json"
"""The media type of a Media Type Object that no body has: nobody says which it is."""


def _link(context: Context, scope: Scope, before: Node, after: Node) -> None:
    if not _is_told(context, before, after):
        compare_link(context, scope, before, after, before.pointer.rpartition("/")[2])


def _others(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Callbacks and path items are compared where operations come from them; else what differs is told as it stands."""
    if not _is_told(context, before, after):
        leftovers(context, scope, before, after, ())


def _is_told(context: Context, before: Node, after: Node) -> bool:
    """Whether something was found in a component where it is used."""
    facts = (fact.change.location for frame in context.roots for fact in frame.facts)
    return any(_is_in(place.before, before) or _is_in(place.after, after) for place in facts)


def _is_in(pointer: str | None, node: Node) -> bool:
    return pointer is not None and (pointer == node.pointer or pointer.startswith(f"{node.pointer}/"))


_BY_SECTION: dict[str, Callable[[Context, Scope, Node, Node], None]] = {
    "schemas": _schema,
    "parameters": _parameter,
    "responses": _response,
    "requestBodies": _body,
    "headers": _header,
    "securitySchemes": _scheme,
    "mediaTypes": _media_type,
    "links": _link,
    "callbacks": _others,
    "pathItems": _others,
}


def compare_root(context: Context) -> None:
    """Compare what stands at the root: `info` by its members, the rest as leftovers."""
    before, after = Node("", context.before.root), Node("", context.after.root)
    scope = Scope(context.root())
    compare_info(context, scope, before.child("info"), after.child("info"))
    compare_tags(context, scope, before.child("tags"), after.child("tags"))
    listed = {"tags"} if before.mapping.get("tags") is not None or after.mapping.get("tags") is not None else set()
    claimed = context.claimed["root"] | listed | _holders(context.before) | _holders(context.after)
    compare_malformed(context, scope, before, after, "root")
    leftovers(context, scope, before, after, claimed)
    mine, yours = before.child("components"), after.child("components")
    leftovers(
        context, scope, mine, yours, {"mediaTypes", *context.before.dialect.sections, *context.after.dialect.sections}
    )


def _holders(contract: Contract) -> set[str]:
    return {*contract.webhooks, *(pointer.split("/")[1] for pointer in contract.dialect.sections.values())}
