"""Tomorrow's answer today: a value that the contract and the promise permit and that a brittle client chokes on.

What the contract permits as it is (a property left out, `null`, another order) is done to a value of it. What needs
another contract (a value more in a list, a property more, a longer ID where its length or form is stated) is first done
to the document: the comparison finds it, the rules judge it, and the profiles say whether the provider may. So the
policy has the last word on what is allowed, and jsonschema-rs on whether the value is one of the contract that follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from monitor.algebra import Place, Sample, Sampler, places
from monitor.compare import Budget, Conventions, compare
from monitor.contract import Contract, Direction, Node
from monitor.policy import liberties
from monitor.policy.decide import Verdict, decide
from monitor.policy.liberties import Edit, Liberty
from monitor.policy.profiles import ClientProfile, PromiseProfile
from monitor.policy.promise import PromiseState, Removals, keeps_promise, reserves
from monitor.rules import Level, judge
from monitor.values import JsonValue, edited, same

_HARMLESS: Final = frozenset({Level.COMPATIBLE, Level.DOCS})
_MOST: Final = 3
"""What is done of one kind: enough to find what chokes on it, and few enough to be read."""
_NO_ORDER: Final = "The members of an object have no order (RFC 8259, section 1)."


@dataclass(frozen=True, slots=True)
class Alteration:
    """One thing that was done to a value: where in it (a JSON pointer), what, and why that is permitted."""

    pointer: str
    what: str
    because: str


@dataclass(frozen=True, slots=True)
class Future:
    """A value with what was done to it. `contract`: what it is valid against, the allowed changes made."""

    value: JsonValue
    changes: tuple[Alteration, ...]
    contract: Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """What says whether a provider may make a change."""

    client: ClientProfile
    promise: PromiseProfile | None = None
    conventions: Conventions = field(default_factory=Conventions)


def future(
    contract: Contract,
    schema: Node,
    value: JsonValue,
    judges: Judges,
    *,
    seed: int = 0,
    budget: Budget | None = None,
) -> Future:
    """A value that may come in a response in the place of `value`, which the schema accepts.

    What is done to it is drawn by `Random(seed)`; of each kind that is permitted there is one at the least, if the
    value has a place for it, and a few at the most. Raises BudgetExceeded.
    """
    random = Random(seed)  # noqa: S311 - no secret
    draft = _Draft(contract, schema, value, judges.promise)
    draft.lengthen_lists(seed)
    draft.take(liberties.other_orders(draft.parts()), random)
    parts, sampler = draft.parts(), draft.sampler
    asked = [
        list(liberties.unknown_values(parts)),
        list(liberties.longer_identifiers(sampler, parts, judges.promise)),
        list(liberties.more_properties(parts)),
    ]
    reasons = permitted(contract, [each.edit for group in asked for each in group if each.edit], judges, budget)
    for group in asked:
        draft.take((each for each in group if each.edit is None or each.edit in reasons), random, reasons)
    draft.take(liberties.nulls(sampler, parts), random)
    draft.take(liberties.absences(parts), random)
    draft.shuffle_keys(random)
    return Future(draft.value, tuple(draft.changes), draft.contract)


def permitted(
    contract: Contract, edits: Sequence[Edit], judges: Judges, budget: Budget | None = None
) -> dict[Edit, tuple[Verdict, ...]]:
    """The edits of a document that its provider may make, with the verdicts on them.

    It may do what it reserved the right to, and what hurts nobody and breaks no word. An edit that the comparison does
    not find is none that it may make, for nobody judged it. Raises BudgetExceeded.
    """
    verdicts = decide(
        judge(compare(contract, _edited(contract, edits), budget=budget, conventions=judges.conventions)),
        client=judges.client,
        promise=judges.promise,
    )
    found: dict[Edit, list[Verdict]] = {edit: [] for edit in edits}
    refused: set[Edit] = set()
    for verdict in verdicts:
        owners = [edit for edit in found if _is_of(verdict, edit)]
        for edit in owners:
            found[edit].append(verdict)
        if not _may(verdict):
            refused.update(owners or edits)  # what cannot be laid at one door is laid at all
    return {edit: tuple(own) for edit, own in found.items() if own and edit not in refused}


def _edited(contract: Contract, edits: Iterable[Edit]) -> Contract:
    root: Any = contract.root
    for edit in edits:
        root = edited(root, edit.pointer, edit.change)
    return Contract(root, contract.dialect, webhooks=contract.webhooks)


def _is_of(verdict: Verdict, edit: Edit) -> bool:
    change = verdict.finding.change
    return any(edit.is_at(place.before) or edit.is_at(place.after) for place in (change.location, *change.places))


def _may(verdict: Verdict) -> bool:
    if verdict.promise is PromiseState.ALLOWED:
        return True
    return verdict.promise is PromiseState.UNSTATED and verdict.level in _HARMLESS


def _because(liberty: Liberty, verdicts: Sequence[Verdict], promise: PromiseProfile | None) -> str:
    """The provider's words, else what the contract says, else why it hurts nobody."""
    words: list[str] = []
    for verdict in verdicts:
        state, why = keeps_promise(verdict.finding, promise, Removals())
        if state is PromiseState.ALLOWED:
            words.extend(why)
        elif not liberty.because:
            words.extend(verdict.reasons or (verdict.finding.rule.why,))
    return " ".join(dict.fromkeys(words)) or liberty.because


