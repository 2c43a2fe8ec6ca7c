"""What takes the place of an operation, and what differs for whoever moves over to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from monitor.contract import Contract, Operation
from monitor.errors import UsageError
from monitor.jobs.comparing import Opened, find, open_document, settle, side
from monitor.jobs.past import Seen, entries_of, known_by, label
from monitor.jobs.profiles import Profiles, load_profiles, profiles_of
from monitor.ledger import Subject, identity
from monitor.ledger.successor import Successors
from monitor.report.diffdoc import DiffDocument, summary_of
from monitor.report.migration import LIFECYCLE, Migration

if TYPE_CHECKING:
    from monitor.settings import Settings, SourceSettings
    from monitor.store import Store


def migration_to_successor(
    store: Store, settings: Settings, name: str, operation: str, *, to: str | None, today: date, folder: Path
) -> Migration:
    """The successor of an operation (`GET /v1/users`) as of `today`, and the differences between the two.

    The successor is `to`, else what the provider names, else the same resource under a higher version. An operation
    that is gone is looked up in the last version that had it. Raises UnknownSource, UsageError (no such operation),
    NoSuchSnapshot, DocumentError, BudgetExceeded, StoreError.
    """
    source = settings.source(name)
    profiles = profiles_of(source, folder)
    known = known_by(store, name, profiles, today)
    stored, newest = known.source, known.seen[-1]
    at, subject = _last_seen(known.seen, operation)
    entries = entries_of(known.past, profiles, today=today)
    entry = next((each for each in entries if identity(each.subject) == identity(subject)), None)
    successor, how = _successor(newest, at, subject, profiles, to)
    document = None
    if successor is not None:
        names = label(stored, at), label(stored, newest)
        opened = [open_document(_data(store, seen), shown) for seen, shown in zip((at, newest), names, strict=True)]
        document = _differences(opened, str(subject), successor, names, _reader(source, folder))
    return Migration(
        source=name,
        version=label(stored, at),
        operation=str(subject),
        entry=entry,
        successor=successor,
        how=how,
        today=today,
        document=document,
    )


def _reader(source: SourceSettings, folder: Path) -> Profiles:
    """What the reader's own code tolerates. No promise is at stake between two operations."""
    return load_profiles(source.client, None, folder=folder, extensions=source.extensions)


def _last_seen(known: Sequence[Seen], operation: str) -> tuple[Seen, Subject]:
    """The last version with the operation, and how it calls it. Raises UsageError."""
    method, _, path = operation.strip().partition(" ")
    wanted = identity(Subject("operation", method.upper(), path.strip(), ""))
    for seen in reversed(known):
        for subject in seen.outline.operations:
            if identity(subject) == wanted:
                return seen, subject
    names = [str(subject) for subject in known[-1].outline.operations]
    near = get_close_matches(operation, names, n=1)
    advice = f"Did you mean {near[0]!r}?" if near else "Name the method and the path, as in 'GET /v1/users'."
    raise UsageError(f"no version has an operation {operation!r}", advice=advice)


def _successor(newest: Seen, at: Seen, subject: Subject, profiles: Profiles, to: str | None) -> tuple[str | None, str]:
    """The successor, and who says so. Raises UsageError for one named by the reader that is not there."""
    if to is not None:
        return str(_last_seen([newest], to)[1]), "You named the successor"
    marks = {identity(mark.subject): mark for mark in at.outline.marks}
    mark = marks.get(identity(subject))
    named = None if mark is None else mark.successor
    served = newest.outline.operations, newest.outline.marks
    told = Successors(*served, None).of(subject, named)
    # What is named may be no operation (`CatalogV3`), and there is nothing to compare it with.
    if told in {str(operation) for operation in newest.outline.operations if operation.kind == "operation"}:
        return told, "The provider names the successor"
    found = Successors(*served, profiles.version_pattern).of(subject, None)
    names = "The provider names none" if told is None else f"The provider names {told}, which is no operation"
    if found is None:
        return None, f"{names}, and no higher version has the same resource"
    return found, "It is the same resource under a higher version" + (f"; the provider names {told}" if told else "")


def _data(store: Store, seen: Seen) -> bytes:
    with store.reading() as uow:
        return uow.snapshots.data(seen.row.id)


def _differences(
    opened: list[Opened], operation: str, successor: str, names: tuple[str, str], profiles: Profiles
) -> DiffDocument:
    """What differs between the two operations, each taken as the only one of its document, under one name."""
    (before, old), (after, new) = (
        _found(each.contract, name, profiles) for each, name in zip(opened, (operation, successor), strict=True)
    )
    alone = [
        Opened(opened[0].document, before.alone(old, old.ref)),
        Opened(opened[1].document, after.alone(new, old.ref._replace(path=_under_path(old, new)))),
    ]
    findings = find(alone[0], alone[1], profiles.conventions)
    sides = [
        side(each.document, f"{name} {shown}")
        for each, name, shown in zip(opened, names, (operation, successor), strict=True)
    ]
    document = settle(sides[0], sides[1], findings, profiles)
    # What no operation meets is no matter of the two: the documents may be years apart.
    changes = tuple(change for change in document.changes if change.operations and change.rule not in LIFECYCLE)
    return msgspec.structs.replace(document, changes=changes, summary=summary_of(changes))


def _found(contract: Contract, name: str, profiles: Profiles) -> tuple[Contract, Operation]:
    contract = profiles.conventions.applied(contract)
    return contract, next(operation for operation in contract.operations() if str(operation.ref) == name)


def _under_path(old: Operation, new: Operation) -> str:
    """The path of the old operation with the names that the new one gives to its parameters, where each has one."""
    parts, others = old.ref.path.split("{"), new.ref.path.split("{")
    if len(parts) != len(others):
        return old.ref.path
    names = [other.partition("}")[0] for other in others[1:]]
    rests = [part.partition("}")[2] for part in parts[1:]]
    return parts[0] + "".join(f"{{{name}}}{rest}" for name, rest in zip(names, rests, strict=True))
