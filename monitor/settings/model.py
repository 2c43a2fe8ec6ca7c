"""What the configuration says, as values. Secrets are names of environment variables until somebody asks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from monitor.errors import ConfigurationError, UnknownSource, UsageError
from monitor.schedule import Calendar, Cron, Every, Schedule
from monitor.settings.ages import Age
from monitor.settings.checks import (
    DEFAULT_CONFIRM_AFTER,
    DEFAULT_EVERY,
    FROZEN_AFTER,
    LogFormat,
    Security,
    database,
    format_every,
    heartbeat,
    nearest,
)
from monitor.settings.environment import resolve, secret_of

DATABASE_FILE: Final = "specwatch.db"
_SQLITE: Final = "sqlite:///"


@dataclass(frozen=True, slots=True)
class ExtensionSettings:
    """The keys of specification extensions (OAS 3.1.1, section 4.9) whose meaning is compared; None is the default.

    `scopes` hold the list of scopes that a call needs, `echoes` say these once more in words, `webhooks` are members of
    the root with payloads as under `webhooks`. `deprecated` say of whatever holds them that it is deprecated, `sunset`
    give the day of its removal.
    """

    scopes: tuple[str, ...] | None = None
    echoes: tuple[str, ...] | None = None
    webhooks: tuple[str, ...] | None = None
    deprecated: tuple[str, ...] | None = None
    sunset: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """A watched document. `promise` and `client` name a shipped profile or the path of a file of the user's own.

    `url` may be a path, relative to the configuration's folder. It is checked every `every`, or as `cron` says, or `at`
    these local times on each `day` of these (none: on all), of which one holds: see `schedule`. The values of `headers`
    may be `env:NAME`, `Bearer env:NAME` or `file:/path`. What its own `extensions` leave out is that of all sources.
    `allow_hosts` are those that its parts may come from besides its own. `allow_private` lets its requests reach one's
    own networks, `allow_networks` (CIDR) only those named. A document that lacks much of the one before is suspect, and
    nothing is told of it, until it is seen `confirm_after` later, or for the `confirm_checks`th time (None: only time
    counts; 1: nothing is ever suspect). `owner` is who looks after it, `labels` are words to choose it by.
    `uses` are patterns (`contract.operation_patterns`) of the operations that one's own code calls; none: nobody knows.
    """

    name: str
    url: str
    promise: str | None = None
    client: str = "strict"
    every: timedelta = DEFAULT_EVERY
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    extensions: ExtensionSettings = ExtensionSettings()
    confirm_after: timedelta = DEFAULT_CONFIRM_AFTER
    confirm_checks: int | None = None
    paused: bool = False
    allow_hosts: tuple[str, ...] = ()
    allow_private: bool = False
    allow_networks: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    cron: str | None = None
    day: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    timezone: str = "UTC"
    jitter: timedelta = timedelta()
    owner: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def schedule(self) -> Schedule:
        """When it falls due."""
        if self.cron is not None:
            return Schedule(Cron.parse(self.cron, ZoneInfo(self.timezone)), self.jitter)
        if self.at:
            return Schedule(Calendar.named(self.day, self.at, self.timezone), self.jitter)
        return Schedule(Every(self.every), self.jitter)

    @property
    def rhythm(self) -> str:
        """Its schedule in the words of the configuration, as in `6h`, `30 6 * * mon-fri (Europe/London)`."""
        if self.cron is None and not self.at:
            return format_every(self.every)
        said = self.cron or f"{', '.join(self.day) or 'daily'} {', '.join(self.at)}"
        return f"{said} ({self.timezone})"

    def belongs(self, owner: str | None, labels: Mapping[str, str]) -> bool:
        """Whether this owner looks after it, where one is named, and it has all of these labels."""
        return owner in (None, self.owner) and labels.items() <= self.labels.items()

    def resolved_headers(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The headers with what they name. Raises ConfigurationError naming a variable that is not set."""
        return {
            header: resolve(value, environ, owner=f"the header {header} of {self.name}")
            for header, value in self.headers.items()
        }

    def secrets(self, resolved: Mapping[str, str]) -> tuple[str, ...]:
        """The secrets among the values that `resolved_headers` gave: what must never be shown or written."""
        found = (secret_of(value, resolved[header]) for header, value in self.headers.items())
        return tuple(secret for secret in found if secret is not None)


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How documents are downloaded. `contact` is told the providers; `proxy` is a URL, a reference to one, or `none`;
    `ca_file` holds authorities (PEM) that are trusted besides the usual ones, its path relative to the configuration.

    `max_megabytes` and `time_limit` (seconds) are for one document with everything that it takes. People are told of a
    source that failed `alert_after` times in a row, and when it is back.
    """

    contact: str | None = None
    proxy: str | None = None
    ca_file: str | None = None
    max_megabytes: int = 64
    time_limit: int = 120
    alert_after: int = 3

    def resolved_proxy(self, environ: Mapping[str, str]) -> str | None:
        """The proxy's URL, "" for none at all, None for what the environment says. Raises ConfigurationError."""
        if self.proxy == "none":
            return ""
        return None if self.proxy is None else resolve(self.proxy, environ, owner="the proxy of [fetch]")


