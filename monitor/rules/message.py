"""Messages: a rule's sentence with the facts of one change filled in."""

from __future__ import annotations

import json
from dataclasses import fields
from string import Formatter
from typing import Final

from monitor.compare.changes import (
    Change,
    FormatChanged,
    FormatNarrowed,
    FormatWidened,
    MultipleOfChanged,
    MultipleOfNarrowed,
    MultipleOfWidened,
    PartSerializationChanged,
    XmlNameChanged,
    XmlNamespaceChanged,
    XmlSpellingChanged,
)
from monitor.values import JsonValue

_LONGEST: Final = 80
"""Characters of a value that a sentence shows; the whole value stands in the finding's change."""

_NULL_IS_ABSENT: Final = (
    FormatNarrowed,
    FormatWidened,
    FormatChanged,
    MultipleOfNarrowed,
    MultipleOfWidened,
    MultipleOfChanged,
    XmlNameChanged,
    XmlNamespaceChanged,
    XmlSpellingChanged,
    PartSerializationChanged,
)
"""Changes of a keyword that is never null in a document: there null says that it is not stated."""

_AS_JSON: Final = frozenset({"before", "after", "value"})
"""Fields that hold values of the document; all others hold names and words."""


def fill(template: str, change: Change) -> str:
    """The template with each `{field}` replaced by that field of the change, as a reader would write it."""
    facts = {name: _shown(name, getattr(change, name)) for name in placeholders(template)}
    if isinstance(change, _NULL_IS_ABSENT):
        facts = {name: "not stated" if getattr(change, name) is None else fact for name, fact in facts.items()}
    return template.format(**facts)


def placeholders(template: str) -> tuple[str, ...]:
    """The names of the fields that a template asks for, in order of appearance."""
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name)


def unknown_placeholders(template: str, on: type[Change]) -> tuple[str, ...]:
    """Those placeholders of a template that are no field of the change."""
    known = {field.name for field in fields(on)}
    return tuple(name for name in placeholders(template) if name not in known)


def _shown(name: str, value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or "nothing"
    return shown_value(value) if name in _AS_JSON else str(value)  # type: ignore[arg-type]  # JSON by the field's type


def shown_value(value: JsonValue) -> str:
    """A JSON value in one line, cut to fit a sentence; a list of names without brackets and quotes."""
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        text = ", ".join(value)
    elif isinstance(value, list) and not value:
        text = "any"
    else:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
