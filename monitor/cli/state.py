"""What every command shares: where the configuration is, how to print, the settings and the store when asked for."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.report.text import harmless

if TYPE_CHECKING:
    from monitor.settings import Settings
    from monitor.store import Store

# 2 before 3 before 1 before 0: a mistake of the caller hides less than an outage, an outage less than a finding.
_SEVERITY = {0: 0, 1: 1, 3: 2, 2: 3}


def worst_exit(codes: Iterable[int]) -> int:
    """The exit code of a command with several outcomes: 2 before 3 before 1 before 0."""
    return max(codes, key=lambda code: _SEVERITY.get(code, 2), default=0)


@dataclass
class State:
    """`config` as given with `--config`; `plain` is True for `--plain`."""

    config: str | None = None
    plain: bool = False

    @property
    def terminal(self) -> bool:
        """Whether a person looks at stdout: tables may be drawn."""
        return sys.stdout.isatty() and not self.plain and os.environ.get("TERM") != "dumb"

    @property
    def draws(self) -> bool:
        """Whether a plot is welcome: a person looks at stdout, and its encoding has block characters."""
        try:
            "▁█·".encode(sys.stdout.encoding or "ascii")
        except UnicodeEncodeError:
            return False
        return self.terminal

    @property
    def color(self) -> bool:
        """Whether colours are welcome (no-color.org: any value of NO_COLOR but the empty one turns them off)."""
        return self.terminal and not os.environ.get("NO_COLOR")

    @property
    def width(self) -> int:
        """Columns to fill. In a pipe always 100, so that output does not depend on who runs it."""
        if not self.terminal:
            return 100
        return max(60, min(140, shutil.get_terminal_size().columns))

    def settings_path(self) -> Path:
        """The configuration file: `--config`, `$SPECWATCH_CONFIG`, `./specwatch.toml`. It need not exist."""
        from monitor import settings  # `diff` of two files needs no configuration

        return settings.find(self.config, os.environ)

    def folder(self) -> Path:
        """Where the configuration lies: relative paths in it start there."""
        return self.settings_path().parent

    def settings(self) -> Settings:
        """The configuration, read now. Raises ConfigurationError."""
        from monitor import settings

        return settings.load(self.settings_path())

    def store(self, settings: Settings) -> Store:
        """The database of that configuration, brought up to date when it is an SQLite file. Close it after use."""
        from monitor.store import open_store  # SQLAlchemy takes a third of a second to import

        return open_store(settings.database_url(self.folder()), say=note)


def note(message: str) -> None:
    """Words for the person, on stderr, so that stdout stays what was asked for; made harmless as in `say`."""
    click.echo(harmless(message), err=True)


def say(message: str) -> None:
    """Words on stdout; words of documents in them are made harmless to a terminal."""
    click.echo(harmless(message))


pass_state = click.make_pass_decorator(State, ensure=True)
