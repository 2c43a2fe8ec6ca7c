"""One change in words: where it is, who meets it and how, between which values, and what the promise says.

Facts for the text and the Markdown of a change; neither is wrapped, escaped or coloured here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from monitor.contract.types import Direction, OperationRef
from monitor.policy import PromiseState
from monitor.report.diffdoc import ChangeEntry, Location, OperationEffect, Summary, operations_of
from monitor.report.text import clip, listed, plain, plural, value
from monitor.rules import Level
from monitor.values import JsonValue, parse

_MET: Final = {Direction.REQUEST: "sent to", Direction.RESPONSE: "received from"}
_LONGEST: Final = 60
"""Characters of a value that a reader is shown; the JSON has the whole."""

_SECTIONS: Final = frozenset({"definitions", "parameters", "responses", "securityDefinitions"})
"""Members of a Swagger 2.0 root that hold things by name."""

_METHODS: Final = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "query", "trace"})

_NAME_NEXT: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "headers", "callbacks"})
"""Members that hold things by name: the token that follows is a name, whatever it says."""

_INDEX_NEXT: Final = frozenset({"required", "enum", "parameters", "security", "servers", "tags"})
"""Members that hold things by number, which says nothing to a reader."""


@dataclass(frozen=True, slots=True)
class Met:
    """Operations that meet a change in the same way. `how`: `sent to`, `received from`, or `operations`."""

    how: str
    level: Level
    operations: tuple[OperationRef, ...]


def met(change: ChangeEntry) -> tuple[Met, ...]:
    """Who meets the change, and how: the worst level first, then what is sent."""
    groups: dict[tuple[Level, str], list[OperationEffect]] = {}
    for effect in change.operations:
        groups.setdefault((effect.level, _how(effect)), []).append(effect)
    ordered = sorted(groups.items(), key=lambda item: (item[0][0].rank, item[0][1] != _MET[Direction.REQUEST]))
    return tuple(Met(how, level, operations_of(effects)) for (level, how), effects in ordered)


def _how(effect: OperationEffect) -> str:
    return _MET[effect.direction] if effect.where else "operations"


def where(change: ChangeEntry) -> tuple[str, int]:
    """The path to the change as its worst operation has it, and how many other paths there are; empty for none."""
    worst_first = sorted(change.operations, key=lambda effect: effect.level.rank)
    paths = dict.fromkeys(effect.where for effect in worst_first if effect.where)
    return plain(next(iter(paths), "")), max(len(paths) - 1, 0)


def pointer(change: ChangeEntry) -> str:
    """Where the change stands: the pointer before, or after for what is new; both where the definition is another."""
    before, after = change.location.before, change.location.after
    if before is None or after is None or before == after:
        return plain(_first(change.location))
    return f"{plain(before)}, now {plain(after)}"


def more_places(change: ChangeEntry) -> str:
    """` and 4 more places` for an edit that stands at many, or nothing."""
    return f" and {plural(len(change.places), 'more place')}" if change.places else ""


def _first(location: Location) -> str:
    return location.before if location.before is not None else location.after or ""


def place(change: ChangeEntry) -> str:
    """The pointer as a reader would say it, such as `Lantern > wick`, without what the message says already."""
    head, rest = _head(parse(_first(change.location)))
    met_there = next((effect.where for effect in change.operations if str(effect.operation) == head), "")
    # As its client meets it: what the document refers to is part of that path, and of no pointer.
    words = [head, *met_there.split(" > ")] if met_there else _path([head], rest)
    if len(words) > 1 and f"`{words[-1]}`" in change.message:
        words.pop()
    shown = plain(" > ".join(words))
    return "" if shown in plain(change.message) or names_operation(change) else shown


def names_operation(change: ChangeEntry) -> bool:
    """Whether the change is about one operation as a whole, which its message names."""
    if any(effect.where for effect in change.operations):
        return False
    reach = change.reach
    return len(reach) == 1 and str(reach[0]) in change.message


def _path(words: list[str], tokens: Sequence[str]) -> list[str]:
    match tokens:
        case []:
            return words
        case [holder, name, *rest] if holder in _NAME_NEXT:
            return _path([*words, name], rest)
        case ["responses", status, *rest]:
            return _path([*words, f"response {status}"], rest)
        case ["content", _, *rest] | ["schema", *rest]:
            return _path(words, rest)
        case ["items", *rest]:
            return _path([*words[:-1], f"{words[-1]}[]"], rest)
        case ["requestBody", *rest]:
            return _path([*words, "body"], rest)
        case [index, *rest] if index.isdecimal() and words[-1] in _INDEX_NEXT:
            return _path(words, rest)
        case [holder, index, *rest] if index.isdecimal():
            return _path(words if holder in _INDEX_NEXT else [*words, holder], rest)
        case [token, *rest]:
            return _path([*words, token], rest)
    return words


def _head(tokens: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The definition or operation that a pointer leads into, and what is left of it."""
    match tokens:
        case ["components", _, name, *rest]:
            return name, rest
        case ["paths", path, method, *rest] if method in _METHODS:
            return str(OperationRef(path, method.upper())), rest
        case ["paths", path, *rest]:
            return path, rest
        case [section, name, method, *rest] if method in _METHODS and section.startswith(("webhooks", "x-")):
            return f"webhook {name}", rest
        case [section, name, *rest] if section in _SECTIONS:
            return name, rest
        case [name, *rest]:
            return name, rest
    return "the document", ()


