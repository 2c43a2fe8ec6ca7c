"""What a validator reports, in the words of the person who has to find the place.

A meta-schema offers alternatives (`oneOf`, `anyOf`): a parameter or a reference, one in the query or one in the path.
Where none fits, the validator only says so. Which one was meant is for us to guess: the one that fits best.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from monitor.reading.document import Problem
from monitor.values.pointer import join

_TELLTALE = ("in", "type", "flow")
"""Members by whose value a meta-schema tells its alternatives apart."""

_EXCLUSIVE = (("schema", "content"), ("operationRef", "operationId"))
"""Members of which exactly one may stand."""

_LONGEST = 300
_Branch = list[Any]


def explain(error: Any) -> Iterator[Problem]:
    """The problems behind an error of jsonschema-rs: its own, or those of the alternative that fits best."""
    branches = list(_flat(error))
    if not branches:
        yield Problem(join("", *error.instance_path), _shortened(_words(error)))
        return
    ranks = [_misfit(branch, error) for branch in branches]
    best = min(ranks)
    # The last part of a rank only decides between alternatives that are told apart by nothing else.
    alike = [branch for branch, rank in zip(branches, ranks, strict=True) if rank[:2] == best[:2]]
    joined = _joined(alike, error) if len(alike) > 1 else None
    if joined is not None:
        yield joined
        return
    for inner in branches[ranks.index(best)]:
        yield from explain(inner)


def _flat(error: Any) -> Iterator[_Branch]:
    """The alternatives of a failed `oneOf` or `anyOf`, each with its errors.

    An alternative that is itself a choice about the same place becomes as many alternatives.
    """
    for branch in _context(error):
        choice = next((one for one in branch if _here(one, error) and _context(one)), None)
        if choice is None:
            yield list(branch)
            continue
        others = [one for one in branch if one is not choice]
        for inner in _flat(choice):
            yield [*others, *inner]


def _context(error: Any) -> list[_Branch]:
    """The errors of each alternative; none where too many alternatives fit instead of none."""
    branches: list[_Branch] = getattr(error.kind, "context", None) or []
    return branches if all(branches) else []


def _here(inner: Any, outer: Any) -> bool:
    return list(inner.instance_path) == list(outer.instance_path)


def _misfit(branch: _Branch, error: Any) -> tuple[bool, int, int, int]:
    """How ill an alternative fits, the lower the better.

    A reference where there is no `$ref`, or a list where there is an object, was not meant; nor was one whose telltale
    member has another value. Then the fewest faults count, and those deepest inside.
    """
    absurd = any(
        _here(one, error) and (one.kind.name == "type" or (one.kind.name == "required" and one.kind.property == "$ref"))
        for one in branch
    )
    depth = max(len(one.instance_path) for one in branch)
    return absurd, len(_telltales(branch, error)), len(branch), -depth


def _telltales(branch: _Branch, error: Any) -> _Branch:
    below = len(error.instance_path) + 1
    return [
        one
        for one in branch
        if one.kind.name in ("enum", "const") and len(one.instance_path) == below and one.instance_path[-1] in _TELLTALE
    ]


def _joined(alike: list[_Branch], error: Any) -> Problem | None:
    """One problem for alternatives that differ in the value they want, or in the member they miss."""
    told = [one for branch in alike for one in _telltales(branch, error)]
    if told and len({tuple(one.instance_path) for one in told}) == 1:
        wanted = dict.fromkeys(_json(option) for one in told for option in _options(one))
        place = join("", *told[0].instance_path)
        return Problem(place, _shortened(f"{_json(told[0].instance)} is not one of {', '.join(wanted)}"))
    firsts = [branch[0] for branch in alike if len(branch) == 1]
    if len(firsts) == len(alike) and all(one.kind.name == "required" and _here(one, error) for one in firsts):
        missing = dict.fromkeys(_json(one.kind.property) for one in firsts)
        word = "a required property" if len(missing) == 1 else "required"
        return Problem(join("", *error.instance_path), f"{' or '.join(missing)} is {word}")
    return None


def _options(error: Any) -> list[Any]:
    return list(error.kind.options) if error.kind.name == "enum" else [error.kind.expected_value]


def _words(error: Any) -> str:
    """The validator's words, but where they speak of the meta-schema instead of the document."""
    kind = error.kind
    if kind.name == "enum":
        return f"{_json(error.instance)} is not one of {', '.join(map(_json, kind.options))}"
    if kind.name == "unevaluatedProperties":
        return str(error.message).replace("Unevaluated", "Additional", 1)
    if kind.name == "required" and kind.property == "default" and "responses" in error.schema_path:
        return '"default" or a status such as "200" is required'
    if kind.name == "not":
        both = kind.schema.get("required") if isinstance(kind.schema, dict) else None
        if both:
            return _exclude(both)
        return f"{_json(error.instance)} is not allowed here"
    if kind.name == "oneOf":
        members = error.instance if isinstance(error.instance, dict) else {}
        both = next((pair for pair in _EXCLUSIVE if all(name in members for name in pair)), None)
        return _exclude(both) if both else "more than one of the alternatives fits, and only one may"
    return str(error.message)


def _exclude(names: Iterable[str]) -> str:
    return f"{' and '.join(map(_json, names))} exclude each other"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shortened(text: str) -> str:
    half = _LONGEST // 2 - 10
    return text if len(text) <= _LONGEST else f"{text[:half]} … {text[-half:]}"
