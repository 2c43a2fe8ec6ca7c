"""The same bytes come out of every run, whatever the hash seed and the order of keys in the documents."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from monitor.reading import read

pytestmark = pytest.mark.corpus

PAIRS = [
    ("incident-io", "2024-06-27T1144_0cac5e1.json", "2024-10-31T1516_d7c479d.json"),
    ("incident-io-swagger2", "2023-03-20T1632_54b7c1b.json", "2023-10-09T2121_b1448ff.json"),
    ("adyen-checkout-v71", "2023-11-03T1051_6091008.json", "2026-04-10T0823_aa5556e.json"),
    ("box", "2023-09-04T0809_9309c62.json", "2026-06-10T1000_155f09b.json"),
    ("openai", "2024-06-24T2312_7adcb0a.yaml", "2025-04-29T2005_498c71d.yaml"),
    ("stripe", "2022-03-31T1659_ac382e8.json", "2022-04-13T0129_e0123a3.json"),
    ("twilio-api", "2024-04-18T1107_753ee12.json", "2026-02-18T0415_67e9f3a.json"),
    ("xero-accounting", "2024-06-12T0154_f5a0670.yaml", "2026-06-03T2238_f8cf55b.yaml"),
]


def shuffled(value: Any, random_: random.Random) -> Any:
    """The same value with the keys of every object in another order; lists stay as they are."""
    if isinstance(value, dict):
        keys = list(value)
        random_.shuffle(keys)
        return {key: shuffled(value[key], random_) for key in keys}
    return [shuffled(item, random_) for item in value] if isinstance(value, list) else value


def run(folder: Path, *, seed: int) -> bytes:
    """What the command prints of `before.json` and `after.json` there, the digests of the two files left out."""
    command = [sys.executable, "-m", "monitor", "diff", "before.json", "after.json", "--format", "json"]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=120, check=True)
    printed, digests = re.subn(rb'"sha256":\s*"[0-9a-f]{64}"', b'"sha256":""', ended.stdout)
    assert digests == 2
    return printed


@pytest.mark.parametrize(
    ("folder", "before", "after"),
    [
        pytest.param(*pair, id=pair[0], marks=() if pair[0].startswith("incident-io") else pytest.mark.slow)
        for pair in PAIRS
    ],
)
def test_the_same_bytes_come_out_whatever_the_hash_seed_and_the_order_of_keys(
    shared: Path, tmp_path: Path, folder: str, before: str, after: str
) -> None:
    random_ = random.Random(11)
    for side, name in (("before", before), ("after", after)):
        root = read((shared / "corpus" / folder / name).read_bytes(), source=name).root
        for place, written in (("as-it-is", root), ("shuffled", shuffled(root, random_))):
            (tmp_path / place).mkdir(exist_ok=True)
            (tmp_path / place / f"{side}.json").write_text(json.dumps(written), encoding="utf-8")
    first = run(tmp_path / "as-it-is", seed=1)
    assert json.loads(first)["changes"]
    assert run(tmp_path / "shuffled", seed=2) == first
