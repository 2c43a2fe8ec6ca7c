"""What `specwatch report` prints: the changes of a span of time, what to act on first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from monitor.ledger import Loss, PromiseChange
from monitor.policy import PromiseState
from monitor.report.arrangement import Arrangement
from monitor.report.deprecations import COLOURS, used_object
from monitor.report.deprecations_view import own_deadlines
from monitor.report.deprecations_words import Fold, Group
from monitor.report.ours import MUTED
from monitor.report.report_arranged import arranged_text
from monitor.report.report_object import json_text, stamp
from monitor.report.report_page import report_markdown
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
    totals,
    unused_parts,
    yours,
)
from monitor.report.text import Style, keep, listed, operations, plain, plural, wrap
from monitor.report.view import ComparisonView, Health, Report
from monitor.values import JsonObject

FORMAT: Final = "specwatch.report/1"
__all__ = ["report_json", "report_markdown", "report_text"]


# --- text -----------------------------------------------------------------------------------------------------------


def report_text(
    report: Report, *, width: int = 100, color: bool = False, notes: Iterable[str] = (), by: Arrangement = "source"
) -> str:
    """The report for a terminal or a pipe; lines of at most `width` columns where the words allow it.

    `notes` are said below its sum. Not told source by source, all changes stand behind what is said of the sources.
    """
    style = Style(color)
    told = stories(report)
    lines = wrap(f"Changes from {span_words(report)}, as of {report.today}", width)
    if not told:
        lines.append("No source is watched yet: specwatch add NAME URL")
    opening = [yours(told), ", ".join(totals(told)), *aside_words(told)]
    lines += [style.bold(line) for words in opening if words for line in wrap(words, width)]
    if checked(told, report.today):
        lines += wrap(checked(told, report.today), width)
    for note in notes:
        lines += wrap(plain(note), width)
    alarms = [(story.view.name, warning) for story in told for warning in story.warnings]
    if alarms:
        lines.append("")
    for name, warning in alarms:
        lines += style.first(wrap(f"{plain(name)}: {warning}", width, rest="  "), plain(name))
    for story in told:
        lines += ["", *_source(story, width, style, changes=by == "source")]
    if by != "source":
        lines += arranged_text(told, by, width, style)
    return "\n".join(lines) + "\n"


def _source(story: Story, width: int, style: Style, *, changes: bool) -> list[str]:
    view = story.view
    name = plain(view.name)
    head = wrap(f"{name}: {headline(story)}", width, rest="  ")
    lines = [head[0].replace(name, style.bold(name), 1), *head[1:]]
    if not (story.quiet and not story.urgent):
        lines += [style.dim(line) for line in wrap(about(view), width, first="  ")]
    for note in story.notes:
        lines += wrap(note, width, first="  ")
    lines += _deadlines(story, width, style)
    sections = (("breaking", story.breaking), ("broken", story.broken), ("risky", story.risky)) if changes else ()
    for title, found in sections:
        lines += _changes(TITLES[title], found, width, style)
    lines += _changes(TITLES["promised"], story.promised, width, style)
    for title, told in unused_parts(story, changes=changes):
        lines += _lines(title, told, width, style)
    if changes and story.muted:
        lines += _lines(f"{MUTED} ({len(story.muted):,})", muted_lines(story), width, style)
    if changes and rest_words([story]):
        lines += ["", *wrap(rest_words([story]), width, first="  ")]
    return lines


def _lines(title: str, told: Sequence[str], width: int, style: Style) -> list[str]:
    """What is set aside, a line each under a title with their number."""
    return ["", f"  {style.bold(title)}"] + [
        line for words in told for line in wrap(words.replace("`", ""), width, first="    ", rest="      ")
    ]


def _deadlines(story: Story, width: int, style: Style) -> list[str]:
    lines = _grouped(TITLES["deadlines"], story.deadlines, story, width, style)
    for block in story.blocks:
        lines += _grouped(block.title, block.groups, story, width, style)
        if block.more:
            more = f"and {block.more:,} more; `specwatch deprecations {plain(story.view.name)}` lists them."
            lines += wrap(more, width, first="    ")
    if story.besides:
        words = re.sub("`[^`]*`", lambda command: keep(command[0]), story.besides)
        lines += ["", *wrap(words, width, first="  ")]
    return lines + _grouped(TITLES["ended"], story.ended, story, width, style)


def _grouped(title: str, told: Sequence[Group], story: Story, width: int, style: Style) -> list[str]:
    lines = ["", f"  {style.bold(title)}"] if told else []
    for state, members in by_state(told):
        lines.append(f"    {style.word(COLOURS.get(state, ''), state)}")
        for group in members:
            lines += _group(group, story, width)
    return lines


def _group(group: Group, story: Story, width: int) -> list[str]:
    """A deadline, and the services that have it."""
    lines = wrap(deadline_line(group, story), width, first="      ")
    for fold in group.folds:
        lines += wrap(_fold(fold, story), width, first="        ", rest="          ")
        if inside := story.inside(fold, group):
            lines += wrap(listed(inside, INSIDE, say=lambda name: keep(plain(name))), width, first="          ")
    return lines


def _fold(fold: Fold, story: Story) -> str:
    words = keep(str(fold))
    if fold.successor is not None:
        words += f" -> {keep(plain(fold.successor)) if fold.alone else plain(fold.successor)}"
    return f"{words} (new)" if story.newly(fold) else words


def _changes(title: str, found: Sequence[Sight], width: int, style: Style) -> list[str]:
    if not found:
        return []
    lines = ["", f"  {style.bold(f'{title} ({sum(sight.changes for sight in found):,})')}"]
    for sight in found:
        lines.append(f"    {style.dim(f'seen {sight.when}')}")
        for point in sight.points:
            lines += _point(point, width, style)
    return lines


def _point(point: Point, width: int, style: Style) -> list[str]:
    more = f" and {plural(point.more_places, 'more place')}" if point.more_places else ""
    promise = f", promise {point.promise}" if point.promise else ""
    use = f", {point.use_words}" if point.use_words else ""
    head = wrap(f"{keep(point.place)}{more}{promise}{use}", width, first="      ", rest="        ")
    if point.promise is PromiseState.BROKEN:
        head = [line.replace("promise broken", style.word("broken", "promise broken")) for line in head]
    lines = [head[0].replace(point.place, style.bold(point.place), 1), *head[1:]]
    for line in point.lines:
        lines += wrap(_line(line), width, first="        ", rest="          ")
    for sentence in _details(point):
        lines += wrap(sentence, width, first="          ")
    return lines


def _line(line: Line) -> str:
    named = f": {operations(line.operations)}" if line.operations else ""
    return f"{line.text}{named} {keep(f'[{line.names}]')}"


def _details(point: Point) -> list[str]:
    """Who meets the changes, the promise's sentence where it says more than its word, and the other reasons."""
    words = [f"{group.how} {operations(group.operations)}" for group in point.met]
    met = ["; ".join([*words, *point.milder_words])] if words else []
    return met + [plain(text) for text in (point.shown, point.sentence, *point.reasons) if text]


