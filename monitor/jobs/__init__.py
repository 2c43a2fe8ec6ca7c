"""The use cases. The command line and the daemon call these and nothing deeper.

Every one takes its time from outside: `now` (a moment, UTC and aware), `today` (a day) or a `clock`. `folder` is where
the configuration lies; relative paths in it start there. Names load when they are first asked for, so that `diff` of
two files pays for no database and no network.

Compare (`comparing`, `locating`)
    diff_documents(before: Input, after: Input, *, client="strict", promise=None, folder=None) -> DiffDocument
        `client`, `promise`: the name of a shipped profile, or the path of the user's own file.
    locate(reference, *, settings: Callable[[], Settings], store: Callable[[], Store], folder) -> Input
        A file, a URL, `NAME@DATE`, `NAME@latest` or `NAME@2026-07-31T17:32`; both callables are called only for names.
    Input(data: bytes, name: str)

Watch (`checking`, `importing`, `versions`)
    check_source(store, source: SourceSettings, *, clock, folder, limit=30.0, proof=None) -> CheckResult
    check_all(store, settings, names=(), *, clock, folder, say: Callable[[CheckResult], None] | None, stop=None)
        -> tuple[CheckResult, ...]      one bad source never stops the others; paused ones only when they are named
    CheckResult(source, outcome, at, category, message, snapshot, baseline, document, problems, warning, duration)
        outcome: "new" | "unchanged" | "not modified" | "failed"; `document` is the DiffDocument of what changed, or
        None; `failed` is a property
    import_history(store, source: SourceSettings, versions: Versions, *, now, folder,
        progress: Callable[[Progress], None] | None, limit=30.0) -> ImportResult
    ImportResult(source, new, already, refused: tuple[Refused(label, error), ...], snapshots, flaps, comparisons)
    Progress(done, total: int | None, label)
    versions_in_files(paths: Sequence[Path], *, date: datetime | None = None) -> Versions     folders or files
    versions_in_git(repository: Path, file: str) -> Versions

Ask (`reporting`)
    build_report(store, settings, names=(), *, since, until, today, folder) -> Report
    list_sources(store, settings, names=(), *, now) -> tuple[SourceStatus, ...]
    source_history(store, settings, name) -> History
    deprecations(store, settings, names=(), *, today, folder) -> tuple[tuple[str, tuple[Entry, ...]], ...]
    known_now(store, source: SourceSettings, *, now) -> Known      what `add` ends with

Tell (`digesting`)
    build_digest(store, settings, *, now, folder, week=None) -> BuiltDigest
    preview_digest(built: BuiltDigest, settings, target: Path, *, now) -> tuple[Path, ...]   .html .txt .eml
    send_digest(store, settings, *, now, folder, week=None, environ) -> Sent
    deliver(store, settings, *, now, environ) -> Delivered

Keep (`sources`)
    add_source, set_source, pause_source, resume_source, rename_source, remove_source: the file and the store together

Due (`calendar`, `due`)
    Week, Weekly, instant, next_check: pure
"""

from __future__ import annotations
