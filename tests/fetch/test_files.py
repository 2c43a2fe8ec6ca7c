"""Documents on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from monitor.errors import FetchError
from monitor.fetch import Fetched, FetchLimits, fetch
from monitor.fetch.documents import Request, fetch_document
from monitor.reading import Limits


@pytest.fixture
def file(tmp_path, document):
    path = tmp_path / "a b" / "öpenapi.json"
    path.parent.mkdir()
    path.write_bytes(document)
    return path


def refused(url: str, **options) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, **options)
    return caught.value


def test_a_plain_path_gives_the_bytes_and_nothing_that_only_http_knows(file, document):
    assert fetch(str(file)) == Fetched(document, str(file))


def test_a_relative_path_starts_at_the_base(file, document, tmp_path):
    assert fetch("a b/öpenapi.json", base=tmp_path) == Fetched(document, "a b/öpenapi.json")


def test_without_a_base_a_relative_path_starts_where_the_process_stands(file, document, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert fetch("a b/öpenapi.json").data == document


def test_an_absolute_path_does_not_care_for_the_base(file, document):
    assert fetch(str(file), base=file.parent).data == document


def test_a_name_with_what_means_something_in_addresses_is_a_name(tmp_path, document):
    name = "v2%20#1?x:y@z.json"
    (tmp_path / name).write_bytes(document)
    assert fetch(name, base=tmp_path).data == document


@pytest.mark.parametrize(
    "form",
    ["{uri}", "file:{path}", "FILE://{path}", "file://localhost{path}", "{uri}#/info", "file:a%20b/%C3%B6penapi.json"],
)
def test_a_file_address_gives_the_bytes(file, document, tmp_path, form):
    url = form.format(uri=file.as_uri(), path=file.as_posix())
    assert fetch(url, base=tmp_path) == Fetched(document, url)


@pytest.mark.parametrize("url", ["file://example.com/openapi.json", "file:", "file://", "file:///x?y=z"])
def test_a_file_address_of_another_machine_or_of_nothing_is_refused(url):
    assert refused(url).category == "file"


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    error = refused("openapi.json", base=tmp_path)
    assert (error.category, error.where) == ("file", "openapi.json")
    assert "No such file" in error.what


def test_a_folder_is_no_document(tmp_path):
    assert refused(str(tmp_path)).what == "it cannot be read: it is a folder"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert refused("pipe", base=tmp_path).what == "it cannot be read: it is no regular file"


def test_a_path_with_a_nul_is_an_error_like_any_other():
    assert refused("a\0b.json").category == "file"


def test_an_empty_file_is_no_document(tmp_path):
    (tmp_path / "x.json").touch()
    assert refused("x.json", base=tmp_path).category == "not openapi"


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(tmp_path):
    (tmp_path / "x.json").write_bytes(b"x" * 1001)
    assert refused("x.json", base=tmp_path, limits=FetchLimits(bytes=1000)).category == "too large"
    assert fetch("x.json", base=tmp_path, limits=FetchLimits(bytes=1001)).data == b"x" * 1001


@pytest.mark.parametrize(
    "url", ["ftp://me:secret@example.com/openapi.json", "s3://bucket/openapi.json", "git+ssh://x/y"]
)
def test_an_address_of_another_kind_is_refused_without_its_password(url):
    error = refused(url)
    assert error.category == "blocked"
    assert "secret" not in str(error)


def test_what_is_fetched_may_be_as_large_as_what_can_be_read():
    assert FetchLimits().bytes == Limits().bytes


@pytest.fixture
def public(document) -> Iterator[Path]:
    """A folder that everybody may enter, with a document in `api/v1`."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "api" / "v1").mkdir(parents=True)
        (folder / "api" / "v1" / "openapi.json").write_bytes(document)
        yield folder


@contextmanager
def unprivileged() -> Iterator[None]:
    """As root, whom no permission concerns, be nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system has no permissions of this kind")
@pytest.mark.parametrize("locked", ["api", "api/v1", "api/v1/openapi.json"])
@pytest.mark.parametrize("url", ["api", "api/v1/openapi.json"])
def test_what_may_not_be_read_is_an_error_that_names_it(public, locked, url):
    (public / locked).chmod(0)
    with unprivileged(), pytest.raises(FetchError) as caught:
        fetch_document(url, Request(base=public))
    assert caught.value.category == "file"
    assert "it cannot be read: Permission denied" in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system has no permissions of this kind")
def test_a_repository_that_may_not_be_read_is_an_error_that_names_it(public):
    (public / "api").chmod(0)
    with unprivileged(), pytest.raises(FetchError, match="it cannot be read: Permission denied") as caught:
        fetch_document("git+file:api/v1#openapi.json", Request(base=public))
    assert caught.value.category == "file"


@pytest.mark.parametrize("url", ["x" * 300, f"{'x' * 300}/openapi.json", f"git+file:{'x' * 300}#openapi.json"])
def test_a_path_that_the_system_does_not_take_is_an_error_like_any_other(tmp_path, url):
    with pytest.raises(FetchError, match="File name too long") as caught:
        fetch_document(url, Request(base=tmp_path))
    assert caught.value.category == "file"
