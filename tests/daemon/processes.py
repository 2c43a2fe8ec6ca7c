"""Daemons and workers as processes: what is tested is what a signal does to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """A program in a process of its own, in a folder with a configuration; its log is read as it comes."""

    def __init__(self, program: str, place: Path, database_url: str) -> None:
        environ = {**os.environ, "SPECWATCH_TEST_DATABASE": database_url, "PYTHONPATH": str(ROOT)}
        self.popen = subprocess.Popen(
            [sys.executable, "-c", program], cwd=place, env=environ, stderr=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.popen.stderr is not None
        self.lines.extend(self.popen.stderr)

    def says(self, words: str, seconds: float = 60) -> None:
        """Wait until a line has the words."""
        ends = time.monotonic() + seconds
        while not any(words in line for line in self.lines):
            assert time.monotonic() < ends, f"{words!r} never came: {''.join(self.lines)}"
            time.sleep(0.05)

    def end(self, number: int = signal.SIGTERM) -> None:
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGCONT)
            self.popen.send_signal(number)
        self.popen.wait(30)
        self._reader.join(30)
