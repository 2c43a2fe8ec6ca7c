"""Tables, drawn by rich on a terminal. A level is always a word, colour only repeats it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.cli.state import State
from monitor.report.text import plain

_STYLES = {"breaking": "bold red", "risky": "yellow", "failed": "bold red", "never": "yellow", "paused": "dim"}


@dataclass(frozen=True)
class Table:
    """`columns` are the headings; each row has as many cells. `right` names the columns of numbers."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    right: frozenset[str] = frozenset()

    def draw(self, state: State) -> None:
        """Draw it on stdout, for a terminal. What comes from a document moves no terminal."""
        from rich.box import SIMPLE_HEAD  # rich is imported only when it draws
        from rich.console import Console
        from rich.table import Table as RichTable
        from rich.text import Text

        table = RichTable(box=SIMPLE_HEAD, pad_edge=False)
        for column in self.columns:
            # A name in two pieces is hard to find and to copy.
            whole = column == self.columns[0]
            table.add_column(
                column, justify="right" if column in self.right else "left", overflow="fold", no_wrap=whole
            )
        for row in self.rows:
            # Text, not markup: a document's own words may hold square brackets.
            table.add_row(*(Text(plain(cell), style=_STYLES.get(cell, "")) for cell in row))
        Console(no_color=not state.color, width=state.width, highlight=False).print(table)
