"""Samples for a reader's own tests: what an operation sends or receives, today and tomorrow."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from monitor.algebra import Sample, Sampler, Steps
from monitor.algebra.exchange import shown_in
from monitor.compare import Budget
from monitor.contract import Contract, Direction, MediaType, Node, Operation, Response
from monitor.errors import NoSample, UsageError
from monitor.jobs.comparing import Input, open_document
from monitor.jobs.profiles import Profiles, load_profiles
from monitor.policy.future import Alteration, Judges, future
from monitor.values import JsonValue, join

if TYPE_CHECKING:
    from monitor.settings import ExtensionSettings

_JSON: Final = re.compile(
    r"(?:(?:application|text)/json|[^/;]+/[^;]+\+json|(?:application|\*)/\*)\s*(?:;.*)?", re.IGNORECASE
)
"""Media types whose bodies are JSON (RFC 8259, section 11; RFC 6839, section 3.1), and ranges that hold one."""
_STEPS: Final = 400_000
"""What one sample may cost: twenty times what a question of a comparison may, for nobody waits for another."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which body of an operation.

    `sent`: the one that the client sends, else the one that it receives. `status` and `media_type`: where not the first
    success status with JSON, and the first JSON.
    """

    sent: bool = False
    status: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a value is drawn.

    `seed` None: the plainest, with the document's own examples. `full`: with all that is optional. `future`: altered as
    the contract and the promise permit (monitor/policy/future.py).
    """

    seed: int | None = None
    full: bool = False
    future: bool = False


@dataclass(frozen=True, slots=True)
class Sampled:
    """A value of a body.

    `body` names it for a reader (`response 200`, `request`). `changes`: what was done to it, where that was asked for.
    """

    operation: str
    body: str
    media_type: str
    value: JsonValue
    changes: tuple[Alteration, ...] = ()


def sample_operation(
    given: Input,
    operation: str,
    wanted: Wanted | None = None,
    drawn: Drawn | None = None,
    *,
    client: str = "strict",
    promise: str | None = None,
    extensions: ExtensionSettings | None = None,
    folder: Path | None = None,
) -> Sampled:
    """A value of a body of an operation (`GET /v2/incidents/{id}`, `webhook NAME`), valid by jsonschema-rs.

    Raises UsageError for what the document does not have, NoSample where no value can be made, DocumentError, and
    BudgetExceeded.
    """
    profiles = load_profiles(client, promise, folder=folder, extensions=extensions)
    contract = profiles.conventions.applied(open_document(given.data, given.name).contract)
    return sample_of(contract, operation, wanted or Wanted(), drawn or Drawn(), profiles, name=given.name)


def sample_of(
    contract: Contract, operation: str, wanted: Wanted, drawn: Drawn, profiles: Profiles, *, name: str
) -> Sampled:
    """As `sample_operation`, of a document that is read already; `name` is what the reader calls it."""
    if wanted.sent and drawn.future:
        raise UsageError(
            "what will come is a matter of what you receive, not of what you send",
            advice="Leave out one of --request and --future.",
        )
    found = _operation(contract, operation, name)
    body, media_type = _body(contract, found, wanted)
    node = media_type.schema or Node(join(media_type.node.pointer, "schema"), {})
    value = _value(contract, node, media_type, wanted, drawn, where=f"{found.ref}, {body}")
    if not drawn.future or media_type.schema is None:
        return Sampled(str(found.ref), body, media_type.name, value)
    judges = Judges(client=profiles.client, promise=profiles.promise, conventions=profiles.conventions)
    budget = Budget(clock=time.monotonic)
    later = future(contract, node, value, judges, seed=drawn.seed or 0, budget=budget)
    return Sampled(str(found.ref), body, media_type.name, later.value, later.changes)


def _value(
    contract: Contract, node: Node, media_type: MediaType, wanted: Wanted, drawn: Drawn, *, where: str
) -> JsonValue:
    sampler = Sampler(contract, Direction.REQUEST if wanted.sent else Direction.RESPONSE)
    full = drawn.full or drawn.future  # what is not there cannot be altered
    # The future of the document's own examples is of more use than that of any words: the seed draws what it becomes.
    seed = None if drawn.future else drawn.seed
    found = sampler.sample(node, seed, full=full, shown=shown_in(media_type.node), steps=Steps(_STEPS))
    if isinstance(found, Sample):
        return found.value
    advice = "Try without --full, or with another --seed." if full or seed is not None else None
    raise NoSample(f"no value of its schema can be shown: {found.why}", where=where, advice=advice)


