"""How far a job is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of long work: things done, of how many where that is known, and what is in hand."""

    done: int
    total: int | None
    label: str
