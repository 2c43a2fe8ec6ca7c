"""The metrics of a daemon, as Prometheus reads them.

What happens is counted as it happens; how things stand (last successes, what is due, messages, the ledger) is asked of
the database at each scrape, so that a daemon that stands by tells the same as the one in charge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from monitor import __version__
from monitor.errors import StoreError

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from monitor.clock import Clock
    from monitor.jobs.standing import Standing
    from monitor.jobs.taking import CheckResult
    from monitor.settings import Settings

OUTCOMES: Final = ("new", "unchanged", "not-modified", "failed")
"""The outcomes of a check, as labels have them."""
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

Look = Callable[[], tuple["Settings", "Standing"]]
"""Asks how things stand. Raises StoreError."""


class Metrics:
    """What one process counts, in a registry of its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        Info("specwatch_build", "The version that runs.", registry=registry).info({"version": __version__})
        self.in_charge = Gauge(
            "specwatch_in_charge", "1 where this process does the work, 0 where it stands by.", registry=registry
        )
        self.reloaded = Gauge(
            "specwatch_config_last_reload_successful",
            "1 when the configuration is the one on disk, 0 when that is broken and the one before it is followed.",
            registry=registry,
        )
        self._checks = Counter("specwatch_checks", "Checks by outcome.", ["outcome"], registry=registry)
        for outcome in OUTCOMES:
            self._checks.labels(outcome)  # a rate needs a zero to begin at
        self._failures = Counter(
            "specwatch_check_failures", "Failed checks by category.", ["category"], registry=registry
        )
        self._check_seconds = Histogram(
            "specwatch_check_duration_seconds",
            "How long checks take, from the request to what is stored.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._changes = Counter(
            "specwatch_changes", "Changes that became known, by level.", ["level"], registry=registry
        )
        self._comparison_seconds = Histogram(
            "specwatch_comparison_duration_seconds",
            "How long comparing two versions takes, reading them included.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._comparison_failures = Counter(
            "specwatch_comparison_failures", "Comparisons that could not be made.", registry=registry
        )
        self._deliveries = Counter(
            "specwatch_deliveries", "Messages by what came of them.", ["outcome"], registry=registry
        )
        for outcome in ("sent", "failed"):
            self._deliveries.labels(outcome)
        self._faults = Counter("specwatch_faults", "What went wrong here, not at a source.", registry=registry)
        self._cycle = Gauge(
            "specwatch_last_good_cycle_timestamp_seconds",
            "When all that was due was last done without a fault here.",
            registry=registry,
        )
        self._pings = Counter("specwatch_heartbeats", "Pings of the dead man's switch.", ["outcome"], registry=registry)

    def follow(self, look: Look) -> None:
        """Tell at each scrape how things stand too."""
        self._registry.register(_Standing(look, self._clock))

    def text(self) -> bytes:
        """All of it in Prometheus' text format, version 0.0.4."""
        return generate_latest(self._registry)

    def checked(self, result: CheckResult) -> None:
        """Count a check."""
        self._checks.labels(result.outcome.replace(" ", "-")).inc()
        if result.failed:
            self._failures.labels(result.category or "invalid").inc()
        self._check_seconds.observe(result.duration)
        for document in result.told:
            for change in document.changes:
                self._changes.labels(change.level).inc()

    def compared(self, seconds: float, done: bool) -> None:  # noqa: FBT001  # as `TimedBench` calls it
        """Count a comparison."""
        self._comparison_seconds.observe(seconds)
        if not done:
            self._comparison_failures.inc()

    def delivered(self, *, sent: int, failed: int) -> None:
        """Count messages that were handed over, and attempts that failed."""
        self._deliveries.labels("sent").inc(sent)
        self._deliveries.labels("failed").inc(failed)

    def fault(self) -> None:
        """Count something that went wrong here."""
        self._faults.inc()

    def good_cycle(self) -> None:
        """All that was due was done."""
        self._cycle.set(self._clock().timestamp())

    def pinged(self, *, well: bool) -> None:
        """Count a ping of the dead man's switch."""
        self._pings.labels("sent" if well else "failed").inc()


class _Standing(Collector):
    """How things stand, asked of the database at each scrape."""

    def __init__(self, look: Look, clock: Clock) -> None:
        self._look = look
        self._clock = clock

    def describe(self) -> Iterator[Metric]:
        """Nothing, so that registering asks no database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The families; of a database that does not answer only that it does not."""
        up = GaugeMetricFamily("specwatch_database_up", "1 when the database answers.")
        try:
            settings, standing = self._look()
        except StoreError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from _sources(settings, standing)
        yield from _queue(standing, self._clock().timestamp())
        messages = GaugeMetricFamily("specwatch_messages", "Messages that were not accepted.", labels=["state"])
        for state, count in standing.messages.items():
            messages.add_metric([state], count)
        yield messages
        ledger = GaugeMetricFamily(
            "specwatch_ledger_entries", "Deprecated things by state, as of the last check.", labels=["source", "state"]
        )
        for (source, state), count in standing.ledger.items():
            ledger.add_metric([source, state], count)
        yield ledger


def _sources(settings: Settings, standing: Standing) -> Iterator[Metric]:
    watched = GaugeMetricFamily("specwatch_sources", "Sources of the configuration.", labels=["state"])
    paused = sum(source.paused for source in settings.sources)
    watched.add_metric(["watched"], len(settings.sources) - paused)
    watched.add_metric(["paused"], paused)
    yield watched
    success = GaugeMetricFamily(
        "specwatch_source_last_success_timestamp_seconds",
        "When a source was last fetched and read; 0 if never. Its age: time() - this.",
        labels=["source"],
    )
    for name, at in standing.last_success.items():
        success.add_metric([name], 0 if at is None else at.timestamp())
    yield success
    last = GaugeMetricFamily(
        "specwatch_last_checks", "Watched sources by the outcome of their last check.", labels=["outcome"]
    )
    for outcome in OUTCOMES:
        last.add_metric([outcome], standing.outcomes.get(outcome.replace("not-", "not "), 0))
    yield last
    about = InfoMetricFamily("specwatch_source", "Who looks after a watched source.", labels=["source", "owner"])
    for source in settings.chosen(paused=False):
        about.add_metric([source.name, source.owner or ""], {})
    yield about


def _queue(standing: Standing, now: float) -> Iterator[Metric]:
    due = GaugeMetricFamily("specwatch_due", "Things that are due and that nobody has in hand.", labels=["job"])
    again = GaugeMetricFamily(
        "specwatch_retrying",
        "Things that went wrong here and were not done since; each is tried again.",
        labels=["job"],
    )
    taken = GaugeMetricFamily("specwatch_in_hand", "Things that are being done.", labels=["job"])
    late = GaugeMetricFamily(
        "specwatch_due_oldest_seconds", "For how long the thing that waits longest has been due.", labels=["job"]
    )
    for job, waiting in standing.waiting.items():
        due.add_metric([job], waiting.due)
        taken.add_metric([job], waiting.taken)
        again.add_metric([job], waiting.failing)
        late.add_metric([job], 0 if waiting.oldest is None else max(0.0, now - waiting.oldest.timestamp()))
    yield from (due, taken, late, again)
