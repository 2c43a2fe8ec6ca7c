"""Helpers of the command line's tests: the command in this process, and the real one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.cli.app import run

BEFORE = """\
openapi: 3.0.3
info: {title: Lanterns, version: '1'}
paths:
  /v1/lanterns:
    get:
      operationId: list
      parameters:
        - {name: colour, in: query, schema: {type: string}}
      responses:
        '200':
          description: All of them.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Lantern'}
  /v1/lanterns/{id}:
    delete:
      operationId: remove
      deprecated: true
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        '204': {description: Gone.}
components:
  schemas:
    Lantern:
      type: object
      required: [id, lit]
      properties:
        id: {type: string}
        lit: {type: boolean}
"""
AFTER = BEFORE.replace("        lit: {type: boolean}\n", "").replace("required: [id, lit]", "required: [id]")
HARMLESS = BEFORE.replace(
    "        lit: {type: boolean}\n", "        lit: {type: boolean}\n        wick: {type: string}\n"
)


@dataclass(frozen=True)
class Result:
    """What a run left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """An empty folder to stand in, with three versions of a small API; no configuration of the machine's reaches it."""
    monkeypatch.chdir(tmp_path)
    for name in ("SPECWATCH_CONFIG", "SPECWATCH_DEBUG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    versions = {"before": BEFORE, "after": AFTER, "harmless": HARMLESS}
    for name, text in versions.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def specwatch(place, capsys) -> Callable[..., Result]:
    """Runs a command in this process, in `place`; answers what it left behind."""

    def call(*arguments: str) -> Result:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Result(code, captured.out, captured.err)

    return call


@pytest.fixture
def process(place) -> Callable[..., Result]:
    """Runs the real command as a process of its own, in `place`, without a terminal."""

    def call(*arguments: str, env: dict[str, str] | None = None, stdin: str = "") -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "monitor", *map(str, arguments)],
            cwd=place,
            env={**os.environ, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return call
