"""The body of an answer, decompressed step by step, so that no small body can grow beyond the limit in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from monitor.errors import FetchError

# 32 + 15: the header of the data says whether it is gzip (RFC 1952) or zlib (RFC 1950, which HTTP calls deflate).
_EITHER = 47
_STEP = 1024 * 1024
"""Bytes decompressed at a time."""
_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})


def decoded(chunks: Iterable[bytes], coding: str, limit: int, *, where: str) -> bytes:
    """The whole body, `coding` being its Content-Encoding; at most `limit` bytes.

    Raises FetchError: `too large`, or `invalid` for compressed data that is damaged, cut, or of a kind that we had not
    asked for (also: compressed twice).
    """
    coding = coding.strip().lower()
    if coding not in _CODINGS and coding not in ("", "identity"):
        raise FetchError("it is compressed in a way that was not asked for", category="invalid", where=where)
    body = bytearray()
    for chunk in _inflated(chunks, where) if coding in _CODINGS else chunks:
        body += chunk
        if len(body) > limit:
            raise FetchError(f"it is larger than {limit:,} bytes", category="too large", where=where)
    return bytes(body)


def _inflated(chunks: Iterable[bytes], where: str) -> Iterator[bytes]:
    """Decompressed pieces of at most `_STEP` bytes each."""
    inflate = None
    try:
        for chunk in chunks:
            rest, more = chunk, False
            while rest or more:
                if inflate is None or inflate.eof:
                    # Several members one after the other are one file (RFC 1952, section 2.2), and it may be padded.
                    rest = rest.lstrip(b"\0") if inflate else rest
                    if not rest:
                        break
                    inflate = zlib.decompressobj(_EITHER)
                piece = inflate.decompress(rest, _STEP)
                yield piece
                rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
                more = len(piece) == _STEP and not inflate.eof
    except zlib.error as error:
        raise FetchError("its compressed data is damaged", category="invalid", where=where) from error
    if inflate is not None and not inflate.eof:
        raise FetchError("its compressed data ends in the middle", category="invalid", where=where)
