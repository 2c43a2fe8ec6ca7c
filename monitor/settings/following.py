"""The configuration as it changes under a running process."""

from __future__ import annotations

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
        self.settings: Settings | None = None

    def changed(self) -> bool:
        """Read it if it changed since it was last asked, and answer whether that was so.

        Raises ConfigurationError for one that cannot be followed or that others can read and must not (see
        `demand_private`), once for each change; `settings` stay as they were.
        """
        stamp = self._look()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        settings = load(self._path)
        demand_private(self._path)
        self.settings = settings
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
