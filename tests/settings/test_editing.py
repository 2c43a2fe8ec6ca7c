"""The commands edit the configuration: what a person wrote stays, and a file is never left half-written."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ConfigurationError, UnknownSource, UsageError
from monitor.settings import (
    add_source,
    load,
    remove_source,
    rename_source,
    restored_on_error,
    set_source,
)

WRITTEN = """\
# ours, do not touch
database = "sqlite:///x.db"  # not the usual one

# the first
[[sources]]
name = "a"  # one
  url = "a.json"
# within the first

  every = "2h"  # often

# how mail goes
[smtp]
host = "mail.example.org"
sender = "specwatch@example.org"

# the second
[[sources]]  # hey
name = 'b'
url = "b.json"
[sources.headers]
Accept = "application/json"  # of b

# the end
"""


@pytest.fixture
def written(file: Path) -> Path:
    """A configuration in the ways of a person: comments everywhere, tables in any order."""
    file.write_text(WRITTEN, encoding="utf-8")
    return file


def comments(text: str) -> list[str]:
    return re.findall(r"#.*", text)


def test_the_first_source_makes_the_file(file):
    add_source(file, name="acme", url="https://api.acme.example/openapi.json")
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert tomllib.loads(text) == {"sources": [{"name": "acme", "url": "https://api.acme.example/openapi.json"}]}


def test_a_source_is_added_at_the_end_with_what_was_given(written):
    add_source(written, name="c", url="c.json", promise="incident-io", client="codegen", every="1d")
    text = written.read_text(encoding="utf-8")
    assert text.startswith(WRITTEN)
    source = load(written).source("c")
    assert (source.promise, source.client, source.every) == ("incident-io", "codegen", timedelta(days=1))


def test_what_needs_quoting_is_quoted(file):
    url = 'odd "names"\\and — dashes.json'
    add_source(file, name="a", url=url)
    assert load(file).source("a").url == url


def test_a_name_that_is_there_is_wrong_use_and_says_how_to_change_it(written):
    with pytest.raises(UsageError, match="specwatch set a"):
        add_source(written, name="a", url="other.json")
    with pytest.raises(UsageError, match="'b'"):
        rename_source(written, "a", "b")
    assert written.read_text(encoding="utf-8") == WRITTEN


def test_a_change_touches_its_own_line_and_no_other(written):
    set_source(written, "a", url="https://api.acme.example/a.json")
    assert written.read_text(encoding="utf-8") == WRITTEN.replace('"a.json"', '"https://api.acme.example/a.json"')


def test_a_new_key_stands_with_the_others_of_its_source(written):
    set_source(written, "a", client="codegen", paused=True)
    set_source(written, "b", promise="incident-io")
    expected = WRITTEN.replace("# often\n", '# often\n  client = "codegen"\n  paused = true\n')
    expected = expected.replace('"b.json"\n', '"b.json"\npromise = "incident-io"\n')
    assert written.read_text(encoding="utf-8") == expected
    assert load(written).source("b").headers == {"Accept": "application/json"}


def test_none_takes_a_key_out(written):
    set_source(written, "a", every=None, client=None)
    assert written.read_text(encoding="utf-8") == WRITTEN.replace('  every = "2h"  # often\n', "")
    assert load(written).source("a").every == timedelta(hours=6)


def test_a_new_rhythm_takes_the_place_of_another_kind_of_one(written):
    set_source(written, "a", at=("08:00", "16:00"), day="monday", timezone="Europe/London", jitter="5m")
    source = load(written).source("a")
    assert source.rhythm == "monday 08:00, 16:00 (Europe/London)"
    assert 'at = ["08:00", "16:00"]' in written.read_text(encoding="utf-8")
    set_source(written, "a", cron="30 6 * * mon-fri", confirm_checks=3, confirm_after="1d", owner="payments")
    source = load(written).source("a")
    assert source.rhythm == "30 6 * * mon-fri (Europe/London)"
    assert (source.confirm_checks, source.confirm_after, source.owner) == (3, timedelta(days=1), "payments")
    set_source(written, "a", every="2h", jitter=None, confirm_checks=None, confirm_after=None, owner=None)
    assert written.read_text(encoding="utf-8") == WRITTEN.replace('  every = "2h"  # often\n', "").replace(
        'url = "a.json"\n', 'url = "a.json"\n  every = "2h"\n'
    )


def test_a_part_of_a_schedule_without_the_rest_of_it_is_wrong_use(written):
    for changes in ({"day": "monday"}, {"timezone": "Europe/London"}, {"cron": "30 6 * * mon-foo"}, {"jitter": "3h"}):
        with pytest.raises(UsageError):
            set_source(written, "a", **changes)
    assert written.read_text(encoding="utf-8") == WRITTEN


def test_what_a_source_cannot_be_without_is_not_taken_out(written):
    with pytest.raises(UsageError, match="url"):
        set_source(written, "a", url=None)
    assert written.read_text(encoding="utf-8") == WRITTEN


def test_a_key_that_no_source_has_is_a_fault_of_the_caller(written):
    with pytest.raises(TypeError, match="colour"):
        set_source(written, "a", colour="red")


def test_a_rename_touches_the_name_and_nothing_else(written):
    rename_source(written, "b", "bee")
    assert written.read_text(encoding="utf-8") == WRITTEN.replace("'b'", '"bee"')


@pytest.mark.parametrize(
    ("name", "inside"), [("a", ["# one", "# within the first", "# often"]), ("b", ["# hey", "# of b"])]
)
def test_a_removal_takes_the_comments_within_and_leaves_the_others(written, name, inside):
    remove_source(written, name)
    text = written.read_text(encoding="utf-8")
    assert comments(text) == [comment for comment in comments(WRITTEN) if comment not in inside]
    assert "\n\n\n" not in text
    (left,) = load(written).sources
    assert left.name != name
    assert load(written).smtp is not None


def test_every_edit_keeps_every_comment_around_it(written):
    add_source(written, name="c", url="c.json")
    set_source(written, "a", every="3h", promise="incident-io")
    rename_source(written, "a", "aa")
    remove_source(written, "c")
    assert comments(written.read_text(encoding="utf-8")) == comments(WRITTEN)


@pytest.mark.parametrize("edit", [set_source, remove_source, lambda path, name: rename_source(path, name, "other")])
def test_an_unknown_source_is_wrong_use_with_the_nearest(file, edit):
    add_source(file, name="acme", url="x.json")
    before = file.read_bytes()
    with pytest.raises(UnknownSource, match="'acme'"):
        edit(file, "acne")
    assert file.read_bytes() == before


BAD_VALUES = [
    {"every": "sometimes"},
    {"url": "ftp://x/y"},
    {"url": "https://me:secret@x/y"},
    {"url": ""},
    {"promise": ""},
    {"name": "a@b"},
]


@pytest.mark.parametrize("value", BAD_VALUES, ids=str)
def test_a_value_that_cannot_stand_there_is_refused_before_anything_is_written(file, value):
    with pytest.raises(UsageError) as caught:
        add_source(file, **{"name": "acme", "url": "x.json", **value})
    assert caught.value.where is None
    assert not file.exists()
    assert list(file.parent.iterdir()) == []


def test_a_configuration_with_a_mistake_is_not_edited(file):
    file.write_text("colour = 1\n")
    with pytest.raises(ConfigurationError) as caught:
        add_source(file, name="a", url="x.json")
    assert caught.value.where == f"{file}:1"
    assert file.read_text() == "colour = 1\n"


@pytest.mark.parametrize(
    "text", ["sources = []\n", "# ours\nsources = [\n  {name = 'x', url = 'x.json'},  # x\n]\n\n[digest]\n"]
)
def test_sources_in_one_list_are_edited_as_such(file, text):
    file.write_text(text)
    add_source(file, name="a", url="a.json", every="2h")
    set_source(file, "a", every=None, paused=True)
    rename_source(file, "a", "aa")
    source = load(file).source("aa")
    assert (source.paused, source.every) == (True, timedelta(hours=6))
    assert comments(file.read_text()) == comments(text)
    remove_source(file, "aa")
    assert tomllib.loads(file.read_text()) == tomllib.loads(text)


def test_windows_line_ends_stay(file):
    file.write_bytes(WRITTEN.replace("\n", "\r\n").encode())
    rename_source(file, "b", "bee")
    set_source(file, "a", paused=True)
    data = file.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") == WRITTEN.count("\n") + 1
    assert load(file).source("a").paused


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(written, tmp_path):
    written.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(written)
    rename_source(link, "b", "bee")
    assert link.is_symlink()
    assert written.stat().st_mode & 0o777 == 0o640
    assert load(written).source("bee").url == "b.json"


def test_the_file_is_replaced_in_one_step(written, monkeypatch):
    """A failure at the last moment leaves the old file and nothing beside it."""

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(ConfigurationError, match="No space left"):
        rename_source(written, "b", "bee")
    assert written.read_text(encoding="utf-8") == WRITTEN
    assert list(written.parent.iterdir()) == [written]


def test_a_folder_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        add_source(tmp_path / "nowhere/specwatch.toml", name="a", url="a.json")
    assert "nowhere/specwatch.toml" in str(caught.value)
    assert "make it first" in str(caught.value)


def test_the_file_is_put_back_when_what_belongs_to_it_fails(written):
    def fails_halfway() -> None:
        with restored_on_error(written):
            rename_source(written, "b", "bee")
            assert load(written).source("bee")
            raise RuntimeError("the other half failed")

    with pytest.raises(RuntimeError):
        fails_halfway()
    assert written.read_text(encoding="utf-8") == WRITTEN


NAMES = st.from_regex(r"x[a-z0-9._-]{0,8}", fullmatch=True)
COMMENTS = st.from_regex(r"# [a-z \[\]\"'={}]{0,12}", fullmatch=True)
BLOCKS = st.sampled_from(
    [
        "",
        '[digest]\nday = "friday"\n',
        'recipients = [  # who\n  "a@example.org",\n]\n',
        '[[sources]]\nname = \'known\'\nurl = """\\\n  x#y.json"""\n',
        "[[sources]]\n  name = 'indented'\n  url = 'x.json'\n  headers = { Accept = 'a/b' }  # }\n",
    ]
)


def squeezed(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@settings(max_examples=60, deadline=None)
@given(
    block=BLOCKS,
    above=st.lists(COMMENTS, max_size=3),
    below=st.lists(COMMENTS | st.just(""), max_size=3),
    name=NAMES,
    other=NAMES,
    every=st.none() | st.sampled_from(["90m", "6h", "2w"]),
)
def test_what_is_added_renamed_and_removed_leaves_the_file_as_it_was(block, above, below, name, other, every):
    text = "\n".join([*above, block, *below]) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "specwatch.toml"
        path.write_text(text, encoding="utf-8")
        before = load(path)
        add_source(path, name=name, url="https://api.acme.example/x.json", every=every)
        rename_source(path, name, other)
        assert [source.name for source in load(path).sources] == [*(source.name for source in before.sources), other]
        remove_source(path, other)
        assert squeezed(path.read_text(encoding="utf-8")) == squeezed(text)
        assert load(path) == before
