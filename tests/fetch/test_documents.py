"""Whole documents: a file with those that it refers to, from a disk, a folder, the web and a repository."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Asked
from werkzeug import Response

from monitor.errors import DocumentTooLarge, FetchError, ReferenceUnresolved
from monitor.fetch import AddressPolicy, ClientOptions, Fetched, FetchLimits
from monitor.fetch.documents import Request, fetch_document
from monitor.fetch.repositories import RepositoryUrl

from .local import LOCAL

ROOT = "openapi: 3.0.3\ninfo: {title: Harbour, version: '1'}\npaths:\n  /boats: {$ref: %s}\n"
BOATS = "get: {responses: {default: {$ref: ../common.yaml#/Error}}}\n"
COMMON = "Error: {description: It went wrong.}\n"
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def tree(folder: Path, **more: str) -> Path:
    """A document in three files."""
    files = {"openapi.yaml": ROOT % "paths/boats.yaml", "paths/boats.yaml": BOATS, "common.yaml": COMMON, **more}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def said(fetched: Fetched) -> Any:
    assert fetched.data is not None
    return json.loads(fetched.data)


def is_whole(fetched: Fetched) -> bool:
    """Whether the three files are there as one."""
    document = said(fetched)
    reference = document["paths"]["/boats"]["get"]["responses"]["default"]["$ref"]
    return bool(
        reference == "#/components/responses/common.Error"
        and document["components"]["responses"]["common.Error"] == {"description": "It went wrong."}
        and [part.name for part in fetched.parts] == ["common.yaml", "openapi.yaml", "paths/boats.yaml"]
    )


def test_a_tree_of_files_comes_as_one_document(tmp_path):
    tree(tmp_path)
    assert is_whole(fetch_document(str(tmp_path / "openapi.yaml")))
    assert is_whole(fetch_document("openapi.yaml", Request(base=tmp_path)))
    assert is_whole(fetch_document((tmp_path / "openapi.yaml").as_uri()))


def test_a_folder_is_the_document_in_it(tmp_path):
    tree(tmp_path / "api" / "spec")
    (tmp_path / "api" / "readme.yaml").write_text("title: no document\n")
    fetched = fetch_document(str(tmp_path / "api"))
    assert is_whole(fetched)
    assert fetched.url == f"{tmp_path}/api/spec/openapi.yaml"


def test_of_several_documents_in_a_folder_the_one_with_the_name_is_taken_or_all_are_named(tmp_path):
    tree(tmp_path, **{"v1.json": '{"openapi": "3.0.3"}', "v2.yaml": "# two\nswagger: '2.0'\n"})
    assert is_whole(fetch_document(str(tmp_path)))
    (tmp_path / "openapi.yaml").unlink()
    with pytest.raises(FetchError) as caught:
        fetch_document(str(tmp_path))
    assert "v1.json, v2.yaml" in str(caught.value)
    (tmp_path / "v1.json").unlink()
    (tmp_path / "v2.yaml").unlink()
    with pytest.raises(FetchError, match="no OpenAPI document"):
        fetch_document(str(tmp_path))


def test_a_missing_file_is_named_with_the_place_that_refers_to_it(tmp_path):
    tree(tmp_path)
    (tmp_path / "common.yaml").unlink()
    with pytest.raises(FetchError) as caught:
        fetch_document(str(tmp_path / "openapi.yaml"))
    assert caught.value.category == "file"
    assert "common.yaml, which paths/boats.yaml#/get/responses/default refers to" in str(caught.value)


def serve(httpserver: HTTPServer, **files: str) -> str:
    """The files on the server, and its address by its IP."""
    for name, text in files.items():
        httpserver.expect_request(f"/{name}").respond_with_data(text, headers={"ETag": '"1"'})
    return f"http://127.0.0.1:{httpserver.port}"


def whole_on(httpserver: HTTPServer) -> str:
    return serve(
        httpserver,
        **{"spec/openapi.yaml": ROOT % "paths/boats.yaml", "spec/paths/boats.yaml": BOATS, "spec/common.yaml": COMMON},
    )


def test_parts_on_the_web_are_fetched_each_once(httpserver):
    fetched = fetch_document(f"{whole_on(httpserver)}/spec/openapi.yaml", Request(policy=LOCAL))
    assert is_whole(fetched)
    assert len(httpserver.log) == 3
    # The first file's validator would say nothing of the others.
    assert (fetched.etag, fetched.last_modified) == (None, None)


def test_references_are_relative_to_where_the_document_was_found(httpserver):
    there = whole_on(httpserver)
    httpserver.expect_request("/latest").respond_with_data(
        status=302, headers={"Location": f"{there}/spec/openapi.yaml"}
    )
    assert is_whole(fetch_document(f"{there}/latest", Request(policy=LOCAL)))


def test_a_part_on_another_host_is_refused_unless_it_is_allowed(httpserver):
    other = f"http://localhost:{httpserver.port}/spec/paths/boats.yaml"
    there = whole_on(httpserver)
    httpserver.expect_request("/away.yaml").respond_with_data(ROOT % other)
    with pytest.raises(FetchError) as caught:
        fetch_document(f"{there}/away.yaml", Request(policy=LOCAL, headers={"Authorization": "canary"}))
    assert caught.value.category == "blocked"
    assert "/paths/~1boats refers to" in str(caught.value)
    assert "--allow-host localhost" in str(caught.value)
    fetch_document(
        f"{there}/away.yaml", Request(policy=LOCAL, headers={"Authorization": "canary"}, hosts=["localhost"])
    )
    asked = {(request.host, request.path): request.headers.get("Authorization") for request, _ in httpserver.log}
    assert asked["127.0.0.1:" + str(httpserver.port), "/away.yaml"] == "canary"
    assert asked["localhost:" + str(httpserver.port), "/spec/paths/boats.yaml"] is None


def test_a_part_that_redirects_to_another_host_is_refused(httpserver):
    there = whole_on(httpserver)
    httpserver.expect_request("/away.yaml").respond_with_data(ROOT % "moved.yaml")
    location = {"Location": f"http://localhost:{httpserver.port}/spec/paths/boats.yaml"}
    httpserver.expect_request("/moved.yaml").respond_with_data(status=302, headers=location)
    with pytest.raises(FetchError) as caught:
        fetch_document(f"{there}/away.yaml", Request(policy=LOCAL))
    assert caught.value.category == "blocked"


BOOKS = ("bücher.invalid", "xn--bcher-kva.invalid")


@pytest.mark.parametrize("allowed", BOOKS)
@pytest.mark.parametrize("written", BOOKS)
def test_a_host_that_is_allowed_may_be_written_in_another_script(httpserver, monkeypatch, allowed: str, written: str):
    monkeypatch.setattr("monitor.fetch.wire.lookup", lambda *_: ("127.0.0.1",))
    there = whole_on(httpserver)
    away = f"http://{written}:{httpserver.port}/spec/paths/boats.yaml"
    httpserver.expect_request("/away.yaml").respond_with_data(ROOT % away)
    fetched = fetch_document(f"{there}/away.yaml", Request(policy=LOCAL, hosts=[allowed]))
    assert len(fetched.parts) == 3


@pytest.mark.parametrize("own", BOOKS)
@pytest.mark.parametrize("other", BOOKS)
def test_one_host_in_two_scripts_is_one_host(httpserver, monkeypatch, own: str, other: str):
    monkeypatch.setattr("monitor.fetch.wire.lookup", lambda *_: ("127.0.0.1",))
    whole_on(httpserver)
    part = f"http://{other}:{httpserver.port}/spec/paths/boats.yaml"
    httpserver.expect_request("/spec/other.yaml").respond_with_data(ROOT % part)
    url = f"http://{own}:{httpserver.port}/spec/other.yaml"
    fetched = fetch_document(url, Request(policy=AddressPolicy.typed(url), headers={"X-Key": "canary"}))
    assert len(fetched.parts) == 3
    assert [request.headers.get("X-Key") for request, _ in httpserver.log] == ["canary"] * 3


@pytest.mark.parametrize(
    "reference",
    ["file:///etc/hostname", "FILE:/etc/hostname", "http://169.254.169.254/latest/meta-data/", "ftp://127.0.0.1/x"],
)
def test_a_document_on_the_web_leads_to_no_file_and_no_metadata(httpserver, reference: str):
    there = serve(httpserver, **{"openapi.yaml": ROOT % reference})
    asked = Request(policy=AddressPolicy.typed(there), hosts=["169.254.169.254"])
    with pytest.raises(FetchError) as caught:
        fetch_document(f"{there}/openapi.yaml", asked)
    assert caught.value.category == "blocked"
    assert len(httpserver.log) == 1


def test_a_local_document_leads_to_the_web_only_where_it_is_allowed(httpserver, tmp_path):
    there = whole_on(httpserver)
    (tmp_path / "openapi.yaml").write_text(ROOT % f"{there}/spec/paths/boats.yaml")
    policy = AddressPolicy(allow_private=True, ports=None, files=True)
    with pytest.raises(FetchError, match="is not allowed"):
        fetch_document(str(tmp_path / "openapi.yaml"), Request(policy=policy))
    fetched = fetch_document(str(tmp_path / "openapi.yaml"), Request(policy=policy, hosts=["127.0.0.1"]))
    assert len(fetched.parts) == 3


def test_what_is_on_the_web_has_fewer_files_than_what_is_on_a_disk(httpserver):
    def endless(asked: Asked) -> Response:
        number = int(asked.path.strip("/").partition(".")[0])
        return Response(f"items: {{$ref: {number + 1}.yaml}}")

    httpserver.expect_request("/openapi.yaml").respond_with_data(
        "openapi: 3.0.3\ninfo: {title: Harbour, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {$ref: 1.yaml}}}\n"
    )
    import re

    httpserver.expect_request(re.compile(r"/\d+\.yaml")).respond_with_handler(endless)
    with pytest.raises(DocumentTooLarge, match="more than 500 files"):
        fetch_document(f"http://127.0.0.1:{httpserver.port}/openapi.yaml", Request(policy=LOCAL))


class Repository:
    """A repository whose files a test changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        people = {
            f"GIT_{role}_{key}": "ada@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
        }
        environment = {**os.environ, **people, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", "-C", str(self.path), *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=A change")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path) -> Repository:
    """Its first commit has the three files in `api/`."""
    made = Repository(tmp_path / "repository")
    tree(made.path / "api")
    made.commit()
    return made


