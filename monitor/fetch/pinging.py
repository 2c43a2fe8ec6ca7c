"""Asking a URL for the asking's sake: a dead man's switch that is told that all is well."""

from __future__ import annotations

import httpx

from monitor.errors import FetchError
from monitor.fetch.faults import EXPECTED, failure
from monitor.fetch.guard import AddressPolicy
from monitor.fetch.http import introduced
from monitor.fetch.types import ClientOptions
from monitor.fetch.wire import Deadline, Wire


def ping(url: str, *, policy: AddressPolicy, options: ClientOptions, limit: float) -> None:
    """GET a URL once, within `limit` seconds, held against `policy` as every request is; its answer is not read.

    Raises FetchError when that is not possible, or the status is not 2xx (a redirect is not followed: whoever gave the
    URL meant it). No message of it holds the URL, which is a secret.
    """
    deadline = Deadline(limit)
    wire = Wire(deadline, policy, options)
    try:
        with httpx.Client(transport=wire, headers=introduced(options), timeout=limit) as client:
            request = client.build_request("GET", url)
            response = client.send(request, stream=True, auth=None, follow_redirects=False)
            response.close()
    except EXPECTED as error:
        raise failure(error, "", late=limit if deadline.left <= 0 else None).error from None
    if not response.is_success:
        raise FetchError(f"the server answers HTTP {response.status_code}", category="http status")
