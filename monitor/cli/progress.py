"""How far long work is: a bar on stderr where a person looks at it, and words when it is interrupted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from monitor.cli.state import State

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from monitor.jobs.progress import Progress


class Interrupted(click.Abort):
    """Ctrl-C in the middle of long work; `said` says how far it was."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


@dataclass(slots=True)
class Work:
    """Called with each step; draws it when there is somebody to see it."""

    last: Progress | None = None
    _bar: Bar | None = None
    _task: TaskID | None = None

    def __call__(self, step: Progress) -> None:
        """A step further."""
        self.last = step
        if self._bar is not None and self._task is not None:
            self._bar.start()  # only now: what is done at once draws nothing
            self._bar.update(self._task, description=step.label, completed=step.done, total=step.total)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Within it something else may be printed: the bar is away until the next step."""
        if self._bar is not None:
            self._bar.stop()
        yield


@contextmanager
def progress_bar(state: State, title: str, things: str) -> Iterator[Work]:
    """Long work. Nothing is drawn where stderr is no terminal (or `--plain` was asked for).

    `things` says what is counted, as in `versions`. Raises Interrupted on Ctrl-C.
    """
    work = Work()
    try:
        if state.plain or not sys.stderr.isatty():
            yield work
            return
        from rich.console import Console  # rich is imported only when it draws
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        console = Console(stderr=True)
        # What is printed meanwhile stays where it was sent: stdout may be a file.
        bar = Bar(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
        work._bar, work._task = bar, bar.add_task(title, total=None)
        try:
            yield work
        finally:
            bar.stop()
    except KeyboardInterrupt:
        raise Interrupted(_how_far(title, things, work.last)) from None


def _how_far(title: str, things: str, last: Progress | None) -> str:
    if last is None:
        return f"{title}: nothing was done yet"
    of = "" if last.total is None else f" of {last.total}"
    return f"{title}: {last.done}{of} {things} were done; in hand: {last.label}"
