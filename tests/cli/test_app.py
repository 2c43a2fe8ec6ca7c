"""How a run begins and ends: help, version, exit codes, one message for each error."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys

import pytest

from monitor import __version__
from monitor.cli.app import SECTIONS
from monitor.cli.state import worst_exit

COMMANDS = [entry.name for _, entries in SECTIONS for entry in entries]


def test_the_version_is_told_without_loading_anything_heavy(process):
    script = (
        "import sys; from monitor.cli.app import run; code = run(['--version']);"
        "heavy = {'sqlalchemy', 'httpx', 'rich', 'jinja2', 'deepdiff', 'apscheduler', 'jsonschema_rs', 'alembic',"
        "'openapi_spec_validator', 'monitor.compare', 'monitor.algebra', 'monitor.store'} & set(sys.modules);"
        "assert not heavy, heavy; sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"specwatch {__version__}\n", "")


def test_help_groups_the_commands_by_the_question_they_answer(specwatch):
    help_text = specwatch("--help").out
    for title, entries in SECTIONS:
        assert f"\n{title}\n" in help_text
        for entry in entries:
            assert entry.line.split(",")[0][:30] in help_text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_examples(specwatch, name):
    result = specwatch(name, "--help")
    assert result.code == 0
    assert f"specwatch {name}" in result.out.split("Usage:")[1]
    assert "Example" in result.out


def test_no_argument_at_all_shows_the_help(specwatch):
    result = specwatch()
    assert "specwatch demo" in result.out + result.err


def test_a_slip_of_the_finger_is_wrong_use_with_a_hint(specwatch):
    result = specwatch("dif", "before.yaml", "after.yaml")
    assert result.code == 2
    assert "specwatch diff" in result.err


def test_of_several_outcomes_wrong_use_goes_first_then_failure_then_findings():
    assert worst_exit([0, 1, 3, 2]) == 2
    assert worst_exit([0, 1, 3]) == 3
    assert worst_exit([1, 0]) == 1
    assert worst_exit([]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("check",),
        ("report",),
        ("deprecations",),
        ("history", "acme"),
        ("audit", "acme"),
        ("successor", "acme", "GET /v1/users"),
        ("diff", "acme@latest", "before.yaml"),
        ("digest", "--preview", "there"),
        ("daemon",),
        ("db", "current"),
    ],
)
def test_without_a_configuration_the_error_says_how_to_begin(specwatch, arguments):
    result = specwatch(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert "specwatch add" in result.err


def test_a_mistake_in_the_configuration_names_its_line(specwatch, place):
    (place / "specwatch.toml").write_text('[[sources]]\nname = "acme"\nurl = "x.json"\nevrey = "6h"\n')
    result = specwatch("list")
    assert result.code == 2
    assert "specwatch.toml:4" in result.err
    assert "evrey" in result.err


def test_a_fault_of_ours_is_one_line_that_says_how_to_report_it(specwatch, monkeypatch):
    monkeypatch.setattr("monitor.cli.rules.catalogue", lambda: 1 / 0)
    result = specwatch("rules")
    assert result.code == 3
    assert "fault in specwatch" in result.err
    assert "SPECWATCH_DEBUG=1" in result.err


def test_the_traceback_of_a_fault_is_there_for_whoever_asks(place, monkeypatch, capsys):
    from monitor.cli.app import run

    monkeypatch.setattr("monitor.cli.rules.catalogue", lambda: 1 / 0)
    monkeypatch.setenv("SPECWATCH_DEBUG", "1")
    assert run(["rules"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_error(place):
    for command in ("rules --format json", "diff before.yaml after.yaml", "--version"):
        shell = f"{sys.executable} -m monitor {command} | {{ exec 0<&-; sleep 1; }}; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", shell], cwd=place, capture_output=True, text=True, check=False, timeout=60)
        assert (done.stderr, done.stdout) == ("", "141\n")


def test_ctrl_c_ends_without_a_traceback(place):
    script = (
        "import sys, click, monitor.cli.rules as rules\n"
        "from monitor.cli.app import run\n"
        "def wait():\n"
        "    import time; print('ready', flush=True); time.sleep(60)\n"
        "rules.catalogue = wait\n"
        "sys.exit(run(['rules']))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "Traceback" not in err


def on_a_terminal(arguments: list[str], env: dict[str, str]) -> str:
    """What a command prints when its stdout is a terminal."""
    parent, child = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", *arguments],
        stdout=child,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm-256color", **env},
    ) as running:
        os.close(child)
        chunks: list[bytes] = []
        while True:
            try:
                chunk = os.read(parent, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not chunk:
                break
            chunks.append(chunk)
        running.wait(timeout=60)
    os.close(parent)
    return b"".join(chunks).decode()


def test_colours_are_for_terminals_only(place, process):
    files = ["diff", str(place / "before.yaml"), str(place / "after.yaml")]
    assert "\x1b[" in on_a_terminal(files, {})
    assert "\x1b[" not in process(*files).out
    assert "\x1b[" not in on_a_terminal(files, {"NO_COLOR": "1"})
    assert "\x1b[" not in on_a_terminal(["--plain", *files], {})


def test_a_level_is_a_word_with_and_without_colours(place, process):
    files = ["diff", str(place / "before.yaml"), str(place / "after.yaml")]
    assert "breaking" in on_a_terminal(files, {})
    assert "breaking" in process(*files).out


def test_tables_are_drawn_on_a_terminal_and_aligned_in_a_pipe(place, process):
    drawn = on_a_terminal(["rules"], {"COLUMNS": "120"})
    assert "─" in drawn
    assert "─" not in process("rules").out


def test_rules_explains_one_rule_with_its_reason_and_example(specwatch):
    result = specwatch("rules", "property-became-required")
    assert result.code == 0
    assert "property-became-required" in result.out
    assert json.loads(specwatch("rules", "property-became-required", "--format", "json").out)


def test_an_unknown_rule_is_wrong_use_with_the_nearest(specwatch):
    result = specwatch("rules", "property-become-required")
    assert result.code == 2
    assert "property-became-required" in result.err
