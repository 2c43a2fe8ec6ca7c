"""Profiles from TOML: those shipped with specwatch by name, the user's own as text. What is unknown is an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from difflib import get_close_matches
from fnmatch import filter as matching
from functools import cache
from typing import Final, NoReturn, TypeVar

import msgspec

from monitor import resources
from monitor.contract.types import Direction
from monitor.errors import UsageError
from monitor.policy.profiles import Adjustment, Allowance, ClientProfile, PromiseProfile
from monitor.rules import Affects, Level, by_id

_FOLDER: Final = "profiles"
_CLIENTS: Final = "clients"
_PROMISES: Final = "promises"


class _AdjustLine(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    level: Level
    because: str
    rules: tuple[str, ...] = ()
    affects: Affects | None = None
    direction: Direction | None = None


class _OptionTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    description: str
    default: bool = False
    adjust: tuple[_AdjustLine, ...] = ()


class _ClientFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    title: str
    description: str
    extends: str | None = None
    adjust: tuple[_AdjustLine, ...] = ()
    option: dict[str, _OptionTable] = {}  # msgspec copies an empty default for each instance
    options: dict[str, bool] = {}


class _AllowLine(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    rules: tuple[str, ...]
    words: str
    direction: Direction | None = None
    names: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()


class _PromiseFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    title: str
    url: str
    words: str
    words_sha256: str
    read_on: date
    expects_client: str
    window_months: int | None = None
    version_pattern: str | None = None
    hosts: tuple[str, ...] = ()
    recognise: tuple[str, ...] = ()
    order: str | None = None
    allow: tuple[_AllowLine, ...] = ()


F = TypeVar("F", bound=msgspec.Struct)


def client_names() -> tuple[str, ...]:
    """The client profiles that specwatch ships."""
    return resources.names(_FOLDER, _CLIENTS, ".toml")


def promise_names() -> tuple[str, ...]:
    """The promise profiles that specwatch ships."""
    return resources.names(_FOLDER, _PROMISES, ".toml")


@cache
def client_profile(name: str) -> ClientProfile:
    """The shipped client profile of that name. Raises UsageError for another, naming those there are."""
    _known(name, client_names(), "client")
    return client_profile_from(resources.text(_FOLDER, f"{_CLIENTS}/{name}.toml"), name)


@cache
def promise_profile(name: str) -> PromiseProfile:
    """The shipped promise profile of that name. Raises UsageError for another, naming those there are."""
    _known(name, promise_names(), "promise")
    return promise_profile_from(resources.text(_FOLDER, f"{_PROMISES}/{name}.toml"), name)


def client_profile_from(text: str, name: str) -> ClientProfile:
    """A client profile from the text of its TOML file; `name` is what the user calls it.

    `extends` names a shipped profile whose adjustments come first, `[options]` turns that profile's options on and off.
    Raises UsageError naming what is wrong, and where.
    """
    file = _decoded(text, _ClientFile, name)
    base = _base(file, name)
    offered = {**(base.option if base else {}), **file.option}
    settings = {option: table.default for option, table in offered.items()}
    for option, on in file.options.items():
        if option not in offered:
            _wrong(name, f"there is no option {option!r}", offered, option)
        settings[option] = on
    lines = [*(base.adjust if base else ()), *file.adjust]
    lines += [line for option, table in offered.items() if settings[option] for line in table.adjust]
    return ClientProfile(
        name=name,
        title=file.title,
        description=file.description.strip(),
        adjustments=tuple(_adjustment(line, name) for line in lines),
        options=settings,
    )


def promise_profile_from(text: str, name: str) -> PromiseProfile:
    """A promise profile from the text of its TOML file. Raises UsageError naming what is wrong, and where."""
    file = _decoded(text, _PromiseFile, name)
    if file.window_months is not None and file.window_months < 0:
        _wrong(name, "window_months is negative")
    if file.version_pattern is not None and _groups(file.version_pattern, name) != 1:
        _wrong(name, "version_pattern must have one group, the number of the version")
    allowed = (
        Allowance(
            rules=_rule_ids(line.rules, name),
            words=line.words,
            direction=line.direction,
            names=line.names,
            formats=line.formats,
        )
        for line in file.allow
    )
    return PromiseProfile(
        name=name,
        title=file.title,
        url=file.url,
        words=file.words,
        words_sha256=file.words_sha256,
        read_on=file.read_on,
        window_months=file.window_months,
        version_pattern=file.version_pattern,
        expects_client=file.expects_client,
        hosts=file.hosts,
        recognise=file.recognise,
        allowed=tuple(allowed),
        order=file.order,
    )


def _base(file: _ClientFile, name: str) -> _ClientFile | None:
    """The shipped profile that a file builds on. Shipped ones extend nothing, so one step is the whole way."""
    if file.extends is None:
        return None
    if file.extends not in client_names():
        _wrong(name, f"it extends {file.extends!r}, which is no shipped client profile", client_names(), file.extends)
    return _decoded(resources.text(_FOLDER, f"{_CLIENTS}/{file.extends}.toml"), _ClientFile, file.extends)


def _adjustment(line: _AdjustLine, name: str) -> Adjustment:
    if bool(line.rules) == (line.affects is not None):
        _wrong(name, "an [[adjust]] names either `rules` or `affects`")
    return Adjustment(
        level=line.level,
        because=line.because,
        rules=_rule_ids(line.rules, name),
        affects=line.affects,
        direction=line.direction,
    )


def _rule_ids(patterns: Iterable[str], name: str) -> frozenset[str]:
    """The rules that ids and shell patterns (`max-length-*`) name; each must name one at least."""
    found: set[str] = set()
    for pattern in patterns:
        hits = matching(by_id(), pattern)
        if not hits:
            _wrong(name, f"there is no rule {pattern!r}", by_id(), pattern)
        found.update(hits)
    return frozenset(found)


def _groups(pattern: str, name: str) -> int:
    try:
        return re.compile(pattern).groups
    except re.error as error:
        _wrong(name, f"version_pattern is no regular expression: {error}")


def _decoded(text: str, shape: type[F], name: str) -> F:
    decode: Callable[..., F] = msgspec.toml.decode
    try:
        return decode(text, type=shape)
    except msgspec.DecodeError as error:
        raise UsageError(str(error), where=f"profile {name}") from error


def _known(name: str, names: tuple[str, ...], kind: str) -> None:
    if name not in names:
        raise UsageError(
            f"there is no {kind} profile {name!r}", advice=f"Known: {', '.join(names)}; or give a path to your own."
        )


def _wrong(name: str, what: str, known: Iterable[str] = (), given: str = "") -> NoReturn:
    """A UsageError about a profile, with the nearest of the known words as advice."""
    near = get_close_matches(given, list(known), n=1) if given else []
    raise UsageError(what, where=f"profile {name}", advice=f"Did you mean {near[0]!r}?" if near else None)