def reach_words(change: ChangeEntry) -> str:
    """The one operation that meets the change, or how many do; empty for none, and for one that is named already."""
    reach = change.reach
    if len(reach) != 1:
        return plural(len(reach), "operation") if reach else ""
    name = plain(str(reach[0]))
    return "" if name in plain(change.message) or place(change).startswith(name) else name


def values(change: ChangeEntry) -> tuple[tuple[str, str], ...]:
    """`was` and `now` with the values, short; without what the message shows already, and what says no more than it.

    Of a schema its kind is told, such as `array of Lantern`.
    """
    tell = _flag if names_operation(change) else _told
    shown = _shown(tell(change.before), tell(change.after))
    return tuple((label, text) for label, text in shown if text not in plain(change.message))


def difference(before: str | None, after: str | None) -> tuple[tuple[str, str], ...]:
    """`was` and `now` with two texts, short, so that the first difference is seen; without what is not there."""
    return _shown(plain(before or ""), plain(after or ""))


def _shown(before: str, after: str) -> tuple[tuple[str, str], ...]:
    start = _difference(before, after)
    shown = (("was", _cut(before, start)), ("now", _cut(after, start)))
    return tuple((label, text) for label, text in shown if text)


def _difference(before: str, after: str) -> int:
    """Where to begin showing two long texts, so that the first difference is seen: 0 where it is seen anyway."""
    if before == after:
        return 0
    pairs = enumerate(zip(before, after, strict=False))
    common = next((place for place, (one, other) in pairs if one != other), min(len(before), len(after)))
    return 0 if common < _LONGEST * 2 // 3 else common - _LONGEST // 3


def _cut(text: str, start: int) -> str:
    return clip("…" + text[start:] if start and text else text, _LONGEST)


def _told(of: JsonValue) -> str:
    """A value on one line, of any length; empty for what says no more than the message."""
    if of is None or isinstance(of, bool):
        return ""
    if isinstance(of, dict):
        return plain(_kind(of)) or value(of)
    if isinstance(of, list) and all(isinstance(item, str) for item in of):
        return plain(", ".join(item for item in of if isinstance(item, str)))
    return value(of)


def _flag(of: JsonValue) -> str:
    """What a reader wants to know of a whole operation: whether it was flagged."""
    return "deprecated" if isinstance(of, dict) and of.get("deprecated") is True else ""


def _kind(of: dict[str, JsonValue]) -> str:
    """What a Schema Object, or a parameter's, is in a few words; empty for what is none."""
    schema = of["schema"] if isinstance(of.get("schema"), dict) else of
    if not isinstance(schema, dict):
        return ""
    reference, types, items = schema.get("$ref"), schema.get("type"), schema.get("items")
    if isinstance(reference, str):
        return reference.rpartition("/")[2]
    word = " or ".join(each for each in (types if isinstance(types, list) else [types]) if isinstance(each, str))
    if word == "array" and isinstance(items, dict):
        return f"array of {_kind(items)}" if _kind(items) else word
    return _narrowed(word, schema) if word else _choice(schema)


def _narrowed(word: str, schema: dict[str, JsonValue]) -> str:
    allowed, form = schema.get("enum"), schema.get("format")
    if isinstance(allowed, list):
        return (
            f"{word}, one of {', '.join(item if item and isinstance(item, str) else value(item) for item in allowed)}"
        )
    return f"{word} ({form})" if isinstance(form, str) else word


def _choice(schema: dict[str, JsonValue]) -> str:
    for keyword in ("oneOf", "anyOf", "allOf"):
        branches = schema.get(keyword)
        if isinstance(branches, list):
            kinds = [_kind(branch) for branch in branches if isinstance(branch, dict)]
            return (" & " if keyword == "allOf" else " | ").join(kind or "any" for kind in kinds)
    return ""


def said(change: ChangeEntry) -> tuple[str | None, tuple[str, ...]]:
    """The sentence that explains the promise's state, and the other reasons.

    Deciding puts the promise's sentence last, and always has one where the state is not `unstated`.
    """
    if change.promise == PromiseState.UNSTATED or not change.reasons:
        return None, change.reasons
    return change.reasons[-1], change.reasons[:-1]


def counted(summary: Summary) -> str:
    """`4 breaking, 2 risky, 3 compatible and 65 docs changes`, without levels that have none; `no changes`."""
    counts = [(getattr(summary, level), str(level)) for level in Level]
    words = [f"{count:,} {level}" for count, level in counts if count]
    return (
        f"{listed(words)} {'change' if sum(count for count, _ in counts) == 1 else 'changes'}"
        if words
        else "no changes"
    )


def by_rule(changes: Iterable[ChangeEntry]) -> tuple[tuple[str, int], ...]:
    """How many changes each rule has, most first."""
    counts = Counter(change.rule for change in changes)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
