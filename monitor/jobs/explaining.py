"""Explaining: the whole story of one change, found by the beginning of its fingerprint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitor.errors import UsageError
from monitor.jobs.comparing import Input, diff_documents
from monitor.jobs.profiles import Profiles, load_profiles, profiles_of
from monitor.report.diffdoc import ChangeEntry, DiffDocument
from monitor.report.explanation import Explanation, Sighting
from monitor.report.text import listed
from monitor.rules import by_id

if TYPE_CHECKING:
    from monitor.policy import Removals
    from monitor.report.view import ComparisonView
    from monitor.settings import ExtensionSettings, Settings
    from monitor.store import Store

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{4,16}")
_SHOWN: Final = 3


def explain_documents(
    before: Input,
    after: Input,
    prefix: str,
    *,
    client: str = "strict",
    promise: str | None = None,
    folder: Path | None = None,
    extensions: ExtensionSettings | None = None,
    known: Callable[[Profiles], Removals | None] | None = None,
) -> Explanation:
    """The change between two documents whose fingerprint begins so; all else as in `diff_documents`.

    Raises UsageError where there is none or several, and what `diff_documents` raises.
    """
    profiles = load_profiles(client, promise, folder=folder, extensions=extensions)
    wanted = _checked(prefix)
    document = diff_documents(
        before, after, client=client, promise=promise, folder=folder, extensions=extensions, known=known
    )
    found = [change for change in document.changes if change.fingerprint.startswith(wanted)]
    _one_of(found, prefix, "between these two documents", "`specwatch diff BEFORE AFTER --format json` has them all.")
    return _explanation(found[0], document, profiles)


def explain_stored(
    store: Store, settings: Settings, prefix: str, names: Sequence[str] = (), *, folder: Path
) -> Explanation:
    """The newest change of the named sources, or of all, whose fingerprint begins so, with all its sightings.

    Raises UnknownSource, UsageError (unknown, or several; a profile), StoreError.
    """
    from monitor.jobs.reporting import compared

    wanted = _checked(prefix)
    found: list[tuple[ChangeEntry, ComparisonView, str, Profiles]] = []
    for source in settings.chosen(names):
        profiles = profiles_of(source, folder)
        for view in compared(store, source, profiles):
            changes = (change for change in view.document.changes if change.fingerprint.startswith(wanted))
            found.extend((change, view, source.name, profiles) for change in changes)
    advice = "`specwatch report --format json` has the fingerprints of a span of time."
    _one_of([change for change, *_ in found], prefix, "in what is stored", advice)
    found.sort(key=lambda each: (each[1].after_seen, each[2]), reverse=True)
    change, view, _, profiles = found[0]
    sightings = tuple(Sighting(name, each.before_seen, each.after_seen) for _, each, name, _ in found)
    return _explanation(change, view.document, profiles, sightings)


def _explanation(
    change: ChangeEntry, document: DiffDocument, profiles: Profiles, sightings: tuple[Sighting, ...] = ()
) -> Explanation:
    return Explanation(
        change=change,
        rule=by_id()[change.rule],
        before=document.before,
        after=document.after,
        client=document.client,
        promise=profiles.promise,
        sightings=sightings,
    )


def _checked(prefix: str) -> str:
    wanted = prefix.lower()
    if not _FINGERPRINT.fullmatch(wanted):
        raise UsageError(
            f"{prefix!r} is no fingerprint",
            advice="It is 16 hexadecimal digits, of which the first 4 or more are enough.",
        )
    return wanted


def _one_of(found: Iterable[ChangeEntry], prefix: str, where: str, advice: str) -> None:
    """Make sure that all changes found are the same one. Raises UsageError."""
    different = list(dict.fromkeys(change.fingerprint for change in found))
    if not different:
        raise UsageError(f"no change {where} has a fingerprint that begins with {prefix!r}", advice=advice)
    if len(different) > 1:
        raise UsageError(
            f"{len(different):,} changes have fingerprints that begin with {prefix!r}: {listed(different, _SHOWN)}",
            advice="Give more of its digits.",
        )
