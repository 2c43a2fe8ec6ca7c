"""Time zones whose clock changes differ: by the hemisphere, at midnight, by half an hour."""

ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "America/Santiago",
    "Australia/Lord_Howe",
)
