"""Where requests may go: schemes, ports, hosts, and the addresses that a name stands for.

A document names addresses of its own (redirects, external `$ref`s), and so does whoever answers for a name in the DNS.
Each of them is held against the policy of the source, in the connection itself (docs/adr/0010): the address that was
checked is the address that is connected to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from monitor.errors import FetchError

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

PORTS: Final = frozenset({80, 443, 8080, 8443})
"""The ports that every source may be asked at."""

_GIT: Final = re.compile(r"^git\+", re.IGNORECASE)
_WEB: Final = re.compile(r"https?:", re.IGNORECASE)
_USUAL: Final = {"http": 80, "https": 443}

# Services that give their machine's credentials to whoever asks from it; the last two are not in any special range.
_METADATA: Final = frozenset(
    map(ip_address, ("169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"))
)
# IANA's registries of special-purpose addresses (RFC 6890), as far as they are not globally reachable, in words.
_OWN: Final[tuple[tuple[str, str], ...]] = (
    ("127.0.0.0/8", "a loopback address"),
    ("::1/128", "a loopback address"),
    ("10.0.0.0/8", "a private address"),
    ("172.16.0.0/12", "a private address"),
    ("192.168.0.0/16", "a private address"),
    ("fc00::/7", "a private address"),
    ("fec0::/10", "a private address"),  # site-local, deprecated by RFC 3879 and still routed by some
    ("100.64.0.0/10", "an address behind a carrier's NAT"),
    ("169.254.0.0/16", "a link-local address"),
    ("fe80::/10", "a link-local address"),
)
_NOBODYS: Final[tuple[tuple[str, str], ...]] = (
    ("0.0.0.0/8", "an unspecified address"),
    ("::/128", "an unspecified address"),
    ("224.0.0.0/4", "a multicast address"),
    ("ff00::/8", "a multicast address"),
    ("192.0.0.0/24", "a reserved address"),
    ("192.0.2.0/24", "an address for documentation"),
    ("198.51.100.0/24", "an address for documentation"),
    ("203.0.113.0/24", "an address for documentation"),
    ("2001:db8::/32", "an address for documentation"),
    ("3fff::/20", "an address for documentation"),
    ("192.88.99.0/24", "a reserved address"),
    ("198.18.0.0/15", "an address for benchmarks"),
    ("240.0.0.0/4", "a reserved address"),
    ("2001::/23", "a reserved address"),
)
_OWN_NETWORKS: Final = tuple((ip_network(network), words) for network, words in _OWN)
_NOBODYS_NETWORKS: Final = tuple((ip_network(network), words) for network, words in _NOBODYS)
_GLOBAL: Final = ip_network("2000::/3")
_NAT64: Final = ip_network("64:ff9b::/96")  # RFC 6052; RFC 8215's 64:ff9b:1::/48 is for local use and outside _GLOBAL


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """What the requests for one source may reach, those of its redirects and of its parts too.

    `allow_private` opens one's own networks: loopback, private, link-local and carrier-grade NAT; `networks` opens only
    those named, `private_hosts` only these hosts. What no document is ever served from (metadata services, multicast,
    reserved and documentation addresses) stays shut. `ports`: None is any. `hosts`: the only ones that may be asked, as
    `ascii_host` writes them; None is any. `files`: whether `file:` and plain paths may be read.
    """

    allow_private: bool = False
    networks: tuple[Network, ...] = ()
    private_hosts: frozenset[str] = frozenset()
    ports: frozenset[int] | None = PORTS
    hosts: frozenset[str] | None = None
    files: bool = False

    @classmethod
    def of(cls, url: str, *, allow_private: bool = False, networks: tuple[Network, ...] = ()) -> AddressPolicy:
        """The policy of a source whose configured URL is `url`: its port may be asked; if it is a file, files.

        A repository (`git+https://…`) is where its own URL is.
        """
        url = _GIT.sub("", url)
        if not _WEB.match(url):
            return cls(allow_private=allow_private, networks=networks, files=True)
        port = _port(url)
        ports = PORTS if port is None else PORTS | {port}
        return cls(allow_private=allow_private, networks=networks, ports=ports)

    @classmethod
    def typed(cls, url: str, hosts: Iterable[str] = ()) -> AddressPolicy:
        """The policy of a URL that a person typed in a command, perhaps with other `hosts`: they are meant, wherever
        they are, and no others."""
        policy = cls.of(url)
        own = host_of(url)
        meant = frozenset(map(ascii_host, hosts)) | (frozenset() if own is None else {own})
        return cls(private_hosts=meant, ports=policy.ports, files=policy.files)

    def demand_file(self, where: str) -> None:
        """Raises FetchError (`blocked`) where files are out of reach."""
        if not self.files:
            raise FetchError(
                "a document on the web cannot lead to a file on this machine", category="blocked", where=where
            )

    def demand(self, scheme: str, host: str, port: int | None) -> None:
        """Whether a URL may be asked at all, before its host is looked up. Raises FetchError (`blocked`)."""
        if scheme not in _USUAL:
            raise FetchError(f"{scheme}: cannot be fetched", category="blocked")
        if self.ports is not None and (port or _USUAL[scheme]) not in self.ports:
            raise FetchError(
                f"port {port} is none that documents are fetched from",
                category="blocked",
                advice="Only 80, 443, 8080, 8443 and the port of the source's own URL are.",
            )
        if self.hosts is not None and ascii_host(host) not in self.hosts:
            raise FetchError(f"it leads to another host, {host}, which is not allowed", category="blocked")

    def reachable(self, host: str, addresses: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the addresses that `host` was found to have that may be connected to.

        Raises FetchError (`blocked`) when there is none.
        """
        refusals = {address: self._refusal(host, address) for address in addresses}
        allowed = tuple(address for address, refusal in refusals.items() if refusal is None)
        if allowed or not addresses:
            return allowed
        address, refusal = next(iter(refusals.items()))
        words, own = refusal or ("", False)
        found = f"{host} is" if host.strip("[]") == address else f"{host} has the address {address},"
        raise FetchError(
            f"{found} {words}, and specwatch does not go there",
            category="blocked",
            advice="If the document is meant to be there, say so: specwatch set NAME --allow-private" if own else None,
        )

    def _refusal(self, host: str, address: str) -> tuple[str, bool] | None:
        found = special(address)
        if found is None:
            return None
        words, own = found
        opened = self.allow_private or ascii_host(host) in self.private_hosts or self._named(address)
        return None if own and opened else (words, own)

    def _named(self, address: str) -> bool:
        candidates = _forms(_parsed(address))
        return any(form in network for form in candidates for network in self.networks)


