"""`specwatch history`, as it is typed: the list in a pipe, the plot on a terminal, the page."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest

from tests.cli.conftest import AFTER, BEFORE

LEGEND = "The height of changes is the square root"


@pytest.fixture
def acme(specwatch, place):
    """A source with two versions, the second of which breaks something."""
    (place / "v").mkdir()
    for day, text in (("2026-01-05", BEFORE), ("2026-02-05", AFTER)):
        (place / "v" / f"{day}T0900_spec.yaml").write_text(text)
    assert specwatch("add", "acme", "https://acme.example/openapi.yaml").code == 0
    assert specwatch("import", "acme", "v").code == 0


def on_a_terminal(place, *arguments: str, width: int, **environment: str) -> str:
    """What the real command writes on a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    env = {name: text for name, text in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    env |= {"TERM": "xterm", "PYTHONIOENCODING": "utf-8", **environment}
    command = [sys.executable, "-m", "monitor", *arguments]
    written = b""
    with subprocess.Popen(command, cwd=place, env=env, stdout=theirs, stderr=theirs, stdin=theirs) as process:
        os.close(theirs)
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not piece:
                break
            written += piece
        assert process.wait(timeout=60) == 0, written
    os.close(ours)
    return written.decode().replace("\r\n", "\n")


@pytest.mark.usefixtures("acme")
def test_a_pipe_gets_the_list_alone_and_the_plot_when_it_is_asked_for(specwatch):
    lines = specwatch("history", "acme", "--today", "2026-03-01").out
    assert LEGEND not in lines
    assert lines == specwatch("history", "acme", "--today", "2026-03-01", "--no-plot").out
    plot = specwatch("history", "acme", "--today", "2026-03-01", "--plot").out
    assert LEGEND in plot
    assert "breaking    ·   █     1 in 1 week\n" in plot
    assert "SEEN" not in plot


@pytest.mark.usefixtures("acme")
def test_a_terminal_shows_the_plot_before_the_list_within_its_width(place):
    text = on_a_terminal(place, "history", "acme", "--today", "2026-03-01", width=72, NO_COLOR="1")
    assert text.index(LEGEND) < text.index("SEEN")
    assert "\x1b" not in text
    assert text.count("2 versions") == 1
    plot = text.partition("NO.")[0]
    assert max(map(len, plot.splitlines())) <= 72
    assert "\x1b[1;31m" in on_a_terminal(place, "history", "acme", "--plot", "--today", "2026-03-01", width=72)


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, {"TERM": "dumb"}])
def test_a_terminal_that_cannot_draw_shows_the_list_alone(place, environment):
    assert LEGEND not in on_a_terminal(place, "history", "acme", "--today", "2026-03-01", width=100, **environment)


@pytest.mark.usefixtures("acme")
def test_the_page_is_printed_whole(specwatch):
    result = specwatch("history", "acme", "--format", "html", "--today", "2026-03-01")
    assert result.code == 0, result.err
    assert result.out.startswith("<!DOCTYPE html>\n")
    assert "<h1>acme at a glance, as of 1 March 2026</h1>" in result.out
    assert '<th scope="row">2026-02-02</th><td>1</td>' in result.out


@pytest.mark.usefixtures("acme")
def test_a_plot_is_of_the_text_alone(specwatch):
    result = specwatch("history", "acme", "--plot", "--format", "json")
    assert result.code == 2
    assert "--format html draws it too" in result.err
