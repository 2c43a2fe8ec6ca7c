"""The bytes of the versions, packed against one another."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Any

import orjson
from sqlalchemy import Connection, delete, exists, func, insert, select, update

from monitor.errors import SnapshotDamaged
from monitor.reading import Opinion, Problem
from monitor.reading.bundling import Part
from monitor.store.packing import RUN, bases_of, pack, unpack
from monitor.store.rows import Facts
from monitor.store.statements import take_turns
from monitor.store.tables import CheckTable, ContentTable, SnapshotTable, ValidatorTable
from monitor.values import JsonObject


class Unpacked:
    """The bytes used last, two versions at least and as many as `limit` bytes hold: walking a history in order unpacks
    each version about once.

    By their SHA-256 and not by the row's id, which a database gives again after a removal. Threads share it.
    """

    def __init__(self, limit: int = 32 * 1024 * 1024) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, sha256: str) -> bytes | None:
        """The bytes, if they are kept."""
        with self._lock:
            data = self._kept.get(sha256)
            if data is not None:
                self._kept.move_to_end(sha256)
            return data

    def put(self, sha256: str, data: bytes) -> None:
        """Keep the bytes, and forget what was not used for longest."""
        with self._lock:
            self._kept[sha256] = data
            self._kept.move_to_end(sha256)
            while len(self._kept) > 2 and sum(map(len, self._kept.values())) > self._limit:
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

    def keep(self, source_id: int, data: bytes, facts: Facts, parts: Sequence[Part] = ()) -> int:
        """Store bytes, what was read in them and the files they were made of, once; returns the content's id."""
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
            parts=_packed_parts(parts),
        )
        self._unpacked.put(sha256, data)
        return self._connection.execute(statement.returning(ContentTable.id)).scalar_one()

    def outline(self, content_id: int) -> JsonObject:
        """The outline of a content."""
        statement = select(ContentTable.outline).where(ContentTable.id == content_id)
        outline: JsonObject = self._connection.execute(statement).scalar_one()
        return outline

    def outlined(self, content_id: int, outline: JsonObject) -> None:
        """Put an outline in the place of one that is out of date."""
        self._connection.execute(update(ContentTable).where(ContentTable.id == content_id).values(outline=outline))

    def opine(self, content_id: int, opinion: Opinion) -> None:
        """Add what the authority said."""
        value = {"problems": _objects(opinion.problems), "missing": opinion.missing}
        self._connection.execute(update(ContentTable).where(ContentTable.id == content_id).values(opinion=value))

    def parts(self, content_id: int) -> tuple[Part, ...]:
        """The files that were put together to these bytes, by name; empty where it was one."""
        statement = select(ContentTable.parts).where(ContentTable.id == content_id)
        packed = self._connection.execute(statement).scalar_one()
        return () if packed is None else tuple(Part(*part) for part in orjson.loads(unpack(packed, None)))

    def data(self, content_id: int) -> bytes:
        """The bytes as fetched. Raises SnapshotDamaged when they are not what was stored."""
        statement = select(ContentTable.base_id, ContentTable.packed, ContentTable.sha256)
        frames: list[tuple[str, bytes]] = []
        data: bytes | None = None
        current: int | None = content_id
        while current is not None:
            row = self._connection.execute(statement.where(ContentTable.id == current)).one()
            data = self._unpacked.get(row.sha256)
            if data is not None:
                break
            frames.append((row.sha256, row.packed))
            current = row.base_id
        for sha256, packed in reversed(frames):
            data = unpack(packed, data)
            if hashlib.sha256(data).hexdigest() != sha256:
                raise _damaged(sha256)
            self._unpacked.put(sha256, data)
        assert data is not None
        return data

    def unused(self, source_id: int) -> dict[int, int]:
        """The contents that no version of a source has any more, nor the next request names: id and packed size."""
        named = exists().where(ValidatorTable.content_id == ContentTable.id)
        shown = exists().where(SnapshotTable.content_id == ContentTable.id)
        statement = select(ContentTable.id, func.length(ContentTable.packed).label("size")).where(
            ContentTable.source_id == source_id, ~shown, ~named
        )
        return {row.id: row.size for row in self._connection.execute(statement)}

    def drop(self, content_ids: Iterable[int]) -> None:
        """Forget contents and the checks that found them; what leans on one leans on what that leant on.

        The first of those takes its place in the run, and the others lean on that one, so no chain grows. Raises
        SnapshotDamaged before a version is lost that can no longer be given back.
        """
        for content_id in content_ids:
            self._lean_elsewhere(content_id)
            self._connection.execute(delete(CheckTable).where(CheckTable.content_id == content_id))
            self._connection.execute(delete(ContentTable).where(ContentTable.id == content_id))

    def _lean_elsewhere(self, content_id: int) -> None:
        columns = (ContentTable.id, ContentTable.base_id, ContentTable.chain)
        gone = self._connection.execute(select(*columns).where(ContentTable.id == content_id)).one()
        leaning = select(ContentTable.id).where(ContentTable.base_id == content_id).order_by(ContentTable.id)
        base_id: int | None = gone.base_id
        base = None if base_id is None else self.data(base_id)
        for number, other in enumerate(self._connection.execute(leaning).scalars().all()):
            data = self.data(other)
            values: dict[str, Any] = {"base_id": base_id, "packed": pack(data, base)}
            if number == 0:
                values["chain"] = gone.chain
                base_id, base = other, data
            self._connection.execute(update(ContentTable).where(ContentTable.id == other).values(values))

    def _packed(self, source_id: int, data: bytes) -> tuple[int | None, int, bytes]:
        """The content to lean on, the place in the run, and the frame; a damaged content is leant on by nothing."""
        base_id, place = self._base(source_id)
        try:
            base = None if base_id is None else self.data(base_id)
        except SnapshotDamaged:
            base_id, place, base = None, 0, None
        return base_id, place, pack(data, base)

    def _base(self, source_id: int) -> tuple[int | None, int]:
        """The content to lean on, and the place in the run; none and 0 where a whole copy is due."""
        statement = (
            select(ContentTable.id, ContentTable.chain)
            .where(ContentTable.source_id == source_id)
            .order_by(ContentTable.id.desc())
            .limit(RUN)
        )
        newest = self._connection.execute(statement).all()
        place = newest[0].chain + 1 if newest else RUN
        if place >= RUN:
            return None, 0
        stored = {row.chain: row.id for row in reversed(newest)}
        base_id = next((stored[base] for base in bases_of(place) if base in stored), None)
        return base_id, 0 if base_id is None else place


def _damaged(sha256: str) -> SnapshotDamaged:
    return SnapshotDamaged(
        f"the stored bytes of the version {sha256[:12]} are not those that were stored",
        advice="The database is damaged; restore it from a backup.",
    )


def _packed_parts(parts: Sequence[Part]) -> bytes | None:
    return pack(orjson.dumps([[part.name, part.sha256, part.size] for part in parts]), None) if parts else None


def _objects(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    return [{"pointer": problem.pointer, "message": problem.message} for problem in problems]
