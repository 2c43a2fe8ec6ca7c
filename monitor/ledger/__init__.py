"""The ledger of deprecations: evidence, windows, states. Pure functions of observations and of today."""

from monitor.ledger.book import Book, book
from monitor.ledger.corrections import Correction, corrected, with_manual_entries
from monitor.ledger.dates import add_months, day_of
from monitor.ledger.events import Event, EventKind, events
from monitor.ledger.flaps import Confirmation, Doubts, Loss, doubts, flaps
from monitor.ledger.frozen import Frozen, frozen_sources
from monitor.ledger.http_evidence import HEADERS, header_mark, url_observations
from monitor.ledger.identity import Identity, identity
from monitor.ledger.lifetimes import Lifetime, Lifetimes, lifetimes
from monitor.ledger.objects import correction_from, correction_object, entry_from, entry_object
from monitor.ledger.outline import FLAG, outline
from monitor.ledger.promised import PromiseChange, outdated_by, promise_changes
from monitor.ledger.removals import Removal, unannounced_removals
from monitor.ledger.service import service
from monitor.ledger.turns import next_turn
from monitor.ledger.types import (
    DUE_SOON_DAYS,
    STANDING,
    Done,
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
from monitor.ledger.watched import watched_first
from monitor.ledger.window import Window, deadlines, outcome_of, window_of

__all__ = [
    "DUE_SOON_DAYS",
    "FLAG",
    "HEADERS",
    "STANDING",
    "Book",
    "Confirmation",
    "Correction",
    "Done",
    "Doubts",
    "Entry",
    "Episode",
    "Event",
    "EventKind",
    "Evidence",
    "Frozen",
    "Identity",
    "Interval",
    "Lifetime",
    "Lifetimes",
    "Loss",
    "Mark",
    "Move",
    "Observation",
    "Outcome",
    "Outline",
    "PromiseChange",
    "Removal",
    "State",
    "Strength",
    "Subject",
    "Window",
    "add_months",
    "book",
    "corrected",
    "correction_from",
    "correction_object",
    "day_of",
    "deadlines",
    "doubts",
    "entry_from",
    "entry_object",
    "events",
    "flaps",
    "frozen_sources",
    "header_mark",
    "identity",
    "lifetimes",
    "next_turn",
    "outcome_of",
    "outdated_by",
    "outline",
    "promise_changes",
    "service",
    "unannounced_removals",
    "url_observations",
    "watched_first",
    "window_of",
    "with_manual_entries",
]
