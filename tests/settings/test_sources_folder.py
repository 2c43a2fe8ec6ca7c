"""Sources in files beside the configuration: read with it, told from it, edited where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigurationError, UnknownSource, UsageError
from monitor.settings import ExtensionSettings, add_source, load, remove_source, rename_source, set_source

MAIN = '[extensions]\nscopes = ["x-a"]\n[[sources]]\nname = "acme"\nurl = "a.json"\n'
MORE = (
    '# Ours.\n[[sources]]\nname = "billing"\nurl = "b.json"\nowner = "payments"\nlabels = { tier = "1", eu = "yes" }\n'
)


@pytest.fixture
def folder(file: Path) -> Path:
    """A configuration with one source of its own and two in files beside it."""
    file.write_text(MAIN)
    folder = file.parent / "sources.d"
    folder.mkdir()
    (folder / "20-payments.toml").write_text(MORE)
    (folder / "10-harbour.toml").write_text('[[sources]]\nname = "harbour"\nurl = "h.json"\nlabels = { tier = "1" }\n')
    (folder / "README.md").write_text("no configuration")
    (folder / ".20-payments.toml.swp.toml").write_text("what an editor leaves")
    return folder


def test_the_files_are_read_in_the_order_of_their_names_behind_the_configuration(file, folder):
    settings = load(file)
    assert [source.name for source in settings.sources] == ["acme", "harbour", "billing"]
    assert settings.sources[2].extensions == ExtensionSettings(scopes=("x-a",))
    assert (settings.sources[2].owner, settings.sources[2].labels) == ("payments", {"tier": "1", "eu": "yes"})


def test_a_mistake_names_the_file_that_it_stands_in(file, folder):
    (folder / "20-payments.toml").write_text('[[sources]]\nname = "billing"\n')
    with pytest.raises(ConfigurationError) as caught:
        load(file)
    assert caught.value.where == f"{folder / '20-payments.toml'}:1"


def test_a_second_source_of_a_name_says_where_the_first_one_is(file, folder):
    (folder / "30-more.toml").write_text('[[sources]]\nname = "billing"\nurl = "x.json"\n')
    with pytest.raises(ConfigurationError) as caught:
        load(file)
    assert caught.value.where == f"{folder / '30-more.toml'}:2"
    assert f"{folder / '20-payments.toml'}:3" in caught.value.what


def test_only_sources_stand_there(file, folder):
    (folder / "30-more.toml").write_text('database = "sqlite:///other.db"\n')
    with pytest.raises(ConfigurationError) as caught:
        load(file)
    assert caught.value.where == f"{folder / '30-more.toml'}:1"


@pytest.mark.parametrize(
    "line", ['owner = " "', "labels = { tier = 1 }", 'labels = { "a=b" = "c" }', 'owner = "a\\nb"']
)
def test_what_is_no_owner_and_no_label_is_told_with_its_line(refusal, file, line):
    assert refusal(f'[[sources]]\nname = "a"\nurl = "b"\n{line}\n').where == f"{file}:4"


def test_a_source_is_edited_in_the_file_that_it_stands_in(file, folder):
    set_source(file, "billing", every="2h")
    assert (folder / "20-payments.toml").read_text() == MORE + 'every = "2h"\n'
    rename_source(file, "billing", "invoices")
    assert load(file).source("invoices").owner == "payments"
    remove_source(file, "invoices")
    assert [source.name for source in load(file).sources] == ["acme", "harbour"]
    assert file.read_text() == MAIN


def test_a_name_is_taken_wherever_it_stands(file, folder):
    with pytest.raises(UsageError, match="harbour"):
        add_source(file, name="harbour", url="x.json")
    with pytest.raises(UsageError, match="harbour"):
        rename_source(file, "acme", "harbour")
    with pytest.raises(UnknownSource, match="harbor"):
        set_source(file, "harbor", every="2h")


def test_sources_are_chosen_by_owner_and_labels(file, folder):
    settings = load(file)
    assert settings.selected(()) == ()
    assert settings.selected((), labels={"tier": "1"}) == ("harbour", "billing")
    assert settings.selected((), labels={"tier": "1", "eu": "yes"}) == ("billing",)
    assert settings.selected(("harbour",), labels={"tier": "1"}) == ("harbour",)
    assert settings.selected((), owner="payments") == ("billing",)
    with pytest.raises(UsageError, match="owner 'nobody' and tier=1"):
        settings.selected((), owner="nobody", labels={"tier": "1"})


def test_a_subscription_may_name_a_source_beside_it_which_is_then_not_taken_away(file, folder):
    subscription = '[[subscriptions]]\nname = "team"\nrecipients = ["a@example.org"]\nsources = ["billing"]\n'
    file.write_text(MAIN + subscription)
    assert load(file).subscriptions[0].sources == ("billing",)
    set_source(file, "acme", every="2h")
    with pytest.raises(ConfigurationError, match="billing"):
        remove_source(file, "billing")
    with pytest.raises(ConfigurationError, match="billing"):
        rename_source(file, "billing", "invoices")
    assert (folder / "20-payments.toml").read_text() == MORE
