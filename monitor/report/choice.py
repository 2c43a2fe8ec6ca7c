"""What of a report somebody wants to be told: by source, level, operation and kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.ledger import Entry
from monitor.policy import Use, Uses
from monitor.report.diffdoc import ChangeEntry, DiffDocument, with_changes
from monitor.report.marks import use_of
from monitor.report.view import Report, SourceView


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted; what is empty (or None) is wanted whole.

    `kinds` are of `changes`, `deadlines` (what is deprecated), `promise` (its own words), `health` (how checks went).
    Of operations those that one of the patterns means; what no operation is known to meet may concern all, and stays.
    """

    sources: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    operations: Uses | None = None
    kinds: tuple[str, ...] = ()

    def wants(self, kind: str) -> bool:
        """Whether a kind is wanted."""
        return not self.kinds or kind in self.kinds


def chosen(report: Report, choice: Choice) -> Report:
    """The report with what is wanted alone; its counts are those of what is left."""
    views = (view for view in report.sources if not choice.sources or view.name in choice.sources)
    return replace(report, sources=tuple(_view(view, choice) for view in views))


def _view(view: SourceView, choice: Choice) -> SourceView:
    wants = choice.wants
    comparisons = tuple(replace(each, document=_document(each.document, choice)) for each in view.comparisons)
    kept = tuple(each for each in comparisons if each.document.changes) if wants("changes") else ()
    return replace(
        view,
        comparisons=kept,
        entries=tuple(_entries(view.entries, choice)) if wants("deadlines") else (),
        promised=view.promised if wants("promise") else (),
        outdated=view.outdated if wants("promise") else (),
        frozen=view.frozen if wants("health") else (),
        warnings=view.warnings if wants("health") else (),
        health=view.health if wants("health") else replace(view.health, outcome=None, problems=()),
    )


def _document(document: DiffDocument, choice: Choice) -> DiffDocument:
    kept = tuple(change for change in document.changes if _wanted(change, choice))
    return with_changes(document, kept)


def _wanted(change: ChangeEntry, choice: Choice) -> bool:
    if choice.levels and str(change.level) not in choice.levels:
        return False
    return choice.operations is None or choice.operations.use(change.reach) is not Use.NOT_USED


def _entries(entries: Iterable[Entry], choice: Choice) -> Iterable[Entry]:
    return (entry for entry in entries if use_of(entry, choice.operations) is not Use.NOT_USED)
