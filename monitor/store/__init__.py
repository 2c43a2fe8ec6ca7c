"""The database: SQLAlchemy tables, one unit of work a transaction, packed snapshots, the outbox's rows.

Stored and never changed are the bytes of every version, when they were seen, and every check. Comparisons, verdicts and
the ledger are derived from them.
"""

from monitor.store.copying import backup, restore
from monitor.store.exporting import EXPORT_FORMAT, records
from monitor.store.integrity import Integrity, check_integrity
from monitor.store.mutes import ACK, MUTE, UNMUTE, MuteRow
from monitor.store.outbox import LEASE, UNSETTLED, OutboxRow
from monitor.store.queue import QUEUE, QueuedJob, check_queue, queue_app, upgrade_queue
from monitor.store.rows import (
    CheckOutcome,
    CheckRow,
    ComparisonRow,
    DueRow,
    Facts,
    OutageRow,
    Provenance,
    ProvenanceKind,
    SnapshotRow,
    SourceRow,
    Validators,
)
from monitor.store.snapshots import Sighting
from monitor.store.store import Store, UnitOfWork, open_store

__all__ = [
    "ACK",
    "EXPORT_FORMAT",
    "LEASE",
    "MUTE",
    "QUEUE",
    "UNMUTE",
    "UNSETTLED",
    "CheckOutcome",
    "CheckRow",
    "ComparisonRow",
    "DueRow",
    "Facts",
    "Integrity",
    "MuteRow",
    "OutageRow",
    "OutboxRow",
    "Provenance",
    "ProvenanceKind",
    "QueuedJob",
    "Sighting",
    "SnapshotRow",
    "SourceRow",
    "Store",
    "UnitOfWork",
    "Validators",
    "backup",
    "check_integrity",
    "check_queue",
    "open_store",
    "queue_app",
    "records",
    "restore",
    "upgrade_queue",
]
