"""What the whole engine says of a pair of schemas, and what values show of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson

from monitor.algebra import Witness, plain_schema, witness
from monitor.compare import compare
from monitor.contract import Contract, Direction
from monitor.proof import Proofs
from monitor.reading import contract_of, read
from monitor.rules import Finding, Level, judge
from tests.algebra.schemas import by_rust
from tests.oracle import reading
from tests.oracle.exemptions import EXEMPTIONS, Exemption, exempted, is_break, written
from tests.oracle.generation import Pair, Side, schema_places
from tests.oracle.values import values

Validator = Callable[[Any], bool]


def bodies(side: Side) -> dict[str, Any]:
    """A document whose only operation sends and receives the schema."""
    content = {"application/json": {"schema": side.schema}}
    operation = {
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "Done.", "content": content}},
    }
    return _document({"post": operation}, side)


def parameter(side: Side) -> dict[str, Any]:
    """A document whose only operation has the schema in a query parameter."""
    stated = {"name": "q", "in": "query", "required": True, "schema": side.schema}
    return _document({"get": {"parameters": [stated], "responses": {"200": {"description": "Done."}}}}, side)


def _document(item: dict[str, Any], side: Side) -> dict[str, Any]:
    components = {"components": {"schemas": side.components}} if side.components else {}
    return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/things": item}, **components}


def contract(document: dict[str, Any]) -> Contract:
    return contract_of(read(orjson.dumps(document), source="oracle"))


@dataclass(frozen=True)
class Compared:
    """A pair of documents and what the engine says of it."""

    before: Contract
    after: Contract
    findings: tuple[Finding, ...]

    def level(self, direction: Direction) -> Level:
        """The worst level in a direction."""
        found = [level for finding in self.findings for site, level in finding.levels if site.direction is direction]
        return min(found, key=lambda level: level.rank, default=Level.DOCS)

    def said(self, direction: Direction) -> str:
        """The findings of a direction, for a message."""
        levels = [
            f"{finding.rule.id} ({level})"
            for finding in self.findings
            for site, level in finding.levels
            if site.direction is direction
        ]
        return ", ".join(dict.fromkeys(levels)) or "nothing"


def compared(pair: Pair, put: Callable[[Side], dict[str, Any]] = bodies, *, held: bool = False) -> Compared:
    """What the rules say of a pair; `held`: and what is left of that where no value is proven to be affected."""
    before, after = contract(put(pair.before)), contract(put(pair.after))
    findings = judge(compare(before, after))
    return Compared(before, after, Proofs(before, after).held(findings) if held else findings)


@dataclass(frozen=True)
class Unsound:
    """A value that shows a break where the engine sees none."""

    direction: Direction
    value: Any
    said: str

    def __str__(self) -> str:
        shown = json.dumps(self.value, ensure_ascii=False)
        what = "was accepted and is refused" if self.direction is Direction.REQUEST else "can come and could not"
        return f"{self.direction}: {shown} {what}; the engine says: {self.said}"


@dataclass(frozen=True)
class Outcome:
    """What came of a pair: `breaks` are the directions called breaking, `unshown` those that no value shows."""

    unsound: tuple[Unsound, ...]
    apart: tuple[str, ...]
    """Values on which the two conversions to plain JSON Schema disagree."""
    breaks: tuple[Direction, ...]
    unshown: tuple[tuple[Direction, str], ...]
    """Without a value among the samples or from the algebra, and what the algebra says."""

    @property
    def faults(self) -> tuple[str, ...]:
        return (*map(str, self.unsound), *self.apart)


PLACES = {
    Direction.REQUEST: "/paths/~1things/post/requestBody/content/application~1json/schema",
    Direction.RESPONSE: "/paths/~1things/post/responses/200/content/application~1json/schema",
}
NEEDLESS = "there is none: every value is one of the other side too"
"""What the algebra says where it has proven that no value shows a break."""


def judged(pair: Pair, seed: int, exemptions: tuple[Exemption, ...] = EXEMPTIONS) -> Outcome:
    """The engine's verdict on a pair as request body and as response body, held against values.

    Every other seed has the verdict that people get, in which the algebra may have lowered what the rules say.
    """
    engine = compared(pair, held=seed % 2 == 1)
    unsound, apart, breaks, unshown = [], [], [], []
    for direction in (Direction.REQUEST, Direction.RESPONSE):
        level = engine.level(direction)
        own = [reading.plain(side, direction) for side in (pair.before, pair.after)]
        theirs = [plain_schema(side, side.at(PLACES[direction]), direction) for side in (engine.before, engine.after)]
        shown = None
        for value in _showing(direction, own, theirs, seed, apart):
            if level is Level.BREAKING:
                shown = value
                break
            if level is Level.RISKY:
                break
            if not exempted(direction, *own, value, exemptions):
                unsound.append(Unsound(direction, value, engine.said(direction)))
                break
        if level is Level.BREAKING:
            breaks.append(direction)
            if shown is None and (why := _unshown(direction, own, theirs)):
                unshown.append((direction, why))
    return Outcome(tuple(unsound), tuple(apart), tuple(breaks), tuple(unshown))


def _showing(direction: Direction, own: list[Any], theirs: list[Any], seed: int, apart: list[str]) -> Iterator[Any]:
    """The values that show a break by both conversions."""
    mine, yours = [by_rust(each) for each in own], [by_rust(each) for each in theirs]
    for value in values(*own, Random(seed)):
        fits = [judge(value) for judge in mine]
        if fits != [judge(value) for judge in yours]:
            apart.append(f"{direction}: the conversions to plain JSON Schema disagree on {json.dumps(value)}")
        elif is_break(direction, *fits):
            yield value


def _unshown(direction: Direction, own: list[Any], theirs: list[Any]) -> str:
    """Why no value shows a break that the samples do not show; empty where the algebra has one that does."""
    found = witness(*theirs, direction)
    if not isinstance(found, Witness):
        return found.why
    return "" if is_break(direction, *(by_rust(each)(found.value) for each in own)) else "refuted"


def judged_parameter(pair: Pair, seed: int) -> tuple[Unsound, ...]:
    """The engine's verdict on two schemas of a query parameter, held against texts: what is written is all text."""
    engine = compared(pair, parameter)
    if engine.level(Direction.REQUEST).rank <= Level.RISKY.rank:
        return ()
    own = [reading.plain(side, Direction.REQUEST) for side in (pair.before, pair.after)]
    texts = dict.fromkeys(text for value in values(*own, Random(seed)) for text in _texts(value))
    own = [written(each) for each in own]
    mine, yours = [by_rust(each) for each in own]
    for text in texts:
        if _fits_written(mine, text) and not _fits_written(yours, text):
            if exempted(Direction.REQUEST, *own, text, EXEMPTIONS):
                continue
            return (Unsound(Direction.REQUEST, text, engine.said(Direction.REQUEST)),)
    return ()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float):
        yield json.dumps(value)


def _fits_written(fits: Validator, text: str) -> bool:
    """Whether a text is that of a value which fits: as it is, or as the number or boolean that it writes; one value is
    a list of one too (docs/stance.md, "How a value is written")."""
    found: list[Any] = [text]
    try:
        value = json.loads(text)
    except ValueError:
        pass
    else:
        found += [value] if isinstance(value, int | float) and json.dumps(value) == text else []
    return any(fits(value) or fits([value]) for value in found)


def understood(pair: Pair) -> bool:
    """Whether every schema of a pair accepts something. What an edit does to one that accepts nothing shows nowhere."""
    return all(_accepts(side) for side in (pair.before, pair.after))


def _accepts(side: Side) -> bool:
    holder = {"schema": side.schema, **side.components}
    for name, schema in holder.items():
        for place, key in schema_places(schema, holder, name):
            plain = reading.plain(Side(place[key], side.components), Direction.RESPONSE)
            fits = by_rust(plain)
            if not any(fits(value) for value in values(plain, plain, Random(0))):
                return False
    return True
