"""Versions of a file in real git histories."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import UsageError
from monitor.fetch.git import endpoints, versions
from monitor.reading import Limits

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


class Repository:
    """A repository whose commits are a day apart, beginning with 2 January 2026."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.day = 1
        path.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, day: int | None = None, author: str = "2020-05-05T05:05:05+05:00") -> str:
        when = f"2026-01-{day or self.day:02}T10:00:00+02:00"
        who = {"NAME": "Ada", "EMAIL": "ada@example.org"}
        people = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
        environment = {
            **os.environ,
            **people,
            "GIT_AUTHOR_DATE": author,
            "GIT_COMMITTER_DATE": when,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        command = ["git", "-C", str(self.path), *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, *, day: int | None = None) -> str:
        self.day = day or self.day + 1
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=A change")
        return self.git("rev-parse", "HEAD")

    def write(self, name: str, data: str | bytes, *, day: int | None = None) -> str:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return self.commit(day=day)

    def texts(self, name: str) -> list[str]:
        return [version.data.decode() for version in versions(self.path, name)]


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "repository")


def refused(path: Path, file: str) -> str:
    with pytest.raises(UsageError) as caught:
        versions(path, file)
    return str(caught.value)


def at(day: int) -> datetime:
    return datetime(2026, 1, day, 8, 0, tzinfo=UTC)


def test_every_version_comes_oldest_first_with_commit_and_the_committer_s_date_in_utc(repository):
    commits = [repository.write("openapi.json", text) for text in ("one", "two", "three")]
    found = list(versions(repository.path, "openapi.json"))
    assert [version.data for version in found] == [b"one", b"two", b"three"]
    assert [version.commit for version in found] == commits
    assert [version.at for version in found] == [at(2), at(3), at(4)]


def test_commits_that_do_not_touch_the_file_give_no_version(repository):
    repository.write("openapi.json", "one")
    repository.write("other.json", "x")
    repository.commit()
    repository.write("openapi.json", "two")
    assert repository.texts("openapi.json") == ["one", "two"]


def test_bytes_come_as_they_are(repository):
    data = b"\xef\xbb\xbf{}\r\n\x00\xff\n\n"
    repository.write("openapi.json", data)
    assert [version.data for version in versions(repository.path, "openapi.json")] == [data]


def test_a_file_that_was_renamed_is_followed(repository):
    body = "".join(f"line {number}\n" for number in range(50))
    repository.write("old/api.json", body + "one")
    repository.write("old/api.json", body + "two")
    repository.git("mv", "old/api.json", "openapi.json")
    repository.write("openapi.json", body + "three")
    repository.write("openapi.json", body + "four")
    assert [text[len(body) :] for text in repository.texts("openapi.json")] == ["one", "two", "three", "four"]


def test_a_file_that_was_removed_and_added_again_has_both_lives(repository):
    repository.write("openapi.json", "one")
    (repository.path / "openapi.json").unlink()
    repository.commit()
    repository.write("openapi.json", "two")
    found = list(versions(repository.path, "openapi.json"))
    assert [(version.data, version.at) for version in found] == [(b"one", at(2)), (b"two", at(4))]


def test_a_file_that_is_gone_still_has_its_history(repository):
    repository.write("openapi.json", "one")
    (repository.path / "openapi.json").unlink()
    repository.commit()
    assert repository.texts("openapi.json") == ["one"]


@pytest.mark.parametrize(
    "name", ["Verträge/öffentlich ☃.json", 'a "b" c.json', "a\tb\n:c.json", ":(exclude)*.json", "*.json"]
)
def test_a_path_may_hold_any_sign(repository, name):
    repository.write("decoy.json", "no")
    repository.write(name, "one")
    repository.write(name, "two")
    assert repository.texts(name) == ["one", "two"]


