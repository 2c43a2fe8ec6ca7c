"""The body of an answer, decompressed step by step, so that no small body can grow beyond the limits in memory."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Protocol

import brotli

from monitor.errors import FetchError
from monitor.fetch.types import FetchLimits

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CODINGS: Final = "gzip, deflate, br, zstd"
"""What is asked for (RFC 9110, section 12.5.3)."""

_STEP: Final = 1024 * 1024
"""Bytes decompressed at a time."""
_WINDOW_LOG: Final = 23
"""8 MB, the largest window that zstd may ask for as a content coding (RFC 9659)."""
_UNSUSPECTED: Final = 16 * 1024 * 1024
"""Bytes below which the ratio is not looked at: much of nothing is soon small."""


class _Damaged(Exception):
    """Compressed data that is none."""


class _Decoder(Protocol):
    """One member of compressed data."""

    def take(self, data: bytes) -> bytes:
        """At most `_STEP` bytes or little more; empty data asks for more of what was given before."""

    @property
    def full(self) -> bool:
        """Whether it has more to give before it is given more."""

    @property
    def rest(self) -> bytes | None:
        """What follows the member once it has ended; None before."""


def decoded(chunks: Iterable[bytes], coding: str, limits: FetchLimits, *, where: str) -> bytes:
    """The whole body, `coding` being its Content-Encoding.

    Raises FetchError: `too large` for more bytes than the limits allow, as they come or decompressed, or a ratio of the
    two beyond them; `invalid` for compressed data that is damaged, cut, or of a kind that we had not asked for (also:
    compressed twice).
    """
    names = [name for part in coding.split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if len(names) > 1 or any(name not in _DECODERS for name in names):
        raise FetchError("it is compressed in a way that was not asked for", category="invalid", where=where)
    received = _Counted(chunks, limits.received, where)
    pieces = _decompressed(received, _DECODERS[names[0]], where) if names else received
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limits.bytes:
            raise FetchError(f"it is larger than {limits.bytes:,} bytes", category="too large", where=where)
        if names and len(body) > _UNSUSPECTED and len(body) > received.bytes * limits.ratio:
            what = f"it is compressed more than {limits.ratio:,} times, which no document is"
            raise FetchError(what, category="too large", where=where)
    return bytes(body)


class _Counted:
    """The chunks of a body as they come, no more of them than a limit in bytes."""

    def __init__(self, chunks: Iterable[bytes], limit: int, where: str) -> None:
        self._chunks = chunks
        self._limit = limit
        self._where = where
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.bytes += len(chunk)
            if self.bytes > self._limit:
                what = f"more than {self._limit:,} bytes come"
                raise FetchError(what, category="too large", where=self._where)
            yield chunk


def _decompressed(chunks: Iterable[bytes], begin: Callable[[bytes], _Decoder], where: str) -> Iterator[bytes]:
    """Decompressed pieces. Several members one after the other are one file, and it may be padded with zeros."""
    decoder: _Decoder | None = None
    try:
        for chunk in chunks:
            rest = chunk
            while True:
                if decoder is None or decoder.rest is not None:
                    rest = rest.lstrip(b"\0") if decoder is not None else rest
                    if not rest:
                        break
                    decoder = begin(rest)
                yield decoder.take(rest)
                rest = b"" if decoder.rest is None else decoder.rest
                if not rest and not decoder.full:
                    break
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError, _Damaged) as error:
        raise FetchError("its compressed data is damaged", category="invalid", where=where) from error
    if decoder is not None and decoder.rest is None:
        raise FetchError("its compressed data ends in the middle", category="invalid", where=where)


class _Zlib:
    """gzip (RFC 1952), or what HTTP calls deflate: zlib (RFC 1950), from some servers without its frame (RFC 1951)."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)
        self._more = False

    def take(self, data: bytes) -> bytes:
        piece = self._inner.decompress(self._inner.unconsumed_tail + data, _STEP)
        self._more = len(piece) >= _STEP or bool(self._inner.unconsumed_tail)
        return piece

    @property
    def full(self) -> bool:
        return self._more and not self._inner.eof

    @property
    def rest(self) -> bytes | None:
        return self._inner.unused_data if self._inner.eof else None


class _Brotli:
    """RFC 7932: one stream, and nothing after it."""

    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self._gave = False

    def take(self, data: bytes) -> bytes:
        if self._inner.is_finished():
            raise _Damaged
        piece = bytes(self._inner.process(data, output_buffer_limit=_STEP))
        self._gave = bool(piece)
        return piece

    @property
    def full(self) -> bool:
        # It takes more while the last of what it has is still within: who gave something is asked for more.
        return not self._inner.is_finished() and (self._gave or not self._inner.can_accept_more_data())

    @property
    def rest(self) -> bytes | None:
        return b"" if self._inner.is_finished() else None


class _Zstd:
    """RFC 8878."""

    def __init__(self) -> None:
        self._inner = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})

    def take(self, data: bytes) -> bytes:
        return self._inner.decompress(data, max_length=_STEP)

    @property
    def full(self) -> bool:
        return not self._inner.eof and not self._inner.needs_input

    @property
    def rest(self) -> bytes | None:
        return self._inner.unused_data if self._inner.eof else None


def _deflate(data: bytes) -> _Decoder:
    # RFC 1950, section 2.2: method 8, and the first two bytes are a multiple of 31.
    framed = len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
    return _Zlib(zlib.MAX_WBITS if framed or len(data) == 1 else -zlib.MAX_WBITS)


_DECODERS: Final[Mapping[str, Callable[[bytes], _Decoder]]] = {
    "gzip": lambda _: _Zlib(zlib.MAX_WBITS | 16),
    "x-gzip": lambda _: _Zlib(zlib.MAX_WBITS | 16),
    "deflate": _deflate,
    "br": lambda _: _Brotli(),
    "zstd": lambda _: _Zstd(),
}
