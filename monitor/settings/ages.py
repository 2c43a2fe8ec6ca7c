"""How long ago something must be to be old: as people write it, and as a moment."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from monitor.errors import ConfigurationError
from monitor.ledger import add_months

_FORM: Final = re.compile(r"([1-9][0-9]{0,4})(d|w|mo|y)")
_UNITS: Final = {"d": (1, 0), "w": (7, 0), "mo": (0, 1), "y": (0, 12)}


@dataclass(frozen=True, slots=True)
class Age:
    """So many days, or calendar months."""

    days: int = 0
    months: int = 0

    def before(self, now: datetime) -> datetime:
        """The moment so long before now; the first that there is where that is before all of them."""
        with suppress(ValueError, OverflowError):
            return datetime.combine(add_months(now.date(), -self.months) - timedelta(days=self.days), now.timetz())
        return datetime.min.replace(tzinfo=UTC)


def parse_age(text: str) -> Age:
    """`90d`, `12w`, `6mo` or `2y`. Raises ConfigurationError."""
    found = _FORM.fullmatch(text)
    if not found:
        raise ConfigurationError(f"{text!r} is no age", advice="Write it as 90d, 12w, 6mo or 2y.")
    days, months = _UNITS[found[2]]
    return Age(days * int(found[1]), months * int(found[1]))
