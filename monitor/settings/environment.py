"""Values that are only named in the file: `env:NAME` stands for what the environment says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from monitor.errors import ConfigurationError

_REFERENCE: Final = re.compile(r"(?:(?P<scheme>[^\s:]+) )?env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def is_reference(text: str, *, scheme: bool = False) -> bool:
    """Whether a text is `env:NAME`; with `scheme` also `Bearer env:NAME` (RFC 9110, section 11.4)."""
    match = _REFERENCE.fullmatch(text)
    return match is not None and (scheme or match["scheme"] is None)


def resolve(text: str, environ: Mapping[str, str], *, owner: str) -> str:
    """What a text stands for: itself, or the variable that it names, without line breaks at its ends.

    `owner` says to a person whose value it is. Raises ConfigurationError, which names the variable and never what is in
    it, when it is not set, empty, or has control characters (a header could be smuggled in).
    """
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return text
    name = match["name"]
    value = environ.get(name, "").strip("\r\n")
    if not value.strip():
        raise ConfigurationError(
            f"the environment variable {name}, which {owner} names, is not set",
            advice=f"Set it where specwatch runs: export {name}=…",
        )
    if _CONTROL.search(value):
        raise ConfigurationError(f"the environment variable {name}, which {owner} names, has control characters in it")
    return f"{match['scheme']} {value}" if match["scheme"] else value
