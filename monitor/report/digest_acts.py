"""What to do and by when: the first part of the weekly email, and all that a reader in a hurry sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from monitor.ledger import State, service
from monitor.policy import PromiseState
from monitor.report.deprecations_words import Fold, Group, by_key, deadline_words, groups, left_words
from monitor.report.digest_view import Act, Limits, Urgency
from monitor.report.digest_words import name
from monitor.report.report_points import Point
from monitor.report.report_story import Story
from monitor.report.text import clip, listed, plural

_SENTENCE: Final = 160
_WARNING: Final = 300


def acts(told: Sequence[Story], limits: Limits) -> tuple[tuple[Act, ...], tuple[str, ...]]:
    """The rows, most urgent first (what is broken now, what fails, then by deadline), and a line for what is cut."""
    several = len(told) > 1
    now = [act for story in told for act in now_acts(story, limits, several=several)]
    later = [row for story in told for row in _deadlines(story, limits, several=several)]
    later.sort(key=lambda row: row[0])
    found = [*now, *(act for _, act in later)]
    hidden = len(found) - limits.acts
    more = (f"… and {plural(hidden, 'more thing')} to do, below and in the full report.",) if hidden > 0 else ()
    return tuple(found[: limits.acts]), more


def now_acts(story: Story, limits: Limits, *, several: bool = False) -> Iterator[Act]:
    """What is to be done now: look at a source that fails, stop calling what is gone, check what broke."""
    source = f"{name(story.view.name)}: " if several else ""
    for warning in story.warnings:
        yield Act("now", "", "bad", f"Look at the source `{name(story.view.name)}`", (clip(warning, _WARNING),))
    points = [point for sight in story.breaking for point in sight.points]
    successors = {str(entry.subject): entry.successor for entry in story.view.entries if entry.successor is not None}
    for point in points:
        if point.removed:
            yield _gone(point, successors, source)
    for services, found in by_key((point for point in points if not point.removed), _services):
        yield _check(services, found, limits, source)


def _gone(point: Point, successors: dict[str, str], source: str) -> Act:
    """Something that is gone is to be called no more, and what takes its place is named."""
    taken = list(dict.fromkeys(successors[each] for each in map(str, point.removed) if each in successors))
    to = f", move to {listed([f'`{name(each)}`' for each in taken])}" if taken else ""
    count = f" ({plural(len(point.removed), point.noun)})" if len(point.removed) > 1 else ""
    broken = "It went against the promise." if point.promise == PromiseState.BROKEN else ""
    what = f"{source}Stop calling `{name(point.place)}`{count}, it is gone{to}"
    return Act("now", "", "bad", what, tuple(filter(None, [broken])))


def _services(point: Point) -> tuple[str, ...]:
    """Where a caller has to look: the services whose operations meet the point, else what it stands in."""
    met = [operation for group in point.met for operation in group.operations]
    found = dict.fromkeys(service(each.path) if each.kind == "operation" else str(each) for each in met)
    return tuple(found) or (point.place,)


def _check(services: tuple[str, ...], points: tuple[Point, ...], limits: Limits, source: str) -> Act:
    """The calls of some services are to be looked at: how many changes, the first in words, and which calls."""
    count = sum(point.changes for point in points)
    first = clip(points[0].lines[0].text.rstrip("."), _SENTENCE)
    more = f" (and {plural(count - 1, 'more change')})" if count > 1 else ""
    met = dict.fromkeys(operation for point in points for group in point.met for operation in group.operations)
    calls = listed([f"`{name(str(each))}`" for each in met], limits.operations)
    place = listed([f"`{name(each)}`" for each in services], limits.operations)
    how = (f"`{name(points[0].place)}`: {first}{more}.", f"Met by {calls}." if met else "")
    what = f"{source}Check your calls of {place}: {plural(count, 'breaking change')}"
    return Act("now", "", "bad", what, tuple(filter(None, how)))


def _deadlines(story: Story, limits: Limits, *, several: bool) -> Iterator[tuple[date, Act]]:
    """A row for each service whose deadline is new, near, or passed in the span; prose alone only with a date."""
    source = f"{name(story.view.name)}: " if several else ""
    due = groups(entry for entry in story.view.entries if not entry.watched and story.is_due(entry))
    for group in due:
        for fold in group.folds:
            yield group.first.deadline or date.max, _move(group, fold, story, limits, source)


def deadline_acts(told: Sequence[Group], story: Story, limits: Limits) -> tuple[Act, ...]:
    """A row for each service of some deadlines."""
    return tuple(_move(group, fold, story, limits, "") for group in told for fold in group.folds)


def _move(group: Group, fold: Fold, story: Story, limits: Limits, source: str) -> Act:
    first = group.first
    left = left_words(first, story.today)
    called = name(str(fold) if fold.alone else fold.name)
    to = f" to `{name(fold.successor)}`" if fold.successor is not None else ""
    verb = "Move from" if to else "Stop using"
    urgency: Urgency = "soon" if first.state in (State.DUE_SOON, State.OVERDUE_STILL_SERVED) else "later"
    inside = "" if fold.alone else f"{fold.count}: {_inside(fold, limits)}."
    weak = "Said in prose alone." if first.strength == "weak" else ""
    return Act(
        when=left or "some day",
        day=deadline_words(first, story.today),
        urgency=urgency,
        what=f"{source}{verb} `{called}`{to}",
        how=tuple(filter(None, (inside, weak))),
    )


def _inside(fold: Fold, limits: Limits) -> str:
    return listed([f"`{name(inside)}`" for inside in fold.inside], limits.operations)
