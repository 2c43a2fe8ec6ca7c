"""What a server's answer means: a document, nothing new, or an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from monitor.errors import FetchError
from monitor.fetch.body import decoded
from monitor.fetch.faults import Failure
from monitor.fetch.types import Fetched, FetchLimits

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# 203 is a 200 that a proxy has rewritten; a 206 is a part, a 202 a promise, a 204 nothing.
_WHOLE = frozenset({200, 203})
_KEPT = frozenset({"content-type", "etag", "last-modified", "deprecation", "sunset", "link", "date"})
_ADVICE = {
    401: "It asks for a login: give it in the source's headers.",
    403: "It refuses us: look at the source's headers, or whether it wants a login.",
    404: "Look whether the document has moved.",
    410: "It says that the document is gone for good: give its new address.",
    429: "It is asked too often: raise the interval of the source.",
}


def answer_of(response: httpx.Response, where: str, conditions: Mapping[str, str], limits: FetchLimits) -> Fetched:
    """The document in an answer that is no redirect.

    Raises Failure for a status that may pass, FetchError for everything else that is not the whole document.
    """
    status = response.status_code
    if status == 304 and conditions:
        return _fetched(response, where, None, conditions)
    if status not in _WHOLE:
        error = _refused(status, where)
        if status in (408, 429) or status >= 500:
            raise Failure(error, again=True, after=_retry_after(response))
        raise error
    data = decoded(response.iter_raw(), _coding(response), limits, where=where)
    if not data:
        raise FetchError("the answer is empty", category="not openapi", where=where, status=status)
    return _fetched(response, where, data, {})


def _coding(response: httpx.Response) -> str:
    return str(response.headers.get("content-encoding", ""))


def _fetched(response: httpx.Response, where: str, data: bytes | None, conditions: Mapping[str, str]) -> Fetched:
    headers = response.headers
    return Fetched(
        data,
        where,
        # A 304 need not repeat what it was asked with.
        etag=headers.get("etag") or conditions.get("if-none-match"),
        last_modified=headers.get("last-modified") or conditions.get("if-modified-since"),
        content_type=headers.get("content-type"),
        status=response.status_code,
        headers=tuple((name, value) for name, value in headers.multi_items() if name in _KEPT),
    )


def _refused(status: int, where: str) -> FetchError:
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    return FetchError(
        f"the server answers HTTP {status}{phrase}",
        category="http status",
        where=where,
        advice=_ADVICE.get(status),
        status=status,
    )


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds (RFC 9110, section 10.2.3). A date is held against the server's own clock."""
    text = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        since = parsedate_to_datetime(response.headers.get("date", ""))
        return max(0.0, (until - since).total_seconds())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
