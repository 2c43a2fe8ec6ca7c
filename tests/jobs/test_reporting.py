"""Answering: reports over spans, histories, how sources are doing; and the digest, built, shown and sent once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.clock import fixed_clock
from monitor.errors import ConfigurationError, UnknownSource
from monitor.jobs import (
    build_digest,
    build_report,
    check_source,
    deliver,
    digest_states,
    due_digest,
    import_history,
    known_now,
    list_sources,
    preview_digest,
    send_digest,
    source_history,
    versions_in_files,
)
from monitor.schedule import Week
from monitor.settings import DigestSettings, Settings, SmtpSettings, SourceSettings

SOURCE = SourceSettings("harbour", "https://harbour.example/openapi.json", promise="incident-io")
SETTINGS = Settings(sources=(SOURCE,))
TODAY = date(2025, 8, 1)
HERE = Path()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def harbour(store, harbour_folder):
    """The harbour's history in the store."""
    import_history(store, SOURCE, versions_in_files([harbour_folder]), now=moment("2025-07-02"), folder=HERE, limit=0)
    return store


def view(store, since: str, until: str, settings: Settings = SETTINGS):
    report = build_report(store, settings, since=moment(since), until=moment(until), today=TODAY, folder=HERE)
    return report.sources[0]


def test_a_report_has_what_was_first_seen_in_its_half_open_span(harbour):
    inside = view(harbour, "2025-06-15T09:00", "2025-07-01T09:00")
    assert [comparison.after_seen for comparison in inside.comparisons] == [moment("2025-06-15T09:00")]
    (first, *_) = inside.comparisons[0].document.changes
    assert (first.rule, first.message) == ("operation-removed", "The operation GET /v1/crews is gone.")
    assert (inside.versions, inside.suspect, inside.baseline, inside.snapshots) == (1, 0, None, 10)
    assert view(harbour, "2025-07-02", "2025-07-03").comparisons == ()


def test_the_first_version_is_a_baseline(harbour):
    first = view(harbour, "2025-01-01", "2025-02-01")
    assert (first.baseline, first.baseline_operations) == (moment("2025-01-10T09:00"), 10)
    assert first.comparisons == ()


def test_a_slip_is_counted_and_never_a_change(harbour):
    march = view(harbour, "2025-03-15", "2025-04-01")
    assert (march.versions, march.suspect) == (2, 1)
    (comparison,) = march.comparisons
    assert comparison.before_seen == moment("2025-03-10T09:00")
    assert [change.rule for change in comparison.document.changes] == ["required-parameter-added"]


def test_another_promise_is_heeded_by_the_next_report(harbour):
    from dataclasses import replace

    def promises(promise: str | None) -> set[str]:
        settings = Settings(sources=(replace(SOURCE, promise=promise),))
        found = view(harbour, "2025-03-15", "2025-04-01", settings)
        return {change.promise for comparison in found.comparisons for change in comparison.document.changes}

    assert promises("incident-io") == {"broken"}
    assert promises(None) == {"unstated"}


def test_an_unknown_source_is_refused_with_the_nearest_name(harbour):
    with pytest.raises(UnknownSource, match="harbour"):
        build_report(
            harbour,
            SETTINGS,
            ("harbor",),
            since=moment("2025-01-01"),
            until=moment("2025-02-01"),
            today=TODAY,
            folder=HERE,
        )


def test_a_history_has_every_version_with_its_origin(harbour):
    history = source_history(harbour, SETTINGS, "harbour", today=date(2026, 12, 31), folder=HERE)
    assert [item.sequence for item in history.items] == list(range(1, 11))
    assert [item.suspect for item in history.items].count(True) == 1
    assert history.items[0].summary is None
    assert history.items[1].summary.compatible > 0
    assert history.items[0].origin.endswith("2025-01-10T0900_a.json")
    assert [item.invalid > 0 for item in history.items].count(True) == 1


def test_a_source_that_was_never_checked_is_listed_as_such(store):
    (status,) = list_sources(store, SETTINGS, now=moment("2025-01-01"))
    assert (status.snapshots, status.outcome, status.next_check) == (0, None, moment("2025-01-01"))
    assert known_now(store, SOURCE).snapshots == 0


def test_a_list_says_how_each_source_is_doing(harbour, tmp_path):
    now = moment("2025-07-03T10:00")
    gone = SourceSettings("harbour", "nowhere.json", promise="incident-io")
    check_source(harbour, gone, clock=fixed_clock(now), folder=tmp_path, environ={}, limit=0)
    (status,) = list_sources(harbour, SETTINGS, now=now)
    assert (status.outcome, status.checked_at, status.snapshots) == ("failed", now, 10)
    assert now + timedelta(hours=5, minutes=42) <= status.next_check <= now + timedelta(hours=6)
    assert (status.category, status.failures, status.last_good) == ("file", 1, None)
    assert "nowhere.json" in status.message
    known = known_now(harbour, SOURCE)
    assert (known.snapshots, known.standing) == (10, 1)


