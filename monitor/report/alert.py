"""What is told at once: something broke, a deadline was moved or is near. The form is that of the digest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from monitor.ledger import Entry, Move
from monitor.report.deprecations_words import groups, moved_words
from monitor.report.digest import Digest, render
from monitor.report.digest_acts import deadline_acts, now_acts
from monitor.report.digest_content import change_sections, verdict
from monitor.report.digest_view import Act, Limits, Mail
from monitor.report.digest_words import name
from monitor.report.report_story import Story, stories
from monitor.report.story_words import totals, yours
from monitor.report.text import clip, listed, moment, plain, plural
from monitor.report.view import Report

_FOOT: Final = (
    "You are told at once of what breaks you; the weekly digest has all else, and names this again in a line."
)
_REMINDED: Final = (
    "You are reminded of each deadline that stands; to end it: specwatch deprecations done NAME SUBJECT --note TEXT."
)


def render_alert(report: Report) -> Digest | None:
    """What became known of one source in a span, as far as nobody should wait for the digest; else None.

    That is: breaking changes and broken promises, a deadline that was moved earlier, a watched URL that became
    deprecated, a promise profile out of date, a document that stands still. Of what the reader does not use or has
    muted there is no alert.
    """
    (story,) = stories(report)
    moved = [(entry, move) for entry, move in story.moved if move.earlier and not story.is_unused(entry)]
    news = (story.breaking, story.broken, moved, story.url_is_new, story.view.outdated, story.view.frozen)
    if not any(news):
        return None
    earlier = tuple(
        Act("now", "", "bad", f"Plan anew for `{name(str(entry.subject))}`", (clip(plain(moved_words(move)), 200),))
        for entry, move in moved
    )
    words = [*totals([story], brief=True), *([f"{plural(len(moved), 'deadline')} moved earlier"] if moved else [])]
    own = yours([story])
    counts = ", ".join(words) if not own else f"{own[0].lower()}{own[1:]}; in all {', '.join(words)}"
    subject = f"[specwatch] Alert: {clip(plain(story.view.name), 40)}: {counts}{_named(story, moved)}"
    title = f"Alert: {plain(story.view.name)}, seen by {moment(report.until)}"
    return render(lambda limits: _mail(report, story, subject, title, (*earlier, *now_acts(story, limits)), limits))


def _named(story: Story, moved: Sequence[tuple[Entry, Move]]) -> str:
    """` (GET /v1/boats and 2 more)`: what an alert is about, so that two of one source are told apart in a list."""
    points = [point.place for sight in (*story.breaking, *story.broken) for point in sight.points]
    names = list(dict.fromkeys([*points, *(plain(str(entry.subject)) for entry, _ in moved)]))
    return f" ({listed([clip(name, 60) for name in names], 1)})" if names else ""


def render_reminder(report: Report, due: Sequence[Entry]) -> Digest:
    """That some deadlines of one source are near: by when to move from what to what.

    Subject and title begin with what it is, so that a list of mails tells it from an alert and from the digest.
    """
    (story,) = stories(report)
    told = groups(due)
    nearest = min(left for entry in due if (left := entry.days_left(report.today)) is not None)
    when = "today" if nearest == 0 else f"in {plural(nearest, 'day')}"
    folds = [fold for group in told for fold in group.folds]
    count = len({fold.name for fold in folds})
    first = clip(plain(str(folds[0]) if folds[0].alone else folds[0].name), 60)
    source = clip(plain(story.view.name), 40)
    what = f"{first}: deadline {when}" if count == 1 else f"{plural(count, 'deadline')}, the first {when}: {first}"
    subject = f"[specwatch] Reminder: {source}: {what}"
    title = f"Reminder: {plain(story.view.name)}, {plural(count, 'deadline')} near"
    return render(lambda limits: _mail(report, None, subject, title, deadline_acts(told, story, limits), limits))


def _mail(report: Report, story: Story | None, subject: str, title: str, acts: tuple[Act, ...], limits: Limits) -> Mail:
    changes = () if story is None else tuple(change_sections([story], limits, report))
    command, foot = ("deprecations", _REMINDED) if story is None else ("report", _FOOT)
    return Mail(
        subject=subject,
        title=title,
        preheader=clip(acts[0].what.replace("`", ""), 140) if acts else title,
        verdict=() if story is None else verdict([story], report.today),
        counts=(),
        quiet=(),
        acts=acts[: limits.acts],
        acts_more=(),
        sections=tuple(section for section in changes if not section.title.startswith("Risky")),
        rest=(),
        windows=(),
        windows_more=(),
        health=(),
        health_more=(),
        book=(),
        book_more=(),
        foot=(f"At any time: `specwatch {command} {plain(report.sources[0].name)}`.", foot),
    )
