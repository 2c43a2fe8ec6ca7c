"""Finding and reading `specwatch.toml`. Whatever cannot be followed is an error that names the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from monitor.errors import ConfigurationError
from monitor.settings import checks
from monitor.settings.ages import parse_age
from monitor.settings.checks import (
    DEFAULT_CONFIRM_AFTER,
    DEFAULT_EVERY,
    FROZEN_AFTER,
    KINDS,
    LEVELS,
    RHYTHMS,
    SECURITIES,
)
from monitor.settings.model import (
    AlertSettings,
    ChannelSettings,
    DaemonSettings,
    DigestSettings,
    ExtensionSettings,
    FetchSettings,
    LimitsSettings,
    RetentionSettings,
    Settings,
    SmtpSettings,
    SourceSettings,
    SubscriptionSettings,
)
from monitor.settings.table import File, Table

FILE: Final = "specwatch.toml"
SOURCES: Final = "sources.d"
"""The folder beside the file with more sources."""
VARIABLE: Final = "SPECWATCH_CONFIG"

_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_PLAINER: Final = {
    "Cannot overwrite a value": "the same key stands here twice",
    "Unterminated string": "a text has no closing quote",
}


def find(explicit: str | None, environ: Mapping[str, str]) -> Path:
    """The configuration file: `explicit`, `$SPECWATCH_CONFIG`, `./specwatch.toml`. It need not exist."""
    return Path(explicit or environ.get(VARIABLE) or FILE).expanduser()


def load(path: Path) -> Settings:
    """Read the configuration, with the sources in `sources.d` beside it behind its own.

    Raises ConfigurationError, with file and line where it is about what is written there.
    """
    known: dict[str, Table] = {}
    settings = _settings(_root(text_of(path), path), known, _beside(path))
    more: list[SourceSettings] = []
    for file in files_of(path)[1:]:
        root = _root(text_of(file), file)
        root.only("sources")
        more += _sources(root, settings.extensions, known)
    return replace(settings, sources=(*settings.sources, *more)) if more else settings


def _beside(path: Path) -> tuple[Table, ...]:
    """The sources in `sources.d`."""
    roots = (_root(text_of(file), file) for file in files_of(path)[1:])
    return tuple(table for root in roots for table in root.tables("sources"))


def home_of(path: Path, name: str) -> Path:
    """Which file of the configuration at `path` a source stands in. Raises UnknownSource, ConfigurationError."""
    load(path).source(name)
    for file in files_of(path):
        if any(source.name == name for source in settings_from(text_of(file), file).sources):
            return file
    return path


def files_of(path: Path) -> tuple[Path, ...]:
    """The files of the configuration: the one at `path`, and by their names those in `sources.d` beside it.

    Raises ConfigurationError for a folder that cannot be looked into.
    """
    folder = path.parent / SOURCES
    try:
        more = sorted(file for file in folder.iterdir() if file.suffix == ".toml" and not file.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        more = []
    except OSError as error:
        raise ConfigurationError(f"it cannot be looked into: {error.strerror}", where=str(folder)) from error
    return (path, *more)


def text_of(path: Path) -> str:
    """The text of the file, lines ending in a line feed. Raises ConfigurationError."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(
            "there is no such configuration",
            where=str(path),
            advice="Begin with `specwatch add NAME URL`, which writes it, or name another one with --config.",
        ) from error
    except OSError as error:
        raise ConfigurationError(f"it cannot be read: {error.strerror}", where=str(path)) from error
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigurationError("not UTF-8, which TOML is written in", where=f"{path}:{line}") from error


def settings_from(text: str, path: Path) -> Settings:
    """The settings that a text means by itself; `path` is how errors name it."""
    return _settings(_root(text, path), {}, _beside(path))


