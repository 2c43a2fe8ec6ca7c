"""The sources that are watched: the configuration and the database are changed together, or not at all.

The database is changed first, in a transaction that is still open when the file is replaced; when anything fails after
that, the file is put back. A process that is killed in between leaves a file that is ahead of the database: running
the same command again brings the database after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import settings as configuration
from monitor.errors import DocumentError, FetchError, UsageError
from monitor.fetch.documents import Request, fetch_document
from monitor.jobs.profiles import load_profiles
from monitor.jobs.requests import refused_host
from monitor.policy import PromiseProfile, propose_promise
from monitor.reading import read

if TYPE_CHECKING:
    from monitor.settings import SourceSettings
    from monitor.settings.editing import Value
    from monitor.store import Store

_REMOTE = re.compile(r"(?:git\+)?https?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What can be said of a source without the network.

    `promise` is the shipped profile that fits it; `warning` says why a document on this machine cannot be read yet,
    `unreachable` what is special about a host that its settings do not let it reach.
    """

    promise: PromiseProfile | None
    warning: str | None = None
    unreachable: str | None = None


def add_source(
    path: Path, *, name: str, url: str, promise: str | None = None, client: str | None = None, **more: Value
) -> SourceSettings:
    """Write a source into the configuration at `path`, which is made when it is not there. Nothing is fetched.

    `more`: as in `settings.set_source`.

    Raises UsageError (a name that is there, a profile that is not, a value that cannot stand there) before anything is
    written, and ConfigurationError for the file.
    """
    load_profiles(client or "strict", promise, folder=path.parent)
    configuration.add_source(path, name=name, url=url, promise=promise, client=client, **more)
    return configuration.load(path).source(name)


def look_at(source: SourceSettings, *, folder: Path, store: Store | None = None) -> FirstLook:
    """Propose a promise by the host of the URL, else by the text of a document that is at hand: a file or, with a
    `store`, the newest version in it. Raises StoreError."""
    by_host = propose_promise(source.url, None)
    text, warning = (None, None) if _REMOTE.match(source.url) else _text_of_file(source, folder)
    if by_host is not None:
        return FirstLook(by_host, warning, refused_host(source))
    if text is None and store is not None:
        text = _text_stored(store, source.name)
    return FirstLook(propose_promise(source.url, text), warning, refused_host(source))


def set_source(path: Path, name: str, **changes: Value) -> SourceSettings:
    """Change keys of a source, as `settings.set_source` names them; None takes one out. The history stays.

    Raises UnknownSource, and UsageError as `add_source` does.
    """
    before = configuration.load(path).source(name)
    client, promise = changes.get("client", before.client), changes.get("promise", before.promise)
    load_profiles(str(client or "strict"), None if promise is None else str(promise), folder=path.parent)
    configuration.set_source(path, name, **changes)
    return configuration.load(path).source(name)


def pause_source(path: Path, name: str) -> bool:
    """Leave a source alone until it is resumed; False when it was paused already. Raises UnknownSource."""
    if configuration.load(path).source(name).paused:
        return False
    configuration.set_source(path, name, paused=True)
    return True


def resume_source(path: Path, name: str) -> bool:
    """Check a paused source again; False when it was not paused. Raises UnknownSource."""
    if not configuration.load(path).source(name).paused:
        return False
    configuration.set_source(path, name, paused=None)
    return True


def rename_source(store: Store, path: Path, old: str, new: str) -> None:
    """Give a source another name, in the configuration and with its history.

    When the configuration has the new name already (somebody wrote it there, or the process was killed in between),
    only the history follows. Raises UnknownSource, and UsageError for a name that is taken or cannot be one.
    """
    if old == new:
        raise UsageError(f"{old!r} is its name already")
    names = _names(path)
    with configuration.restored_on_error(path), store.transaction() as uow:
        stored = uow.sources.find(old) is not None
        if not stored and uow.sources.find(new) is not None:
            raise UsageError(
                f"there is a history of {new!r} in the database, and it would become that of {old!r}",
                advice=f"Take another name, or forget that history with `specwatch remove {new}`.",
            )
        if stored:
            uow.sources.rename(old, new)
        if not stored or old in names or new not in names:
            configuration.rename_source(path, old, new)


def remove_source(store: Store, path: Path, name: str) -> None:
    """Forget a source and everything known of it; it may be in the configuration, in the database or in both.

    Raises UnknownSource when it is in neither.
    """
    names = _names(path)
    with configuration.restored_on_error(path), store.transaction() as uow:
        stored = uow.sources.find(name) is not None
        if stored:
            uow.sources.remove(name)
        if not stored or name in names:
            configuration.remove_source(path, name)


def stored_snapshots(store: Store, path: Path, name: str) -> int:
    """How many versions of a source would be forgotten. Raises UnknownSource when it is nowhere."""
    with store.reading() as uow:
        source = uow.sources.find(name)
        if source is not None:
            return uow.snapshots.count(source.id)
    configuration.load(path).source(name)
    return 0


def _names(path: Path) -> set[str]:
    return {source.name for source in configuration.load(path).sources}


def _text_of_file(source: SourceSettings, folder: Path) -> tuple[str | None, str | None]:
    """The description in a document on this machine, or why it cannot be read."""
    try:
        fetched = fetch_document(source.url, Request(base=folder))
        return _description(fetched.data or b"", source.url), None
    except FetchError as error:
        # Nothing is asked for on the web at the first look, and parts there are no fault.
        return None, None if error.category == "blocked" and source.allow_hosts else str(error)
    except DocumentError as error:
        return None, str(error)


def _text_stored(store: Store, name: str) -> str | None:
    with store.reading() as uow:
        source = uow.sources.find(name)
        newest = None if source is None else uow.snapshots.latest(source.id)
        data = None if newest is None else uow.snapshots.data(newest.id)
    try:
        return None if data is None else _description(data, name)
    except DocumentError:
        return None


def _description(data: bytes, name: str) -> str | None:
    """`info.description` of a document. Raises DocumentError."""
    info = read(data, source=name).root.get("info")
    description = info.get("description") if isinstance(info, dict) else None
    return description if isinstance(description, str) else None
