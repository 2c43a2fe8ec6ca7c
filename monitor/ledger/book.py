"""The book: what became of every operation that was ever deprecated, from the observations and today alone.

    not flagged ──flag──> deprecated ──> due_soon ──> overdue_still_served      (by the day alone)
                              │  │
              flag taken back │  └──gone──> removed ──back without flag──> reinstated
                              v                 └────back with flag─────> a new episode
                          reinstated ──gone──> removed (unannounced)
                              └──flag──> a new episode

Suspect snapshots open and close nothing: they are passed over as if they had not been seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from monitor.ledger.dates import day_of
from monitor.ledger.identity import Identity, identity, order
from monitor.ledger.successor import Successors
from monitor.ledger.types import Entry, Episode, Evidence, Interval, Mark, Observation, Outcome, Outline, State, Subject
from monitor.ledger.window import basis_of, outcome_of, state_of, window_of


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
    episodes: list[Episode] = field(default_factory=list)
    evidence: tuple[Evidence, ...] = ()
    named: str | None = None
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
        self._tracks: dict[Identity, _Track] = {}
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
        moment = Interval(None if last is None else last.seen_at, observation.seen_at)
        for key, mark in marks.items():
            # A new track begins as not flagged, so that the mark opens its first episode.
            _flag(self._tracks.setdefault(key, _Track(mark.subject, State.REINSTATED)), mark, moment)
        for key, track in self._tracks.items():
            if key in marks:
                continue
            if key in served:
                _serve_unflagged(track, served[key], moment)
            else:
                _remove(track, moment)

    def entries(self, *, today: date, window_months: int | None, version_pattern: str | None) -> tuple[Entry, ...]:
        """The entries as of the last observation and `today`, ordered by path, method and kind."""
        outline = Outline((), ()) if self._last is None else self._last.outline
        successors = Successors(outline.operations, outline.marks, version_pattern)
        ordered = sorted(self._tracks.items(), key=lambda item: order(item[0]))
        return tuple(_entry(track, today, window_months, successors) for _, track in ordered)


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
    track.subject, track.evidence, track.named = mark.subject, mark.evidence, mark.successor


def _serve_unflagged(track: _Track, subject: Subject, moment: Interval) -> None:
    track.subject = subject
    if track.phase is State.REINSTATED:
        return
    track.phase, track.turned = State.REINSTATED, moment
    if track.episodes[-1].reinstated is None:
        track.episodes[-1] = replace(track.episodes[-1], reinstated=moment)


def _remove(track: _Track, moment: Interval) -> None:
    if track.phase is State.REMOVED:
        return
    track.flagged_to_the_end = track.phase is State.DEPRECATED
    track.phase, track.turned = State.REMOVED, moment
    if track.flagged_to_the_end:
        track.episodes[-1] = replace(track.episodes[-1], removed=moment)


def _entry(track: _Track, today: date, months: int | None, successors: Successors) -> Entry:
    episodes = tuple(_judged(episode, months) for episode in track.episodes)
    current = episodes[-1]
    window = window_of(current.first_seen, months)
    removed = track.turned if track.phase is State.REMOVED else None
    reinstated = track.turned if track.phase is State.REINSTATED else None
    outcome: Outcome | None = None
    if removed is not None:
        outcome = current.outcome if track.flagged_to_the_end else "unannounced"
    flag_stands = reinstated is None and track.flagged_to_the_end
    basis = basis_of(current.first_seen, months, window, today)
    if current.reinstated is not None:
        basis = f"no longer in force, the flag was taken back by {day_of(current.reinstated.by)}; was: {basis}"
    # The late end of a deprecation with no first end says something only once it is past.
    late_tells = window.early is not None or (window.late is not None and today > window.late)
    return Entry(
        subject=track.subject,
        state=state_of(window, today) if track.phase is State.DEPRECATED else track.phase,
        first_seen=current.first_seen,
        deadline=window.early,
        deadline_late=window.late if late_tells else None,
        removed=removed,
        reinstated=reinstated,
        outcome=outcome,
        deadline_basis=basis,
        successor=successors.of(track.subject, track.named) if flag_stands else None,
        evidence=track.evidence,
        episodes=episodes,
    )


def _judged(episode: Episode, months: int | None) -> Episode:
    if episode.removed is None:
        return episode
    return replace(episode, outcome=outcome_of(window_of(episode.first_seen, months), episode.removed))
