"""The `git` program: how it is called, and how it must not be led astray by whoever calls us."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

from monitor.errors import UsageError

# Variables by which a git hook that runs us would point to its own repository.
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_LITERAL_PATHSPECS")

# What git starts inherits both limits: of the size of a file, in blocks of 512 bytes (POSIX), and of memory, in KiB,
# where the system knows that; stricter ones stay. With the signal for the first ignored, git says what went wrong.
_LIMITED = """trap '' XFSZ; ulimit -f "$1" 2>/dev/null; ulimit -v "$2" 2>/dev/null; shift 2; exec "$@" """
_MEMORY = 2 << 30
_SAID = 1 << 20


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


def run_limited(
    command: list[str], *, environment: dict[str, str], seconds: float, size: int
) -> subprocess.CompletedProcess[bytes]:
    """Run it and all that it starts for at most so many seconds; no file that they write is larger than `size` bytes.

    Of what it says the first MiB is kept. Raises subprocess.TimeoutExpired and FileNotFoundError.
    """
    posix = os.name == "posix"
    blocks, memory = -(-size // 512), (_MEMORY + size) // 1024
    limited = ["/bin/sh", "-c", _LIMITED, "sh", str(blocks), str(memory)] if posix else []
    # Files and no pipes: who is left over may hold a pipe open, and what is written to a file is limited too.
    with TemporaryFile() as out, TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - the shell is told nothing but numbers
            [*limited, *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=said,
            env=environment,
            start_new_session=posix,
        )
        try:
            process.wait(seconds)
        finally:
            _end(process)
        out.seek(0)
        said.seek(0)
        return subprocess.CompletedProcess(command, process.returncode, out.read(_SAID), said.read(_SAID))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with all that it started: git's helpers outlive git."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def environment() -> dict[str, str]:
    """The environment of the program: no other repository, no questions, plain words."""
    kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def reason(stderr: bytes) -> str:
    """What it complains of, in one line."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines() or ["it does not say why"]
    return lines[0].removeprefix("fatal: ")
