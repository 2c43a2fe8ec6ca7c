"""Importing a history: older versions from files, a folder or git, with the dates at which they were there.

Each version is one transaction and may be the last: an import that was killed is begun again, passes over what is there
and ends with the same contents. Whatever order the versions come in, comparisons, flaps and ledger are of the whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import DocumentError, FetchError, UsageError
from monitor.jobs.authority import LIMIT, Authority
from monitor.jobs.comparing import open_document
from monitor.jobs.deriving import Derived, derive
from monitor.jobs.facts import facts_of
from monitor.jobs.profiles import profiles_of
from monitor.jobs.progress import Progress
from monitor.jobs.versions import Refused
from monitor.store import Provenance

if TYPE_CHECKING:
    from monitor.compare import Conventions
    from monitor.jobs.versions import Version, Versions
    from monitor.settings import SourceSettings
    from monitor.store import SourceRow, Store


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import came to.

    `new` versions were stored, `already` known ones (seen at that moment, or the same as their neighbour) passed over;
    `snapshots` are all that the source has now, `flaps` how many of them are suspect, `comparisons` how many were made
    or made anew. `warnings` name those that could not be made.
    """

    source: str
    new: int
    already: int
    refused: tuple[Refused, ...]
    snapshots: int
    flaps: int
    comparisons: int
    warnings: tuple[str, ...] = ()


def import_history(
    store: Store,
    source: SourceSettings,
    versions: Versions,
    *,
    now: datetime,
    folder: Path,
    progress: Callable[[Progress], None] | None = None,
    limit: float = LIMIT,
) -> ImportResult:
    """Take in older versions of a source, each with the moment at which it was there.

    A version that cannot be read is in the result, and the others come in. `folder` is where relative paths of profiles
    start, `limit` the time in seconds for the authority's opinion on the newest version; 0 does not ask it.
    Raises StoreError, UsageError (no such profile), FetchError (a git history that cannot be read).
    """
    say = progress or (lambda _: None)
    profiles = profiles_of(source, folder)
    with store.transaction() as uow:
        stored = uow.sources.ensure(source.name, source.url, now=now)
    new, already = 0, 0
    refused = list(versions.refused)
    for number, version in enumerate(versions):
        say(Progress(number, versions.total, f"reading {version.label}"))
        try:
            inserted = _take(store, stored, version, profiles.conventions, now)
        except (DocumentError, FetchError, UsageError) as error:
            refused.append(Refused(version.label, error))
        else:
            new, already = new + inserted, already + (not inserted)
    derived = derive(
        store,
        stored,
        profiles,
        now=now,
        again=True,
        step=lambda done, total: say(Progress(done, total, "comparing")),
    )
    _ask_authority(store, derived, limit)
    return ImportResult(
        source=source.name,
        new=new,
        already=already,
        refused=tuple(refused),
        snapshots=len(derived.past.seen),
        flaps=len(derived.past.doubts.flaps),
        comparisons=len(derived.documents),
        warnings=derived.warnings,
    )


def _take(store: Store, source: SourceRow, version: Version, conventions: Conventions, now: datetime) -> bool:
    """Store one version in one transaction; False when it was there. Raises DocumentError, FetchError, UsageError."""
    if version.at > now:
        raise UsageError(f"it is dated {version.at:%Y-%m-%d %H:%M} UTC, which is still to come")
    loaded = version.load()
    data = loaded.data
    with store.reading() as uow:
        content_id = uow.contents.find(source.id, hashlib.sha256(data).hexdigest())
    facts = None if content_id is not None else facts_of(open_document(data, version.label), conventions)
    provenance = Provenance("imported", version.location, version.commit)
    with store.transaction() as uow:
        if facts is not None:
            content_id = uow.contents.keep(source.id, data, facts, loaded.parts)
        assert content_id is not None
        sighting = uow.snapshots.see(source.id, content_id, at=version.at, provenance=provenance)
        uow.checks.imported(source.id, content_id, at=version.at)
    return sighting.inserted


def _ask_authority(store: Store, derived: Derived, limit: float) -> None:
    """Of a history only the newest version is worth the seconds that the authority takes."""
    newest = derived.past.seen[-1].row if derived.past.seen else None
    if newest is None or newest.opinion is not None or limit <= 0:
        return
    with store.reading() as uow:
        data = uow.snapshots.data(newest.id)
    with closing(Authority()) as authority:
        opinion = authority.opinion(open_document(data, newest.sha256).document, limit=limit)
    if opinion is not None:
        with store.transaction() as uow:
            uow.contents.opine(newest.content_id, opinion)
