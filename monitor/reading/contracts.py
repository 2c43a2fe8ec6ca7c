"""From a document to the contract that it declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.contract import Contract
from monitor.reading.dialects import dialect_for

if TYPE_CHECKING:
    from monitor.reading.document import Document


def contract_of(document: Document) -> Contract:
    """The version-free model of what the document declares; views are made when asked for.

    Raises VersionUnsupported.
    """
    return Contract(document.root, dialect_for(document.openapi))
