"""Whether values fit two variants of a union at once, so that `oneOf` refuses them.

Values are those of JSON, in a query too: as which type a text is read there, where several would do, no specification
says (OAS 3.1.1, section 4.8.12.4), and a provider that takes numbers besides texts refuses neither.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

from monitor.compare import formats, keywords, pairing, types, wrappers
from monitor.compare.context import Context
from monitor.compare.keywords import SCALARS
from monitor.contract import Contract, Node
from monitor.values import JsonValue, same


def are_apart(context: Context, contract: Contract, found: list[Node]) -> bool:
    """Whether no value is read as fitting two of the variants: by type, by listed value, or as objects told apart."""
    variants = [(contract, pairing.Candidate(contract, node)) for node in found]
    return all(_is_apart(context, *pair) for pair in combinations(variants, 2))


def overlap(context: Context, one: tuple[Contract, Node], other: tuple[Contract, Node]) -> bool:
    """Whether single values may fit both of two variants that say something of such alone.

    What tells variants with properties apart is seldom written as a schema (docs/stance.md).
    """
    first, second = ((contract, pairing.Candidate(contract, node)) for contract, node in (one, other))
    return _is_of_scalars(*first) and _is_of_scalars(*second) and not _is_apart(context, first, second)


def _is_of_scalars(contract: Contract, variant: pairing.Candidate) -> bool:
    accepted = types.accepted(contract, variant.core, variant.types)
    if accepted is not None:
        return bool(accepted) and accepted <= SCALARS
    said = {key for key in variant.core.mapping if wrappers.structural(key)}
    return bool(said) and said <= types.OF_SCALARS


def _is_apart(
    context: Context, one: tuple[Contract, pairing.Candidate], other: tuple[Contract, pairing.Candidate]
) -> bool:
    if one[1].properties and other[1].properties:
        return True
    lists = types.listed(one[0], one[1].core), types.listed(other[0], other[1].core)
    if lists[0] is not None and lists[1] is not None:
        return not any(same(value, each) for value in lists[0] for each in lists[1])
    mine, yours = (types.accepted(contract, each.core, each.types) for contract, each in (one, other))
    if mine is not None and yours is not None and not keywords.narrower(mine, yours):
        return True
    words = one[1].core.mapping, other[1].core.mapping
    return _say_apart(context, words[0], words[1])


def _say_apart(context: Context, one: dict[str, JsonValue], other: dict[str, JsonValue]) -> bool:
    """Whether patterns that have no text in common, or formats that are known as apart, keep texts apart."""
    named = one.get("format"), other.get("format")
    if named[0] != named[1] and all(isinstance(name, str) and name in formats.APART for name in named):
        return not (formats.is_within(*named) or formats.is_within(*reversed(named)))
    patterns = _patterns(one), _patterns(other)
    return bool(patterns[0] and patterns[1]) and not any(
        keywords.may_meet(context, mine, yours) for mine in patterns[0] for yours in patterns[1]
    )


def _patterns(members: dict[str, JsonValue]) -> list[str]:
    """Patterns of which each text that is accepted matches one: its own, or those of the listed values."""
    pattern, listed = members.get("pattern"), members.get("enum")
    if isinstance(pattern, str):
        return [pattern]
    if "const" in members:
        listed = [members["const"]]
    if not isinstance(listed, list) or not all(isinstance(value, str) for value in listed):
        return []
    return [keywords.exactly(value) for value in listed] if len(listed) <= _MOST_LISTED else []


_MOST_LISTED: Final = 50
