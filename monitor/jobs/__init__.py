"""The use cases. The command line and the daemon call these and nothing deeper.

Every one takes its time from outside: `now` (a moment, UTC and aware), `today` (a day) or a `clock`. `folder` is where
the configuration lies; relative paths in it start there. Names load when they are first asked for, so that `diff` of
two files pays for no database and no network.

Compare (`comparing`, `locating`)
    diff_documents(before: Input, after: Input, *, client="strict", promise=None, folder=None) -> DiffDocument
        `client`, `promise`: the name of a shipped profile, or the path of the user's own file.
    locate(reference, *, store: Callable[[], Store], folder=None) -> Input
        A file, a URL, `NAME@DATE`, `NAME@latest` or `NAME@2026-07-31T17:32`; the store is opened only for names.
    Input(data: bytes, name: str)

Sample (`sampling`)
    sample_operation(given: Input, operation, wanted: Wanted, drawn: Drawn, *, client="strict", promise=None,
        extensions=None, folder=None) -> Sampled
    newest(reference) -> str      a bare NAME as NAME@latest

Watch (`checking`, `importing`, `versions`)
    check_source(store, source: SourceSettings, *, clock, folder, environ, limit=30.0, fetching=None, given=None)
        -> CheckResult
    given_document(reference, read: Callable[[int], bytes]) -> Fetched     a file, or `-` for standard input
    check_all(store, settings, names=(), *, clock, folder, environ, say=None, stop=None, limit=30.0)
        -> tuple[CheckResult, ...]      one bad source never stops the others; paused ones only when they are named
    CheckResult(source, outcome, at, id, category, message, snapshot, baseline, document, problems, warning, duration,
        failures, moved_to)
        outcome: "new" | "unchanged" | "not modified" | "failed"; `document` is the DiffDocument of what changed, or
        None; `failed` is a property
    import_history(store, source: SourceSettings, versions: Versions, *, now, folder, progress=None, limit=30.0)
        -> ImportResult
    ImportResult(source, new, already, refused: tuple[Refused(label, error), ...], snapshots, flaps, comparisons)
    Progress(done, total: int | None, label)
    versions_in_files(paths: Sequence[Path], *, date: datetime | None = None) -> Versions     folders or files
    versions_in_git(repository: Path, file: str) -> Versions

Ask (`reporting`)
    build_report(store, settings, names=(), *, since, until, today, folder) -> Report
    list_sources(store, settings, names=(), *, now) -> tuple[SourceStatus, ...]
    source_history(store, settings, name, *, today, folder) -> History
    deprecations(store, settings, names=(), *, today, folder) -> tuple[tuple[str, tuple[Entry, ...]], ...]
    frozen_now(store, settings, names=(), *, today, folder) -> dict[str, Frozen]
    used_operations(settings, names=()) -> dict[str, Uses]
    explain_documents(before: Input, after: Input, prefix, *, client="strict", promise=None, folder=None) -> Explanation
    explain_stored(store, settings, prefix, names=(), *, folder) -> Explanation
    known_now(store, source: SourceSettings) -> Known      what `add` ends with

Publish (`feeding`)
    build_feed(store, settings, names=(), *, today, folder, most=100, level=Level.DOCS) -> bytes      Atom (RFC 4287)
    build_calendar(store, settings, names=(), *, today, folder) -> bytes      the deadlines (RFC 5545)

Correct (`correcting`)
    set_deprecation(store, settings, name, subject, setting: Setting, *, folder) -> Entry
    done_with(store, settings, name, subject, *, by, note, now, folder) -> Entry     ends the reminders

Move over (`migrating`)
    migration_to_successor(store, settings, name, operation, *, to, today, folder) -> Migration

Hold to its word (`auditing`, `bundling`)
    build_audit(store, settings, name, *, since, until, today, folder) -> Audit
    write_bundle(store, settings, audit: Audit, target: Path, *, folder) -> Bundled     the evidence as a ZIP archive

Tell (`digesting`, `alerting`, `noticing`, `delivering`)
    send_alerts(store, settings, *, now, folder) -> int     what breaks, what is near, outages; once each
    build_digest(store, settings, *, now, folder, week=None) -> BuiltDigest
    preview_digest(built: BuiltDigest, settings, target: Path, *, now) -> tuple[Path, ...]   .html .txt .eml
    send_digest(store, settings, *, now, folder, week=None) -> Sent      into the outbox, once a week
    send_subscriptions(store, settings, *, now, folder) -> int     daily and weekly ones, what is due
    put_notice(uow, recipient, notice: Notice, *, kind, period, now) -> bool     for `channel:NAME`
    deliver(store, settings, *, now, environ, folder=Path()) -> Delivered
    outbox_items(store, *, states=(), week=None, now) -> tuple[OutboxItem, ...]
    outbox_message(store, row_id, *, raw=False) -> tuple[OutboxItem, str]
    retry_message(store, row_id, *, now), drop_message(store, row_id, *, now) -> OutboxItem
    retry_all(store, *, now) -> int

Mute (`muting`)
    acknowledge(store, prefix, names=(), *, by, note, now) -> Said, mute(…, reason, until), unmute(…, reason)

Keep (`sources`, `discovering`)
    discover_document(source: SourceSettings, *, folder, environ, fetching=None, pause=0.5) -> Discovery
        behind a documentation page

Look after (`doctoring`)
    examine(settings, path, names=(), *, clock, environ, say=None) -> Diagnosis
    add_source, set_source, pause_source, resume_source, rename_source, remove_source: the file and the store together

Look after (`pruning`, `exporting`, `activity`; backups are `monitor.store.backup` and `restore`)
    prune(store, settings, names=(), *, rule: Rule, now, folder, dry_run=False) -> tuple[Pruned, ...]
    export_lines(store, names=(), *, now, documents=True) -> Iterator[str]      JSON Lines
    read_log(store, names=()) -> tuple[LogItem, ...]      who set or was done with what

Due (`due`; the arithmetic is in monitor/schedule/)
    plan_checks(store, settings, *, now): the rows of what is due, in line with the configuration
    claim_checks(uow, *, now, owner, limit=1) -> tuple[Claim, ...], in the caller's transaction; `check_source` does it
    due_digest(store, settings, *, now) -> Week | None
    upcoming(store, settings, *, now) -> tuple[Upcoming, ...]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.jobs.activity import read_log
    from monitor.jobs.alerting import send_alerts
    from monitor.jobs.auditing import build_audit
    from monitor.jobs.bundling import Bundled, write_bundle
    from monitor.jobs.checking import check_all, check_source, compare_again
    from monitor.jobs.comparing import Input, diff_documents
    from monitor.jobs.correcting import Setting, done_with, set_deprecation
    from monitor.jobs.delivering import (
        deliver,
        drop_message,
        outbox_items,
        outbox_message,
        retry_all,
        retry_message,
    )
    from monitor.jobs.digesting import (
        BuiltDigest,
        Sent,
        build_digest,
        digest_states,
        preview_digest,
        send_digest,
    )
    from monitor.jobs.discovering import discover_document
    from monitor.jobs.doctoring import examine
    from monitor.jobs.due import Claim, claim_checks, due_digest, plan_checks, upcoming
    from monitor.jobs.explaining import explain_documents, explain_stored
    from monitor.jobs.exporting import export_lines
    from monitor.jobs.feeding import build_calendar, build_feed
    from monitor.jobs.giving import given_document
    from monitor.jobs.importing import ImportResult, import_history
    from monitor.jobs.locating import locate, newest
    from monitor.jobs.migrating import migration_to_successor
    from monitor.jobs.muting import acknowledge, mute, unmute
    from monitor.jobs.noticing import put_notice
    from monitor.jobs.progress import Progress
    from monitor.jobs.pruning import Pruned, Rule, due_pruning, prune, prune_messages, rule_of
    from monitor.jobs.reporting import (
        Known,
        build_report,
        deprecations,
        frozen_now,
        known_now,
        list_sources,
        source_history,
        used_operations,
    )
    from monitor.jobs.sampling import Drawn, Sampled, Wanted, sample_operation
    from monitor.jobs.sources import add_source, pause_source, remove_source, rename_source, resume_source, set_source
    from monitor.jobs.subscribing import send_subscriptions
    from monitor.jobs.taking import CheckResult
    from monitor.jobs.versions import Refused, Version, Versions, versions_in_files, versions_in_git

_MODULES = {
    "activity": ("read_log",),
    "alerting": ("send_alerts",),
    "auditing": ("build_audit",),
    "bundling": ("Bundled", "write_bundle"),
    "checking": (
        "check_all",
        "check_source",
        "compare_again",
    ),
    "comparing": (
        "Input",
        "diff_documents",
    ),
    "correcting": (
        "Setting",
        "done_with",
        "set_deprecation",
    ),
    "delivering": (
        "deliver",
        "drop_message",
        "outbox_items",
        "outbox_message",
        "retry_all",
        "retry_message",
    ),
    "digesting": (
        "BuiltDigest",
        "Sent",
        "build_digest",
        "digest_states",
        "preview_digest",
        "send_digest",
    ),
    "discovering": ("discover_document",),
    "doctoring": ("examine",),
    "due": (
        "Claim",
        "claim_checks",
        "due_digest",
        "plan_checks",
        "upcoming",
    ),
    "explaining": (
        "explain_documents",
        "explain_stored",
    ),
    "exporting": ("export_lines",),
    "feeding": ("build_calendar", "build_feed"),
    "giving": ("given_document",),
    "importing": (
        "ImportResult",
        "import_history",
    ),
    "locating": (
        "locate",
        "newest",
    ),
    "migrating": ("migration_to_successor",),
    "muting": ("acknowledge", "mute", "unmute"),
    "noticing": ("put_notice",),
    "progress": ("Progress",),
    "pruning": (
        "Pruned",
        "Rule",
        "prune",
        "due_pruning",
        "prune_messages",
        "rule_of",
    ),
    "reporting": (
        "Known",
        "build_report",
        "deprecations",
        "frozen_now",
        "known_now",
        "list_sources",
        "source_history",
        "used_operations",
    ),
    "sampling": (
        "Drawn",
        "Sampled",
        "Wanted",
        "sample_operation",
    ),
    "sources": (
        "add_source",
        "pause_source",
        "remove_source",
        "rename_source",
        "resume_source",
        "set_source",
    ),
    "subscribing": ("send_subscriptions",),
    "taking": ("CheckResult",),
    "versions": (
        "Refused",
        "Version",
        "Versions",
        "versions_in_files",
        "versions_in_git",
    ),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "BuiltDigest",
    "Bundled",
    "CheckResult",
    "Claim",
    "Drawn",
    "ImportResult",
    "Input",
    "Known",
    "Progress",
    "Pruned",
    "Refused",
    "Rule",
    "Sampled",
    "Sent",
    "Setting",
    "Version",
    "Versions",
    "Wanted",
    "acknowledge",
    "add_source",
    "build_audit",
    "build_calendar",
    "build_digest",
    "build_feed",
    "build_report",
    "check_all",
    "check_source",
    "claim_checks",
    "compare_again",
    "deliver",
    "deprecations",
    "diff_documents",
    "digest_states",
    "discover_document",
    "done_with",
    "drop_message",
    "due_digest",
    "due_pruning",
    "examine",
    "explain_documents",
    "explain_stored",
    "export_lines",
    "frozen_now",
    "given_document",
    "import_history",
    "known_now",
    "list_sources",
    "locate",
    "migration_to_successor",
    "mute",
    "newest",
    "outbox_items",
    "outbox_message",
    "pause_source",
    "plan_checks",
    "preview_digest",
    "prune",
    "prune_messages",
    "put_notice",
    "read_log",
    "remove_source",
    "rename_source",
    "resume_source",
    "retry_all",
    "retry_message",
    "rule_of",
    "sample_operation",
    "send_alerts",
    "send_digest",
    "send_subscriptions",
    "set_deprecation",
    "set_source",
    "source_history",
    "unmute",
    "upcoming",
    "used_operations",
    "versions_in_files",
    "versions_in_git",
    "write_bundle",
]


def __getattr__(name: str) -> object:
    """Import a use case when it is first asked for (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
