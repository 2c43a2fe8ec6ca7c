"""The weekly email: subject, plain text and HTML, from the same words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from monitor import resources
from monitor.report.digest_content import mail
from monitor.report.digest_view import LADDER, Limits, Mail
from monitor.report.text import keep, wrap
from monitor.report.view import Report

LARGEST: Final = 80_000
"""Bytes of the HTML: Gmail clips a message at 102 kB, what the transport adds to it included."""
_WIDTH: Final = 76
"""Columns of the plain text (RFC 5322, section 2.1.1: at most 78)."""


@dataclass(frozen=True, slots=True)
class Digest:
    """An email without its envelope."""

    subject: str
    text: str
    html: str


def render_digest(report: Report) -> Digest:
    """The digest of a report. The same report gives the same bytes.

    What does not fit is counted, with the command that shows it, so that no mail program clips the end.
    """
    return render(lambda limits: mail(report, limits))


def render(make: Callable[[Limits], Mail]) -> Digest:
    """The email with the first limits by which it is small enough, or the last ones."""
    digest = _render(make(LADDER[0]))
    for limits in LADDER[1:]:
        if len(digest.html.encode()) <= LARGEST:
            break
        digest = _render(make(limits))
    return digest


def _render(content: Mail) -> Digest:
    environment = _environment()
    html = environment.get_template("digest.html.j2").render(mail=content, media_css=_css("digest.media.css"))
    text = environment.get_template("digest.txt.j2").render(mail=content)
    return Digest(content.subject, text, _inliner().inline(html))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resources.folder("templates") / "email"),
        autoescape=select_autoescape(("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(names=names, wrapped=_wrapped)
    return environment


@cache
def _inliner() -> CSSInliner:
    """Puts our style sheet into the elements; the one in the page stays there. Nothing is fetched."""
    return CSSInliner(
        inline_style_tags=False, keep_style_tags=True, extra_css=_css("digest.css"), load_remote_stylesheets=False
    )


@cache
def _css(file: str) -> Markup:
    """A style sheet of ours, without its comments."""
    text = resources.text("templates", f"email/{file}")
    return Markup(re.sub(r"/\*.*?\*/\s*", "", text, flags=re.DOTALL))  # noqa: S704  # no word in it is a stranger's


def names(text: str) -> Markup:
    """A sentence for HTML: what stands between backticks is code, and nothing in it is mark-up."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # the last backtick has no partner
        parts[-2:] = ["`".join(parts[-2:])]
    made = (Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts))
    return Markup("").join(made)


def _wrapped(text: str, first: str = "", rest: str | None = None) -> str:
    """A sentence for the plain text: wrapped, names in one piece and without the backticks that stand around them."""
    parts = (keep(part) if place % 2 else part for place, part in enumerate(text.split("`")))
    return "\n".join(wrap("".join(parts), _WIDTH, first=first, rest=rest))
