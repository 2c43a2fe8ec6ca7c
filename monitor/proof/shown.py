"""What shows a break: a value, a call, or why there is neither."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.algebra import Exchange, Undecided, Witness
from monitor.contract.types import Site


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows the break at one site: a value of what is sent or received there, a call, or why nothing was found.

    A value that is sent was accepted before and is refused after; one that is received can come after and could not
    before. It is the whole body, parameter or header of the site; of a parameter `call` is the call that it is sent
    with, as it is written there (OAS 3.1.1, section 4.8.12.2).
    """

    site: Site
    what: Witness | Exchange | Undecided
    call: Exchange | None = None
