"""The book: what became of every operation that was ever deprecated, from the observations and today alone.

    not flagged ──flag──> deprecated ──> due_soon ──> overdue_still_served      (by the day alone)
                              │  │
              flag taken back │  └──gone──> removed ──back without flag──> reinstated
                              v                 └────back with flag─────> a new episode
                          reinstated ──gone──> removed (unannounced)
                              └──flag──> a new episode

Suspect snapshots open and close nothing: they are passed over as if they had not been seen.

What prose alone says is kept apart from what the keyword, an extension or a header says: an entry rests on the strong
evidence if there ever was any, and on the words only where there was none. So a description that was changed before
the flag was set moves no deadline, and one that was left when the flag was taken back keeps nothing deprecated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from monitor.contract.types import Direction
from monitor.ledger.dates import day_of
from monitor.ledger.identity import Identity, digest, identity, order
from monitor.ledger.service import service
from monitor.ledger.successor import Successors
from monitor.ledger.types import (
    Entry,
    Episode,
    Evidence,
    Interval,
    Mark,
    Move,
    Observation,
    Outcome,
    Outline,
    State,
    Strength,
    Subject,
)
from monitor.ledger.window import Given, basis_of, given_by, given_window, outcome_of, state_of, window_of


def book(
    observations: Sequence[Observation],
    *,
    today: date,
    window_months: int | None,
    version_pattern: str | None,
    suspect: frozenset[int] = frozenset(),
) -> tuple[Entry, ...]:
    """One entry for every subject that is or was deprecated, ordered by path, method and kind.

    `observations` in any order. `window_months` and `version_pattern` are the promise's (None: it says nothing).
    `suspect` are the sequences of snapshots to pass over, as `flaps` finds them.
    """
    whole = Book(suspect)
    for observation in sorted(observations, key=lambda one: (one.seen_at, one.snapshot)):
        whole.see(observation)
    return whole.entries(today=today, window_months=window_months, version_pattern=version_pattern)


@dataclass(slots=True)
class _Track:
    """What is known of one subject that was ever flagged; `phase` is how the last trusted snapshot has it."""

    subject: Subject
    phase: State
    """DEPRECATED (flagged), REMOVED, or REINSTATED (served without the flag)."""
    strength: Strength = "strong"
    episodes: list[Episode] = field(default_factory=list)
    given: list[Given | None] = field(default_factory=list)
    """The day of removal that the provider gave last in each episode."""
    moves: list[Move] = field(default_factory=list)
    """How that day was moved in the last episode."""
    log: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    """The evidence of the last episode, what is no longer said included."""
    said: frozenset[tuple[str, str]] = frozenset()
    """What of it is said now."""
    named: str | None = None
    tag: str | None = None
    directions: tuple[Direction, ...] = ()
    turned: Interval | None = None
    """When the phase began."""
    flagged_to_the_end: bool = True
    """False when it was last removed after its flag had been taken back."""


class Book:
    """The book while it is written: `see` takes one observation after the other, `entries` reads at any time.

    Seeing the observations one by one and reading gives the same as `book` over all of them.
    """

    def __init__(self, suspect: frozenset[int] = frozenset()) -> None:
        self._suspect = suspect
        self._tracks: dict[tuple[Identity, Strength], _Track] = {}
        self._last: Observation | None = None

    def see(self, observation: Observation) -> None:
        """Take in one observation, not older than the one before.

        Raises ValueError when it is older.
        """
        last = self._last
        if last is not None and observation.seen_at < last.seen_at:
            raise ValueError(f"an observation of {observation.seen_at} after one of {last.seen_at}")
        if observation.snapshot in self._suspect:
            return
        self._last = observation
        if last is not None and last.outline == observation.outline:
            return  # a second sight of the same: only the lower end of what comes next moves
        served, marks = _by_identity(observation.outline)
        parts = observation.outline.parts
        moment = Interval(None if last is None else last.seen_at, observation.seen_at)
        if last is not None:
            self._seen_until(last.seen_at)
        for key, mark in marks.items():
            # A new track begins as not flagged, so that the mark opens its first episode.
            strength: Strength = "strong" if mark.strong else "weak"
            track = self._tracks.setdefault((key, strength), _Track(mark.subject, State.REINSTATED, strength))
            _flag(track, mark, moment)
        for (key, strength), track in self._tracks.items():
            mine = marks.get(key)
            if mine is not None and (strength == "weak" or mine.strong):
                if strength == "weak" and mine.strong:
                    _flag(track, mine, moment)
                continue
            if key in served or mine is not None:
                _serve_unflagged(track, served.get(key, track.subject), moment)
            elif digest(key) in parts:
                _serve_unflagged(track, track.subject, moment)
            else:
                _remove(track, moment)

    def _seen_until(self, moment: datetime) -> None:
        """Write down until when the evidence was seen, before the next version is taken in."""
        for track in self._tracks.values():
            for words in track.said:
                track.log[words] = replace(track.log[words], last_seen=moment)

    def entries(self, *, today: date, window_months: int | None, version_pattern: str | None) -> tuple[Entry, ...]:
        """The entries as of the last observation and `today`, ordered by path, method and kind."""
        outline = Outline((), ()) if self._last is None else self._last.outline
        successors = Successors(outline.operations, outline.marks, version_pattern)
        if self._last is not None:
            self._seen_until(self._last.seen_at)
        keys = sorted({key for key, _ in self._tracks}, key=order)
        tracks = (self._tracks.get((key, "strong")) or self._tracks[key, "weak"] for key in keys)
        return tuple(_entry(track, today, window_months, successors) for track in tracks)


def _by_identity(outline: Outline) -> tuple[dict[Identity, Subject], dict[Identity, Mark]]:
    """What a snapshot serves and what it flags; of two subjects with one identity the first by path is shown."""

    def place(subject: Subject) -> tuple[str, str]:
        return (subject.path or "", subject.pointer)

    served: dict[Identity, Subject] = {}
    for subject in sorted(outline.operations, key=place):
        served.setdefault(identity(subject), subject)
    marks: dict[Identity, Mark] = {}
    for mark in sorted(outline.marks, key=lambda mark: place(mark.subject)):
        marks.setdefault(identity(mark.subject), mark)
    return served, marks


def _flag(track: _Track, mark: Mark, moment: Interval) -> None:
    if track.phase is not State.DEPRECATED:
        track.phase, track.turned, track.flagged_to_the_end = State.DEPRECATED, moment, True
        track.episodes.append(Episode(moment))
        track.given.append(None)
        track.log, track.moves = {}, []
    track.subject, track.named, track.tag = mark.subject, mark.successor, mark.tag
    track.directions = mark.directions
    for item in mark.evidence:
        known = track.log.get(item.words)
        track.log[item.words] = replace(item, first_seen=moment if known is None else known.first_seen)
    track.said = frozenset(item.words for item in mark.evidence)
    given = given_by(tuple(track.log[item.words] for item in mark.evidence))
    before = track.given[-1]
    if before is not None and before.day is not None and (given is None or given.day != before.day):
        track.moves.append(Move(before.day, None if given is None else given.day, moment))
    track.given[-1] = given


def _serve_unflagged(track: _Track, subject: Subject, moment: Interval) -> None:
    track.subject = subject
    if track.phase is State.REINSTATED:
        return
    track.phase, track.turned, track.said = State.REINSTATED, moment, frozenset()
    if track.episodes[-1].reinstated is None:
        track.episodes[-1] = replace(track.episodes[-1], reinstated=moment)


def _remove(track: _Track, moment: Interval) -> None:
    if track.phase is State.REMOVED:
        return
    track.flagged_to_the_end = track.phase is State.DEPRECATED
    track.phase, track.turned, track.said = State.REMOVED, moment, frozenset()
    if track.flagged_to_the_end:
        track.episodes[-1] = replace(track.episodes[-1], removed=moment)


def _entry(track: _Track, today: date, months: int | None, successors: Successors) -> Entry:
    pairs = zip(track.episodes, track.given, strict=True)
    episodes = tuple(_judged(track, episode, given, months) for episode, given in pairs)
    current, given = episodes[-1], track.given[-1]
    promised = window_of(current.first_seen, months)
    window = given_window(given, promised)
    removed = track.turned if track.phase is State.REMOVED else None
    reinstated = track.turned if track.phase is State.REINSTATED else None
    outcome: Outcome | None = None
    if removed is not None:
        outcome = current.outcome if track.flagged_to_the_end else "unannounced"
    flag_stands = reinstated is None and track.flagged_to_the_end
    basis = basis_of(current.first_seen, months, promised, today, given)
    evidence = tuple(track.log.values())
    if current.reinstated is not None:
        basis = f"no longer in force, the flag was taken back by {day_of(current.reinstated.by)}; was: {basis}"
    # The late end of a deprecation with no first end says something only once it is past.
    late_tells = window.early is not None or (window.late is not None and today > window.late)
    return Entry(
        subject=track.subject,
        state=state_of(window, today, announced=_is_to_come(track, today))
        if track.phase is State.DEPRECATED
        else track.phase,
        first_seen=current.first_seen,
        deadline=window.early,
        deadline_late=window.late if late_tells else None,
        removed=removed,
        reinstated=reinstated,
        outcome=outcome,
        deadline_basis=basis,
        successor=successors.of(track.subject, track.named) if flag_stands else None,
        evidence=evidence,
        episodes=episodes,
        strength=track.strength,
        given=None if given is None else given.day,
        moves=tuple(track.moves),
        service=(track.tag or service(track.subject.path or "")) if track.subject.kind == "operation" else None,
        directions=track.directions,
    )


def _is_to_come(track: _Track, today: date) -> bool:
    """Whether all that is said now is said of a day to come."""
    return all(
        not item.certain or (item.since is not None and item.since > today)
        for words, item in track.log.items()
        if words in track.said
    )


def _judged(track: _Track, episode: Episode, given: Given | None, months: int | None) -> Episode:
    """The episode with its deadline, and with what its removal was.

    Words alone accuse nobody, and neither does a component that is gone: it may have another name now, and generators
    number theirs anew with each version.
    """
    window = given_window(given, window_of(episode.first_seen, months))
    episode = replace(episode, deadline=window.early)
    if episode.removed is None:
        return episode
    if track.strength == "weak" or (track.subject.path is None and not track.subject.whole):
        return replace(episode, outcome="unknown")
    return replace(episode, outcome=outcome_of(window, episode.removed))
