"""JSON as every report prints it: indented, members in the order in which they were made, one newline at the end."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from monitor.report.text import harmless_json


def json_text(of: object) -> str:
    """The JSON text of plain values and structs. The same values give the same text."""
    return harmless_json(msgspec.json.format(msgspec.json.encode(of), indent=2).decode()) + "\n"


def stamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, `2026-08-10T08:00:00Z`; None for None."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