def _root(text: str, path: Path) -> Table:
    """What a file says, as its outermost table."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _not_toml(str(error), text, path)
    except RecursionError as error:
        raise ConfigurationError("nested too deeply", where=str(path)) from error
    return Table(File(path, text), values, "the configuration")


def _settings(root: Table, known: dict[str, Table], beside: Sequence[Table]) -> Settings:
    root.only(
        "database", "recipients", "frozen_after", "digest", "alerts", "subscriptions", "extensions", "smtp", "sources",
        "fetch", "limits", "retention", "channels", "daemon",
    )  # fmt: skip
    extensions = _extensions(root.table("extensions"), ExtensionSettings())
    channels = _channels(root.table("channels"))
    return Settings(
        sources=_sources(root, extensions, known),
        database=root.text("database", checks.database),
        digest=_digest(root.table("digest")),
        alerts=_alerts(root.table("alerts")),
        smtp=_smtp(root.table("smtp")),
        recipients=_recipients(root, channels),
        subscriptions=_subscriptions(root, channels, beside),
        channels=channels,
        fetch=_fetch(root.table("fetch")),
        limits=_limits(root.table("limits")),
        retention=_retention(root.table("retention")),
        extensions=extensions,
        daemon=_daemon(root.table("daemon")),
        frozen_after=root.text("frozen_after", checks.parse_every) or FROZEN_AFTER,
    )


def _not_toml(message: str, text: str, path: Path) -> NoReturn:
    place = _PLACE.search(message)
    what = _PLAINER.get(_PLACE.sub("", message), f"not TOML: {_PLACE.sub('', message)}")
    if place is None or place[1] is None:
        where = f"{path}:{text.rstrip().count(chr(10)) + 1}"
    else:
        where = f"{path}:{place[1]}:{place[2]}"
    raise ConfigurationError(what, where=where)


def _sources(root: Table, extensions: ExtensionSettings, known: dict[str, Table]) -> tuple[SourceSettings, ...]:
    """The sources of a file; `known` are those that were read before it, by their names, and becomes all of them."""
    sources: list[SourceSettings] = []
    for table in root.tables("sources"):
        source = _source(table, extensions)
        first = known.setdefault(source.name, table)
        if first is not table:
            line = first.file.line((*first.key, "name"))
            place = f"on line {line}" if first.file is table.file else f"in {first.file.path}:{line}"
            what = f"a second source is called {source.name!r}; the first one's name stands {place}"
            raise table.error("name", what)
        sources.append(source)
    return tuple(sources)


def _source(table: Table, extensions: ExtensionSettings) -> SourceSettings:
    table.only(
        "name", "url", "promise", "client", "every", "cron", "day", "at", "timezone", "jitter", "headers", "extensions",
        "confirm_after", "confirm_checks", "paused", "allow_hosts", "allow_private", "allow_networks",
        "uses",
        "owner", "labels",
    )  # fmt: skip
    source = SourceSettings(
        name=table.needed("name", checks.name),
        url=table.needed("url", checks.url),
        promise=table.text("promise", checks.profile),
        client=table.text("client", checks.profile) or "strict",
        every=table.text("every", checks.parse_every) or DEFAULT_EVERY,
        headers=_headers(table.table("headers")),
        extensions=_extensions(table.table("extensions"), extensions),
        confirm_after=table.text("confirm_after", checks.parse_every) or DEFAULT_CONFIRM_AFTER,
        confirm_checks=table.number("confirm_checks", checks.checks_to_confirm),
        paused=table.flag("paused", default=False),
        allow_hosts=table.texts("allow_hosts", _once(checks.host, "`allow_hosts`")),
        allow_private=table.flag("allow_private", default=False),
        allow_networks=table.texts("allow_networks", _once(checks.network, "`allow_networks`")),
        cron=table.text("cron", checks.cron),
        day=_one_or_more(table, "day", checks.day),
        at=_one_or_more(table, "at", checks.hour),
        timezone=table.text("timezone", checks.timezone) or "UTC",
        jitter=table.text("jitter", checks.parse_every) or timedelta(),
        uses=table.texts("uses", _once(checks.operation_pattern, "`uses`")),
        owner=table.text("owner", checks.label),
        labels=_labels(table.table("labels")),
    )
    _see_to_schedule(table, source)
    return source


def _see_to_schedule(table: Table, source: SourceSettings) -> None:
    """Refuse what does not go together in a source's schedule."""
    given = [name for name in ("every", "cron", "at") if name in table.values]
    if len(given) > 1:
        raise table.error(given[1], f"`{given[0]}` and `{given[1]}` exclude each other", "Keep one of them.")
    for name, needs in (("day", ("at",)), ("timezone", ("at", "cron"))):
        if name in table.values and not set(needs) & set(given):
            raise table.error(name, f"`{name}` belongs to {' or '.join(f'`{need}`' for need in needs)}")
    if source.jitter and source.jitter >= source.schedule.shortest:
        raise table.error(
            "jitter", f"a `jitter` must be shorter than the time between two checks, {source.schedule.shortest}"
        )


def _one_or_more(table: Table, name: str, check: Callable[[str], str]) -> tuple[str, ...]:
    """A text, or a list of different ones."""
    if not isinstance(table.values.get(name), list):
        only = table.text(name, check)
        return () if only is None else (only,)
    found = table.texts(name, _once(check, f"`{name}`"))
    if not found:
        raise table.error(name, f"`{name}` names nothing", "Leave it out, or write at least one.")
    return found


def _labels(table: Table | None) -> dict[str, str]:
    if table is None:
        return {}
    return {key: table.needed(key, partial(checks.label, key=key)) for key in table.values}


def _headers(table: Table | None) -> dict[str, str]:
    return {} if table is None else {header: _header(table, header) for header in table.values}


