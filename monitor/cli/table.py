"""Tables: drawn by rich on a terminal, aligned columns in a pipe. A level is always a word, colour only repeats it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click

from monitor.cli.state import State

_STYLES = {
    "breaking": "bold red",
    "risky": "yellow",
    "failed": "bold red",
    "never": "yellow",
    "paused": "dim",
    "overdue, still served": "yellow",
    "early": "red",
    "unannounced": "red",
}


@dataclass(frozen=True)
class Table:
    """`columns` are the headings; each row has as many cells. `right` names the columns of numbers."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    right: frozenset[str] = frozenset()

    def show(self, state: State) -> None:
        """Print it on stdout."""
        if state.terminal:
            self._draw(state)
        else:
            click.echo(self.plain())

    def plain(self) -> str:
        """The table as aligned columns, two spaces between them, no line ending in a space."""
        everything = [tuple(column.upper() for column in self.columns), *self.rows]
        widths = [max(len(row[index]) for row in everything) for index in range(len(self.columns))]
        return "\n".join(self._line(row, widths) for row in everything)

    def _line(self, row: tuple[str, ...], widths: Sequence[int]) -> str:
        cells = [
            cell.rjust(width) if column in self.right else cell.ljust(width)
            for column, cell, width in zip(self.columns, row, widths, strict=True)
        ]
        return "  ".join(cells).rstrip()

    def _draw(self, state: State) -> None:
        from rich.box import SIMPLE_HEAD  # rich is imported only when it draws
        from rich.console import Console
        from rich.table import Table as RichTable
        from rich.text import Text

        table = RichTable(box=SIMPLE_HEAD, pad_edge=False)
        for column in self.columns:
            table.add_column(column, justify="right" if column in self.right else "left", overflow="fold")
        for row in self.rows:
            # Text, not markup: a document's own words may hold square brackets.
            table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
        Console(no_color=not state.color, width=state.width, highlight=False).print(table)
