"""A document that somebody has at hand, such as a pipeline that has just built it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from monitor.errors import UsageError
from monitor.fetch import Fetched, FetchLimits
from monitor.fetch.documents import Request, document_of, fetch_document
from monitor.jobs.requests import policy_of
from monitor.settings import SourceSettings

STANDARD_INPUT = "-"


def given_document(reference: str, read: Callable[[int], bytes], source: SourceSettings) -> Fetched:
    """The document in a file or folder, or where that is `-`, what `read(most)` gives of at most so many bytes.

    What it refers to is looked for beside the file, or where the process stands, and on the web where `source` allows
    it. Raises UsageError when there is no such file, FetchError and DocumentError.
    """
    request = Request(policy=replace(policy_of(source), files=True), hosts=source.allow_hosts)
    if reference == STANDARD_INPUT:
        return document_of(read(FetchLimits().bytes + 1), Path(), name="standard input", request=request)
    if not Path(reference).exists():
        raise UsageError("there is no such file", where=reference)
    return fetch_document(reference, request)
