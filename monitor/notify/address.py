"""Addresses of people: exactly one, with nothing smuggled in."""

from __future__ import annotations

import re
from email.headerregistry import Address

from monitor.errors import DeliveryError

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# The unquoted form (RFC 5321, section 4.1.2): nothing else is in use.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# Python's own parser makes a@example.com of `a@exa mple.com`.
_MAILBOX = re.compile(
    r"""(?:"?(?P<name>[^<>"]*)"?\ *(?P<open><))?(?P<local>[^<>@\ ]+)@(?P<domain>[^<>@\ ]+)(?(open)>)""", re.VERBOSE
)


def mailbox(what: str, text: str) -> Address:
    """The one address in `text`, which is `name@host` or `Name <name@host>`; `what` is how a message calls it.

    Raises DeliveryError (permanent) for everything else, a list of addresses among it.
    """
    found = _MAILBOX.fullmatch(text.strip()) if text.isprintable() else None
    if found is not None and _LOCAL.fullmatch(found["local"]) and len(found["local"]) <= 64:
        return Address((found["name"] or "").strip(), found["local"], idna(found["domain"]))
    raise DeliveryError(
        f"the {what} {text!a} is not the address of one person",
        permanent=True,
        advice="Write name@example.com, or Name <name@example.com>.",
    )


def idna(domain: str) -> str:
    """The host name in ASCII (RFC 5890). Raises DeliveryError (permanent) for what is none."""
    try:
        host = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise DeliveryError(f"{domain!a} is no host name", permanent=True)
    return host
