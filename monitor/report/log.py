"""What `specwatch log` prints: who said what of the ledger and of single changes, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from monitor.report.report_object import json_text, stamp
from monitor.report.text import Style, escape, plain, wrap
from monitor.values import JsonObject

NOTHING: Final = "Nobody has corrected anything yet."

_OF_CHANGES: Final = {"ack": "acknowledged", "mute": "muted", "unmute": "told again of"}


@dataclass(frozen=True, slots=True)
class LogItem:
    """One thing that somebody did: when (UTC), who, of which source, what (`set`, `done`; `ack`, `mute`, `unmute` of a
    change), of what, and why.

    `deadline`, `since` and `successor` are what was set, of a mute its last day; None where that was left as it was.
    """

    at: datetime
    who: str
    source: str
    action: str
    subject: str
    note: str
    deadline: date | None = None
    since: date | None = None
    successor: str | None = None

    @property
    def what(self) -> str:
        """The action in words."""
        if self.action in _OF_CHANGES:
            until = f" until {self.deadline}" if self.deadline is not None else ""
            return f"{_OF_CHANGES[self.action]} {self.subject}{until}"
        if self.action == "done":
            return f"done with {self.subject}"
        told = (("deadline", self.deadline), ("deprecated since", self.since), ("successor", self.successor))
        said = ", ".join(f"{name} {value}" for name, value in told if value is not None)
        return f"set {self.subject}: {said or 'deprecated'}"


def log_text(items: Sequence[LogItem], *, width: int = 100, color: bool = False) -> str:
    """For people: the newest last, as in any log; a line for what was done, one for why."""
    if not items:
        return f"{NOTHING}\n"
    style = Style(color)
    lines: list[str] = []
    for item in items:
        head = style.dim(f"{item.at:%Y-%m-%d %H:%M} UTC")
        lines.append(f"{head}  {plain(item.who)}  {plain(item.source)}")
        lines += wrap(plain(item.what), width, first="  ", rest="    ")
        lines += wrap(plain(item.note), width, first="    ", rest="    ")
    return "\n".join(lines) + "\n"


def log_markdown(items: Sequence[LogItem]) -> str:
    """A page: one table."""
    if not items:
        return f"# Log\n\n{NOTHING}\n"
    rows = [
        f"| {item.at:%Y-%m-%d %H:%M} | "
        + " | ".join(escape(cell) for cell in (item.who, item.source, item.what, item.note))
        + " |"
        for item in items
    ]
    return "\n".join(["# Log", "", "| when (UTC) | who | source | what | why |", f"|{' --- |' * 5}", *rows]) + "\n"


def log_json(items: Sequence[LogItem]) -> str:
    """A list of objects, the newest last."""
    return json_text([_object(item) for item in items])


def _object(item: LogItem) -> JsonObject:
    return {
        "at": stamp(item.at),
        "who": item.who,
        "source": item.source,
        "action": item.action,
        "subject": item.subject,
        "note": item.note,
        "deadline": None if item.deadline is None else item.deadline.isoformat(),
        "since": None if item.since is None else item.since.isoformat(),
        "successor": item.successor,
    }
