"""Is a document valid by the official meta-schemas of its OpenAPI version?"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import Any

from monitor.reading.document import Document, Problem
from monitor.values.pointer import join

MOST_PROBLEMS = 100

_FILES = {"2.0": "v2.0", "3.0": "v3.0", "3.1": "v3.1", "3.2": "v3.2"}


def validate(document: Document) -> tuple[Problem, ...]:
    """Where the document breaks the meta-schema of its version; at most 100 problems, in order of their place.

    The meta-schemas are those that openapi-spec-validator carries. It is the authority itself (authority.py);
    this check says the same of structure in a thousandth of the time.
    """
    version = ".".join(document.openapi.split(".")[:2])
    found: dict[tuple[str, str], Problem] = {}
    for error in _validator(version).iter_errors(document.root):
        problem = _problem(error)
        found.setdefault((problem.pointer, problem.message), problem)
        if len(found) >= MOST_PROBLEMS:
            break
    return tuple(found[key] for key in sorted(found))


@lru_cache(maxsize=4)
def _validator(version: str) -> Any:
    import jsonschema_rs  # not needed to compare, and start-up time counts

    base = resources.files("openapi_spec_validator") / "resources" / "schemas" / _FILES[version] / "schema.json"
    schema = json.loads(base.read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema)


def _problem(error: Any) -> Problem:
    """The most telling error: below a failed `oneOf` or `anyOf` the branch that came furthest."""
    while (inner := _furthest(error)) is not None:
        error = inner
    message = str(error.message)
    shown = message if len(message) <= 300 else message[:140] + " … " + message[-140:]
    return Problem(join("", *error.instance_path), shown)


def _furthest(error: Any) -> Any | None:
    context = getattr(error.kind, "context", None)
    branches = [inner for branch in context or () for inner in branch]
    return max(branches, key=lambda inner: len(inner.instance_path), default=None)
