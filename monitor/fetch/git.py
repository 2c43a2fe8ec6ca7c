"""Every version of a file in a git history, through the `git` program."""

from __future__ import annotations

import posixpath
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from monitor.errors import FetchError, SpecwatchError, UsageError
from monitor.fetch.program import base_command, environment, reason, run
from monitor.fetch.tree import Tree, commits, uri_of
from monitor.fetch.types import FetchLimits
from monitor.reading.bundling import Part, bundle, has_parts

_LIMIT = FetchLimits().bytes
_LOG = (
    "log",
    "--follow",
    "--first-parent",
    "--diff-merges=first-parent",
    "--no-show-signature",
    "--raw",
    "--no-abbrev",
    "-z",
    "--format=%x01%H %ct",
)
_GONE, _LINK, _MODULE = "000000", "120000", "160000"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: the commit's date (of the committer, UTC), its full id, and the bytes of the file in it.

    Of a file that is larger than what a document may be, `data` is one byte more than that: enough to refuse it.
    `parts` are the files that it was put together with, where it refers to others; `error` says why that cannot be
    done, and `data` is then empty.
    """

    at: datetime
    commit: str
    data: bytes
    error: SpecwatchError | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoints:
    """A file as it is in two commits. `ancestor`: the first is in the history of the second.

    `shallow`: the repository has not the whole history, so that when something began is not known.
    """

    before: Version
    after: Version
    ancestor: bool
    shallow: bool


def endpoints(repository: Path, file: str, before: str, after: str) -> Endpoints:
    """`file` in two revisions, which are anything that `git rev-parse` takes for a commit.

    `file` is as for `versions`. Raises UsageError when there is no git, repository, revision or file.
    """
    base = base_command(repository)
    first, second = (_in_commit(base, repository, _commit(base, repository, name), file) for name in (before, after))
    ancestor = run([*base, "merge-base", "--is-ancestor", first.commit, second.commit]).returncode == 0
    shallow = run([*base, "rev-parse", "--is-shallow-repository"]).stdout.strip() == b"true"
    return Endpoints(first, second, ancestor, shallow)


def _commit(base: list[str], repository: Path, revision: str) -> tuple[str, datetime]:
    """The full id of a commit, and its date."""
    # What begins with a dash would be an option.
    if revision and not revision.startswith("-"):
        found = run([*base, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"])
        if found.returncode == 0:
            commit = found.stdout.decode().strip()
            seconds = run([*base, "show", "--no-patch", "--no-show-signature", "--format=%ct", commit]).stdout
            return commit, datetime.fromtimestamp(int(seconds), UTC)
    raise UsageError(
        f"there is no commit {revision!r}",
        where=str(repository),
        advice="Name a commit, a tag or a branch that the repository has.",
    )


def _in_commit(base: list[str], repository: Path, of: tuple[str, datetime], file: str) -> Version:
    commit, at = of
    entries = run([*base, "ls-tree", "-z", commit, "--", file]).stdout.decode("utf-8", "surrogateescape")
    facts, _, path = entries.rstrip("\0").partition("\t")
    mode, kind, blob = (facts or "- - -").split(" ")
    # Of a folder the files in it are listed.
    if kind != "blob" or mode == _LINK or Path(path).name != Path(file).name:
        what = "is a symbolic link; name the file that it leads to" if mode == _LINK else f"is no file in {commit[:12]}"
        raise UsageError(f"{file!r} {what}", where=str(repository))
    (version,) = _read([*base, "cat-file", "--batch"], [_Blob(at, commit, blob)])
    if not has_parts(version.data):
        return version
    with Tree(base, commit) as tree:
        made = bundle(version.data, uri_of(path), tree.load, source=f"{file} in {commit[:12]}")
    return version if made is None else replace(version, data=made.data, parts=made.parts)


def versions(repository: Path, file: str, *, revision: str = "HEAD") -> Iterator[Version]:
    """Every version of `file` on the first-parent line of a commit, by commit date, oldest first; renames are followed.

    `file` is relative to `repository`, which may be bare, or a folder of a work tree. One version is read at a time.
    Commits without the file give none. Of a file that refers to others a version is all of them as one document, each
    time that one of them changes. Raises UsageError, at once, when there is no git, repository, commit or file.
    """
    base = base_command(repository)
    if _has_parts(base, revision, file):
        return _trees(repository, base, file, revision)
    log = run([*base, *_LOG, revision, "--", file or "."])
    if log.returncode != 0:
        raise UsageError(f"git cannot read its history: {reason(log.stderr)}", where=str(repository))
    blobs = _blobs(log.stdout.decode("utf-8", "surrogateescape"), repository, file)
    return _read([*base, "cat-file", "--batch"], sorted(blobs, key=lambda blob: blob.at))


def _path(base: list[str], file: str) -> str:
    """The path from the root of the repository, where one stands in a folder of it."""
    prefix = run([*base, "rev-parse", "--show-prefix"]).stdout.decode("utf-8", "surrogateescape").rstrip("\n")
    return posixpath.normpath(prefix + file)


def _has_parts(base: list[str], revision: str, file: str) -> bool:
    found = run([*base, "cat-file", "blob", f"{revision}:{_path(base, file)}"])
    return found.returncode == 0 and has_parts(found.stdout)


def _trees(repository: Path, base: list[str], file: str, revision: str) -> Iterator[Version]:
    """The document and its parts, at each commit that touches one of them.

    A commit that touches none cannot change the document: a part more comes by a change of a file that refers to it.
    """
    path = _path(base, file)
    entry = uri_of(path)
    read: set[str] = set()
    last = b""
    with Tree(base, revision) as tree:

        def load(uri: str) -> bytes:
            read.add(uri)
            return tree.load(uri)

        for commit in commits(repository, revision):
            if read and not any(uri_of(name) in read for name in commit.changed):
                continue
            tree.commit = commit.id
            read.clear()
            try:
                data = load(entry)
            except FetchError:
                continue  # there is none in this commit
            try:
                made = bundle(data, entry, load, source=f"{file} in {commit.id[:12]}") if has_parts(data) else None
            except SpecwatchError as error:
                yield Version(commit.at, commit.id, b"", error)
                continue
            data, parts = (data, ()) if made is None else (made.data, made.parts)
            if data != last:
                last = data
                yield Version(commit.at, commit.id, data, parts=parts)


@dataclass(frozen=True, slots=True)
class _Blob:
    at: datetime
    commit: str
    id: str


def _blobs(log: str, repository: Path, file: str) -> list[_Blob]:
    """The blobs that the log names, oldest first.

    The log is NUL-separated: `\\x01COMMIT SECONDS`, then `:MODE MODE BLOB BLOB STATUS` and a path, two of a rename.
    """
    found: list[_Blob] = []
    modes: set[str] = set()
    commit, seconds = "", "0"
    tokens = iter(log.split("\0"))
    for token in tokens:
        text = token.lstrip("\n")
        if text.startswith("\x01"):
            commit, seconds = text[1:].split(" ")
        elif text.startswith(":"):
            _, mode, _, blob, status = text[1:].split(" ")
            path = next(tokens)
            if status[0] in "RC":
                path = next(tokens)
            # Paths are told from the root of the repository, and older ones may be other names of the file.
            if not modes and Path(path).name != Path(file).name:
                raise UsageError("this is a folder", where=f"{repository}: {file}", advice="Name one file in it.")
            modes.add(mode)
            if mode not in (_GONE, _LINK, _MODULE):
                found.append(_Blob(datetime.fromtimestamp(int(seconds), UTC), commit, blob))
    if not found:
        what = "is a symbolic link; name the file that it leads to" if _LINK in modes else "is in no commit of HEAD"
        raise UsageError(f"{file!r} {what}", where=str(repository))
    return found[::-1]


def _read(command: list[str], blobs: list[_Blob]) -> Iterator[Version]:
    process = subprocess.Popen(  # noqa: S603 - no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        for blob in blobs:
            process.stdin.write(f"{blob.id}\n".encode())
            process.stdin.flush()
            yield Version(blob.at, blob.commit, _one(process.stdout, blob))
    finally:
        process.kill()
        process.communicate()


def _one(stream: IO[bytes], blob: _Blob) -> bytes:
    """One answer of `git cat-file --batch`: `ID blob SIZE`, the bytes, a newline."""
    head = stream.readline().split()
    if len(head) != 3:
        raise UsageError(
            f"git does not have the file as it was in commit {blob.commit[:12]}",
            advice="The repository is incomplete: look with `git fsck`, or clone it again.",
        )
    size = int(head[2])
    data = stream.read(min(size, _LIMIT + 1))
    left = size - len(data) + 1
    while left > 0 and (skipped := stream.read(min(left, 1 << 20))):
        left -= len(skipped)
    return data
