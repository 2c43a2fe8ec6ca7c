"""Words that the parts of the weekly email share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from monitor.report.text import clip, listed, plain
from monitor.report.view import Report

_NAME: Final = 120
"""Characters of a path or a definition's name."""


def name(text: str) -> str:
    """A name that can stand between backticks."""
    return clip(plain(text), _NAME).replace("`", "'")


def sentence(words: Sequence[str]) -> str:
    """`1 breaking change and 2 deadlines.` as a sentence."""
    text = listed(list(words), len(words))
    return f"{text[0].upper()}{text[1:]}."


def short_command(report: Report) -> str:
    """The command that shows the whole report: of its one source, or of all."""
    source = f" {plain(report.sources[0].name)}" if len(report.sources) == 1 else ""
    return name(f"specwatch report{source} --since {report.since:%Y-%m-%d}")
