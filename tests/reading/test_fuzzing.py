"""The reader under random damage: no crash, no hang, no hunger; either a document or an error for people."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reading.fuzzing import RESIDENT, damaged

ROOT = Path(__file__).resolve().parents[2]


def fuzz(seed: int, count: int) -> dict:
    run = subprocess.run(
        [sys.executable, "-m", "tests.reading.fuzzing", str(seed), str(count)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=280,
    )
    last = run.stdout.splitlines()[-1] if run.stdout else "nothing"
    assert run.returncode == 0, f"input {last}: exit {run.returncode}\n{run.stderr[-2000:]}"
    return json.loads(last)


def check(told: dict, count: int) -> None:
    assert sum(told["seen"].values()) == count
    assert told["seen"]["read"] > count // 20
    assert len(told["seen"]) > 4  # the damage is of many kinds
    assert told["resident"] < RESIDENT


def test_an_input_is_made_from_its_number_alone():
    assert [damaged(number) for number in range(20)] == [damaged(number) for number in range(20)]


def test_damaged_documents_are_read_or_refused():
    check(fuzz(0, 1000), 1000)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [100_000, 200_000])
def test_many_damaged_documents_are_read_or_refused(seed):
    check(fuzz(seed, 8_000), 8_000)
