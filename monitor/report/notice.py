"""A message for a channel: a title, sections of lines, and the same as data; cut to what the channel takes.

A chat is read on a phone. So the lines stand in the order of their weight, and what there is no room for is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Final

import msgspec

from monitor.report.deprecations_words import state_word
from monitor.report.digest_content import subject
from monitor.report.report import report_json
from monitor.report.report_points import Sight
from monitor.report.report_story import TITLES, Story, stories
from monitor.report.story_words import aside_words, deadline_line, headline
from monitor.report.text import clip, listed, plain, plural
from monitor.report.view import Report
from monitor.values import JsonObject, JsonValue

LARGEST_DATA: Final = 1_000_000
"""Bytes of a report's JSON that goes along; who receives webhooks seldom takes more."""
LARGEST_BODY: Final = 3_800
"""Bytes of a channel's text, whatever more it takes: ntfy refuses a message over 4,096, and nobody scrolls further."""
_OF_A_CHANGE: Final = frozenset({"rule", "level", "promise", "affects", "fingerprint", "message", "location"})
_LINE: Final = 400
_WORTH_CUTTING: Final = 60
"""Bytes: a first line that has not so much room is not begun."""
_NAMED: Final = 3
_MENTION: Final = re.compile(r"@(?=\w)|<(?=[@#!])|\](?=\()|(?<=:)(?=//)")


@dataclass(frozen=True, slots=True)
class NoticeSection:
    """Lines of one kind, the most important first."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel is told. `data` is for programs: it goes to webhooks, beside title and sections."""

    title: str
    sections: tuple[NoticeSection, ...]
    data: JsonObject = field(default_factory=dict)


def digest_notice(report: Report, *, largest: int = LARGEST_DATA) -> Notice:
    """The digest for channels: deadlines, what broke, what broke a promise, what may; and the report as data.

    A report whose JSON has more than `largest` bytes goes without the particulars of its changes, and says so.
    """
    told = stories(report)
    several = len(told) > 1
    found = (
        NoticeSection(TITLES["deadlines"], tuple(_deadlines(told, several=several))),
        NoticeSection(TITLES["breaking"], tuple(_points(told, "breaking", several=several))),
        NoticeSection(TITLES["broken"], tuple(_points(told, "broken", several=several))),
        NoticeSection(TITLES["risky"], tuple(_points(told, "risky", several=several))),
        NoticeSection("Overdue for longer and still served", tuple(_overdue(told, several=several))),
        NoticeSection("Besides", aside_words(told)),
        NoticeSection("Sources", tuple(_sources(told))),
    )
    return Notice(subject(report, told), tuple(part for part in found if part.lines), _data(report, largest))


def fit(notice: Notice, *, title: int, body: int) -> tuple[str, str]:
    """Title and text within so many bytes, `body` being for both together; the title is empty where `title` is 0.

    Bytes of UTF-8, and a character that HTML escapes as many as it becomes: no service counts a text longer. What is
    left out is counted at the end. Nothing in the text calls anybody or loads anything: mentions and addresses are
    broken by an invisible space.
    """
    body = min(body, LARGEST_BODY)
    head = _cut(_tame(plain(notice.title)), min(title or body // 2, body // 2))
    room = body - weight(head) - 2
    text = _body(notice, room)
    return (head, text) if title else ("", f"{head}\n{text}".rstrip("\n"))


def weight(text: str) -> int:
    """Bytes of a text once it is escaped for HTML."""
    return len(escape(text, quote=False).encode("utf-8", "replace"))


def _body(notice: Notice, room: int) -> str:
    total = sum(len(section.lines) for section in notice.sections)
    shown: list[str] = []
    told = 0
    for line in _lines(notice):
        heading, words = line
        left = total - told - 1
        reserved = weight(f"\n{_left_out(left)}") if left else 0
        text = f"{heading}{words}"
        free = room - weight("\n".join(shown)) - reserved - (1 if shown else 0)
        if weight(text) > free:
            if shown or free < _WORTH_CUTTING:
                break
            text = _cut(text, free)
        shown.append(text)
        told += 1
    if told < total:
        shown.append(_left_out(total - told))
    return "\n".join(shown)


def _lines(notice: Notice) -> Iterator[tuple[str, str]]:
    """Each line, with the title of its section before the first of it."""
    for section in notice.sections:
        for number, line in enumerate(section.lines):
            heading = f"{_tame(plain(section.title))}\n" if number == 0 else ""
            yield heading, f"• {_tame(clip(plain(line), _LINE))}"


def _left_out(count: int) -> str:
    return f"… and {count:,} more"


def _cut(text: str, most: int) -> str:
    """The text, cut with … to so many bytes."""
    if weight(text) <= most:
        return text
    while text and weight(f"{text}…") > most:
        text = text[: -max(1, (weight(text) - most) // 8)]
    return f"{text.rstrip()}…"


def _tame(text: str) -> str:
    return _MENTION.sub(lambda found: f"{found[0]}\u200b", text)


def _deadlines(told: Iterable[Story], *, several: bool) -> Iterator[str]:
    """What falls due and fell due of late, each with its state."""
    for story in told:
        for group in story.deadlines:
            if not story.long_overdue(group):
                names = listed([str(fold) for fold in group.folds], _NAMED)
                when = f"{state_word(group.first)}, {deadline_line(group, story)}"
                yield f"{_whose(story, several=several)}{names}: {when}"


def _overdue(told: Iterable[Story], *, several: bool) -> Iterator[str]:
    for story in told:
        old = [fold for group in story.deadlines if story.long_overdue(group) for fold in group.folds]
        if old:
            yield f"{_whose(story, several=several)}{listed([str(fold) for fold in old], _NAMED)}"


def _points(told: Iterable[Story], which: str, *, several: bool) -> Iterator[str]:
    for story in told:
        found: tuple[Sight, ...] = getattr(story, which)
        for sight in found:
            for point in sight.points:
                more = f" (and {plural(len(point.lines) - 1, 'more change')})" if len(point.lines) > 1 else ""
                where = "" if point.place in point.lines[0].text else f"{point.place}: "
                use = f" ({point.use_words})" if point.use_words else ""
                yield f"{_whose(story, several=several)}{where}{point.lines[0].text}{more}{use}"


def _sources(told: Iterable[Story]) -> Iterator[str]:
    for story in told:
        for warning in story.warnings:
            yield f"{story.view.name}: {warning}"
    for story in told:
        yield f"{story.view.name}: {headline(story)}"


def _whose(story: Story, *, several: bool) -> str:
    return f"{story.view.name}: " if several else ""


def _data(report: Report, largest: int) -> JsonObject:
    whole: JsonObject = msgspec.json.decode(report_json(report))
    if len(msgspec.json.encode(whole)) <= largest:
        return {"report": whole, "cut": None}
    command = f"specwatch report --since {report.since:%Y-%m-%d} --format json"
    slim = _without_particulars(whole)
    if len(msgspec.json.encode(slim)) <= largest:
        return {"report": slim, "cut": f"The particulars of each change are left out: {command}"}
    return {"report": None, "cut": f"The report is too large: {command}"}


def _without_particulars(whole: JsonObject) -> JsonObject:
    def sparing(of: JsonValue, key: str = "") -> JsonValue:
        if isinstance(of, dict):
            kept = {name: part for name, part in of.items() if key != "changes" or name in _OF_A_CHANGE}
            return {name: sparing(part, name) for name, part in kept.items()}
        return [sparing(part, key) for part in of] if isinstance(of, list) else of

    return {name: sparing(part, name) for name, part in whole.items()}
