"""The sentences and lines in which a report tells what a story holds; text, Markdown, pages and mail share them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from monitor.ledger import DUE_SOON_DAYS, Entry, State, day_of
from monitor.report.deprecations_view import own_deadline_words
from monitor.report.deprecations_words import Fold, Group, by_key, fold_lines, state_word, until_line
from monitor.report.diffdoc import Summary, summary_of
from monitor.report.entries import counted, place
from monitor.report.ours import MUTED, muted_words
from monitor.report.report_story import TITLES, Story
from monitor.report.text import listed, moment, plain, plural, short
from monitor.report.view import Report
from monitor.rules import Level

_FAILING: Final = 5
"""Failing sources that are named one by one."""


def headline(story: Story) -> str:
    """What was new in the span, in counts."""
    view = story.view
    if not view.comparisons:
        if view.promised:
            return f"nothing new but {plural(len(view.promised), 'promise change')}"
        new = "watched from now on" if view.baseline is not None and view.versions == 1 else "nothing new"
        standing = [] if story.deadlines else [entry for group in story.standing for entry in group.entries]
        return f"{new}; {overdue_words(standing)}" if standing else new
    broken = story.broken_promises
    promise = f", {plural(broken, 'broken promise')}" if broken else ""
    # What was suspect is told when it is confirmed, perhaps in a span in which no version was new.
    versions = max(view.versions - (view.baseline is not None), len(view.comparisons))
    words = f", {plural(len(view.promised), 'promise change')}" if view.promised else ""
    return f"{counted(story.summary)} in {plural(versions, 'new version')}{promise}{words}"


def overdue_words(standing: Sequence[Entry]) -> str:
    """`27 operations are deprecated and still served, 3 of them overdue`."""
    count = Fold("", tuple(standing)).count + (" is" if len(standing) == 1 else " are")
    overdue = sum(entry.state is State.OVERDUE_STILL_SERVED for entry in standing)
    if overdue == len(standing):
        return f"{count} overdue and still served"
    return f"{count} deprecated and still served" + (f", {overdue:,} of them overdue" if overdue else "")


def span_words(report: Report) -> str:
    """`2026-08-01 to 2026-08-31`; the end is the last day, or the moment where it lies within a day."""
    end = report.until
    last = f"{end - timedelta(days=1):%Y-%m-%d}" if end.time() == time() else moment(end)
    begin = f"{report.since:%Y-%m-%d}" if report.since.time() == time() else moment(report.since)
    return begin if begin == last else f"{begin} to {last}"


def last_day(report: Report) -> date:
    """The last day that the span touches."""
    return day_of(report.until - timedelta(microseconds=1))


def totals(told: Iterable[Story], *, brief: bool = False) -> tuple[str, ...]:
    """What is to be acted on over all sources, most urgent first; empty when there is nothing.

    `brief` is for a subject: `1 breaking`.
    """
    told = tuple(told)
    breaking = sum(story.summary.breaking for story in told)
    broken = sum(story.broken_besides for story in told)
    promised = sum(len(story.view.promised) for story in told)
    soon, passed = sum(story.due_soon() for story in told), sum(story.passed() for story in told)
    outdated = sum(bool(story.view.outdated) for story in told)
    failing = sum(story.view.health.outcome == "failed" for story in told)
    ours = sum(story.url_is_new for story in told)
    words = (
        (ours, f"{plural(ours, 'watched URL')} deprecated"),
        (breaking, f"{breaking:,} breaking" if brief else plural(breaking, "breaking change")),
        (broken, plural(broken, "further broken promise" if breaking else "broken promise")),
        (promised, plural(promised, "promise change")),
        (outdated, f"{plural(outdated, 'promise profile')} out of date"),
        (soon, f"{plural(soon, 'deadline')} within {DUE_SOON_DAYS} days"),
        (passed, f"{plural(passed, 'deadline')} passed"),
        (failing, f"{plural(failing, 'source')} failing"),
    )
    return tuple(text for count, text in words if count)


def checked(told: Sequence[Story], today: date) -> str:
    """`7 of 8 sources checked; last success of acme 3 days ago.`; empty when none of those that were tried failed."""
    healths = [(story.view.name, story.view.health) for story in told if not story.view.health.paused]
    tried = [(name, health) for name, health in healths if health.outcome is not None]
    failing = [(name, health) for name, health in tried if health.outcome == "failed"]
    if not failing:
        return ""
    since = [
        f"last success of {plain(name)} {_ago(health.last_good, today)}"
        if health.last_good is not None
        else f"{plain(name)} was never checked successfully"
        for name, health in failing
    ]
    return f"{len(tried) - len(failing)} of {plural(len(tried), 'source')} checked; {listed(since, _FAILING)}."


def _ago(at: datetime | None, today: date) -> str:
    days = 0 if at is None else (today - day_of(at)).days
    return "today" if days <= 0 else f"{plural(days, 'day')} ago"


def yours(told: Iterable[Story]) -> str:
    """`Yours: 0 breaking, 2 deadlines, 1 passed`, over the sources with known uses; empty without any."""
    known = [story for story in told if story.view.uses is not None]
    if not known:
        return ""
    breaking = sum(story.ours.breaking for story in known)
    due = own_deadline_words((story.view.entries, story.view.uses) for story in known)
    unsure = sum(story.unsure for story in known)
    words = f"Yours: {breaking:,} breaking, {due}"
    return f"{words}, {unsure:,} breaking that may be yours" if unsure else words


def aside_words(told: Iterable[Story]) -> tuple[str, ...]:
    """What is counted and told no further: what only operations meet that are not used, and what somebody muted."""
    told = tuple(told)
    points = [point for story in told for sight in story.unused for point in sight.points]
    unused = sum(point.changes for point in points)
    breaking = sum(point.changes for point in points if point.level == Level.BREAKING)
    words = f"Not used by you: {plural(unused, 'change')} that would be told, {breaking:,} of them breaking."
    muted = [summary_of(story.muted) for story in told]
    counts = {str(level): sum(getattr(each, level) for each in muted) for level in Level}
    lines = [
        words if unused else "",
        f"{MUTED}: {counted(Summary(operations_affected=0, **counts))}." if any(counts.values()) else "",
    ]
    return tuple(line for line in lines if line)


def whole_counts(told: Iterable[Story]) -> tuple[str, ...]:
    """`2 risky`, `14 compatible`: what need not be acted on; `docs` only where there is nothing else."""
    told = tuple(told)
    counts = [
        (sum(getattr(story.summary, level) for story in told), level) for level in ("risky", "compatible", "docs")
    ]
    words = [f"{count:,} {level}" for count, level in counts if count]
    return tuple(words[:-1] if len(words) > 1 and words[-1].endswith("docs") else words)


def rest_words(told: Iterable[Story]) -> str:
    """`Besides: 13 compatible and 22 docs changes.` over all sources, or nothing."""
    counts = [story.left_over() for story in told]
    left = {level: sum(each[level] for each in counts) for level in ("compatible", "docs")}
    if not any(left.values()):
        return ""
    return f"Besides: {counted(Summary(breaking=0, risky=0, operations_affected=0, **left))}."


def unused_parts(story: Story, *, changes: bool) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the reader does not use, under its titles with counts: changes, unless they are told elsewhere, then what is
    deprecated. A title without lines is left out."""
    count = sum(sight.changes for sight in story.unused)
    services = unused_services(story)
    found = (
        (f"{TITLES['unused']} ({count:,})", _unused_changes(story) if changes else ()),
        (f"{TITLES['unused_services']} ({len(services):,})", services),
    )
    return tuple((title, lines) for title, lines in found if lines)