def test_a_merge_is_one_version_and_what_happened_on_the_branch_is_not_told(repository):
    repository.write("openapi.json", "one")
    repository.git("switch", "--quiet", "--create", "branch")
    repository.write("openapi.json", "half")
    repository.write("openapi.json", "two")
    repository.git("switch", "--quiet", "main")
    repository.write("other.json", "x")
    repository.day += 1
    repository.git("merge", "--quiet", "--no-ff", "--message=Merge", "branch")
    found = list(versions(repository.path, "openapi.json"))
    assert [(version.data, version.at) for version in found] == [(b"one", at(2)), (b"two", at(6))]


def test_a_rename_that_came_with_a_merge_is_followed(repository):
    body = "".join(f"line {number}\n" for number in range(50))
    repository.write("api.json", body)
    repository.git("switch", "--quiet", "--create", "branch")
    repository.git("mv", "api.json", "openapi.json")
    repository.commit()
    repository.git("switch", "--quiet", "main")
    repository.write("other.json", "x")
    repository.git("merge", "--quiet", "--no-ff", "--message=Merge", "branch")
    assert repository.texts("openapi.json") == [body, body]


def test_a_clock_that_ran_backwards_does_not_disturb_the_order_of_dates(repository):
    repository.write("openapi.json", "one", day=10)
    repository.write("openapi.json", "two", day=5)
    repository.write("openapi.json", "three", day=20)
    assert [version.at for version in versions(repository.path, "openapi.json")] == [at(5), at(10), at(20)]


def test_versions_of_the_same_second_keep_the_order_of_the_history(repository):
    for text in ("one", "two", "three"):
        repository.write("openapi.json", text, day=3)
    assert repository.texts("openapi.json") == ["one", "two", "three"]


def test_a_bare_repository_and_a_folder_of_a_work_tree_will_do(repository, tmp_path):
    repository.write("specs/openapi.json", "one")
    repository.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert [version.data for version in versions(tmp_path / "bare.git", "specs/openapi.json")] == [b"one"]
    assert [version.data for version in versions(repository.path / "specs", "openapi.json")] == [b"one"]


def test_the_configuration_of_the_reader_does_not_disturb(repository):
    body = "x\n" * 50
    repository.write("api.json", body)
    repository.git("mv", "api.json", "openapi.json")
    repository.commit()
    for key, value in {
        "log.showSignature": "true",
        "log.diffMerges": "separate",
        "diff.renames": "false",
        "log.date": "relative",
        "color.ui": "always",
        "core.quotePath": "true",
        "core.abbrev": "4",
        "format.pretty": "fuller",
    }.items():
        repository.git("config", key, value)
    assert repository.texts("openapi.json") == [body, body]


def test_a_git_hook_that_runs_us_does_not_turn_us_to_its_own_repository(repository, tmp_path, monkeypatch):
    repository.write("openapi.json", "one")
    Repository(tmp_path / "elsewhere")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere" / ".git"))
    assert [version.data for version in versions(repository.path, "openapi.json")] == [b"one"]


def test_reading_may_end_early(repository):
    for number in range(20):
        repository.write("openapi.json", f"{number}" * 200_000)
    found = versions(repository.path, "openapi.json")
    assert next(found).data == b"0" * 200_000
    found.close()  # type: ignore[attr-defined]


def test_a_version_beyond_the_limit_is_cut_for_the_reader_to_refuse_and_the_next_is_whole(repository):
    limit = Limits().bytes
    repository.write("openapi.json", b"x" * (limit + 5_000_000))
    repository.write("openapi.json", "two")
    assert [len(version.data) for version in versions(repository.path, "openapi.json")] == [limit + 1, 3]


def test_no_repository_is_wrong_use(tmp_path):
    assert "not a git repository" in refused(tmp_path, "openapi.json")


def test_no_folder_is_wrong_use(tmp_path):
    assert "there is no such folder" in refused(tmp_path / "nowhere", "openapi.json")


def test_a_repository_without_commits_is_wrong_use(repository):
    assert "git cannot read its history" in refused(repository.path, "openapi.json")


