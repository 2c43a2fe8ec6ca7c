"""Documents on this machine: `file:` addresses (RFC 8089) and plain paths."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from urllib.parse import unquote

from monitor.errors import FetchError
from monitor.fetch.types import Fetched, FetchLimits

_FILE = re.compile(r"file:(?://(?P<host>[^/]*)(?=/))?(?P<path>[^?#]*)", re.IGNORECASE | re.DOTALL)
_DRIVE = re.compile(r"/[A-Za-z]:/")


def of_file(url: str, *, base: Path | None, limits: FetchLimits) -> Fetched:
    """The bytes of a file; a relative path starts at `base`. Raises FetchError (`file`, `too large`, `not openapi`)."""
    path = path_of(url, base)
    try:
        data = _read(path, limits.bytes)
    except (OSError, ValueError) as error:
        raise unreadable(error, url) from error
    if len(data) > limits.bytes:
        raise FetchError(f"it is larger than {limits.bytes:,} bytes", category="too large", where=url)
    if not data:
        raise FetchError("it is empty", category="not openapi", where=url)
    return Fetched(data, url)


def unreadable(error: OSError | ValueError, where: str) -> FetchError:
    """What the system says against reading a path; it calls a path with a NUL a wrong value."""
    reason = getattr(error, "strerror", None) or "no such path"
    return FetchError(f"it cannot be read: {reason}", category="file", where=where)


def is_folder(path: Path) -> bool:
    """Whether a path is a folder, as far as one may look; why one may not is said by whoever reads it."""
    try:
        return path.is_dir()
    except OSError:
        return False


def path_of(url: str, base: Path | None = None) -> Path:
    """The path that an address means; a relative one starts at `base`. Raises FetchError (`file`)."""
    path = _path(url)
    return path if base is None else base / path


def _path(url: str) -> Path:
    if url[:5].lower() != "file:":
        return Path(url)
    found = _FILE.fullmatch(url.partition("#")[0])
    if found is None or (found["host"] or "localhost").lower() != "localhost" or not found["path"]:
        raise FetchError(
            "this is no address of a file on this machine",
            category="file",
            where=url,
            advice="Write file:///folder/openapi.json, or the path alone.",
        )
    path = unquote(found["path"])
    return Path(path[1:] if _DRIVE.match(path) else path)


def _read(path: Path, limit: int) -> bytes:
    """At most one byte more than `limit`. A pipe or a device has no end, so only a regular file will do."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(None, "it is no regular file" if not path.is_dir() else "it is a folder")
    with path.open("rb") as file:
        return file.read(limit + 1)