def _operation(contract: Contract, wanted: str, document: str) -> Operation:
    """The operation that a reader names. Raises UsageError, with what is close to it."""
    own = contract.operations()
    operations = [*own, *chain.from_iterable(contract.callbacks(each) for each in own)]
    method, _, rest = " ".join(wanted.split()).partition(" ")
    words = f"{method.lower() if method.lower() in ('webhook', 'callback') else method.upper()} {rest}"
    for each in operations:
        if str(each.ref) == words:
            return each
    ends = [each for each in operations if method == "webhook" and each.ref.path.endswith(f"/{rest}")]
    if len(ends) == 1:  # under an extension key webhooks are often named by paths
        return ends[0]
    names = list(dict.fromkeys(str(each.ref) for each in operations))
    path = rest or method
    near = [name for name in names if name.partition(" ")[2] == path]
    near = near or get_close_matches(words if rest else f"GET {path}", names, n=5, cutoff=0.6)
    advice = f"Did you mean {' or '.join(near[:5])}?" if near else "Write it as GET /v1/things/{id}, or webhook NAME."
    raise UsageError(f"there is no operation {wanted!r}", where=document, advice=advice)


def _body(contract: Contract, operation: Operation, wanted: Wanted) -> tuple[str, MediaType]:
    """What a reader calls the body, and its media type. Raises UsageError."""
    if wanted.sent is not operation.inverted:
        if wanted.status is not None:
            raise UsageError("a request has no status", advice="Leave out --status.")
        body = contract.request_body(operation)
        return "request", _media_type(operation, "request", body.media_types if body else (), wanted)
    responses = contract.responses(operation)
    response = _response(operation, responses, wanted)
    name = f"response {response.status}"
    return name, _media_type(operation, name, response.media_types, wanted)


def _response(operation: Operation, responses: Sequence[Response], wanted: Wanted) -> Response:
    """The response of a status, its range or `default` (OAS 3.0.4, section 4.8.16), or the first success with JSON."""
    by_status = {each.status.upper(): each for each in responses}
    if wanted.status is not None:
        for status in (wanted.status.upper(), f"{wanted.status[:1]}XX", "DEFAULT"):
            if status in by_status:
                return by_status[status]
        _nothing(f"{operation.ref} documents no status {wanted.status}", responses)
    successes = [each for each in responses if each.status.startswith("2")]
    for each in (*successes, *(each for each in responses if each.status == "default")):
        if any(_is_json(media_type) for media_type in each.media_types):
            return each
    if not responses:
        raise UsageError(f"{operation.ref} documents no response")
    if wanted.media_type is not None and successes:
        return next((each for each in successes if each.media_types), successes[0])
    return _nothing(f"{operation.ref} documents no success status with a JSON body", responses)


def _nothing(what: str, responses: Sequence[Response]) -> NoReturn:
    said = [f"{each.status} ({', '.join(each.name for each in each.media_types) or 'no body'})" for each in responses]
    raise UsageError(what, advice=f"It documents {', '.join(said)}." if said else None)


def _media_type(operation: Operation, body: str, offered: Sequence[MediaType], wanted: Wanted) -> MediaType:
    names = ", ".join(each.name for each in offered)
    if wanted.media_type is not None:
        for each in offered:
            if each.name.lower() == wanted.media_type.lower():
                return each
        raise UsageError(
            f"the {body} of {operation.ref} has no media type {wanted.media_type}",
            advice=f"It has {names}." if names else "It has no body.",
        )
    for each in offered:
        if _is_json(each):
            return each
    raise UsageError(
        f"the {body} of {operation.ref} has no JSON body",
        advice=f"It has {names}; --media-type shows one of these as the JSON that its schema means." if names else None,
    )


def _is_json(media_type: MediaType) -> bool:
    return _JSON.fullmatch(media_type.name) is not None
