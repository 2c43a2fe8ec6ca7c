"""What is due now, by the rows of the database: the last check of each source, the last week of the digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.settings import SourceSettings

DIGEST = "digest"
"""The job's name in the table of runs; its period is an ISO week."""


@dataclass(frozen=True, slots=True)
class Due:
    """A source and when it falls due."""

    source: SourceSettings
    at: datetime

    @property
    def name(self) -> str:
        """The source's name."""
        return self.source.name
