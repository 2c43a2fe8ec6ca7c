"""The dead man's switch: a URL that hears from us as long as all is well, and tells people when it does not."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from monitor.errors import FetchError
from monitor.fetch import AddressPolicy
from monitor.jobs.requests import Secrets, options_of

if TYPE_CHECKING:
    from monitor.settings import Settings

LIMIT: Final = 10.0
"""Seconds for one ping."""


def send_heartbeat(settings: Settings, *, folder: Path, environ: Mapping[str, str]) -> bool:
    """Ask the URL of the settings once; False where they name none.

    Raises FetchError and ConfigurationError, neither of which holds the URL.
    """
    url = settings.daemon.resolved_heartbeat(environ)
    if url is None:
        return False
    from monitor.fetch.pinging import ping  # httpx takes its time

    networks = tuple(map(ip_network, settings.daemon.heartbeat_networks))
    policy = AddressPolicy.of(url, networks=networks)
    options = options_of(settings.fetch, folder=folder, environ=environ)
    try:
        ping(url, policy=policy, options=options, limit=LIMIT)
    except FetchError as error:
        parts = urlsplit(url)
        Secrets.of((url, f"{parts.path}?{parts.query}", parts.path)).hide_in(error)
        raise
    return True
