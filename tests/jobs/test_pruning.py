"""Pruning: what goes is what nothing rests on, and everything that is told afterwards is what was told before."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.jobs import check_source, deprecations, import_history, outbox_message, versions_in_files
from monitor.jobs.pruning import Pruned, Rule, due_pruning, prune, prune_messages, rule_of
from monitor.report.outbox import outbox_json
from monitor.settings import RetentionSettings, Settings, SourceSettings, parse_age
from monitor.store import check_integrity
from tests.jobs.conftest import STEADY, document, operation, written

NOW = datetime(2025, 8, 1, tzinfo=UTC)
SOURCE = SourceSettings("acme", "acme.json", promise="incident-io")
SETTINGS = Settings(sources=(SOURCE,))


def version(number: int, **more) -> bytes:
    operations = {name: operation() for name in STEADY[: 3 + number % 4 if number % 4 == 3 else 3]}
    return written(document({**operations, **more.get("operations", {})}, version=str(number)))


@pytest.fixture
def bring(store, tmp_path: Path):
    """`bring({"2025-01-01": b"…"})`: versions of a source by their day."""

    def one(versions: dict[str, bytes]) -> None:
        folder = tmp_path / "versions"
        folder.mkdir(exist_ok=True)
        for day, data in versions.items():
            (folder / f"{day}T0900_x.json").write_bytes(data)
        import_history(store, SOURCE, versions_in_files([folder]), now=NOW, folder=tmp_path, limit=0)

    return one


@pytest.fixture
def harmless(bring) -> list[bytes]:
    """Forty versions, a day each, that differ in their number alone."""
    versions = {}
    for number in range(40):
        day = datetime(2025, 6, 1, tzinfo=UTC) + timedelta(days=number)
        operations = {name: operation() for name in STEADY}
        versions[f"{day:%Y-%m-%d}"] = written(document(operations, version=str(number)))
    bring(versions)
    return list(versions.values())


def pruned(store, tmp_path, *, dry_run: bool = False, **rule) -> Pruned:
    (found,) = prune(store, SETTINGS, rule=Rule(**rule), now=NOW, folder=tmp_path, dry_run=dry_run)
    return found


def bodies(store) -> list[bytes]:
    with store.reading() as uow:
        rows = uow.snapshots.all(uow.sources.get("acme").id)
        assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
        return [uow.snapshots.data(row.id) for row in rows]


def told(store, tmp_path):
    return deprecations(store, SETTINGS, today=NOW.date(), folder=tmp_path)


def test_the_newest_versions_stay_and_can_be_read(store, harmless, tmp_path):
    found = pruned(store, tmp_path, keep=7)
    assert (found.versions, found.of_versions, found.for_ledger, found.for_verdicts) == (33, 40, 0, 0)
    assert found.freed > 0
    assert bodies(store) == harmless[-7:]
    assert check_integrity(store).faults == ()


def test_what_is_older_goes_and_the_newest_of_all_never_does(store, harmless, tmp_path):
    assert pruned(store, tmp_path, before=datetime(2025, 7, 1, tzinfo=UTC)).versions == 30
    assert bodies(store) == harmless[30:]
    assert pruned(store, tmp_path, before=NOW).versions == 9
    assert bodies(store) == harmless[-1:]


def test_of_an_age_and_a_number_both_must_let_it_go(store, harmless, tmp_path):
    assert pruned(store, tmp_path, before=datetime(2025, 7, 1, tzinfo=UTC), keep=20).versions == 20
    assert pruned(store, tmp_path, before=datetime(2025, 6, 21, tzinfo=UTC), keep=5).versions == 0


def test_a_dry_run_says_the_same_and_does_nothing(store, harmless, tmp_path):
    said = pruned(store, tmp_path, keep=7, dry_run=True)
    assert bodies(store) == harmless
    done = pruned(store, tmp_path, keep=7)
    assert (said.versions, said.checks) == (done.versions, done.checks) == (33, 33)


def test_a_chain_stays_readable_whatever_goes_out_of_it(store, harmless, tmp_path):
    """One after the other out of the middle: what leans on one that goes leans elsewhere."""
    import random

    noise = random.Random(11)
    left = list(harmless)
    while len(left) > 1:
        with store.transaction() as uow:
            source_id = uow.sources.get("acme").id
            rows = uow.snapshots.all(source_id)
            chosen = noise.sample(range(len(rows) - 1), k=min(5, len(rows) - 1))
            uow.snapshots.remove(source_id, [rows[place].id for place in chosen])
            uow.contents.drop(uow.contents.unused(source_id))
        left = [data for place, data in enumerate(left) if place not in chosen]
        assert bodies(store) == left
        assert check_integrity(store).faults == ()


def test_the_ledger_and_the_verdicts_say_the_same_afterwards(store, harbour_folder, tmp_path):
    import_history(store, SOURCE, versions_in_files([harbour_folder]), now=NOW, folder=tmp_path, limit=0)
    before = told(store, tmp_path)
    with store.reading() as uow:
        source_id = uow.sources.get("acme").id
        pairs = uow.comparisons.engines(source_id)
        breaking = {pair: uow.comparisons.get(*pair).document for pair in pairs}
    found = pruned(store, tmp_path, before=NOW)
    assert found.for_ledger + found.for_verdicts > 3
    assert told(store, tmp_path) == before
    with store.reading() as uow:
        for pair, document_of in breaking.items():
            if b'"level":"breaking"' in document_of.replace(b" ", b""):
                assert uow.comparisons.get(*pair).document == document_of


def test_what_something_rests_on_stays_and_what_lies_between_goes(store, bring, tmp_path):
    flagged = {name: operation() for name in STEADY} | {STEADY[0]: operation(deprecated=True)}
    plain = {name: operation() for name in STEADY}
    versions = {}
    for number in range(30):
        day = datetime(2025, 6, 1, tzinfo=UTC) + timedelta(days=number)
        versions[f"{day:%Y-%m-%d}"] = written(document(flagged if number >= 12 else plain, version=str(number)))
    bring(versions)
    before = told(store, tmp_path)
    found = pruned(store, tmp_path, before=NOW)
    assert told(store, tmp_path) == before
    # The last version without the flag, the first with it, and the newest.
    assert bodies(store) == [list(versions.values())[place] for place in (11, 12, 29)]
    assert (found.versions, found.for_ledger) == (27, 2)


def test_after_pruning_a_check_and_an_import_go_on_as_before(store, harmless, tmp_path, bring):
    from monitor.clock import fixed_clock

    pruned(store, tmp_path, keep=3)
    (tmp_path / "acme.json").write_bytes(version(99))
    result = check_source(store, SOURCE, clock=fixed_clock(NOW), folder=tmp_path, environ={}, limit=0)
    assert result.outcome == "new"
    assert bodies(store) == [*harmless[-3:], version(99)]
    bring({})  # the same folder again: what was pruned comes back
    assert bodies(store) == [*harmless, version(99)]
    assert check_integrity(store).faults == ()


def test_checks_that_tell_nothing_more_go_and_those_that_do_stay(store, tmp_path, make_document):
    from monitor.store import CheckRow

    (tmp_path / "acme.json").write_bytes(make_document("GET /a"))
    from monitor.clock import fixed_clock

    start = datetime(2025, 1, 1, tzinfo=UTC)
    check_source(store, SOURCE, clock=fixed_clock(start), folder=tmp_path, environ={}, limit=0)
    with store.transaction() as uow:
        source_id = uow.sources.get("acme").id
        content_id = uow.snapshots.latest(source_id).content_id
        for number in range(1, 100):
            said = {"deprecation": "@1735689600"} if number >= 50 else {}
            outcome = "failed" if number == 99 else "not modified"
            row = CheckRow(
                start + timedelta(days=number), outcome, content_id if number < 99 else None, 304, None, None, said
            )
            uow.checks.add(source_id, row)
    before = told(store, tmp_path)
    found = pruned(store, tmp_path, before=start + timedelta(days=300))
    assert (found.versions, found.checks, found.of_checks) == (0, 95, 100)
    assert told(store, tmp_path) == before
    with store.reading() as uow:
        kept = [(check.at - start).days for check in uow.checks.all(source_id).values()]
        assert uow.checks.last(source_id).outcome == "failed"
    assert kept == [1, 49, 50, 98, 99]


def message(store, day: int, *, accepted: bool = True) -> int:
    """A message of so many days ago."""
    at = NOW - timedelta(days=day)
    with store.transaction() as uow:
        words = {"kind": "alert", "period": str(day), "sender": "w@example.org", "recipient": "ann@example.org"}
        assert uow.outbox.add(message_id=f"<{day}@example.org>", message=b"Subject: hi\n\nhi", now=at, **words)
        (row,) = uow.outbox.of("alert", [str(day)])
        if accepted:
            uow.outbox.accepted(row.id, now=at)
    return row.id


def texts(store) -> dict[str, bytes]:
    with store.reading() as uow:
        return {row.period: row.message for row in uow.outbox.of("alert", ["400", "399", "3"])}


def test_what_was_told_long_ago_loses_its_text_and_stays_told(store):
    old, waiting, recent = message(store, 400), message(store, 399, accepted=False), message(store, 3)
    rule = Rule(before=NOW - timedelta(days=365))
    assert prune_messages(store, rule=Rule(keep=1)) == 0
    assert prune_messages(store, rule=rule, dry_run=True) == 1
    assert all(texts(store).values())
    assert prune_messages(store, rule=rule) == 1
    assert prune_messages(store, rule=rule) == 0
    assert [bool(text) for text in texts(store).values()] == [False, True, True]
    item, said = outbox_message(store, old)
    assert (item.state, said) == ("accepted", "What it said was pruned.")
    assert json.loads(outbox_json([item]))[0]["size"] is None
    assert outbox_message(store, old, raw=True)[1] == ""
    assert "hi" in outbox_message(store, waiting)[1]
    assert "hi" in outbox_message(store, recent)[1]
    with store.transaction() as uow:  # the same is told by nobody once more
        words = {"kind": "alert", "period": "400", "sender": "w@example.org", "recipient": "ann@example.org"}
        assert not uow.outbox.add(message_id="<400@example.org>", message=b"again", now=NOW, **words)


def test_settings_that_keep_everything_let_nothing_go(store):
    assert rule_of(RetentionSettings(), NOW) is None
    assert due_pruning(store, SETTINGS, now=NOW) == ()


def test_what_the_settings_let_go_is_due_once_a_day_from_the_second_on(store):
    settings = replace(SETTINGS, retention=RetentionSettings(parse_age("30d"), 20))
    assert due_pruning(store, settings, now=NOW - timedelta(days=1)) == ()
    assert due_pruning(store, settings, now=NOW) == ("acme",)
    assert due_pruning(store, settings, now=NOW + timedelta(hours=9)) == ()
    assert due_pruning(store, settings, now=NOW + timedelta(days=1)) == ("acme",)
    with store.reading() as uow:
        assert len(uow.runs.times("prune")) == 1  # the days before are of no use


@pytest.mark.parametrize("ahead", [3650, 4])
def test_a_clock_that_is_days_or_years_ahead_is_not_believed_at_once(store, ahead):
    settings = replace(SETTINGS, retention=RetentionSettings(parse_age("2y")))
    midnight = NOW.replace(hour=0)
    assert due_pruning(store, settings, now=midnight - timedelta(hours=30)) == ()
    far = midnight + timedelta(days=ahead)
    assert due_pruning(store, settings, now=far - timedelta(seconds=10)) == ()
    assert due_pruning(store, settings, now=far + timedelta(seconds=10)) == ()
    assert due_pruning(store, settings, now=midnight + timedelta(hours=1)) == ()
    assert due_pruning(store, settings, now=midnight + timedelta(hours=25)) == ("acme",)


def test_pruning_begins_anew_when_something_becomes_known_meanwhile(store, harmless, tmp_path, monkeypatch):
    from monitor.jobs import pruning

    real, times = pruning._open_pairs, []

    def slow(store, past):
        times.append(past.revision)
        if len(times) == 1:
            with store.transaction() as uow:
                uow.sources.revise(uow.sources.get("acme").id)
        return real(store, past)

    monkeypatch.setattr(pruning, "_open_pairs", slow)
    assert pruned(store, tmp_path, keep=7).versions == 33
    assert len(times) == 2
