"""What is said of one source besides its changes: by what it is judged, what is wrong with it, why there is little."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from monitor.ledger import Entry, Loss
from monitor.report.deprecations_view import watched_words
from monitor.report.deprecations_words import between, frozen_words
from monitor.report.ours import unmatched_words
from monitor.report.text import clip, listed, moment, plain, plural
from monitor.report.view import Crossing, SourceView

_MESSAGE: Final = 300
"""Characters of an error or a problem that a reader is shown."""


def leads(entry: Entry) -> bool:
    """Whether it is told one by one for as long as it stands: operations, and the document or URL as a whole."""
    return entry.strength == "strong" and not entry.part


def about(view: SourceView) -> str:
    """What the source is judged by: `client strict, promise Quayside (3 months from deprecation to removal)`."""
    if view.promise is None:
        return f"client {plain(view.client)}, no promise"
    title = plain(view.promise_title or view.promise)
    if view.window_months is None:
        return f"client {plain(view.client)}, promise {title}"
    window = f"{plural(view.window_months, 'month')} from deprecation to removal"
    return f"client {plain(view.client)}, promise {title} ({window})"


def source_warnings(view: SourceView, today: date) -> Iterable[str]:
    yield from watched_words(view.entries, today)
    for still in view.frozen:
        yield f"Frozen: {frozen_words(still)} What changes in the API is not seen here: watch another document."
    for change in view.outdated:
        how = "is gone" if change.after is None else "says something else"
        yield (
            f"The promise profile {plain(view.promise or '')} is out of date: the section {plain(change.section)} with "
            f"its words {how}, seen {between(change.first_seen)}. All is judged by the old words until "
            f"`specwatch set {plain(view.name)} --promise FILE` names newer ones."
        )
    health = view.health
    if health.outcome == "failed":
        at = f" on {moment(health.checked_at)}" if health.checked_at else ""
        category = f" ({plain(health.category)})" if health.category else ""
        message = f": {clip(plain(health.message), _MESSAGE)}" if health.message else ""
        good = f"the last good one was on {moment(health.last_good)}" if health.last_good else "none was ever good"
        times = f"the last {health.failures} checks failed" if health.failures > 1 else "the last check failed"
        yield f"{times[0].upper()}{times[1:]}{at}{category}{message.rstrip('.')}; {good}."
    if health.moved_to is not None:
        yield (
            f"The configured URL is out of date: it has moved for good to {clip(plain(health.moved_to), _MESSAGE)}. "
            f"To follow: specwatch set {plain(view.name)} --url URL"
        )
    if health.problems:
        first = clip(plain(health.problems[0]), _MESSAGE)
        count = plural(len(health.problems), "problem")
        yield f"The newest document is invalid, it is compared as far as it can be read. {count}, first: {first}"
    if view.astray:
        yield unmatched_words(view.astray)
    if view.unconfirmed is not None:
        yield f"{unconfirmed_words(view.unconfirmed)} Nothing is told of it until a later check confirms it."
    for warning in view.warnings:
        yield f"A comparison could not be made: {clip(plain(warning), _MESSAGE)}"


def unconfirmed_words(loss: Loss) -> str:
    """`The version of 2026-08-03 10:00 UTC lacks 18 operations and 12 flags …`."""
    lacks = [plural(count, noun) for count, noun in ((loss.operations, "operation"), (loss.flags, "flag")) if count]
    return f"The version of {moment(loss.first_seen)} lacks {listed(lacks)} that were there, and may be a stale copy."


def source_notes(view: SourceView) -> Iterable[str]:
    health = view.health
    if health.paused:
        at = f"; last checked on {moment(health.checked_at)}" if health.checked_at else ""
        yield f"Paused: it is not checked{at}."
    for crossing in view.crossings:
        yield _crossed(crossing)
    for outage in health.outages:
        until = f"{moment(outage.since)} to {moment(outage.over_at)}"
        yield f"It could not be checked from {until} ({plural(outage.failures, 'failure')}: {plain(outage.category)})."
    if health.checked_at is None and not view.snapshots:
        yield f"Nothing is known yet: specwatch check {plain(view.name)}"
    if view.baseline is not None:
        leading = [entry for entry in view.entries if leads(entry) and entry.episodes]
        already = sum(entry.episodes[0].first_seen.after is None for entry in leading)
        counts = [plural(view.baseline_operations, "operation")] if view.baseline_operations is not None else []
        counts += [f"{already:,} deprecated already"] if already else []
        holds = f": {listed(counts)}" if counts else ""
        yield f"First version kept {view.baseline:%Y-%m-%d}{holds}. What it holds is not told as new."
    if view.suspect:
        lack, them = ("lacks", "it") if view.suspect == 1 else ("lack", "them")
        yield f"{plural(view.suspect, 'version')} {lack} what the versions around {them} have; taken for a slip."


def _crossed(crossing: Crossing) -> str:
    told = f"The version seen on {moment(crossing.at)} was asked for {crossing.how} than the one before"
    summary = crossing.summary
    if summary is None:
        return f"{told}: what differs may come from that."
    levels = {
        "breaking": summary.breaking,
        "risky": summary.risky,
        "compatible": summary.compatible,
        "docs": summary.docs,
    }
    counts = listed([f"{count:,} {level}" for level, count in levels.items() if count]) or "nothing"
    return (
        f"{told}. What differs between the two documents ({counts}) is not told as changes of the API: "
        f"specwatch diff {plain(crossing.before_name)} {plain(crossing.after_name)}"
    )
