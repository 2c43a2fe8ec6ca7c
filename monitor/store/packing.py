"""Packing a version against an earlier one: zstd with the earlier bytes as its prefix (docs/adr/0006).

Neighbouring versions of a document share all but a few lines, so a version of megabytes costs about a kilobyte.

Versions come in runs. The first of a run is a whole copy. Each other leans on one before it, as in a skip list: on the
place with the lowest bit of its own cleared. Place 22 leans on 20, that on 16, that on the whole copy at 0, so that in
a run of 32 nothing is further than five steps from it.
"""

from __future__ import annotations

import sys

from monitor.errors import SnapshotDamaged

if sys.version_info >= (3, 14):
    from compression.zstd import (
        CompressionParameter,
        DecompressionParameter,
        ZstdDict,
        ZstdError,
        compress,
        decompress,
    )
else:
    from backports.zstd import (
        CompressionParameter,
        DecompressionParameter,
        ZstdDict,
        ZstdError,
        compress,
        decompress,
    )

LEVEL = 3
WINDOW_LOG_MAX = 27
RUN = 32
"""So many versions share one whole copy. Of 88 real versions of up to 4 MB: 1.12 MB, any read in 24 ms; in runs of 16
where each leans on its neighbour 1.26 MB and 62 ms."""
_SHORTEST_PREFIX = 8
"""zstd takes a shorter prefix for a dictionary of its own format, or refuses it."""


def bases_of(place: int) -> tuple[int, ...]:
    """The places in a run, from 0, that the version at a place may lean on, the best first; none for the first.

    >>> bases_of(22)
    (20, 16, 0)
    """
    found = []
    while place:
        place &= place - 1
        found.append(place)
    return tuple(found)


def pack(data: bytes, base: bytes | None = None) -> bytes:
    """`data` as a zstd frame; with `base` as prefix it can only be unpacked with the same `base`."""
    if base is None or len(base) < _SHORTEST_PREFIX:
        return compress(data, level=LEVEL)
    # The window must reach back over the whole of both; no wider, since memory grows with it.
    window = min(max((len(data) + len(base)).bit_length(), 10), WINDOW_LOG_MAX)
    options: dict[int, int] = {
        CompressionParameter.compression_level: LEVEL,
        CompressionParameter.window_log: window,
        CompressionParameter.enable_long_distance_matching: 1,
    }
    return compress(data, options=options, zstd_dict=ZstdDict(base, is_raw=True).as_prefix)


def unpack(packed: bytes, base: bytes | None = None) -> bytes:
    """What `pack` was given. Raises SnapshotDamaged when the frame is, or the base is another."""
    try:
        if base is None or len(base) < _SHORTEST_PREFIX:
            return decompress(packed)
        options: dict[int, int] = {DecompressionParameter.window_log_max: WINDOW_LOG_MAX}
        return decompress(packed, options=options, zstd_dict=ZstdDict(base, is_raw=True).as_prefix)
    except ZstdError as error:
        raise SnapshotDamaged(
            f"stored bytes cannot be unpacked: {error}", advice="The database is damaged; restore it from a backup."
        ) from error
