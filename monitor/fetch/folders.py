"""Which file of a folder is the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from monitor.errors import FetchError
from monitor.fetch.files import unreadable

SUFFIXES = frozenset({".json", ".yaml", ".yml"})
_DECLARES = re.compile(rb"""^(?:\xef\xbb\xbf)?(?:\{?\s*["']?|.*\n["']?)(?:openapi|swagger)["']?\s*:""", re.DOTALL)
_IN_JSON = re.compile(rb"""^\s*\{.{0,4000}?["'](?:openapi|swagger)["']\s*:\s*["']""", re.DOTALL)
_HEAD = 65_536
_DEPTH = 6


def declares(head: bytes) -> bool:
    """Whether a file says at its root which version of OpenAPI it is, as far as its beginning tells."""
    return (_IN_JSON if head.lstrip()[:1] == b"{" else _DECLARES).search(head) is not None


def chosen(names: Sequence[str], where: str) -> str:
    """The one file. Of several that one whose name says what it is. Raises FetchError with those to choose from."""
    named = [name for name in names if Path(name).stem.lower() in ("openapi", "swagger")]
    for found in (named, names):
        if len(found) == 1:
            return found[0]
    if not names:
        raise FetchError(
            "there is no OpenAPI document in this folder", category="not openapi", where=where, advice="Name the file."
        )
    shown = ", ".join(sorted(names)[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    raise FetchError(
        "there are several OpenAPI documents in this folder",
        category="not openapi",
        where=where,
        advice=f"Name one of them: {shown}.",
    )


def document_in(folder: Path, *, where: str) -> Path:
    """The OpenAPI document in a folder: on the first level on which there is any.

    Raises FetchError, also for what cannot be looked into: it might be the document.
    """
    for level in _levels(folder):
        found = [file.relative_to(folder).as_posix() for file in level if declares(_head(file))]
        if found:
            return folder / chosen(found, where)
    return folder / chosen([], where)


def document_among(names: Iterable[str], read: Callable[[str], bytes], *, where: str) -> str:
    """The OpenAPI document among files of one folder. Raises FetchError."""
    candidates = [name for name in names if Path(name).suffix.lower() in SUFFIXES]
    return chosen([name for name in sorted(candidates) if declares(read(name)[:_HEAD])], where)


def _levels(folder: Path) -> Iterator[list[Path]]:
    """The files that could be documents, level by level; hidden files and folders are passed over."""
    level = [folder]
    for _ in range(_DEPTH):
        entries = sorted(entry for here in level for entry in _entries(here) if not entry.name.startswith("."))
        yield [entry for entry in entries if entry.suffix.lower() in SUFFIXES and entry.is_file()]
        level = [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise unreadable(error, str(folder)) from error


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_HEAD)
    except OSError as error:
        raise unreadable(error, str(file)) from error
