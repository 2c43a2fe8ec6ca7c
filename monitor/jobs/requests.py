"""How a source is asked: what its requests may reach."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from monitor.fetch import AddressPolicy
from monitor.fetch.guard import host_of, literal, special

if TYPE_CHECKING:
    from monitor.settings import SourceSettings


def policy_of(source: SourceSettings) -> AddressPolicy:
    """What every request for this source is held against: its document's, its redirects', its parts'."""
    networks = tuple(map(ip_network, source.allow_networks))
    return AddressPolicy.of(source.url, allow_private=source.allow_private, networks=networks)


def refused_host(source: SourceSettings) -> str | None:
    """Why the host of its URL will be refused, as far as that can be told without looking a name up."""
    if source.allow_private or source.allow_networks:
        return None
    host = host_of(source.url)
    address = None if host is None else literal(host)
    about = None if address is None else special(address)
    return None if about is None else f"{host} is {about[0]}"
