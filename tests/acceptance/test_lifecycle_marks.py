"""What providers write into extensions of their own is in the book, by the commands that a reader types."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


def entries(place: Path, folder: Path, today: str) -> list[dict[str, Any]]:
    """The book of a folder of versions."""

    def specwatch(*arguments: str) -> str:
        command = [sys.executable, "-m", "monitor", *arguments]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    specwatch("add", "them", "https://api.them.example/openapi.yaml")
    specwatch("import", "them", str(folder))
    return json.loads(specwatch("deprecations", "them", "--today", today, "--format", "json"))


def test_the_sunset_dates_of_datadog_are_deadlines(shared, tmp_path):
    book = entries(tmp_path, shared / "corpus" / "datadog-v1", "2026-12-01")
    dated = [entry for entry in book if entry["given"] is not None]
    assert Counter(entry["given"] for entry in dated) == {"2027-02-20": 4}
    for entry in dated:
        assert "/api/v1/integration/aws/logs" in entry["subject"]["path"]
        assert entry["deadline"] == "2027-02-20"
        assert "x-sunset: 2027-02-20" in [item["text"] for item in entry["evidence"]]
        assert entry["strength"] == "strong"


def test_the_versions_and_messages_of_adyen_are_evidence_and_name_successors(shared, tmp_path):
    book = entries(tmp_path, shared / "corpus" / "adyen-checkout-v71", "2026-12-01")
    said = {entry["subject"]["name"]: entry for entry in book}
    phone = said["AccountInfo > homePhone"]
    assert [item["text"] for item in phone["evidence"]] == [
        "deprecated: true",
        "x-deprecatedInVersion: 68",
        "x-deprecatedMessage: Use `ThreeDS2RequestData.homePhone` instead.",
    ]
    assert phone["successor"] == "ThreeDS2RequestData.homePhone"
    standing = [entry for entry in book if entry["state"] not in ("removed", "reinstated")]
    marked = [entry for entry in standing for item in entry["evidence"] if "x-deprecatedInVersion" in item["text"]]
    assert len(marked) == 65
    assert all(entry["strength"] == "strong" for entry in marked)
