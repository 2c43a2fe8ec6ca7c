"""Which changes of a comparison somebody asked to see, and the count of those that are left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec

from monitor.contract.operation_patterns import OperationPattern
from monitor.contract.types import OperationRef
from monitor.report.diffdoc import ChangeEntry, DiffDocument, summary_of
from monitor.report.text import plural
from monitor.rules import Level


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
        return msgspec.structs.replace(document, changes=told, summary=summary_of(told)), tuple(notes)

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
