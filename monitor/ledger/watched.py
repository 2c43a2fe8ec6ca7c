"""The watched URL itself, when the document that it serves says that it goes away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from monitor.ledger.types import Entry, Subject


def watched_first(entries: Iterable[Entry], url: str) -> tuple[Entry, ...]:
    """The entries with those of the watched URL marked as such and first, the others in their order."""
    marked = [replace(entry, watched=True) if serves(entry.subject, url) else entry for entry in entries]
    return tuple(sorted(marked, key=lambda entry: not entry.watched))


def serves(subject: Subject, url: str) -> bool:
    """Whether a subject is the URL, or the operation that serves it.

    That is a GET without path parameters with whose path the URL's ends: what stands before it is the path of a server.
    """
    if subject.kind == "url":
        return True
    path = subject.path or ""
    if subject.kind != "operation" or subject.method != "GET" or "{" in path or len(path) < 2:
        return False
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and unquote(parts.path).rstrip("/").endswith(path.rstrip("/"))