class _Draft:
    """A value as far as it is altered, and the contract that it is valid against."""

    def __init__(self, contract: Contract, schema: Node, value: JsonValue, promise: PromiseProfile | None) -> None:
        self.contract = contract
        self.value = value
        self.sampler = Sampler(contract, Direction.RESPONSE)
        self.changes: list[Alteration] = []
        self._schema = schema.pointer
        self._promise = promise
        self._touched: set[str] = set()
        self._removed: set[str] = set()

    def parts(self) -> list[Place]:
        """The parts of the value, with the schemas that speak of them."""
        return list(places(self.sampler, self.contract.at(self._schema), self.value))

    def lengthen_lists(self, seed: int) -> None:
        """Give lists of one item another one, so that there is an order."""
        for part in self.parts():
            if not isinstance(part.value, list) or len(part.value) != 1:
                continue
            ((_, first, stated),) = part.below()
            item = self.sampler.sample(stated[0], seed) if stated else None
            if isinstance(item, Sample) and not same(item.value, first):
                self._become(edited(self.value, part.pointer, liberties.instead([first, item.value])))

    def take(
        self, offered: Iterable[Liberty], random: Random, verdicts: Mapping[Edit, Sequence[Verdict]] | None = None
    ) -> None:
        """A few of what is offered, and one at the least if any leads to a value of the contract."""
        listed, taken = list(offered), 0
        for liberty in random.sample(listed, len(listed)):
            if taken < _MOST and (taken == 0 or random.random() < 0.5):
                taken += self._took(liberty, (verdicts or {}).get(liberty.edit, ()) if liberty.edit else ())

    def _took(self, liberty: Liberty, verdicts: Sequence[Verdict]) -> bool:
        if liberty.pointer in self._touched or self._is_gone(liberty):
            return False
        after = _edited(self.contract, [liberty.edit]) if liberty.edit else None
        if not self._become(edited(self.value, liberty.holder, liberty.change), after):
            return False
        self._touched.add(liberty.pointer)
        if liberty.removes:
            self._removed.add(liberty.pointer)
        self.changes.append(Alteration(liberty.pointer, liberty.what, _because(liberty, verdicts, self._promise)))
        return True

    def _is_gone(self, liberty: Liberty) -> bool:
        """Whether the part is gone already, or would take with it what was done to its own parts."""
        if any(liberty.pointer.startswith(f"{pointer}/") for pointer in self._removed):
            return True
        return liberty.removes and any(pointer.startswith(f"{liberty.pointer}/") for pointer in self._touched)

    def _become(self, value: JsonValue, contract: Contract | None = None) -> bool:
        """Take the value, and the contract, if the one is valid against the other."""
        sampler = self.sampler if contract is None else Sampler(contract, Direction.RESPONSE)
        if not sampler.fits(sampler.contract.at(self._schema), value):
            return False
        self.value, self.sampler, self.contract = value, sampler, sampler.contract
        return True

    def shuffle_keys(self, random: Random) -> None:
        """Another order of the members of every object."""
        after = _shuffled(self.value, random)
        if list(_keys(after)) != list(_keys(self.value)):
            self.value = after
            words = self._promise.order if self._promise is not None else None
            because = _NO_ORDER if self._promise is None or words is None else reserves(self._promise, [words])
            self.changes.append(Alteration("", "the properties of every object come in another order", because))


def _shuffled(value: JsonValue, random: Random) -> JsonValue:
    if isinstance(value, list):
        return [_shuffled(each, random) for each in value]
    if not isinstance(value, dict):
        return value
    keys = random.sample(list(value), len(value))
    if keys == list(value):
        keys.reverse()
    return {key: _shuffled(value[key], random) for key in keys}


def _keys(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(each)
