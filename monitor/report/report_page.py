"""The report as a page, in GitHub's Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.contract.types import OperationRef
from monitor.policy import PromiseState
from monitor.report.arrangement import Arrangement
from monitor.report.deprecations_words import Fold, Group
from monitor.report.ours import MUTED
from monitor.report.report_arranged import arranged_markdown
from monitor.report.report_points import Line, Point, Sight
from monitor.report.report_story import INSIDE, TITLES, Story, stories
from monitor.report.source_words import about
from monitor.report.story_words import (
    aside_words,
    by_state,
    checked,
    deadline_line,
    headline,
    muted_lines,
    rest_words,
    span_words,
    unused_parts,
    yours,
)
from monitor.report.story_words import totals as totals_of
from monitor.report.text import NAMED, code, escape, listed, plain, plural, prose
from monitor.report.view import Report


def report_markdown(report: Report, *, notes: Iterable[str] = (), by: Arrangement = "source") -> str:
    """The report for a page, a ticket or a chat: the same as the text."""
    told = stories(report)
    parts = [f"# Changes from {span_words(report)}", f"As of {report.today}."]
    if not told:
        parts.append("No source is watched yet: `specwatch add NAME URL`")
    opening = [yours(told), ", ".join(totals_of(told)), *aside_words(told)]
    parts += [f"**{words}**" for words in opening if words]
    if checked(told, report.today):
        parts.append(escape(checked(told, report.today)))
    parts += [escape(note) for note in notes]
    alarms = [f"- **{escape(story.view.name)}**: {escape(warning)}" for story in told for warning in story.warnings]
    if alarms:
        parts.append("\n".join(alarms))
    for story in told:
        parts += _source(story, changes=by == "source")
    if by != "source":
        parts += arranged_markdown(told, by)
    return "\n\n".join(parts) + "\n"


def _source(story: Story, *, changes: bool) -> list[str]:
    head = headline(story)
    parts = [f"## {escape(story.view.name)}", f"{escape(head[0].upper() + head[1:])}. {escape(about(story.view))}."]
    parts += [escape(note) for note in story.notes]
    if story.deadlines:
        parts += [f"### {TITLES['deadlines']}", "\n".join(_groups(story.deadlines, story))]
    for block in story.blocks:
        more = f"- and {block.more:,} more; {code(f'specwatch deprecations {plain(story.view.name)}')} lists them."
        lines = [*_groups(block.groups, story), *([more] if block.more else [])]
        parts += [f"### {block.title}", "\n".join(lines)]
    if story.besides:
        parts.append(prose(story.besides))
    if story.ended:
        parts += [f"### {TITLES['ended']}", "\n".join(_groups(story.ended, story))]
    sections = (("breaking", story.breaking), ("broken", story.broken), ("risky", story.risky)) if changes else ()
    for name, found in sections:
        parts += _changes(TITLES[name], found)
    parts += _changes(TITLES["promised"], story.promised)
    if changes and rest_words([story]):
        parts.append(rest_words([story]))
    for title, told in unused_parts(story, changes=changes):
        parts += _folded(title, told)
    if changes and story.muted:
        parts += _folded(f"{MUTED} ({len(story.muted):,})", muted_lines(story))
    return parts


def _folded(title: str, told: Sequence[str]) -> list[str]:
    """What is set aside: folded, a line each."""
    return [f"<details><summary>{title}</summary>", "\n".join(f"- {prose(line)}" for line in told), "</details>"]


def _groups(told: Iterable[Group], story: Story) -> list[str]:
    lines = []
    for state, members in by_state(told):
        lines.append(f"- **{state}**")
        for group in members:
            lines.append(f"  - {escape(deadline_line(group, story))}")
            for fold in group.folds:
                lines.append(f"    - {_fold(fold, story)}")
                if inside := story.inside(fold, group):
                    lines.append(f"      - {listed(inside, INSIDE, say=code)}")
    return lines


def _fold(fold: Fold, story: Story) -> str:
    words = code(str(fold)) if fold.alone else f"{code(fold.name)}: {fold.count}"
    successor = f" → {code(fold.successor)}" if fold.successor is not None else ""
    return f"{words}{successor}{' (new)' if story.newly(fold) else ''}"


def _changes(title: str, found: Sequence[Sight]) -> list[str]:
    if not found:
        return []
    parts = [f"### {title} ({sum(sight.changes for sight in found):,})"]
    for sight in found:
        parts += [f"Seen {sight.when}:", "\n".join(line for point in sight.points for line in _point(point))]
    return parts


def _point(point: Point) -> list[str]:
    more = f" and {plural(point.more_places, 'more place')}" if point.more_places else ""
    broken = point.promise == PromiseState.BROKEN
    promise = f", promise {'**broken**' if broken else point.promise}" if point.promise else ""
    use = f", {point.use_words}" if point.use_words else ""
    reasons = (prose(text) for text in (point.shown, point.sentence, *point.reasons) if text)
    facts = [*map(_line, point.lines), *_met(point), *reasons]
    return [f"- {code(point.place)}{more}{promise}{use}", *(f"  - {fact}" for fact in facts)]


def _line(line: Line) -> str:
    named = f": {_named(line.operations)}" if line.operations else ""
    return f"{prose(line.text)}{named} ({code(line.names)})"


def _met(point: Point) -> list[str]:
    if not point.met:
        return []
    words = [f"{group.how} {_named(group.operations)}" for group in point.met]
    return ["; ".join([*words, *point.milder_words])]


def _named(operations: Sequence[OperationRef]) -> str:
    return listed(operations, NAMED, say=code)
