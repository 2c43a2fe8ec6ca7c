"""Which changes of a comparison somebody asked to see, and the count of those that are left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.contract.operation_patterns import OperationPattern
from monitor.contract.types import OperationKind, OperationRef
from monitor.report.diffdoc import ChangeEntry, DiffDocument, with_changes
from monitor.report.text import plural
from monitor.rules import Level

if TYPE_CHECKING:
    from monitor.ledger import Entry
    from monitor.report.view import Report  # the ledger comes with it, which a diff of two files does not need


@dataclass(frozen=True, slots=True)
class Selection:
    """`level`: it or worse. `operations`: patterns of which one must name an operation that meets the change.
    `accepted`: fingerprints of changes that were accepted earlier, in a baseline."""

    level: Level | None = None
    operations: tuple[OperationPattern, ...] = ()
    accepted: Collection[str] = frozenset()

    def of(self, document: DiffDocument) -> tuple[DiffDocument, tuple[str, ...]]:
        """The document with what is to be seen, and sentences with the count of what is not."""
        open_changes = [change for change in document.changes if change.fingerprint not in self.accepted]
        told = tuple(change for change in open_changes if self._asked_for(change))
        accepted = len(document.changes) - len(open_changes)
        hidden = len(open_changes) - len(told)
        notes = []
        if hidden:
            notes.append(f"{plural(hidden, 'more change')} not shown: asked for was {self._words()}.")
        if accepted:
            notes.append(f"{plural(accepted, 'change')} not shown: accepted in the baseline.")
        if not notes:
            return document, ()
        return with_changes(document, told), tuple(notes)

    def of_report(self, report: Report) -> tuple[Report, tuple[str, ...]]:
        """The report with what is to be seen of every comparison and of the ledger, and sentences as `of` gives them.

        Of the ledger an operation that is named is kept, and what hangs on one; levels do not concern it.
        """
        if self.level is None and not self.operations:
            return report, ()
        sources, hidden = [], 0
        for view in report.sources:
            found = [replace(each, document=self.of(each.document)[0]) for each in view.comparisons]
            hidden += sum(len(each.document.changes) for each in view.comparisons)
            hidden -= sum(len(each.document.changes) for each in found)
            entries = tuple(entry for entry in view.entries if self._concerns(entry))
            sources.append(replace(view, comparisons=tuple(found), entries=entries))
        notes = (f"{plural(hidden, 'more change')} not shown: asked for was {self._words()}.",) if hidden else ()
        return replace(report, sources=tuple(sources)), notes

    def _concerns(self, entry: Entry) -> bool:
        subject = entry.subject
        if not self.operations or subject.kind in ("document", "url"):
            return True
        if subject.path is None:
            return False
        kind: OperationKind = "webhook" if subject.kind == "webhook" else "operation"
        return self._names(OperationRef(subject.path, subject.method or "", kind))

    def _asked_for(self, change: ChangeEntry) -> bool:
        if self.level is not None and Level(change.level).rank > self.level.rank:
            return False
        return not self.operations or any(map(self._names, change.reach))

    def _names(self, operation: OperationRef) -> bool:
        return any(pattern.matches(operation) for pattern in self.operations)

    def _words(self) -> str:
        level = [] if self.level is None else [f"{self.level} or worse" if self.level.rank else str(self.level)]
        paths = [f"{pattern.method} /{'/'.join(pattern.segments)}" for pattern in self.operations]
        return ", ".join([*level, *([f"operations {', '.join(paths)}"] if paths else [])])


def by_reach(changes: Iterable[ChangeEntry]) -> list[tuple[tuple[OperationRef, ...], list[ChangeEntry]]]:
    """The changes by the operations that meet them, each once: what one operation meets alone comes first, then what
    several share, then what none meets."""
    groups: dict[tuple[OperationRef, ...], list[ChangeEntry]] = {}
    for change in changes:
        groups.setdefault(change.reach, []).append(change)
    return sorted(groups.items(), key=lambda item: (len(item[0]) != 1, not item[0], len(item[0]), item[0]))