@needs_git
def test_a_commit_is_a_document(repository, tmp_path):
    (repository.path / "api" / "common.yaml").write_text("Error: {description: Not committed.}\n")
    for url in (f"git+file:{repository.path}#api/openapi.yaml", f"git+file://{repository.path}#api"):
        fetched = fetch_document(url)
        assert is_whole(fetched)
        assert fetched.revision == fetched.etag == repository.git("rev-parse", "HEAD")
    assert is_whole(fetch_document("git+file:repository#api/openapi.yaml", Request(base=tmp_path)))


@needs_git
def test_a_branch_and_a_tag_are_documents_of_their_own(repository):
    repository.git("tag", "v1")
    repository.git("checkout", "--quiet", "-b", "release/2.0")
    (repository.path / "api" / "common.yaml").write_text("Error: {description: Another.}\n")
    repository.commit()
    assert is_whole(fetch_document(f"git+file:{repository.path}@v1#api/openapi.yaml"))
    bare = repository.path.parent / "bare.git"
    repository.git("clone", "--quiet", "--bare", str(repository.path), str(bare))
    fetched = fetch_document(f"git+file:{bare}@release/2.0#api/openapi.yaml")
    assert said(fetched)["components"]["responses"]["common.Error"]["description"] == "Another."


@needs_git
def test_the_commit_that_is_known_is_not_read_again(repository):
    url = f"git+file:{repository.path}#api/openapi.yaml"
    first = fetch_document(url)
    assert fetch_document(url, Request(etag=first.etag)).data is None
    repository.commit()
    assert fetch_document(url, Request(etag=first.etag)).data == first.data