# --- JSON -----------------------------------------------------------------------------------------------------------


def report_json(report: Report) -> str:
    """`specwatch.report/1`: everything in the view model, the documents of differences whole.

    `yours` and the `use` of a deprecation stand there where `uses` are known.
    """
    told = [Story(view, report.since, report.until, report.today) for view in report.sources]
    return json_text(
        {
            "format": FORMAT,
            "since": stamp(report.since),
            "until": stamp(report.until),
            "today": report.today,
            "sources": [_object(story) for story in told],
        }
    )


def _object(story: Story) -> JsonObject:
    view = story.view
    known = view.uses is not None
    deadlines, _, _ = own_deadlines(view.entries, view.uses)
    return {
        "name": view.name,
        "url": view.url,
        "promise": view.promise,
        "window_months": view.window_months,
        "client": view.client,
        **({"uses": list(view.uses.texts)} if view.uses is not None else {}),
        **({"yours": {"breaking": story.ours.breaking, "deadlines": deadlines}} if known else {}),
        "health": _health(view.health),
        "warnings": list(view.warnings),
        "asked_otherwise": [
            {"at": stamp(each.at), "how": each.how, "before": each.before_name, "after": each.after_name}
            for each in view.crossings
        ],
        "snapshots": view.snapshots,
        "versions": view.versions,
        "suspect": view.suspect,
        "unconfirmed": loss_object(view.unconfirmed),
        "baseline": stamp(view.baseline),
        "comparisons": [_comparison(each) for each in view.comparisons],
        "promise_changes": [_promise_change(change) for change in view.promised],
        "promise_outdated": [change.section for change in view.outdated],
        "frozen": [
            {"words": each.words, "since": stamp(each.since), "known_at": stamp(each.known_at)} for each in view.frozen
        ],
        "deprecations": [used_object(view.name, entry, view.uses) for entry in view.entries],
    }


def loss_object(loss: Loss | None) -> JsonObject | None:
    """What a suspect version lacks."""
    if loss is None:
        return None
    return {
        "first_seen": stamp(loss.first_seen),
        "operations": loss.operations,
        "flags": loss.flags,
        "of": loss.of,
    }


def _promise_change(change: PromiseChange) -> JsonObject:
    return {
        "section": change.section,
        "before": change.before,
        "after": change.after,
        "first_seen": {"after": stamp(change.first_seen.after), "by": stamp(change.first_seen.by)},
        "confirmed_at": stamp(change.confirmed_at),
    }


def _health(health: Health) -> JsonObject:
    return {
        "checked_at": stamp(health.checked_at),
        "outcome": health.outcome,
        "category": health.category,
        "message": health.message,
        "last_good": stamp(health.last_good),
        "problems": list(health.problems),
        "paused": health.paused,
        "failures": health.failures,
        "failing_since": stamp(health.failing_since),
        "request_id": health.request_id,
        "moved_to": health.moved_to,
        "outages": [
            {
                "since": stamp(outage.since),
                "over_at": stamp(outage.over_at),
                "failures": outage.failures,
                "category": outage.category,
            }
            for outage in health.outages
        ],
    }


def _comparison(each: ComparisonView) -> JsonObject:
    return {
        "before_seen": stamp(each.before_seen),
        "after_seen": stamp(each.after_seen),
        "before": each.before_name,
        "after": each.after_name,
        "diff": each.document,
    }
