"""What takes the place of a deprecated operation."""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.ledger.identity import blanked
from monitor.ledger.types import Mark, Subject


class Successors:
    """Answers which operation of one snapshot takes the place of another.

    `version_pattern` is the promise's: a regular expression over paths with one group, the version number
    (`^/v(\\d+)/`).
    """

    def __init__(self, operations: Iterable[Subject], marks: Iterable[Mark], version_pattern: str | None) -> None:
        self._pattern = re.compile(version_pattern) if version_pattern else None
        deprecated = {(mark.subject.method, mark.subject.path) for mark in marks if mark.subject.whole and mark.strong}
        self._served: dict[tuple[str, str], Subject] = {}
        self._by_shape: dict[tuple[str, str], list[tuple[int, Subject]]] = {}
        for subject in operations:
            if subject.kind != "operation" or subject.method is None or subject.path is None:
                continue
            self._served.setdefault((subject.method, blanked(subject.path)), subject)
            taken = self._take_apart(subject.path)
            if taken is not None and (subject.method, subject.path) not in deprecated:
                version, shape = taken
                self._by_shape.setdefault((subject.method, shape), []).append((version, subject))

    def of(self, subject: Subject, named: str | None) -> str | None:
        """The successor as `GET /v2/users`, or None.

        First what the provider's prose names (`named`), where the snapshot serves it; else the same method and
        resource under the highest higher version that is not deprecated itself; else what the prose names, as long as
        that is no operation (`CatalogV3`): one that is not served takes nobody's place.
        """
        told = None if named is None else self._found(named)
        if told is not None:
            return str(told)
        higher = self._higher(subject)
        if higher is not None or named is None:
            return higher
        return None if subject.whole and " /" in named else named

    def _higher(self, subject: Subject) -> str | None:
        if subject.kind != "operation" or subject.method is None or subject.path is None:
            return None
        taken = self._take_apart(subject.path)
        if taken is None:
            return None
        own, shape = taken
        higher = [found for found in self._by_shape.get((subject.method, shape), []) if found[0] > own]
        return str(max(higher, key=lambda found: found[0])[1]) if higher else None

    def _found(self, named: str) -> Subject | None:
        method, _, path = named.partition(" ")
        return self._served.get((method, blanked(path)))

    def _take_apart(self, path: str) -> tuple[int, str] | None:
        """The version of a path, and the path with the version and the names of its parameters taken out."""
        match = self._pattern.search(path) if self._pattern is not None else None
        if match is None or not match.re.groups or not (match[1] or "").isdecimal():
            return None
        return int(match[1]), blanked(f"{path[: match.start(1)]}\0{path[match.end(1) :]}")
