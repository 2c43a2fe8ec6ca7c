"""JSON pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from monitor.values.types import JsonValue


@lru_cache(maxsize=16_384)
def escape(token: str) -> str:
    """One reference token with `~` and `/` escaped (RFC 6901, section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def join(pointer: str, *tokens: str | int) -> str:
    """`pointer` with tokens appended, each escaped: `join("/paths", "/a", "get")` is `/paths/~1a/get`."""
    for token in tokens:
        pointer = f"{pointer}/{escape(str(token))}"
    return pointer


def parse(pointer: str) -> tuple[str, ...]:
    """The tokens of a pointer, unescaped.

    Raises ValueError when it is neither empty nor begins with `/`.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f"not a JSON pointer: {pointer!r}")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))


def resolve(root: JsonValue, pointer: str) -> JsonValue:
    """The value that the pointer names in `root`.

    Raises LookupError when there is none.
    """
    value = root
    for token in parse(pointer):
        if isinstance(value, dict):
            value = value[token]
        elif isinstance(value, list) and token.isascii() and token.isdigit():
            value = value[int(token)]
        else:
            raise KeyError(token)
    return value


def edited(root: JsonValue, pointer: str, edit: Callable[[JsonValue], JsonValue]) -> JsonValue:
    """`root` with `edit` of the value that the pointer names in its place.

    What lies beside the way to it is shared with `root`, which stays as it is. Raises LookupError when there is none.
    """
    return _edited(root, parse(pointer), edit)


def _edited(value: JsonValue, tokens: tuple[str, ...], edit: Callable[[JsonValue], JsonValue]) -> JsonValue:
    if not tokens:
        return edit(value)
    token, rest = tokens[0], tokens[1:]
    if isinstance(value, dict):
        return {**value, token: _edited(value[token], rest, edit)}
    if isinstance(value, list) and token.isascii() and token.isdigit():
        place = int(token)
        return [*value[:place], _edited(value[place], rest, edit), *value[place + 1 :]]
    raise KeyError(token)
