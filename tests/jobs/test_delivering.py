"""Delivery through a real store: three recipients, a mail server with every fault, weeks without one, a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from monitor.errors import ConfigurationError, UsageError
from monitor.jobs import (
    build_digest,
    deliver,
    digest_states,
    drop_message,
    due_digest,
    import_history,
    outbox_items,
    outbox_message,
    retry_all,
    retry_message,
    send_digest,
    versions_in_files,
)
from monitor.report.outbox import MessageState
from monitor.schedule import Week
from monitor.settings import Settings, SmtpSettings, SourceSettings
from monitor.store import LEASE, Store

SOURCE = SourceSettings("harbour", "https://harbour.example/openapi.json", promise="incident-io")
ANN, BOB, EVE = "ann@example.org", "bob@example.org", "eve@example.org"
HERE = Path()
MONDAY = datetime(2025, 6, 16, 8, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def harbour(store: Store, harbour_folder: Path) -> Store:
    """The harbour's history in the store, watched since January."""
    with store.transaction() as uow:
        uow.sources.ensure(SOURCE.name, SOURCE.url, now=datetime(2025, 1, 2, tzinfo=UTC))
    now = datetime(2025, 7, 2, tzinfo=UTC)
    import_history(store, SOURCE, versions_in_files([harbour_folder]), now=now, folder=HERE, limit=0)
    return store


@pytest.fixture
def mailing(mailbox) -> Settings:
    """The harbour, three recipients and that server."""
    smtp = SmtpSettings("127.0.0.1", mailbox.port, "none", "specwatch@example.org")
    return Settings(sources=(SOURCE,), recipients=(ANN, BOB, EVE), smtp=smtp)


def dead(settings: Settings) -> Settings:
    """The same with nobody at the mail server's port."""
    assert settings.smtp is not None
    return replace(settings, smtp=replace(settings.smtp, port=1))


def states(store: Store) -> dict[str, str]:
    """Each recipient's last message and its state."""
    return {item.recipient: str(item.state) for item in outbox_items(store, states=list(MessageState), now=MONDAY)}


def run_until(store: Store, settings: Settings, now: datetime, until: datetime) -> None:
    """What a daemon does of the outbox, whenever something falls due."""
    while now < until:
        deliver(store, settings, now=now, environ={})
        later = [item.next_at for item in outbox_items(store, now=now) if item.next_at is not None]
        now = max(min(later, default=until), now + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("answer", "state", "after"),
    [
        ("421 4.3.2 too many connections", "deferred", "accepted"),
        ("451 4.7.1 greylisted, come back", "deferred", "accepted"),
        ("550 5.1.1 no such user", "failed", "failed"),
    ],
)
def test_one_of_three_recipients_is_refused_and_the_others_have_their_mail(
    harbour, mailing, mailbox, answer, state, after
):
    mailbox.refuse[BOB] = answer
    send_digest(harbour, mailing, now=MONDAY, folder=HERE)
    done = deliver(harbour, mailing, now=MONDAY, environ={})
    assert states(harbour) == {ANN: "accepted", BOB: state, EVE: "accepted"}
    assert answer in (done.error or "")
    (bob,) = [item for item in outbox_items(harbour, now=MONDAY) if item.recipient == BOB]
    assert answer in (bob.error or "")
    assert (bob.attempts, bob.next_at) == (1, None if state == "failed" else MONDAY + timedelta(minutes=1))
    mailbox.refuse.clear()
    deliver(harbour, mailing, now=MONDAY + timedelta(minutes=1), environ={})
    assert states(harbour) == {ANN: "accepted", BOB: after, EVE: "accepted"}
    assert len(mailbox.messages) == (2 if after == "failed" else 3)


def test_a_message_whose_connection_is_lost_behind_its_last_byte_goes_out_again_byte_for_byte(
    harbour, mailing, mailbox
):
    mailbox.drops_after_data = 1
    send_digest(harbour, mailing, now=MONDAY, folder=HERE)
    deliver(harbour, mailing, now=MONDAY, environ={})
    (ann, *_) = outbox_items(harbour, now=MONDAY)
    assert (ann.state, ann.uncertain) == ("deferred", True)
    assert "goes out again with the same Message-ID" in (ann.error or "")
    deliver(harbour, mailing, now=MONDAY + timedelta(minutes=1), environ={})
    assert set(states(harbour).values()) == {"accepted"}
    twice = [data for data in mailbox.contents if message_from_bytes(data)["To"] == ANN]
    assert len(twice) == 2
    assert twice[0] == twice[1]
    assert message_from_bytes(twice[0])["Message-ID"] == ann.message_id
    assert len(mailbox.contents) == 4


