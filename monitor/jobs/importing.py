"""Importing a history: older versions from files, a folder or git, with the dates at which they were there.

Each version is one transaction and may be the last: an import that was killed is begun again, passes over what is there
and ends with the same contents. Whatever order the versions come in, comparisons, flaps and ledger are those of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.errors import SpecwatchError

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: versions looked at, of how many where that is known, and the one in hand."""

    done: int
    total: int | None
    label: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A version that cannot be read, and why."""

    label: str
    error: SpecwatchError


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import came to.

    `new` versions were stored, `already` known ones passed over; `snapshots` are all that the source has now, `flaps` how
    many of them are suspect, `comparisons` how many were made or made anew. `warnings` name comparisons that were left out.
    """

    source: str
    new: int
    already: int
    refused: tuple[Refused, ...]
    snapshots: int
    flaps: int
    comparisons: int
    warnings: tuple[str, ...] = ()
