"""What the definitions of other files are called in the bundle.

A name is made of the path and the pointer, so that it stays what it is from version to version, whatever is added
around it, and tells its reader where the definition stands: `models/boat.yml` is `models.boat`, `common.yml#/size` is
`common.size`. Where two would have one name, both get a digest of their address behind it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from urllib.parse import unquote, urlsplit

from monitor.reading.bundling.parts import Location
from monitor.values.pointer import parse

_SUFFIX = re.compile(r"\.(json|ya?ml)$", re.IGNORECASE)
_REFUSED = re.compile(r"[^A-Za-z0-9._-]+")
_HOLDER = re.compile(r"^/(components/[^/]+|definitions|parameters|responses|\$defs)(?=/)")
"""Where definitions are kept in a file is no part of their names."""


def relative(uri: str, entry: str) -> str:
    """The address as seen from the folder of the entry; that of another host in full."""
    there, here = urlsplit(uri), urlsplit(entry)
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        return uri
    folder = here.path.split("/")[:-1]
    path = there.path.split("/")
    common = 0
    while common < min(len(folder), len(path) - 1) and folder[common] == path[common]:
        common += 1
    query = f"?{there.query}" if there.query else ""
    return "/".join([".."] * (len(folder) - common) + path[common:]) + query


def names_of(
    locations: Iterable[tuple[str, Location]], entry: str, taken: Mapping[str, Set[str]]
) -> dict[tuple[str, Location], str]:
    """A name for each definition, by its kind and location; `taken` are those that the entry's own have, by kind."""
    wished: dict[tuple[str, str], list[tuple[str, Location]]] = defaultdict(list)
    for kind, location in locations:
        wished[kind, _wish(location, entry)].append((kind, location))
    names: dict[tuple[str, Location], str] = {}
    for (kind, name), rivals in wished.items():
        alone = len(rivals) == 1 and name not in taken.get(kind, ())
        for rival in rivals:
            names[rival] = name if alone else f"{name}-{_digest(rival[1], entry)}"
    return names


def _wish(location: Location, entry: str) -> str:
    address = relative(location.uri, entry)
    parts = urlsplit(address)
    path = [part for part in [*parts.netloc.split("/"), *_SUFFIX.sub("", parts.path).split("/")] if part.strip(".")]
    tokens = parse(_HOLDER.sub("", location.pointer))
    words = [unquote(word) for word in (*path, parts.query, *tokens) if word]
    return ".".join(_REFUSED.sub("_", word) for word in words) or "part"


def _digest(location: Location, entry: str) -> str:
    return hashlib.sha256(f"{relative(location.uri, entry)}#{location.pointer}".encode()).hexdigest()[:8]
