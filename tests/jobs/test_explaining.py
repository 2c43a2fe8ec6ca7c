"""Explaining by the beginning of a fingerprint: of what is stored, several that begin alike, and none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from monitor.errors import UnknownSource, UsageError
from monitor.jobs import explain_stored, import_history, versions_in_files
from monitor.jobs.explaining import _one_of
from monitor.jobs.profiles import Profiles, profiles_of
from monitor.jobs.reporting import compared
from monitor.report.diffdoc import ChangeEntry, DiffDocument, Witness, decode, encode
from monitor.report.explanation import explanation_text
from monitor.settings import Settings, SourceSettings
from monitor.store import Store

HERE = Path()
SOURCES = tuple(
    SourceSettings(name, f"https://{name}.example/openapi.json", promise="incident-io")
    for name in ("harbour", "mirror")
)
SETTINGS = Settings(sources=SOURCES)


@pytest.fixture
def stored(store: Store, harbour_folder: Path) -> Store:
    """The harbour's history as that of two sources: each change is seen in both."""
    for source in SOURCES:
        now = datetime(2025, 7, 2, tzinfo=UTC)
        import_history(store, source, versions_in_files([harbour_folder]), now=now, folder=HERE, limit=0)
    return store


def fingerprint_of(store: Store, rule: str) -> str:
    """The fingerprint of the newest stored change of a rule."""
    views = compared(store, SOURCES[0], profiles_of(SOURCES[0], HERE))
    return [change.fingerprint for view in views for change in view.document.changes if change.rule == rule][-1]


def test_a_stored_change_is_told_with_all_its_sightings_and_what_shows_it(stored):
    told = explain_stored(stored, SETTINGS, fingerprint_of(stored, "required-parameter-added")[:10], folder=HERE)
    assert told.change.message == "The query parameter `size` is new and must be sent."
    assert [
        (each.source, f"{each.before_seen:%Y-%m-%d}", f"{each.after_seen:%Y-%m-%d}") for each in told.sightings
    ] == [
        ("mirror", "2025-06-02", "2025-06-15"),  # an invalid document lacked it for two weeks
        ("harbour", "2025-06-02", "2025-06-15"),
        ("mirror", "2025-03-10", "2025-03-25"),
        ("harbour", "2025-03-10", "2025-03-25"),
    ]
    text = explanation_text(told)
    assert "mirror: after 2025-03-10 09:00 and by 2025-03-25 09:00 UTC" in text
    assert "GET /v2/berths HTTP/1.1" in text
    assert "broken: " in text


def test_sources_that_are_named_are_looked_at_alone(stored):
    wanted = fingerprint_of(stored, "operation-removed")
    told = explain_stored(stored, SETTINGS, wanted, ("harbour",), folder=HERE)
    assert {each.source for each in told.sightings} == {"harbour"}
    with pytest.raises(UnknownSource, match="harbour"):
        explain_stored(stored, SETTINGS, wanted, ("harbor",), folder=HERE)


def test_what_is_not_stored_is_unknown_and_says_where_to_look(stored):
    with pytest.raises(UsageError, match="no change in what is stored") as raised:
        explain_stored(stored, SETTINGS, "0000000000000000", folder=HERE)
    assert "specwatch report --format json" in str(raised.value)


def test_comparisons_that_were_stored_without_witnesses_are_made_again(store, harbour_folder, monkeypatch):
    source, profiles = SOURCES[0], profiles_of(SOURCES[0], HERE)
    with monkeypatch.context() as earlier:  # what they rest on said nothing yet of what they carry
        earlier.setattr("monitor.jobs.removals.CARRIED", "")
        now = datetime(2025, 7, 2, tzinfo=UTC)
        import_history(store, source, versions_in_files([harbour_folder]), now=now, folder=HERE, limit=0)
        with store.transaction() as uow:
            row = uow.sources.find(source.name)
            for pair, engine in uow.comparisons.engines(row.id).items():
                made = uow.comparisons.get(*pair)
                bare = encode(without_witnesses(decode(made.document)))
                kept = {"client": made.client, "promise": made.promise, "engine": engine}
                uow.comparisons.put(row.id, *pair, **kept, document=bare)
        assert not any(witnesses(store, source, profiles)), "kept as long as nothing says that they are old"
    assert any(witnesses(store, source, profiles))


def without_witnesses(document: DiffDocument) -> DiffDocument:
    bare = [msgspec.structs.replace(each, witness=None) for each in document.changes]
    return msgspec.structs.replace(document, changes=type(document.changes)(bare))


def witnesses(store: Store, source: SourceSettings, profiles: Profiles) -> list[Witness]:
    found = [change.witness for view in compared(store, source, profiles) for change in view.document.changes]
    return [each for each in found if each is not None]


def change(fingerprint: str) -> ChangeEntry:
    told = {
        "rule": "enum-value-removed", "level": "breaking", "promise": "unstated", "affects": "wire",
        "fingerprint": fingerprint, "directions": [], "message": "Gone.", "why": "So.",
        "location": {"before": None, "after": None}, "operations": [], "before": None, "after": None, "reasons": [],
    }  # fmt: skip
    return msgspec.convert(told, ChangeEntry)


def test_two_changes_that_begin_alike_are_named():
    with pytest.raises(UsageError, match="abcd0000 and abcd1111"):
        _one_of([change("abcd0000"), change("abcd1111")], "abcd", "here", "Look.")


def test_one_change_seen_twice_is_one():
    _one_of([change("abcd0000"), change("abcd0000")], "abcd", "here", "Look.")


def test_none_is_an_error_with_advice():
    with pytest.raises(UsageError) as raised:
        _one_of([], "abcd", "here", "Look.")
    assert "Look." in str(raised.value)
