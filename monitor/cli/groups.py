"""Groups of commands that do something without one."""

from __future__ import annotations

from typing import Final

import click

SHOW: Final = "show"


class Shown(click.Group):
    """A group that runs its command `default` when its first word is none of its commands."""

    default = SHOW

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default where no command stands."""
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h")):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


class Listed(Shown):
    """The same, with `list`."""

    default = "list"
