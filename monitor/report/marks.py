"""What a reader knows of itself, laid over a comparison: which changes it meets, and which it has muted.

Nothing of it is stored with the comparison: it holds for whoever reads.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from monitor.contract.types import OperationKind, OperationRef
from monitor.ledger import Entry, Subject
from monitor.policy import Use, Uses
from monitor.report.diffdoc import ChangeEntry, DiffDocument, Muted, Yours, told_of, yours_of
from monitor.rules import worst


def marked(document: DiffDocument, uses: Uses | None, mutes: Mapping[str, Muted] | None = None) -> DiffDocument:
    """The document with what the reader uses and has muted (by fingerprint) at each change; nothing is left out."""
    if uses is None and not mutes:
        return document
    found = mutes or {}
    changes = tuple(_marked(change, uses, found.get(change.fingerprint)) for change in document.changes)
    yours = msgspec.UNSET if uses is None else yours_of(changes)
    return msgspec.structs.replace(document, changes=changes, summary=told_of(changes), yours=yours)


def _marked(change: ChangeEntry, uses: Uses | None, muted: Muted | None) -> ChangeEntry:
    use = None if uses is None else uses.use(change.reach)
    yours = None if uses is None or use is not Use.HIT else _yours(change, uses)
    return msgspec.structs.replace(change, use=use, yours=yours, muted=muted)


def _yours(change: ChangeEntry, uses: Uses) -> Yours:
    """The worst that an operation meets which is used, or may be."""
    met = {operation: None for operation in change.reach if uses.use([operation]) is not Use.NOT_USED}
    levels = {effect.level for effect in change.operations if effect.operation in met}
    return Yours(worst(levels), tuple(map(str, met)))


def use_of(entry: Entry, uses: Uses | None) -> Use | None:
    """Whether a reader meets a deprecated thing; None where nothing is known of what it uses.

    Of what hangs on no operation (a property of a definition, the document itself) nothing is known either.
    """
    return use_of_subject(entry.subject, uses)


def use_of_subject(subject: Subject, uses: Uses | None) -> Use | None:
    """The same of something that no entry is about: an operation that went without a word."""
    if uses is None:
        return None
    operation = operation_of(subject)
    return Use.UNKNOWN if operation is None else uses.use([operation])


def operation_of(subject: Subject) -> OperationRef | None:
    """The operation or webhook that something is or hangs on; None of a callback, and of what hangs on none."""
    if subject.path is None or subject.kind == "callback":
        return None
    kind: OperationKind = "webhook" if subject.kind == "webhook" else "operation"
    return OperationRef(subject.path, subject.method or "", kind)
