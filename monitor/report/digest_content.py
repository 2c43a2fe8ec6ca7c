"""What the weekly email says, cut to a size that mail programs show whole.

What to do and by when stands first, then what broke, what may, the rest in counts, every window that is open, how the
sources do, and what is new in the book. Names are clipped and carry no backtick of their own, so those that stand
around them match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from monitor.contract.types import OperationRef
from monitor.ledger import Entry, State, day_of
from monitor.policy import PromiseState
from monitor.report.deprecations_words import Fold, Group, deadline_words, groups, left_words, state_word
from monitor.report.digest_acts import acts
from monitor.report.digest_view import (
    BookRow,
    Count,
    HealthRow,
    Limits,
    Mail,
    PointRow,
    Section,
    SightRow,
    Urgency,
    WindowRow,
)
from monitor.report.digest_words import name, sentence, short_command
from monitor.report.report_points import Line, Point, Sight
from monitor.report.report_story import TITLES, Story, stories
from monitor.report.source_words import about
from monitor.report.story_words import (
    aside_words,
    checked,
    deadline_line,
    headline,
    last_day,
    overdue_words,
    rest_words,
    totals,
    whole_counts,
    yours,
)
from monitor.report.text import clip, listed, moment, plain, plural
from monitor.report.view import Report
from monitor.schedule import Week

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SENTENCE: Final = 300
_WEEK: Final = timedelta(days=7)
_SLACK: Final = timedelta(hours=26)
"""By how much a span may miss whole weeks: clocks change, and a digest may be late by hours."""
_NAMED_APIS: Final = 2
"""Sources that the subject names; of more it gives the number."""


def mail(report: Report, limits: Limits) -> Mail:
    """The email about a report, cut to the limits."""
    told = stories(report)
    several = len(told) > 1
    calm = is_quiet(report)
    acts_shown, acts_more = acts(told, limits)
    windows, windows_more = _windows(told, limits, several=several)
    health, health_more = _health(told, limits)
    book, book_more = _book(told, limits, several=several)
    return Mail(
        subject=subject(report, told),
        title=_title(report, told),
        preheader=clip(" ".join([acts_shown[0].when, "·", acts_shown[0].what.replace("`", "")]), 140)
        if acts_shown
        else "What changed in the APIs you watch.",
        verdict=(*_undelivered(report), *verdict(told, report.today)),
        counts=_counts(told),
        quiet=_quiet(told) if calm else (),
        acts=() if calm else acts_shown,
        acts_more=() if calm else acts_more,
        sections=() if calm else tuple(change_sections(told, limits, report)),
        rest=() if calm else _rest(told, limits, several=several),
        windows=() if calm else windows,
        windows_more=() if calm else windows_more,
        health=() if calm else health,
        health_more=() if calm else health_more,
        book=() if calm else book,
        book_more=() if calm else book_more,
        foot=_foot(report, calm=calm),
    )


def verdict(told: Sequence[Story], today: date) -> tuple[str, ...]:
    """What concerns the reader's own code, where that is known, then all; and which sources could not be checked."""
    whole = sentence(totals(told) or (_otherwise(told),))
    own = yours(told)
    lines = (f"{own}.", f"In all: {whole[0].lower()}{whole[1:]}") if own else (whole,)
    return tuple(filter(None, (*lines, checked(told, today))))


def _foot(report: Report, *, calm: bool) -> tuple[str, ...]:
    """How to learn more, and why one reads this."""
    whole = "" if calm else "The full report is attached. "
    command = f"specwatch report --since {report.since:%Y-%m-%d}"
    return (
        f"{whole}At any time: `{command}`; what a verdict means: `specwatch rules RULE`.",
        "specwatch watches these APIs for you; who receives this stands in specwatch.toml.",
    )


def is_quiet(report: Report) -> bool:
    """Whether there is nothing to tell: nothing new, no deadline near, no source that fails or is not understood."""
    return not report.undelivered and all(
        story.quiet and not story.urgent and not story.warnings for story in stories(report)
    )


def _undelivered(report: Report) -> Iterable[str]:
    """That this email is also about weeks whose own never arrived; which they are is in its title."""
    if report.undelivered:
        digests = "digest" if report.undelivered == 1 else f"{report.undelivered:,} digests"
        yield f"Nobody received the {digests} before this one, which covers that time too."


