"""The `git` program: how it is called, and how it must not be led astray by whoever calls us."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from monitor.errors import UsageError

# Variables by which a git hook that runs us would point to its own repository.
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_LITERAL_PATHSPECS")


def base_command(repository: Path) -> list[str]:
    """The command of git in a repository. Raises UsageError when there is no git, or no repository."""
    program = shutil.which("git")
    if program is None:
        raise UsageError("git is not installed, and the history of a repository needs it")
    try:
        there = repository.is_dir()
    except OSError as error:
        raise UsageError(f"it cannot be read: {error.strerror}", where=str(repository)) from error
    if not there:
        raise UsageError("there is no such folder", where=str(repository))
    base = [program, "-C", str(repository), "--literal-pathspecs", "--no-replace-objects"]
    found = run([*base, "rev-parse", "--git-dir"])
    if found.returncode != 0:
        raise UsageError(f"git cannot read its history: {reason(found.stderr)}", where=str(repository))
    return base


def run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run it to its end."""
    return subprocess.run(command, capture_output=True, env=environment(), check=False)  # noqa: S603 - no shell


def environment() -> dict[str, str]:
    """The environment of the program: no other repository, no questions, plain words."""
    kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def reason(stderr: bytes) -> str:
    """What it complains of, in one line."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines() or ["it does not say why"]
    return lines[0].removeprefix("fatal: ")
