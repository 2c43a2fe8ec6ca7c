"""Samples of real documents: valid by two validators against whole plain schemas, and the same at every run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.algebra import plain_schema
from monitor.cli.app import run
from monitor.compare import compare
from monitor.contract import Contract, Direction, Node, Operation
from monitor.errors import UsageError
from monitor.jobs.comparing import open_document
from monitor.jobs.profiles import Profiles, load_profiles
from monitor.jobs.sampling import Drawn, Sampled, Wanted, sample_of
from monitor.policy import PromiseState, decide
from monitor.policy.future import Judges, future
from monitor.rules import judge
from tests.algebra.schemas import by_python, by_rust

pytestmark = pytest.mark.corpus
PROMISES = {"incident-io": "incident-io", "stripe": "stripe", "github": "github"}


def newest(shared: Path, folder: str) -> Path:
    return sorted((shared / "corpus" / folder).glob("*.json"))[-1]


def opened(shared: Path, folder: str) -> tuple[Contract, Profiles]:
    profiles = load_profiles("strict", PROMISES[folder])
    path = newest(shared, folder)
    return profiles.conventions.applied(open_document(path.read_bytes(), path.name).contract), profiles


def bodies(contract: Contract, *, sent: bool) -> Iterator[tuple[Operation, Node]]:
    """The schema of what each operation sends, or of its first success with JSON; of a webhook the other way round."""
    for operation in contract.operations():
        if sent is not operation.inverted:
            body = contract.request_body(operation)
            offered = list(body.media_types) if body is not None else []
        else:
            answers = (each for each in contract.responses(operation) if each.status.startswith("2"))
            offered = [media_type for each in answers for media_type in each.media_types]
        found = [each for each in offered if each.name.partition(";")[0].endswith("json")]
        if found and found[0].schema is not None:
            yield operation, found[0].schema


def drawn(contract: Contract, profiles: Profiles, operation: Operation, how: Drawn, *, sent: bool) -> Sampled:
    return sample_of(contract, str(operation.ref), Wanted(sent=sent), how, profiles, name="document")


LARGE = (("stripe", 60), ("github", 120))


@pytest.mark.parametrize("sent", [False, True], ids=["received", "sent"])
def test_every_operation_of_incident_io_has_valid_samples(shared: Path, sent: bool) -> None:
    contract, profiles = opened(shared, "incident-io")
    direction = Direction.REQUEST if sent else Direction.RESPONSE
    count = 0
    for count, (operation, schema) in enumerate(bodies(contract, sent=sent), 1):
        plain = plain_schema(contract, schema, direction)
        is_valid = by_rust(plain)
        for how in (Drawn(), Drawn(full=True), Drawn(seed=count)):
            value = drawn(contract, profiles, operation, how, sent=sent).value
            assert is_valid(value), (str(operation.ref), how)
            assert count % 10 or by_python(plain)(value)
    assert count > (80 if sent else 300)


@pytest.mark.parametrize(("folder", "step"), [("stripe", 12), ("github", 12)])
@pytest.mark.slow
def test_operations_of_large_documents_have_valid_samples(shared: Path, folder: str, step: int) -> None:
    contract, profiles = opened(shared, folder)
    for operation, schema in list(bodies(contract, sent=False))[::step]:
        is_valid = by_rust(plain_schema(contract, schema, Direction.RESPONSE))
        for how in (Drawn(), Drawn(full=True)):
            assert is_valid(drawn(contract, profiles, operation, how, sent=False).value), (str(operation.ref), how)


@pytest.mark.parametrize(
    ("folder", "step"), [("incident-io", 40), *(pytest.param(*large, marks=pytest.mark.slow) for large in LARGE)]
)
def test_what_may_come_tomorrow_is_valid_and_permitted(shared: Path, folder: str, step: int) -> None:
    contract, profiles = opened(shared, folder)
    judges = Judges(client=profiles.client, promise=profiles.promise, conventions=profiles.conventions)
    for operation, schema in list(bodies(contract, sent=False))[::step]:
        value = drawn(contract, profiles, operation, Drawn(full=True), sent=False).value
        found = future(contract, schema, value, judges)
        after = plain_schema(found.contract, found.contract.at(schema.pointer), Direction.RESPONSE)
        assert by_rust(after)(found.value), str(operation.ref)
        changes = compare(contract, found.contract, conventions=profiles.conventions)
        verdicts = decide(judge(changes), client=profiles.client, promise=profiles.promise)
        assert not [each for each in verdicts if each.promise is PromiseState.BROKEN], str(operation.ref)
        assert found.changes or value in ({}, []), str(operation.ref)


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(["sample", *arguments]) == 0
    return capsys.readouterr()


@pytest.mark.parametrize(
    ("folder", "operation"),
    [
        ("incident-io", "GET /v2/incidents/{id}"),
        ("incident-io", "webhook public_incident.incident_created_v2"),
        pytest.param("stripe", "GET /v1/charges/{charge}", marks=pytest.mark.slow),
        pytest.param("github", "GET /repos/{owner}/{repo}/pulls/{pull_number}", marks=pytest.mark.slow),
    ],
)
def test_the_same_command_prints_the_same_bytes(
    shared: Path, capsys: pytest.CaptureFixture[str], folder: str, operation: str
) -> None:
    path = str(newest(shared, folder))
    for more in ((), ("--seed", "7"), ("--future", "--seed", "7", "--promise", PROMISES[folder])):
        first, second = (command(capsys, path, operation, *more) for _ in range(2))
        assert first == second
        assert json.loads(first.out)


def test_incident_io_reserves_what_is_done_to_an_incident(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(newest(shared, "incident-io"))
    said = command(capsys, path, "GET /v2/incidents/{id}", "--future", "--promise", "incident-io", "--format", "json")
    reasons = {change["because"] for change in json.loads(said.out)["changes"]}
    for words in (
        "Adding new values to enums",
        "Altering the format or length of IDs",
        "Adding new properties to responses from existing API endpoints",
        "Reordering properties returned from existing API endpoints",
    ):
        assert f"incident.io reserves the right: “{words}”." in reasons


def test_an_operation_that_answers_nothing_says_so(shared: Path) -> None:
    contract, profiles = opened(shared, "incident-io")
    answering = {operation.ref for operation, _ in bodies(contract, sent=False)}
    silent = [operation for operation in contract.operations() if operation.ref not in answering]
    assert silent
    for operation in silent:
        with pytest.raises(UsageError, match="no success status with a JSON body"):
            drawn(contract, profiles, operation, Drawn(), sent=False)
