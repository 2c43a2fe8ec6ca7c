"""What the weekly email says, cut to a size that mail programs show whole.

Names are clipped and carry no backtick of their own, so those that stand around them match.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from monitor.contract.types import OperationRef
from monitor.ledger import State, day_of
from monitor.policy import PromiseState
from monitor.report.deprecations_words import Fold, Group, state_word
from monitor.report.diffdoc import Summary
from monitor.report.digest_view import DeadlineRow, Limits, Mail, PointRow, Section, SightRow, SourcePart
from monitor.report.entries import counted
from monitor.report.report_points import Line, Point, Sight
from monitor.report.report_story import (
    TITLES,
    Block,
    Story,
    about,
    checked,
    deadline_line,
    headline,
    last_day,
    stories,
    totals,
)
from monitor.report.text import clip, listed, plain, plural
from monitor.report.view import Report

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAME: Final = 120
"""Characters of a path or a definition's name."""
_SENTENCE: Final = 300
_WEEK: Final = range(6, 9)
"""Days of a span that is called a week: clocks change, and a digest may be late by hours."""


def mail(report: Report, limits: Limits) -> Mail:
    """The email about a report, cut to the limits."""
    told = stories(report)
    loud = [story for story in told if not story.quiet or story.urgent]
    quiet = [story for story in told if story.quiet and not story.urgent]
    shown = loud[: limits.sources]
    alarms = [("Delivery", words) for words in _undelivered(report)]
    alarms += [(_name(story.view.name), warning) for story in told for warning in story.warnings]
    since = f"{report.since:%Y-%m-%d}"
    return Mail(
        subject=subject(report, told),
        title=_title(report),
        preheader=_preheader(loud),
        totals=_sentence(totals(told) or (_otherwise(told),)),
        checked=checked(told, report.today),
        alarms=tuple(alarms[: limits.sources]),
        more_alarms=_more(len(alarms) - limits.sources, "warning", f"specwatch report --since {since}"),
        sources=tuple(_source(story, limits, since) for story in shown),
        more_sources=_more(len(loud) - len(shown), "source", f"specwatch report --since {since}"),
        quiet=_quiet(quiet, limits),
        command=f"specwatch report --since {since}",
    )


def _undelivered(report: Report) -> Iterable[str]:
    """That this email is also about weeks whose own never arrived."""
    if report.undelivered:
        weeks = listed(report.undelivered, len(report.undelivered))
        one = len(report.undelivered) == 1
        digests, their = ("the digest of week", "its") if one else ("the digests of weeks", "their")
        yield f"nobody received {digests} {weeks}; this one covers {their} time too."


def subject(report: Report, told: Sequence[Story]) -> str:
    """`specwatch: 2 breaking changes, 3 deadlines within 30 days (week to 10 Aug 2026)`."""
    title = _title(report)
    return f"specwatch: {', '.join(totals(told) or (_otherwise(told),))} ({title[0].lower()}{title[1:]})"


def _otherwise(told: Sequence[Story]) -> str:
    """What the subject says when there is nothing to act on."""
    risky = sum(story.summary.risky for story in told)
    rest = sum(story.summary.compatible + story.summary.docs for story in told)
    if risky:
        return plural(risky, "risky change")
    if rest:
        return f"{plural(rest, 'change')}, none of them breaking"
    begun = sum(story.view.baseline is not None for story in told)
    return f"{plural(begun, 'source')} watched from now on" if begun else "nothing new"


def _title(report: Report) -> str:
    end = last_day(report)
    days = round((report.until - report.since).total_seconds() / 86_400)
    if days in _WEEK:
        return f"Week to {_day(end)}"
    return f"{_day(day_of(report.since))} to {_day(end)}"


