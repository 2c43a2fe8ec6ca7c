"""The page of profiles is what the profiles say."""

from __future__ import annotations

from pathlib import Path

from monitor.policy import client_names, profiles_page, promise_names
from monitor.rules import catalogue

PAGE = Path(__file__).resolve().parents[2] / "docs" / "profiles.md"


def test_the_page_of_profiles_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == profiles_page(), "run `python docs/generate.py`"


def test_every_rule_and_every_profile_is_on_the_page() -> None:
    page = profiles_page()
    for rule in catalogue():
        assert page.count(f"| [{rule.id}](rules/{rule.id}.md) |") == 2
    for name in (*client_names(), *promise_names()):
        assert f"- `{name}`: " in page


def test_a_cell_says_what_the_profile_does() -> None:
    page = profiles_page()
    header = next(line for line in page.splitlines() if line.startswith("| rule | github"))
    assert [cell.strip() for cell in header.split("|")[2:-1]] == ["github", "incident-io", "stripe"]
    (row,) = [line for line in page.splitlines() if line.startswith("| [enum-value-added]") and "allowed" in line]
    assert [cell.strip() for cell in row.split("|")[2:-1]] == ["allowed", "allowed", "- / broken"]
    (longer,) = [
        line for line in page.splitlines() if line.startswith("| [max-length-increased]") and "allowed" in line
    ]
    assert [cell.strip() for cell in longer.split("|")[2:-1]] == [
        "- / broken",
        "allowed if named / allowed if named, else broken",
        "allowed if named / allowed if named, else broken",
    ]
