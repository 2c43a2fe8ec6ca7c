"""The outbox: what is sent, what waits, what is given up, over an outbox in memory and a real server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import DeliveryError
from monitor.notify import Delivered, Server, Smtp, Transport, Waiting
from monitor.notify import deliver as deliver_by
from monitor.report.outbox import MessageState

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

NOW = datetime(2026, 7, 27, 8, 0, tzinfo=UTC)
ADA, BOB, EVE = "ada@example.org", "bob@example.org", "eve@example.org"


@dataclass
class Row:
    waiting: Waiting
    due: datetime | None = NOW
    sent: datetime | None = None
    state: str = "pending"
    uncertain: bool = False
    error: str | None = None


@dataclass
class Memory:
    """An outbox as the store keeps one, and the order in which its rows were marked."""

    rows: dict[int, Row] = field(default_factory=dict)
    marked: list[tuple[str, int]] = field(default_factory=list)
    claimed_by_others: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, *recipients: str, attempts: int = 0) -> Memory:
        rows = [
            Waiting(number, "w@example.com", to, b"Subject: x\r\n\r\nx\r\n", attempts)
            for number, to in enumerate(recipients)
        ]
        return cls({row.id: Row(row) for row in rows})

    def waiting(self, *, now: datetime) -> Sequence[Waiting]:
        return [row.waiting for row in self.rows.values() if row.due is not None and row.due <= now]

    def claim(self, row: int, *, now: datetime) -> bool:
        return row not in self.claimed_by_others

    def accepted(self, row: int, *, now: datetime) -> None:
        self.marked.append(("accepted", row))
        self.rows[row].sent, self.rows[row].due, self.rows[row].state = now, None, "accepted"

    def deferred(self, row: int, *, error: str, retry_at: datetime, uncertain: bool) -> None:
        self._mark(row, "deferred", error, retry_at)
        self.rows[row].uncertain = uncertain

    def given_up(self, row: int, *, error: str, state: MessageState) -> None:
        self._mark(row, str(state), error, None)

    def _mark(self, row: int, state: str, error: str, due: datetime | None) -> None:
        self.marked.append((state, row))
        kept = self.rows[row]
        kept.waiting = replace(kept.waiting, attempts=kept.waiting.attempts + 1)
        kept.error, kept.due, kept.state = error, due, state


def deliver(outbox: Memory, transport: Transport, *, now: datetime) -> Delivered:
    """All by one way."""
    return deliver_by(outbox, lambda _: transport, now=now)


class Line:
    """A way to people that fails as it is told: `closed` to open, and for some recipients to send."""

    def __init__(self, *, closed: DeliveryError | None = None, refused: dict[str, DeliveryError] | None = None) -> None:
        self.closed = closed
        self.refused = refused or {}
        self.sent: list[str] = []

    def open(self) -> None:
        if self.closed is not None:
            raise self.closed

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        if recipient in self.refused:
            raise self.refused[recipient]
        self.sent.append(recipient)


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_all_that_waits_is_sent_and_marked(serve, inbox):
    outbox = Memory.of(ADA, BOB)
    with Smtp(serve()) as smtp:
        assert deliver(outbox, smtp, now=NOW) == Delivered(sent=2, failed=0, waiting=0)
    assert inbox.recipients == [ADA, BOB]
    assert [row.sent for row in outbox.rows.values()] == [NOW, NOW]


def test_what_was_sent_is_not_sent_again(serve, inbox):
    outbox = Memory.of(ADA)
    with Smtp(serve()) as smtp:
        deliver(outbox, smtp, now=NOW)
        assert deliver(outbox, smtp, now=later(60)) == Delivered(0, 0, 0)
    assert inbox.recipients == [ADA]


def test_with_nothing_to_send_no_server_is_asked(closed_port):
    assert deliver(Memory(), Smtp(Server("127.0.0.1", closed_port, "none")), now=NOW) == Delivered(0, 0, 0)


def test_a_recipient_refused_for_good_is_given_up_and_holds_up_no_one(serve, inbox):
    inbox.refuse[ADA] = "550 no such user"
    outbox = Memory.of(ADA, BOB)
    with Smtp(serve()) as smtp:
        done = deliver(outbox, smtp, now=NOW)
    assert (done.sent, done.failed, done.waiting) == (1, 1, 0)
    assert "550 no such user" in (done.error or "")
    assert (outbox.rows[0].due, outbox.rows[1].sent) == (None, NOW)


def test_a_recipient_refused_for_now_waits_and_holds_up_no_one(serve, inbox):
    inbox.refuse[ADA] = "451 come back"
    outbox = Memory.of(ADA, BOB)
    with Smtp(serve()) as smtp:
        assert deliver(outbox, smtp, now=NOW).waiting == 1
        assert inbox.recipients == [BOB]
        del inbox.refuse[ADA]
        assert deliver(outbox, smtp, now=later(0.5)).sent == 0
        assert deliver(outbox, smtp, now=later(1)).sent == 1
    assert inbox.recipients == [BOB, ADA]


def test_a_server_that_is_not_there_ends_the_round_and_all_wait(closed_port):
    outbox = Memory.of(ADA, BOB, EVE)
    done = deliver(outbox, Smtp(Server("127.0.0.1", closed_port, "none")), now=NOW)
    assert (done.sent, done.failed, done.waiting) == (0, 0, 3)
    assert "connection refused" in (done.error or "")
    assert outbox.marked == [("deferred", 0)]
    assert [row.due for row in outbox.rows.values()] == [later(1), NOW, NOW]


def test_a_login_that_is_refused_gives_up_no_message(serve, login):
    outbox = Memory.of(ADA, BOB)
    server = replace(serve("plain", login=True), **{**login, "password": "wrong"})
    done = deliver(outbox, Smtp(server), now=NOW)
    assert (done.sent, done.failed, done.waiting) == (0, 0, 2)
    assert outbox.rows[0].due == later(1)


def test_a_server_that_goes_away_in_the_middle_leaves_the_rest_waiting(serve, inbox):
    inbox.leaves_at = BOB
    outbox = Memory.of(ADA, BOB, EVE, ADA)
    with Smtp(serve()) as smtp:
        done = deliver(outbox, smtp, now=NOW)
    assert (done.sent, done.failed, done.waiting) == (1, 0, 3)
    assert "connection refused" in (done.error or "")
    assert outbox.marked == [("accepted", 0), ("deferred", 1), ("deferred", 2)]
    assert outbox.rows[3].due == NOW


def test_each_row_is_marked_before_the_next_is_sent():
    outbox = Memory.of(ADA, BOB)
    seen: list[int] = []

    class Watching(Line):
        def send(self, message: bytes, *, sender: str, recipient: str) -> None:
            seen.append(len(outbox.marked))

    deliver(outbox, Watching(), now=NOW)
    assert seen == [0, 1]


@pytest.mark.parametrize(
    ("failed_before", "minutes"), [(0, 1), (1, 5), (2, 30), (3, 120), (4, 360), (5, 360), (22, 360), (23, None)]
)
def test_the_waits_grow_and_the_twenty_fourth_attempt_is_the_last(failed_before, minutes):
    outbox = Memory.of(ADA, attempts=failed_before)
    line = Line(refused={ADA: DeliveryError("come back", permanent=False)})
    done = deliver(outbox, line, now=NOW)
    assert outbox.rows[0].due == (None if minutes is None else later(minutes))
    assert outbox.rows[0].state == ("dead" if minutes is None else "deferred")
    assert (done.failed, done.waiting) == ((1, 0) if minutes is None else (0, 1))


@pytest.mark.parametrize("permanent", [False, True])
def test_a_server_that_never_comes_back_gives_a_message_up_after_five_days(permanent):
    outbox = Memory.of(ADA)
    line = Line(closed=DeliveryError("no connection", permanent=permanent))
    now, rounds = NOW, 0
    while outbox.rows[0].due is not None:
        now = max(now, outbox.rows[0].due)
        deliver(outbox, line, now=now)
        rounds += 1
    assert rounds == 24
    assert timedelta(days=4.5) < now - NOW < timedelta(days=5)
    assert outbox.rows[0].state == "dead"
    assert outbox.rows[0].error == "given up after 24 attempts; the last: no connection"


def test_an_address_that_is_none_is_given_up_and_holds_up_no_one(serve, inbox):
    outbox = Memory.of("nobody", BOB)
    with Smtp(serve()) as smtp:
        done = deliver(outbox, smtp, now=NOW)
    assert (done.sent, done.failed, inbox.recipients) == (1, 1, [BOB])


@given(fates=st.lists(st.sampled_from(["sent", "permanent", "temporary"]), max_size=12), attempts=st.integers(0, 23))
def test_every_row_is_counted_once_and_only_what_was_sent_went_out(fates, attempts):
    people = [f"p{number}@example.org" for number in range(len(fates))]
    refused = {
        person: DeliveryError("no", permanent=fate == "permanent")
        for person, fate in zip(people, fates, strict=True)
        if fate != "sent"
    }
    outbox, line = Memory.of(*people, attempts=attempts), Line(refused=refused)
    done = deliver(outbox, line, now=NOW)
    assert line.sent == [person for person, fate in zip(people, fates, strict=True) if fate == "sent"]
    assert done.sent == len(line.sent)
    assert done.sent + done.failed + done.waiting == len(fates)
    assert done.waiting == sum(row.due is not None for row in outbox.rows.values())
    assert (done.error is None) == (not refused)


def test_a_message_that_another_process_has_is_left_to_it(serve, inbox) -> None:
    outbox = Memory.of("a@example.com", "b@example.com")
    outbox.claimed_by_others = {0}
    with Smtp(serve()) as transport:
        assert deliver(outbox, transport, now=NOW) == Delivered(sent=1, failed=0, waiting=0, error=None)
    assert inbox.recipients == ["b@example.com"]
    assert outbox.marked == [("accepted", 1)]


def test_a_way_that_is_down_holds_up_no_other_and_is_asked_once(serve, inbox) -> None:
    outbox = Memory.of(ADA, "channel:ops", "channel:ops", BOB)
    down = Line(closed=DeliveryError("no connection", permanent=False))
    with Smtp(serve()) as smtp:
        done = deliver_by(outbox, lambda recipient: down if recipient.startswith("channel:") else smtp, now=NOW)
    assert (done.sent, done.waiting, inbox.recipients) == (2, 2, [ADA, BOB])
    assert outbox.marked == [("accepted", 0), ("deferred", 1), ("accepted", 3)]


def test_what_there_is_no_way_for_waits_untouched() -> None:
    outbox, line = Memory.of(ADA, BOB), Line()
    done = deliver_by(outbox, lambda recipient: line if recipient == BOB else None, now=NOW)
    assert (done.sent, done.waiting, outbox.marked) == (1, 1, [("accepted", 1)])


@pytest.mark.parametrize(("asked", "minutes"), [(5, 1), (1800, 30), (10**9, 360)])
def test_who_asks_to_be_left_alone_is_but_for_no_more_than_six_hours(asked, minutes) -> None:
    outbox = Memory.of(ADA)
    deliver(outbox, Line(refused={ADA: DeliveryError("busy", permanent=False, retry_after=asked)}), now=NOW)
    assert outbox.rows[0].due == later(minutes)


def test_a_message_of_which_nobody_knows_whether_it_arrived_is_marked_so_and_tried_again() -> None:
    outbox = Memory.of(ADA)
    deliver(outbox, Line(refused={ADA: DeliveryError("gone", permanent=False, uncertain=True)}), now=NOW)
    assert (outbox.rows[0].uncertain, outbox.rows[0].due) == (True, later(1))


@pytest.mark.parametrize(
    ("kind", "security", "words"),
    [("starttls", "starttls", "certificate is not trusted"), ("plain", "starttls", "does not offer STARTTLS")],
)
def test_a_server_that_is_not_safe_gets_nothing_and_all_wait(serve, inbox, kind, security, words) -> None:
    outbox = Memory.of(ADA, BOB)
    done = deliver(outbox, Smtp(replace(serve(kind), security=security)), now=NOW)
    assert (done.sent, done.failed, done.waiting, inbox.mail) == (0, 0, 2, [])
    assert words in (done.error or "")
    assert outbox.rows[0].state == "deferred"


def test_a_server_that_hangs_with_the_message_is_not_waited_for_and_the_others_are_tried(serve, inbox) -> None:
    inbox.silent_at_data = True
    outbox = Memory.of(ADA, BOB)
    with Smtp(replace(serve(), timeout=0.3)) as smtp:
        done = deliver(outbox, smtp, now=NOW)
    assert (done.sent, done.waiting) == (0, 2)
    assert [row.uncertain for row in outbox.rows.values()] == [True, True]
