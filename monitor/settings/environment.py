"""Values that are only named in the configuration: `env:NAME` is what the environment says, `file:/path` a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from monitor.errors import ConfigurationError

_REFERENCE: Final = re.compile(
    r"(?:(?P<scheme>[^\s:]+) )?(?:env:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|file:(?://)?(?P<path>/(?!/)[^\x00-\x1f\x7f]+))"
)
_LONGEST: Final = 64 * 1024
"""Bytes of a file with a secret."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def is_reference(text: str, *, scheme: bool = False) -> bool:
    """Whether a text is `env:NAME` or `file:/path`; with `scheme` also `Bearer env:NAME` (RFC 9110, section 11.4)."""
    match = _REFERENCE.fullmatch(text)
    return match is not None and (scheme or match["scheme"] is None)


def resolve(text: str, environ: Mapping[str, str], *, owner: str) -> str:
    """What a text stands for: itself, or what it names, without line breaks at its ends.

    `owner` says to a person whose value it is. Raises ConfigurationError, which names the variable or the file and
    never what is in it, when it is not there, empty, or has control characters (a header could be smuggled in).
    """
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return text
    if match["name"] is not None:
        what = f"the environment variable {match['name']}, which {owner} names,"
        value, lacking = environ.get(match["name"], ""), "is not set"
        advice = f"Set it where specwatch runs: export {match['name']}=…"
    else:
        what = f"the file {match['path']}, which {owner} names,"
        value, lacking = _content(match["path"], what), "is empty"
        advice = "It holds the secret and nothing else."
    value = value.strip("\r\n")
    if not value.strip():
        raise ConfigurationError(f"{what} {lacking}", advice=advice)
    if _CONTROL.search(value):
        raise ConfigurationError(f"{what} has control characters in it")
    return f"{match['scheme']} {value}" if match["scheme"] else value


def secret_of(text: str, value: str) -> str | None:
    """The secret in a `value` that `resolve` made of a text, without its scheme; None where it names nothing."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return None
    return value.removeprefix(f"{match['scheme']} ") if match["scheme"] else value


def _content(path: str, what: str) -> str:
    try:
        with Path(path).open("rb") as file:
            return file.read(_LONGEST).decode("utf-8")
    except OSError as error:
        raise ConfigurationError(f"{what} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ConfigurationError(f"{what} is no text in UTF-8") from None