def test_a_server_without_starttls_and_one_with_a_bad_certificate_get_nothing_and_the_mail_waits(
    harbour, mailing, mailbox
):
    send_digest(harbour, mailing, now=MONDAY, folder=HERE)
    for security, words in (("starttls", "does not offer STARTTLS"), ("tls", "no secure connection")):
        settings = replace(mailing, smtp=replace(mailing.smtp, security=security))
        retry_all(harbour, now=MONDAY)
        done = deliver(harbour, settings, now=MONDAY, environ={})
        assert words in (done.error or "")
        assert states(harbour) == {ANN: "deferred", BOB: "pending", EVE: "pending"}
    assert mailbox.messages == []


def test_after_two_weeks_of_a_dead_mail_server_the_next_digest_covers_all_three_and_says_so(harbour, mailing, mailbox):
    now = MONDAY - 3 * WEEK
    send_digest(harbour, mailing, now=now, folder=HERE)
    deliver(harbour, mailing, now=now, environ={})
    told = len(mailbox.messages)
    for number in (1, 2):
        now = MONDAY - 3 * WEEK + number * WEEK
        assert due_digest(harbour, mailing, now=now) == Week.of(now.date())
        send_digest(harbour, mailing, now=now, folder=HERE)
        run_until(harbour, dead(mailing), now, now + WEEK)
    assert len(mailbox.messages) == told
    built = build_digest(harbour, mailing, now=MONDAY, folder=HERE)
    assert (built.report.since, built.report.until) == (MONDAY - 3 * WEEK, MONDAY)
    assert [str(week) for week in built.missed] == ["2025-W23", "2025-W24"]
    said = "Nobody received the 2 digests before this one, which covers that time too."
    assert said in " ".join(built.digest.text.split())
    assert said in " ".join(built.digest.html.split())
    assert "(weeks 22 to 24)" in built.digest.subject
    assert "(26 May to 16 Jun 2025)" in built.digest.text
    send_digest(harbour, mailing, now=MONDAY, folder=HERE)
    assert deliver(harbour, mailing, now=MONDAY, environ={}).sent == 3
    assert len(mailbox.messages) == told + 3
    # What the two weeks had to say is in it, and in nothing else.
    body = mailbox.messages[-1].get_body(("plain",)).get_content()
    assert "GET /v1/crews" in body
    following = build_digest(harbour, mailing, now=MONDAY + WEEK, folder=HERE)
    assert (following.report.since, following.missed) == (MONDAY, ())


def test_what_still_waits_of_a_week_that_a_later_digest_covers_is_never_sent(harbour, mailing, mailbox):
    send_digest(harbour, mailing, now=MONDAY - WEEK, folder=HERE)  # and then the machine was off for a week
    send_digest(harbour, mailing, now=MONDAY, folder=HERE)
    run_until(harbour, mailing, MONDAY, MONDAY + WEEK)
    assert [message["Subject"].count("(weeks 23 to 24)") for message in mailbox.messages] == [1, 1, 1]
    items = outbox_items(harbour, now=MONDAY)
    assert [(str(item.state), item.error) for item in items[:3]] == [
        ("dead", "told in the digest that fell due in 2025-W25")
    ] * 3
    assert retry_all(harbour, now=MONDAY + WEEK) == 0


def test_a_week_that_one_of_three_received_is_told_and_the_others_go_on_waiting(harbour, mailing, mailbox):
    mailbox.refuse |= {BOB: "451 later", EVE: "451 later"}
    send_digest(harbour, mailing, now=MONDAY, folder=HERE)
    deliver(harbour, mailing, now=MONDAY, environ={})
    built = build_digest(harbour, mailing, now=MONDAY + WEEK, folder=HERE)
    assert (built.report.since, built.missed) == (MONDAY, ())
    send_digest(harbour, mailing, now=MONDAY + WEEK, folder=HERE)
    assert digest_states(harbour, Week.of(MONDAY.date())) == {MessageState.ACCEPTED: 1, MessageState.DEFERRED: 2}


