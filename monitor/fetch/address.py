"""Addresses as they may be shown: without user name and password (RFC 3986, section 3.2.1)."""

from __future__ import annotations

import re

_USERINFO = re.compile(r"^([a-z][a-z0-9+.-]*:/*)[^/?#]*@", re.IGNORECASE)
# What is no valid address can hide a password anywhere before the last @: `https://me:pa/ss@host`.
_ANYTHING = re.compile(r"^([a-z][a-z0-9+.-]*:/*).*@", re.IGNORECASE | re.DOTALL)

_SECRET = re.compile(
    r"([?&;][^=&;]*(?:key|token|secret|passw|sig|auth|credential|session)[^=&;]*=)[^&;]+", re.IGNORECASE
)


def shown(url: str, *, valid: bool = True) -> str:
    """The address without user name, password, fragment, and values of the query that look like secrets.

    Of one that is not `valid`, all before the last @ goes. What would disturb a terminal or a log is replaced.
    """
    bare = (_USERINFO if valid else _ANYTHING).sub(r"\1", url).partition("#")[0]
    bare = _SECRET.sub(r"\1…", bare)
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in bare)
