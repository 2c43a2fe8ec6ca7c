"""`specwatch diff --git`: a provider's own pipeline, which must not break the provider's own promise."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

GATE = ("--promise", "incident-io", "--fail-on", "promise-broken")


def lanterns(*operations: str) -> str:
    """A document; `!` behind an operation means deprecated."""
    paths: dict[str, dict[str, object]] = {}
    for text in operations:
        method, path = text.rstrip("!").split(" ")
        node: dict[str, object] = {"responses": {"200": {"description": "Fine."}}}
        if text.endswith("!"):
            node["deprecated"] = True
        paths.setdefault(path, {})[method.lower()] = node
    return json.dumps({"openapi": "3.0.3", "info": {"title": "Lanterns", "version": "1"}, "paths": paths}, indent=1)


class Repository:
    """A repository in the folder one stands in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, day: str = "2026-01-01") -> str:
        who = {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": f"{day}T12:00:00+00:00"}
        people = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
        environment = {**os.environ, **people, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", "-C", str(self.path), *arguments]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, day: str, text: str, *, file: str = "openapi.json") -> str:
        target = self.path / file
        target.parent.mkdir(exist_ok=True)
        target.write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=A change", day=day)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(place) -> Repository:
    """`GET /v1/b` is flagged on 10 March 2026, eight months after the version before."""
    made = Repository(place)
    made.commit("2025-07-01", lanterns("GET /v1/a", "GET /v1/b"))
    made.commit("2026-03-10", lanterns("GET /v1/a", "GET /v1/b!"))
    return made


@pytest.fixture
def gate(specwatch) -> Callable[..., object]:
    """The command of the pipeline."""

    def run(span: str = "main..HEAD", *more: str):
        return specwatch("diff", "--git", span, "--path", "openapi.json", *(more or GATE))

    return run


def remove_on(repository: Repository, day: str) -> None:
    """A branch that removes what was flagged."""
    repository.git("checkout", "--quiet", "-b", "removal")
    repository.commit(day, lanterns("GET /v1/a"))


def test_a_removal_two_months_after_the_flag_fails_and_names_the_day_from_which_it_may_go(repository, gate):
    remove_on(repository, "2026-05-10")
    result = gate()
    assert result.code == 1
    said = " ".join(result.out.split())
    assert "broken: incident.io promises 3 months from deprecation to removal;" in said
    assert "it may go from 2026-06-11 on, and was gone by 2026-05-10." in said


def test_a_removal_four_months_after_the_flag_passes(repository, gate):
    remove_on(repository, "2026-07-10")
    result = gate()
    assert result.code == 0
    assert "the window ended on 2026-06-10" in " ".join(result.out.split())


@pytest.mark.parametrize(("day", "code"), [("2026-06-10", 1), ("2026-06-11", 0)])
def test_the_last_day_of_the_window_is_part_of_it(repository, gate, day, code):
    remove_on(repository, day)
    assert gate().code == code


def test_what_was_never_flagged_fails(repository, gate):
    repository.git("checkout", "--quiet", "-b", "removal")
    repository.commit("2026-07-10", lanterns("GET /v1/b!"))
    result = gate()
    assert result.code == 1
    assert "this was not deprecated before" in " ".join(result.out.split())


def test_what_was_flagged_and_removed_on_the_way_is_judged_where_it_went(repository, gate):
    base = repository.git("rev-parse", "HEAD~1")
    repository.commit("2026-07-10", lanterns("GET /v1/a"))
    assert gate(f"{base}..HEAD").code == 0
    assert gate(f"{base}..").code == 0


def test_the_flag_counts_from_where_it_was_published_although_the_branch_is_older(repository, gate):
    repository.git("checkout", "--quiet", "-b", "removal", "HEAD~1")
    repository.commit("2026-04-10", lanterns("GET /v1/a"))
    assert gate("main..removal").code == 1
    repository.commit("2026-07-10", lanterns("GET /v1/a") + "\n")
    assert gate("main..removal").code == 0


def test_a_flag_that_was_taken_back_counts_anew(repository, gate):
    repository.commit("2026-04-01", lanterns("GET /v1/a", "GET /v1/b"))
    repository.commit("2026-06-01", lanterns("GET /v1/a", "GET /v1/b!"))
    remove_on(repository, "2026-07-10")
    result = gate()
    assert result.code == 1
    assert "2026-09-02" in result.out


def test_a_version_that_cannot_be_read_is_passed_over(repository, gate):
    repository.commit("2026-04-01", "{ half a docum")
    repository.commit("2026-04-02", lanterns("GET /v1/a", "GET /v1/b!"))
    remove_on(repository, "2026-07-10")
    assert gate().code == 0


def test_a_file_below_a_folder_is_found(repository, specwatch):
    repository.commit("2026-04-01", lanterns("GET /v1/a"), file="api/v1.json")
    repository.commit("2026-04-02", lanterns(), file="api/v1.json")
    assert specwatch("diff", "--git", "HEAD~1..HEAD", "--path", "api/v1.json", *GATE).code == 1


def test_the_names_of_the_sides_say_which_revisions_they_are(repository, gate):
    remove_on(repository, "2026-07-10")
    document = json.loads(gate("main..", "--format", "json").out)
    assert (document["before"]["source"], document["after"]["source"]) == ("main:openapi.json", "HEAD:openapi.json")


def test_without_a_promise_there_is_nothing_to_break(repository, gate, specwatch):
    remove_on(repository, "2026-05-10")
    result = gate("main..HEAD", "--fail-on", "promise-broken")
    assert (result.code, result.out) == (2, "")
    assert "--promise" in result.err
    assert specwatch("diff", "before.yaml", "after.yaml", "--fail-on", "promise-broken").code == 2
    assert specwatch("diff", "before.yaml", "after.yaml", *GATE).code == 1
    assert specwatch("diff", "before.yaml", "harmless.yaml", *GATE).code == 0


def test_a_shallow_clone_does_not_know_since_when_and_says_so(repository, specwatch, place, monkeypatch):
    remove_on(repository, "2026-05-10")
    clone = place / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth=2", f"file://{place}", str(clone)], check=True)
    monkeypatch.chdir(clone)
    result = specwatch("diff", "--git", "HEAD~1..HEAD", "--path", "openapi.json", *GATE)
    assert result.code == 2
    assert "fetch-depth: 0" in result.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--git", "main..HEAD"), "--path FILE"),
        (("--path", "openapi.json"), "--git"),
        (("--git", "main..HEAD", "--path", "openapi.json", "before.yaml"), "both sides"),
        (("--git", "main", "--path", "openapi.json"), "REV1..REV2"),
        (("--git", "main...HEAD", "--path", "openapi.json"), "REV1..REV2"),
        (("--git", "nowhere..HEAD", "--path", "openapi.json"), "no commit 'nowhere'"),
        (("--git", "--all..HEAD", "--path", "openapi.json"), "no commit '--all'"),
        (("--git", "main..HEAD", "--path", "nothing.json"), "'nothing.json' is no file"),
        (("--git", "main..HEAD", "--path", "."), "is no file"),
        (("before.yaml",), "two documents"),
        ((), "two documents"),
    ],
)
def test_wrong_use_says_what_is_wrong(repository, specwatch, arguments, words):
    result = specwatch("diff", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in " ".join(result.err.split())


def test_outside_of_a_repository_it_is_wrong_use(specwatch):
    result = specwatch("diff", "--git", "main..HEAD", "--path", "before.yaml")
    assert result.code == 2
    assert "not a git repository" in result.err
