"""Every version of a file in a git history, through the `git` program."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from monitor.errors import UsageError
from monitor.fetch.types import FetchLimits

_LIMIT = FetchLimits().bytes
# Variables by which a git hook that runs us would point to its own repository.
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_LITERAL_PATHSPECS")
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
    """

    at: datetime
    commit: str
    data: bytes


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
    base = _base(repository)
    first, second = (_in_commit(base, repository, _commit(base, repository, name), file) for name in (before, after))
    ancestor = _run([*base, "merge-base", "--is-ancestor", first.commit, second.commit]).returncode == 0
    shallow = _run([*base, "rev-parse", "--is-shallow-repository"]).stdout.strip() == b"true"
    return Endpoints(first, second, ancestor, shallow)


def _commit(base: list[str], repository: Path, revision: str) -> tuple[str, datetime]:
    """The full id of a commit, and its date."""
    # What begins with a dash would be an option.
    if revision and not revision.startswith("-"):
        found = _run([*base, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"])
        if found.returncode == 0:
            commit = found.stdout.decode().strip()
            seconds = _run([*base, "show", "--no-patch", "--no-show-signature", "--format=%ct", commit]).stdout
            return commit, datetime.fromtimestamp(int(seconds), UTC)
    raise UsageError(
        f"there is no commit {revision!r}",
        where=str(repository),
        advice="Name a commit, a tag or a branch that the repository has.",
    )


def _in_commit(base: list[str], repository: Path, of: tuple[str, datetime], file: str) -> Version:
    commit, at = of
    entries = _run([*base, "ls-tree", "-z", commit, "--", file]).stdout.decode("utf-8", "surrogateescape")
    facts, _, path = entries.rstrip("\0").partition("\t")
    mode, kind, blob = (facts or "- - -").split(" ")
    # Of a folder the files in it are listed.
    if kind != "blob" or mode == _LINK or Path(path).name != Path(file).name:
        what = "is a symbolic link; name the file that it leads to" if mode == _LINK else f"is no file in {commit[:12]}"
        raise UsageError(f"{file!r} {what}", where=str(repository))
    (version,) = _read([*base, "cat-file", "--batch"], [_Blob(at, commit, blob)])
    return version


def _base(repository: Path) -> list[str]:
    """The command of git in a repository. Raises UsageError when there is no git, or no repository."""
    program = shutil.which("git")
    if program is None:
        raise UsageError("git is not installed, and the history of a repository needs it")
    if not repository.is_dir():
        raise UsageError("there is no such folder", where=str(repository))
    base = [program, "-C", str(repository), "--literal-pathspecs", "--no-replace-objects"]
    found = _run([*base, "rev-parse", "--git-dir"])
    if found.returncode != 0:
        raise UsageError(f"git cannot read its history: {_reason(found.stderr)}", where=str(repository))
    return base


def _run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, env=_environment(), check=False)  # noqa: S603 - no shell


def versions(repository: Path, file: str, *, revision: str = "HEAD") -> Iterator[Version]:
    """Every version of `file` on the first-parent line of a commit, by commit date, oldest first; renames are followed.

    `file` is relative to `repository`, which may be bare, or a folder of a work tree. One version is read at a time.
    Commits without the file give none. Raises UsageError, at once, when there is no git, repository, commit or file.
    """
    base = _base(repository)
    log = _run([*base, *_LOG, revision, "--", file or "."])
    if log.returncode != 0:
        raise UsageError(f"git cannot read its history: {_reason(log.stderr)}", where=str(repository))
    blobs = _blobs(log.stdout.decode("utf-8", "surrogateescape"), repository, file)
    return _read([*base, "cat-file", "--batch"], sorted(blobs, key=lambda blob: blob.at))


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
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
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


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def _reason(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines() or ["it does not say why"]
    return lines[0].removeprefix("fatal: ")
