"""`specwatch outbox`: what became of each message, and what a person can do about it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

RECIPIENTS = ("ann@example.org", "bob@example.org", "eve@example.org")


@pytest.fixture
def acme(specwatch, place: Path) -> None:
    """`acme` is watched."""
    assert specwatch("add", "acme", "before.yaml").code == 0


@pytest.fixture
def sent(specwatch, place: Path, acme, mailbox):
    """A digest for three, of whom one is accepted, one deferred and one refused."""
    mailbox.refuse |= {RECIPIENTS[1]: "451 4.7.1 come back", RECIPIENTS[2]: "550 5.1.1 no such user"}
    text = (place / "specwatch.toml").read_text()
    smtp = f'[smtp]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\nsender = "w@example.org"\n'
    (place / "specwatch.toml").write_text(f"recipients = {json.dumps(RECIPIENTS)}\n{smtp}{text}")
    specwatch("check")
    result = specwatch("digest", "--send")
    assert (result.code, "1 sent." in result.out) == (3, True)
    assert "Next: specwatch outbox" in result.err
    return mailbox


def test_who_sends_a_digest_is_told_of_each_recipient_who_has_not_got_it_and_why(specwatch, sent):
    again = specwatch("digest", "--send")
    assert again.code == 3
    assert f"  {RECIPIENTS[1]}: 127.0.0.1:{sent.port}: the recipient {RECIPIENTS[1]} is refused: 451" in again.err
    assert f"  {RECIPIENTS[2]}: 127.0.0.1:{sent.port}: the recipient {RECIPIENTS[2]} is refused: 550" in again.err
    assert RECIPIENTS[0] not in again.err


def test_what_nobody_received_goes_out_as_it_is_before_the_next_digest_would_tell_it_again(
    specwatch, sent, time_machine
):
    for row in ids(specwatch, "accepted", "deferred", "failed"):
        specwatch("outbox", "drop", str(row))
    sent.refuse |= dict.fromkeys(RECIPIENTS, "451 4.7.1 come back")
    now = datetime.now(UTC)
    time_machine.move_to(now + timedelta(days=7), tick=False)
    assert "3 messages could not be sent yet" in specwatch("digest", "--send").err
    sent.refuse.clear()
    time_machine.move_to(now + timedelta(days=14), tick=False)
    later = specwatch("digest", "--send")
    assert (later.code, later.out) == (0, "6 sent.\n")
    assert len(ids(specwatch, "accepted")) == 7


def ids(specwatch, *states: str) -> list[int]:
    words = [word for state in states for word in ("--state", state)]
    return [item["id"] for item in json.loads(specwatch("outbox", *words, "--format", "json").out)]


def test_a_line_says_what_became_of_each_recipients_message_and_why(specwatch, sent):
    out = specwatch("outbox").out
    lines = [line for line in out.splitlines() if "digest" in line]
    assert [line.split()[1] for line in lines] == ["accepted", "deferred", "failed"]
    assert [recipient in line for recipient, line in zip(RECIPIENTS, lines, strict=True)] == [True] * 3
    assert "451 4.7.1 come back" in out
    assert "550 5.1.1 no such user" in out
    assert out.endswith("3 messages: 1 accepted, 1 deferred, 1 failed.\n")


def test_the_list_is_filtered_by_state_in_every_format(specwatch, sent):
    (found,) = json.loads(specwatch("outbox", "--state", "failed", "--format", "json").out)
    assert (found["recipient"], found["state"], found["attempts"], found["next_at"]) == (
        RECIPIENTS[2],
        "failed",
        1,
        None,
    )
    page = specwatch("outbox", "--state", "deferred", "--state", "failed", "--format", "markdown").out
    assert page.count("\n| ") == 4  # the head, its rule, and two
    assert specwatch("outbox", "--state", "dead").out == "No messages to show.\n"
    assert specwatch("outbox", "--state", "lost").code == 2


def test_a_message_is_shown_as_it_reads_and_as_it_is_handed_over(specwatch, sent):
    (row,) = ids(specwatch, "deferred")
    out = specwatch("outbox", "show", str(row)).out
    assert f"To: {RECIPIENTS[1]}" in out
    assert "Subject: [specwatch] " in out
    raw = json.loads(specwatch("outbox", "show", str(row), "--format", "json").out)
    assert f"Message-ID: {raw['message_id']}\r\n" in raw["message"]
    assert "```" in specwatch("outbox", "show", str(row), "--format", "markdown").out
    missing = specwatch("outbox", "show", "99")
    assert (missing.code, "there is no message 99" in missing.err) == (2, True)


def test_what_was_refused_is_tried_again_at_once_when_a_person_says_so(specwatch, sent):
    (row,) = ids(specwatch, "failed")
    again = specwatch("outbox", "retry", str(row))
    assert (again.code, "550 5.1.1" in again.err) == (3, True)
    sent.refuse.clear()
    assert specwatch("outbox", "retry", "--all").out == "2 accepted.\n"
    assert len(ids(specwatch, "accepted")) == 3
    assert specwatch("outbox", "retry", "--all").out == "Nothing was deferred or given up.\n"
    accepted = specwatch("outbox", "retry", str(row))
    assert (accepted.code, "is accepted" in accepted.err) == (2, True)


@pytest.mark.parametrize("words", [(), ("1", "--all")])
def test_retry_asks_for_one_or_all(specwatch, sent, words):
    assert specwatch("outbox", "retry", *words).code == 2


def test_what_was_dropped_is_not_sent_any_more(specwatch, sent):
    (row,) = ids(specwatch, "deferred")
    assert specwatch("outbox", "drop", str(row)).code == 0
    sent.refuse.clear()
    assert specwatch("outbox", "retry", "--all").out == "1 accepted.\n"
    assert ids(specwatch, "dead") == [row]
    assert "dropped by hand" in specwatch("outbox").out


def test_an_empty_outbox_says_so(specwatch, acme):
    assert specwatch("outbox").out == "No messages to show.\n"
