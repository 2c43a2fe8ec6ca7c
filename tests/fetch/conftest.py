"""Limits that keep the tests quick, and the document that servers send."""

from __future__ import annotations

import pytest

from monitor.fetch import FetchLimits

DOCUMENT = b'{"openapi": "3.0.3", "info": {"title": "Harbour", "version": "1"}, "paths": {}}'


@pytest.fixture
def document() -> bytes:
    return DOCUMENT


@pytest.fixture
def quick() -> FetchLimits:
    """Two retries, with next to no waiting between them."""
    return FetchLimits(connect=2.0, read=2.0, total=10.0, wait=0.01, retry_after=0.5)


@pytest.fixture
def once() -> FetchLimits:
    """One attempt."""
    return FetchLimits(connect=2.0, read=2.0, total=10.0, retries=0)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers of the tests are on this machine, whatever its environment says."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
