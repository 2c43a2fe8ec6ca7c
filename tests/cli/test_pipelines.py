"""What teams run in their own pipelines: the shell of the action, of the examples and of the hook, run for real.

Each runs in a git repository, with the variables that GitHub and GitLab set.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.cli.diff import diff_command

ROOT = Path(__file__).resolve().parents[2]
GIT = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


@dataclass
class Job:
    """What a job left behind."""

    code: int
    log: str
    summary: str
    outputs: dict[str, str]


@dataclass
class Repository:
    """A git repository with a branch `origin/main` and a commit on top of it, and a runner's folders."""

    path: Path
    environment: dict[str, str]

    def git(self, *words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=self.path, env=self.environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    def shell(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """As GitHub runs `shell: bash`."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.path,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def action(self, *, base_ref: str = "", **inputs: str) -> Job:
        """The steps of action.yml with these inputs."""
        action = read("action.yml")
        given = {name.replace("_", "-"): text for name, text in inputs.items()}
        values = {name: given.get(name, each.get("default")) for name, each in action["inputs"].items()}
        files = {name: self.path.parent / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        code, log = 0, ""
        for step in action["runs"]["steps"]:
            assert "${{" not in step["run"]
            variables = {name: _expand(text, values) for name, text in step["env"].items()}
            places = {name: str(file) for name, file in files.items()}
            done = self.shell(step["run"], GITHUB_BASE_REF=base_ref, GITHUB_ACTIONS="true", **places, **variables)
            code, log = done.returncode, log + done.stdout + done.stderr
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines())
        return Job(code, log, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"), outputs)


def _expand(text: str, inputs: dict[str, str]) -> str:
    """An expression of the action: an input, or where the action lies."""
    name = re.fullmatch(r"\$\{\{ (?:inputs\.([a-z-]+)|github\.action_path) \}\}", text)
    assert name, text
    return inputs[name[1]] if name[1] else str(ROOT)


@pytest.fixture
def repository(place, tmp_path_factory) -> Repository:
    tools = tmp_path_factory.mktemp("tools")
    command = tools / "specwatch"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m monitor "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    temporary = tmp_path_factory.mktemp("runner")
    checkout = temporary / "checkout"
    checkout.mkdir()
    environment = {
        **os.environ,
        **GIT,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "RUNNER_TEMP": str(temporary),
    }
    made = Repository(checkout, environment)
    made.git("init", "--quiet", "--initial-branch=change")
    for name in ("before", "after"):
        (checkout / "openapi.yaml").write_bytes((place / f"{name}.yaml").read_bytes())
        made.git("add", "openapi.yaml")
        made.git("commit", "--quiet", "-m", name)
        if name == "before":
            made.git("update-ref", "refs/remotes/origin/main", "HEAD")
    (checkout / "published.yaml").write_bytes((place / "before.yaml").read_bytes())
    return made


# --- the action ---


@pytest.mark.parametrize(
    "given",
    [{"base_ref": "main"}, {}, {"base": "HEAD~1"}, {"published": "published.yaml"}],
    ids=["a pull request", "a push", "a revision", "a published document"],
)
def test_the_action_tells_what_breaks_at_its_line_and_in_the_summary_and_fails(repository, given):
    job = repository.action(document="openapi.yaml", **given)
    assert job.code == 1, job.log
    (error,) = [line for line in job.log.splitlines() if line.startswith("::error ")]
    assert error.startswith("::error file=openapi.yaml,line=28,title=required-property-removed ")
    assert job.summary.startswith("# What changed\n")
    assert "**breaking** The property `lit`" in job.summary
    assert job.outputs["exit-code"] == "1"
    assert Path(job.outputs["markdown"]).read_text(encoding="utf-8") == job.summary


def test_the_action_writes_sarif_and_a_page_beside_it(repository):
    job = repository.action(document="openapi.yaml", base_ref="main", sarif="out.sarif", html="out.html")
    assert job.code == 1
    log = json.loads((repository.path / "out.sarif").read_text(encoding="utf-8"))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "openapi.yaml"}, "region": {"startLine": 28}}
    assert (repository.path / "out.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_action_fails_on_what_it_is_told_to(repository):
    assert repository.action(document="openapi.yaml", base_ref="main", fail_on="nothing").code == 0
    (repository.path / "promise.toml").write_text(_promise(), encoding="utf-8")
    broken = repository.action(
        document="openapi.yaml", base_ref="main", promise="./promise.toml", fail_on="promise-broken"
    )
    assert broken.code == 1, broken.log
    repository.shell("specwatch diff published.yaml openapi.yaml --write-baseline accepted")
    assert repository.action(document="openapi.yaml", base_ref="main", baseline="accepted").code == 0


def test_the_action_passes_over_what_is_not_used(repository):
    other = repository.action(document="openapi.yaml", base_ref="main", uses="/v1/other/**\nDELETE /v1/lanterns/*\n")
    assert other.code == 0, other.log
    assert "specwatch: Yours: 0 breaking" in other.log
    assert "::error " not in other.log
    assert "**Yours: 0 breaking" in other.summary
    used = repository.action(document="openapi.yaml", base_ref="main", uses="GET /v1/lanterns\n/v1/other/**")
    assert used.code == 1
    assert "specwatch: Yours: 1 breaking" in used.log


def _promise() -> str:
    from monitor import resources

    return resources.text("profiles", "promises/incident-io.toml")


def test_the_action_says_what_it_cannot_compare(repository):
    job = repository.action(document="missing.yaml", base_ref="main")
    assert job.code == 2
    assert "missing.yaml" in job.log
    assert job.summary == ""
    assert job.outputs["exit-code"] == "2"


def test_no_input_of_the_action_becomes_part_of_its_shell(repository):
    evil = "x$(touch owned)`touch owned`;touch owned"
    for name in ("document", "published", "base", "promise", "baseline", "uses", "fail_on"):
        repository.action(**{"document": "openapi.yaml", "base_ref": "main", name: evil})
    repository.action(document="openapi.yaml", base_ref=evil)
    assert not (repository.path / "owned").exists()


# --- the hook and the examples ---


def test_the_hook_runs_as_the_example_configures_it(repository):
    (hook,) = read(".pre-commit-hooks.yaml")
    (used,) = read("examples/pre-commit/.pre-commit-config.yaml")["repos"][0]["hooks"]
    assert used["id"] == hook["id"]
    assert re.search(hook["files"], "docs/openapi.yaml")
    assert not re.search(hook["files"], "src/openapi.py")
    words = [*shlex.split(hook["entry"]), *used["args"]]
    command = shlex.join("published.yaml" if "://" in word else word for word in words)
    done = repository.shell(command)
    assert done.returncode == 1
    assert done.stdout.startswith("published.yaml:30:9: breaking: ")


def test_the_job_for_gitlab_leaves_a_list_of_tests_and_a_page(repository):
    job = read("examples/gitlab/.gitlab-ci.yml")["openapi"]
    (script,) = job["script"]
    done = repository.shell(script, CI_MERGE_REQUEST_DIFF_BASE_SHA=repository.git("rev-parse", "HEAD~1"))
    assert done.returncode == 1, done.stderr
    for name in (job["artifacts"]["reports"]["junit"], *job["artifacts"]["paths"]):
        assert (repository.path / name).stat().st_size


def test_the_workflow_of_the_example_gives_the_action_inputs_that_it_has():
    steps = read("examples/github/openapi.yml")["jobs"]["specwatch"]["steps"]
    (used,) = [step for step in steps if "specwatch@" in step["uses"]]
    assert set(used["with"]) <= set(read("action.yml")["inputs"])


def test_the_action_names_every_level_that_the_command_fails_on():
    (option,) = [each for each in diff_command.params if each.name == "fail_on"]
    said = read("action.yml")["inputs"]["fail-on"]["description"]
    assert all(choice in said for choice in option.type.choices)
