"""YAML 1.2 (core schema) to JSON values: the one place that knows the YAML parsers (docs/adr/0003-yaml-parser.md).

oryaml parses. fastyaml-rs is asked only when something is odd: it refuses hostile nesting at once where oryaml takes
minutes, and it knows the line of a duplicate key and of an alias too many.
"""

from __future__ import annotations

import re
from typing import NoReturn

from monitor.errors import (
    DocumentTruncated,
    DuplicateKey,
    NotADocument,
    NumberRefused,
    SyntaxFault,
    TooDeep,
    TooManyAliases,
)
from monitor.reading.document import Limits
from monitor.reading.numbers import odd_number
from monitor.reading.places import offset_of, place_of, place_of_byte
from monitor.reading.yaml_values import Plain
from monitor.values import JsonValue

DEPTH = 128
"""How deep oryaml lets YAML nest."""

_PAIR = re.compile(r"""\[[^\[\]{}"'#\n]*\]|\{[^\[\]{}"'#\n]*\}""")
"""A flow collection on one line with nothing inside that could hide a bracket."""

_OVERWORK = 10_000_000_000
"""Open brackets times characters that take oryaml some twenty seconds."""

_BREAKS = "\x85\u2028\u2029"
"""Line breaks of YAML 1.1, which oryaml still folds; in YAML 1.2 they are characters like others (section 5.4)."""

_PLACE = re.compile(r"\s*at line (\d+),? column (\d+)")
_BYTE = re.compile(r"\s*at position (\d+)")
_ODD_NUMBER = re.compile(r"(?<![\w.+-])[-+]?\.(inf|nan)(?![\w.])", re.IGNORECASE)
_MARKER = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_ASK = "The provider has to mend the document."


def parse_yaml(text: str, source: str, limits: Limits) -> JsonValue:
    """The value of the only document in a YAML stream, every key as text.

    Raises SyntaxFault, DocumentTruncated, DuplicateKey, NumberRefused, TooDeep, TooManyAliases, NotADocument.
    """
    import oryaml  # most documents are JSON, and start-up time counts

    _refuse_deep_brackets(text, source)
    stand_ins = _stand_ins(text)
    try:
        value = oryaml.loads(text.translate(stand_ins) if stand_ins else text)
    except (ValueError, TypeError) as error:
        _refuse(str(error), text, source)
    plain = Plain(source, limits, {new: old for old, new in stand_ins.items()}).value(value)
    odd = odd_number(plain)
    if odd is not None:
        places = [place_of(text, found.start()) for found in _ODD_NUMBER.finditer(text)]
        what = f"the number at {odd[0] or 'the root'} is none: {odd[1]}"
        # Two of them may stand in a comment or a text: then the pointer has to do.
        raise NumberRefused(what, where=source, advice=_ASK, **(places[0] if len(places) == 1 else {}))
    return plain


def _stand_ins(text: str) -> dict[int, int]:
    """For each odd line break in the text a character for private use that the text does not have."""
    odd = [ord(character) for character in _BREAKS if character in text]
    free = (code for code in range(0xE000, 0xF900) if chr(code) not in text) if odd else iter(())
    return dict(zip(odd, free, strict=False))


def _refuse_deep_brackets(text: str, source: str) -> None:
    """Have brackets nested without end refused by the parser that does so at once.

    How many are open at once cannot be told without parsing: brackets in prose and comments look the same. But as many
    as stand in the text, less those that are closed on the spot, is a bound that nobody gets around.
    """
    left = text
    for _ in range(2):
        left = _PAIR.sub("", left)
    if left.count("[") + left.count("{") <= DEPTH:
        return
    fault = _second_opinion(text)
    if fault is None:
        return
    found = _PLACE.search(fault.replace(", column", " column"))
    if "resource limit" in fault and "nesting" in fault:
        place = {"line": int(found[1]), "column": int(found[2])} if found else {}
        raise TooDeep(f"nested deeper than {DEPTH} levels", where=source, advice=_ASK, **place)
    # It refuses some real documents that oryaml reads. Up to that place nothing is nested too deep; behind it, a bound
    # on the work has to do.
    rest = text[offset_of(text, int(found[1]), 1) :] if found else text
    if (rest.count("[") + rest.count("{")) * len(rest) > _OVERWORK:
        _refuse(fault, text, source)


