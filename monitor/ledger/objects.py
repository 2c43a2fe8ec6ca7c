"""Entries as the objects that `specwatch deprecations --format json` prints and the store keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime

from monitor.contract.types import Direction
from monitor.ledger.corrections import Correction
from monitor.ledger.prose_dates import Duration
from monitor.ledger.types import Done, Entry, Episode, Evidence, Interval, Move, State, Subject
from monitor.values import JsonObject


def entry_object(source: str, entry: Entry) -> JsonObject:
    """The object of one entry. Moments are RFC 3339 in UTC, to the second where no more is known; days are ISO 8601.

    After the documented keys come `deadline_late`, `reinstated`, `episodes` (every episode, the last one included),
    `strength`, `given`, `moves`, `service`, `watched`, `done`, `set_at` and
    `directions`, as in `Entry`.
    """
    subject = entry.subject
    return {
        "source": source,
        "subject": {
            "kind": subject.kind,
            "method": subject.method,
            "path": subject.path,
            "pointer": subject.pointer,
            "name": subject.name,
        },
        "state": entry.state.value,
        "first_seen": _interval(entry.first_seen),
        "deadline": _day(entry.deadline),
        "removed": _interval_or_none(entry.removed),
        "outcome": entry.outcome,
        "deadline_basis": entry.deadline_basis,
        "successor": entry.successor,
        "evidence": [_evidence(item) for item in entry.evidence],
        "deadline_late": _day(entry.deadline_late),
        "reinstated": _interval_or_none(entry.reinstated),
        "episodes": [
            {
                "first_seen": _interval(episode.first_seen),
                "removed": _interval_or_none(episode.removed),
                "reinstated": _interval_or_none(episode.reinstated),
                "outcome": episode.outcome,
                "deadline": _day(episode.deadline),
            }
            for episode in entry.episodes
        ],
        "strength": entry.strength,
        "given": _day(entry.given),
        "moves": [
            {
                "before": move.before.isoformat(),
                "after": _day(move.after),
                "seen": _interval(move.seen),
                "earlier": move.earlier,
            }
            for move in entry.moves
        ],
        "service": entry.service,
        "watched": entry.watched,
        "done": None
        if entry.done is None
        else {
            "at": _moment(entry.done.at),
            "by": entry.done.by,
            "note": entry.done.note,
            "reopened": entry.done.reopened,
        },
        "set_at": [_moment(at) for at in entry.set_at],
        "directions": [str(direction) for direction in entry.directions],
    }


def entry_from(value: JsonObject) -> Entry:
    """The entry that `entry_object` wrote; its source is `value["source"]`.

    Raises KeyError, TypeError or ValueError when the value is no such object.
    """
    subject = value["subject"]
    return Entry(
        subject=Subject(
            subject["kind"], subject["method"], subject["path"], subject["pointer"], subject.get("name", "")
        ),
        state=State(value["state"]),
        first_seen=_read_interval(value["first_seen"]),
        deadline=_read_day(value["deadline"]),
        deadline_late=_read_day(value.get("deadline_late")),
        removed=_read_interval_or_none(value["removed"]),
        reinstated=_read_interval_or_none(value.get("reinstated")),
        outcome=value["outcome"],
        deadline_basis=value["deadline_basis"],
        successor=value["successor"],
        evidence=tuple(_read_evidence(item) for item in value["evidence"]),
        episodes=tuple(
            Episode(
                _read_interval(episode["first_seen"]),
                _read_interval_or_none(episode["removed"]),
                _read_interval_or_none(episode["reinstated"]),
                episode["outcome"],
                _read_day(episode.get("deadline")),
            )
            for episode in value.get("episodes", [])
        ),
        strength=value.get("strength", "strong"),
        given=_read_day(value.get("given")),
        moves=tuple(
            Move(date.fromisoformat(move["before"]), _read_day(move["after"]), _read_interval(move["seen"]))
            for move in value.get("moves", [])
        ),
        service=value.get("service"),
        watched=value.get("watched", False),
        done=_read_done(value.get("done")),
        set_at=tuple(datetime.fromisoformat(at) for at in value.get("set_at", [])),
        directions=tuple(Direction(each) for each in value.get("directions", [])),
    )


def _read_done(value: JsonObject | None) -> Done | None:
    if value is None:
        return None
    return Done(datetime.fromisoformat(value["at"]), value["by"], value["note"], value["reopened"])


def correction_object(correction: Correction) -> JsonObject:
    """The object of a correction, as the store keeps it."""
    subject = correction.subject
    return {
        "action": correction.action,
        "subject": [subject.kind, subject.method, subject.path, subject.pointer, subject.name],
        "at": _moment(correction.at),
        "by": correction.by,
        "note": correction.note,
        "deadline": _day(correction.deadline),
        "since": _day(correction.since),
        "successor": correction.successor,
    }


def correction_from(value: JsonObject) -> Correction:
    """The correction that `correction_object` wrote."""
    return Correction(
        value["action"],
        Subject(*value["subject"]),
        datetime.fromisoformat(value["at"]),
        value["by"],
        value["note"],
        _read_day(value["deadline"]),
        _read_day(value["since"]),
        value["successor"],
    )


def _evidence(item: Evidence) -> JsonObject:
    """`first_seen` and `last_seen` are when it was seen; the other keys are there where it says so."""
    said: JsonObject = {
        "kind": item.kind,
        "strength": item.strength,
        "text": item.text,
        "pointer": item.pointer,
        "first_seen": _interval_or_none(item.first_seen),
        "last_seen": None if item.last_seen is None else _moment(item.last_seen),
    }
    if not item.certain:
        said["certain"] = False
    if item.ends is not None:
        said["ends"] = item.ends.isoformat()
    if item.lasts is not None:
        said["lasts"] = {"count": item.lasts.count, "unit": item.lasts.unit}
    if item.since is not None:
        said["since"] = item.since.isoformat()
    return said


def _read_evidence(value: JsonObject) -> Evidence:
    lasts, last_seen = value.get("lasts"), value.get("last_seen")
    return Evidence(
        value["kind"],
        value["strength"],
        value["text"],
        value["pointer"],
        certain=value.get("certain", True),
        ends=_read_day(value.get("ends")),
        lasts=None if lasts is None else Duration(lasts["count"], lasts["unit"]),
        since=_read_day(value.get("since")),
        first_seen=_read_interval_or_none(value.get("first_seen")),
        last_seen=None if last_seen is None else datetime.fromisoformat(last_seen),
    )


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _interval(interval: Interval) -> JsonObject:
    return {"after": None if interval.after is None else _moment(interval.after), "by": _moment(interval.by)}


def _interval_or_none(interval: Interval | None) -> JsonObject | None:
    return None if interval is None else _interval(interval)


def _read_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _read_interval(value: JsonObject) -> Interval:
    after = value["after"]
    return Interval(None if after is None else datetime.fromisoformat(after), datetime.fromisoformat(value["by"]))


def _read_interval_or_none(value: JsonObject | None) -> Interval | None:
    return None if value is None else _read_interval(value)
