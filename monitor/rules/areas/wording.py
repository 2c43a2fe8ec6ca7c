"""Sentences that several rules share: waivers, reasons, and what to do."""

from __future__ import annotations

from typing import Final

ONE_WAY: Final = "It is about the call itself, which the client makes: there is no second direction to tell apart."
NOBODY_CALLS_IT_YET: Final = "What nobody has asked for yet is sent to nobody."
CLOSING: Final = (
    "The verdict rests on directional closing alone: the document does not say what happens to names it does not list."
)
OPEN_RESPONSES: Final = "Directional closing: an object in a response is open unless the document says otherwise."
FORGIVING: Final = "The client did not ask for it and reads what it knows."

READ_BOTH: Final = (
    "Let the code that reads take both forms before the change, and switch the code that writes on the day of it."
)
SEND_EARLY: Final = (
    "Send it before the change reaches you, if the provider takes it already; if not, on the day of the change."
)
ALWAYS_SEND: Final = "Send it every time. You can begin today: it is taken already."
IF_RECEIVED: Final = "If you receive it, as a webhook or a callback, allow for its absence. Callers need do nothing."
SEARCH_AND_REPLACE: Final = (
    "Search your code for it. Find what replaces it, or do without, before the change reaches you."
)
STILL_TAKEN: Final = (
    "Find where you send what is gone, stored values too, and send what is left. It is taken today already."
)
VALIDATE: Final = "Check what you send, stored values too, against the new schema before the change reaches you."
CHECK_KIND: Final = "Check of which type each value is before you use it."

ANNOTATION: Final = (
    "To JSON Schema the keyword is an annotation, which refuses nothing by itself (2020-12 validation, section 8): who "
    "states it means something by it."
)
APART: Final = (
    "By the letter `oneOf` refuses what fits two of these variants, for none of them requires anything; they are read "
    "as apart (docs/stance.md)."
)