@dataclass(frozen=True, slots=True)
class LimitsSettings:
    """What one document may take of the machine: seconds and megabytes (of memory) for a comparison, and seconds for
    the opinion of openapi-spec-validator, which is not asked for where they are 0.
    """

    compare_time: int = 120
    compare_megabytes: int = 2048
    opinion_time: int = 30


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """What the daemon forgets, once a day: see `specwatch prune`. Nothing where both are None."""

    older_than: Age | None = None
    keep: int | None = None


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """When the weekly digest falls due: a day's English name, a local time as in 08:00, an IANA time zone.

    `quiet`: whether one is sent of a week with nothing to tell. `unsubscribe` is the address that takes the mail of who
    wants no more of it, by default the sender's.
    """

    day: str = "monday"
    at: str = "08:00"
    timezone: str = "UTC"
    enabled: bool = True
    quiet: bool = True
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Whether people are told at once of what breaks them, reminders (days before a deadline), and when nobody is told.

    `quiet_from` and `quiet_until` are local times as in 22:00, both or neither: what happens between is told after.
    """

    enabled: bool = True
    reminders: tuple[int, ...] = (30, 7, 1)
    quiet_from: str | None = None
    quiet_until: str | None = None
    timezone: str = "UTC"

    def quiet(self, now: datetime) -> bool:
        """Whether nobody is to be told now."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        local = f"{now.astimezone(ZoneInfo(self.timezone)):%H:%M}"
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= local < self.quiet_until
        return local >= self.quiet_from or local < self.quiet_until


