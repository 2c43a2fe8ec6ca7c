"""What YAML knows and JSON does not, as JSON: keys of any type, merge keys, aliases."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from monitor.errors import DuplicateKey, SyntaxFault, TooManyAliases
from monitor.reading.document import Limits
from monitor.values import JsonValue, join

_ASK = "The provider has to mend the document."


class Plain:
    """Turns what a YAML parser gives into JSON: keys to text, merge keys merged.

    An alias is the same Python object in several places; its nodes count each time: a bomb is refused before
    it is written out. Dates and binary stay the text that they are.

    `restore`: characters that stand in for others, by their codes.
    """

    def __init__(self, source: str, limits: Limits, restore: Mapping[int, int]) -> None:
        self._source = source
        self._left = limits.nodes
        self._restore = restore
        self._path: list[str | int] = []

    def value(self, value: Any) -> JsonValue:
        """The value as JSON. Recursion is bounded by the parser's limit. Raises DuplicateKey, TooManyAliases."""
        self._left -= 1
        if self._left < 0:
            raise TooManyAliases("more values than a document may have", where=self._source, advice=_ASK)
        if isinstance(value, str):
            return value.translate(self._restore) if self._restore else value
        if isinstance(value, dict):
            return self._mapping(value)
        if isinstance(value, list | tuple):
            return self._list(value)
        return value if isinstance(value, int | float) or value is None else str(value)

    def _list(self, value: list[Any] | tuple[Any, ...]) -> list[JsonValue]:
        plain = []
        for index, item in enumerate(value):
            self._path.append(index)
            plain.append(self.value(item))
            self._path.pop()
        return plain

    def _mapping(self, value: dict[Any, Any]) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key, inner in value.items():
            if key == "<<":
                continue
            name = self._key(key)
            if name in plain:
                what = (
                    f"the key `{name}` stands twice at {join('', *self._path) or 'the root'}, as text and as a number"
                )
                raise DuplicateKey(what, where=self._source, advice=_ASK)
            self._path.append(name)
            plain[name] = self.value(inner)
            self._path.pop()
        return self._merged(plain, value["<<"]) if "<<" in value else plain

    def _merged(self, plain: dict[str, Any], merged: Any) -> dict[str, Any]:
        """With what a merge key brings: what the mapping says itself wins, then the earlier of several."""
        for source in merged if isinstance(merged, list) else [merged]:
            if isinstance(source, dict):
                plain = {**self._mapping(source), **plain}
            elif source is not None:
                plain.setdefault("<<", self.value(source))
        return plain

    def _key(self, key: Any) -> str:
        if isinstance(key, str):
            return key.translate(self._restore) if self._restore else key
        if isinstance(key, bool):
            return "true" if key else "false"
        if key is None:
            return "null"
        if isinstance(key, float) and not math.isfinite(key):
            return ".nan" if math.isnan(key) else ".inf" if key > 0 else "-.inf"
        if isinstance(key, int | float):
            return str(key)
        what = "a list or mapping is used as a key, which JSON has no word for"
        raise SyntaxFault(what, where=self._source, advice=_ASK)
