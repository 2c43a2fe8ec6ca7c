"""A progress bar on stderr, only where a person looks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from monitor.cli.state import State

if TYPE_CHECKING:
    from monitor.jobs.progress import Progress


@contextmanager
def progress_bar(state: State, title: str) -> Iterator[Callable[[Progress], None] | None]:
    """A function that moves the bar, or None when stderr is no terminal (or `--plain` was asked for)."""
    if state.plain or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # rich is imported only when it draws
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(title, total=None)

    def move(step: Progress) -> None:
        bar.start()  # only now: what is done at once draws nothing
        bar.update(task, completed=step.done, total=step.total)

    try:
        yield move
    finally:
        bar.stop()
