"""Finding the document behind a documentation page, for a source that is to be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import UsageError
from monitor.fetch.discovery import Candidate, Discovery, discover
from monitor.jobs.requests import options_of, policy_of
from monitor.settings import FetchSettings

if TYPE_CHECKING:
    from monitor.settings import SourceSettings

__all__ = ["Candidate", "Discovery", "discover_document"]


def discover_document(
    source: SourceSettings,
    *,
    folder: Path,
    environ: Mapping[str, str],
    fetching: FetchSettings | None = None,
    pause: float = 0.5,
) -> Discovery:
    """Search behind the page at the source's URL, asking as a check would, and held against what it may reach.

    `fetching` is how the installation downloads; `pause` in seconds is made before each guess. Raises UsageError where
    that is no page on the web, FetchError when it cannot be had.
    """
    if not source.url.lower().startswith(("http://", "https://")):
        raise UsageError("only behind a page on the web is there a document to be found", where=source.url)
    settings = fetching or FetchSettings()
    return discover(
        source.url,
        policy=policy_of(source),
        options=options_of(settings, folder=folder, environ=environ),
        headers=source.resolved_headers(environ),
        pause=pause,
    )
