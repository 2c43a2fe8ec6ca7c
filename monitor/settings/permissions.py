"""Who else can read and write the files of the configuration, and whether that does harm."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

from monitor.errors import ConfigurationError
from monitor.settings.environment import is_reference
from monitor.settings.loading import files_of, settings_from, text_of
from monitor.settings.model import SourceSettings

# What says something of us or of what we want, and opens no door.
_HARMLESS: Final = frozenset({
    "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "from", "origin", "pragma",
    "referer", "user-agent", "x-api-version", "x-github-api-version", "stripe-version",
})  # fmt: skip


def demand_private(path: Path) -> None:
    """Refuse a configuration that anybody on the machine may write, or may read although a secret may stand in it.

    Passwords and tokens are never written there (`env:NAME`); what is left is a header of a name that tells nothing,
    with a value that is written out. Raises ConfigurationError, which names the file and the header, never its value.
    """
    for file in files_of(path):
        try:
            mode = file.stat().st_mode
        except OSError:
            continue  # whoever reads it says why it cannot be read
        if mode & stat.S_IWOTH:
            raise ConfigurationError(
                "everybody on this machine may write it, and so say what is fetched and who is told",
                where=str(file),
                advice=f"chmod o-w {file}",
            )
        if mode & stat.S_IROTH:
            _demand_nothing_secret(file)


def _demand_nothing_secret(file: Path) -> None:
    for source in settings_from(text_of(file), file).sources:
        header = written_out(source)
        if header is not None:
            raise ConfigurationError(
                f"the value of the header {header} of {source.name} is written out, may be a secret, and everybody on"
                " this machine may read it",
                where=str(file),
                advice=f'Write {header} = "env:NAME" and set NAME where specwatch runs, or: chmod o-r {file}',
            )


def written_out(source: SourceSettings) -> str | None:
    """A header of a source whose value is written out and may be a secret; None where there is none."""
    for header, value in source.headers.items():
        if header.lower() not in _HARMLESS and not is_reference(value, scheme=True):
            return header
    return None
