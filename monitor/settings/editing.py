"""Editing `specwatch.toml`: what a person wrote in it stays where it is, and nothing half-written ever lies there.

A `[[sources]]` table is edited line by line: tomlkit, which writes the values, puts a new key behind the comment of the
next table and takes that comment away with the table before it. Sources written as one list (`sources = [{…}]`) are
edited by tomlkit as they are. Each edit is read again before it replaces the file, and must say what was meant.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec

from monitor.errors import ConfigurationError, UsageError
from monitor.settings.checks import DEFAULT_CONFIRM_AFTER, DEFAULT_EVERY, parse_every
from monitor.settings.layout import Layout, Statement
from monitor.settings.loading import files_of, home_of, load, settings_from, text_of
from monitor.settings.model import Settings, SourceSettings

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

HEAD: Final = """\
# The APIs that specwatch watches. Its commands (add, set, pause, resume, rename, remove) edit this file and keep your
# comments. Relative paths start at this folder; secrets are only named here, as in "env:ACME_TOKEN".
"""
_NONE: Final[Mapping[str, Any]] = {
    "promise": None,
    "client": "strict",
    "every": DEFAULT_EVERY,
    "cron": None,
    "day": (),
    "at": (),
    "timezone": "UTC",
    "jitter": timedelta(),
    "confirm_after": DEFAULT_CONFIRM_AFTER,
    "confirm_checks": None,
    "owner": None,
    "paused": False,
    "allow_private": False,
    "allow_hosts": (),
}
"""What may be set besides the name and the URL, and what it is without it."""
_INTERVALS: Final = ("every", "jitter", "confirm_after")
_RHYTHMS: Final[Mapping[str, tuple[str, ...]]] = {
    "every": ("cron", "day", "at", "timezone"),
    "cron": ("every", "day", "at"),
    "at": ("every", "cron"),
}
"""The ways to say when a source is checked, and what none of them goes together with."""

Value = str | bool | int | tuple[str, ...] | None
P = ParamSpec("P")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody else edits the file meanwhile: of two edits at once, the second reads what the first wrote.

    The lock is on the folder, because the file itself is replaced. Windows has no such lock, and goes without.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder = path.resolve().parent
    if not folder.is_dir():
        yield  # writing will say what is wrong
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _alone(edit: Callable[Concatenate[Path, P], None]) -> Callable[Concatenate[Path, P], None]:
    """An edit that is the only one of its file at its time."""

    @wraps(edit)
    def alone(path: Path, /, *args: P.args, **kwargs: P.kwargs) -> None:
        with _locked(path):
            edit(path, *args, **kwargs)

    return alone


@_alone
def add_source(path: Path, /, *, name: str, url: str, **more: Value) -> None:
    """Write one more source at the end; the file is created when there is none. `more`: as in `set_source`.

    Raises UsageError for a name that is there and for a value that cannot stand there, ConfigurationError for a file
    that cannot be read or written.
    """
    text = text_of(path) if path.exists() else HEAD
    settings = settings_from(text, path)
    if path.exists() and any(source.name == name for source in load(path).sources):
        raise UsageError(
            f"a source is called {name!r} already",
            where=str(path),
            advice=f"Change it with `specwatch set {name} --url URL`, or take another name.",
        )
    _see_to_keys(more)
    values: dict[str, Value] = {"name": name, "url": url}
    values |= {key: value for key, value in more.items() if value is not None}
    wanted = replace(
        settings,
        sources=(*settings.sources, _changed(SourceSettings(name, url, extensions=settings.extensions), values)),
    )
    if _is_list(text):
        edited = _with_tomlkit(text, lambda document: _append(document, values))
    else:
        lines = [f"{key} = {_toml(value)}" for key, value in values.items()]
        above = text.rstrip("\n")
        edited = "\n".join([*([above, ""] if above else []), "[[sources]]", *lines, ""])
    _write(path, edited, wanted)


@_alone
def set_source(path: Path, /, name: str, **changes: Value) -> None:
    """Change keys of a source, as the file writes them: `url`, `promise`, `client`, `every`, `cron`, `day`, `at`,
    `timezone`, `jitter`, `confirm_after`, `confirm_checks`, `owner`, `paused`, `allow_private`, `allow_hosts`.

    None removes one. A new rhythm takes the place of another kind of one. Raises UnknownSource, UsageError for a value
    that cannot stand there, and ConfigurationError for the file.
    """
    _see_to_keys(changes)
    for rhythm, others in _RHYTHMS.items():
        if changes.get(rhythm) is not None:
            changes = dict.fromkeys(others) | changes
    _edit(path, name, changes)


def _see_to_keys(given: Mapping[str, Value]) -> None:
    unknown = given.keys() - {"url", *_NONE}
    if unknown:
        raise TypeError(f"a source has no {', '.join(sorted(unknown))} to set")


@_alone
def rename_source(path: Path, old: str, new: str) -> None:
    """Give a source another name. Raises UnknownSource, UsageError for a name that is taken or cannot be one."""
    if old != new and any(source.name == new for source in load(path).sources):
        raise UsageError(f"a source is called {new!r} already", where=str(path), advice="Take another name.")
    with restored_on_error(path):
        _edit(path, old, {"name": new})
        load(path)  # what names it may stand in another file


@_alone
def remove_source(path: Path, name: str) -> None:
    """Take a source out, with the comments between its lines; those above and below it stay.

    Raises UnknownSource, and ConfigurationError where a subscription would be left without a source.
    """
    home = home_of(path, name)
    _see_to_subscriptions(path, name)
    text = text_of(home)
    settings = settings_from(text, home)
    source = settings.source(name)
    index = settings.sources.index(source)
    wanted = replace(settings, sources=tuple(other for other in settings.sources if other is not source))
    with restored_on_error(path):
        _write(home, _deleted(text, index) if _is_list(text) else _without(text, index), wanted)
        load(path)  # what names it may stand in another file


def _see_to_subscriptions(path: Path, name: str) -> None:
    """Raises ConfigurationError where a subscription names the source, or means no other."""
    settings = load(path)
    rest = [source for source in settings.sources if source.name != name]
    for each in settings.subscriptions:
        if name in each.sources or each.chosen(rest) == ():
            how = "names" if name in each.sources else "means no other source than"
            raise ConfigurationError(
                f"{name} cannot be removed: the subscription {each.name!r} {how} it",
                where=str(path),
                advice="Change or take out that subscription first.",
            )


@contextmanager
def restored_on_error(path: Path) -> Iterator[None]:
    """Within it the files may be edited; when an exception leaves it, they are put back as they were."""
    before = {file: file.read_bytes() for file in files_of(path) if file.exists()}
    try:
        yield
    except BaseException:
        for file, data in before.items():
            if file.read_bytes() != data:
                _replace(file, data)
        raise


def _edit(path: Path, name: str, changes: Mapping[str, Value]) -> None:
    """Change keys of one source, in the file that it stands in."""
    path = home_of(path, name)
    text = text_of(path)
    settings = settings_from(text, path)
    source = settings.source(name)
    index = settings.sources.index(source)
    sources = list(settings.sources)
    sources[index] = _changed(source, changes)
    if _is_list(text):
        edited = _with_tomlkit(text, lambda document: _update(document, index, changes))
    else:
        edited = text
        for key, value in changes.items():
            edited = _line_changed(edited, index, key, value)
    _write(path, edited, replace(settings, sources=tuple(sources)))


def _changed(source: SourceSettings, changes: Mapping[str, Value]) -> SourceSettings:
    """The source as it will be read; raises ConfigurationError for an interval that is none."""
    read: dict[str, Any] = {}
    for key, value in changes.items():
        if value is None and key not in _NONE:
            raise UsageError(f"a source cannot be without its {key}")
        if value is None:
            read[key] = _NONE[key]
        elif key in _INTERVALS:
            read[key] = parse_every(str(value))
        else:
            read[key] = (value,) if key in ("day", "at") and isinstance(value, str) else value
    return replace(source, **read)


def _line_changed(text: str, index: int, key: str, value: Value) -> str:
    """The text with one key of one `[[sources]]` table set, added behind its other keys, or taken out."""
    statements = Layout(text).statements
    own = [one for one in statements if one.key[:2] == ("sources", index) and len(one.key) == 3 and not one.header]
    for one in own:
        if one.key[2] == key:
            return _cut(text, one.first, one.last) if value is None else _spliced(text, one, _toml(value))
    if value is None:
        return text
    lines = text.split("\n")
    before = lines[own[-1].first - 1]
    indent = before[: len(before) - len(before.lstrip())]
    lines.insert(own[-1].last, f"{indent}{key} = {_toml(value)}")
    return "\n".join(lines)


def _spliced(text: str, statement: Statement, value: str) -> str:
    return text[: statement.start] + value + text[statement.end :]


def _cut(text: str, first: int, last: int) -> str:
    """The text without some lines, which count from 1."""
    lines = text.split("\n")
    return "\n".join(lines[: first - 1] + lines[last:])


def _without(text: str, index: int) -> str:
    """The text without one `[[sources]]` table, wherever its parts stand."""
    runs: list[tuple[int, int]] = []
    inside = False
    for statement in Layout(text).statements:
        mine = statement.key[:2] == ("sources", index)
        if mine and inside:
            runs[-1] = (runs[-1][0], statement.last)
        elif mine:
            runs.append((statement.first, statement.last))
        inside = mine
    for first, last in reversed(runs):
        text = _closed_up(text, first, last)
    return text


def _closed_up(text: str, first: int, last: int) -> str:
    """The text without some lines, and without a second one of the empty lines that were above and below them."""
    lines = text.split("\n")
    above, below = lines[: first - 1], lines[last:]
    if not above or not above[-1].strip():
        while len(below) > 1 and not below[0].strip():
            del below[0]
    while above and below == [""] and not above[-1].strip():
        del above[-1]
    return "\n".join(above + below)


def _toml(value: Value) -> str:
    """A value as TOML writes it."""
    import tomlkit  # only who edits needs it

    return tomlkit.item(_plain(value)).as_string()


def _plain(value: Value) -> Value | list[str]:
    return list(value) if isinstance(value, tuple) else value


def _is_list(text: str) -> bool:
    """Whether the sources are written as one list and not as `[[sources]]`."""
    return any(one.key == ("sources",) for one in Layout(text).statements)


def _with_tomlkit(text: str, edit: Callable[[Any], object]) -> str:
    import tomlkit

    document: TOMLDocument = tomlkit.parse(text)
    edit(document)
    return tomlkit.dumps(document)


def _append(document: Any, values: Mapping[str, Value]) -> None:
    import tomlkit

    table = tomlkit.inline_table()
    table.update({key: _plain(value) for key, value in values.items()})
    document["sources"].append(table)


def _update(document: Any, index: int, changes: Mapping[str, Value]) -> None:
    table = document["sources"][index]
    for key, value in changes.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = _plain(value)


def _deleted(text: str, index: int) -> str:
    return _with_tomlkit(text, lambda document: document["sources"].pop(index))


def _write(path: Path, text: str, wanted: Settings) -> None:
    """Put the text in the place of the file, once it is known to say what is wanted."""
    try:
        read = settings_from(text, path)
    except ConfigurationError as error:
        # The file was fine before, so it is the new value; its line is in a text that nobody will ever see.
        raise UsageError(error.what, advice=error.advice) from error
    if read != wanted:
        raise ConfigurationError(
            "this file is written in a way that specwatch cannot edit safely",
            where=str(path),
            advice="Nothing was changed. Edit it by hand.",
        )
    ending = "\r\n" if path.exists() and b"\r\n" in path.read_bytes() else "\n"
    _replace(path, text.replace("\n", ending).encode())


def _replace(path: Path, data: bytes) -> None:
    """Write a file so that whoever reads it finds the old text or the new one. Raises ConfigurationError."""
    target = path.resolve()  # of a link, what it points to is replaced and not the link
    beside = target.with_name(f".{target.name}.{os.urandom(4).hex()}.tmp")
    try:
        try:
            mode = target.stat().st_mode & 0o7777 if target.exists() else None
            with beside.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                beside.chmod(mode)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"it cannot be written: {error.strerror}",
            where=str(path),
            advice=None if target.parent.is_dir() else "Its folder does not exist: make it first.",
        ) from error
