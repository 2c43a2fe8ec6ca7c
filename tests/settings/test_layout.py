"""Every value of a file is found on its line, whatever TOML allows around it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from monitor.settings.layout import Key, Layout

# Each value that is a number says the line that it stands on.
TEXT = '''\
a.b."c d".'e.f' = 1 # [no]
x = [ [2, 2], ["]", "a\\"]"], {k = 2}, "q=" , """a""""", # c ]
 3, ]
m = """
[no]
x = 99 \\""" still"""
l = \'\'\'
\'\' [[no]]\'\'\'\'\'
e = []
o = {}
[ t . "u" ]
v = 12
[[s]]
n = 14
  [[s.k]]
  z = 16
  [[s.k]]
  z = 18
[s.w]
q = 20
[[s]] # y
[[s.k]]
z = 23
"\\u00e9" = 24
"d=" = { a.b = 25, "}" = "}", c = [25] } # }
[last]
z = 27'''


def numbers(value: Any, key: Key = ()) -> Iterator[tuple[Key, int]]:
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(inner, (*key, name))
    elif isinstance(value, int):
        yield key, value


def test_every_value_is_found_on_its_line():
    layout = Layout(TEXT)
    expected = dict(numbers(tomllib.loads(TEXT)))
    assert len(expected) == 15
    assert {key: layout.line(key) for key in expected} == expected


def test_what_is_not_there_is_looked_for_where_it_would_be():
    layout = Layout(TEXT)
    assert layout.line(("s", 1, "k", 0, "nothing")) == 22
    assert layout.line(("nothing", "at all")) == 1


def test_a_statement_reaches_over_all_its_lines():
    spans = {statement.key: (statement.first, statement.last) for statement in Layout(TEXT).statements}
    assert (spans[("x",)], spans[("m",)], spans[("l",)]) == ((2, 3), (4, 6), (7, 8))


@pytest.mark.timeout(120)
def test_a_file_of_very_many_sources_is_read_in_time_that_grows_with_it_alone():
    # Counting the lines from the beginning for each value took many minutes.
    text = "".join(f'[[sources]]\nname = "s{number}"\nurl = "https://{number}.example/"\n' for number in range(40_000))
    assert Layout(text).line(("sources", 39_999, "url")) == 120_000
