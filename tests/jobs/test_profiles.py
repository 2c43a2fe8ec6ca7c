"""A source names its profiles by a shipped name or by a file of its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import resources
from monitor.errors import UsageError
from monitor.jobs.profiles import load_profiles, profiles_of
from monitor.ledger import Confirmation
from monitor.settings import SourceSettings


def test_shipped_profiles_are_known_by_name() -> None:
    profiles = load_profiles("strict", "incident-io")
    assert (profiles.client.name, profiles.promise_name, profiles.window_months) == ("strict", "incident-io", 3)


def test_without_a_promise_there_is_no_window() -> None:
    profiles = load_profiles("codegen", None)
    assert (profiles.promise_name, profiles.window_months, profiles.version_pattern) == (None, None, None)


def test_an_own_file_is_found_from_the_folder_and_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "harbour.toml").write_text(resources.text("demo", "quayside.toml"), encoding="utf-8")
    profiles = load_profiles("strict", "./harbour.toml", folder=tmp_path)
    assert profiles.promise_name == "harbour"


def test_the_digest_changes_with_what_a_profile_says_and_with_nothing_else(tmp_path: Path) -> None:
    text = resources.text("demo", "quayside.toml")
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    first = load_profiles("strict", "a.toml", folder=tmp_path).digest
    assert load_profiles("strict", "a.toml", folder=tmp_path).digest == first
    assert load_profiles("codegen", "a.toml", folder=tmp_path).digest != first
    (tmp_path / "a.toml").write_text(text.replace("window_months = 3", "window_months = 4"), encoding="utf-8")
    assert load_profiles("strict", "a.toml", folder=tmp_path).digest != first


@pytest.mark.parametrize("word", ["stirct", "./nowhere.toml"])
def test_what_is_not_there_is_wrong_use(word: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_profiles(word, None, folder=tmp_path)
    assert word.removeprefix("./") in str(caught.value)


def test_a_source_that_says_nothing_of_it_confirms_as_the_ledger_does(tmp_path):
    profiles = profiles_of(SourceSettings("acme", "openapi.json"), tmp_path)
    assert profiles.confirmation == Confirmation()
    own = SourceSettings("acme", "openapi.json", confirm_after=timedelta(hours=6), confirm_checks=2)
    assert profiles_of(own, tmp_path).confirmation == Confirmation(timedelta(hours=6), 2)
