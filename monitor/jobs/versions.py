"""Where the versions of a history come from: dated files, a folder, a git repository. Read one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from monitor.errors import SpecwatchError, UsageError
from monitor.fetch import date_of_name
from monitor.fetch.documents import fetch_document
from monitor.fetch.folders import SUFFIXES
from monitor.fetch.git import Version as GitVersion
from monitor.fetch.git import versions as git_versions
from monitor.reading.bundling import Part


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document: when it was there, how a person calls it, where it came from, and how to read it.

    `location` is the path of the file or the repository, `commit` the full id of the commit, None for a file.
    """

    at: datetime
    label: str
    location: str
    commit: str | None
    load: Callable[[], Loaded]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The bytes of a version, and the files that they were made of where it was several."""

    data: bytes
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A version that cannot be taken in, and why."""

    label: str
    error: SpecwatchError


@dataclass(frozen=True, slots=True)
class Versions:
    """Versions, oldest first; `total` is how many where that is known. Iterating reads nothing but one at a time.

    `refused` are files of a folder of which it is clear before they are read.
    """

    total: int | None
    begin: Callable[[], Iterator[Version]]
    refused: tuple[Refused, ...] = ()

    def __iter__(self) -> Iterator[Version]:
        return self.begin()


def versions_in_files(paths: Sequence[Path], *, date: datetime | None = None) -> Versions:
    """The files named, and those of the folders named that end in .json, .yaml or .yml, oldest first.

    A file's moment is in its name (`2026-07-31T1732_x.json`); `date` (aware) is that of a single file without one. A
    folder whose name has the date, and not the files in it, is one version: the document in it.
    What lies in a folder without a date is refused and the rest is taken; hidden files and folders are passed over.
    Raises UsageError for what is not there, for a file named itself without a date, and for `date` with several files.
    """
    files = sorted({file for path in paths for file in _files(path)})
    if not files:
        raise UsageError("there is no .json, .yaml or .yml file", where=", ".join(map(str, paths)))
    if date is not None and len(files) > 1:
        raise UsageError(f"one date cannot be that of {len(files)} files", advice="Import them one by one.")
    found, refused = [], []
    for file in files:
        try:
            found.append(_of_file(file, date))
        except UsageError as error:
            if file in paths or len(files) == 1:
                raise
            refused.append(Refused(str(file), error))
    found.sort(key=lambda version: (version.at, version.location))
    return Versions(len(found), lambda: iter(found), tuple(refused))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return list(_inside(path))
    if not path.is_file():
        raise UsageError("there is no such file or folder", where=str(path))
    return [path]


def _inside(folder: Path) -> Iterator[Path]:
    if date_of_name(folder.name) is not None and not any(date_of_name(file.name) for file in folder.rglob("*")):
        yield folder
        return
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _inside(entry)
        elif entry.suffix.lower() in SUFFIXES and entry.is_file():
            yield entry


def _of_file(path: Path, date: datetime | None) -> Version:
    at = date or date_of_name(path.name)
    if at is None:
        raise UsageError(
            "its name says no date, and the order of versions needs one",
            where=str(path),
            advice="Name it as in 2026-07-31T1732_openapi.json, or give the date with --date.",
        )
    return Version(at.astimezone(UTC), path.name, str(path), None, partial(_read, path))


def _read(path: Path) -> Loaded:
    """The document in a file or folder, with the files that it refers to. Raises FetchError and DocumentError."""
    fetched = fetch_document(str(path.absolute()))
    return Loaded(fetched.data or b"", fetched.parts)


def _loaded(found: GitVersion) -> Loaded:
    if found.error is not None:
        raise found.error
    return Loaded(found.data, found.parts)


def versions_in_git(repository: Path, file: str) -> Versions:
    """Every version of a file in a git history, by commit date, oldest first. Raises UsageError or FetchError."""

    def begin() -> Iterator[Version]:
        for found in git_versions(repository, file):
            yield Version(found.at, found.commit[:12], str(repository), found.commit, partial(_loaded, found))

    return Versions(None, begin)
