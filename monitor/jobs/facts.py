"""What the store keeps of a document beside its bytes."""

from __future__ import annotations

from monitor.jobs.comparing import Opened
from monitor.ledger import outline
from monitor.reading import validate
from monitor.store import Facts


def facts_of(opened: Opened) -> Facts:
    """What the store keeps of a document beside its bytes."""
    document = opened.document
    shown = outline(opened.contract)
    return Facts(
        openapi=document.openapi,
        title=document.title,
        version=document.version,
        operations=sum(subject.kind == "operation" for subject in shown.operations),
        outline=shown.to_json(),
        problems=validate(document),
    )