def _header(table: Table, header: str) -> str:
    def check(text: str) -> str:
        return checks.header_value(checks.header_name(header), text)

    return table.needed(header, check)


def _extensions(table: Table | None, usual: ExtensionSettings) -> ExtensionSettings:
    """What a table says, and what it leaves out as usual."""
    if table is None:
        return usual
    table.only("scopes", "echoes", "webhooks", "deprecated", "sunset")

    def keys(name: str, otherwise: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return table.texts(name, _once(checks.extension, f"`{name}`")) if name in table.values else otherwise

    return ExtensionSettings(
        scopes=keys("scopes", usual.scopes),
        echoes=keys("echoes", usual.echoes),
        webhooks=keys("webhooks", usual.webhooks),
        deprecated=keys("deprecated", usual.deprecated),
        sunset=keys("sunset", usual.sunset),
    )


def _fetch(table: Table | None) -> FetchSettings:
    if table is None:
        return FetchSettings()
    table.only("contact", "proxy", "ca_file", "max_megabytes", "time_limit", "alert_after")
    usual = FetchSettings()
    return FetchSettings(
        contact=table.text("contact", checks.contact),
        proxy=table.text("proxy", checks.proxy),
        ca_file=table.text("ca_file", checks.file_path),
        max_megabytes=table.number("max_megabytes", checks.megabytes) or usual.max_megabytes,
        time_limit=table.number("time_limit", checks.seconds) or usual.time_limit,
        alert_after=table.number("alert_after", checks.times) or usual.alert_after,
    )


def _limits(table: Table | None) -> LimitsSettings:
    if table is None:
        return LimitsSettings()
    table.only("compare_time", "compare_megabytes", "opinion_time")
    usual = LimitsSettings()
    opinion = table.number("opinion_time", checks.opinion_seconds)
    return LimitsSettings(
        compare_time=table.number("compare_time", checks.compare_seconds) or usual.compare_time,
        compare_megabytes=table.number("compare_megabytes", checks.compare_megabytes) or usual.compare_megabytes,
        opinion_time=usual.opinion_time if opinion is None else opinion,
    )


def _retention(table: Table | None) -> RetentionSettings:
    if table is None:
        return RetentionSettings()
    table.only("older_than", "keep")
    return RetentionSettings(table.text("older_than", parse_age), table.number("keep", checks.versions))


def _daemon(table: Table | None) -> DaemonSettings:
    if table is None:
        return DaemonSettings()
    table.only("listen", "log", "heartbeat_url", "heartbeat_networks")
    networks = table.texts("heartbeat_networks", _once(checks.network, "`heartbeat_networks`"))
    if networks and "heartbeat_url" not in table.values:
        raise table.error("heartbeat_networks", "`heartbeat_networks` belongs to `heartbeat_url`")
    return DaemonSettings(
        listen=table.text("listen", checks.listen),
        log=table.text("log", checks.log_format) or "console",
        heartbeat_url=table.text("heartbeat_url", checks.secret),
        heartbeat_networks=networks,
    )


def _digest(table: Table | None) -> DigestSettings:
    if table is None:
        return DigestSettings()
    table.only("day", "at", "timezone", "enabled", "quiet", "unsubscribe")
    usual = DigestSettings()
    return DigestSettings(
        day=table.text("day", checks.day) or usual.day,
        at=table.text("at", checks.hour) or usual.at,
        timezone=table.text("timezone", checks.timezone) or usual.timezone,
        enabled=table.flag("enabled", default=usual.enabled),
        quiet=table.flag("quiet", default=usual.quiet),
        unsubscribe=table.text("unsubscribe", checks.address),
    )


def _alerts(table: Table | None) -> AlertSettings:
    if table is None:
        return AlertSettings()
    table.only("enabled", "reminders", "quiet_from", "quiet_until", "timezone")
    usual = AlertSettings()
    begin, end = table.text("quiet_from", checks.hour), table.text("quiet_until", checks.hour)
    if (begin is None) != (end is None):
        raise table.error(
            "quiet_from" if end is None else "quiet_until",
            "`quiet_from` and `quiet_until` belong together",
            "Give both, or neither where people are told at any hour.",
        )
    return AlertSettings(
        enabled=table.flag("enabled", default=usual.enabled),
        reminders=table.numbers("reminders", checks.days_before) if "reminders" in table.values else usual.reminders,
        quiet_from=begin,
        quiet_until=end,
        timezone=table.text("timezone", checks.timezone) or usual.timezone,
    )


def _subscriptions(
    root: Table, channels: tuple[ChannelSettings, ...], beside: Sequence[Table]
) -> tuple[SubscriptionSettings, ...]:
    """The subscriptions; their names and the sources that they choose must be known."""
    watched = [_watched(table) for table in (*root.tables("sources"), *beside)]
    once = _once(checks.name, "the subscriptions")
    return tuple(_subscription(table, channels, watched, once) for table in root.tables("subscriptions"))


def _watched(table: Table) -> SourceSettings:
    """A source as far as subscriptions choose by it."""
    name = table.needed("name", checks.name)
    return SourceSettings(name, "", owner=table.text("owner", checks.label), labels=_labels(table.table("labels")))


def _subscription(
    table: Table, channels: tuple[ChannelSettings, ...], watched: Sequence[SourceSettings], once: Callable[[str], str]
) -> SubscriptionSettings:
    table.only("name", "recipients", "rhythm", "sources", "owner", "labels", "levels", "operations", "tags", "kinds")

    def words(key: str, known: Sequence[str]) -> tuple[str, ...]:
        return table.texts(key, lambda text: checks.choice(text, known))

    recipients = _recipients(table, channels)
    if not recipients:
        raise table.error("recipients", "a subscription needs `recipients`: who is told")
    subscription = SubscriptionSettings(
        name=table.needed("name", once),
        recipients=recipients,
        rhythm=table.text("rhythm", lambda text: checks.choice(text, RHYTHMS)) or "weekly",
        sources=words("sources", [source.name for source in watched]),
        levels=words("levels", LEVELS),
        operations=table.texts("operations", _once(checks.operation_pattern, "`operations`")),
        kinds=words("kinds", KINDS),
        tags=table.texts("tags", _once(checks.tag, "`tags`")),
        owner=table.text("owner", checks.label),
        labels=_labels(table.table("labels")),
    )
    if subscription.chosen(watched) == ():
        key = next(key for key in ("labels", "owner", "sources") if key in table.values)
        raise table.error(key, f"no source is meant by the subscription {subscription.name!r}", _belongings(watched))
    return subscription


def _belongings(watched: Sequence[SourceSettings]) -> str:
    """The owners and labels that sources have."""
    owners = dict.fromkeys(source.owner for source in watched if source.owner is not None)
    labels = dict.fromkeys(f'{key} = "{value}"' for source in watched for key, value in source.labels.items())
    told = [f"{what}: {', '.join(known)}." for what, known in (("Owners", owners), ("Labels", labels)) if known]
    return " ".join(told) if told else "No source has an owner or labels."


def _smtp(table: Table | None) -> SmtpSettings | None:
    if table is None:
        return None
    table.only("host", "port", "security", "username", "password", "sender")
    security = table.text("security", checks.security) or "starttls"
    username, password = table.text("username", str), table.text("password", checks.secret)
    if (username is None) != (password is None):
        raise table.error(
            "username" if password is None else "password",
            "`username` and `password` belong together",
            "Give both, or neither where the server asks for none.",
        )
    return SmtpSettings(
        host=table.needed("host", checks.host),
        port=table.number("port", checks.port) or SECURITIES[security],
        security=security,
        sender=table.needed("sender", checks.address),
        username=username,
        password=password,
    )


def _once(identity: Callable[[str], str], among: str) -> Callable[[str], str]:
    """A check that also refuses a second text of the same identity."""
    seen: set[str] = set()

    def once(text: str) -> str:
        if identity(text) in seen:
            raise ConfigurationError(f"{text} stands twice among {among}")
        seen.add(identity(text))
        return text

    return once


def _recipients(root: Table, channels: tuple[ChannelSettings, ...]) -> tuple[str, ...]:
    names = [channel.name for channel in channels]
    return root.texts("recipients", _once(lambda text: checks.recipient(text, names).lower(), "the recipients"))


def _channels(table: Table | None) -> tuple[ChannelSettings, ...]:
    if table is None:
        return ()
    return tuple(_channel(name, table) for name in table.values)


def _channel(name: str, table: Table) -> ChannelSettings:
    try:
        checks.name(name)
    except ConfigurationError as error:
        raise table.error(name, f"{name!r} cannot be the name of a channel", error.advice) from error
    own = table.table(name)
    assert own is not None
    own.only("url", "webhook", "secret", "allow_private")
    channel = ChannelSettings(
        name=name,
        url=own.text("url", checks.channel_url),
        webhook=own.text("webhook", checks.webhook),
        secret=own.text("secret", checks.webhook_secret),
        allow_private=own.flag("allow_private", default=False),
    )
    if (channel.url is None) == (channel.webhook is None):
        raise table.error(name, f"[channels.{name}] needs either `url` or `webhook`", "`url` is one of apprise's.")
    if (channel.webhook is None) != (channel.secret is None):
        raise table.error(name, "`webhook` and `secret` belong together", "Who receives it must know that it is ours.")
    if channel.webhook is not None and channel.webhook.lower().startswith("http:") and not channel.allow_private:
        raise own.error(
            "webhook", "a webhook goes over https:", "Set allow_private = true for one in your own network."
        )
    return channel
