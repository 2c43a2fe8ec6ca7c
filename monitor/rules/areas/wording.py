"""Sentences that several rules share: waivers and reasons."""

from __future__ import annotations

from typing import Final

ONE_WAY: Final = "It is about the call itself, which the client makes: there is no second direction to tell apart."
NOBODY_CALLS_IT_YET: Final = "What nobody has asked for yet is sent to nobody."
CLOSING: Final = (
    "The verdict rests on directional closing alone: the document does not say what happens to names it does not list."
)
OPEN_RESPONSES: Final = "Directional closing: an object in a response is open unless the document says otherwise."
FORGIVING: Final = "The client did not ask for it and reads what it knows."
