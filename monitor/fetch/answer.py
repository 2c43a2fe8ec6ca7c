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
_REQUEST_IDS = (
    "x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-amz-request-id", "x-amz-cf-id",
    "x-github-request-id", "x-ms-request-id", "apigw-requestid", "x-trace-id", "x-vercel-id",
    "fly-request-id", "cf-ray",
)  # fmt: skip
_LONGEST_ID = 100
# Python knows more encodings than text is exchanged in, and not all of them are harmless.
_CHARSET = re.compile(
    r"charset\s*=\s*[\"']?(utf-?(?:16|32)(?:[lb]e)?|iso-8859-\d{1,2}|windows-125\d|shift_jis|euc-(?:jp|kr)|gb(?:k|2312|18030)|big5|koi8-r)\b",
    re.IGNORECASE | re.ASCII,
)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.ASCII)
_ADVICE = {
    401: "It asks for a login: give it in the source's headers.",
    403: "It refuses us: look at the source's headers, or whether it wants a login.",
    404: "Look whether the document has moved.",
    410: "It says that the document is gone for good: give its new address.",
    429: "It is asked too often: raise the interval of the source.",
}


def answer_of(response: httpx.Response, where: str, conditions: Mapping[str, str], limits: FetchLimits) -> Fetched:
    """The document in an answer that is no redirect.

    Raises Failure for a status that may pass, FetchError for everything else that is not the whole document; both know
    what the provider calls its answer.
    """
    try:
        return _document(response, where, conditions, limits)
    except FetchError as error:
        error.request_id = request_id(response)
        error.retry_after = _retry_after(response)
        if _may_pass(error.status):
            raise Failure(error, again=True, after=error.retry_after) from None
        raise


def request_id(response: httpx.Response) -> str | None:
    """How the provider calls this answer, if it does: what its support asks for."""
    for name in _REQUEST_IDS:
        value = response.headers.get(name, "").strip()
        if value:
            return "".join(sign if " " <= sign <= "~" else "?" for sign in value[:_LONGEST_ID])
    return None


def _may_pass(status: int | None) -> bool:
    return status is not None and (status in (408, 425, 429) or status >= 500)


def _document(response: httpx.Response, where: str, conditions: Mapping[str, str], limits: FetchLimits) -> Fetched:
    status = response.status_code
    if status == 304 and conditions:
        return _fetched(response, where, None, conditions)
    if status not in _WHOLE:
        raise _refused(status, where)
    data = decoded(response.iter_raw(), _coding(response), limits, where=where)
    if not data:
        raise FetchError("the answer is empty", category="not openapi", where=where, status=status)
    return _fetched(response, where, _in_utf8(data, response.headers.get("content-type", "")), {})


def _in_utf8(data: bytes, content_type: str) -> bytes:
    """The text in UTF-8 where it comes in the other encoding that its Content-Type names, else as it came."""
    named = _CHARSET.search(content_type)
    if named is None:
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if b"\0" not in data[:4]:  # ASCII in UTF-16 is valid UTF-8
            return data
    try:
        return data.decode(named[1]).encode("utf-8")
    except (LookupError, UnicodeError):
        return data


def _max_age(response: httpx.Response) -> float | None:
    """For how many seconds more the answer will do; None where that is not said, or asking anew is asked for."""
    said = response.headers.get("cache-control", "").lower()
    found = _MAX_AGE.search(said)
    if found is None or "no-cache" in said or "no-store" in said:
        return None
    age = response.headers.get("age", "").strip()
    return max(0.0, float(found[1]) - (float(age) if re.fullmatch(r"\d{1,9}", age, re.ASCII) else 0.0))


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
        request_id=request_id(response),
        max_age=_max_age(response),
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