@needs_git
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("{}#api/missing.yaml", "no such file"),
        ("{}@nowhere#api/openapi.yaml", "no branch, tag or commit 'nowhere'"),
        ("{}-away#openapi.yaml", "no such folder"),
        ("{}@--output#openapi.yaml", "no name of a revision"),
        ("{}", "no OpenAPI document"),
    ],
)
def test_what_is_not_in_the_repository_is_said(repository, address: str, words: str):
    with pytest.raises(FetchError) as caught:
        fetch_document("git+file:" + address.format(repository.path))
    assert words in str(caught.value)


@needs_git
def test_parts_on_the_web_are_asked_for_again_although_the_commit_is_known(repository, httpserver):
    there = f"http://127.0.0.1:{httpserver.port}"
    (repository.path / "api" / "openapi.yaml").write_text(ROOT % f"{there}/boats.yaml")
    repository.commit()
    url = f"git+file:{repository.path}#api/openapi.yaml"
    asked = Request(policy=AddressPolicy(allow_private=True, ports=None, files=True), hosts=["127.0.0.1"])
    operations = []
    for summary in ("Old", "New"):
        httpserver.clear()
        httpserver.expect_request("/boats.yaml").respond_with_data(f"get: {{summary: {summary}}}\n")
        fetched = fetch_document(url, asked)
        operations.append(said(fetched)["paths"]["/boats"]["get"]["summary"])
        assert fetched.revision == repository.git("rev-parse", "HEAD")
        asked = replace(asked, etag=fetched.etag)
    assert operations == ["Old", "New"]


