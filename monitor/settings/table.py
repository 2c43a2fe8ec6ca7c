"""A strict look at one table of the configuration: what is unknown, missing or of the wrong type names its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from monitor.errors import ConfigurationError
from monitor.settings.checks import nearest
from monitor.settings.layout import Key, Layout

T = TypeVar("T")
V = TypeVar("V")

# bool before int: in Python True is a number.
_TYPES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number"),
    (str, "a text"),
    (list, "a list"),
    (dict, "a table"),
)


@dataclass
class File:
    """The file that is read; its layout is looked for only when an error needs a line."""

    path: Path
    text: str
    _layout: Layout | None = field(default=None, repr=False)

    def line(self, key: Key) -> int:
        """The line of a value, from 1."""
        if self._layout is None:
            self._layout = Layout(self.text)
        return self._layout.line(key)

    def error(self, key: Key, what: str, advice: str | None = None) -> ConfigurationError:
        """An error that names the line of a value."""
        return ConfigurationError(what, where=f"{self.path}:{self.line(key)}", advice=advice)


@dataclass(frozen=True)
class Table:
    """One table: `title` is how a person finds it, `key` the way to it. Every getter raises ConfigurationError."""

    file: File
    values: Mapping[str, Any]
    title: str
    key: Key = ()

    def only(self, *known: str) -> None:
        """Refuse keys that are not known: a key with a slip in it would silently do nothing."""
        for name in self.values:
            if name not in known:
                near = nearest(name, known)
                advice = f"Did you mean `{near}`?" if near else f"Known: {', '.join(known)}."
                raise self.error(name, f"there is no key `{name}` in {self.title}", advice)

    def error(self, name: str, what: str, advice: str | None = None) -> ConfigurationError:
        """An error at one of its values."""
        return self.file.error((*self.key, name), what, advice)

    def text(self, name: str, check: Callable[[str], T]) -> T | None:
        """A text that passes a check; None where there is none."""
        return self._checked(name, str, check)

    def needed(self, name: str, check: Callable[[str], T]) -> T:
        """A text that must be there."""
        value = self.text(name, check)
        if value is None:
            raise self.file.error(self.key, f"{self.title} has no `{name}`")
        return value

    def number(self, name: str, check: Callable[[int], T]) -> T | None:
        """A whole number that passes a check; None where there is none."""
        return self._checked(name, int, check)

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self._checked(name, bool, lambda flag: flag)
        return default if value is None else value

    def texts(self, name: str, check: Callable[[str], T]) -> tuple[T, ...]:
        """A list of texts; none is an empty one."""
        return self._list(name, str, check)

    def numbers(self, name: str, check: Callable[[int], T]) -> tuple[T, ...]:
        """A list of whole numbers; none is an empty one."""
        return self._list(name, int, check)

    def table(self, name: str) -> Table | None:
        """A table below it; None where there is none."""
        values = self._checked(name, dict, lambda given: given)
        return None if values is None else Table(self.file, values, f"[{name}]", (*self.key, name))

    def tables(self, name: str) -> Iterator[Table]:
        """The tables of a list of tables."""
        for index, values in enumerate(self._checked(name, list, lambda given: given) or []):
            key = (*self.key, name, index)
            if not isinstance(values, dict):
                raise self.file.error(key, f"`{name}` must hold tables, not {_kind(values)}")
            yield Table(self.file, values, f"[[{name}]]", key)

    def _list(self, name: str, kind: type[V], check: Callable[[V], T]) -> tuple[T, ...]:
        values = self._checked(name, list, lambda given: given) or []
        place = Table(self.file, dict(enumerate(values)), f"`{name}`", (*self.key, name))  # type: ignore[arg-type]
        return tuple(place._element(index, kind, check) for index in range(len(values)))

    def _checked(self, name: str, kind: type[V], check: Callable[[V], T]) -> T | None:
        return self._element(name, kind, check) if name in self.values else None

    def _element(self, name: str | int, kind: type[V], check: Callable[[V], T]) -> T:
        """A value of the right type that passes a check. What it is is not repeated: it might be a secret."""
        value = self.values[name]  # type: ignore[index]
        key = (*self.key, name)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            what = f"`{name}`" if isinstance(name, str) else f"what stands in {self.title}"
            raise self.file.error(key, f"{what} must be {_wanted(kind)}, not {_kind(value)}")
        try:
            return check(value)
        except ConfigurationError as error:
            raise self.file.error(key, error.what, error.advice) from error


def _wanted(kind: type) -> str:
    return next(words for known, words in _TYPES if known is kind)


def _kind(value: object) -> str:
    return next((words for known, words in _TYPES if isinstance(value, known)), "a date or a time")
