"""Policy: a Finding becomes a Verdict, by a client profile and a promise profile.

What may come tomorrow stands in `monitor.policy.future`, which is not imported here: it needs the algebra, and `diff`
starts without.
"""

from monitor.policy.decide import Verdict, decide, with_witnesses
from monitor.policy.fingerprint import fingerprint, without_indexes
from monitor.policy.loading import (
    client_names,
    client_profile,
    client_profile_from,
    promise_names,
    promise_profile,
    promise_profile_from,
)
from monitor.policy.pages import profiles_page
from monitor.policy.phrases import promise_phrases
from monitor.policy.profiles import Adjustment, Allowance, ClientProfile, PromiseProfile
from monitor.policy.promise import PromiseState, Removals, propose_promise
from monitor.policy.uses import Use, Uses

__all__ = [
    "Adjustment",
    "Allowance",
    "ClientProfile",
    "PromiseProfile",
    "PromiseState",
    "Removals",
    "Use",
    "Uses",
    "Verdict",
    "client_names",
    "client_profile",
    "client_profile_from",
    "decide",
    "fingerprint",
    "profiles_page",
    "promise_names",
    "promise_phrases",
    "promise_profile",
    "promise_profile_from",
    "propose_promise",
    "with_witnesses",
    "without_indexes",
]