@needs_git
def test_a_document_in_a_repository_leads_out_of_it_nowhere(repository):
    (repository.path / "api" / "openapi.yaml").write_text(ROOT % "../../../../etc/hostname")
    repository.commit()
    with pytest.raises(FetchError, match="no such file"):
        fetch_document(f"git+file:{repository.path}#api/openapi.yaml")
    (repository.path / "api" / "hostname.yaml").symlink_to("/etc/hostname")
    (repository.path / "api" / "openapi.yaml").write_text(ROOT % "hostname.yaml")
    repository.commit()
    with pytest.raises((FetchError, ReferenceUnresolved)):
        fetch_document(f"git+file:{repository.path}#api/openapi.yaml")


@pytest.mark.parametrize(
    ("url", "repository", "revision", "file"),
    [
        ("git+https://host/org/api.git#a/b.yaml", "https://host/org/api.git", None, "a/b.yaml"),
        ("git+https://host/org/api@v2#b.yaml", "https://host/org/api", "v2", "b.yaml"),
        ("git+https://host/org/api.git@release/2#b.yaml", "https://host/org/api.git", "release/2", "b.yaml"),
        ("git+file:../api#b.yaml", "../api", None, "b.yaml"),
        ("git+file:///srv/api.git", "/srv/api.git", None, ""),
        ("git+file:/srv/a@b/api#b.yaml", "/srv/a@b/api", None, "b.yaml"),
    ],
)
def test_the_address_of_a_file_in_a_repository(url: str, repository: str, revision: str | None, file: str):
    found = RepositoryUrl.of(url)
    assert (found.repository, found.revision, found.file) == (repository, revision, file)


def backend() -> str | None:
    """git's own server of repositories over HTTP, where it is installed."""
    if shutil.which("git") is None:
        return None
    where = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
    return shutil.which("git-http-backend", path=where)


