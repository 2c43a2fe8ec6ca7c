"""YAML 1.2 (core schema) to JSON values: the one place that knows the YAML parsers (docs/adr/0003-yaml-parser.md).

oryaml parses. fastyaml-rs is asked only when something is odd: it refuses hostile nesting at once where oryaml takes
seconds, and it knows the line of a duplicate key.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from monitor.errors import DocumentTruncated, DuplicateKey, NotADocument, SyntaxFault, TooDeep, TooManyAliases
from monitor.reading.document import Limits
from monitor.reading.json_syntax import refuse_odd_numbers
from monitor.values import JsonValue

_BRACKETS = re.compile(r"[\[\]{}]")
_SUSPICIOUS = 120
"""Open brackets at once that no document written for people has; oryaml itself stops at 128 levels."""

_PLACE = re.compile(r"\s*at line (\d+),? column (\d+)")
_ASK = "The provider has to mend the document; nothing was stored."
_LIMITED = ("recursion limit", "nesting", "depth")


def parse_yaml(text: str, source: str, limits: Limits) -> JsonValue:
    """The value of the only document in a YAML stream, every key as text.

    Raises SyntaxFault, DocumentTruncated, DuplicateKey, NumberRefused, TooDeep, TooManyAliases, NotADocument.
    """
    import oryaml  # noqa: PLC0415 - most documents are JSON, and start-up time counts

    _refuse_deep_brackets(text, source)
    try:
        value = oryaml.loads(text)
    except ValueError as error:
        _refuse(str(error), text, source)
    plain = _Plain(source, limits).value(value)
    refuse_odd_numbers(plain, source)
    return plain


def _refuse_deep_brackets(text: str, source: str) -> None:
    """Ask the parser that refuses at once whether many open brackets are nesting, or only brackets in prose."""
    depth = deepest = 0
    for match in _BRACKETS.finditer(text):
        depth = depth + 1 if match[0] in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
        if deepest > _SUSPICIOUS:
            break
    if deepest <= _SUSPICIOUS:
        return
    import fast_yaml  # noqa: PLC0415 - hardly ever needed

    try:
        fast_yaml.safe_load(text)
    except ValueError as error:
        if "limit" in str(error):
            _refuse(str(error), text, source)


def _refuse(message: str, text: str, source: str) -> NoReturn:
    found = _PLACE.search(message)
    what = message.removeprefix("YAML Parse Error: ").removeprefix("YAML parse error: ")
    place: dict[str, Any] = {"where": source}
    if found:
        place |= {"line": int(found[1]), "column": int(found[2])}
    if "duplicate" in what:
        _refuse_duplicate(text, source)
    if "repetition limit" in what or "alias expansion" in what:
        raise TooManyAliases("its aliases expand beyond every measure", advice=_ASK, **place)
    if any(word in what for word in _LIMITED):
        raise TooDeep("nested deeper than the parser allows (128 levels)", advice=_ASK, **place)
    if "more than one document" in what:
        raise NotADocument("the YAML stream holds more than one document", advice=_ASK, **place)
    if "end of stream" in what or (found and int(found[1]) > text.count("\n")):
        raise DocumentTruncated(f"the YAML ends in the middle: {what}", advice=_ASK, **place)
    raise SyntaxFault(f"not valid YAML: {what}", advice=_ASK, **place)


def _refuse_duplicate(text: str, source: str) -> NoReturn:
    from fast_yaml import lint  # noqa: PLC0415 - only to tell where the key stands

    for finding in lint.lint(text):
        if finding.code == "duplicate-key":
            start = finding.span.start
            raise DuplicateKey(finding.message, where=source, line=start.line, column=start.column, advice=_ASK)
    raise DuplicateKey("a key stands twice in one mapping", where=source, advice=_ASK)


class _Plain:
    """Turns what YAML knows and JSON does not into JSON: keys to text, merge keys merged.

    An alias is the same Python object in several places; its nodes count each time: a bomb is refused before
    it is written out. Dates and binary stay the text that they are.
    """

    def __init__(self, source: str, limits: Limits) -> None:
        self._source = source
        self._left = limits.nodes

    def value(self, value: Any) -> JsonValue:
        """The value as JSON. Recursion is bounded by the parser's 128 levels."""
        self._left -= 1
        if self._left < 0:
            raise TooManyAliases("more values than a document may have", where=self._source, advice=_ASK)
        if isinstance(value, dict):
            return self._mapping(value)
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value if isinstance(value, str | int | float | bool) or value is None else str(value)

    def _mapping(self, value: dict[Any, Any]) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key, inner in value.items():
            if key == "<<":
                continue
            name = self._key(key)
            if name in plain:
                raise DuplicateKey(f"the key {name!r} stands twice in one mapping", where=self._source, advice=_ASK)
            plain[name] = self.value(inner)
        merged = value.get("<<")
        for source in merged if isinstance(merged, list) else [merged]:
            # YAML merge key: what the mapping says itself wins, then the earlier of several.
            if isinstance(source, dict):
                plain = {**self._mapping(source), **plain}
            elif source is not None:
                plain.setdefault("<<", self.value(source))
        return plain

    def _key(self, key: Any) -> str:
        if isinstance(key, str):
            return key
        if isinstance(key, bool):
            return "true" if key else "false"
        if key is None:
            return "null"
        if isinstance(key, int | float):
            return str(key)
        raise SyntaxFault(
            "a list or mapping is used as a key, which JSON has no word for", where=self._source, advice=_ASK
        )
