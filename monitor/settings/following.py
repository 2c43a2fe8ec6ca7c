"""The configuration as it changes under a running process."""

from __future__ import annotations

from pathlib import Path

from monitor.errors import ConfigurationError
from monitor.settings.loading import files_of, load
from monitor.settings.model import Settings

_Stamp = tuple[tuple[str, int, int], ...]


class Followed:
    """The configuration at a path, read again when one of its files has changed, come or gone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: _Stamp | None = None
        self.settings: Settings | None = None

    def changed(self) -> bool:
        """Read it if it changed since it was last asked, and answer whether that was so.

        Raises ConfigurationError for one that cannot be followed, once for each change; `settings` stay as they were.
        """
        stamp = self._look()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        self.settings = load(self._path)
        return True

    def _look(self) -> _Stamp:
        """Names, times of change and sizes of its files. What cannot be looked at is told by whoever reads it."""
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
            found.append((str(file), about.st_mtime_ns, about.st_size))
        return tuple(found)
