"""The long description of the API: its sections, what it promises, and the JSON that it shows."""

from __future__ import annotations

import textwrap

from monitor.compare.changes import (
    DocumentedKeyAdded,
    DocumentedKeyRemoved,
    DocumentedValueChanged,
    PromiseWordsAdded,
    PromiseWordsChanged,
    PromiseWordsRemoved,
    SectionAdded,
    SectionChanged,
    SectionRemoved,
    SectionRenamed,
)
from monitor.rules.areas.wording import OPEN_RESPONSES
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


def _described(text: str) -> str:
    """A document with one operation and this long description."""
    head = "openapi: 3.1.0\ninfo:\n  title: Things\n  version: '1'\n  description: |\n"
    operation = "paths:\n  /things:\n    get:\n      responses: {'200': {description: Things.}}"
    return head + textwrap.indent(text, "    ") + operation


def _showing(example: str) -> str:
    return _described(f"# Errors\n```json\n{example}\n```\n")


_LIMITS = "# Limits\n60 calls a minute.\n"
_KEYS = "# Keys\nSend your key.\n"
_PROMISE = "# Compatibility\nWe give six months of notice.\n"


@rule(
    on=SectionAdded,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="A new section of the long description is for people. Authentication, limits and errors are often written "
    "nowhere else.",
    advice="Read it: limits, and what to send with each call, may be told there for the first time.",
    example=Example.document(before=_described(_KEYS), after=_described(_KEYS + _LIMITS)),
)
def description_section_added(change: SectionAdded) -> None:
    """The long description has a new section: {section}."""


@rule(
    on=SectionRemoved,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="The provider no longer says what stood there. That alone moves nothing on the wire.",
    advice="See whether your client counts on what the section said.",
    example=Example.document(before=_described(_KEYS + _LIMITS), after=_described(_KEYS)),
)
def description_section_removed(change: SectionRemoved) -> None:
    """A section of the long description is gone: {section}."""


@rule(
    on=SectionChanged,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="The long description is for people; what it shows as JSON is compared by itself.",
    advice="Read the section: limits, errors and authentication are often written nowhere else.",
    example=Example.document(before=_described(_KEYS + _LIMITS), after=_described(_KEYS + _LIMITS.replace("60", "90"))),
)
def description_section_changed(change: SectionChanged) -> None:
    """A section of the long description reads otherwise: {section}."""


@rule(
    on=SectionRenamed,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="The same text stands under another heading.",
    advice="Nothing to do; links to the heading may lead nowhere.",
    example=Example.document(
        before=_described(_KEYS + _LIMITS), after=_described(_KEYS + _LIMITS.replace("Limits", "Rate limits"))
    ),
)
def description_section_renamed(change: SectionRenamed) -> None:
    """A section of the long description has another heading: {section}, was {was}."""


@rule(
    on=PromiseWordsAdded,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="The provider says now what one may count on. Nothing on the wire moves; what counts as kept or broken may.",
    advice="Read it, and write its words into a promise profile, so that the provider is held to them.",
    example=Example.document(before=_described(_KEYS), after=_described(_KEYS + _PROMISE)),
)
def promise_words_added(change: PromiseWordsAdded) -> None:
    """The provider says what it promises: the section {section} is new."""


@rule(
    on=PromiseWordsRemoved,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="The document no longer says what one may count on. A document may be cut short for a day, so that only a "
    "lasting change says anything.",
    advice="See whether it comes back or stands elsewhere. If it stays away, ask the provider, and update the profile.",
    example=Example.document(before=_described(_KEYS + _PROMISE), after=_described(_KEYS)),
)
def promise_words_removed(change: PromiseWordsRemoved) -> None:
    """The provider no longer says what it promises: the section {section} is gone."""


@rule(
    on=PromiseWordsChanged,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="The section says what one may count on, and by its words changes are judged as allowed or broken.",
    advice="Read both versions, and update the promise profile: its words, their digest, the day, and what it allows.",
    example=Example.document(
        before=_described(_KEYS + _PROMISE), after=_described(_KEYS + _PROMISE.replace("six", "three"))
    ),
)
def promise_words_changed(change: PromiseWordsChanged) -> None:
    """The section that says what the provider promises reads otherwise: {section}."""


@rule(
    on=DocumentedKeyAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=OPEN_RESPONSES,
    why="JSON that is shown in the long description has one more key: whoever reads the others reads them as before.",
    advice="Nothing to do; the new key may be useful.",
    example=Example.document(before=_showing('{"code": "gone"}'), after=_showing('{"code": "gone", "hint": "Look."}')),
)
def documented_key_added(change: DocumentedKeyAdded) -> None:
    """JSON shown under {section} has a new key: `{path}`."""


@rule(
    on=DocumentedKeyRemoved,
    request=Level.RISKY,
    response=Level.RISKY,
    why="JSON that is shown in the long description has lost a key. An example is no schema: whether the key is gone, "
    "or was left out of the example, it does not say.",
    advice="Look whether the key still comes, and read what it told from elsewhere if not.",
    example=Example.document(before=_showing('{"code": "gone", "hint": "Look."}'), after=_showing('{"code": "gone"}')),
)
def documented_key_removed(change: DocumentedKeyRemoved) -> None:
    """JSON shown under {section} no longer has the key `{path}`."""


@rule(
    on=DocumentedValueChanged,
    request=Level.RISKY,
    response=Level.RISKY,
    why="JSON that is shown in the long description has a value of another type or form: a client that parses the old "
    "one may not parse the new one. Often no schema tells of it: errors and limits are written there alone.",
    advice="Make the client read both forms before the change reaches it.",
    example=Example.document(
        before=_showing('{"until": "Thu, 17 Apr 2025 11:17:18 GMT"}'),
        after=_showing('{"until": "2025-04-17T11:17:18Z"}'),
    ),
)
def documented_value_changed(change: DocumentedValueChanged) -> None:
    """In JSON shown under {section}, `{path}` was {was} and is {now}."""
