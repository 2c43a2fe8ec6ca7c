"""The feed of the watched sources, in Atom (RFC 4287): a form of `feed_view`, which says what is in it.

There are no links in it: it is a file, and no page shows what it tells. RFC 4287 asks for one where an entry has no
content only (section 4.1.2). The same entries give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from io import StringIO
from typing import Any, Final

from feedgenerator import Atom1Feed
from feedgenerator.django.utils.xmlutils import SimplerXMLGenerator
from jinja2 import Environment

from monitor.report.digest import names
from monitor.report.feed_view import FeedEntry, feed_id
from monitor.report.html_pages import environment
from monitor.report.report_points import Point
from monitor.report.text import listed, plain, plural

_NO_CHARACTERS: Final = re.compile("[\ufffe\uffff]")
"""What `plain` leaves, since a terminal does not mind, and XML 1.0 (section 2.2) has no way to write."""


def feed_atom(entries: Sequence[FeedEntry], sources: Sequence[str], *, updated: datetime) -> bytes:
    """The feed document in UTF-8: of these sources, or of all where there are none.

    `updated` is what it says of itself as long as it has no entries (UTC).
    """
    newest = max((entry.at for entry in entries), default=updated)
    title = f"specwatch: {listed([_text(name) for name in sources]) if sources else 'every watched API'}"
    feed = _Feed(title, None, None, language="en", author_name="specwatch", feed_guid=feed_id(sources), newest=newest)
    for entry in entries:
        feed.add_item(
            _text(entry.title),
            None,
            None,
            unique_id=entry.id,
            pubdate=entry.at,
            updateddate=entry.at,
            categories=[_text(category) for category in entry.categories],
            content=_content(entry),
        )
    written = StringIO()
    feed.write(written, "utf-8")
    return f"{written.getvalue()}\n".encode()


class _Feed(Atom1Feed):  # type: ignore[misc]  # the library has no types
    """An Atom feed without links, whose date is given and never the clock's."""

    def write(self, outfile: StringIO, encoding: str) -> None:
        handler = _Writer(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def latest_post_date(self) -> datetime:
        newest: datetime = self.feed["newest"]
        return newest


class _Writer(SimplerXMLGenerator):  # type: ignore[misc]  # as above
    """Writes each entry on a line of its own, and no link that leads nowhere."""

    def addQuickElement(  # noqa: N802  # the library's own name
        self, name: str, contents: str | None = None, attrs: Mapping[str, Any] | None = None
    ) -> None:
        if name != "link" or (attrs or {}).get("href"):
            super().addQuickElement(name, contents, attrs)

    def startElement(self, name: str, attrs: Mapping[str, Any]) -> None:  # noqa: N802  # the library's own name
        if name == "entry":
            self.ignorableWhitespace("\n")
        super().startElement(name, attrs)


def _content(entry: FeedEntry) -> str:
    return _NO_CHARACTERS.sub("\ufffd", _environment().get_template("entry.html.j2").render(entry=entry))


@cache
def _environment() -> Environment:
    made = environment("feed")
    made.filters.update(words=lambda text: names(plain(text)))
    made.globals.update(beside=_beside, listed=lambda items: listed(items, say=plain))
    return made


def _beside(point: Point) -> str:
    """What is said of a point beside its place."""
    more = f" and {plural(point.more_places, 'more place')}" if point.more_places else ""
    promise = f", promise {point.promise}" if point.promise else ""
    use = f", {point.use_words}" if point.use_words else ""
    return f"{more}{promise}{use}"


def _text(words: str) -> str:
    return _NO_CHARACTERS.sub("\ufffd", plain(words))