def test_a_file_that_never_was_is_wrong_use(repository):
    repository.write("openapi.json", "one")
    assert "'openapi.yaml' is in no commit of HEAD" in refused(repository.path, "openapi.yaml")


@pytest.mark.parametrize("name", ["specs", "specs/", ".", ""])
def test_a_folder_is_wrong_use(repository, name):
    repository.write("specs/openapi.json", "one")
    assert "this is a folder" in refused(repository.path, name)


def test_a_folder_is_wrong_use_also_from_within_the_work_tree(repository):
    repository.write("a/specs/openapi.json", "one")
    assert "this is a folder" in refused(repository.path / "a", "specs")
    assert "this is a folder" in refused(repository.path, str(repository.path / "a"))


def test_a_file_outside_the_repository_is_wrong_use(repository, tmp_path):
    repository.write("openapi.json", "one")
    assert "git cannot read its history" in refused(repository.path, str(tmp_path / "other.json"))


def test_a_symbolic_link_is_told_apart_from_a_file(repository):
    repository.write("specs/openapi.json", "one")
    (repository.path / "openapi.json").symlink_to("specs/openapi.json")
    repository.commit()
    assert "name the file that it leads to" in refused(repository.path, "openapi.json")


def test_without_git_it_is_said_so(repository, monkeypatch):
    monkeypatch.setenv("PATH", str(repository.path))
    assert "git is not installed" in refused(repository.path, "openapi.json")


def test_a_repository_with_a_lost_object_names_the_commit(repository):
    commit = repository.write("openapi.json", "one")
    blob = repository.git("rev-parse", "HEAD:openapi.json")
    (repository.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(UsageError, match=commit[:12]):
        list(versions(repository.path, "openapi.json"))


TREE = {
    "api/openapi.yaml": "openapi: 3.0.3\npaths: {}\ncomponents: {schemas: {Boat: {$ref: models/boat.yaml}}}\n",
    "api/models/boat.yaml": "properties: {crew: {$ref: crew.yaml}}\n",
    "api/models/crew.yaml": "type: string\n",
}


def test_a_document_of_several_files_has_a_version_whenever_one_of_them_changes(repository):
    for name, text in TREE.items():
        (repository.path / name).parent.mkdir(parents=True, exist_ok=True)
        (repository.path / name).write_text(text)
    first = repository.commit()
    repository.write("api/readme.md", "Nothing of the document.")
    second = repository.write("api/models/crew.yaml", "type: integer\n")
    repository.write("api/models/other.yaml", "type: integer\n")
    found = list(versions(repository.path, "api/openapi.yaml"))
    assert [version.commit for version in found] == [first, second]
    assert b'"integer"' in found[1].data
    assert found[1].data.count(b"$ref") == 1
    assert list(versions(repository.path / "api", "openapi.yaml")) == found


def test_a_commit_in_which_a_part_is_missing_is_told_and_the_next_one_counts(repository):
    for name, text in TREE.items():
        (repository.path / name).parent.mkdir(parents=True, exist_ok=True)
        (repository.path / name).write_text(text)
    crew = repository.path / "api/models/crew.yaml"
    crew.unlink()
    broken = repository.commit()
    repository.write("api/models/crew.yaml", "type: string\n")
    failed, good = versions(repository.path, "api/openapi.yaml")
    assert failed.commit == broken
    assert "crew.yaml" in str(failed.error)
    assert good.error is None


def test_both_ends_of_a_range_come_with_their_parts(repository):
    for name, text in TREE.items():
        (repository.path / name).parent.mkdir(parents=True, exist_ok=True)
        (repository.path / name).write_text(text)
    repository.commit()
    repository.write("api/models/crew.yaml", "type: integer\n")
    ends = endpoints(repository.path, "api/openapi.yaml", "HEAD~1", "HEAD")
    assert b'"string"' in ends.before.data
    assert b'"integer"' in ends.after.data
