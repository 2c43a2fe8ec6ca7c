"""Two revisions of a document in a git repository, and what its history says of the operations that went between them.

A commit tells to the second when a document changed, so that here the two ends of every interval are one day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from monitor.errors import DocumentError, UsageError
from monitor.fetch.git import Endpoints, Version, endpoints, versions
from monitor.jobs.comparing import Input, open_document
from monitor.jobs.past import Stay
from monitor.jobs.profiles import Profiles
from monitor.jobs.removals import removals_on
from monitor.ledger import Observation, outline
from monitor.policy import Removals


@dataclass(frozen=True, slots=True)
class Revisions:
    """One file in two revisions. `removals` asks the history; it is called only where there is a promise to hold it to.

    It raises UsageError when the repository is shallow.
    """

    before: Input
    after: Input
    removals: Callable[[Profiles], Removals | None]


def revisions(repository: Path, span: str, file: str) -> Revisions:
    """`file` at both ends of `REV1..REV2`, as `git diff` takes it: an end that is left out is HEAD.

    Raises UsageError when there is no git, repository, revision or file.
    """
    first, dots, second = span.partition("..")
    if not dots or second.startswith("."):
        raise UsageError(f"{span!r} is no range of two revisions", advice="Write REV1..REV2, such as main..HEAD.")
    found = endpoints(repository, file, first or "HEAD", second or "HEAD")

    def removals(profiles: Profiles) -> Removals | None:
        return _removals(repository, file, found, profiles)

    before = Input(found.before.data, f"{first or 'HEAD'}:{file}")
    after = Input(found.after.data, f"{second or 'HEAD'}:{file}")
    return Revisions(before, after, removals)


def _removals(repository: Path, file: str, ends: Endpoints, profiles: Profiles) -> Removals | None:
    if profiles.window_months is None:
        return None
    if ends.shallow:
        raise UsageError(
            "the repository is shallow, so that since when something is deprecated is not known",
            where=str(repository),
            advice="Fetch the whole history: git fetch --unshallow (in GitHub's checkout action: fetch-depth: 0).",
        )
    stays = _stays(_history(repository, file, ends), profiles)
    last = _last(stays, ends.after.data)
    way = stays[_last(stays[: last + 1], ends.before.data) : last + 1]
    observations = [
        Observation(at, number, each.stay.outline, imported=True)
        for number, each in enumerate(stays)
        for at in (each.stay.seen_at, each.stay.last_seen_at)
    ]
    return removals_on([each.stay for each in way], observations, profiles)


def _history(repository: Path, file: str, ends: Endpoints) -> Iterable[Version]:
    """The versions that lead to the second revision, by way of the first one's history where they have parted."""
    tip = ends.after.commit if ends.ancestor else ends.before.commit
    known = list(versions(repository, file, revision=tip))
    yield from known
    newest = known[-1]
    if newest.data != ends.after.data:
        yield replace(ends.after, at=max(ends.after.at, newest.at))


@dataclass(frozen=True, slots=True)
class _Commit:
    data: bytes
    stay: Stay


def _stays(history: Iterable[Version], profiles: Profiles) -> list[_Commit]:
    """The versions that can be read, each in force until the commit that brought the next."""
    found: list[_Commit] = []
    for version in history:
        try:
            contract = open_document(version.data, version.commit[:12]).contract
        except DocumentError:
            continue
        if found:
            # Just before: at the moment itself there is the next.
            until = max(found[-1].stay.seen_at, version.at - timedelta(microseconds=1))
            found[-1] = replace(found[-1], stay=replace(found[-1].stay, last_seen_at=until))
        found.append(_Commit(version.data, Stay(outline(contract, profiles.conventions), version.at, version.at)))
    return found


def _last(commits: list[_Commit], data: bytes) -> int:
    """The place of the last version with these bytes, or the first of all."""
    return max((place for place, each in enumerate(commits) if each.data == data), default=0)
