"""The names of the reports: all there, and loaded only when they are asked for."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys

import pytest

from monitor import report


def test_the_names_for_the_type_checker_are_those_of_the_table():
    tree = ast.parse(inspect.getsource(report))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module != "__future__"]
    named = {
        alias.name: node.module
        for node in imports
        for alias in node.names
        if node.module and node.module.startswith("monitor.report.")
    }
    assert named == {name: f"monitor.report.{module}" for name, module in report._HOME.items()}
    assert report.__all__ == sorted(named)


@pytest.mark.parametrize("name", report.__all__)
def test_every_name_is_there(name):
    assert getattr(report, name).__name__ == name


def test_another_name_is_no_attribute():
    with pytest.raises(AttributeError, match="nonsense"):
        _ = report.nonsense


def test_a_diff_loads_no_template_engine():
    script = (
        "import sys; from monitor.report import diff_json, diff_markdown, diff_text;"
        "heavy = {'jinja2', 'css_inline', 'rich', 'monitor.report.digest', 'monitor.report.view'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
