"""What the answer to the download of a document says of the URL's own deprecation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from monitor.ledger.evidence import day_in, shortened
from monitor.ledger.identity import digest, identity
from monitor.ledger.types import Evidence, Mark, Observation, Outline, Subject

HEADERS: Final = ("deprecation", "sunset", "link")
"""The headers that tell of it, in lower case: RFC 9745, RFC 8594, and RFC 8288 for links."""

_LINK: Final = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*!-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\";,\s]*))?)*)")
_RELATION: Final = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\";,\s]*))", re.IGNORECASE)
_DENIALS: Final = frozenset({"", "false", "?0", "0", "no", "none"})


def header_mark(url: Subject, headers: Mapping[str, str]) -> Mark | None:
    """What the headers (names in lower case) say of a URL, or None when they do not call it deprecated.

    Read tolerantly: `Deprecation` as in RFC 9745 (`@` and seconds), as an HTTP date or as `true` as its drafts had it;
    `Sunset` as an HTTP date (RFC 8594) or in ISO 8601. A link to words about deprecation (`rel` of `deprecation` or
    `sunset`) is weak: RFC 9745, section 3, allows it on what is not deprecated. A `successor-version` (RFC 5829) alone
    says nothing of it.
    """
    found: list[Evidence] = []
    deprecation, sunset = headers.get("deprecation", "").strip(), headers.get("sunset", "").strip()
    if deprecation.lower() not in _DENIALS:
        text = shortened(f"Deprecation: {deprecation}")
        found.append(Evidence("header", "strong", text, "", since=day_in(deprecation)))
    if sunset.lower() not in _DENIALS:
        text = shortened(f"Sunset: {sunset}")
        found.append(Evidence("header", "strong", text, "", certain=False, ends=day_in(sunset)))
    links = links_of(headers.get("link", ""))
    for relation in ("deprecation", "sunset"):
        if relation in links:
            text = shortened(f'Link: <{links[relation]}>; rel="{relation}"')
            found.append(Evidence("header", "weak", text, "", certain=relation == "deprecation"))
    return Mark(url, tuple(found), links.get("successor-version")) if found else None


def links_of(value: str) -> dict[str, str]:
    """The first target of each relation in a `Link` header (RFC 8288, section 3); relations in lower case."""
    links: dict[str, str] = {}
    for target, parameters in _LINK.findall(value):
        for quoted, bare in _RELATION.findall(parameters):
            for relation in (quoted or bare).lower().split():
                links.setdefault(relation, target)
    return links


def url_observations(url: str, answers: Iterable[tuple[datetime, Mapping[str, str]]]) -> tuple[Observation, ...]:
    """The answers to the downloads of one URL, as the book reads them."""
    subject = Subject("url", None, url, "")
    served = frozenset({digest(identity(subject))})
    found = []
    for number, (at, headers) in enumerate(sorted(answers, key=lambda answer: answer[0]), start=1):
        mark = header_mark(subject, headers)
        found.append(
            Observation(at, number, Outline((), () if mark is None else (mark,), parts=served), imported=False)
        )
    return tuple(found)