@pytest.fixture
def served(repository, httpserver) -> Iterator[str]:
    """The repository as git serves it over HTTP."""
    program = backend()
    if program is None:
        pytest.skip("git-http-backend is not installed")
    repository.git("config", "uploadpack.allowFilter", "true")

    def answer(asked: Asked) -> Response:
        if asked.headers.get("Authorization") == "wrong":
            return Response(status=401, headers={"WWW-Authenticate": "Basic"})
        done = subprocess.run(
            [program],
            input=asked.get_data(),
            capture_output=True,
            check=True,
            env={
                **os.environ,
                "GIT_PROJECT_ROOT": str(repository.path.parent),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": asked.path,
                "QUERY_STRING": asked.query_string.decode(),
                "REQUEST_METHOD": asked.method,
                "CONTENT_TYPE": asked.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": asked.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": asked.headers.get("Git-Protocol", ""),
            },
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        status = int(headers.pop("Status", "200").split(" ")[0])
        return Response(body, status=status, headers=headers)

    import re

    httpserver.expect_request(re.compile("/repository/.*")).respond_with_handler(answer)
    yield f"git+http://127.0.0.1:{httpserver.port}/repository"
    httpserver.clear_log()


def test_a_remote_repository_is_asked_for_its_commit_and_fetched_when_that_is_new(served, repository, httpserver):
    asked = Request(policy=LOCAL, headers={"X-Key": "canary"})
    fetched = fetch_document(f"{served}#api/openapi.yaml", asked)
    assert is_whole(fetched)
    assert fetched.revision == repository.git("rev-parse", "HEAD")
    assert {request.headers.get("X-Key") for request, _ in httpserver.log} == {"canary"}
    httpserver.clear_log()
    again = fetch_document(f"{served}#api/openapi.yaml", Request(policy=LOCAL, etag=fetched.etag))
    assert again.data is None
    assert not [request.path for request, _ in httpserver.log if not request.path.endswith(("refs", "upload-pack"))]


def test_a_file_that_was_left_out_as_too_large_is_never_asked_for_behind_the_guard_s_back(
    served, repository, httpserver
):
    (repository.path / "api" / "common.yaml").write_text(COMMON + "# " + "x" * 2000 + "\n")
    repository.commit()
    asked = Request(policy=LOCAL, headers={"X-Key": "canary"}, limits=FetchLimits(bytes=1000))
    with pytest.raises(FetchError) as caught:
        fetch_document(f"{served}#api/openapi.yaml", asked)
    assert caught.value.category == "too large"
    assert "api/common.yaml, which paths/boats.yaml#/get/responses/default refers to" in str(caught.value)
    # git by itself knows nothing of the source's headers, nor of the addresses that it may go to.
    assert {request.headers.get("X-Key") for request, _ in httpserver.log} == {"canary"}


def test_a_file_of_a_remote_repository_may_be_as_large_as_the_limit(served, repository):
    length = (repository.path / "api" / "openapi.yaml").stat().st_size
    assert is_whole(
        fetch_document(f"{served}#api/openapi.yaml", Request(policy=LOCAL, limits=FetchLimits(bytes=length)))
    )


@needs_git
def test_a_lost_object_of_a_local_repository_is_said_to_be_lost(repository):
    blob = repository.git("rev-parse", "HEAD:api/common.yaml")
    (repository.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(FetchError, match="git does not have its bytes"):
        fetch_document(f"git+file:{repository.path}#api/openapi.yaml")


@needs_git
def test_a_part_in_a_submodule_is_said_to_be_in_another_repository(repository):
    (repository.path / "api" / "openapi.yaml").write_text(ROOT % "../other")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},other")
    repository.git("add", "api")
    repository.git("commit", "--quiet", "--message=A submodule")
    with pytest.raises(FetchError, match="submodule"):
        fetch_document(f"git+file:{repository.path}#api/openapi.yaml")


def test_a_branch_of_a_remote_repository(served, repository):
    repository.git("branch", "v2")
    assert is_whole(fetch_document(f"{served}@v2#api/openapi.yaml", Request(policy=LOCAL)))
    with pytest.raises(FetchError, match="no branch or tag 'v3'"):
        fetch_document(f"{served}@v3#api/openapi.yaml", Request(policy=LOCAL))


def test_a_remote_repository_is_held_against_the_same_policy(served):
    with pytest.raises(FetchError) as caught:
        fetch_document(f"{served}#api/openapi.yaml")
    assert caught.value.category == "blocked"


def test_a_remote_repository_may_be_asked_at_the_port_of_its_own_url(served):
    url = f"{served}#api/openapi.yaml"
    assert is_whole(fetch_document(url, Request(policy=AddressPolicy.of(url, allow_private=True))))
    assert is_whole(fetch_document(url, Request(policy=AddressPolicy.typed(url))))


def test_a_remote_repository_is_no_reason_to_read_files(served):
    assert not AddressPolicy.of(served).files
    assert AddressPolicy.of("git+file:../api#openapi.yaml").files


@pytest.mark.parametrize("proxy", [None, ""])
def test_git_connects_to_the_address_that_was_checked_whatever_the_name_means_later(served, proxy, monkeypatch):
    # Nobody else knows this name: what is fetched was fetched from the address that was checked.
    monkeypatch.setattr("monitor.fetch.wire.lookup", lambda *_: ("127.0.0.1",))
    asked = Request(policy=LOCAL, options=ClientOptions(proxy=proxy))
    for host in ("harbour.invalid", "Häfen.invalid"):
        assert is_whole(fetch_document(f"{served.replace('127.0.0.1', host)}#api/openapi.yaml", asked))


@pytest.mark.parametrize("configured", [True, False])
def test_a_remote_repository_behind_a_proxy_is_asked_for_through_it(served, monkeypatch, httpserver, configured: bool):
    proxy = f"http://127.0.0.1:{httpserver.port}"
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid" if configured else proxy)
    asked = Request(policy=AddressPolicy(), options=ClientOptions(proxy=proxy if configured else None))
    # Only the proxy knows this name.
    assert is_whole(fetch_document("git+http://harbour.invalid/repository#api/openapi.yaml", asked))
    assert {request.host for request, _ in httpserver.log} == {"harbour.invalid"}


def test_a_remote_repository_that_no_proxy_is_for_is_asked_for_directly(served, monkeypatch, closed_port):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert is_whole(fetch_document(f"{served}#api/openapi.yaml", Request(policy=LOCAL)))


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "0x7f.1"])
def test_a_proxy_is_asked_for_no_repository_that_is_known_to_be_inside(served, httpserver, host: str):
    options = ClientOptions(proxy=f"http://127.0.0.1:{httpserver.port}")
    with pytest.raises(FetchError) as caught:
        fetch_document(f"git+http://{host}/repository#a.yaml", Request(policy=AddressPolicy(), options=options))
    assert caught.value.category == "blocked"
    assert httpserver.log == []


