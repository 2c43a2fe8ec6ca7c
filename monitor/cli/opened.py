"""The documents that a command names, with the configuration and the store behind those that are stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.state import State
from monitor.jobs import locate
from monitor.settings import SourceSettings

if TYPE_CHECKING:
    from monitor.jobs.comparing import Input
    from monitor.jobs.profiles import Profiles
    from monitor.policy import Removals
    from monitor.report import Muted
    from monitor.settings import Settings
    from monitor.store import Store


def own_profile(profile: str | None) -> str | None:
    """A profile's file named on the command line is meant from here, not from where the configuration lies."""
    return str(Path(profile).resolve()) if profile and Path(profile).is_file() else profile


class Opened:
    """Configuration and store, opened when the first NAME@DATE asks for them and closed at the end.

    Parts of a document that is fetched may come from `hosts` too.
    """

    def __init__(self, state: State, hosts: tuple[str, ...] = ()) -> None:
        self._state = state
        self._hosts = hosts
        self._settings: Settings | None = None
        self._store: Store | None = None

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._store is not None:
            self._store.close()

    @property
    def folder(self) -> Path | None:
        """Where relative paths of profiles start: at the configuration, if one was needed."""
        return self._state.folder() if self._settings is not None else None

    def find(self, reference: str) -> Input:
        """The bytes that a reference names."""
        return locate(reference, store=self._open, hosts=self._hosts)

    def source(self, *references: str) -> SourceSettings:
        """What to judge by where the options say nothing: the source that the last one was taken from, else another."""
        if self._settings is not None:
            for reference in reversed(references):
                for source in self._settings.sources:
                    if source.name == reference.rpartition("@")[0]:
                        return source
        return SourceSettings(name="", url=references[-1])

    def removals(self, before: Input, after: Input, profiles: Profiles) -> Removals | None:
        """What the ledger knows of what went between two stored versions."""
        if before.stored is None or after.stored is None:
            return None
        from monitor.jobs.removals import known_removals

        return known_removals(self._open(), before, after, profiles)

    def muted(self, name: str, today: date) -> Mapping[str, Muted]:
        """What somebody has muted of the changes of a stored source; of two files nothing is."""
        if self._store is None or not name:
            return {}
        from monitor.jobs.muting import muted_by

        with self._store.reading() as uow:
            stored = uow.sources.find(name)
            return {} if stored is None else muted_by(uow.mutes.all(stored.id), today=today)

    def _read(self) -> Settings:
        if self._settings is None:
            self._settings = self._state.settings()
        return self._settings

    def _open(self) -> Store:
        if self._store is None:
            self._store = self._state.store(self._read())
        return self._store
