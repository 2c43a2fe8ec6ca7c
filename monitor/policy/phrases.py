"""Phrases by which the section of a description is known that holds a provider's promise."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.policy.loading import promise_names, promise_profile
from monitor.policy.profiles import PromiseProfile
from monitor.policy.promise import plain


def promise_phrases(own: Iterable[PromiseProfile] = ()) -> tuple[str, ...]:
    """Those phrases of the shipped promise profiles, and of `own` ones, that stand in the promise's own words.

    A profile also knows its provider by phrases from elsewhere in the document; these say nothing of where the promise
    stands.
    """
    profiles = [*(promise_profile(name) for name in promise_names()), *own]
    found = (phrase for each in profiles for phrase in each.recognise if plain(phrase) in plain(each.words))
    return tuple(dict.fromkeys(found))
