"""What the store keeps of a document beside its bytes."""

from __future__ import annotations

import hashlib
from typing import Final

from monitor.compare import Conventions
from monitor.jobs.comparing import Opened
from monitor.ledger import outline
from monitor.reading import validate
from monitor.store import Facts
from monitor.values import JsonObject, canonical_bytes

_FORM: Final = 5
"""Of what an outline holds; a higher one has the stored outlines made again."""


def outline_basis(conventions: Conventions) -> str:
    """What an outline rests on besides its document; one that rests on something else is out of date."""
    keys = (conventions.webhooks, conventions.promise, conventions.deprecated, conventions.sunset)
    said = [_FORM, *(list(each) for each in keys)]
    return hashlib.sha256(canonical_bytes(said)).hexdigest()[:16]


def outline_object(opened: Opened, conventions: Conventions) -> JsonObject:
    """The outline of a document in its stored form, with what it rests on."""
    return {**outline(opened.contract, conventions).to_json(), "basis": outline_basis(conventions)}


def facts_of(opened: Opened, conventions: Conventions) -> Facts:
    """What the store keeps of a document beside its bytes."""
    document = opened.document
    return Facts(
        openapi=document.openapi,
        title=document.title,
        version=document.version,
        operations=sum(operation.ref.kind == "operation" for operation in opened.contract.operations()),
        outline=outline_object(opened, conventions),
        problems=validate(document),
    )
