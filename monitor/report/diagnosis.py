"""What `specwatch doctor` found: whether everything that specwatch needs is there and answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from monitor.report.text import Style, json_text, plain, plural, wrap
from monitor.values import JsonObject

FORMAT: Final = "specwatch.doctor/1"
StepState = Literal["ok", "warning", "fault"]
_LIKE: Final[dict[StepState, str]] = {"ok": "compatible", "warning": "risky", "fault": "failed"}
"""Whose colour a state has."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at: its name, how it is, in words, and what to do. `seconds` where it took time."""

    name: str
    state: StepState
    what: str
    advice: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs together: `configuration`, `database`, `mail`, or a source by its name; `where` it is."""

    subject: str
    where: str
    steps: tuple[Step, ...]

    @property
    def faults(self) -> int:
        """How many of its steps are at fault."""
        return sum(step.state == "fault" for step in self.steps)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All sections, in the order in which they were looked at."""

    sections: tuple[Section, ...]

    def count(self, state: StepState) -> int:
        """How many steps are in a state."""
        return sum(step.state == state for section in self.sections for step in section.steps)


def diagnosis_json(diagnosis: Diagnosis) -> str:
    """The diagnosis as JSON: `{"format", "faults", "warnings", "sections": [{"subject", "where", "steps": […]}]}`."""
    value: JsonObject = {
        "format": FORMAT,
        "faults": diagnosis.count("fault"),
        "warnings": diagnosis.count("warning"),
        "sections": [
            {
                "subject": section.subject,
                "where": section.where,
                "steps": [
                    {
                        "name": step.name,
                        "state": step.state,
                        "what": step.what,
                        "advice": step.advice,
                        "seconds": None if step.seconds is None else round(step.seconds, 3),
                    }
                    for step in section.steps
                ],
            }
            for section in diagnosis.sections
        ],
    }
    return json_text(value)


def diagnosis_text(diagnosis: Diagnosis, *, width: int = 100, color: bool = False) -> str:
    """The diagnosis for a person."""
    lines = [line for section in diagnosis.sections for line in section_lines(section, width=width, color=color)]
    return "\n".join([*lines, summary(diagnosis)]) + "\n"


def summary(diagnosis: Diagnosis) -> str:
    """The last line: is everything in order?"""
    faults, warnings = diagnosis.count("fault"), diagnosis.count("warning")
    if not faults and not warnings:
        return "Everything is in order."
    told = [plural(faults, "fault")] if faults else []
    told += [plural(warnings, "warning")] if warnings else []
    return f"{' and '.join(told)}."


def section_lines(section: Section, *, width: int = 100, color: bool = False) -> Iterator[str]:
    """One section: a heading, a line a step, its advice below it, and an empty line."""
    yield f"{plain(section.subject)}  {plain(section.where)}".rstrip()
    style = Style(color)
    widest = max((len(step.name) for step in section.steps), default=0)
    for step in section.steps:
        took = f" ({step.seconds:.2f} s)" if step.seconds is not None else ""
        head = f"  {step.state:<7}  {step.name:<{widest}}  "
        first, *more = wrap(f"{plain(step.what)}{took}", width, first=head, rest=" " * len(head))
        yield first.replace(step.state, style.word(_LIKE[step.state], step.state), 1)
        yield from more
        if step.advice:
            yield from wrap(plain(step.advice), width, first=" " * len(head), rest=" " * len(head))
    yield ""