def _day(day: date) -> str:
    """`10 Aug 2026`, whatever the locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _preheader(loud: Sequence[Story]) -> str:
    """What a list of messages shows behind the subject: the first thing to act on."""
    for story in loud:
        for found in (story.breaking, story.broken):
            if found:
                point = found[0].points[0]
                return clip(f"{_name(story.view.name)}: {_plain(point.lines[0].text)}", 140)
    for story in loud:
        for group in story.deadlines:
            line = f"{_name(story.view.name)}: {_plain(str(group.folds[0]))} {state_word(group.first)}"
            return clip(f"{line}, {deadline_line(group, story)}", 140)
    return "What changed in the APIs you watch."


def _quiet(quiet: Sequence[Story], limits: Limits) -> tuple[str, ...]:
    """A line for each source of which there is little to tell; those of which there is nothing share one.

    Of a source that stands among the alarms nobody says that it is quiet.
    """
    calm = [story for story in quiet if not story.warnings]
    same = [story for story in calm if not story.notes and not any(story.standing)]
    others = [story for story in calm if story.notes or any(story.standing)]
    lines = [f"`{_name(story.view.name)}`: {' '.join([f'{headline(story)}.', *story.notes])}" for story in others]
    shown = lines[: limits.sources]
    if len(lines) > len(shown):
        shown.append(f"… and {plural(len(lines) - len(shown), 'more source')}.")
    if same:
        shown.append(f"Nothing new: {listed([f'`{_name(story.view.name)}`' for story in same], limits.sources)}.")
    return tuple(shown)


def _source(story: Story, limits: Limits, since: str) -> SourcePart:
    current, long_overdue = _by_age(story)
    command = f"specwatch report {plain(story.view.name)} --since {since}"
    deadlines = [_deadline(group, story, limits) for group in current[: limits.deadlines]]
    ended = [_deadline(group, story, limits) for group in story.ended[: limits.deadlines]]
    hidden = len(current) + len(story.ended) - len(deadlines) - len(ended)
    found = (("breaking", story.breaking), ("broken", story.broken), ("promised", story.promised))
    return SourcePart(
        name=_name(story.view.name),
        headline=headline(story),
        about=about(story.view),
        notes=story.notes,
        deadlines=tuple(deadlines),
        overdue=_overdue(long_overdue, limits),
        blocks=tuple(_block(block, story, limits) for block in story.blocks),
        besides=story.besides,
        ended=tuple(ended),
        more_deadlines=_more(hidden, "deadline", f"specwatch deprecations {plain(story.view.name)}"),
        sections=tuple(_section(TITLES[title], sights, limits, command) for title, sights in found if sights),
        rest=_rest(story, command),
    )


def _by_age(story: Story) -> tuple[list[Group], list[Group]]:
    """The deadlines to show one by one, and those that had passed before the span began."""
    old = [group for group in story.deadlines if story.long_overdue(group)]
    current = [group for group in story.deadlines if not story.long_overdue(group)]
    return current, old


def _overdue(old: Sequence[Group], limits: Limits) -> str:
    """What has been overdue for longer, in a sentence."""
    if not old:
        return ""
    folds = [f"`{_fold_name(fold)}`" for group in old for fold in group.folds]
    whole = Fold("", tuple(entry for group in old for entry in group.entries))
    return f"Overdue for longer and still served ({whole.count}): {listed(folds, limits.deadlines)}."


def _block(block: Block, story: Story, limits: Limits) -> tuple[str, tuple[DeadlineRow, ...], str]:
    rows = tuple(_deadline(group, story, limits) for group in block.groups[: limits.deadlines])
    hidden = block.more + sum(len(group.entries) for group in block.groups[limits.deadlines :])
    return block.title, rows, _more(hidden, "deprecation", f"specwatch deprecations {plain(story.view.name)}")


def _fold_name(fold: Fold) -> str:
    return _name(str(fold) if fold.alone else fold.name)


def _deadline(group: Group, story: Story, limits: Limits) -> DeadlineRow:
    folds = group.folds
    return DeadlineRow(
        state=state_word(group.first),
        urgent=group.first.state in (State.OVERDUE_STILL_SERVED, State.DUE_SOON),
        when=deadline_line(group, story),
        services=tuple(_fold(fold, story, limits) for fold in folds[: limits.deadlines]),
        more=max(len(folds) - limits.deadlines, 0),
    )


def _fold(fold: Fold, story: Story, limits: Limits) -> str:
    """`Bookings V1` → `/v2/bookings`, new: 3 operations, `/v1/bookings` (GET, POST) and so on."""
    successor = f" → `{_name(fold.successor)}`" if fold.successor is not None else ""
    words = f"`{_fold_name(fold)}`{successor}{', new' if story.newly(fold) else ''}"
    if fold.alone:
        return words
    return f"{words}: {fold.count}, {listed([f'`{_name(name)}`' for name in fold.inside], limits.operations)}"


def _section(title: str, sights: Sequence[Sight], limits: Limits, command: str) -> Section:
    """The first points of all sights, and how many changes are left."""
    room = limits.points
    rows = []
    shown = 0
    for sight in sights:
        points = sight.points[:room]
        if points:
            rows.append(SightRow(f"Seen {sight.when}", tuple(_point(point, limits) for point in points)))
        room -= len(points)
        shown += sum(point.changes for point in points)
    total = sum(sight.changes for sight in sights)
    return Section(f"{title} ({total:,})", tuple(rows), _more(total - shown, "change", command))


def _point(point: Point, limits: Limits) -> PointRow:
    more = f" and {plural(point.more_places, 'more place')}" if point.more_places else ""
    return PointRow(
        head=f"`{_name(point.place)}`{more}",
        promise=None if point.promise is None else str(point.promise),
        broken=point.promise == PromiseState.BROKEN,
        lines=tuple((_line(line, limits), line.rule) for line in point.lines[: limits.lines]),
        more=max(len(point.lines) - limits.lines, 0),
        notes=tuple(_notes(point, limits)),
    )


def _line(line: Line, limits: Limits) -> str:
    text = clip(line.text, _SENTENCE)
    return f"{text}: {_operations(line.operations, limits)}" if line.operations else text


def _notes(point: Point, limits: Limits) -> Iterable[str]:
    if point.met:
        words = [f"{group.how} {_operations(group.operations, limits)}" for group in point.met]
        sentence = "; ".join([*words, *point.milder_words])
        yield f"{sentence[0].upper()}{sentence[1:]}."
    for told in (point.shown, point.sentence, *point.reasons):
        if told:
            yield clip(plain(told), _SENTENCE)


def _operations(operations: Sequence[OperationRef], limits: Limits) -> str:
    return listed([f"`{_name(str(operation))}`" for operation in operations], limits.operations)


def _rest(story: Story, command: str) -> str:
    """The rest in counts, and how to see it."""
    risky = sum(sight.changes for sight in story.risky)
    left = Summary(risky=risky, breaking=0, operations_affected=0, **story.left_over())
    if not (left.risky or left.compatible or left.docs):
        return ""
    return f"Besides: {counted(left)}; `{_name(command)}` shows them." if risky else f"Besides: {counted(left)}."


def _more(count: int, noun: str, command: str) -> str:
    return f"… and {plural(count, f'more {noun}')}; `{_name(command)}` shows all." if count > 0 else ""


def _sentence(words: Sequence[str]) -> str:
    text = listed(list(words), len(words))
    return f"{text[0].upper()}{text[1:]}."


def _plain(text: str) -> str:
    return plain(text).replace("`", "")


def _name(text: str) -> str:
    """A name that can stand between backticks."""
    return clip(plain(text), _NAME).replace("`", "'")
