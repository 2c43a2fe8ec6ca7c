"""Scopes under extension keys: which ones a call needs, said where OpenAPI has no place for it.

`security` names scopes for OAuth alone. Providers whose keys have roles list them beside it (`x-rbac-scopes`), and some
say them once more in words for their documentation (`x-mint`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from monitor.compare.changes import (
    Change,
    RequiredScopeAdded,
    RequiredScopeRemoved,
    ScopesReworded,
    ScopesStated,
    ScopesUnstated,
)
from monitor.compare.context import Context, Scope
from monitor.contract import Operation
from monitor.values import JsonValue, join, same

_SAYING_NO_MORE: Final = frozenset(
    {"a", "all", "an", "and", "any", "api", "both", "call", "endpoint", "following", "key", "keys", "need", "needed",
     "needs", "of", "one", "operation", "or", "permission", "permissions", "require", "required", "requires", "role",
     "roles", "scope", "scopes", "the", "these", "this", "to", "token", "with", "your"}
)  # fmt: skip
"""Words of a sentence that only names scopes."""
_SENTENCE: Final = re.compile(r"\n+|(?<=[.!?])\s+")
_WORD: Final = re.compile(r"[^\W\d_]+")


def compare_extended_scopes(context: Context, scope: Scope, before: Operation, after: Operation) -> frozenset[str]:
    """Compare the scopes that an operation lists under extension keys; the keys whose differences are told by that."""
    told: set[str] = set()
    mine: set[str] = set()
    yours: set[str] = set()
    for key in context.conventions.scopes:
        lists = _listed(before, key), _listed(after, key)
        if None in lists:
            continue
        mine |= lists[0] or set()
        yours |= lists[1] or set()
        told.add(key)
        _compare(context, scope, before, after, key)
    for key in context.conventions.echoes:
        old, new = before.node.get(key), after.node.get(key)
        if not same(old, new) and _without(old, mine) == _without(new, yours):
            told.add(key)
            context.emit(scope, ScopesReworded, _places(before, after, key), keyword=key)
    return frozenset(told)


def _listed(operation: Operation, key: str) -> set[str] | None:
    """The scopes of a list; nothing where there is none, None for what is no list of names."""
    value = operation.node.get(key, [])
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        return None
    return {name for name in value if isinstance(name, str)}


def _places(before: Operation, after: Operation, key: str) -> tuple[str | None, str | None]:
    first, second = (join(side.pointer, key) if key in side.node else None for side in (before, after))
    return first, second


def _compare(context: Context, scope: Scope, before: Operation, after: Operation, key: str) -> None:
    places = _places(before, after, key)
    had, has = _listed(before, key) or set(), _listed(after, key) or set()
    if places[0] is None and places[1] is not None:
        context.emit(scope, ScopesStated, places, new=sorted(has), keyword=key)
    elif places[0] is not None and places[1] is None:
        context.emit(scope, ScopesUnstated, places, old=sorted(had), keyword=key)
    else:
        for name in sorted(had - has):
            context.emit(scope, RequiredScopeRemoved, places, old=name, keyword=key, scope=name)
        for name in sorted(has - had):
            context.emit(scope, RequiredScopeAdded, places, new=name, keyword=key, scope=name)


def _without(value: JsonValue, scopes: set[str]) -> JsonValue:
    """What a value says beside the scopes: texts lose the sentences that only name them, and what is empty goes."""
    if isinstance(value, str):
        rest = [part for part in _SENTENCE.split(value) if not _only_names(part, scopes)]
        return " ".join(rest) or None
    if isinstance(value, dict):
        kept = {key: _without(value[key], scopes) for key in sorted(value)}
        return {key: inner for key, inner in kept.items() if inner is not None} or None
    return value


def _only_names(sentence: str, scopes: set[str]) -> bool:
    """Whether a sentence names a scope of the list, and says nothing else."""
    rest = sentence
    for name in sorted(scopes, key=len, reverse=True):
        rest = re.sub(rf"(?<![\w.:/-]){re.escape(name)}(?![\w:/-]|\.\w)", " ", rest)
    return rest != sentence and {word.lower() for word in _WORD.findall(rest)} <= _SAYING_NO_MORE


def told_once(changes: Iterable[Change]) -> list[Change]:
    """Prepare what was written for many operations at once to be told as the one edit that it is.

    Lists that appear (or go) are one edit, whatever each of them says: all get the scopes of all. Words that say the
    scopes once more become a place of the change of the same operation's scopes, where there is one.
    """
    found = list(changes)
    united = _united(found)
    echoes: dict[str, list[Change]] = {}
    for change in found:
        if isinstance(change, ScopesReworded):
            echoes.setdefault(_holder(change), []).append(change)
    claimed: set[str] = set()
    prepared: list[Change] = []
    for change in found:
        if isinstance(change, RequiredScopeAdded | RequiredScopeRemoved | ScopesStated | ScopesUnstated):
            claimed.add(_holder(change))
            places = (change.location, *(echo.location for echo in echoes.get(_holder(change), ())))
            before, after = united.get((type(change), change.keyword), (change.before, change.after))
            prepared.append(replace(change, places=places, before=before, after=after))
        elif not isinstance(change, ScopesReworded):
            prepared.append(change)
    return [*prepared, *(echo for holder in echoes if holder not in claimed for echo in echoes[holder])]


def _united(changes: Iterable[Change]) -> dict[tuple[type[Change], str], tuple[JsonValue, JsonValue]]:
    """For lists that came and lists that went, by extension key: the scopes of all of them, before and after."""
    names: dict[tuple[type[Change], str], set[str]] = {}
    for change in changes:
        if isinstance(change, ScopesStated | ScopesUnstated):
            listed = change.before if isinstance(change, ScopesUnstated) else change.after
            assert isinstance(listed, list)
            names.setdefault((type(change), change.keyword), set()).update(str(name) for name in listed)
    return {key: (None, sorted(names[key])) if key[0] is ScopesStated else (sorted(names[key]), None) for key in names}


def _holder(change: Change) -> str:
    """The pointer of the operation that a change of one of its members stands in."""
    return (change.location.after or change.location.before or "").rpartition("/")[0]