def _unused_changes(story: Story) -> tuple[str, ...]:
    """A line for each place that changes stand in."""
    lines = []
    for point in (point for sight in story.unused for point in sight.points):
        more = f" (and {plural(len(point.lines) - 1, 'more change')})" if len(point.lines) > 1 else ""
        lines.append(f"{point.level}: `{plain(point.place)}`: {plain(point.lines[0].text)}{more}")
    return tuple(lines)


def muted_lines(story: Story) -> tuple[str, ...]:
    """What somebody has muted or acknowledged, a line each: the change, who muted it and why, and its rule."""
    lines = []
    for change in story.muted:
        where = f" (`{place(change)}`)" if place(change) else ""
        rule = f"[`{change.rule} {short(change.fingerprint)}`]"
        lines.append(f"{change.level}: {plain(change.message)}{where} {muted_words(change)} {rule}")
    return tuple(lines)


def unused_services(story: Story) -> tuple[str, ...]:
    """The services that the reader does not use and that are deprecated, or ended in the span, a line each."""
    return fold_lines((*story.unused_standing, *story.unused_ended), story.today)


def by_state(told: Iterable[Group]) -> tuple[tuple[str, tuple[Group, ...]], ...]:
    """Groups under the word of their state."""
    return tuple(by_key(told, lambda group: state_word(group.first)))


def deadline_line(group: Group, story: Story) -> str:
    """`2026-08-11, in 1 day`; of what is over, when it ended and when the deadline was."""
    return until_line(group, story.today)
