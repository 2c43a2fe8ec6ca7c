"""Bytes to a document, and a document to its contract: JSON and YAML with limits, versions, validation."""

from monitor.reading.contracts import contract_of
from monitor.reading.document import Document, Limits, Opinion, Problem
from monitor.reading.reader import read
from monitor.reading.validation import validate

__all__ = ["Document", "Limits", "Opinion", "Problem", "contract_of", "read", "validate"]
