"""From a contract to its outline: what the ledger keeps of a document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.compare import Conventions, promise_words
from monitor.ledger.types import Evidence, Mark, Outline, Subject
from monitor.values import join

if TYPE_CHECKING:
    from monitor.contract import Contract, Operation

FLAG = "deprecated-flag"
"""The kind of evidence that `deprecated: true` is (OAS 3.0.4, section 4.8.10)."""

_REPLACEMENT = re.compile(
    r"\b(?:use|replaced by|superseded by|in favou?r of)\s+(?:the\s+)?"
    r"[`'\"*]*(?:(?P<method>GET|PUT|POST|DELETE|PATCH|HEAD|OPTIONS|TRACE)\s+)?(?P<path>/[\w\-./{}~:]*[\w}])",
    re.IGNORECASE,
)


def outline(contract: Contract, conventions: Conventions | None = None) -> Outline:
    """The operations and webhooks that the contract declares, which of them it calls deprecated, and what it promises.

    `conventions`: under which keys webhooks stand, and by which phrases the sections of the promise are known.
    """
    known = conventions or Conventions()
    contract = known.applied(contract)
    operations: list[Subject] = []
    marks: list[Mark] = []
    for operation in contract.operations():
        ref = operation.ref
        subject = Subject(ref.kind, ref.method, ref.path, operation.pointer)
        operations.append(subject)
        if operation.deprecated:
            evidence = Evidence(FLAG, "strong", "deprecated: true", join(operation.pointer, "deprecated"))
            marks.append(Mark(subject, (evidence,), replacement_in_prose(operation)))
    return Outline(tuple(operations), tuple(marks), promise_words(contract, known))


def replacement_in_prose(operation: Operation) -> str | None:
    """The operation that a deprecated operation's description or summary tells to use, or None.

    Only a path is understood, with or without a method ("use `GET /v2/users` instead", "replaced by /v2/users");
    without one the method is the operation's own. The answer reads `GET /v2/users`; whether there is such an
    operation is not looked at.
    """
    for key in ("description", "summary"):
        text = operation.node.get(key)
        found = _REPLACEMENT.search(text) if isinstance(text, str) else None
        if found is not None:
            return f"{(found['method'] or operation.ref.method).upper()} {found['path']}"
    return None
