"""Delivery: what waits in the outbox is handed over, looked at, tried again, dropped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitor.errors import ConfigurationError, UsageError
from monitor.fetch import AddressPolicy
from monitor.jobs.due import DIGEST
from monitor.jobs.requests import options_of
from monitor.notify import Delivered, Server, Smtp, Transport, Waiting, readable, readable_notice
from monitor.notify import deliver as deliver_outbox
from monitor.report.outbox import MessageState, OutboxItem
from monitor.settings import CHANNEL

if TYPE_CHECKING:
    from monitor.notify.channels import Chat, Webhook
    from monitor.schedule import Week
    from monitor.settings import ChannelSettings, Settings
    from monitor.store import OutboxRow, Store

WEBHOOK_SECONDS: Final = 20.0
"""How long a webhook may take to say that it has a message."""
RECENT: Final = timedelta(days=14)
"""How long what was settled is still listed."""


def deliver(
    store: Store, settings: Settings, *, now: datetime, environ: Mapping[str, str], folder: Path = Path()
) -> Delivered:
    """Hand over what waits in the outbox; no server is asked when nothing does.

    What a setting stands in the way of (no [smtp], a variable that is not set) waits with no attempt counted, all else
    is sent; then ConfigurationError is raised.
    """
    outbox = _StoreOutbox(store, now)
    with ExitStack() as stack:
        ways = _Ways(settings, environ, folder, now, stack)
        delivered = deliver_outbox(outbox, ways, now=now)
    if ways.errors:
        raise ways.errors[0]
    return delivered


def outbox_items(
    store: Store, *, states: Collection[MessageState] = (), week: Week | None = None, now: datetime
) -> tuple[OutboxItem, ...]:
    """The messages in these states, or of the digest of a week, oldest first; without either, what will be sent and
    what was settled of late.
    """
    with store.reading() as uow:
        if week is not None:
            rows = uow.outbox.of(DIGEST, [str(week)])
        else:
            rows = uow.outbox.in_states(states) if states else uow.outbox.recent(since=now - RECENT)
    return tuple(_item(row) for row in sorted(rows, key=lambda row: row.id))


def outbox_message(store: Store, row_id: int, *, raw: bool = False) -> tuple[OutboxItem, str]:
    """A message of the outbox, and what it says; with `raw` as it is handed over. Raises UsageError for no such id."""
    with store.reading() as uow:
        row = _demand(uow.outbox.get(row_id), row_id)
    if not row.message:
        return _item(row), "" if raw else "What it said was pruned."
    if raw:
        return _item(row), row.message.decode("utf-8", "replace")
    return _item(row), (readable_notice if row.recipient.startswith(CHANNEL) else readable)(row.message)


def retry_message(store: Store, row_id: int, *, now: datetime) -> OutboxItem:
    """Have a message that was deferred or given up tried anew, at once. Raises UsageError for any other."""
    with store.transaction() as uow:
        row = _demand(uow.outbox.get(row_id), row_id)
        if not uow.outbox.retry(row_id, now=now):
            raise UsageError(
                f"message {row_id} is {row.state}, so there is nothing to try again",
                advice="`specwatch outbox` shows what was deferred or given up.",
            )
        return _item(_demand(uow.outbox.get(row_id), row_id))


def retry_all(store: Store, *, now: datetime) -> int:
    """The same for all that were deferred or given up, but for those that were dropped or told again; how many."""
    with store.transaction() as uow:
        return uow.outbox.retry_all(now=now)


def drop_message(store: Store, row_id: int, *, now: datetime) -> OutboxItem:
    """Give a message up by hand; its row stays. Raises UsageError when it was accepted."""
    with store.transaction() as uow:
        row = _demand(uow.outbox.get(row_id), row_id)
        if not uow.outbox.withdraw([row_id], error="dropped by hand", now=now):
            raise UsageError(f"message {row_id} is {row.state}: it cannot be called back")
        return _item(_demand(uow.outbox.get(row_id), row_id))


class _Ways:
    """By what each recipient is reached, made when the first message asks for it."""

    def __init__(
        self, settings: Settings, environ: Mapping[str, str], folder: Path, now: datetime, stack: ExitStack
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._folder = folder
        self._now = now
        self._stack = stack
        self._made: dict[str, Transport | None] = {}
        self.errors: list[ConfigurationError] = []

    def __call__(self, recipient: str) -> Transport | None:
        """The way to a recipient; None where a setting stands in the way, which is kept among `errors`."""
        channel = recipient.startswith(CHANNEL)
        key = recipient if channel else "mail"
        if key not in self._made:
            self._made[key] = self._tried(partial(self._channel, recipient) if channel else self._mail)
        return self._made[key]

    def _tried(self, make: Callable[[], Transport]) -> Transport | None:
        try:
            return make()
        except ConfigurationError as error:
            self.errors.append(error)
            return None

    def _channel(self, recipient: str) -> Transport:
        channel = self._settings.channel(recipient)
        return way_to(channel, self._settings, now=self._now, environ=self._environ, folder=self._folder)

    def _mail(self) -> Transport:
        smtp = self._settings.smtp
        if smtp is None:
            raise no_mail("[smtp] section")
        password = smtp.resolved_password(self._environ)
        return self._stack.enter_context(Smtp(Server(smtp.host, smtp.port, smtp.security, smtp.username, password)))


def way_to(
    channel: ChannelSettings, settings: Settings, *, now: datetime, environ: Mapping[str, str], folder: Path
) -> Chat | Webhook:
    """How a channel is reached; nothing is sent. Raises ConfigurationError for what can be told without sending."""
    # httpx and apprise take their time.
    from monitor.fetch.wire import Deadline, Wire
    from monitor.notify.channels import Chat, Webhook

    url, secret = channel.resolved(environ)
    if secret is None:
        return Chat(url, name=channel.name)
    if not url.lower().startswith(("https:", "http:") if channel.allow_private else "https:"):
        raise ConfigurationError(f"the webhook of the channel {channel.name} is no https: URL")
    policy = AddressPolicy.of(url, allow_private=channel.allow_private)
    options = options_of(settings.fetch, folder=folder, environ=environ)
    return Webhook(
        url,
        name=channel.name,
        secret=secret,
        wire=lambda: Wire(Deadline(WEBHOOK_SECONDS), policy, options),
        clock=lambda: now,
    )


def no_mail(missing: str) -> ConfigurationError:
    """What is told when something is to be sent and cannot be."""
    return ConfigurationError(
        f"the configuration has no {missing}, so nothing can be sent",
        advice="Look at the digest with `specwatch digest --preview DIR`; examples/specwatch.toml shows every key.",
    )


class _StoreOutbox:
    """The outbox's rows, each step a transaction of its own: what was sent is known before the next one is tried."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now

    def waiting(self, *, now: datetime) -> Sequence[Waiting]:
        with self._store.reading() as uow:
            rows = uow.outbox.waiting(now=now)
        return [Waiting(row.id, row.sender, row.recipient, row.message, row.attempts) for row in rows]

    def claim(self, row_id: int, /, *, now: datetime) -> bool:
        with self._store.transaction() as uow:
            return uow.outbox.claim(row_id, now=now)

    def accepted(self, row_id: int, /, *, now: datetime) -> None:
        with self._store.transaction() as uow:
            uow.outbox.accepted(row_id, now=now)

    def deferred(self, row_id: int, /, *, error: str, retry_at: datetime, uncertain: bool) -> None:
        with self._store.transaction() as uow:
            uow.outbox.deferred(row_id, error=error, retry_at=retry_at, uncertain=uncertain)

    def given_up(self, row_id: int, /, *, error: str, state: MessageState) -> None:
        with self._store.transaction() as uow:
            uow.outbox.given_up(row_id, error=error, state=state, now=self._now)


def _demand(row: OutboxRow | None, row_id: int) -> OutboxRow:
    if row is None:
        raise UsageError(f"there is no message {row_id}", advice="`specwatch outbox` shows what there is.")
    return row


def _item(row: OutboxRow) -> OutboxItem:
    tried_again = row.state in (MessageState.PENDING, MessageState.DEFERRED, MessageState.SENDING)
    return OutboxItem(
        id=row.id,
        message_id=row.message_id,
        kind=row.kind,
        period=row.period,
        recipient=row.recipient,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        tried_at=row.tried_at,
        next_at=row.next_at if tried_again else None,
        accepted_at=row.sent_at if row.state is MessageState.ACCEPTED else None,
        error=row.error,
        uncertain=row.uncertain,
        size=len(row.message) or None,  # pruned ones are empty
    )
