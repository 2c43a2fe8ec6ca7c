"""The date at the begin of a file's name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch import date_of_name


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("2026-07-31T1732_x.json", utc(2026, 7, 31, 17, 32)),
        ("2026-07-31T17:32_x.json", utc(2026, 7, 31, 17, 32)),
        ("2026-07-31T17-32_x.json", utc(2026, 7, 31, 17, 32)),
        ("2026-07-31t1732.json", utc(2026, 7, 31, 17, 32)),
        ("2026-07-31T173205.json", utc(2026, 7, 31, 17, 32, 5)),
        ("2026-07-31T17:32:05Z.json", utc(2026, 7, 31, 17, 32, 5)),
        ("2026-07-31T17:32:05.25Z", utc(2026, 7, 31, 17, 32, 5, 250000)),
        ("2026-07-31T17:32:05+02:00.json", utc(2026, 7, 31, 15, 32, 5)),
        ("2026-07-31T1732+0200_x.json", utc(2026, 7, 31, 15, 32)),
        ("2026-07-31T17:32-05:30.json", utc(2026, 7, 31, 23, 2)),
        ("2026-07-31T1732-openapi.json", utc(2026, 7, 31, 17, 32)),
        ("2026-07-31_x", utc(2026, 7, 31)),
        ("2026-07-31.yaml", utc(2026, 7, 31)),
        ("2026-07-31", utc(2026, 7, 31)),
        ("2026-07-31Today.json", utc(2026, 7, 31)),
        ("2026-07-31_v2.json", utc(2026, 7, 31)),
        ("2026-07-31_2024.json", utc(2026, 7, 31)),
        ("2026-07-31_999999.json", utc(2026, 7, 31)),
        ("2026-07-31_173205.json", utc(2026, 7, 31, 17, 32, 5)),
        ("2026-07-31 17-32-05.json", utc(2026, 7, 31, 17, 32, 5)),
        ("20260731.json", utc(2026, 7, 31)),
        ("20260731T1732.json", utc(2026, 7, 31, 17, 32)),
        ("20260731_173205.json", utc(2026, 7, 31, 17, 32, 5)),
        ("20260731-173205Z_x.json", utc(2026, 7, 31, 17, 32, 5)),
        ("20260731173205.json", utc(2026, 7, 31, 17, 32, 5)),
        ("2024-02-29.json", utc(2024, 2, 29)),
    ],
)
def test_a_name_that_begins_with_a_date_says_when(name, moment):
    assert date_of_name(name) == moment


@pytest.mark.parametrize(
    "name",
    [
        "",
        "openapi.json",
        "openapi-2026-07-31.json",
        "api.github.com.2022-11-28.json",
        "2026-02-30.json",
        "2025-02-29.json",
        "2026-13-01.json",
        "2026-00-10.json",
        "0000-01-01.json",
        "2026-07-31T9999_x.json",
        "2026-07-31T2400.json",
        "2026-07-31T17.json",
        "2026-07-31T17325.json",
        "2026-07-31T17:32+15:00.json",
        "2026-07-31T17:32+02:99.json",
        "0001-01-01T00:00+02:00.json",
        "2026-07-311.json",
        "202607311.json",
        "20260731999999.json",
        "2026-0731.json",
        "2026-7-31.json",
        "\u0662\u0660\u0662\u0666-\u0660\u0667-\u0663\u0661.json",
        "1785519120.json",
    ],
)
def test_a_name_without_a_date_that_exists_says_nothing(name):
    assert date_of_name(name) is None


@given(moment=st.datetimes(min_value=datetime(1000, 1, 1)), rest=st.sampled_from(["", ".json", "_x.yaml", "-openapi.json", " (1).json"]))  # fmt: skip  # noqa: DTZ001
@pytest.mark.parametrize(
    "form", ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H%M%S", "%Y%m%dT%H%M%SZ", "%Y%m%d_%H%M%S", "%Y%m%d%H%M%S"]
)
def test_what_a_form_writes_is_read_again(form, moment, rest):
    assert date_of_name(moment.strftime(form) + rest) == moment.replace(microsecond=0, tzinfo=UTC)


@given(
    moment=st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9000, 1, 1)),  # noqa: DTZ001
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_what_isoformat_writes_is_read_as_the_same_moment(moment, minutes):
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert date_of_name(there.isoformat() + "_x.json") == there


@given(name=st.text() | st.from_regex(r"\A[0-9T:_+. -]{0,30}\Z"))
def test_no_name_is_an_error_and_every_moment_is_in_utc(name):
    moment = date_of_name(name)
    assert moment is None or moment.tzinfo is UTC
