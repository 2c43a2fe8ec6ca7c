"""Sources that stand still: a document that says of itself that it no longer follows the API, and does not change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from monitor.contract import Contract
from monitor.ledger.evidence import shortened
from monitor.ledger.types import Observation, Subject
from monitor.ledger.watched import serves

_DOCUMENT: Final = (
    r"(?:documents?|documentation|spec(?:ification)?s?|definitions?|schemas?|files?|description|reference|versions?|"
    r"open ?api|swagger)"
)
_STILL: Final = (
    re.compile(
        rf"\b{_DOCUMENT}\b[^.]{{0,80}}\b(?:is|are|was|has been|have been|being|it's)\s+(?:now\s+)?"
        r"(?:frozen|unmaintained|out[- ]of[- ]date|outdated|stale)\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_DOCUMENT}\b[^.]{{0,80}}\b(?:no longer|not|never|won't|will not|isn't|stopped)\b[^.]{{0,30}}\b"
        r"(?:updated|maintained|kept (?:up[- ]to[- ]date|current|in sync)|up[- ]to[- ]date|in sync|"
        r"being (?:updated|maintained)|reflect(?:s|ed)?|follow(?:s|ed)?|track(?:s|ed)?)\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_DOCUMENT}\b[^.]{{0,80}}\b(?:does not|doesn't|do not|don't|will not|won't|no longer)\s+"
        r"(?:contains?|includes?|covers?|describes?|lists?|receives?|gets?)\b[^.]{0,60}"
        r"\b(?:new|newer|newest|latest|later|recent|added|additions|updates|changes)\b",
        re.IGNORECASE,
    ),
    re.compile(rf"\bno longer (?:update|maintain|publish changes to)\b[^.]{{0,40}}\b{_DOCUMENT}\b", re.IGNORECASE),
)
_SUPPOSED: Final = re.compile(r"\b(?:if|whether|when|unless|may|might|could|should)\b", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n\s*\n")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A document that has not changed since `since`, its first sight, and the sentence by which it says why.

    `known_at` is the first sight by which it had stood still for long enough, which is when it is told.
    """

    words: str
    since: datetime
    known_at: datetime


def frozen_words(contract: Contract) -> dict[str, str]:
    """The sentences by which a document may say that it no longer follows the API.

    By the path of a GET without path parameters that says so (it may be what serves the document), and under the empty
    text what `info` says.
    """
    found: dict[str, str] = {}
    info = contract.at("/info").mapping
    words = _said(info.get("description")) or _said(info.get("summary"))
    if words is not None:
        found[""] = words
    for operation in contract.operations():
        ref = operation.ref
        if ref.kind == "operation" and ref.method == "GET" and "{" not in ref.path:
            words = _said(operation.node.get("description"))
            if words is not None:
                found[ref.path] = words
    return found


def frozen_sources(sights: Iterable[Observation], url: str, after: timedelta) -> tuple[Frozen, ...]:
    """Each time that the document stood still for `after` and said so, oldest first; `sights` are all, in any order."""
    found: list[Frozen] = []
    first: Observation | None = None
    told = False
    for seen in sorted(sights, key=lambda one: (one.seen_at, one.snapshot)):
        if first is None or seen.snapshot != first.snapshot:
            first, told = seen, False
        words = _of_url(first, url)
        if words is not None and not told and seen.seen_at - first.seen_at >= after:
            found.append(Frozen(words, first.seen_at, seen.seen_at))
            told = True
    return tuple(found)


def _of_url(seen: Observation, url: str) -> str | None:
    said = seen.outline.frozen
    served = (words for path, words in said.items() if path and serves(Subject("operation", "GET", path, ""), url))
    return said.get("") or next(served, None)


def _said(text: object) -> str | None:
    """The first sentence of a text that says so, or None."""
    for sentence in _SENTENCE.split(text) if isinstance(text, str) else ():
        line = " ".join(sentence.split())
        for pattern in _STILL:
            match = pattern.search(line)
            if match is not None and not _SUPPOSED.search(line[: match.end()]):
                return shortened(line)
    return None
