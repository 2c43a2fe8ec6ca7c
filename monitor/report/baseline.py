"""A baseline: the fingerprints of changes that a team has accepted, one a line, in a file that people keep in git."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from monitor.errors import UsageError
from monitor.report.diffdoc import ChangeEntry
from monitor.report.text import plain

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{8,64}")
_HEAD: Final = (
    "# Changes that were accepted, by fingerprint. Written by `specwatch diff --write-baseline`; a line that goes is\n"
    "# told again. What stands behind # is for people.\n"
)


def baseline_text(changes: Iterable[ChangeEntry]) -> str:
    """The file for some changes, in their order."""
    lines = [f"{each.fingerprint}  # {each.level} {each.rule}: {plain(each.message)}\n" for each in changes]
    return _HEAD + "".join(dict.fromkeys(lines))


def read_baseline(text: str, name: str) -> tuple[str, ...]:
    """The fingerprints of a file, in its order. Raises UsageError with the line that has none."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.partition("#")[0].strip()
        if not word:
            continue
        if not _FINGERPRINT.fullmatch(word):
            raise UsageError(
                f"line {number} is no fingerprint: {plain(word)[:80]!r}",
                where=name,
                advice="`specwatch diff … --write-baseline FILE` writes the file anew.",
            )
        found.append(word)
    return tuple(dict.fromkeys(found))
