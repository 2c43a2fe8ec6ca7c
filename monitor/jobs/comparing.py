"""Comparing two documents, from bytes to the document of their differences. No database, no network."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from monitor.compare import Budget, Conventions, compare_all
from monitor.jobs.profiles import Profiles, load_profiles
from monitor.policy import Removals, decide, with_witnesses
from monitor.proof import Proofs
from monitor.reading import Document, Problem, contract_of, read, validate
from monitor.report.diffdoc import DiffDocument, Side, diff_document
from monitor.rules import Finding, judge

if TYPE_CHECKING:
    from monitor.contract import Contract, OperationRef
    from monitor.settings import ExtensionSettings


@dataclass(frozen=True, slots=True)
class Input:
    """One side of a comparison: its bytes, and the name that a reader knows it by (a path, a URL, `NAME@DATE`).

    `stored` has the source's name and the snapshot's id when it came from the store. `together`: the bytes were put
    together of several files, and no file has their lines.
    """

    data: bytes
    name: str
    stored: tuple[str, int] | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A document and the contract that it declares."""

    document: Document
    contract: Contract


def open_document(data: bytes, name: str) -> Opened:
    """Read bytes as far as the contract. Raises DocumentError."""
    document = read(data, source=name)
    return Opened(document, contract_of(document))


def operations_of(contract: Contract, conventions: Conventions) -> tuple[OperationRef, ...]:
    """The operations, webhooks and callbacks that a contract declares, in the document's order."""
    contract = conventions.applied(contract)
    found = (each for own in contract.operations() for each in (own, *contract.callbacks(own)))
    return tuple(dict.fromkeys(each.ref for each in found))


def _named(opened: Opened, name: str) -> Opened:
    """The same document under another name."""
    return replace(opened, document=replace(opened.document, source=name))


@dataclass(frozen=True, slots=True)
class Found:
    """What differs between two documents, judged by the rules and held against the algebra, and its means of proof."""

    findings: tuple[Finding, ...]
    proofs: Proofs


def find(before: Opened, after: Opened, conventions: Conventions) -> Found:
    """What differs between two documents. Raises BudgetExceeded."""
    budget = Budget(clock=time.monotonic)
    compared = compare_all(before.contract, after.contract, budget=budget, conventions=conventions)
    proofs = Proofs(before.contract, after.contract, conventions)
    return Found((*proofs.held(judge(compared.changes)), *proofs.unnamed(compared)), proofs)


def side(document: Document, name: str) -> Side:
    """How the document of differences names one of the two."""
    return Side(
        source=name,
        sha256=document.sha256,
        openapi=document.openapi,
        title=document.title,
        version=document.version,
    )


def settle(
    before: Side,
    after: Side,
    found: Found,
    profiles: Profiles,
    removals: Removals | None = None,
) -> DiffDocument:
    """What was found as the document of differences, for one client and one promise."""
    verdicts = decide(found.findings, client=profiles.client, promise=profiles.promise, removals=removals)
    verdicts = with_witnesses(verdicts, found.proofs)
    return diff_document(before, after, verdicts, client=profiles.client.name, promise=profiles.promise_name)


def diff_documents(
    before: Input,
    after: Input,
    *,
    client: str = "strict",
    promise: str | None = None,
    folder: Path | None = None,
    extensions: ExtensionSettings | None = None,
    known: Callable[[Profiles], Removals | None] | None = None,
    invalid: Callable[[str, tuple[Problem, ...]], None] | None = None,
    served: Callable[[tuple[OperationRef, ...]], None] | None = None,
) -> DiffDocument:
    """The differences between two documents for one client and one promise (names, or paths of profile files).

    `extensions`: the keys of specification extensions that are compared by their meaning, where not the usual ones.
    Two documents alone know no dates: without what `known` answers of operations that went, a removal of what was
    flagged is `unstated`. `invalid` hears the name and the problems of a document that is not valid,
    `served` the operations, webhooks and callbacks of both. Raises DocumentError, UsageError, BudgetExceeded.
    """
    profiles = load_profiles(client, promise, folder=folder, extensions=extensions)
    left = open_document(before.data, before.name)
    right = _named(left, after.name) if after.data == before.data else open_document(after.data, after.name)
    if invalid is not None:
        for each in (left, right):
            problems = validate(each.document)
            if problems:
                invalid(each.document.source, problems)
    if served is not None:
        both = (operations_of(each.contract, profiles.conventions) for each in (left, right))
        served(tuple(dict.fromkeys(chain.from_iterable(both))))
    removals = None if known is None else known(profiles)
    found = find(left, right, profiles.conventions)
    return settle(side(left.document, before.name), side(right.document, after.name), found, profiles, removals)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document to compare: the digest of its bytes, the name that a reader knows it by, and its bytes
    when they are asked for."""

    sha256: str
    name: str
    load: Callable[[], bytes]


class Bench(Protocol):
    """Where versions are compared: a `Desk` here, or a process of its own."""

    def put(self, opened: Opened) -> None:
        """Lay out a document that was read just now."""

    def compare(
        self, before: Version, after: Version, profiles: Profiles, removals: Removals | None = None
    ) -> DiffDocument:
        """The differences between two versions. Raises BudgetExceeded, DocumentError, and what loading them raises."""


class Desk:
    """The working memory of one job: the two documents used last, and the findings of the pair compared last.

    A history of any length is walked with two documents in memory. Keys are the SHA-256 of the bytes.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[str, Opened] = OrderedDict()
        self._found: tuple[tuple[str, str, Conventions], Found] | None = None

    def put(self, opened: Opened) -> None:
        """Lay a document on the desk."""
        self._open[opened.document.sha256] = opened
        self._open.move_to_end(opened.document.sha256)
        while len(self._open) > 2:
            self._open.popitem(last=False)

    def get(self, sha256: str, name: str, load: Callable[[], bytes]) -> Opened:
        """The document with that digest; `load` gives its bytes when it does not lie on the desk."""
        if sha256 not in self._open:
            self.put(open_document(load(), name))
        self._open.move_to_end(sha256)
        return self._open[sha256]

    def compare(
        self, before: Version, after: Version, profiles: Profiles, removals: Removals | None = None
    ) -> DiffDocument:
        """See `Bench`."""
        left, right = (self.get(each.sha256, each.name, each.load) for each in (before, after))
        found = self.find(left, right, profiles.conventions)
        return settle(side(left.document, before.name), side(right.document, after.name), found, profiles, removals)

    def find(self, before: Opened, after: Opened, conventions: Conventions) -> Found:
        """`find`, remembered for the last pair: what was compared before a transaction need not be in it again."""
        pair = (before.document.sha256, after.document.sha256, conventions)
        if self._found is None or self._found[0] != pair:
            self._found = None  # let go of the old before the new is made
            self._found = (pair, find(before, after, conventions))
        return self._found[1]
