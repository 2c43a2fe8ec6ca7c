"""JSON as every report prints it: indented, members in the order in which they were made, one newline at the end."""

from __future__ import annotations

import msgspec


def json_text(of: object) -> str:
    """The JSON text of plain values and structs. The same values give the same text."""
    return msgspec.json.format(msgspec.json.encode(of), indent=2).decode() + "\n"