def test_a_remote_repository_may_be_at_an_ipv6_address():
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        url = f"git+http://[::1]:{listener.getsockname()[1]}/api.git#a.yaml"
        with pytest.raises(FetchError) as caught:
            fetch_document(url, Request(policy=LOCAL, limits=FetchLimits(total=2.0)))
        # Nobody answers, but somebody was asked.
        assert caught.value.category == "time-out"


def test_a_remote_repository_that_wants_a_login_says_so(served):
    with pytest.raises(FetchError) as caught:
        fetch_document(f"{served}#api/openapi.yaml", Request(policy=LOCAL, headers={"Authorization": "wrong"}))
    assert "login" in str(caught.value)
    assert "wrong" not in str(caught.value)


def test_a_remote_repository_that_redirects_is_not_followed(httpserver):
    import re

    away = {"Location": f"http://localhost:{httpserver.port}/other/info/refs"}
    httpserver.expect_request(re.compile("/moved/.*")).respond_with_data(status=301, headers=away)
    with pytest.raises(FetchError) as caught:
        fetch_document(f"git+http://127.0.0.1:{httpserver.port}/moved#a.yaml", Request(policy=LOCAL))
    assert caught.value.category == "http status"
    assert all(request.path.startswith("/moved") for request, _ in httpserver.log)


def test_a_remote_repository_that_is_too_large_is_not_taken(served, repository):
    (repository.path / "film.bin").write_bytes(os.urandom(2_000_000))
    repository.commit()
    url = f"{served}#api/openapi.yaml"
    with pytest.raises(FetchError, match="its newest commit is larger than 1,000,000 bytes") as caught:
        fetch_document(url, Request(policy=LOCAL, limits=FetchLimits(repository=1_000_000)))
    assert caught.value.category == "too large"
    assert is_whole(fetch_document(url, Request(policy=LOCAL, limits=FetchLimits(repository=3_000_000))))


def test_nothing_of_git_goes_on_when_a_remote_repository_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"git+http://127.0.0.1:{listener.getsockname()[1]}/silent#a.yaml"
        with pytest.raises(FetchError) as caught:
            fetch_document(url, Request(policy=LOCAL, limits=FetchLimits(total=1.0)))
        assert caught.value.category == "time-out"
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(10.0)
            while connection.recv(65536):
                pass  # the request, then the end: whoever sent it is gone


def test_a_remote_repository_that_is_silent_is_given_up(raw):
    server = raw(5.0)
    with pytest.raises(FetchError) as caught:
        fetch_document(f"git+{server.url}#a.yaml", Request(policy=LOCAL, limits=FetchLimits(total=0.5)))
    assert caught.value.category == "time-out"
