"""The page of profiles: what each client profile makes of each rule, and what each promise says of it.

Written from the profiles themselves by `docs/generate.py`; a test holds the page to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.contract.types import Direction
from monitor.policy.loading import client_names, client_profile, promise_names, promise_profile
from monitor.policy.profiles import Allowance, ClientProfile, PromiseProfile
from monitor.policy.promise import UNDECIDED
from monitor.rules import Level, Rule, catalogue

_HURTS = frozenset({Level.BREAKING, Level.RISKY})

_HEAD = """\
# Profiles

*Written by `docs/generate.py` from the profiles in `monitor/_data/profiles/`; do not edit.*

A client profile moves levels, a promise profile decides whether the provider allowed itself to do it; neither touches
the other ([stance.md](stance.md)). In each cell the first word is for what a client sends, the second for what it
receives; one word is for both.
"""
_LEGEND = """\
`allowed`: reserved in the provider's own words, *if named* for some subjects only, such as IDs. `broken`: not reserved,
and breaking or risky to a strict client. `-`: nothing is promised of it.
"""


def profiles_page() -> str:
    """The whole page, as Markdown."""
    clients = [client_profile(name) for name in _first("strict", client_names())]
    promises = [promise_profile(name) for name in promise_names()]
    parts = [
        _HEAD,
        "## Clients\n",
        "\n".join(f"- `{client.name}`: {_one_line(client.description)}" for client in clients) + "\n",
        _table(["rule", *(client.name for client in clients)], _client_rows(clients)),
        "## Promises\n",
        "\n".join(_introduced(promise) for promise in promises) + "\n",
        _LEGEND,
        _table(["rule", *(promise.name for promise in promises)], _promise_rows(promises)),
    ]
    return "\n".join(parts)


def _first(name: str, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda each: (each != name, each))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _introduced(promise: PromiseProfile) -> str:
    window = "no window" if promise.window_months is None else f"{promise.window_months} months of window"
    return (
        f"- `{promise.name}`: [{promise.title}]({promise.url}), read on {promise.read_on}; {window};"
        f" expects a client like `{promise.expects_client}`."
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _client_rows(clients: Sequence[ClientProfile]) -> Iterable[Sequence[str]]:
    for rule in catalogue():
        levels = (_cell(_level(rule, client, direction) for direction in Direction) for client in clients)
        yield [_link(rule), *levels]


def _promise_rows(promises: Sequence[PromiseProfile]) -> Iterable[Sequence[str]]:
    for rule in catalogue():
        yield [
            _link(rule),
            *(_cell(_state(rule, promise, direction) for direction in Direction) for promise in promises),
        ]


def _link(rule: Rule) -> str:
    return f"[{rule.id}](rules/{rule.id}.md)"


def _cell(words: Iterable[str]) -> str:
    """`request / response`, or one word where both are the same."""
    both = list(words)
    return both[0] if len(set(both)) == 1 else " / ".join(both)


def _level(rule: Rule, client: ClientProfile, direction: Direction) -> str:
    adjustment = client.adjustment(rule, direction)
    return str(rule.level(direction) if adjustment is None else adjustment.level)


def _state(rule: Rule, promise: PromiseProfile, direction: Direction) -> str:
    if rule.id == "operation-removed" and promise.window_months is not None:
        return "by the window"
    allowances = [line for line in promise.allowed if line.covers(rule.id, direction)]
    if any(not _conditional(line) for line in allowances):
        return "allowed"
    hurts = rule.level(direction) in _HURTS and rule.on not in UNDECIDED
    if allowances:
        return "allowed if named, else broken" if hurts else "allowed if named"
    return "broken" if hurts else "-"


def _conditional(line: Allowance) -> bool:
    return bool(line.names or line.formats)
