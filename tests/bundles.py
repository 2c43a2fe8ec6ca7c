"""Doing what the README of a bundle of evidence says, and looking whether it comes out."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., str]
"""Types one command, by its words, in the folder of the bundle; answers what it printed."""


def not_reproduced(folder: Path, run: Run) -> list[dict[str, Any]]:
    """The verdicts of an unpacked bundle that its own commands do not reproduce. Each command runs once."""
    verdicts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["verdicts"]
    printed: dict[str, str] = {}
    for command in (command for verdict in verdicts for command in verdict["commands"]):
        if command not in printed:
            program, *words = shlex.split(command)
            assert program == "specwatch"
            printed[command] = run(*words)
    return [verdict for verdict in verdicts if not _is_there(verdict, json.loads(printed[verdict["commands"][-1]]))]


def _is_there(verdict: dict[str, Any], answer: Any) -> bool:
    wanted = verdict["expect"]
    if "fingerprint" in wanted:
        return any(wanted.items() <= change.items() for change in answer["changes"])
    if "first_seen" not in wanted:
        return any(
            change["rule"].endswith("-removed")
            and change["promise"] == wanted["promise"]
            and wanted["removed"] in {_name(each) for each in change["operations"]}
            for change in answer["changes"]
        )
    return any(
        _name(entry["subject"]) == wanted["removed"]
        and any(
            episode["outcome"] == wanted["outcome"]
            and episode["first_seen"] == wanted["first_seen"]
            and episode["removed"] == wanted["gone"]
            for episode in entry["episodes"]
        )
        for entry in answer
    )


def _name(of: dict[str, Any]) -> str:
    return f"{of['method']} {of['path']}" if of["kind"] == "operation" else f"{of['kind']} {of['path']}"
