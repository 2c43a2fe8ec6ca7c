"""What of an API its reader uses: patterns of operations, held against what a change or a deprecation reaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.contract.operation_patterns import OperationPattern
from monitor.contract.types import OperationRef


class Use(StrEnum):
    """Whether the reader's own code meets something."""

    HIT = "hit"
    """An operation that is used meets it."""
    NOT_USED = "not used"
    """Operations meet it, and none of them is used."""
    UNKNOWN = "unknown"
    """No operation is known to meet it, or a callback, of which no owner is known: it may concern everything."""


@dataclass(frozen=True)
class Uses:
    """The operations that a reader uses, by patterns; `texts` are these as they were written."""

    texts: tuple[str, ...]
    patterns: tuple[OperationPattern, ...]
    _known: dict[OperationRef, bool] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Uses:
        """The uses that some patterns name. Raises ValueError for what is no pattern."""
        written = tuple(texts)
        return cls(written, tuple(map(OperationPattern.parse, written)))

    def use(self, operations: Iterable[OperationRef]) -> Use:
        """Whether one of these operations is used.

        A callback that no pattern names may be one of an operation that is used: it is not named by its owner.
        """
        found = list(operations)
        if any(map(self._used, found)):
            return Use.HIT
        whose = any(operation.kind == "callback" for operation in found)
        return Use.UNKNOWN if whose or not found else Use.NOT_USED

    def unmatched(self, operations: Iterable[OperationRef]) -> tuple[str, ...]:
        """The patterns, as they were written, that name none of these operations: a slip in one turns nothing up."""
        known = list(operations)
        found = zip(self.texts, self.patterns, strict=True)
        return tuple(text for text, pattern in found if not any(map(pattern.matches, known)))

    def _used(self, operation: OperationRef) -> bool:
        """Asked once of each: a large comparison has hundreds of thousands of effects on a few hundred operations."""
        if operation not in self._known:
            self._known[operation] = any(pattern.matches(operation) for pattern in self.patterns)
        return self._known[operation]
