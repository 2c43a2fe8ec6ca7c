"""What a reader names as one side of a comparison: a file, a URL, or a version that the store has."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import NoSuchSnapshot, UnknownSource, UsageError
from monitor.jobs.comparing import Input
from monitor.reading.bundling import has_parts

if TYPE_CHECKING:
    from monitor.report.excerpts import Pages
    from monitor.report.view import ComparisonView
    from monitor.store import SourceRow, Store, UnitOfWork

_STORED = re.compile(r"(?P<name>[^@/\\:]+)@(?P<when>[^@/\\]+)")
_NAME = re.compile(r"[^@/\\:]+")
_FILE = re.compile(r".+\.(?:json|ya?ml)", re.IGNORECASE)
_URL = re.compile(r"(?:https?|file|git\+[a-z]+):", re.IGNORECASE)

LATEST = "latest"


def locate(
    reference: str, *, store: Callable[[], Store], folder: Path | None = None, hosts: Sequence[str] = ()
) -> Input:
    """The bytes that a reference names, and how to call them.

    - `openapi.json`, `./a@b.yaml`: a file, relative to `folder` (default: where the process stands)
    - a folder: the OpenAPI document in it
    - `https://…`, `file:…`, `git+file:REPOSITORY@REV#FILE`: downloaded now
    - `NAME@latest`, `NAME@2026-07-31` (the last version seen by the end of that UTC day), `NAME@2026-07-31T17:32`
      (by that moment, UTC where it names no zone): from the store, which is opened only for these

    A document of several files comes as one; on the web they come from its host, and from `hosts`. A file of that very
    name goes before a stored version. Raises UsageError (with UnknownSource and NoSuchSnapshot), FetchError and, for
    the parts of a document, DocumentError.
    """
    if not _URL.match(reference):
        path = Path(reference) if folder is None else folder / reference
        if path.is_file():
            data = _read(path)
            return _fetched(reference, hosts, path) if has_parts(data) else Input(data, reference)
        if path.is_dir():
            return _fetched(reference, hosts, path)
        stored = _STORED.fullmatch(reference)
        if stored is not None:
            return _from_store(store(), stored["name"], stored["when"])
        raise UsageError(
            "there is no such file",
            where=reference,
            advice="Name a file, a URL, or a version that is stored: NAME@2026-07-31 or NAME@latest.",
        )
    return _fetched(reference, hosts)


def _fetched(reference: str, hosts: Sequence[str], path: Path | None = None) -> Input:
    from monitor.fetch import AddressPolicy  # a third of the time of a small diff, and one file does not need it
    from monitor.fetch.documents import Request, fetch_document

    where = reference if path is None else str(path)
    fetched = fetch_document(where, Request(policy=AddressPolicy.typed(where, hosts), hosts=hosts))
    if fetched.data is None:
        raise UsageError("the server sent no document", where=reference)
    return Input(fetched.data, reference, together=len(fetched.parts) > 1)


def pages_of(store: Store, view: ComparisonView) -> Pages:
    """The two stored documents of a comparison, with the places of what changed. Raises StoreError."""
    from monitor.report.excerpts import pages  # libyaml and difflib come with it, for the forms that show lines

    before, after = (locate(name, store=lambda: store) for name in (view.before_name, view.after_name))
    return pages(view.document, before.data, after.data)


def newest(reference: str) -> str:
    """The bare name of a source as its newest version, `NAME@latest`; what names anything else, or a file, as it is."""
    bare = _NAME.fullmatch(reference) and not _FILE.fullmatch(reference) and not Path(reference).is_file()
    return f"{reference}@{LATEST}" if bare else reference


def moment_of(when: str) -> datetime | None:
    """The moment that `NAME@WHEN` means: the end of a day, or a timestamp itself; None for `latest`.

    Raises UsageError when it is none of these.
    """
    if when == LATEST:
        return None
    try:
        day = date.fromisoformat(when)
    except ValueError:
        pass
    else:
        return datetime.combine(day, time.max, UTC)
    try:
        moment = datetime.fromisoformat(when)
    except ValueError as error:
        raise UsageError(
            f"{when!r} is neither `latest` nor a date nor a timestamp", advice="Write 2026-07-31 or 2026-07-31T17:32."
        ) from error
    if not 1980 <= moment.year < 3000:
        raise UsageError(f"nothing was seen in the year {moment.year}")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _from_store(store: Store, name: str, when: str) -> Input:
    moment = moment_of(when)
    with store.reading() as uow:
        source = uow.sources.find(name)
        if source is None:
            raise UnknownSource(
                f"nothing is stored of a source {name!r}",
                where=f"{name}@{when}",
                advice=f"If it is watched, `specwatch check {name}` gets its first version.",
            )
        row = uow.snapshots.latest(source.id) if moment is None else uow.snapshots.at(source.id, moment)
        if row is None:
            raise NoSuchSnapshot(_nothing(uow, source), where=f"{name}@{when}")
        return Input(uow.snapshots.data(row.id), f"{name}@{row.seen_at:%Y-%m-%dT%H:%M:%SZ}", (name, row.id))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"it cannot be read: {error.strerror}", where=str(path)) from error


def _nothing(uow: UnitOfWork, source: SourceRow) -> str:
    rows = uow.snapshots.all(source.id)
    if not rows:
        return f"nothing of {source.name} is stored yet"
    return (
        f"nothing had been seen of {source.name} by then; the first version is of {rows[0].seen_at:%Y-%m-%d %H:%M} UTC"
    )
