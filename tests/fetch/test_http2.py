"""HTTP/2, which most providers speak: the same promises as over HTTP/1.1."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import pytest

from monitor.errors import FetchError
from tests.fetch.local import fetch

CERTIFICATE = Path(__file__).parent.parent / "notify" / "localhost.pem"
Answer = Callable[[h2.connection.H2Connection, int], None]


class Two:
    """A server that speaks HTTP/2 and answers each request as it was told."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[dict[bytes, bytes]] = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(CERTIFICATE)
        self.context.set_alpn_protocols(["h2"])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self.listener.getsockname()[1]}/openapi.json"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with (
            suppress(OSError, h2.exceptions.ProtocolError),
            self.context.wrap_socket(connection, server_side=True) as stream,
        ):
            # What it is told to send may be wrong.
            config = h2.config.H2Configuration(
                client_side=False, validate_outbound_headers=False, normalize_outbound_headers=False
            )
            state = h2.connection.H2Connection(config)
            state.initiate_connection()
            stream.sendall(state.data_to_send())
            while data := stream.recv(65536):
                for event in state.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        self.asked.append(dict(event.headers))
                        self.answer(state, event.stream_id)
                stream.sendall(state.data_to_send())

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@pytest.fixture
def two(monkeypatch) -> Iterator[Callable[[Answer], Two]]:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with ExitStack() as stack:

        def start(answer: Answer) -> Two:
            server = Two(answer)
            stack.callback(server.close)
            return server

        yield start


def begin(state, stream, *, length: int | None = None, status: bytes = b"200") -> None:
    extra = [] if length is None else [(b"content-length", str(length).encode())]
    state.send_headers(stream, [(b":status", status), (b"etag", b'"a1"'), *extra])


def test_a_document_comes_whole(two, document, once):
    def answer(state, stream):
        begin(state, stream, length=len(document))
        state.send_data(stream, document[:10])
        state.send_data(stream, document[10:], end_stream=True)

    server = two(answer)
    fetched = fetch(server.url, headers={"X-Api-Key": "k"}, limits=once)
    assert (fetched.data, fetched.status, fetched.etag) == (document, 200, '"a1"')
    assert (server.asked[0][b"x-api-key"], server.asked[0][b":path"]) == (b"k", b"/openapi.json")


def shorter(state, stream) -> None:
    begin(state, stream, length=1000)
    state.send_data(stream, b'{"openapi"', end_stream=True)


def longer(state, stream) -> None:
    begin(state, stream, length=5)
    state.send_data(stream, b'{"openapi": 1}', end_stream=True)


def reset(state, stream) -> None:
    begin(state, stream)
    state.send_data(stream, b'{"openapi"')
    state.reset_stream(stream, 2)


def farewell(state, stream) -> None:
    begin(state, stream)
    state.send_data(stream, b'{"openapi"')
    state.close_connection(2, last_stream_id=0)


def refuse(state, stream) -> None:
    state.reset_stream(stream, 7)


def nonsense(state, stream) -> None:
    state._data_to_send += b"\x00\x00\x05\x07\x07\x07\x07\x07\x07hello"


@pytest.mark.parametrize(
    "answer", [shorter, longer, reset, farewell, refuse, nonsense], ids=lambda answer: answer.__name__
)
def test_an_answer_that_breaks_off_is_tried_again_and_then_an_error(two, quick, answer):
    server = two(answer)
    with pytest.raises(FetchError) as caught:
        fetch(server.url, limits=quick)
    assert (caught.value.category, caught.value.where) == ("connect", server.url)
    assert caught.value.what == "the connection broke off before the answer was complete"
    assert len(server.asked) == 3


def test_a_status_is_an_error_as_ever(two, once):
    def answer(state, stream):
        begin(state, stream, status=b"404")
        state.end_stream(stream)

    with pytest.raises(FetchError, match="HTTP 404"):
        fetch(two(answer).url, limits=once)