def special(address: str) -> tuple[str, bool] | None:
    """What is special about an IP address, in words, and whether it is one of one's own network; None if it is public.

    An IPv6 address that stands for an IPv4 one (mapped, 6to4, NAT64) is what that one is.
    """
    found = [about for form in reversed(_forms(_parsed(address))) if (about := _about(form)) is not None]
    return min(found, key=lambda about: about[1], default=None)


def _about(form: Address) -> tuple[str, bool] | None:
    if form in _METADATA:
        return "the address of a cloud's metadata service", False
    for networks, own in ((_OWN_NETWORKS, True), (_NOBODYS_NETWORKS, False)):
        for network, words in networks:
            if form in network:
                return words, own
    if isinstance(form, IPv6Address) and form not in _GLOBAL and form not in _NAT64 and form.ipv4_mapped is None:
        return "a reserved address", False
    return None


def host_of(url: str) -> str | None:
    """The host of an http or https URL as `ascii_host` writes it, without brackets; None where there is none."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return None if host is None else ascii_host(host)


def ascii_host(host: str) -> str:
    """A host in the one form that is compared: as it goes over the wire, in lower case, a name of another script in its
    A-labels (RFC 5890, section 2.3.2.1). A name that has none stays as it is; it cannot be asked.
    """
    if host.isascii():
        return host.lower()
    from httpx import URL, InvalidURL  # it takes its time, and whoever asks must mean the same host

    try:
        return URL(scheme="https", host=host).raw_host.decode("ascii")
    except InvalidURL:
        return host.lower()


def literal(host: str) -> str | None:
    """The address that a host is without a look into the DNS: written as one, in whatever spelling, or `localhost`."""
    if host.rstrip(".") in ("localhost", "localhost.localdomain") or host.rstrip(".").endswith(".localhost"):
        return "127.0.0.1"  # RFC 6761, section 6.3
    try:
        return str(ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        pass
    from socket import inet_aton, inet_ntoa  # only for 2130706433, 0x7f.1 and the like

    try:
        return inet_ntoa(inet_aton(host))
    except OSError:
        return None


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return None


def _parsed(address: str) -> Address:
    return ip_address(address.partition("%")[0])  # a zone (RFC 4007) does not change what an address is


def _forms(address: Address) -> tuple[Address, ...]:
    """An address, and the IPv4 addresses that it stands for."""
    if isinstance(address, IPv4Address):
        return (address,)
    inner: list[Address] = []
    if address.ipv4_mapped is not None:
        inner.append(address.ipv4_mapped)
    if address.sixtofour is not None:
        inner.append(address.sixtofour)
    if address.teredo is not None:
        inner.extend(address.teredo)
    compatible = int(address) >> 32 == 0 and int(address) > 1  # RFC 4291, section 2.5.5.1
    if address in _NAT64 or compatible:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return (address, *inner)
