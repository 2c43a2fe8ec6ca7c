"""The repository holds together: what is there is documented, what is documented is there, and the wheel is whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

from monitor.cli.app import SECTIONS

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = [entry for _, entries in SECTIONS for entry in entries]
COMMANDS_BY_NAME = {entry.name: entry for entry in COMMANDS}
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_is_in_the_readme(entry):
    assert re.search(rf"specwatch {entry.name}\b", read("README.md"))


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_command_has_an_example_in_its_help(entry):
    assert f"specwatch {entry.name}" in (entry.load().help or "")


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_the_line_in_the_table_is_the_first_of_the_command_s_own_help(entry):
    def words(text: str) -> set[str]:
        return set(re.findall(r"[a-z]+", text.lower()))

    own = (entry.load().help or "").split("\n\n")[0]
    assert words(entry.line) & words(own) - {"the", "a", "and", "of", "it"}


def test_every_runtime_dependency_has_its_reason_on_the_page_of_parts():
    page = read("docs/adr/0002-parts.md").lower()
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = [
        *project["dependencies"],
        *(line for lines in project["optional-dependencies"].values() for line in lines),
    ]
    names = {re.split(r"[\[<>=; ]", line)[0].lower() for line in wanted}
    aliases = {"psycopg": "psycopg 3", "apscheduler": "apscheduler"}
    assert not {name for name in names if aliases.get(name, name) not in page}


def test_every_folder_of_the_package_is_drawn_in_the_architecture():
    page = read("docs/ARCHITECTURE.md")
    folders = [path.name for path in (ROOT / "monitor").iterdir() if (path / "__init__.py").exists()]
    assert not [name for name in folders if f"`monitor/{name}" not in page]


def test_every_layer_that_the_linter_holds_is_drawn_in_the_architecture():
    page = read("docs/ARCHITECTURE.md")
    layers = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]["layers"]
    names = [name.strip() for layer in layers for name in layer.split("|")]
    assert not [name for name in names if f"monitor/{name}" not in page]


def test_decisions_are_numbered_without_a_gap():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/adr").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert not [target for target in local if not (page.parent / target).exists()]


@pytest.mark.parametrize("target", ["demo", "test", "bench", "lint"])
def test_make_knows_the_targets_that_people_are_told_of(target):
    assert re.search(rf"^{target}:", read("Makefile"), re.MULTILINE)


def test_the_image_copies_what_there_is_and_runs_without_root():
    lines = read("Containerfile").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line]
    assert not [name for names in copied for name in names if not (ROOT / name).exists()]
    kept = {line[1:] for line in read(".containerignore").splitlines() if line.startswith("!")}
    assert kept == {name.removeprefix("./") for names in copied for name in names}
    user = [line.split()[1] for line in lines if line.startswith("USER")][-1]
    assert user not in ("0", "root")
    bases = [line.split()[1] for line in lines if line.startswith("FROM")]
    assert not [base for base in bases if ":" not in base.rpartition("/")[2] or base.endswith(":latest")]


def test_hadolint_finds_nothing_wrong_with_the_containerfile():
    linter = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if linter is None:
        pytest.skip("hadolint is not installed")
    run = subprocess.run([linter, "Containerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.stdout + run.stderr, run.returncode) == ("", 0)


UNITS = sorted((ROOT / "examples").glob("*.service"), key=lambda path: path.name)


def is_a_command(words: list[str]) -> bool:
    """Whether the words after `specwatch` are a command, and each of its options is one."""
    (name, *given) = [word for word in words if word != "--config" and not word.endswith(".toml")]
    entry = COMMANDS_BY_NAME[name]
    options = {name for parameter in entry.load().params for name in parameter.opts}
    return {word for word in given if word.startswith("--")} <= options


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_as_nobody_in_particular(path):
    unit = path.read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    assert is_a_command(command.split()[1:])
    for line in ("DynamicUser=yes", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict"):
        assert re.search(rf"^{line}$", unit, re.MULTILINE)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_finds_nothing_wrong_with_a_unit(path, tmp_path):
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    there = tmp_path / path.name.replace("@.", "@1.")  # an instance; and with a program that is there
    there.write_text(re.sub(r"(?<=^ExecStart=)\S+", sys.executable, path.read_text(), flags=re.MULTILINE))
    done = subprocess.run([verify, "verify", there], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_compose_starts_are_commands_without_rights_and_one_has_a_database():
    services = yaml.safe_load(read("examples/compose.yaml"))["services"]
    assert services.keys() == {"postgresql", "upgrade", "scheduler", "worker"}
    for name, service in services.items():
        if name == "postgresql":
            continue
        assert is_a_command(service["command"])
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["environment"]["SPECWATCH_DATABASE"].startswith("postgresql://")
    assert services["scheduler"]["command"] == ["daemon", "--queue"]
    (drain,) = [
        services["worker"]["command"][at + 1]
        for at, word in enumerate(services["worker"]["command"])
        if word == "--drain"
    ]
    assert int(services["worker"]["stop_grace_period"].removesuffix("s")) > int(drain)


def test_continuous_integration_runs_what_a_person_runs():
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return next(folder.glob("specwatch-*.whl"))


@pytest.mark.slow
def test_the_wheel_carries_everything_that_is_read_at_run_time(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    data = [path for path in (ROOT / "monitor/_data").rglob("*") if path.is_file()]
    wanted = {str(path.relative_to(ROOT)) for path in data}
    for folder in ("migrations", "templates"):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert files
        wanted |= {f"monitor/_data/{path.relative_to(ROOT)}" for path in files}
    assert not wanted - inside
    assert not [name for name in inside if name.startswith(("tests/", "docs/")) or name.endswith(".pyc")]


@pytest.mark.slow
def test_the_wheel_in_an_empty_environment_runs_the_demo_outside_the_checkout(wheel, tmp_path):
    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty/bin/python"
    environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)]
    installed = subprocess.run(install, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert installed.returncode == 0, installed.stderr
    away = tmp_path / "away"
    away.mkdir()
    command = [str(tmp_path / "empty/bin/specwatch"), "demo", "--output", str(away / "demo")]
    result = subprocess.run(
        command, cwd=away, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "GET /v1/pilots" in result.stdout
    assert {path.suffix for path in (away / "demo").rglob("*")} >= {".html", ".txt", ".eml", ".db", ".toml"}
