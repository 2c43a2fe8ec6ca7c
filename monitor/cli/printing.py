"""Printing what a job answered in the format that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import click

from monitor.cli.state import State
from monitor.errors import UsageError


class Forms(NamedTuple):
    """The functions that render one kind of answer; the one for text takes `width` and `color` besides.

    An answer that may be very large comes as JSON in pieces.
    """

    text: Callable[..., str]
    markdown: Callable[..., str]
    json: Callable[..., str | Iterable[str]]
    html: Callable[..., str] | None = None
    ics: Callable[..., str] | None = None


def show(state: State, form: str, forms: Forms, *answer: object) -> None:
    """Print an answer on stdout. `form` is `text`, `markdown`, `json`, or `html` and `ics` where there are such."""
    write_out(rendered(state, form, forms, *answer), None)


def rendered(state: State, form: str, forms: Forms, *answer: object, to_file: bool = False) -> Iterable[str]:
    """An answer in a form, in pieces; text for a file has no colours."""
    if form == "json":
        written = forms.json(*answer)
    elif form == "markdown":
        written = forms.markdown(*answer)
    elif form == "html" and forms.html is not None:
        written = forms.html(*answer)
    elif form == "ics" and forms.ics is not None:
        written = forms.ics(*answer)
    else:
        written = forms.text(*answer, width=state.width, color=state.color and not to_file)
    return [written] if isinstance(written, str) else written


def write_out(pieces: Iterable[str], output: Path | None) -> None:
    """Print the pieces, or write them to a file in UTF-8, which is replaced when all is written. Raises UsageError."""
    if output is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
        part.replace(output)
    except OSError as error:
        raise UsageError(f"it cannot be written: {error.strerror}", where=str(output)) from error