# --- subject and title ----------------------------------------------------------------------------------------------


def subject(report: Report, told: Sequence[Story]) -> str:
    """`[specwatch] incident.io: 1 breaking, 2 deadlines within 30 days, 14 compatible (week 47)`."""
    acted, rest = totals(told, brief=True), whole_counts(told)
    counts = ", ".join((*acted, *(words for words in rest if not (acted and words.endswith("docs")))))
    counts = counts or _otherwise(told)
    own = yours(told)
    counts = f"{own[0].lower()}{own[1:]}; in all {counts}" if own and not is_quiet(report) else counts
    return f"[specwatch] {_whom(told)}: {counts} ({_weeks(report)})"


def _whom(told: Sequence[Story]) -> str:
    """The sources by name where they are few; of many only those of which there is something to tell."""
    loud = [story for story in told if not (story.quiet and not story.urgent) or story.warnings]
    chosen = told if len(told) <= _NAMED_APIS else loud
    if 0 < len(chosen) <= _NAMED_APIS:
        return listed([clip(plain(story.view.name), 40) for story in chosen])
    return plural(len(told), "API")


def _otherwise(told: Sequence[Story]) -> str:
    """What is said when there is nothing to act on and nothing to count."""
    changes = whole_counts(told)
    if changes:
        noun = "change" if changes[-1].split()[0] == "1" else "changes"
        return f"nothing to act on; {listed(list(changes), len(changes))} {noun}"
    begun = sum(story.view.baseline is not None for story in told)
    return f"{plural(begun, 'API')} watched from now on" if begun else "nothing new"


def _title(report: Report, told: Sequence[Story]) -> str:
    """`incident.io, week 31 (27 Jul to 3 Aug 2026)`."""
    weeks, span = _weeks(report), _span(report)
    when = weeks if weeks == span else f"{weeks} ({span})"
    return f"{_whom(told)}, {when}" if told else f"{when[0].upper()}{when[1:]}"


def _weeks(report: Report) -> str:
    """The ISO weeks that a span lies in by its larger part, `week 31`, `weeks 29 to 31`; of no whole weeks its days."""
    weeks = _iso_weeks(report)
    if not weeks:
        return _span(report)
    first, last = weeks
    return f"week {first.number}" if first == last else f"weeks {first.number} to {last.number}"


def _iso_weeks(report: Report) -> tuple[Week, Week] | None:
    """The first and the last of them; None where the span is of no whole weeks."""
    length = report.until - report.since
    count = round(length / _WEEK)
    if count < 1 or abs(length - count * _WEEK) > _SLACK:
        return None
    first = Week.of((report.since + _WEEK / 2).date())
    return first, first if count == 1 else Week.of((report.until - _WEEK / 2).date())


def file_stem(report: Report) -> str:
    """What the digest's files are called after: the ISO weeks as its subject has them, `2026-W31`,
    `2026-W29-to-2026-W31`; or its days, `2026-07-27-to-2026-08-02`."""
    weeks = _iso_weeks(report)
    names = [str(each) for each in weeks] if weeks else [f"{day_of(report.since)}", f"{last_day(report)}"]
    return "-to-".join(dict.fromkeys(names))


def _span(report: Report) -> str:
    """`27 Jul to 3 Aug 2026`."""
    begin, end = day_of(report.since), last_day(report)
    return f"{_day(begin).removesuffix(f' {end.year}')} to {_day(end)}"


def _day(day: date) -> str:
    """`10 Aug 2026`, whatever the locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _counts(told: Sequence[Story]) -> tuple[Count, ...]:
    """The four numbers that a reader looks for first."""
    broken = sum(story.broken_promises for story in told)
    found: tuple[tuple[str, Urgency, int, int], ...] = (
        ("breaking", "bad", *_both(told, lambda story: (story.ours.breaking, story.summary.breaking))),
        ("promise broken", "bad", broken, broken),
        ("deadlines near", "soon", *_both(told, lambda each: (each.our_news(), each.due_soon() + each.passed()))),
        ("risky", "soon", *_both(told, lambda story: (story.ours.risky, story.summary.risky))),
    )
    return tuple(
        Count(f"{own:,}", label, f"of {whole:,}" if whole != own else "", urgency if own else "later")
        for label, urgency, own, whole in found
    )


def _both(told: Sequence[Story], of: Callable[[Story], tuple[int, int]]) -> tuple[int, int]:
    """Two numbers of each source, over all sources: the reader's own, and the whole."""
    pairs = [of(story) for story in told]
    return sum(own for own, _ in pairs), sum(whole for _, whole in pairs)


