"""Parts of a document over connections that are kept: fewer of them, and under the same guard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from monitor.errors import FetchError
from monitor.fetch import AddressPolicy, FetchLimits
from monitor.fetch.documents import Request, fetch_document

from .local import LOCAL


class Keeping(ThreadingHTTPServer):
    """A server that keeps its connections, and says which requests came over which: (connection, host, path)."""

    def __init__(self, files: dict[str, str], *, cut: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.cut = cut
        self.seen: list[tuple[int, str, str]] = []
        self.connections = 0
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Handler(BaseHTTPRequestHandler):
    """Answers from the files; where it is to cut, it closes after each answer without a word."""

    server: Keeping
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1
        self.number = self.server.connections

    def do_GET(self) -> None:
        self.server.seen.append((self.number, self.headers["Host"].rpartition(":")[0], self.path))
        text = self.server.files.get(self.path)
        data = b"" if text is None else text.replace("PORT", str(self.server.port)).encode()
        self.send_response(404 if text is None else 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = self.server.cut

    def log_message(self, *_: object) -> None:
        pass


def referring(*references: str) -> str:
    schemas = "".join(f"    S{number}: {{$ref: '{reference}'}}\n" for number, reference in enumerate(references))
    return f"openapi: 3.0.3\ninfo: {{title: Harbour, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n{schemas}"


PARTS = [f"{number}.yaml" for number in range(5)]
TREE = {"/openapi.yaml": referring(*PARTS), **{f"/{name}": f"description: {name}\n" for name in PARTS}}


@pytest.fixture
def keeping() -> Iterator[Callable[..., Keeping]]:
    with ExitStack() as stack:

        def start(files: dict[str, str], **how: bool) -> Keeping:
            server = Keeping(files, **how)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return server

        yield start


def test_parts_of_one_host_come_over_one_connection(keeping):
    server = keeping(TREE)
    fetched = fetch_document(f"http://127.0.0.1:{server.port}/openapi.yaml", Request(policy=LOCAL))
    assert len(fetched.parts) == 6
    # The document itself is asked for before it is known that it has parts.
    assert server.connections == 2


def test_a_connection_is_used_for_one_host_alone(keeping):
    parts = [f"http://{host}:PORT/{number}.yaml" for number in range(2) for host in ("127.0.0.1", "localhost")]
    server = keeping({**TREE, "/openapi.yaml": referring(*parts)})
    url = f"http://127.0.0.1:{server.port}/openapi.yaml"
    fetch_document(url, Request(policy=LOCAL, hosts=["localhost"]))
    hosts: dict[int, set[str]] = {}
    for connection, host, _ in server.seen:
        hosts.setdefault(connection, set()).add(host)
    assert sorted(map(sorted, hosts.values())) == [["127.0.0.1"], ["127.0.0.1"], ["localhost"]]


def test_a_connection_that_was_closed_meanwhile_is_made_anew(keeping):
    server = keeping(TREE, cut=True)
    limits = FetchLimits(wait=0.01)
    fetched = fetch_document(f"http://127.0.0.1:{server.port}/openapi.yaml", Request(policy=LOCAL, limits=limits))
    assert len(fetched.parts) == 6
    assert server.connections >= 6


def test_a_part_that_is_missing_is_named_whatever_came_over_the_connection_before(keeping):
    server = keeping({**TREE, "/openapi.yaml": referring(*PARTS, "missing.yaml")})
    with pytest.raises(FetchError, match=r"missing\.yaml, which /components/schemas/S5 refers to") as caught:
        fetch_document(f"http://127.0.0.1:{server.port}/openapi.yaml", Request(policy=LOCAL))
    assert caught.value.category == "http status"


@pytest.mark.parametrize("cut", [False, True])
def test_a_name_that_leads_elsewhere_meanwhile_is_followed_nowhere(keeping, monkeypatch, cut: bool):
    """A connection that is kept leads to the address that was checked; a new one is checked anew."""
    server = keeping(TREE, cut=cut)
    # The document, the first part, and whatever comes after that.
    answers = iter([("127.0.0.1",), ("127.0.0.1",)])
    monkeypatch.setattr("monitor.fetch.wire.lookup", lambda *_: next(answers, ("169.254.169.254",)))
    url = f"http://harbour.example:{server.port}/openapi.yaml"
    asked = Request(policy=AddressPolicy.typed(url), limits=FetchLimits(wait=0.01))
    if not cut:
        assert len(fetch_document(url, asked).parts) == 6
        return
    with pytest.raises(FetchError, match="metadata service") as caught:
        fetch_document(url, asked)
    assert caught.value.category == "blocked"


def test_each_request_over_a_connection_is_held_against_the_policy(keeping):
    server = keeping({**TREE, "/openapi.yaml": referring("0.yaml", "http://localhost:PORT/1.yaml")})
    with pytest.raises(FetchError, match="another host, localhost") as caught:
        fetch_document(f"http://127.0.0.1:{server.port}/openapi.yaml", Request(policy=LOCAL))
    assert caught.value.category == "blocked"
    assert [path for _, _, path in server.seen] == ["/openapi.yaml", "/0.yaml"]
