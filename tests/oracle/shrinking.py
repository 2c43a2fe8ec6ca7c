"""A pair made as small as it goes while it still shows what it showed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.oracle.generation import Pair, Side, copied

TRIES = 600


def shrunk(pair: Pair, shows: Callable[[Pair], bool]) -> Pair:
    """The smallest pair found on the way down that still `shows`."""
    left, state = TRIES, _state(pair)
    smaller = True
    while smaller and left > 0:
        smaller = False
        for candidate in _smaller(state):
            left -= 1
            if left < 0:
                break
            if _holds(shows, candidate):
                state, smaller = candidate, True
                break
    return _pair(state)


def _holds(shows: Callable[[Pair], bool], state: Any) -> bool:
    try:
        return shows(_pair(state))
    except Exception:  # what cannot be judged at all is not the pair in question
        return False


def _state(pair: Pair) -> Any:
    return [{"schema": side.schema, "components": side.components} for side in (pair.before, pair.after)]


def _pair(state: Any) -> Pair:
    return Pair(*(Side(side["schema"], side["components"]) for side in state))


def _smaller(state: Any) -> Iterator[Any]:
    """The same with one thing gone or replaced by a part of itself: on both sides first, then on one."""
    paths = list(dict.fromkeys([*_paths(state[0], ()), *_paths(state[1], ())]))
    for sides in ((0, 1), (0,), (1,)):
        for path in paths:
            for part in (None, *_parts(state, sides, path)):
                changed = copied(state)
                put = [_put(changed[side], path, part) for side in sides]
                if all(put):
                    yield changed


def _paths(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _parts(state: Any, sides: tuple[int, ...], path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The paths inside a place that may stand for the whole of it."""
    value = _at(state[sides[0]], path)
    for inner in _paths(value, ()) if isinstance(value, dict | list) else ():
        if len(inner) <= 2 and isinstance(_at(value, inner), dict | bool):
            yield inner


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def _put(side: Any, path: tuple[Any, ...], part: tuple[Any, ...] | None) -> bool:
    """Take a place out, or put a part of it in its stead; whether there was such a thing."""
    holder = _at(side, path[:-1])
    key = path[-1]
    if not isinstance(holder, dict | list) or (isinstance(holder, dict) and key not in holder):
        return False
    if isinstance(holder, list) and not (isinstance(key, int) and key < len(holder)):
        return False
    if part is None:
        if path in (("schema",), ("components",)):
            return False
        del holder[key]
        return True
    inner = _at(holder[key], part)
    if not isinstance(inner, dict | bool) or (path == ("components",)):
        return False
    holder[key] = inner
    return True
