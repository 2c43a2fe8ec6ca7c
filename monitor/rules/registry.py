"""The registry: what a rule is, the decorator that declares one, and the catalogue of all of them."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from monitor.compare.changes import Change, Effect
from monitor.contract.types import Direction
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.message import fill, unknown_placeholders

Affects = Literal["wire", "generated-client", "docs"]
"""Who notices: a running client, the code generated from the document, or its readers alone."""

C = TypeVar("C", bound=Change)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One declared judgement: which changes it is about, and their level in each direction.

    `template` is the sentence with `{field}`s of the change. `effect` is that of the changes it takes, and `waiver`
    says why its levels are not those of the variance table, or is None where they are. `unseen` says why the sets of
    values of its example are not those of its effect by the letter of JSON Schema, or is None where they are.
    """

    id: str
    on: type[Change]
    area: str
    template: str
    request: Level
    response: Level
    why: str
    advice: str
    example: Example
    effect: Effect
    when: Callable[[Any], bool] | None = None
    waiver: str | None = None
    unseen: str | None = None
    affects: Affects = "wire"
    since: str = "0.1"

    def takes(self, change: Change) -> bool:
        """Whether this rule judges that change."""
        return type(change) is self.on and (self.when is None or self.when(change))

    @property
    def symmetric(self) -> bool:
        """Whether the reverse of its change is one of its changes too: its verb says so."""
        return self.id.endswith(("-changed", "-renamed"))

    def level(self, direction: Direction) -> Level:
        """The level for a client that meets the change in that direction."""
        return self.request if direction is Direction.REQUEST else self.response

    def message(self, change: Change) -> str:
        """The rule's sentence about one change."""
        return fill(self.template, change)


_declared: list[Rule] = []


def rule(  # noqa: PLR0913  # a declaration is a form to fill in: each field by name
    *,
    on: type[C],
    request: Level,
    response: Level,
    why: str,
    advice: str,
    example: Example,
    when: Callable[[C], bool] | None = None,
    effect: Effect | None = None,
    waiver: str | None = None,
    unseen: str | None = None,
    affects: Affects = "wire",
    since: str = "0.1",
    name: str | None = None,
    sentence: str | None = None,
) -> Callable[[Callable[[C], None]], Callable[[C], None]]:
    """Declare a rule. The function's name, in kebab case, is its id; its docstring is its sentence.

    `when` picks some of the changes of a class; the rules of one class must share them out, one rule to a change.
    `effect` is asked for where the class leaves it to the single change. `name` and `sentence` are for tables.
    Raises TypeError for a declaration that contradicts itself: a fault of the program, found at import.
    """

    def declare(function: Callable[[C], None]) -> Callable[[C], None]:
        identity = name or function.__name__.replace("_", "-")
        template = " ".join((sentence or function.__doc__ or "").split())
        unknown = unknown_placeholders(template, on)
        if not template or unknown:
            raise TypeError(f"the sentence of rule {identity} is missing or asks for fields unknown to it: {unknown}")
        _declared.append(
            Rule(
                id=identity,
                on=on,
                area=function.__module__.rpartition(".")[2],
                template=template,
                request=request,
                response=response,
                why=why,
                advice=advice,
                example=example,
                effect=_effect_of(on, effect, identity),
                when=when,
                waiver=waiver,
                unseen=unseen,
                affects=affects,
                since=since,
            )
        )
        return function

    return declare


def _effect_of(on: type[Change], given: Effect | None, identity: str) -> Effect:
    own = getattr(on, "effect", None)
    if given is not None:
        return given
    if not isinstance(own, Effect):
        raise TypeError(f"rule {identity} must say which effect it takes: {on.__name__} leaves it to the change")
    return own


@cache
def catalogue() -> tuple[Rule, ...]:
    """Every rule, ordered by id. Raises TypeError when two declarations share an id."""
    importlib.import_module("monitor.rules.areas")
    rules = tuple(sorted(_declared, key=lambda each: each.id))
    doubled = [one.id for one, next_one in itertools.pairwise(rules) if one.id == next_one.id]
    if doubled:
        raise TypeError(f"two rules share an id: {', '.join(doubled)}")
    return rules


@cache
def by_id() -> dict[str, Rule]:
    """The catalogue by rule id."""
    return {each.id: each for each in catalogue()}
