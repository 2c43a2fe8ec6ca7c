"""The bytes of the versions, packed against one another."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

from sqlalchemy import Connection, insert, select, update

from monitor.errors import SnapshotDamaged
from monitor.reading import Opinion, Problem
from monitor.store.packing import WHOLE_EVERY, pack, unpack
from monitor.store.rows import Facts
from monitor.store.statements import take_turns
from monitor.store.tables import ContentTable
from monitor.values import JsonObject


class Unpacked:
    """The bytes unpacked last: walking a history in order unpacks each version once.

    By their SHA-256 and not by the row's id, which a database gives again after a removal.
    """

    def __init__(self, size: int = 2) -> None:
        self._size = size
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def get(self, sha256: str) -> bytes | None:
        """The bytes, if they are kept."""
        return self._kept.get(sha256)

    def put(self, sha256: str, data: bytes) -> None:
        """Keep the bytes, and forget the oldest."""
        self._kept[sha256] = data
        self._kept.move_to_end(sha256)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)


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
        take_turns(self._connection, source_id)
        sha256 = hashlib.sha256(data).hexdigest()
        found = self.find(source_id, sha256)
        if found is not None:
            return found
        base_id, chain, packed = self._packed(source_id, data)
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
        self._unpacked.put(sha256, data)
        return self._connection.execute(statement.returning(ContentTable.id)).scalar_one()

    def outlined(self, content_id: int, outline: JsonObject) -> None:
        """Put an outline in the place of one that is out of date."""
        self._connection.execute(update(ContentTable).where(ContentTable.id == content_id).values(outline=outline))

    def opine(self, content_id: int, opinion: Opinion) -> None:
        """Add what the authority said."""
        value = {"problems": _objects(opinion.problems), "missing": opinion.missing}
        self._connection.execute(update(ContentTable).where(ContentTable.id == content_id).values(opinion=value))

    def data(self, content_id: int) -> bytes:
        """The bytes as fetched. Raises SnapshotDamaged when they are not what was stored."""
        statement = select(ContentTable.base_id, ContentTable.packed, ContentTable.sha256)
        frames: list[bytes] = []
        data: bytes | None = None
        current: int | None = content_id
        digest = ""
        while current is not None:
            row = self._connection.execute(statement.where(ContentTable.id == current)).one()
            digest = digest or row.sha256
            data = self._unpacked.get(row.sha256)
            if data is not None:
                break
            frames.append(row.packed)
            current = row.base_id
        for packed in reversed(frames):
            data = unpack(packed, data)
        if data is None or hashlib.sha256(data).hexdigest() != digest:
            raise SnapshotDamaged(
                f"the stored bytes of the version {digest[:12]} are not those that were stored",
                advice="The database is damaged; restore it from a backup.",
            )
        self._unpacked.put(digest, data)
        return data

    def _packed(self, source_id: int, data: bytes) -> tuple[int | None, int, bytes]:
        """The content to lean on, the length of the chain, and the frame; a damaged content is leant on by nothing."""
        base_id, chain = self._base(source_id)
        try:
            base = None if base_id is None else self.data(base_id)
        except SnapshotDamaged:
            base_id, chain, base = None, 0, None
        return base_id, chain, pack(data, base)

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
