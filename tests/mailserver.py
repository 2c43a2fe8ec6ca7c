"""What a mail server on this machine does to those who send to it."""

from __future__ import annotations

import asyncio
from typing import Any

from aiosmtpd.smtp import Envelope


class Moods:
    """Refuses whom `refuse` names, with the answer there. With `silent_at_data` it takes a message and answers nothing
    for as long; of `drops_after_data` messages it takes all and hangs up without an answer.
    """

    def __init__(self) -> None:
        self.refuse: dict[str, str] = {}
        self.silent_at_data = False
        self.drops_after_data = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _: Any) -> str:  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def answering(self, server: Any) -> None:
        """Come here before a message is answered."""
        while self.silent_at_data:
            await asyncio.sleep(0.05)
        if self.drops_after_data:
            self.drops_after_data -= 1
            server.transport.abort()