# --- a quiet week ---------------------------------------------------------------------------------------------------


def _quiet(told: Sequence[Story]) -> tuple[str, ...]:
    """A quiet week in at most four lines: the title is the fifth."""
    if not told:
        return ("No source is watched yet: `specwatch add NAME URL`.",)
    checked = [story.view.health.checked_at for story in told if story.view.health.checked_at is not None]
    paused = sum(story.view.health.paused for story in told)
    looked = f", last checked on {moment(max(checked))}" if checked else ""
    off = f", {paused:,} of them paused" if paused else ""
    lesser = sum(len(story.lesser) for story in told)
    lines = [
        f"Nothing new in {listed([f'`{name(story.view.name)}`' for story in told])}.",
        _standing(told),
        f"{plural(lesser, 'smaller thing')} besides; `specwatch deprecations` has all deadlines." if lesser else "",
        f"{plural(len(told), 'source')} watched{off}{looked}; none fails.",
    ]
    return tuple(line for line in lines if line)


def _standing(told: Sequence[Story]) -> str:
    standing = [entry for story in told for group in story.standing for entry in group.entries]
    if not standing:
        return ""
    folds = [f"`{name(fold.name)}`" for story in told for group in story.standing for fold in group.folds]
    words = overdue_words(standing)
    return f"{words[0].upper()}{words[1:]}: {listed(folds)}."


# --- what changed ---------------------------------------------------------------------------------------------------


def change_sections(told: Sequence[Story], limits: Limits, report: Report) -> Iterable[Section]:
    """What changed, by how bad it is: breaking, a broken promise, risky, and the words of the promise."""
    found: tuple[tuple[str, Callable[[Story], tuple[Sight, ...]]], ...] = (
        ("breaking", lambda story: story.breaking),
        ("broken", lambda story: story.broken),
        ("risky", lambda story: story.risky),
        ("promised", lambda story: story.promised),
    )
    for title, of in found:
        section = _section(TITLES[title], [(story, of(story)) for story in told], limits, report)
        if section is not None:
            yield section


def _section(
    title: str, found: Sequence[tuple[Story, tuple[Sight, ...]]], limits: Limits, report: Report
) -> Section | None:
    """The first points of all sights, source by source, and how many changes are left."""
    total = sum(sight.changes for _, sights in found for sight in sights)
    if not total:
        return None
    room, left = limits.points, total
    rows: list[SightRow] = []
    for story, sights in found:
        for sight in sights:
            points = sight.points[:room]
            room -= len(points)
            left -= sum(point.changes for point in points)
            if points:
                source = f"{plain(story.view.name)}, " if len(found) > 1 else ""
                before = f"; {story.told_words(sight)}" if story.told_words(sight) else ""
                rows.append(
                    SightRow(f"{source}seen {sight.when}{before}", tuple(_point(point, limits) for point in points))
                )
    return Section(f"{title} ({total:,})", tuple(rows), _more(left, "change", short_command(report)))


def _point(point: Point, limits: Limits) -> PointRow:
    more = f" and {plural(point.more_places, 'more place')}" if point.more_places else ""
    hidden = len(point.lines) - limits.lines
    return PointRow(
        head=f"`{name(point.place)}`{more}",
        promise=None if point.promise is None else f"promise {point.promise}",
        urgency="bad" if point.promise == PromiseState.BROKEN else "later",
        lines=tuple(_lines(point.lines[: limits.lines], limits)),
        more=f"and {plural(hidden, 'more change')} there" if hidden > 0 else "",
        notes=tuple(_notes(point, limits)),
        use=point.use_words,
    )


def _lines(lines: Sequence[Line], limits: Limits) -> Iterable[tuple[str, str]]:
    """The sentences, each with its rule in brackets; of neighbours with the same rule only the last one has it."""
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        same = following is not None and following.rule == line.rule
        yield _line(line, limits), "" if same else f"[{line.rule}]"


