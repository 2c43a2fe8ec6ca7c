"""Leftovers: every difference that no comparator claims is still said.

It becomes documentation (descriptions, examples, titles), an extension (`x-…`) or `Unclassified`. Nothing is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from monitor.compare.changes import DocsChanged, ExtensionChanged, Unclassified
from monitor.compare.context import Context, Scope
from monitor.contract import Node
from monitor.values import JsonValue, canonical_bytes, join, same

DOCS = frozenset(
    {"description", "summary", "title", "example", "examples", "externalDocs", "tags", "info", "openapi", "swagger",
     "$comment", "$schema", "$id", "$anchor", "$self", "termsOfService", "contact", "license", "version"}
)  # fmt: skip
"""Members that people read and no client depends on."""

DEFINITIONS = frozenset({"$defs", "definitions"})
"""Members of a Schema Object that hold schemas for `$ref` to lead to (JSON Schema 2020-12, section 8.2.4)."""

_MISSING: Any = object()
_MOST_DETAILS = 20


def leftovers(context: Context, scope: Scope, before: Node, after: Node, claimed: Iterable[str]) -> None:
    """Report each member of two objects that differs and is not in `claimed`."""
    mine, yours = before.mapping, after.mapping
    if mine is yours:
        return
    skip = claimed if isinstance(claimed, frozenset | set) else frozenset(claimed)
    for key in sorted(str(key) for key in mine.keys() | yours.keys() if key not in skip):
        old, new = mine.get(key, _MISSING), yours.get(key, _MISSING)
        if old is not _MISSING and new is not _MISSING and same(old, new):
            continue
        if key in DEFINITIONS and context.claimed["schema"] <= skip:
            # What stands there is compared where a `$ref` leads to it; whether one does is known in the end.
            context.definitions.append((scope, before.child(key), after.child(key)))
        else:
            _report(
                context,
                scope,
                key,
                None if old is _MISSING else before.child(key),
                None if new is _MISSING else after.child(key),
            )


def _report(context: Context, scope: Scope, key: str, before: Node | None, after: Node | None) -> None:
    old, new = (before.value if before else None), (after.value if after else None)
    places = (before.pointer if before else None), (after.pointer if after else None)
    if key.startswith("x-"):
        context.emit(scope, ExtensionChanged, places, old=old, new=new, keyword=key)
    elif key in DOCS:
        context.emit(scope, DocsChanged, places, old=old, new=new, keyword=key)
    else:
        found = details(old, new) if before and after else ()
        context.emit(scope, Unclassified, places, old=old, new=new, keyword=key, details=found)


def places_of(before: Node, after: Node, key: str) -> tuple[str | None, str | None]:
    """Where a member stands in two objects; None in one that has none."""
    first, second = (node.child(key).pointer if key in node.mapping else None for node in (before, after))
    return first, second


def docs_below(context: Context, scope: Scope, before: Node, after: Node) -> None:
    """Report the differing members of two objects that only people read, each by its own name (`info`)."""
    mine, yours = before.mapping, after.mapping
    for key in sorted(str(key) for key in mine.keys() | yours.keys()):
        old, new = mine.get(key, _MISSING), yours.get(key, _MISSING)
        if old is _MISSING or new is _MISSING or not same(old, new):
            places = (
                None if old is _MISSING else join(before.pointer, key),
                None if new is _MISSING else join(after.pointer, key),
            )
            kind = ExtensionChanged if key.startswith("x-") else DocsChanged
            shown = {"old": None if old is _MISSING else old, "new": None if new is _MISSING else new}
            context.emit(scope, kind, places, keyword=key, **shown)


def details(before: JsonValue, after: JsonValue) -> tuple[str, ...]:
    """One line for each difference between two fragments, by deepdiff; at most 20.

    deepdiff is imported here: it takes a quarter of a second, and most comparisons have no such fragment.
    """
    if not isinstance(before, dict | list) or not isinstance(after, dict | list):
        return ()
    from deepdiff import DeepDiff

    # Through canonical bytes, so that what deepdiff prints does not hang on the order of the document's keys.
    left, right = json.loads(canonical_bytes(before)), json.loads(canonical_bytes(after))
    found = DeepDiff(left, right, ignore_order=False, verbose_level=1)
    lines = sorted(str(line) for line in found.pretty().splitlines() if line.strip())
    return tuple(lines[:_MOST_DETAILS])
