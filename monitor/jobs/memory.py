"""What a process that runs for years does not keep: memory that it no longer uses."""

from __future__ import annotations

import ctypes
from typing import Final

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_LARGE: Final = 256 * 1024


def give_memory_back() -> bool:
    """Let this process give large blocks back to the system as soon as they are free; whether it can.

    glibc takes blocks of more than 128 KiB from the system one by one (mallopt(3), M_MMAP_THRESHOLD), but raises that
    limit to whatever size was freed last: after a document of 4 MB the next ones lie in its heap, and what is small and
    stays keeps them from being given back. A limit that was set stays. Other libraries have no such function.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _LARGE)) and bool(mallopt(_M_TRIM_THRESHOLD, 4 * _LARGE))
