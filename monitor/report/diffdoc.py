"""The document of differences, `specwatch.diff/1`: what `specwatch diff --format json` prints and the store keeps.

Its JSON Schema is `monitor/_data/schemas/diff-1.schema.json`. The order of the fields here is that of the JSON. The
same verdicts give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from operator import attrgetter
from typing import Any, Final, Literal

import msgspec

from monitor import algebra
from monitor.compare.changes import Location as Place
from monitor.contract.types import Direction, OperationKind, OperationRef
from monitor.policy import PromiseState, Use, Verdict
from monitor.proof import Shown
from monitor.rules import Affects, Level

FORMAT: Final = "specwatch.diff/1"


PROMISE_WORDS: Final = frozenset({"promise-words-added", "promise-words-changed", "promise-words-removed"})
"""The rules for the words of the provider's promise. Over time only what lasts is told (`ledger.promise_changes`)."""


class Side(msgspec.Struct, frozen=True):
    """One of the two documents: how the reader names it, the SHA-256 of its bytes, and what it says of itself."""

    source: str
    sha256: str
    openapi: str
    title: str | None
    version: str | None


class Summary(msgspec.Struct, frozen=True):
    """How many changes there are of each level, and how many operations meet one that is more than `docs`."""

    breaking: int
    risky: int
    compatible: int
    docs: int
    operations_affected: int


class Location(msgspec.Struct, frozen=True):
    """JSON pointers (RFC 6901) into the two documents; None on the side where there is no such place."""

    before: str | None
    after: str | None


class OperationEffect(msgspec.Struct, frozen=True, gc=False):
    """One way in which a client meets a change. `path` is a webhook's name, a callback's expression.

    A large comparison has hundreds of thousands. They hold only texts, so the garbage collector may pass them by.
    """

    kind: OperationKind
    method: str
    path: str
    direction: Direction
    level: Level
    where: str

    @property
    def operation(self) -> OperationRef:
        """The operation, as a reader names it."""
        return OperationRef(self.path, self.method, self.kind)


_OPERATION: Final = attrgetter("path", "method", "kind")
"""The members of an OperationEffect in the order of an OperationRef."""


def operations_of(effects: Iterable[OperationEffect]) -> tuple[OperationRef, ...]:
    """The different operations of some effects, in their order."""
    # A plain tuple for each effect, and an OperationRef only for each that is different.
    return tuple(map(OperationRef._make, dict.fromkeys(map(_OPERATION, effects))))


class Exchange(msgspec.Struct, frozen=True):
    """A call that worked before: its request line, headers in their order, and body; `answer` is the status that came.

    `now` is a sentence: what happens to it after. `target` is the request target (RFC 9112, section 3.2).
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    answer: str | None
    now: str


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """What shows a change to the first operation that meets it at its worst, in this direction.

    One of three: a `value` that one side accepts and the other refuses (`verified` when an independent validator
    agreed; that of a parameter with the `exchange` that sends it), an `exchange` alone for what is no schema, or
    `undecided`, with why no value was found. What there is not is left out of the JSON.
    """

    direction: Direction
    value: Any = msgspec.UNSET
    accepted: Literal["before", "after"] | msgspec.UnsetType = msgspec.UNSET
    refused: Literal["before", "after"] | msgspec.UnsetType = msgspec.UNSET
    verified: bool | msgspec.UnsetType = msgspec.UNSET
    exchange: Exchange | msgspec.UnsetType = msgspec.UNSET
    undecided: str | msgspec.UnsetType = msgspec.UNSET


class Muted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That somebody has seen a change (`acknowledged`) or wants to hear no more of it (`muted`): it is counted, and no
    longer told. `until` is the last day of it, None where there is none.
    """

    how: Literal["acknowledged", "muted"]
    by: str
    reason: str
    until: date | None = None


class Yours(msgspec.Struct, frozen=True):
    """A change as the reader's own code meets it: the worst `level` among the `operations` that it uses, by name."""

    level: Level
    operations: tuple[str, ...]


class ChangeEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change with its verdict. `level` is the worst of its `operations`, which are complete.

    `before` and `after` are JSON values as the comparison carries them. `places` has the further places of one edit
    that stands at many, and is left out of the JSON when there are none; `use`, `yours` (where that is hit) and `muted`
    are what the reader knows of itself (`marks.marked`), left out where nothing is known.
    """

    rule: str
    level: Level
    promise: PromiseState
    affects: Affects
    fingerprint: str
    directions: tuple[Direction, ...]
    message: str
    why: str
    location: Location
    operations: tuple[OperationEffect, ...]
    before: Any
    after: Any
    reasons: tuple[str, ...]
    # A factory, so that `omit_defaults` does not see the default: null is said.
    witness: Witness | None = msgspec.field(default_factory=lambda: None)
    places: tuple[Location, ...] = ()
    use: Use | None = None
    yours: Yours | None = None
    muted: Muted | None = None

    @property
    def our_level(self) -> Level:
        """How bad it is for the reader: the worst level among what it uses, and `level` where that is nothing known."""
        return self.level if self.yours is None else self.yours.level

    @property
    def reach(self) -> tuple[OperationRef, ...]:
        """The different operations that meet the change, in their order."""
        return operations_of(self.operations)


class DiffDocument(msgspec.Struct, frozen=True, kw_only=True):
    """All differences between two documents, for one client and one promise, ordered as `policy.decide` orders them.

    `summary` counts all changes that nobody has muted. `yours` counts those of them that the reader's own code meets;
    it is left out where nothing is known of what is used.
    """

    format: Literal["specwatch.diff/1"] = FORMAT
    client: str
    promise: str | None
    before: Side
    after: Side
    summary: Summary
    yours: Summary | msgspec.UnsetType = msgspec.UNSET
    changes: tuple[ChangeEntry, ...]


def diff_document(
    before: Side, after: Side, verdicts: Iterable[Verdict], *, client: str, promise: str | None
) -> DiffDocument:
    """The document of differences. `client` and `promise` are the names of the profiles that the verdicts rest on."""
    changes = tuple(_entry(verdict) for verdict in verdicts)
    return DiffDocument(
        client=client,
        promise=promise,
        before=_nameable(before),
        after=_nameable(after),
        summary=summary_of(changes),
        changes=changes,
    )


def _nameable(side: Side) -> Side:
    """A side whose name UTF-8 can hold: the name of a file may be any bytes, which Python shows as lone surrogates."""
    return msgspec.structs.replace(side, source=re.sub("[\ud800-\udfff]", "\ufffd", side.source))


def summary_of(changes: Iterable[ChangeEntry]) -> Summary:
    """The counts over some changes."""
    counts = dict.fromkeys(Level, 0)
    affected: set[tuple[str, str, OperationKind]] = set()
    for change in changes:
        counts[change.level] += 1
        if change.level != Level.DOCS:
            affected.update(_OPERATION(effect) for effect in change.operations if effect.level != Level.DOCS)
    return Summary(
        breaking=counts[Level.BREAKING],
        risky=counts[Level.RISKY],
        compatible=counts[Level.COMPATIBLE],
        docs=counts[Level.DOCS],
        operations_affected=len(affected),
    )


def with_changes(document: DiffDocument, changes: tuple[ChangeEntry, ...]) -> DiffDocument:
    """The document with these of its changes, counted anew."""
    yours = msgspec.UNSET if document.yours is msgspec.UNSET else yours_of(changes)
    return msgspec.structs.replace(document, changes=changes, summary=told_of(changes), yours=yours)


def told_of(changes: Iterable[ChangeEntry]) -> Summary:
    """The counts over what nobody has muted: what is muted is counted apart, in every form."""
    return summary_of(change for change in changes if change.muted is None)


def yours_of(changes: Iterable[ChangeEntry]) -> Summary:
    """The counts over what the reader's own code meets and nobody has muted, each at its level there."""
    return summary_of(_as_met(change) for change in changes if change.use == Use.HIT and change.muted is None)


def _as_met(change: ChangeEntry) -> ChangeEntry:
    """The change as only the operations that the reader uses meet it."""
    if change.yours is None:
        return change
    used = set(change.yours.operations)
    effects = tuple(effect for effect in change.operations if str(effect.operation) in used)
    return msgspec.structs.replace(change, level=change.yours.level, operations=effects)


def without(document: DiffDocument, rules: Collection[str]) -> DiffDocument:
    """The document without the changes of some rules, which are told elsewhere."""
    return with_changes(document, tuple(change for change in document.changes if change.rule not in rules))


def encode(document: DiffDocument | ChangeEntry) -> bytes:
    """The document, or one change of it, as compact JSON in UTF-8; members of `before` and `after` are sorted."""
    return msgspec.json.encode(document, order="deterministic")


def decode(data: bytes) -> DiffDocument:
    """The document that `encode` wrote. Raises msgspec.ValidationError for another format, DecodeError for no JSON."""
    return msgspec.json.decode(data, type=DiffDocument)


def _entry(verdict: Verdict) -> ChangeEntry:
    finding = verdict.finding
    change = finding.change
    met = {site.direction for site, _ in verdict.site_levels}
    return ChangeEntry(
        rule=finding.rule.id,
        level=verdict.level,
        promise=verdict.promise,
        affects=finding.rule.affects,
        fingerprint=verdict.fingerprint,
        directions=tuple(each for each in Direction if each in met),
        message=finding.message,
        why=finding.rule.why,
        location=_location(change.location),
        operations=_effects(verdict),
        before=change.before,
        after=change.after,
        reasons=verdict.reasons,
        witness=None if verdict.shown is None else _witness(verdict.shown),
        places=tuple(_location(place) for place in change.places if place != change.location),
    )


def _witness(shown: Shown) -> Witness:
    direction, what = shown.site.direction, shown.what
    if isinstance(what, algebra.Undecided):
        return Witness(direction=direction, undecided=what.why)
    if isinstance(what, algebra.Exchange):
        return Witness(direction=direction, exchange=_exchange(what))
    # What is sent was accepted before; what is received can come only after.
    accepted: Literal["before", "after"] = "before" if direction is Direction.REQUEST else "after"
    refused: Literal["before", "after"] = "after" if direction is Direction.REQUEST else "before"
    return Witness(
        direction=direction,
        value=what.value,
        accepted=accepted,
        refused=refused,
        verified=what.verified,
        exchange=msgspec.UNSET if shown.call is None else _exchange(shown.call),
    )


def _exchange(made: algebra.Exchange) -> Exchange:
    return Exchange(made.method, made.target, made.headers, made.body, made.answer, made.now)


def _location(place: Place) -> Location:
    return Location(place.before, place.after)


def _effects(verdict: Verdict) -> tuple[OperationEffect, ...]:
    """One for each site, in their order: by path, method, direction and where."""
    return tuple(
        OperationEffect(kind, method, path, direction, level, where)
        for ((path, method, kind), direction, where), level in verdict.site_levels
    )