@pytest.fixture
def mailing(mailbox) -> Settings:
    """The harbour, two recipients and that server; the digest on Mondays at eight in Lisbon."""
    return Settings(
        sources=(SOURCE,),
        recipients=("ann@example.org", "Bö <bo@example.org>"),
        smtp=SmtpSettings("127.0.0.1", mailbox.port, "none", "specwatch@example.org"),
        digest=DigestSettings(timezone="Europe/Lisbon"),
    )


def test_a_digest_covers_the_week_before_it_fell_due(harbour):
    built = build_digest(harbour, SETTINGS, now=moment("2025-06-16T08:00"), folder=HERE)
    assert str(built.week) == "2025-W25"
    assert (built.report.since, built.report.until) == (moment("2025-06-09T08:00"), moment("2025-06-16T08:00"))
    assert "GET /v1/crews" in built.digest.text
    assert str(build_digest(harbour, SETTINGS, now=moment("2025-06-16T07:59"), folder=HERE).week) == "2025-W24"


def test_a_digest_after_a_long_sleep_covers_all_of_it(harbour):
    with harbour.transaction() as uow:
        uow.runs.claim("digest", "2025-W20", now=moment("2025-05-12T08:00"))
    built = build_digest(harbour, SETTINGS, now=moment("2025-06-16T08:00"), folder=HERE)
    assert built.report.since == moment("2025-05-12T08:00")


def test_a_preview_is_three_files_with_the_same_bytes_each_time(harbour, tmp_path):
    now = moment("2025-06-16T08:00")

    def written(name: str) -> dict[str, bytes]:
        built = build_digest(harbour, SETTINGS, now=now, folder=HERE)
        return {path.name: path.read_bytes() for path in preview_digest(built, SETTINGS, tmp_path / name, now=now)}

    files = written("one")
    assert sorted(files) == ["digest-2025-W24.eml", "digest-2025-W24.html", "digest-2025-W24.txt"]
    assert written("two") == files


def test_a_weeks_digest_reaches_each_recipient_once(harbour, mailing, mailbox):
    now = moment("2025-06-16T07:30")  # half past eight in Lisbon
    assert due_digest(harbour, mailing, now=now) is None  # what fell due before the watching began is nobody's debt
    sent = send_digest(harbour, mailing, now=now, folder=HERE)
    assert (sent.claimed, sent.messages, str(sent.week)) == (True, 2, "2025-W25")
    assert send_digest(harbour, mailing, now=now, folder=HERE).claimed is False
    assert deliver(harbour, mailing, now=now, environ={}).sent == 2
    assert deliver(harbour, mailing, now=now, environ={}).sent == 0
    assert [message["To"].addresses[0].addr_spec for message in mailbox.messages] == [
        "ann@example.org",
        "bo@example.org",
    ]
    assert len({message["Message-ID"] for message in mailbox.messages}) == 2
    assert "GET /v1/crews" in mailbox.messages[0].get_body(("plain",)).get_content()
    assert "GET /v1/crews" in mailbox.messages[0].get_body(("html",)).get_content()


def test_the_weeks_of_one_digest_are_a_thread_with_the_full_report_at_each(harbour, mailing, mailbox):
    for day in ("2025-06-16", "2025-06-23"):
        now = moment(f"{day}T07:30")
        send_digest(harbour, mailing, now=now, folder=HERE)
        deliver(harbour, mailing, now=now, environ={})
    first, _, second, _ = mailbox.messages
    assert second["In-Reply-To"] == first["Message-ID"]
    assert first["References"].split()[0] == second["References"].split()[0]
    assert second["List-Id"] == "<digest.specwatch.example.org>"
    assert second["List-Unsubscribe"] == "<mailto:specwatch@example.org?subject=unsubscribe%20specwatch>"
    (report,) = first.iter_attachments()
    assert report.get_filename() == "specwatch-2025-W24.txt"
    assert "The operation GET /v1/crews is gone." in report.get_content()


