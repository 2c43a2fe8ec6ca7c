"""Which operations belong together, by their paths."""

from __future__ import annotations

import re
from typing import Final

_PREFIX: Final = re.compile(r"v?\d+(\.\d+)*|v\d+\w*|api|rest", re.IGNORECASE)
"""Segments of a path that say which version it is of, and not what of."""


def service(path: str) -> str:
    """The part of a path that names the service: `/v1/bookings` of `/v1/bookings/{id}/actions/cancel`."""
    taken: list[str] = []
    for segment in path.split("/"):
        if segment.startswith("{") and any(taken):
            break
        taken.append(segment)
        if segment and not _PREFIX.fullmatch(segment):
            break
    return "/".join(taken)
