"""What the tests of the diff share: two documents to the document of their differences, through every layer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.compare import compare
from monitor.policy import client_profile, decide, promise_profile
from monitor.reading import contract_of, read
from monitor.report.diffdoc import DiffDocument, Side, diff_document
from monitor.rules import judge

Compared = Callable[..., DiffDocument]


@pytest.fixture(scope="session")
def compared() -> Compared:
    """Two documents (YAML or JSON text) to their differences, for the client strict unless told."""

    def run(before: str, after: str, *, client: str = "strict", promise: str | None = None) -> DiffDocument:
        documents = [
            read(text.encode(), source=name) for text, name in ((before, "before.yaml"), (after, "after.yaml"))
        ]
        findings = judge(compare(*(contract_of(document) for document in documents)))
        verdicts = decide(
            findings, client=client_profile(client), promise=None if promise is None else promise_profile(promise)
        )
        left, right = (Side(each.source, each.sha256, each.openapi, each.title, each.version) for each in documents)
        return diff_document(left, right, verdicts, client=client, promise=promise)

    return run