def test_the_very_first_digests_are_not_lost_either(harbour, mailing):
    for number in (0, 1):
        send_digest(harbour, mailing, now=MONDAY + number * WEEK, folder=HERE)
    built = build_digest(harbour, mailing, now=MONDAY + 2 * WEEK, folder=HERE)
    assert built.report.since == MONDAY - WEEK


def test_a_message_is_retried_or_dropped_by_hand(harbour, mailing, mailbox):
    mailbox.refuse[BOB] = "550 no such user"
    send_digest(harbour, mailing, now=MONDAY, folder=HERE)
    deliver(harbour, mailing, now=MONDAY, environ={})
    (bob,) = outbox_items(harbour, states=[MessageState.FAILED], now=MONDAY)
    mailbox.refuse.clear()
    again = retry_message(harbour, bob.id, now=MONDAY)
    assert (again.state, again.attempts, again.message_id) == ("pending", 0, bob.message_id)
    assert deliver(harbour, mailing, now=MONDAY, environ={}).sent == 1
    for act in (retry_message, drop_message):
        with pytest.raises(UsageError, match="accepted"):
            act(harbour, bob.id, now=MONDAY)
        with pytest.raises(UsageError, match="there is no message 99"):
            act(harbour, 99, now=MONDAY)
    send_digest(harbour, mailing, now=MONDAY + WEEK, folder=HERE)
    waiting = outbox_items(harbour, states=[MessageState.PENDING], now=MONDAY)
    assert drop_message(harbour, waiting[0].id, now=MONDAY).state == "dead"
    assert deliver(harbour, mailing, now=MONDAY + WEEK, environ={}).sent == 2
    item, text = outbox_message(harbour, waiting[0].id)
    assert item.error == "dropped by hand"
    assert f"To: {ANN}\n" in text
    assert f"Message-ID: {item.message_id}\n" in text


def test_a_setting_that_stands_in_the_way_costs_no_attempt(harbour, mailing):
    send_digest(harbour, mailing, now=MONDAY, folder=HERE)
    locked = replace(mailing, smtp=replace(mailing.smtp, username="me", password="env:MAIL_PASSWORD"))
    for settings, words in ((locked, "MAIL_PASSWORD"), (replace(mailing, smtp=None), r"\[smtp\]")):
        with pytest.raises(ConfigurationError, match=words):
            deliver(harbour, settings, now=MONDAY, environ={})
    assert states(harbour) == {ANN: "pending", BOB: "pending", EVE: "pending"}


KILLED = """
import sys
from datetime import datetime
from monitor.jobs import deliver
from monitor.settings import Settings, SmtpSettings
from monitor.store import open_store
smtp = SmtpSettings("127.0.0.1", int(sys.argv[2]), "none", "specwatch@example.org")
store = open_store(sys.argv[1])
deliver(store, Settings(smtp=smtp), now=datetime.fromisoformat(sys.argv[3]), environ={})
"""


def test_a_process_that_is_killed_while_it_sends_leaves_a_message_that_goes_out_again(
    harbour, mailing, mailbox, database_url
):
    send_digest(harbour, replace(mailing, recipients=(ANN,)), now=MONDAY, folder=HERE)
    mailbox.silent_at_data = True
    words = [sys.executable, "-c", KILLED, database_url, str(mailbox.port), MONDAY.isoformat()]
    process = subprocess.Popen(words, env=os.environ)
    while not mailbox.contents:  # a hang ends with the test's own time limit
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    mailbox.silent_at_data = False
    assert states(harbour) == {ANN: "sending"}
    assert deliver(harbour, mailing, now=MONDAY + LEASE - timedelta(seconds=1), environ={}).sent == 0
    assert deliver(harbour, mailing, now=MONDAY + LEASE, environ={}).sent == 1
    (item,) = outbox_items(harbour, now=MONDAY + LEASE)
    assert (item.state, item.uncertain, item.attempts) == ("accepted", True, 2)
    assert mailbox.contents[0] == mailbox.contents[1]
