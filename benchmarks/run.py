"""What a comparison and an import cost on real documents.

    python benchmarks/run.py [WORD…]        only the cases whose name holds one of the words

For each pair: wall and CPU time of the whole process (`specwatch diff BEFORE AFTER`), its peak memory, the number of
changes, and the ratio of CPU time to only reading the same two documents in a process like it (start of the
interpreter, imports and parsing: what no comparison can go below). Each is the best of three runs; a ratio says more
than a time where others use the machine. For a history: `specwatch import`, then the same again, once each.

Python keeps compiled modules, as an installation has them, whatever PYTHONDONTWRITEBYTECODE says.

The documents are those of `../shared/corpus` beside the project; what is absent is skipped with a word. The histories
are unpacked by its `unpack.py`; `SPECWATCH_CORPUS` names the folder they were unpacked to. Nothing here is a test:
the figures depend on the machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CORPUS = PROJECT.parent / "shared" / "corpus"
UNPACKED = Path(os.environ.get("SPECWATCH_CORPUS", PROJECT.parent / "corpus"))
HISTORIES = ("incident-io", "incident-io-secret", "incident-io-swagger2")

_RUNS = 3
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

_COUNT = re.compile(r"([\d,]+) (breaking|risky|compatible|docs)")
_READ_BOTH = (
    "import sys\n"
    "from pathlib import Path\n"
    "from monitor.reading import read\n"
    "kept = [read(Path(name).read_bytes(), source=name) for name in sys.argv[1:]]\n"
)


@dataclass(frozen=True)
class Measured:
    """One process: wall and CPU time in seconds, peak memory in MiB, exit code, stdout, first line of stderr."""

    seconds: float
    cpu: float
    mebibytes: float
    code: int
    output: bytes
    complaint: str


def measure(*arguments: str) -> Measured:
    """Run the interpreter with `arguments` and wait for it."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaint:
        start = time.perf_counter()
        command = [sys.executable, *arguments]
        process = subprocess.Popen(command, cwd=PROJECT, env=_ENVIRONMENT, stdout=output, stderr=complaint)
        _, status, usage = os.wait4(process.pid, 0)  # the usage of this child alone
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        complaint.seek(0)
        words = complaint.read().decode(errors="replace").strip().splitlines()
        return Measured(
            seconds,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024,
            process.returncode,
            output.read(),
            words[0] if words else "",
        )


def best(*arguments: str) -> Measured:
    """The run with the least CPU time of three, with the least wall time of them."""
    runs = [measure(*arguments) for _ in range(_RUNS)]
    return replace(min(runs, key=lambda run: run.cpu), seconds=min(run.seconds for run in runs))


def pairs() -> list[tuple[str, Path, Path]]:
    """For each folder of the corpus its neighbours in time, its oldest with its newest, and its newest with itself."""
    found = []
    for folder in sorted(path for path in CORPUS.iterdir() if path.is_dir() and path.name != "archives"):
        files = sorted(path for path in folder.iterdir() if path.suffix in {".json", ".yaml"})
        chosen = {*pairwise(files), (files[0], files[-1]), (files[-1], files[-1])}
        found += [(f"{folder.name} {_when(a)}..{_when(b)}", a, b) for a, b in sorted(chosen)]
    return found


def _when(path: Path) -> str:
    return path.name[:13]


def compare(name: str, before: Path, after: Path) -> str:
    """One line of the table of comparisons."""
    size = (before.stat().st_size + after.stat().st_size) / 2**20
    floor = best("-c", _READ_BOTH, str(before), str(after))
    whole = best("-m", "monitor", "diff", str(before), str(after))
    if whole.code != 0 or floor.code != 0:
        return f"{name:<46} {size:6.1f}  {(whole if whole.code else floor).complaint[:80]}"
    said = _COUNT.findall(whole.output.decode().partition(" changes")[0])
    counts = {level: int(number.replace(",", "")) for number, level in said}
    return (
        f"{name:<46} {size:6.1f} {whole.seconds:7.2f} {whole.cpu:6.2f} {whole.mebibytes:8.0f} {sum(counts.values()):8}"
        f" {counts.get('breaking', 0):9} {whole.cpu / floor.cpu:7.2f}"
    )


def start_up() -> str:
    """What starting the command costs."""
    run = best("-m", "monitor", "--version")
    return f"{'specwatch --version':<46} {'':6} {run.seconds:7.2f} {run.cpu:6.2f} {run.mebibytes:8.0f}"


def take_in(name: str, folder: Path) -> list[str]:
    """The lines of one history: the import, and the import of the same again."""
    with tempfile.TemporaryDirectory() as home:
        config = Path(home) / "specwatch.toml"
        config.write_text(f'[[sources]]\nname = "{name}"\nurl = "https://api.example/openapi.json"\n', encoding="utf-8")
        lines = []
        for what in ("import", "import again"):
            run = measure("-m", "monitor", "--config", str(config), "import", name, str(folder))
            kept = sum(path.stat().st_size for path in Path(home).glob("specwatch.db*")) / 2**20
            note = f"  {run.complaint[:60]}" if run.code else ""
            lines.append(f"{name + ' ' + what:<46} {run.seconds:7.2f} {run.mebibytes:7.0f} {kept:8.1f}{note}")
        return lines


def main(words: Sequence[str]) -> int:
    """Print both tables. Returns the exit code."""

    def chosen(name: str) -> bool:
        return not words or any(word in name for word in words)

    measure("-m", "compileall", "-q", str(PROJECT / "monitor"))
    if CORPUS.is_dir():
        columns = f"{'wall s':>7} {'CPU s':>6} {'peak MiB':>8} {'changes':>8} {'breaking':>9} {'x read':>7}"
        print(f"{'pair':<46} {'MiB':>6} {columns}")
        if chosen("--version"):
            print(start_up(), flush=True)
        for name, before, after in pairs():
            if chosen(name):
                print(compare(name, before, after), flush=True)
    else:
        print(f"no comparisons: {CORPUS} is absent")
    for name in HISTORIES:
        folder = UNPACKED / name
        if not folder.is_dir():
            print(f"no history of {name}: {folder} is absent (unpack.py of the corpus makes it; see SPECWATCH_CORPUS)")
        elif chosen(f"{name} import"):
            print(f"\n{'history':<46} {'wall s':>7} {'peak MiB':>7} {'db MiB':>7}")
            print("\n".join(take_in(name, folder)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
