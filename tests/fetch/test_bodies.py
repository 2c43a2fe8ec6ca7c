"""Bodies that are cut, compressed, too large or too slow: whole, or an error, and never the machine's memory."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from dataclasses import replace
from functools import partial
from itertools import pairwise

import brotli
import pytest
from backports import zstd
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug import Response

from monitor.errors import FetchError
from monitor.fetch import FetchLimits
from monitor.fetch.body import decoded
from tests.fetch.local import fetch

PATH = "/openapi.json"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def refused(url: str, limits: FetchLimits) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, limits=limits)
    return caught.value


def sends(httpserver, data: bytes, coding: str) -> str:
    httpserver.expect_request(PATH).respond_with_data(data, headers={"Content-Encoding": coding})
    return httpserver.url_for(PATH)


def test_a_body_shorter_than_its_content_length_is_tried_again_and_then_an_error(raw, document, quick):
    server = raw(HEAD + b"Content-Length: 1000\r\n\r\n" + document)
    error = refused(server.url, quick)
    assert (error.category, error.what) == ("connect", "the connection broke off before the answer was complete")
    assert server.connections == 3


def test_a_chunked_body_without_its_end_is_an_error(raw, once):
    assert refused(raw(CHUNKED + b'5\r\n{"a":\r\n').url, once).category == "connect"


def test_a_chunked_body_with_its_end_is_whole(raw, once):
    server = raw(CHUNKED + b'5\r\n{"a":\r\n', 0.05, b"2\r\n1}\r\n0\r\n\r\n")
    assert fetch(server.url, limits=once).data == b'{"a":1}'


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200", b"\x16\x03\x01\x00\x00"])
def test_what_is_no_answer_of_http_is_an_error(raw, once, answer):
    assert refused(raw(answer).url, once).category == "connect"


def test_a_server_that_falls_silent_is_given_up_after_the_time_out(raw, once):
    begin = time.monotonic()
    error = refused(raw(HEAD + b"Content-Length: 10\r\n\r\n", 60.0).url, replace(once, read=0.2))
    assert (error.category, error.what) == ("time-out", "the server fell silent")
    assert time.monotonic() - begin < 3


def test_a_time_out_is_tried_again(raw, quick):
    server = raw(60.0)
    assert refused(server.url, replace(quick, read=0.1)).category == "time-out"
    assert server.connections == 3


@pytest.mark.parametrize("begin", [HEAD + b"X-Slow: ", HEAD + b"Content-Length: 1000\r\n\r\n", CHUNKED])
def test_a_server_that_sends_a_byte_now_and_then_is_stopped_by_the_limit_for_everything(raw, quick, begin):
    drops = [part for _ in range(500) for part in (0.05, b"1")]
    start = time.monotonic()
    error = refused(raw(begin, *drops).url, replace(quick, total=0.6))
    assert (error.category, error.what) == ("time-out", "it was not there within 0.6 seconds")
    assert time.monotonic() - start < 3


def test_a_body_may_be_as_large_as_the_limit_and_no_larger(httpserver, once):
    httpserver.expect_request(PATH).respond_with_data(b"x" * 1001)
    assert fetch(httpserver.url_for(PATH), limits=replace(once, bytes=1001)).data == b"x" * 1001
    error = refused(httpserver.url_for(PATH), replace(once, bytes=1000))
    assert (error.category, error.what) == ("too large", "it is larger than 1,000 bytes")


def test_a_body_without_end_is_stopped_at_the_limit(httpserver, once):
    def endless():
        while True:
            yield b"x" * 65536

    httpserver.expect_request(PATH).respond_with_handler(lambda _: Response(endless()))
    assert refused(httpserver.url_for(PATH), replace(once, bytes=1_000_000)).category == "too large"


def raw_deflate(data: bytes) -> bytes:
    compress = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compress.compress(data) + compress.flush()


PACKERS = {
    "gzip": partial(gzip.compress, mtime=0),
    "deflate": zlib.compress,
    "deflate without a frame": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("packer", PACKERS)
def test_a_compressed_body_is_the_document(httpserver, document, once, packer):
    assert fetch(sends(httpserver, PACKERS[packer](document), packer.split()[0]), limits=once).data == document


@pytest.mark.parametrize("coding", ["x-gzip", "GZIP", "gzip, identity", " gzip "])
def test_a_coding_may_be_spelled_otherwise(httpserver, document, once, coding):
    assert fetch(sends(httpserver, gzip.compress(document, mtime=0), coding), limits=once).data == document


def test_only_what_can_be_decompressed_step_by_step_is_asked_for(httpserver, document, once):
    fetch(sends(httpserver, document, "identity"), limits=once)
    assert httpserver.log[0][0].headers["Accept-Encoding"] == "gzip, deflate, br, zstd"


def test_several_members_of_gzip_are_one_document(httpserver, once):
    data = gzip.compress(b"[1,", mtime=0) + gzip.compress(b"", mtime=0) + gzip.compress(b"2]", mtime=0) + b"\0" * 512
    assert fetch(sends(httpserver, data, "gzip"), limits=once).data == b"[1,2]"


@pytest.mark.parametrize("coding", ["gzip, gzip", "br, gzip", "gzip, identity, zstd", "compress", "gzip;q=1", "dcb"])
def test_a_coding_that_was_not_asked_for_is_an_error(httpserver, document, once, coding):
    assert refused(sends(httpserver, document, coding), once).category == "invalid"


def test_a_gzip_that_is_cut_is_an_error(httpserver, once):
    data = gzip.compress(b"x" * 100_000, mtime=0)
    error = refused(sends(httpserver, data[:-9], "gzip"), once)
    assert (error.category, error.what) == ("invalid", "its compressed data ends in the middle")


@pytest.mark.parametrize(
    "data",
    [b'{"openapi": "3.0.3"}', gzip.compress(b"{}", mtime=0)[:-5] + b"wrong", gzip.compress(b"{}", mtime=0) + b"x"],
)
def test_a_gzip_that_is_damaged_is_an_error(httpserver, once, data):
    assert refused(sends(httpserver, data, "gzip"), once).category == "invalid"


@pytest.mark.parametrize("data", [b"", gzip.compress(b"", mtime=0)])
def test_a_compressed_nothing_is_no_document(httpserver, once, data):
    assert refused(sends(httpserver, data, "gzip"), once).category == "not openapi"


@pytest.mark.parametrize("packer", PACKERS)
def test_what_is_cut_is_an_error_wherever_it_is_cut(once, packer):
    data = PACKERS[packer](bytes(range(256)) * 20)
    for end in range(1, len(data), max(1, len(data) // 40)):
        with pytest.raises(FetchError) as caught:
            decoded([data[:end]], packer.split()[0], once, where="x")
        assert caught.value.category == "invalid"


@pytest.mark.parametrize("packer", ["deflate", "deflate without a frame", "br", "zstd"])
def test_what_follows_compressed_data_is_damage(httpserver, document, once, packer):
    url = sends(httpserver, PACKERS[packer](document) + b"<html>", packer.split()[0])
    assert refused(url, once).category == "invalid"


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    """300 MB of zeros each way."""
    zeros = b"\0" * 300_000_000
    packers = {**PACKERS, "br": partial(brotli.compress, quality=5, lgwin=24), "zstd": partial(zstd.compress, level=1)}
    return {name: packer(zeros) for name, packer in packers.items()}


@pytest.mark.parametrize("packer", PACKERS)
def test_a_bomb_is_stopped_at_the_limit_and_not_in_memory(httpserver, once, bombs, packer):
    url = sends(httpserver, bombs[packer], packer.split()[0])
    fetch_once = replace(once, bytes=2_000_000)
    refused(url, fetch_once)  # what is imported for the first time does not count
    tracemalloc.start()
    try:
        error = refused(url, fetch_once)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.category == "too large"
    assert peak < 30_000_000


@pytest.mark.parametrize("packer", PACKERS)
def test_what_is_compressed_beyond_all_documents_is_refused_below_the_limit_too(httpserver, once, bombs, packer):
    error = refused(sends(httpserver, bombs[packer], packer.split()[0]), replace(once, bytes=1_000_000_000))
    assert (error.category, error.what) == ("too large", "it is compressed more than 500 times, which no document is")


def test_a_body_that_decompresses_to_nothing_for_ever_is_stopped(httpserver, once):
    nothing = gzip.compress(b"", mtime=0)
    url = sends(httpserver, nothing * 100_000, "gzip")
    error = refused(url, replace(once, received=1_000_000))
    assert (error.category, error.what) == ("too large", "more than 1,000,000 bytes come")


def test_a_zstd_window_beyond_that_of_http_is_refused(once):
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.enable_long_distance_matching: 1}
    data = zstd.ZstdCompressor(options=options).compress(b"x" * 1000, zstd.ZstdCompressor.FLUSH_FRAME)
    data += zstd.ZstdCompressor(options=options).compress(b"x" * 20_000_000)
    with pytest.raises(FetchError) as caught:
        decoded([data], "zstd", once, where="x")
    assert caught.value.category == "invalid"


@given(
    coding=st.sampled_from(["gzip", "deflate", "br", "zstd"]),
    members=st.lists(st.binary(max_size=200) | st.integers(1, 3_000_000).map(bytes), min_size=1, max_size=3),
    cuts=st.lists(st.integers(0, 5000), max_size=6),
)
@example(coding="br", members=[bytes(2_064_289)], cuts=[])
def test_however_the_bytes_arrive_they_decompress_to_the_same(coding, members, cuts):
    if coding != "br":
        data = b"".join(PACKERS[coding](member) for member in members)
    else:  # its streams are not strung together
        data = brotli.compress(b"".join(members), quality=1)
    edges = sorted({0, *(min(cut, len(data)) for cut in cuts), len(data)})
    chunks = [data[start:end] for start, end in pairwise(edges)]
    assert decoded(chunks, coding, FetchLimits(), where="x") == b"".join(members)