def _line(line: Line, limits: Limits) -> str:
    text = clip(line.text, _SENTENCE)
    return f"{text}: {_operations(line.operations, limits)}" if line.operations else text


def _notes(point: Point, limits: Limits) -> Iterable[str]:
    if point.met:
        words = [f"{group.how} {_operations(group.operations, limits)}" for group in point.met]
        text = "; ".join([*words, *point.milder_words])
        yield f"{text[0].upper()}{text[1:]}."
    for told in (point.shown, point.sentence, *point.reasons):
        if told:
            yield clip(plain(told), _SENTENCE)


def _operations(operations: Sequence[OperationRef], limits: Limits) -> str:
    return listed([f"`{name(str(operation))}`" for operation in operations], limits.operations)


def _rest(told: Sequence[Story], limits: Limits, *, several: bool) -> tuple[str, ...]:
    """One line of counts for what is compatible or docs; with several sources who has most of it."""
    words = rest_words(told)
    lines = tuple(line for line in (words, *aside_words(told)) if line)
    loud = [story for story in told if rest_words([story])]
    if not several or len(loud) < 2:
        return lines
    parts = [f"`{name(story.view.name)}` {rest_words([story]).removeprefix('Besides: ').rstrip('.')}" for story in loud]
    return (*lines, f"{'; '.join(parts[: limits.sources])}.")


# --- the windows ----------------------------------------------------------------------------------------------------


def _windows(told: Sequence[Story], limits: Limits, *, several: bool) -> tuple[tuple[WindowRow, ...], tuple[str, ...]]:
    """A row for each service with a deadline, the nearest first and what is overdue last."""
    rows = [
        (_nearness(group), story, group, fold) for story in told for group in story.our_standing for fold in group.folds
    ]
    rows.sort(key=lambda row: row[0])
    shown = tuple(_window(story, group, fold, several=several) for _, story, group, fold in rows[: limits.deadlines])
    hidden = sum(len(fold.entries) for *_, fold in rows[limits.deadlines :])
    unused = [_unused(story, several=several) for story in told]
    lines = [*_more(hidden, "deprecation", "specwatch deprecations"), *unused, *(story.also for story in told)]
    return shown, tuple(line for line in lines if line)


def _unused(story: Story, *, several: bool) -> str:
    """The services that the reader does not use, in one line."""
    folds = [fold for group in story.unused_standing for fold in group.folds]
    if not folds:
        return ""
    source = f" in {name(story.view.name)}" if several else ""
    ours = {fold.name for group in story.our_standing for fold in group.folds}
    names = listed([_called(fold, of_ours=fold.name in ours) for fold in folds], 10)
    return f"Deprecated{source} and not used by you: {names}."


def _called(fold: Fold, *, of_ours: bool) -> str:
    """A service by its name; what is left of one of which something else is used."""
    if fold.alone:
        return f"`{name(str(fold))}`"
    return f"the rest of `{name(fold.name)}`" if of_ours else f"`{name(fold.name)}`"


def _nearness(group: Group) -> tuple[bool, date]:
    first = group.first
    return first.state is State.OVERDUE_STILL_SERVED, first.deadline or first.deadline_late or date.max


def _window(story: Story, group: Group, fold: Fold, *, several: bool) -> WindowRow:
    gone = _gone(group.first, story.today)
    source = f"{name(story.view.name)}: " if several else ""
    successor = f" → `{name(fold.successor)}`" if fold.successor is not None else ""
    overdue = group.first.state is State.OVERDUE_STILL_SERVED
    left = left_words(group.first, story.today)
    day = deadline_words(group.first, story.today)
    return WindowRow(
        name=f"{source}`{name(str(fold) if fold.alone else fold.name)}`{successor}",
        count=fold.count,
        when=f"{'overdue: ' if overdue else ''}{left}, {day}" if left else f"deadline {day}",
        gone=gone,
        left=100 - gone,
        urgency="bad" if overdue else "soon" if group.first.state is State.DUE_SOON else "later",
    )


