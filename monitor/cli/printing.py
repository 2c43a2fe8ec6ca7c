"""Printing what a job answered in the format that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import click

from monitor.cli.state import State


class Forms(NamedTuple):
    """The three functions that render one kind of answer; the one for text takes `width` and `color` besides."""

    text: Callable[..., str]
    markdown: Callable[..., str]
    json: Callable[..., str]


def show(state: State, form: str, forms: Forms, *answer: object) -> None:
    """Print an answer on stdout. `form` is `text`, `markdown` or `json`."""
    if form == "json":
        text = forms.json(*answer)
    elif form == "markdown":
        text = forms.markdown(*answer)
    else:
        text = forms.text(*answer, width=state.width, color=state.color)
    click.echo(text, nl=False)