@dataclass(frozen=True, slots=True)
class SubscriptionSettings:
    """Some recipients and what they are told: of which sources, levels, operations (patterns, tags), kinds, and when.

    What is empty is told whole. `rhythm` is `weekly`, `daily` or `at once`. Sources are meant by name, by `owner` and
    by all of the `labels`; of several of these by each.
    """

    name: str
    recipients: tuple[str, ...]
    rhythm: str = "weekly"
    sources: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    owner: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def chosen(self, sources: Iterable[SourceSettings]) -> tuple[str, ...] | None:
        """The names of the sources that are told of; None for all, whichever there are."""
        if not self.sources and self.owner is None and not self.labels:
            return None
        return tuple(
            source.name
            for source in sources
            if (not self.sources or source.name in self.sources) and source.belongs(self.owner, self.labels)
        )


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The server that takes the mail. `password` is `env:NAME`; `sender` is an address."""

    host: str
    port: int
    security: Security
    sender: str
    username: str | None = None
    password: str | None = None

    def resolved_password(self, environ: Mapping[str, str]) -> str | None:
        """The password, or None without one. Raises ConfigurationError naming a variable that is not set."""
        return None if self.password is None else resolve(self.password, environ, owner="the password of [smtp]")


CHANNEL: Final = "channel:"
"""What stands before a channel's name among recipients."""


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A way to people that is no mail: `url` is one of apprise's, always named (`env:NAME`); or `webhook`, with the
    `secret` that signs what goes there. `allow_private` lets a webhook be in one's own networks, and at http:.
    """

    name: str
    url: str | None = None
    webhook: str | None = None
    secret: str | None = None
    allow_private: bool = False

    def resolved(self, environ: Mapping[str, str]) -> tuple[str, str | None]:
        """The URL, and the secret of a webhook. Raises ConfigurationError naming a variable that is not set."""
        owner = f"the channel {self.name}"
        url = resolve(self.url or self.webhook or "", environ, owner=owner)
        return url, None if self.secret is None else resolve(self.secret, environ, owner=owner)


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """How the daemon is seen from outside.

    `listen` (host and port) is where it serves its metrics and its health; None: nowhere. `heartbeat_url` names a
    secret URL that is asked after each good cycle; its requests reach the internet and `heartbeat_networks` (CIDR).
    """

    listen: tuple[str, int] | None = None
    log: LogFormat = "console"
    heartbeat_url: str | None = None
    heartbeat_networks: tuple[str, ...] = ()

    def resolved_heartbeat(self, environ: Mapping[str, str]) -> str | None:
        """The URL, or None without one. Raises ConfigurationError, which never shows it."""
        if self.heartbeat_url is None:
            return None
        return heartbeat(resolve(self.heartbeat_url, environ, owner="the `heartbeat_url` of [daemon]"))


@dataclass(frozen=True, slots=True)
class Settings:
    """All of `specwatch.toml`. `database` is as written; ask `database_url` for what it means.

    `recipients` are addresses, and channels as `channel:NAME`.

    `frozen_after` is how long a document that says it no longer follows the API must not have changed to be called
    frozen.
    """

    sources: tuple[SourceSettings, ...] = ()
    database: str | None = None
    digest: DigestSettings = DigestSettings()
    alerts: AlertSettings = AlertSettings()
    smtp: SmtpSettings | None = None
    recipients: tuple[str, ...] = ()
    subscriptions: tuple[SubscriptionSettings, ...] = ()
    channels: tuple[ChannelSettings, ...] = ()
    fetch: FetchSettings = FetchSettings()
    limits: LimitsSettings = LimitsSettings()
    retention: RetentionSettings = RetentionSettings()
    extensions: ExtensionSettings = ExtensionSettings()
    frozen_after: timedelta = FROZEN_AFTER
    daemon: DaemonSettings = DaemonSettings()

    @property
    def mailed(self) -> tuple[str, ...]:
        """The recipients that are addresses."""
        return tuple(recipient for recipient in self.recipients if not recipient.startswith(CHANNEL))

    @property
    def reachable(self) -> bool:
        """Whether there is anybody to tell, and a way to each of them."""
        return bool(self.recipients) and self.reaches(self.recipients)

    def reaches(self, recipients: Sequence[str]) -> bool:
        """Whether there is a way to each of some recipients: addresses need [smtp], channels do not."""
        return self.smtp is not None or all(each.startswith(CHANNEL) for each in recipients)

    def channel(self, recipient: str) -> ChannelSettings:
        """The channel that `channel:NAME` means. Raises ConfigurationError."""
        name = recipient.removeprefix(CHANNEL)
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise ConfigurationError(
            f"no channel is called {name!r} any more, and a message waits for it",
            advice=f"Write [channels.{name}] again, or drop the message: specwatch outbox.",
        )

    def source(self, name: str) -> SourceSettings:
        """The source of that name. Raises UnknownSource, with the nearest name as advice."""
        for source in self.sources:
            if source.name == name:
                return source
        near = nearest(name, [source.name for source in self.sources])
        if near is not None:
            advice = f"Did you mean {near!r}?"
        elif self.sources:
            advice = "`specwatch list` shows those that are watched."
        else:
            advice = "None is watched yet. Begin with `specwatch add NAME URL`."
        raise UnknownSource(f"no source is called {name!r}", advice=advice)

    def chosen(self, names: Sequence[str] = (), *, paused: bool = True) -> tuple[SourceSettings, ...]:
        """The named sources in their order, or all; without names, `paused` says whether paused ones are among them.

        Raises UnknownSource.
        """
        if names:
            return tuple(self.source(name) for name in dict.fromkeys(names))
        return tuple(source for source in self.sources if paused or not source.paused)

    def selected(
        self, names: Sequence[str], *, owner: str | None = None, labels: Mapping[str, str] | None = None
    ) -> tuple[str, ...]:
        """The names, or all of them where there are none, of sources with this owner and all of these labels.

        Raises UnknownSource, and UsageError where there is no such source: no name at all would mean every source.
        """
        wanted = labels or {}
        if owner is None and not wanted:
            return tuple(names)
        found = tuple(source.name for source in self.chosen(names) if source.belongs(owner, wanted))
        if not found:
            said = [*([f"owner {owner!r}"] if owner is not None else []), *(f"{k}={v}" for k, v in wanted.items())]
            raise UsageError(
                f"no source has {' and '.join(said)}", advice="`specwatch list --format json` shows who owns what."
            )
        return found

    def database_url(self, folder: Path, environ: Mapping[str, str] | None = None) -> str:
        """The database as SQLAlchemy names it; `specwatch.db` in `folder` where the configuration says nothing.

        The path of an SQLite file is relative to `folder`; `environ` defaults to the process's. Raises
        ConfigurationError for a variable that is not set or holds no database URL.
        """
        if self.database is None:
            return _SQLITE + str(folder.absolute() / DATABASE_FILE)
        url = resolve(self.database, os.environ if environ is None else environ, owner="`database`")
        database(url, secret=url != self.database)
        scheme, separator, rest = url.partition("://")
        if scheme in ("postgresql", "postgres"):
            # SQLAlchemy would take psycopg 2; `postgres` is what hosts like to hand out.
            return f"postgresql+psycopg{separator}{rest}"
        file = url.removeprefix(_SQLITE)
        if not url.startswith(_SQLITE) or file in ("", ":memory:"):
            return url
        path, query, options = file.partition("?")
        return f"{_SQLITE}{folder.absolute() / path}{query}{options}"

    def database_file(self, folder: Path, environ: Mapping[str, str] | None = None) -> Path | None:
        """The SQLite file of `database_url`, which need not exist; None where the database is no file."""
        url = self.database_url(folder, environ)
        file = url.removeprefix(_SQLITE).partition("?")[0]
        return Path(file) if url.startswith(_SQLITE) and file not in ("", ":memory:") else None
