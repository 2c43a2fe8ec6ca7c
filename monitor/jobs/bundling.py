"""The evidence of an audit in one file: the originals, where they came from, and the commands that reproduce it.

Whoever is told that a promise was broken can look for himself: nothing in the bundle needs our database, the network or
our word. The same audit of the same store gives the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

import tomlkit

from monitor import resources
from monitor.errors import UsageError
from monitor.jobs.auditing import STRICT
from monitor.jobs.past import Past, Seen, label
from monitor.jobs.profiles import profiles_of, promise_text
from monitor.ledger import Interval, Observation, flaps
from monitor.reading.bundling import Part
from monitor.report.audit import audit_json
from monitor.report.audit_markup import audit_html
from monitor.report.audit_view import Audit, Breach, Removed, Sides
from monitor.report.report_object import json_text, stamp
from monitor.settings import SourceSettings
from monitor.values import JsonObject

if TYPE_CHECKING:
    from monitor.settings import Settings
    from monitor.store import Store

FORMAT: Final = "specwatch.bundle/1"
_KEYS: Final = ("scopes", "echoes", "webhooks")
"""The settings of specification extensions; each is an option of `specwatch diff` too."""


@dataclass(frozen=True, slots=True)
class Bundled:
    """What a bundle holds: how many originals, and how many verdicts they are the evidence of."""

    path: Path
    originals: int
    verdicts: int


def write_bundle(store: Store, settings: Settings, audit: Audit, target: Path, *, folder: Path) -> Bundled:
    """Write the evidence of an audit as a ZIP archive; what stands at `target` is replaced when all is written.

    Raises UnknownSource, UsageError (a profile, a place that cannot be written to), StoreError.
    """
    source = settings.source(audit.name)
    profiles = profiles_of(source, folder)
    with store.reading() as uow:
        stored = uow.sources.get(audit.name)
    past = Past.load(store, stored.id, profiles, keep=False)
    known = {label(stored, seen): seen for seen in past.trusted}
    bundle = _Bundle(audit, source, known)

    def parts(seen: Seen) -> tuple[Part, ...]:
        with store.reading() as uow:
            return uow.contents.parts(seen.row.content_id)

    verdicts = [bundle.breach(each) for each in audit.breaches]
    verdicts += [bundle.removed(each) for each in audit.removed]

    def data(seen: Seen) -> bytes:
        with store.reading() as uow:
            return uow.snapshots.data(seen.row.id)

    texts = bundle.texts(verdicts, promise_text(source.promise or "", folder), parts)
    _write(target, _members(texts, bundle.originals, data))
    return Bundled(target, len(bundle.originals), len(verdicts))


class _Bundle:
    """A bundle in the making: each original that a verdict names is taken in, once."""

    def __init__(self, audit: Audit, source: SourceSettings, known: dict[str, Seen]) -> None:
        self._audit = audit
        self._source = source
        self._known = known
        self._stated: dict[str, str] = {}
        self._removals: dict[str, str] = {}
        self.originals: dict[str, Seen] = {}
        """Their names in the bundle, with the versions."""

    def breach(self, breach: Breach) -> JsonObject:
        """The verdict on a change: two originals and the command that compares them."""
        change = breach.change
        return {
            "clause": breach.clause,
            "outcome": "left open" if breach.deprecated else "broken",
            **self._evidence(breach.sides),
            "commands": [self._diff(breach.sides)],
            "expect": {
                "fingerprint": change.fingerprint,
                "rule": change.rule,
                "level": change.level,
                "promise": change.promise,
                "message": change.message,
            },
        }

    def removed(self, removed: Removed) -> JsonObject:
        """The verdict on a removal: the two originals between which it went, and of what was deprecated those between
        which it was flagged, with the commands that keep the book of these alone."""
        flagged = removed.flagged
        if flagged is None:
            commands = [self._diff(removed.sides)]
            expect: JsonObject = {"removed": removed.operation, "promise": "broken"}
        else:
            commands = self._book_commands(removed, flagged)
            expect = {
                "removed": removed.operation,
                "outcome": {"kept": "in_time", "broken": "early"}.get(removed.outcome, "unknown"),
                "first_seen": _interval(flagged),
                "gone": _interval(removed.removed),
            }
        return {
            "clause": "window",
            "outcome": {"unknown": "left open"}.get(removed.outcome, removed.outcome),
            **self._evidence(removed.sides),
            "commands": commands,
            "expect": expect,
        }

    def texts(
        self, verdicts: list[JsonObject], promise: str, parts: Callable[[Seen], tuple[Part, ...]]
    ) -> dict[str, str]:
        """The members that are no originals; `parts` says which files a version was made of."""
        audit = self._audit
        name = f"promise/{audit.promise}.toml"
        manifest = {
            "format": FORMAT,
            "source": audit.name,
            "url": audit.url,
            "promise": {
                "profile": name,
                "words": "promise/words.txt",
                "words_sha256": audit.words_sha256,
                "words_url": audit.words_url,
                "read_on": audit.read_on,
            },
            "span": {"since": stamp(audit.since), "until": stamp(audit.until), "today": audit.today},
            "originals": [_original(name, seen, parts(seen)) for name, seen in sorted(self.originals.items())],
            "verdicts": verdicts,
        }
        readme = resources.text("templates", "audit/bundle.md")
        return {
            "README.md": readme.format(source=audit.name, promise=audit.promise_title, today=audit.today),
            "audit.html": audit_html(audit),
            "audit.json": audit_json(audit),
            "manifest.json": json_text(manifest),
            name: promise,
            "promise/words.txt": audit.words,
            **self._stated,
            **self._removals,
        }

    def _configuration(self, promises: str) -> str:
        """A `specwatch.toml` with the source as the audit judged it."""
        source = self._source
        said = {"name": source.name, "url": source.url, "client": STRICT}
        said["promise"] = f"{promises}/{self._audit.promise}.toml"
        document = tomlkit.document()
        table = tomlkit.table()
        table.update(said)
        keys = {key: list(value) for key in _KEYS if (value := getattr(source.extensions, key)) is not None}
        if keys:
            inline = tomlkit.inline_table()
            inline.update(keys)
            table["extensions"] = inline
        tables = tomlkit.aot()
        tables.append(table)
        document["sources"] = tables
        return tomlkit.dumps(document)

    def _evidence(self, sides: Sides) -> JsonObject:
        before, after = self._take(sides.before), self._take(sides.after)
        return {"before": before, "after": after, "promise_stated": self._promise_at(sides.before)}

    def _take(self, name: str) -> str:
        return self._file(self._known[name])

    def _file(self, seen: Seen) -> str:
        """The name of an original in the bundle."""
        file = f"originals/{seen.row.seen_at:%Y-%m-%dT%H%M%SZ}_{seen.row.sha256[:12]}"
        self.originals[file] = seen
        return file

    def _promise_at(self, name: str) -> str | None:
        """The file with the provider's own words as a version has them, or the last one before it that has any."""
        versions = list(self._known.values())
        place = versions.index(self._known[name])
        stated = next((seen.outline.promise for seen in versions[place::-1] if seen.outline.promise), None)
        if stated is None:
            return None
        text = "\n\n".join(f"# {section}\n\n{words.strip()}" for section, words in sorted(stated.items())) + "\n"
        file = f"promise/stated-{hashlib.sha256(text.encode()).hexdigest()[:12]}.md"
        self._stated[file] = text
        return file

    def _diff(self, sides: Sides) -> str:
        words = ["specwatch", "diff", self._take(sides.before), self._take(sides.after), "--client", STRICT]
        words += ["--promise", f"promise/{self._audit.promise}.toml", *self._keys(), "--format", "json"]
        return shlex.join(words)

    def _keys(self) -> Iterator[str]:
        for key in _KEYS:
            for said in getattr(self._source.extensions, key) or ():
                yield f"--{key}-key"
                yield said

    def _book_commands(self, removed: Removed, flagged: Interval) -> list[str]:
        """Import the sights that the verdict rests on into a database of its own, and ask the book."""
        name = self._audit.name
        place = f"removals/{len(self._removals) + 1}"
        configuration = f"{place}/specwatch.toml"
        self._removals[configuration] = self._configuration("../../promise")
        specwatch = ["specwatch", "--config", configuration]
        commands = [
            shlex.join([*specwatch, "import", name, self._file(seen), "--date", stamp(moment) or ""])
            for seen, moment in self._sights(removed.removed, flagged)
        ]
        ask = [*specwatch, "deprecations", name, "--today", f"{self._audit.today}", "--format", "json"]
        return [*commands, shlex.join(ask)]

    def _sights(self, gone: Interval, flagged: Interval) -> list[tuple[Seen, datetime]]:
        """The sights at the ends of both intervals; all up to the last of them, where these alone would be read as a
        slip."""
        moments = [(seen, at) for seen in self._known.values() for at in (seen.row.seen_at, seen.row.last_seen_at)]
        every = list({(seen.row.sequence, at): (seen, at) for seen, at in moments}.values())
        ends = {flagged.after, flagged.by, gone.after, gone.by}
        needed = [(seen, at) for seen, at in every if at in ends]
        if not flaps([Observation(at, seen.row.sequence, seen.outline, imported=True) for seen, at in needed]):
            return needed
        return [(seen, at) for seen, at in every if at <= gone.by]


