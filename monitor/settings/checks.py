"""What a single value must look like. Every check returns the value or raises ConfigurationError without a place.

Values that may be secrets are never repeated in a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Final, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

from monitor.errors import ConfigurationError
from monitor.schedule import DAYS, Cron
from monitor.settings.environment import is_reference

DEFAULT_EVERY: Final = timedelta(hours=6)
FROZEN_AFTER: Final = timedelta(days=180)
DEFAULT_CONFIRM_AFTER: Final = timedelta(days=3)
RHYTHMS: Final = ("weekly", "daily", "at once")
LEVELS: Final = ("breaking", "risky", "compatible", "docs")
KINDS: Final = ("changes", "deadlines", "promise", "health")
"""What a subscription chooses among; `report.choice` says what each kind is."""
Security = Literal["starttls", "tls", "none"]
LogFormat = Literal["console", "json"]
LOG_FORMATS: Final[tuple[LogFormat, ...]] = ("console", "json")
"""How a line of the daemon's log is written: for people, or an object of JSON."""
SECURITIES: Final[dict[Security, int]] = {"starttls": 587, "tls": 465, "none": 25}
"""How a connection to the mail server is protected, and the port that is usual for it."""

_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_EVERY: Final = re.compile(r"([1-9][0-9]{0,4})([mhdw])")
# `@`, `/`, `\` and `:` would make NAME@DATE ambiguous; a leading `-` would be an option.
_NAME: Final = re.compile(r"[^\W_][\w.-]{0,63}")
_WEB: Final = re.compile(r"https?:", re.IGNORECASE)
_LABEL: Final = re.compile(r"[^\W_][\w.-]{0,62}")
_LONGEST_LABEL: Final = 200
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_SECRET: Final = re.compile(r"auth|cookie|token|secret|password|(api|access|private)[-_]?key", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_HOUR: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_HOST: Final = re.compile(r"[A-Za-z0-9._:\[\]-]+")
_PRINTABLE: Final = re.compile(r"[!'*-;=?-Z_a-z~#$%&\[\]]{8,300}")
_EXTENSION: Final = re.compile(r"x-[^\s\x00-\x1f\x7f]+")  # OAS 3.1.1, section 4.9: any name that begins so


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None."""
    from difflib import get_close_matches  # only for a message

    near = get_close_matches(word, list(known), n=1)
    return near[0] if near else None


def parse_every(text: str) -> timedelta:
    """An interval written as 90m, 6h, 1d or 2w; one minute is the shortest. Raises ConfigurationError."""
    match = _EVERY.fullmatch(text)
    if match is None:
        raise ConfigurationError(f"{text!r} is no interval", advice="Write it as in 90m, 6h, 1d or 2w.")
    return int(match[1]) * _UNITS[match[2]]


def format_every(every: timedelta) -> str:
    """An interval as `parse_every` reads it, in the largest unit that is exact; below a minute counts as one."""
    for unit in ("w", "d", "h"):
        if every and not every % _UNITS[unit]:
            return f"{every // _UNITS[unit]}{unit}"
    return f"{max(1, every // _UNITS['m'])}m"


def name(text: str) -> str:
    """The name of a source."""
    if not _NAME.fullmatch(text):
        raise ConfigurationError(
            f"{text!r} cannot be the name of a source",
            advice="Take letters, digits, dots, dashes and underscores, 64 at most, a letter or a digit first.",
        )
    return text


def url(text: str) -> str:
    """Where a document is: http, https, file, git+https, git+http, git+file, or a path, which may be a folder's.

    User names and passwords do not belong into it.
    """
    if not text.strip() or text != text.strip() or _CONTROL.search(text):
        raise ConfigurationError("this URL is empty, or has white space at its ends or control characters in it")
    scheme = _SCHEME.match(text)
    if scheme is None:
        return text
    kind = scheme[1].lower()
    if kind.removeprefix("git+") not in ("http", "https", "file"):
        raise ConfigurationError(
            f"{scheme[1]}: cannot be fetched",
            advice="specwatch fetches http, https and file URLs, plain paths, and git+https, git+http and git+file.",
        )
    if kind.endswith("file"):
        return text
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigurationError(f"this is no URL: {error}") from error
    if "@" in urlsplit(text).netloc:
        raise ConfigurationError(
            "this URL has a user name or a password in it, and secrets come from the environment only",
            advice='Take them out, and write headers = { Authorization = "Basic env:NAME" }.',
        )
    secret = next((key for key, value in parse_qsl(parts.query) if value and _is_secret(key)), None)
    if secret is not None:
        raise ConfigurationError(
            f"this URL has a secret in it ({secret}=…), and secrets come from the environment only",
            advice='Take it out, and send it as a header: headers = { Authorization = "Bearer env:NAME" }.',
        )
    if not host:
        raise ConfigurationError(
            "this URL names no host", advice="Write it as in https://api.acme.example/openapi.json"
        )
    return text


def _is_secret(key: str) -> bool:
    return _SECRET.search(key) is not None or key.lower() in {"key", "sig", "signature"}


def profile(text: str) -> str:
    """The name of a profile or the path of one; whether there is one is told where it is loaded."""
    if not text.strip() or _CONTROL.search(text):
        raise ConfigurationError("a profile is a name or the path of a .toml file")
    return text


def header_name(text: str) -> str:
    """The name of an HTTP header."""
    if not _HEADER.fullmatch(text):
        raise ConfigurationError(f"{text!r} cannot be the name of a header")
    return text


def header_value(header: str, text: str) -> str:
    """The value of an HTTP header; of one that carries a secret it must be named, not written."""
    if is_reference(text, scheme=True):
        return text
    if _SECRET.search(header) or "env:" in text or text.startswith("file:"):
        raise ConfigurationError(
            f"the value of the header {header} must be named: secrets come from the environment or a file",
            advice=f'Write {header} = "env:NAME" or "Bearer env:NAME" and set NAME, or "file:/run/secrets/NAME".',
        )
    if _CONTROL.search(text):
        raise ConfigurationError(f"the value of the header {header} has control characters in it")
    return text


def secret(text: str) -> str:
    """The name of an environment variable or a file that holds a secret."""
    if not is_reference(text):
        raise ConfigurationError(
            "this is a secret, and must be named, not written: secrets come from the environment or a file",
            advice='Write "env:NAME" and set NAME where specwatch runs, or "file:/run/secrets/NAME".',
        )
    return text


def label(text: str, *, key: str | None = None) -> str:
    """The value of a label, or of an owner; with `key` the name of the label is looked at too."""
    if key is not None and not _LABEL.fullmatch(key):
        raise ConfigurationError(
            f"{key!r} cannot be the name of a label", advice="Take letters, digits, dots, dashes and underscores."
        )
    if not text.strip() or text != text.strip() or len(text) > _LONGEST_LABEL or _CONTROL.search(text):
        raise ConfigurationError(
            "this cannot stand here", advice=f"Write a few words, {_LONGEST_LABEL} characters at most."
        )
    return text


def tag(text: str) -> str:
    """The name of a Tag Object (OAS 3.0.4, section 4.8.22), as the document has it."""
    if not text.strip() or len(text) > _LONGEST_LABEL or _CONTROL.search(text):
        raise ConfigurationError(
            "this cannot be the name of a tag",
            advice=f"Write it as the document does, {_LONGEST_LABEL} characters at most.",
        )
    return text


def log_format(text: str) -> LogFormat:
    """How a line of the log is written."""
    choice(text, LOG_FORMATS)
    return next(word for word in LOG_FORMATS if word == text)


def listen(text: str) -> tuple[str, int]:
    """Host and port of a socket that listens, as in 127.0.0.1:9464 or [::1]:9464; port 0 is any that is free."""
    host_part, separator, port_part = text.rpartition(":")
    bare = host_part[1:-1] if host_part.startswith("[") and host_part.endswith("]") else host_part
    good = separator and bare and port_part.isascii() and port_part.isdigit() and int(port_part) <= 65535
    if not good or not _HOST.fullmatch(bare) or (":" in bare) != (bare != host_part):
        raise ConfigurationError(
            f"{text!r} is no address to listen at", advice="Write it as in 127.0.0.1:9464, [::1]:9464 or 0.0.0.0:9464."
        )
    return bare, int(port_part)


def _is_of_the_web(text: str) -> bool:
    """Whether it is a URL with http or https, a host, and a port that there can be."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def heartbeat(text: str) -> str:
    """The URL of a dead man's switch. It is a secret, and not repeated."""
    if not _is_of_the_web(text):
        raise ConfigurationError(
            "what `heartbeat_url` of [daemon] names is no URL of a web server",
            advice="It begins with https:// or http:// and names a host.",
        )
    return text


def checks_to_confirm(number: int) -> int:
    """How many sights confirm a document that is suspect."""
    if number < 1:
        raise ConfigurationError(
            f"{number} checks confirm nothing", advice="Write 2 for the next check, or 1 to believe every document."
        )
    return number


def address(text: str) -> str:
    """An email address, without a display name."""
    if not _ADDRESS.fullmatch(text):
        raise ConfigurationError(f"{text!r} is no email address", advice="Write it alone, as in api-team@example.org")
    return text


def channel_url(text: str) -> str:
    """One of apprise's URLs, which is a secret as a whole."""
    if not is_reference(text):
        raise ConfigurationError(
            "the URL of a channel must be named, not written: it holds what lets anybody write there",
            advice='Write url = "env:NAME" and set NAME where specwatch runs, or "file:/run/secrets/NAME".',
        )
    return text


def webhook(text: str) -> str:
    """The URL of a webhook, or a reference to one."""
    if is_reference(text):
        return text
    if not _WEB.match(url(text)):
        raise ConfigurationError("a webhook is an https: URL", advice='Or name it: webhook = "env:NAME".')
    return text


def webhook_secret(text: str) -> str:
    """The name of an environment variable or a file that holds what signs."""
    if not is_reference(text):
        raise ConfigurationError(
            "the secret of a webhook must be named, not written: secrets come from the environment or a file",
            advice='Write secret = "env:NAME" and set NAME to "whsec_" with 32 random bytes in Base64 behind it.',
        )
    return text


def recipient(text: str, channels: Iterable[str] = ()) -> str:
    """An email address, or `channel:NAME` of a channel that there is."""
    if not text.startswith("channel:"):
        return address(text)
    known = [f"channel:{name}" for name in channels]
    if text not in known:
        near = nearest(text, known)
        advice = f"Did you mean {near!r}?" if near else "A channel is a table: [channels.NAME]."
        raise ConfigurationError(f"there is no channel {text.removeprefix('channel:')!r}", advice=advice)
    return text


def day(text: str) -> str:
    """A day of the week, in English."""
    return choice(text.strip().lower(), DAYS)


def hour(text: str) -> str:
    """A local time."""
    if not _HOUR.fullmatch(text):
        raise ConfigurationError(f"{text!r} is no time of day", advice="Write it as in 08:00.")
    return text


def cron(text: str) -> str:
    """A cron expression of five fields, or one of its words as in @daily."""
    from zoneinfo import ZoneInfo  # only when one is configured

    try:
        Cron.parse(text, ZoneInfo("UTC"))
    except ValueError as error:
        raise ConfigurationError(
            str(error), advice="Write minute, hour, day of the month, month, day of the week: 30 6 * * mon-fri"
        ) from error
    return text


def timezone(text: str) -> str:
    """An IANA time zone."""
    from zoneinfo import ZoneInfo, available_timezones  # only when one is configured

    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        near = nearest(text, available_timezones())
        advice = f"Did you mean {near!r}?" if near else "Write it as in Europe/London, or UTC."
        raise ConfigurationError(f"there is no time zone {text!r}", advice=advice) from error
    return text


def operation_pattern(text: str) -> str:
    """A pattern of operations."""
    from monitor.contract.operation_patterns import OperationPattern  # only when one is configured

    try:
        OperationPattern.parse(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{text!r} names no operation",
            advice='Write it as in "GET /v2/incidents", "/v2/incidents/**", "POST /v1/*/notes", "webhook incident.*".',
        ) from error
    return text


def extension(text: str) -> str:
    """The key of a specification extension."""
    if not _EXTENSION.fullmatch(text):
        raise ConfigurationError(
            f"{text!r} is no key of a specification extension",
            advice="Such keys begin with x-, as in x-rbac-scopes (OAS 3.1.1, section 4.9).",
        )
    return text


def choice(text: str, known: Iterable[str]) -> str:
    """One of several words."""
    words = tuple(known)
    if text not in words:
        near = nearest(text, words)
        advice = f"Did you mean {near!r}?" if near else f"Known: {', '.join(words)}."
        raise ConfigurationError(f"{text!r} is none of the words that can stand here", advice=advice)
    return text


def security(text: str) -> Security:
    """How the connection to the mail server is protected."""
    choice(text, SECURITIES)
    return next(word for word in SECURITIES if word == text)


def host(text: str) -> str:
    """The name or the address of a server."""
    if not _HOST.fullmatch(text):
        raise ConfigurationError(f"{text!r} is no name of a server", advice="Write it alone, as in mail.example.org")
    return text


def proxy(text: str) -> str:
    """A proxy, a reference to one, or `none`."""
    if is_reference(text) or text == "none":
        return text
    if not _is_of_the_web(text):
        raise ConfigurationError(
            "this is no proxy", advice='Write it as in http://proxy.example:3128; "none" takes none at all.'
        )
    if "@" in urlsplit(text).netloc:
        raise ConfigurationError(
            "this proxy has a user name or a password in it, and secrets come from the environment or a file",
            advice='Write proxy = "env:NAME", and set NAME to the whole URL.',
        )
    return text


def contact(text: str) -> str:
    """An email address, or the URL of a page that says whom to write to."""
    if _ADDRESS.fullmatch(text) or (text.startswith(("https://", "http://")) and _PRINTABLE.fullmatch(text)):
        return text
    raise ConfigurationError("this is no contact", advice="Write an email address, or the URL of a page.")


def file_path(text: str) -> str:
    """The path of a file."""
    if not text.strip() or _CONTROL.search(text):
        raise ConfigurationError("this is no path of a file")
    return text


def _within(number: int, least: int, most: int, what: str, *, unit: str = "") -> int:
    if not least <= number <= most:
        raise ConfigurationError(f"{number} is no {what}", advice=f"It goes from {least} to {most}{unit}.")
    return number


def times(number: int) -> int:
    """How often something must happen."""
    return _within(number, 1, 1000, "number of times")


def days_before(number: int) -> int:
    """How many days before a deadline somebody is reminded."""
    return _within(number, 0, 365, "number of days before a deadline")


def megabytes(number: int) -> int:
    """A size in MB."""
    return _within(number, 1, 1024, "size", unit=" MB")


def seconds(number: int) -> int:
    """A time in seconds."""
    return _within(number, 1, 3600, "time for a download", unit=" seconds")


def compare_seconds(number: int) -> int:
    """Seconds that a comparison may take."""
    return _within(number, 1, 3600, "time for a comparison", unit=" seconds")


def compare_megabytes(number: int) -> int:
    """MB of memory that a comparison may hold; an interpreter with nothing to do holds 100."""
    return _within(number, 256, 65536, "memory for a comparison", unit=" MB")


def opinion_seconds(number: int) -> int:
    """Seconds that openapi-spec-validator may take; 0 does not ask it."""
    return _within(number, 0, 3600, "time for an opinion", unit=" seconds")


def versions(number: int) -> int:
    """How many versions of a source are kept."""
    return _within(number, 1, 1_000_000, "number of versions to keep")


def network(text: str) -> str:
    """A network or one address, as CIDR writes it (RFC 4632)."""
    from ipaddress import ip_network

    try:
        return str(ip_network(text))
    except ValueError as error:
        raise ConfigurationError(
            f"{text!r} is no network", advice="Write it as in 10.1.0.0/16, fd12::/16, or one address alone."
        ) from error


def port(number: int) -> int:
    """A TCP port."""
    return _within(number, 1, 65535, "port")


def database(text: str, *, secret: bool = False) -> str:
    """A database URL, or `env:NAME`. A password may be in it only when it came from the environment (`secret`)."""
    if is_reference(text):
        return text
    scheme = text.partition("://")[0].partition("+")[0]
    if "://" not in text or scheme not in ("sqlite", "postgresql", "postgres"):
        raise ConfigurationError(
            "`database` is no URL of an SQLite file or a PostgreSQL database",
            advice='Write "sqlite:///specwatch.db", "postgresql://HOST/NAME" or "env:NAME".',
        )
    if not secret and scheme != "sqlite" and _has_password(text):
        raise ConfigurationError(
            "`database` has a password in it, and secrets come from the environment only",
            advice='Write database = "env:SPECWATCH_DATABASE" and set that variable, or leave the password to libpq.',
        )
    return text


def _has_password(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return True
    return bool(parts.password) or "password" in parse_qs(parts.query)
