"""The sections of `info.description` in which a provider writes what it promises."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from monitor.compare.conventions import Conventions
from monitor.compare.markdown import Section, sections
from monitor.contract import Contract

_PROMISE: Final = re.compile(
    r"\b(backwards?[- ]compatibility|compatibility|versioning|breaking changes?|deprecations?|sunset(ting)?)\b",
    re.IGNORECASE,
)
"""Headings of such sections."""


def holds_promise(section: Section, phrases: Iterable[str]) -> bool:
    """Whether a section is known, by its heading or by one of these phrases, to hold a promise."""
    if section.path and _PROMISE.search(section.path[-1]):
        return True
    text = _folded(section.words)
    return any(_folded(phrase) in text for phrase in phrases)


def promise_words(contract: Contract, conventions: Conventions) -> dict[str, str]:
    """The text of every such section of a document, by its headings (`Making requests > Compatibility`)."""
    description = contract.at("/info/description").value
    found = sections(description) if isinstance(description, str) else ()
    return {section.name: section.text for section in found if holds_promise(section, conventions.promise)}


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
