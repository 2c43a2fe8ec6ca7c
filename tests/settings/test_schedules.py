"""When a source is checked, as the configuration says it: an interval, times of the calendar, a cron expression."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import ConfigurationError
from monitor.settings import SourceSettings, load

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)  # a Saturday


def source(folder: Path, *lines: str) -> SourceSettings:
    file = folder / "specwatch.toml"
    file.write_text("\n".join(["[[sources]]", 'name = "acme"', 'url = "a.json"', *lines, ""]))
    return load(file).source("acme")


@pytest.mark.parametrize(
    ("lines", "rhythm", "due"),
    [
        ((), "6h", "2026-08-01T18:00"),
        (('every = "90m"',), "90m", "2026-08-01T13:30"),
        (('at = "07:30"',), "daily 07:30 (UTC)", "2026-08-02T07:30"),
        (('at = "07:30"', 'timezone = "Europe/London"'), "daily 07:30 (Europe/London)", "2026-08-02T06:30"),
        (('at = ["19:00", "07:30"]', 'day = "Monday"'), "monday 19:00, 07:30 (UTC)", "2026-08-03T07:30"),
        (('cron = "0 9 * * mon-fri"', 'timezone = "Asia/Tokyo"'), "0 9 * * mon-fri (Asia/Tokyo)", "2026-08-03T00:00"),
        (('cron = "@daily"',), "@daily (UTC)", "2026-08-02T00:00"),
    ],
)
def test_a_schedule_is_read_and_said_in_the_same_words(
    tmp_path: Path, lines: tuple[str, ...], rhythm: str, due: str
) -> None:
    read = source(tmp_path, *lines)
    assert read.rhythm == rhythm
    assert read.schedule.following(NOW, read.name).due == datetime.fromisoformat(f"{due}Z")


def test_a_jitter_delays_by_at_most_itself(tmp_path: Path) -> None:
    occasion = source(tmp_path, 'at = "07:30"', 'jitter = "20m"').schedule.following(NOW, "acme")
    assert occasion.named == datetime(2026, 8, 2, 7, 30, tzinfo=UTC)
    assert timedelta() <= occasion.due - occasion.named <= timedelta(minutes=20)


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        (('every = "2h"', 'cron = "@daily"'), 5, "`every` and `cron` exclude each other"),
        (('at = "08:00"', 'cron = "@daily"'), 4, "`cron` and `at` exclude each other"),
        (('day = "monday"',), 4, "`day` belongs to `at`"),
        (('timezone = "Europe/London"', 'every = "1h"'), 4, "`timezone` belongs to `at` or `cron`"),
        (('cron = "61 * * * *"',), 4, "'61' is none of the minute: 0 to 59"),
        (('cron = "0 0 30 2 *"',), 4, "never comes"),
        (('at = "8"',), 4, "no time of day"),
        (("at = []",), 4, "`at` names nothing"),
        (('at = "08:00"', 'day = ["monday", "Monday"]'), 5, "stands twice"),
        (('at = "08:00"', 'day = "mon"'), 5, "none of the words"),
        (('cron = "@daily"', 'timezone = "Europe/Londn"'), 5, "Europe/London"),
        (('every = "30m"', 'jitter = "30m"'), 5, "shorter than the time between two checks, 0:30:00"),
        (('cron = "*/10 * * * *"', 'jitter = "1h"'), 5, "shorter than the time between two checks, 0:10:00"),
    ],
)
def test_what_does_not_go_together_is_an_error_that_names_the_line(
    tmp_path: Path, lines: tuple[str, ...], line: int, words: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        source(tmp_path, *lines)
    assert words in str(raised.value)
    assert f"specwatch.toml:{line}" in str(raised.value)
