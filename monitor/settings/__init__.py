"""`specwatch.toml`: found, read strictly, and edited with everything a person wrote in it left in its place."""

from monitor.settings.checks import format_every, parse_every
from monitor.settings.loading import find, load
from monitor.settings.model import DigestSettings, Settings, SmtpSettings, SourceSettings

__all__ = [
    "DigestSettings",
    "Settings",
    "SmtpSettings",
    "SourceSettings",
    "find",
    "format_every",
    "load",
    "parse_every",
]
