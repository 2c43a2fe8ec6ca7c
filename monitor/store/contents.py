"""The bytes of the versions, packed against one another."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

from sqlalchemy import Connection, insert, select, update

from monitor.errors import StoreError
from monitor.reading import Opinion, Problem
from monitor.store.packing import WHOLE_EVERY, pack, unpack
from monitor.store.rows import Facts
from monitor.store.tables import ContentTable


class Unpacked:
    """The bytes unpacked last, by content: walking a history in order unpacks each version once."""

    def __init__(self, size: int = 2) -> None:
        self._size = size
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def get(self, content_id: int) -> bytes | None:
        """The bytes, if they are kept."""
        return self._kept.get(content_id)

    def put(self, content_id: int, data: bytes) -> None:
        """Keep the bytes, and forget the oldest."""
        self._kept[content_id] = data
        self._kept.move_to_end(content_id)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything: a rolled-back transaction may give its ids to others."""
        self._kept.clear()


class Contents:
    """Part of a unit of work."""

    def __init__(self, connection: Connection, unpacked: Unpacked) -> None:
        self._connection = connection
        self._unpacked = unpacked

    def find(self, source_id: int, sha256: str) -> int | None:
        """The id of the content with that digest, or None."""
        statement = select(ContentTable.id).where(ContentTable.source_id == source_id, ContentTable.sha256 == sha256)
        return self._connection.execute(statement).scalar_one_or_none()

    def keep(self, source_id: int, data: bytes, facts: Facts) -> int:
        """Store bytes and what was read in them, once; returns the content's id."""
        sha256 = hashlib.sha256(data).hexdigest()
        found = self.find(source_id, sha256)
        if found is not None:
            return found
        base_id, chain = self._base(source_id)
        packed = pack(data, None if base_id is None else self.data(base_id))
        statement = insert(ContentTable).values(
            source_id=source_id,
            sha256=sha256,
            size=len(data),
            base_id=base_id,
            chain=chain,
            packed=packed,
            openapi=facts.openapi,
            title=facts.title,
            version=facts.version,
            operations=facts.operations,
            outline=facts.outline,
            problems=_objects(facts.problems),
            opinion=None,
        )
        content_id = self._connection.execute(statement.returning(ContentTable.id)).scalar_one()
        self._unpacked.put(content_id, data)
        return content_id

    def opine(self, content_id: int, opinion: Opinion) -> None:
        """Add what the authority said."""
        value = {"problems": _objects(opinion.problems), "missing": opinion.missing}
        self._connection.execute(update(ContentTable).where(ContentTable.id == content_id).values(opinion=value))

    def data(self, content_id: int) -> bytes:
        """The bytes as fetched. Raises StoreError when they are not what was stored."""
        kept = self._unpacked.get(content_id)
        if kept is not None:
            return kept
        chain = self._chain(content_id)
        data: bytes | None = None
        for packed, _ in reversed(chain):
            data = unpack(packed, data)
        if data is None or hashlib.sha256(data).hexdigest() != chain[0][1]:
            raise StoreError(
                f"the stored bytes of version {content_id} are not those that were stored",
                advice="The database is damaged; restore it from a backup.",
            )
        self._unpacked.put(content_id, data)
        return data

    def _chain(self, content_id: int) -> list[tuple[bytes, str]]:
        """Frame and digest, from a content back to its whole copy."""
        found: list[tuple[bytes, str]] = []
        current: int | None = content_id
        while current is not None:
            statement = select(ContentTable.base_id, ContentTable.packed, ContentTable.sha256)
            row = self._connection.execute(statement.where(ContentTable.id == current)).one()
            found.append((row.packed, row.sha256))
            current = row.base_id
        return found

    def _base(self, source_id: int) -> tuple[int | None, int]:
        """The content stored last, and how long the chain becomes; none where a whole copy is due."""
        statement = (
            select(ContentTable.id, ContentTable.chain)
            .where(ContentTable.source_id == source_id)
            .order_by(ContentTable.id.desc())
            .limit(1)
        )
        row = self._connection.execute(statement).one_or_none()
        if row is None or row.chain + 1 >= WHOLE_EVERY:
            return None, 0
        return row.id, row.chain + 1


def _objects(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    return [{"pointer": problem.pointer, "message": problem.message} for problem in problems]
