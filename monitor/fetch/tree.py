"""The files of one commit, and which commits could change a document that consists of several."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote, unquote, urlsplit

from monitor.errors import FetchError, UsageError
from monitor.fetch.program import base_command, environment, reason, run
from monitor.fetch.types import FetchLimits

_LIMIT = FetchLimits().bytes


def uri_of(path: str) -> str:
    """The address of a file in a tree, for references to be resolved against: as if the tree were the whole disk."""
    return "file:///" + quote(path.strip("/"))


class Tree:
    """The files of a commit (which may be set anew), read through one `git cat-file --batch`. A context manager.

    A file may have `limit` bytes. `partial`: larger ones were left out when the repository was fetched.
    """

    def __init__(self, base: list[str], commit: str, *, limit: int = _LIMIT, partial: bool = False) -> None:
        self._base = base
        self._limit = limit
        self._partial = partial
        self._process: subprocess.Popen[bytes] | None = None
        self.commit = commit

    def __enter__(self) -> Tree:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def load(self, uri: str) -> bytes:
        """The bytes at an address of `uri_of`, in the commit. Raises FetchError."""
        parts = urlsplit(uri)
        if parts.scheme != "file" or parts.netloc:
            raise FetchError("it is not in the repository", category="blocked", where=uri)
        return self.read(unquote(parts.path))

    def read(self, path: str) -> bytes:
        """The bytes of a file; symbolic links in the tree are followed. Raises FetchError."""
        name = path.strip("/")
        if "\n" in name:
            raise FetchError("no file can be called that", category="file", where=name)
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{self.commit}:{name}\n".encode("utf-8", "surrogateescape"))
        process.stdin.flush()
        return self._answer(process.stdout, name)

    def _answer(self, stream: IO[bytes], name: str) -> bytes:
        """`ID KIND SIZE`, the bytes, a newline; or `WHAT missing`; or `symlink SIZE` and where it leads."""
        head = stream.readline().rstrip(b"\n")
        *_, kind, size = [b"", b"", *head.rsplit(b" ", 2)[-2:]]
        if kind == b"blob" and size.isdigit():
            data = stream.read(min(int(size), self._limit + 1))
            _skip(stream, int(size) - len(data) + 1)
            if len(data) > self._limit:
                raise self._too_large(name)
            return data
        if size == b"missing":
            kind = self._listed(name)
            if kind == b"blob":
                raise self._too_large(name) if self._partial else _lost(name)
        if size.isdigit():
            _skip(stream, int(size) + 1)
        what = {b"tree": "it is a folder", b"commit": "it is in another repository (a submodule)"}.get(kind)
        raise FetchError(what or f"there is no such file in {self.commit[:12]}", category="file", where=name)

    def _listed(self, name: str) -> bytes:
        """What a name is in the commit, wherever its bytes are: `blob`, `tree`, `commit` (a submodule), nothing."""
        entry = run([*self._base, "ls-tree", "--full-tree", self.commit, "--", name]).stdout
        return entry.partition(b"\t")[0].partition(b" ")[2].partition(b" ")[0]

    def _too_large(self, name: str) -> FetchError:
        return FetchError(f"it is larger than {self._limit:,} bytes", category="too large", where=name)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - no shell
                [*self._base, "cat-file", "--batch", "--follow-symlinks"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
        return self._process

    def files(self, folder: str) -> list[str] | None:
        """The names of the files directly in a folder ("": the root); None where it is no folder."""
        found = run([*self._base, "ls-tree", "-z", f"{self.commit}:{folder}"])
        if found.returncode != 0:
            return None
        entries = (entry.partition("\t") for entry in found.stdout.decode("utf-8", "surrogateescape").split("\0"))
        return [path for facts, _, path in entries if " blob " in facts]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit on the first-parent line: its full id, its date (of the committer, UTC), what it changed (all names)."""

    id: str
    at: datetime
    changed: frozenset[str]


def commits(repository: Path, revision: str) -> Iterator[Commit]:
    """The commits of the first-parent line, oldest first. Raises UsageError."""
    command = base_command(repository)
    options = ("--first-parent", "--diff-merges=first-parent", "--reverse", "--no-renames", "--no-show-signature")
    found = run([*command, "log", *options, "--name-only", "-z", "--format=%x01%H %ct", revision])
    if found.returncode != 0:
        raise UsageError(f"git cannot read its history: {reason(found.stderr)}", where=str(repository))
    for record in found.stdout.decode("utf-8", "surrogateescape").split("\x01")[1:]:
        head, *names = record.split("\0")
        commit, seconds = head.strip().split(" ")
        changed = frozenset(name.lstrip("\n") for name in names if name.strip())
        yield Commit(commit, datetime.fromtimestamp(int(seconds), UTC), changed)


def _lost(name: str) -> FetchError:
    return FetchError(
        "git does not have its bytes",
        category="file",
        where=name,
        advice="The repository is incomplete: look with `git fsck`, or clone it again.",
    )


def _skip(stream: IO[bytes], left: int) -> None:
    while left > 0 and (skipped := stream.read(min(left, 1 << 20))):
        left -= len(skipped)
