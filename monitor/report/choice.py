"""What of a report somebody wants to be told: by source, level, operation, tag and kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.contract.types import OperationRef
from monitor.ledger import Entry
from monitor.policy import Use, Uses
from monitor.report.diffdoc import ChangeEntry, DiffDocument, with_changes
from monitor.report.marks import operation_of
from monitor.report.view import Report, SourceView
from monitor.rules import worst

Tags = Mapping[OperationRef, tuple[str, ...]]
"""The tags of each operation of a source, none of an operation without; what is missing is not known."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted; what is empty is wanted whole, and so are all sources where they are None.

    `kinds` are of `changes`, `deadlines` (what is deprecated), `promise` (its own words), `health` (how checks went).
    Of operations those that one of the patterns means and that have one of the `tags`, as far as those are given; what
    no operation is known to meet may concern all, and stays.
    """

    sources: Collection[str] | None = None
    levels: tuple[str, ...] = ()
    operations: Uses | None = None
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def wants(self, kind: str) -> bool:
        """Whether a kind is wanted."""
        return not self.kinds or kind in self.kinds

    def hears(self, source: str) -> bool:
        """Whether anything of a source is wanted."""
        return self.sources is None or source in self.sources

    def names(self, operations: Iterable[OperationRef], tags: Tags) -> bool:
        """Whether any of these operations is wanted; of none it is not known whom it concerns."""
        found = list(operations)
        return not found or any(self._names(each, tags) for each in found)

    def _names(self, operation: OperationRef, tags: Tags) -> bool:
        if self.operations is not None and self.operations.use([operation]) is Use.NOT_USED:
            return False
        return not self.tags or operation not in tags or not set(self.tags).isdisjoint(tags[operation])


def chosen(report: Report, choice: Choice) -> Report:
    """The report with what is wanted alone; its counts are those of what is left.

    Who reads it was told of nothing before: alerts are kept for the recipients of the whole alone.
    """
    views = (view for view in report.sources if choice.hears(view.name))
    return replace(report, sources=tuple(_view(view, choice) for view in views))


def _view(view: SourceView, choice: Choice) -> SourceView:
    wants = choice.wants
    comparisons = tuple(
        replace(each, document=_document(each.document, choice, view.tags)) for each in view.comparisons
    )
    kept = tuple(each for each in comparisons if each.document.changes) if wants("changes") else ()
    entries = tuple(entry for entry in view.entries if _concerns(entry, choice, view.tags))
    return replace(
        view,
        comparisons=kept,
        entries=entries if wants("deadlines") else (),
        promised=view.promised if wants("promise") else (),
        outdated=view.outdated if wants("promise") else (),
        frozen=view.frozen if wants("health") else (),
        warnings=view.warnings if wants("health") else (),
        alerts=(),
        health=view.health if wants("health") else replace(view.health, outcome=None, problems=()),
    )


def _document(document: DiffDocument, choice: Choice, tags: Tags) -> DiffDocument:
    return with_changes(document, tuple(change for change in document.changes if _wanted(change, choice, tags)))


def _wanted(change: ChangeEntry, choice: Choice, tags: Tags) -> bool:
    """Whether the operations that are wanted meet it, and at a wanted level; what none meets may concern all."""
    if not choice.names(change.reach, tags):
        return False
    named = {operation for operation in change.reach if choice.names([operation], tags)}
    levels = {effect.level for effect in change.operations if effect.operation in named}
    return not choice.levels or str(worst(levels) if levels else change.level) in choice.levels


def _concerns(entry: Entry, choice: Choice, tags: Tags) -> bool:
    operation = operation_of(entry.subject)
    return operation is None or choice.names([operation], tags)
