"""Helpers of the configuration's tests: a file with a text, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.errors import ConfigurationError
from monitor.settings import Settings, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the configuration lies; it is not written yet."""
    return tmp_path / "specwatch.toml"


@pytest.fixture
def settings_of(file: Path) -> Callable[[str], Settings]:
    """Writes a text and loads it."""

    def load_text(text: str) -> Settings:
        file.write_text(text, encoding="utf-8")
        return load(file)

    return load_text


@pytest.fixture
def refusal(settings_of: Callable[[str], Settings]) -> Callable[[str], ConfigurationError]:
    """Writes a text and answers the error that loading it ends with."""

    def refuse(text: str) -> ConfigurationError:
        with pytest.raises(ConfigurationError) as caught:
            settings_of(text)
        return caught.value

    return refuse