def test_a_quiet_week_can_be_dropped_and_is_settled_nevertheless(harbour, mailing):
    calm = replace(mailing, digest=replace(mailing.digest, quiet=False))
    now = moment("2025-05-05T07:30")
    sent = send_digest(harbour, calm, now=now, folder=HERE)
    assert (sent.claimed, sent.messages) == (True, 0)
    assert send_digest(harbour, mailing, now=now, folder=HERE).claimed is False
    loud = send_digest(harbour, calm, now=moment("2025-06-16T07:30"), folder=HERE)
    assert (loud.claimed, loud.messages) == (True, 2)


def test_a_digest_is_due_once_a_week_when_there_is_somebody_to_tell(harbour, mailing):
    monday = moment("2025-07-07T07:00")
    assert due_digest(harbour, mailing, now=monday - timedelta(seconds=1)) is None
    assert due_digest(harbour, mailing, now=monday) == Week(2025, 28)
    assert due_digest(harbour, SETTINGS, now=monday) is None
    send_digest(harbour, mailing, now=monday, folder=HERE)
    assert due_digest(harbour, mailing, now=monday + timedelta(days=6)) is None
    assert due_digest(harbour, mailing, now=monday + timedelta(days=7)) == Week(2025, 29)


def test_mail_that_cannot_be_handed_over_waits_and_is_tried_again(harbour, mailing, mailbox):
    now = moment("2025-07-07T09:00")
    nobody = replace(mailing, smtp=SmtpSettings("127.0.0.1", 1, "none", "specwatch@example.org"))
    send_digest(harbour, nobody, now=now, folder=HERE)
    first = deliver(harbour, nobody, now=now, environ={})
    assert (first.sent, first.waiting) == (0, 2)
    assert first.error
    assert deliver(harbour, mailing, now=now + timedelta(days=1), environ={}).sent == 2
    assert len(mailbox.messages) == 2


def test_without_recipients_nothing_is_sent_and_it_is_said_why(harbour):
    with pytest.raises(ConfigurationError, match="no recipients"):
        send_digest(harbour, SETTINGS, now=moment("2025-07-07T09:00"), folder=HERE)
    with harbour.reading() as uow:
        assert uow.runs.last("digest") is None


def test_looking_at_another_day_leaves_what_is_stored_alone(harbour):
    def stored() -> list[dict]:
        with harbour.reading() as uow:
            return uow.ledger.all(uow.sources.get("harbour").id)

    before = stored()
    early = date(2025, 3, 1)
    build_report(harbour, SETTINGS, since=moment("2025-01-01"), until=moment("2025-03-01"), today=early, folder=HERE)
    source_history(harbour, SETTINGS, "harbour", today=date(2026, 12, 31), folder=HERE)
    assert stored() == before


def test_a_source_with_a_wrong_profile_is_told_with_a_warning_and_the_others_as_ever(harbour):
    wrong = SourceSettings("other", "u", promise="nobody")
    settings = Settings(sources=(wrong, SOURCE))
    report = build_report(
        harbour, settings, since=moment("2025-03-15"), until=moment("2025-04-01"), today=TODAY, folder=HERE
    )
    assert "nobody" in report.sources[0].warnings[0]
    assert len(report.sources[1].comparisons) == 1


def test_a_message_that_another_process_is_sending_is_not_sent_twice(harbour, mailing, mailbox):
    now = moment("2025-07-07T09:00")
    send_digest(harbour, mailing, now=now, folder=HERE)
    with harbour.transaction() as uow:
        (first, _) = uow.outbox.waiting(now=now)
        assert uow.outbox.claim(first.id, now=now)
    assert deliver(harbour, mailing, now=now, environ={}).sent == 1
    assert [message["To"].addresses[0].addr_spec for message in mailbox.messages] == ["bo@example.org"]
    assert digest_states(harbour, Week(2025, 28)) == {"sending": 1, "accepted": 1}


def test_two_stored_versions_far_apart_are_judged_by_what_the_ledger_knows_of_the_way(harbour):
    from monitor.jobs import diff_documents, locate
    from monitor.jobs.removals import known_removals

    def gone(before: str, after: str) -> dict[str, tuple[str, str]]:
        sides = [locate(f"harbour@{when}", store=lambda: harbour) for when in (before, after)]
        document = diff_documents(
            *sides, promise="incident-io", known=lambda profiles: known_removals(harbour, *sides, profiles)
        )
        return {
            change.message: (change.promise, change.reasons[-1])
            for change in document.changes
            if change.rule == "operation-removed"
        }

    answers = gone("2025-01-10", "latest")
    promise, why = answers["The operation GET /v1/crews is gone."]
    assert promise == "broken"
    assert "gone by 2025-06-15" in why  # flagged on 1 June, and not at all in January
    promise, why = answers["The operation POST /v1/boats is gone."]
    assert promise == "unstated"
    assert "not known" in why
