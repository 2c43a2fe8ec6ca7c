"""Packaged data: the one place that knows where templates and migrations are.

In a checkout and an editable install they lie at the root of the repository; in a wheel they travel inside the package,
under `monitor/_data` (pyproject.toml, force-include).
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `templates`, `migrations` or another of `monitor/_data`, wherever it lies.

    Raises FileNotFoundError when the installation is incomplete.
    """
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"specwatch is installed incompletely: its folder {name!r} is missing")


def text(name: str, file: str) -> str:
    """The text of one file of `folder(name)`; `file` is relative to it."""
    return (folder(name) / file).read_text(encoding="utf-8")


def names(name: str, subfolder: str, suffix: str) -> tuple[str, ...]:
    """The files of `subfolder` of `folder(name)` that end with `suffix`, without it, sorted."""
    found = (file.name for file in (folder(name) / subfolder).iterdir() if file.name.endswith(suffix))
    return tuple(sorted(file.removesuffix(suffix) for file in found))