def _gone(entry: Entry, today: date) -> int:
    """How much of the window has gone by, in percent; all of one that is over, none of one whose end nobody knows."""
    if entry.state is State.OVERDUE_STILL_SERVED:
        return 100
    if entry.deadline is None:
        return 0
    begun = day_of(entry.first_seen.by)
    whole = max((entry.deadline - begun).days, 1)
    return min(max(round(100 * (today - begun).days / whole), 0), 100)


# --- the sources ----------------------------------------------------------------------------------------------------


def _health(told: Sequence[Story], limits: Limits) -> tuple[tuple[HealthRow, ...], tuple[str, ...]]:
    """What fails or is to be known, each source in full; those that do well share a row where they are many."""
    ill = [story for story in told if story.warnings]
    well = [story for story in told if not story.warnings]
    loud = [story for story in well if not story.quiet or story.notes]
    calm = [story for story in well if story.quiet and not story.notes]
    ordered = [*ill, *loud]
    rows = [_row(story) for story in ordered[: limits.sources]]
    if calm:
        names = listed([f"`{name(story.view.name)}`" for story in calm], limits.sources)
        rows.append(HealthRow(names, "well", "later", ("Nothing new.",)))
    return tuple(rows), _more(len(ordered) - limits.sources, "source", "specwatch list")


def _row(story: Story) -> HealthRow:
    health = story.view.health
    state = "failing" if health.outcome == "failed" else "look here" if story.warnings else "well"
    if health.paused:
        state = "paused"
    checked = f"Last checked on {moment(health.checked_at)}." if health.checked_at else ""
    head = headline(story)
    words = [
        *story.warnings,
        f"{head[0].upper()}{head[1:]}.",
        *story.notes,
        checked,
        f"Judged for {about(story.view)}.",
    ]
    return HealthRow(
        name=f"`{name(story.view.name)}`",
        state=state,
        urgency="bad" if story.warnings else "later",
        words=tuple(clip(word, 600) for word in words if word),
    )


# --- the book -------------------------------------------------------------------------------------------------------


def _book(told: Sequence[Story], limits: Limits, *, several: bool) -> tuple[tuple[BookRow, ...], tuple[str, ...]]:
    """What was entered in the span: newly deprecated, gone, taken back, and smaller things."""
    rows: list[BookRow] = []
    hidden = 0
    for story in told:
        source = f"{name(story.view.name)}: " if several else ""
        fresh = [entry for entry in story.view.entries if entry.standing and story.is_new(entry)]
        ours, unused = (groups(each for each in fresh if story.is_unused(each) is of) for of in (False, True))
        for group in (*ours, *story.ended, *unused, *story.unused_ended):
            if len(rows) < limits.deadlines:
                rows.append(_book_row(group, story, limits, source))
            else:
                hidden += len(group.entries)
    lines = [*_more(hidden, "entry", "specwatch deprecations"), *(story.went for story in told)]
    return tuple(rows), tuple(line for line in lines if line)


def _book_row(group: Group, story: Story, limits: Limits, source: str) -> BookRow:
    folds = group.folds
    things = [_fold(fold) for fold in folds[: limits.deadlines]]
    if len(folds) > limits.deadlines:
        things.append(f"and {len(folds) - limits.deadlines:,} more")
    weak = " in prose alone" if all(entry.strength == "weak" for entry in group.entries) else ""
    fresh = "newly deprecated" if group.first.standing else state_word(group.first)
    basis = group.first.deadline_basis if group.first.standing and group.first.deadline is not None else ""
    when = f"{deadline_line(group, story)}{f' ({plain(basis)})' if basis else ''}"
    unused = ", not used by you" if story.is_unused(group.first) else ""
    return BookRow(f"{source}{fresh}{weak}{unused}", clip(when, _SENTENCE), tuple(things))


def _fold(fold: Fold) -> str:
    """`Bookings V1` → `/v2/bookings`: 3 operations."""
    successor = f" → `{name(fold.successor)}`" if fold.successor is not None else ""
    words = f"`{name(str(fold) if fold.alone else fold.name)}`{successor}"
    return words if fold.alone else f"{words}: {fold.count}"


def _more(count: int, noun: str, command: str) -> tuple[str, ...]:
    if count <= 0:
        return ()
    many = "entries" if noun == "entry" else f"{noun}s"
    return (f"… and {plural(count, f'more {noun}', f'more {many}')}; `{command}` shows all.",)