def _original(file: str, seen: Seen, parts: tuple[Part, ...]) -> JsonObject:
    row, origin = seen.row, seen.row.provenance
    # Of a file on this machine its name says enough; its folders are nobody's business.
    location = origin.location if origin.kind == "fetched" else PurePath(origin.location).name
    # The provider published several files, of which this one was made.
    made_of = [{"name": part.name, "sha256": part.sha256, "size": part.size} for part in parts]
    return {
        "file": file,
        "sha256": row.sha256,
        "size": row.size,
        "first_seen": stamp(row.seen_at),
        "last_seen": stamp(row.last_seen_at),
        "origin": {"kind": origin.kind, "location": location, "revision": origin.revision, "headers": origin.headers},
        **({"parts": made_of} if made_of else {}),
    }


def _interval(interval: Interval) -> JsonObject:
    return {"after": stamp(interval.after), "by": stamp(interval.by)}


def _members(
    texts: dict[str, str], originals: dict[str, Seen], data: Callable[[Seen], bytes]
) -> Iterator[tuple[str, bytes]]:
    """Every member by its name; one original is in memory at a time."""
    for name in sorted({*texts, *originals}):
        yield name, texts[name].encode() if name in texts else data(originals[name])


def _write(target: Path, members: Iterable[tuple[str, bytes]]) -> None:
    """Write an archive whose bytes depend on its members alone. Raises UsageError."""
    if not target.parent.is_dir():
        raise UsageError("there is no such folder", where=str(target.parent))
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(unfinished, "w") as archive:
            for member, content in members:
                archive.writestr(_info(member), content, compresslevel=9)
        unfinished.replace(target)
    except OSError as error:
        raise UsageError(f"the bundle cannot be written: {error.strerror}", where=str(target)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _info(member: str) -> zipfile.ZipInfo:
    """A member without a clock, an owner or a system: the first day that a ZIP archive knows."""
    info = zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info
