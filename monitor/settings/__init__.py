"""`specwatch.toml`: found, read strictly, and edited with everything a person wrote in it left in its place."""

from monitor.settings.ages import Age, parse_age
from monitor.settings.checks import LOG_FORMATS, LogFormat, format_every, parse_every
from monitor.settings.editing import add_source, remove_source, rename_source, restored_on_error, set_source
from monitor.settings.following import Followed
from monitor.settings.loading import find, load
from monitor.settings.model import (
    CHANNEL,
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

__all__ = [
    "CHANNEL",
    "LOG_FORMATS",
    "Age",
    "AlertSettings",
    "ChannelSettings",
    "DaemonSettings",
    "DigestSettings",
    "ExtensionSettings",
    "FetchSettings",
    "Followed",
    "LimitsSettings",
    "LogFormat",
    "RetentionSettings",
    "Settings",
    "SmtpSettings",
    "SourceSettings",
    "SubscriptionSettings",
    "add_source",
    "find",
    "format_every",
    "load",
    "parse_age",
    "parse_every",
    "remove_source",
    "rename_source",
    "restored_on_error",
    "set_source",
]
