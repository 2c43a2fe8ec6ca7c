"""The configuration as it changes under a running process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from monitor.errors import ConfigurationError
from monitor.settings.loading import files_of, load
from monitor.settings.model import Settings
from monitor.settings.permissions import demand_private

_Stamp = tuple[tuple[str, int, int, int], ...]


class Followed:
    """The configuration at a path, read again when one of its files has changed, come or gone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: _Stamp | None = None
        self._waiting: Settings | None = None
        self.settings: Settings | None = None

    @property
    def waits(self) -> bool:
        """Whether what was read last is sound and could not be followed yet."""
        return self._waiting is not None

    def changed(self, follow: Callable[[Settings], None] = lambda _: None) -> bool:
        """Read it if it changed since it was last asked, and answer whether there are other `settings` now.

        `follow` is given what was read and does what it says; `settings` are that once it has. Where it raises
        ConfigurationError they stay as they were, and it is asked again each time until it can.

        Raises ConfigurationError for one that cannot be followed or that others can read and must not (see
        `demand_private`), once for each change; `settings` stay as they were.
        """
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp, self._waiting = stamp, None
            settings = load(self._path)
            demand_private(self._path)
            self._waiting = settings
        if self._waiting is None:
            return False
        follow(self._waiting)
        self.settings, self._waiting = self._waiting, None
        return True

    def _look(self) -> _Stamp:
        """Names, times of change, sizes and modes of its files; who reads one says why it cannot be looked at."""
        found = []
        try:
            files = files_of(self._path)
        except ConfigurationError:
            files = (self._path,)
        for file in files:
            try:
                about = file.stat()
            except OSError:
                continue
            found.append((str(file), about.st_mtime_ns, about.st_size, about.st_mode))
        return tuple(found)
