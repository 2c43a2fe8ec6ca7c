"""What our HTML pages share: an environment for their templates, style sheets, and nothing that a reader cannot see."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from monitor import resources
from monitor.report.digest import names
from monitor.report.text import harmless, plain


def environment(folder: str) -> Environment:
    """An environment over a folder of `templates` and what is shared there.

    Everything is escaped, and strangers' words are made plain.
    """
    made = Environment(
        loader=FileSystemLoader([resources.folder("templates") / each for each in (folder, "shared")]),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # What a document says is somebody else's: nothing that a reader could not see is passed on.
        finalize=_seen,
    )
    made.filters.update(names=lambda text: names(plain(text)), capitalized=lambda text: text[:1].upper() + text[1:])
    return made


@cache
def style_sheet(path: str) -> Markup:
    """A style sheet of ours under `templates`, without its comments."""
    text = resources.text("templates", path)
    return Markup(re.sub(r"/\*.*?\*/\s*", "", text, flags=re.DOTALL))  # noqa: S704  # no word in it is a stranger's


def _seen(value: object) -> object:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    # Where lines are kept, as in the words of a promise, each is made harmless by itself.
    return harmless(value) if "\n" in value else plain(value)
