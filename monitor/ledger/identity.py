"""What makes two subjects of two snapshots the same one."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from monitor.ledger.types import DIGEST, Subject

Identity = tuple[str, str, str, str]
"""Kind, method, path with its parameter names blanked, and the pointer for what is no operation. Sorts by kind last:
see `order`.
"""

_PARAMETER = re.compile(r"\{[^{}]*\}")


def identity(subject: Subject) -> Identity:
    """The identity of a subject across snapshots.

    Templated paths that differ in the names of their parameters alone are one path (OAS 3.0.4, section 4.8.8.2), so
    `GET /a/{id}` and `GET /a/{user_id}` are the same operation. An operation may move in the document (a shared path
    item, say); anything smaller is told by its name there, or else by where it stands.
    """
    path = subject.path or ""
    if subject.kind not in ("webhook", "callback"):
        path = blanked(path)
    pointer = subject.name or ("" if subject.whole else subject.pointer)
    return (subject.kind, subject.method or "", path, pointer)


def digest(key: Identity) -> str:
    """A short form of an identity, `DIGEST` characters of base 64 (RFC 4648, section 5)."""
    whole = hashlib.blake2b("\0".join(key).encode("utf-8", "surrogatepass"), digest_size=DIGEST * 6 // 8)
    return base64.urlsafe_b64encode(whole.digest()).decode("ascii")


@lru_cache(maxsize=8192)
def blanked(path: str) -> str:
    """The path template with the names of its parameters taken out: `/a/{id}` becomes `/a/{}`."""
    return _PARAMETER.sub("{}", path)


def order(key: Identity) -> tuple[str, str, str, str]:
    """The sort key that puts what a reader looks for together: by path, then method, then kind."""
    kind, method, path, pointer = key
    return (path, method, kind, pointer)
