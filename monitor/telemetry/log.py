"""The log of a process that runs for long: one line an event, for people or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO

import orjson
import structlog

from monitor.report.text import harmless

if TYPE_CHECKING:
    from monitor.clock import Clock
    from monitor.settings import LogFormat

Level = Literal["info", "warning", "error"]
_FIRST: Final = ("time", "level", "event")


class Log:
    """Writes events with their facts, each as a line, at once.

    A line is `TIME EVENT key=value …` (`console`), with values that have spaces in quotes, or an object of JSON with
    the members `time` (UTC), `level`, `event` and the facts (`json`). Facts that are None are left out. `form` may
    change while it is in use.
    """

    def __init__(self, clock: Clock, output: TextIO, form: LogFormat = "console") -> None:
        self.form: LogFormat = form
        self.output = output
        self._clock = clock
        self._logger = structlog.wrap_logger(
            structlog.WriteLogger(output),
            processors=[_said, structlog.processors.add_log_level, self._dated, self._rendered],
            wrapper_class=structlog.BoundLogger,
            cache_logger_on_first_use=False,
        )

    def __call__(self, event: str, *, level: Level = "info", **facts: object) -> None:
        """Write one line."""
        getattr(self._logger, level)(event, **facts)

    def _dated(self, _logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        moment = self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"time": moment, **line}

    def _rendered(self, _logger: object, _method: str, line: MutableMapping[str, Any]) -> str:
        return _as_json(line) if self.form == "json" else _for_people(line)


def _said(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in line.items() if value is not None}


def _as_json(line: Mapping[str, Any]) -> str:
    ordered = {key: line[key] for key in (*_FIRST, *(key for key in line if key not in _FIRST))}
    return orjson.dumps(ordered, default=str).decode()


def _for_people(line: Mapping[str, Any]) -> str:
    level = "" if line["level"] == "info" else f" {line['level']}"
    said = " ".join(f"{key}={_quoted(value)}" for key, value in line.items() if key not in _FIRST)
    return f"{line['time'][:19]}Z{level} {line['event']} {said}".rstrip()


def _quoted(value: object) -> str:
    """A value without line breaks and control characters: a document's words forge no line."""
    text = f"{value:.3g}" if isinstance(value, float) else " ".join(harmless(str(value)).split())
    return text if text and all(sign not in text for sign in ' "=') else '"' + text.replace('"', "'") + '"'
