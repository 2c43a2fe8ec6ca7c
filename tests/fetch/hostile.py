"""A server that behaves badly: what it does to a connection once it has been asked, and what that is to be called.

Each behaviour is given the socket and may do with it what it likes. Nothing is kept in memory that can be sent bit by bit.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

import brotli
from backports import zstd

HOST = "127.0.0.2"
"""As if it were on the internet: the sources of these tests may reach this address, and no other of this machine."""
Act = Callable[[socket.socket, threading.Event], None]
MEGABYTE = 1024 * 1024


def document(*paths: str) -> bytes:
    """A document with these paths."""
    answer = {"responses": {"200": {"description": "Fine."}}}
    return json.dumps(
        {
            "openapi": "3.0.3",
            "info": {"title": "Harbour", "version": "1"},
            "paths": {path: {"get": answer} for path in paths},
        }
    ).encode()


GOOD = document("/boats", "/crews", "/tides")


@dataclass(frozen=True)
class Behaviour:
    """`category` is what the failed check must be called; `seconds` and `megabytes` are the limits of the fetch."""

    act: Act
    category: str
    seconds: int = 20
    megabytes: int = 16


class Hostile:
    """The server; `act` is what it does now."""

    def __init__(self) -> None:
        self.act: Act = whole(GOOD)
        self.asked: list[bytes] = []
        self.ended = threading.Event()
        self.listener = socket.create_server((HOST, 0), backlog=32)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            asked = b""
            while b"\r\n\r\n" not in asked:
                more = connection.recv(65536)
                if not more:
                    return
                asked += more
            self.asked.append(asked)
            self.act(connection, self.ended)

    def close(self) -> None:
        self.ended.set()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


# --- ways to answer --------------------------------------------------------------------------------------------------


def says(*parts: bytes) -> Act:
    """Sends these bytes and closes."""

    def act(connection: socket.socket, _: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)

    return act


def whole(body: bytes, status: str = "200 OK", **headers: str) -> Act:
    """A proper answer."""
    names = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    names |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in names.items())
    return says(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1"), body)


def leads(location: str, status: str = "302 Found") -> Act:
    return whole(b"", status, Location=location)


def drips(head: bytes, drop: bytes) -> Act:
    """A little now and then, for ever."""

    def act(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(head)
        while not ended.wait(0.05):
            connection.sendall(drop)

    return act


def pours(head: bytes, drop: bytes, most: int = 600 * MEGABYTE) -> Act:
    """As much as is taken, up to `most` bytes."""

    def act(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(head)
        for _ in range(most // len(drop)):
            connection.sendall(drop)

    return act


def resets(*parts: bytes) -> Act:
    """Sends these bytes and breaks the connection off (RST)."""

    def act(connection: socket.socket, _: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return act


def silent(_: socket.socket, ended: threading.Event) -> None:
    ended.wait(30)


def wanders() -> Act:
    """Another address each time."""
    number = 0

    def act(connection: socket.socket, ended: threading.Event) -> None:
        nonlocal number
        number += 1
        leads(f"/{number}")(connection, ended)

    return act


def asks_to_log_in(connection: socket.socket, ended: threading.Event) -> None:
    """The first request is sent to a page, the second gets it."""
    whole(b"<!doctype html><title>Log in</title><form>", Content_Type="text/html")(connection, ended)


@cache
def bomb(coding: str) -> bytes:
    """300 MB of zeros."""
    zeros = b"\0" * (300 * MEGABYTE)
    return {
        "gzip": lambda: gzip.compress(zeros, mtime=0),
        "deflate": lambda: zlib.compress(zeros),
        "br": lambda: brotli.compress(zeros, quality=4, lgwin=24),
        "zstd": lambda: zstd.compress(zeros, level=1),
    }[coding]()


def explodes(coding: str) -> Act:
    def act(connection: socket.socket, ended: threading.Event) -> None:
        whole(bomb(coding), Content_Encoding=coding)(connection, ended)

    return act


def nested(depth: int, opening: bytes, closing: bytes) -> bytes:
    return b'{"openapi": "3.0.3", "x": ' + opening * depth + closing * depth + b"}"


ALIASES = b"openapi: 3.0.3\na0: &a0 [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (number, number, b",".join([b"*a%d" % (number - 1)] * 9)) for number in range(1, 12)
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SPACES = b" " * MEGABYTE


def longer(by: int) -> bytes:
    return HEAD + f"Content-Length: {len(GOOD) + by}\r\n\r\n".encode()


# --- the table -------------------------------------------------------------------------------------------------------

CUTS = {
    f"JSON cut at {tenth} tenths": Behaviour(whole(GOOD[: len(GOOD) * tenth // 10]), "invalid")
    for tenth in range(1, 10)
}
ELSEWHERE = {
    "http://169.254.169.254/latest/meta-data/": "the metadata service",
    "http://169.254.170.2/v2/credentials": "a container's credentials",
    "http://[fd00:ec2::254]/latest/meta-data/": "the metadata service by IPv6",
    "http://100.100.100.200/latest/meta-data/": "another cloud's metadata service",
    "http://2852039166/latest/meta-data/": "the metadata service as one number",
    "http://0xa9fea9fe/": "the metadata service in hexadecimal",
    "http://[::ffff:169.254.169.254]/": "the metadata service as a mapped address",
    "http://[64:ff9b::a9fe:a9fe]/": "the metadata service behind NAT64",
    "http://[2002:a9fe:a9fe::]/": "the metadata service in 6to4",
    "http://localhost:8080/": "localhost",
    "http://LOCALHOST:8080/": "LOCALHOST",
    "http://127.0.0.1:8080/": "127.0.0.1",
    "http://127.1:8080/": "127.1",
    "http://2130706433:8080/": "2130706433",
    "http://0x7f.1:8080/": "0x7f.1",
    "http://017700000001:8080/": "017700000001",
    "http://[::1]:8080/": "[::1]",
    "http://[::ffff:7f00:1]:8080/": "[::ffff:7f00:1]",
    "http://0:8080/": "0",
    "http://10.0.0.1/": "a private address",
    "http://192.168.1.1/": "a router",
    "http://100.64.0.1/": "an address behind a carrier's NAT",
    "http://224.0.0.1/": "multicast",
    "http://255.255.255.255/": "broadcast",
    "file:///etc/passwd": "a file",
    "ftp://127.0.0.2/x": "ftp",
    f"http://{HOST}:22/": "the port of ssh",
    f"http://{HOST}:6379/": "the port of a database",
}

BEHAVIOURS: dict[str, Behaviour] = {
    "silence": Behaviour(silent, "time-out", seconds=1),
    "slow headers": Behaviour(drips(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"), "time-out", seconds=1),
    "slow body": Behaviour(drips(longer(100_000), b" "), "time-out", seconds=1),
    "slow chunks": Behaviour(drips(CHUNKED, b"1\r\n \r\n"), "time-out", seconds=1),
    "early hints without end": Behaviour(drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), "time-out", seconds=1),
    "body without end": Behaviour(pours(CHUNKED, b"100000\r\n" + SPACES + b"\r\n"), "too large"),
    "500 MB of spaces": Behaviour(pours(HEAD + b"Content-Length: 524288000\r\n\r\n", SPACES), "too large"),
    "body that is too large at once": Behaviour(whole(b'{"x": "' + b"y" * (17 * MEGABYTE) + b'"}'), "too large"),
    "headers without end": Behaviour(pours(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"y" * 1000 + b"\r\n"), "connect"),
    "one header without end": Behaviour(pours(b"HTTP/1.1 200 OK\r\nX-More: ", b"y" * 65536), "connect"),
    "gzip bomb": Behaviour(explodes("gzip"), "too large"),
    "deflate bomb": Behaviour(explodes("deflate"), "too large"),
    "brotli bomb": Behaviour(explodes("br"), "too large"),
    "zstd bomb": Behaviour(explodes("zstd"), "too large"),
    "gzip bomb below the size": Behaviour(explodes("gzip"), "too large", megabytes=400),
    "nothing, compressed for ever": Behaviour(
        pours(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"", mtime=0) * 5000), "too large", megabytes=4
    ),
    "nested encodings": Behaviour(whole(gzip.compress(gzip.compress(GOOD)), Content_Encoding="gzip, gzip"), "invalid"),
    "gzip that is none": Behaviour(whole(GOOD, Content_Encoding="gzip"), "invalid"),
    "brotli that is none": Behaviour(whole(GOOD, Content_Encoding="br"), "invalid"),
    "gzip that is cut": Behaviour(whole(gzip.compress(GOOD)[:-6], Content_Encoding="gzip"), "invalid"),
    "zstd that is cut": Behaviour(whole(zstd.compress(GOOD)[:-6], Content_Encoding="zstd"), "invalid"),
    "an encoding that nobody asked for": Behaviour(whole(GOOD, Content_Encoding="compress"), "invalid"),
    "a length that is too long": Behaviour(says(longer(100), GOOD), "connect"),
    "a length that is too short": Behaviour(says(longer(-10), GOOD), "invalid"),
    "a negative length": Behaviour(whole(GOOD, Content_Length="-1"), "connect"),
    "two lengths": Behaviour(says(longer(0)[:-2] + b"Content-Length: 1\r\n\r\n", GOOD), "connect"),
    "chunks without an end": Behaviour(says(CHUNKED, b"10\r\n" + GOOD[:16] + b"\r\n"), "connect"),
    "a chunk that is no number": Behaviour(says(CHUNKED, b"xyz\r\n" + GOOD), "connect"),
    "a chunk of a terabyte": Behaviour(says(CHUNKED, b"10000000000\r\n" + GOOD), "connect"),
    "a reset before the answer": Behaviour(resets(), "connect"),
    "a reset in the middle": Behaviour(resets(longer(0), GOOD[:40]), "connect"),
    "a door that is shut at once": Behaviour(says(), "connect"),
    "a status and nothing else": Behaviour(says(b"HTTP/1.1 200 OK\r\n"), "connect"),
    "no HTTP": Behaviour(says(b"220 mail.example.org ESMTP\r\n"), "connect"),
    "TLS where there is none": Behaviour(says(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), "connect"),
    "HTTP/0.9": Behaviour(says(GOOD), "connect"),
    "a redirect to itself": Behaviour(leads("/openapi.json"), "http status"),
    "redirects without end": Behaviour(wanders(), "http status"),
    "a redirect to nowhere": Behaviour(whole(b"", "302 Found"), "http status"),
    "a redirect to nonsense": Behaviour(leads("http://[::1"), "http status"),
    **{f"a redirect to {name}": Behaviour(leads(url), "blocked") for url, name in ELSEWHERE.items()},
    "a 304 to who has no copy": Behaviour(whole(b"", "304 Not Modified"), "http status"),
    "a part": Behaviour(whole(GOOD, "206 Partial Content", Content_Range="bytes 0-9/500"), "http status"),
    "no content": Behaviour(says(b"HTTP/1.1 204 No Content\r\n\r\n"), "http status"),
    "a document with status 500": Behaviour(whole(GOOD, "500 Oops"), "http status"),
    "a status of our own": Behaviour(whole(GOOD, "799 Ha"), "http status"),
    "a pause of years": Behaviour(whole(b"", "429 Slow", Retry_After="999999999"), "http status"),
    "a login": Behaviour(whole(b"", "401 Log In", WWW_Authenticate='Basic realm="x"'), "http status"),
    "an error page with status 200": Behaviour(whole(b"<html><body>502 Bad Gateway</body></html>"), "not openapi"),
    "a login page": Behaviour(asks_to_log_in, "not openapi"),
    "an error as JSON with status 200": Behaviour(whole(b'{"error": "try again"}'), "not openapi"),
    "nothing": Behaviour(whole(b""), "not openapi"),
    "white space": Behaviour(whole(b" \r\n\t" * 1000), "not openapi"),
    "a list": Behaviour(whole(b"[1, 2]"), "not openapi"),
    "a word": Behaviour(whole(b"OK"), "not openapi"),
    "another version": Behaviour(whole(GOOD.replace(b"3.0.3", b"9.9.9")), "not openapi"),
    "a ZIP archive": Behaviour(whole(b"PK\x03\x04" + bytes(100)), "not openapi"),
    "gzip that does not say so": Behaviour(whole(gzip.compress(GOOD)), "not openapi"),
    "UTF-16 that does not say so": Behaviour(whole(GOOD.decode().encode("utf-16")), "not openapi"),
    **CUTS,
    "invalid UTF-8": Behaviour(whole(GOOD.replace(b"Harbour", b"Harb\xff\xfeur")), "invalid"),
    "a cut character": Behaviour(whole(GOOD[:-2].replace(b"Fine.", b"Fin\xc3")), "invalid"),
    "keys that stand twice": Behaviour(whole(GOOD[:-1] + b', "paths": {}}'), "invalid"),
    "a bomb of aliases": Behaviour(whole(ALIASES), "invalid"),
    "100,000 brackets": Behaviour(whole(nested(100_000, b"[", b"]")), "invalid"),
    "100,000 objects": Behaviour(whole(nested(100_000, b'{"a":', b"}").replace(b":}", b":1}", 1)), "invalid"),
    "100,000 brackets that are never closed": Behaviour(whole(b"[" * 100_000), "invalid"),
    "100,000 levels of YAML": Behaviour(whole(b"openapi: 3.0.3\nx: " + b"[" * 100_000 + b"]" * 100_000), "invalid"),
    "100,000 dashes of YAML": Behaviour(whole(b"openapi: 3.0.3\nx:\n  " + b"- " * 100_000 + b"1"), "invalid"),
    "a number without end": Behaviour(whole(GOOD[:-1] + b', "x": 1e999}'), "invalid"),
    "no number": Behaviour(whole(GOOD[:-1] + b', "x": NaN}'), "invalid"),
    "a number of a million digits": Behaviour(whole(GOOD[:-1] + b', "x": ' + b"9" * 1_000_000 + b"}"), "invalid"),
    "two documents in one": Behaviour(whole(GOOD + GOOD), "invalid"),
    "YAML in two documents": Behaviour(whole(b"openapi: 3.0.3\n---\nopenapi: 3.0.3\n"), "not openapi"),
}
