"""A process that runs for years gives back what large documents took."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# What a daemon does to its heap: a large block that was freed once, then large ones with small ones between that stay.
WORK = """
from pathlib import Path
from monitor.jobs.memory import give_memory_back

def held():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) // 1024

{first}
large = b"x" * (24 * 1024**2)
del large
before = held()
documents, remembered = [], []
for number in range(20):
    documents.append(b"x" * (4 * 1024**2))
    remembered.append(b"y" * 2048)
del documents
print(held() - before)
"""


def megabytes_left(first: str) -> int:
    run = subprocess.run([sys.executable, "-c", WORK.format(first=first)], capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc holds on to it, and can be told not to")
def test_documents_that_came_and_went_leave_nothing_behind():
    assert megabytes_left("") > 20  # what there is to be mended
    assert megabytes_left("assert give_memory_back()") < 4


def test_where_there_is_no_such_function_nothing_happens(monkeypatch):
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    from monitor.jobs.memory import give_memory_back

    assert give_memory_back() is False
