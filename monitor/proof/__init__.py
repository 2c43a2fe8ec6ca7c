"""Findings held against the algebra: what no value is affected by is lowered, what no fact names is found, and what
breaks is shown by a witness. Pure; between judging and deciding.
"""

from monitor.proof.proofs import Proofs
from monitor.proof.shown import Shown

__all__ = ["Proofs", "Shown"]
