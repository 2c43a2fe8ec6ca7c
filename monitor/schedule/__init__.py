"""When something is due: pure functions of a schedule and a moment (docs/adr/0007). No clock, no database.

Every(interval), Calendar(days, times, zone), Cron.parse(text, zone)
    each a Plan: `following(moment)` is the first moment after it that the plan names, in UTC
Schedule(plan, jitter)
    `following(moment, key)`: the same with its delay, which is the same for the same key wherever it is asked for
Week, Weekly
    once in every ISO week: the digest
next_check(last, every, ...), early_of(name, last)
    when a source is tried again: by its interval, longer after failures, as its provider asks; spread over many sources
growing_delay(failures)
    how long to wait before something that failed is tried again
instant(local, zone)
    a local time as a moment, over clock changes
"""

from monitor.schedule.cron import Cron
from monitor.schedule.local import instant
from monitor.schedule.pauses import LONGEST_PAUSE, PATIENCE, early_of, next_check
from monitor.schedule.plans import DAYS, Calendar, Every, Occasion, Plan, Schedule, growing_delay
from monitor.schedule.weeks import Week, Weekly

__all__ = [
    "DAYS",
    "LONGEST_PAUSE",
    "PATIENCE",
    "Calendar",
    "Cron",
    "Every",
    "Occasion",
    "Plan",
    "Schedule",
    "Week",
    "Weekly",
    "early_of",
    "growing_delay",
    "instant",
    "next_check",
]
