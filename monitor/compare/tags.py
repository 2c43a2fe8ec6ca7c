"""Tags: how the document describes them, and which ones an operation bears."""

from __future__ import annotations

from typing import Any

from monitor.compare.changes import DocsChanged, OperationTagsChanged, TagAdded, TagChanged, TagRemoved
from monitor.compare.context import Context, Scope
from monitor.compare.leftovers import leftovers
from monitor.contract import Node, Operation
from monitor.values import join, same

_DESCRIBING = ("description", "externalDocs", "kind", "parent", "summary")
"""Members of a Tag Object beside its name (OAS 3.0.4, section 4.8.22; 3.2.0, section 4.22)."""


def compare_tags(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Compare the tags that two documents describe, by name; another order is told beside that."""
    if same(before.value, after.value):
        return
    mine, yours = _by_name(before), _by_name(after)
    if mine is None or yours is None or not (mine or yours):
        _as_a_whole(context, scope, before, after)
        return
    for name in sorted(mine.keys() - yours.keys()):
        context.emit(scope, TagRemoved, (mine[name].pointer, None), old=mine[name].value, name=name)
    for name in sorted(yours.keys() - mine.keys()):
        context.emit(scope, TagAdded, (None, yours[name].pointer), new=yours[name].value, name=name)
    for name in sorted(mine.keys() & yours.keys()):
        _tag(context, scope.at(f"tag {name}"), mine[name], yours[name], name)
    kept = [[name for name in side if name in mine and name in yours] for side in (mine, yours)]
    if kept[0] != kept[1]:
        _as_a_whole(context, scope, before, after)


def _by_name(holder: Node) -> dict[str, Node] | None:
    """Tag Objects by name; None for what is no list of them, or names one twice."""
    listed: Any = [] if holder.value is None else holder.value
    if not isinstance(listed, list):
        return None
    nodes = [holder.child(index) for index in range(len(listed))]
    found = {node.mapping["name"]: node for node in nodes if isinstance(node.mapping.get("name"), str)}
    return found if len(found) == len(nodes) else None


def _as_a_whole(context: Context, scope: Scope, before: Node, after: Node) -> None:
    places = tuple(node.pointer if node.value is not None else None for node in (before, after))
    context.emit(scope, DocsChanged, (places[0], places[1]), old=before.value, new=after.value, keyword="tags")


def _tag(context: Context, scope: Scope, before: Node, after: Node, name: str) -> None:
    for keyword in _DESCRIBING:
        old, new = (node.mapping.get(keyword) for node in (before, after))
        first, second = (join(node.pointer, keyword) if keyword in node.mapping else None for node in (before, after))
        if (first is None) != (second is None) or not same(old, new):
            context.emit(scope, TagChanged, (first, second), old=old, new=new, name=name, keyword=keyword)
    leftovers(context, scope, before, after, {"name", *_DESCRIBING})


def compare_operation_tags(context: Context, scope: Scope, before: Operation, after: Operation) -> None:
    """Tell where an operation bears other tags; the first of them is what most generators group by."""
    mine, yours = (Node(side.pointer, side.node).child("tags") for side in (before, after))
    if same(mine.value, yours.value) and ("tags" in before.node) == ("tags" in after.node):
        return
    first, second = (join(side.pointer, "tags") if "tags" in side.node else None for side in (before, after))
    values = {"old": mine.value, "new": yours.value}
    if before.tags == after.tags:
        context.emit(scope, DocsChanged, (first, second), keyword="tags", **values)
    else:
        context.emit(scope, OperationTagsChanged, (first, second), was=before.tags, now=after.tags, **values)
