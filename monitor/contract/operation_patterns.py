"""Patterns that name operations: `GET /v2/incidents/*`, `/v2/incidents/**`, `POST *`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from monitor.contract.types import OperationRef

_WORDS: Final = re.compile(r"(?:(?P<method>[A-Za-z*]+)\s+)?(?P<path>\S.*)")
_TEMPLATE: Final = re.compile(r"\{[^{}]*\}")
_ANY_DEPTH: Final = "**"


@dataclass(frozen=True, slots=True)
class OperationPattern:
    """A method, or `*` for any, and the segments of a path.

    A path is compared segment by segment, never by prefix: `/users` does not name `/users_old`. In a segment `*` stands
    for any characters, `**` alone for any number of segments, also none, and the name of a path parameter says
    nothing: `/users/{id}` names `/users/{user_id}`. A webhook is named by its name, with `webhook` for the method.
    """

    method: str
    segments: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> OperationPattern:
        """The pattern that a person wrote. Raises ValueError when it has no path."""
        found = _WORDS.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} names no operation; write it as 'GET /v1/users/*'")
        return cls((found["method"] or "*").upper(), _segments(found["path"]))

    def matches(self, operation: OperationRef) -> bool:
        """Whether it names the operation."""
        method = operation.method if operation.kind == "operation" else operation.kind.upper()
        return self.method in ("*", method) and _match(self.segments, _segments(operation.path))


def _segments(path: str) -> tuple[str, ...]:
    return tuple(_TEMPLATE.sub("{}", path).strip("/").split("/"))


def _match(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Both from the front; how many segments each `**` stands for is tried from none on."""
    # The places in the pattern that what was read of the path can have led to: no pattern costs more than its length.
    places = _past({0}, pattern)
    for segment in path:
        reached = {at for at in places if at < len(pattern) and pattern[at] == _ANY_DEPTH}
        reached |= {at + 1 for at in places if at < len(pattern) and _one(pattern[at]).fullmatch(segment)}
        places = _past(reached, pattern)
    return len(pattern) in places


def _past(places: set[int], pattern: tuple[str, ...]) -> set[int]:
    """These places, and those behind a `**` that stands for nothing."""
    found = set(places)
    for at, segment in enumerate(pattern):
        if segment == _ANY_DEPTH and at in found:
            found.add(at + 1)
    return found


@lru_cache(maxsize=1024)
def _one(segment: str) -> re.Pattern[str]:
    return re.compile("[^/]*".join(map(re.escape, segment.split("*"))))
