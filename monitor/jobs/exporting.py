"""Exporting: everything that is known, as JSON Lines (https://jsonlines.org), a record a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.store import EXPORT_FORMAT, records

if TYPE_CHECKING:
    from monitor.store import Store


def export_lines(store: Store, names: Sequence[str] = (), *, now: datetime, documents: bool = True) -> Iterator[str]:
    """The lines of an export of the named sources, or of everything, one at a time; each ends with a line feed.

    The first says what it is, the last how many records lie between, so that a cut one is known. Every line is ASCII.
    Raises UnknownSource, StoreError.
    """
    exported_at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    head = {"record": "export", "format": EXPORT_FORMAT, "specwatch": __version__, "exported_at": exported_at}
    found = records(store, names, documents=documents)
    first = list(islice(found, 1))  # before the head: an error leaves no half of an export
    yield _line({**head, "schema": store.head(), "sources": list(names) or None})
    count = 0
    for record in chain(first, found):
        yield _line(record)
        count += 1
    yield _line({"record": "end", "records": count})


def _line(record: object) -> str:
    return json.dumps(record, separators=(",", ":"), allow_nan=False) + "\n"
