"""The demo: the same output each time, and exactly the README's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from monitor import resources
from monitor.reading import read, validate

ROOT = Path(__file__).resolve().parents[2]


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitor", "demo", *arguments],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if key != "SPECWATCH_CONFIG"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> tuple[Path, str]:
    """A run as `make demo` does it: the folder it kept, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    result = demo(folder, "--output", "build/demo")
    assert (result.returncode, result.stderr) == (0, "")
    return folder / "build/demo", result.stdout


def test_the_readme_shows_exactly_what_the_demo_prints(kept):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- demo: begin.*?-->\n```console\n(.*?)```\n<!-- demo: end -->", readme, re.DOTALL)
    assert block is not None
    assert block[1] == kept[1]


def test_the_output_is_the_same_each_time(kept, tmp_path):
    assert demo(tmp_path, "--output", "build/demo").stdout == kept[1]
    again = demo(kept[0].parents[1], "--output", "build/demo")
    assert again.stdout == kept[1]


def test_the_digest_is_the_same_bytes_each_time(kept, tmp_path):
    demo(tmp_path, "--output", "build/demo")
    for path in (kept[0] / "digest").iterdir():
        assert (tmp_path / "build/demo/digest" / path.name).read_bytes() == path.read_bytes()


def test_what_is_kept_is_a_folder_to_work_in(kept):
    folder = kept[0]
    assert {path.suffix for path in (folder / "digest").iterdir()} == {".html", ".txt", ".eml"}
    command = [sys.executable, "-m", "monitor", "deprecations", "quayside", "--today", "2026-08-10"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0
    assert result.stdout in kept[1]


def test_everything_that_the_demo_is_for_happens_in_it(kept):
    text = kept[1]
    for words in ("GET /v1/pilots", "early", "in time", "still served", "visitor", "depth_m", "station", "draught_m"):
        assert words in text


def test_the_demo_never_overwrites_a_configuration_of_somebody_else(tmp_path):
    (tmp_path / "specwatch.toml").write_text("# mine\n")
    result = demo(tmp_path, "--output", ".")
    assert result.returncode == 2
    assert (tmp_path / "specwatch.toml").read_text() == "# mine\n"


def test_without_a_folder_nothing_is_left_behind(tmp_path):
    result = demo(tmp_path)
    assert result.returncode == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", sorted((resources.folder("demo") / "versions").iterdir()), ids=lambda path: path.name[:10]
)
def test_every_version_of_the_invented_api_is_valid(path):
    assert validate(read(path.read_bytes(), source=path.name)) == ()