def _second_opinion(text: str) -> str | None:
    """What fastyaml-rs has against the text, or None. Aliases cost it nothing here, and they are oryaml's to count."""
    import fast_yaml  # only when something is odd

    try:
        fast_yaml.safe_load(text, max_depth=DEPTH, max_scan_ahead=1 << 30)
    except (ValueError, TypeError) as error:
        return str(error)
    return None


def _refuse(message: str, text: str, source: str) -> NoReturn:
    what = re.sub(r"^YAML parse error: (YAML syntax error: )?", "", message, flags=re.IGNORECASE)
    place = _place(what, text)
    if "duplicate mapping key" in what:
        _refuse_duplicate(place, text, source)
    if "repetition limit" in what or "recursion limit" in what:
        _refuse_nesting(what, place, text, source)
    if "not hashable" in what:
        raise SyntaxFault("a list or mapping is used as a key, which JSON has no word for", where=source, advice=_ASK)
    if "more than one document" in what:
        what = "the YAML stream holds more than one document"
        raise NotADocument(what, where=source, advice=_ASK, **_second_document(text))
    what = _BYTE.sub("", _PLACE.sub("", what, count=1))
    # What is wrong with the very first character comes without a place.
    place = place or {"line": 1, "column": 1}
    if not text[offset_of(text, **place) :].strip():
        advice = "The download was cut short, or the file is incomplete."
        raise DocumentTruncated(f"the YAML ends in the middle: {what}", where=source, advice=advice, **place)
    raise SyntaxFault(f"not valid YAML: {what}", where=source, advice=_ASK, **place)


def _place(what: str, text: str) -> dict[str, int]:
    found = _PLACE.search(what)
    if found:
        return {"line": int(found[1]), "column": int(found[2])}
    found = _BYTE.search(what)
    return place_of_byte(text.encode(), int(found[1])) if found else {}


def _refuse_nesting(what: str, place: dict[str, int], text: str, source: str) -> NoReturn:
    """Levels without end, or aliases without end? The other parser tells the two apart and knows the line."""
    other = _second_opinion(text) or ""
    named = _place(other, text)
    if "still being defined" in other:
        raise TooManyAliases("an alias stands within what it stands for", where=source, advice=_ASK, **named)
    if "repetition" in what or "alias expansion" in other:
        what = "its aliases expand beyond every measure"
        raise TooManyAliases(what, where=source, advice=_ASK, **(named or place))
    raise TooDeep(f"nested deeper than {DEPTH} levels", where=source, advice=_ASK, **place)


def _refuse_duplicate(place: dict[str, int], text: str, source: str) -> NoReturn:
    """oryaml knows where the mapping begins (not of the outermost one), the other parser often the key itself."""
    from fast_yaml import lint  # only to tell where the key stands

    what = "a key stands twice in the mapping that begins here" if place else "a key stands twice in the root"
    try:
        found = [finding for finding in lint.lint(text) if finding.code == "duplicate-key"]
    except ValueError:
        found = []  # something else is wrong too
    if found:
        what, start = found[0].message, found[0].span.start
        place = {"line": start.line, "column": start.column}
    raise DuplicateKey(what, where=source, advice=_ASK, **place)


def _second_document(text: str) -> dict[str, int]:
    """Where a second document begins: at the first marker with content before it."""
    for marker in _MARKER.finditer(text):
        before = text[: marker.start()].splitlines()
        if any(line and not line.startswith(("#", "%")) for line in before):
            return place_of(text, marker.start())
    return {}
